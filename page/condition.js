// What the drive says of itself: whether it can be written, and whether it keeps what is deleted.
import { health, Problem } from './drive.js'

export class Condition {
  writable = true
  /** Whether there is a trash; false until the drive has said so. */
  keepsVersions = false
  /** What the drive says is wrong with it: an error, or null. */
  trouble = null
  #asked = 0
  #told = 0
  #soon = null

  /** `told(report, isOther)` hears of each report, and whether it can be written otherwise than before. */
  constructor (told) {
    this.told = told
  }

  /** Ask the drive. Throws what `health` throws. */
  async look () {
    const number = ++this.#asked
    const report = await health()
    if (number < this.#told) return // a later report was faster
    this.#told = number
    const before = this.writable
    this.writable = report.access !== 'read-only'
    this.keepsVersions = report.trash_days > 0
    this.trouble = report.status === 'fail' ? new Problem(503, { type: 'unhealthy', detail: report.reason }) : null
    this.told(report, before !== this.writable)
  }

  /** Ask once for all that changes at this moment. */
  lookSoon () {
    this.#soon ??= Promise.resolve().then(() => {
      this.#soon = null
      return this.look()
    }).catch(() => {}) // trouble is shown by who watches it
  }

  /** Resolve when the drive has said once what it is, or cannot. */
  async known () {
    if (!this.#told) await this.look().catch(() => {})
  }
}
