// What the page does while the drive cannot be called: it tries again, at longer and longer pauses,
// and at once when the network comes back or the person says so.
import { Problem, Unreachable } from './drive.js'
import { pause } from './waiting.js'

const FIRST_PAUSE = 1000 // milliseconds
const LONGEST_PAUSE = 30_000

/** Return whether an error may pass by itself. */
export function passes (error) {
  return error instanceof Unreachable ||
    (error instanceof Problem && (error.status === 429 || error.status >= 500) && error.status !== 507)
}

export class Recovery {
  #error = null
  #running = false
  #pause = FIRST_PAUSE
  #resting = new AbortController()

  /** `attempt()` calls the drive; it calls `over` or `begin` itself, or throws. */
  constructor (attempt) {
    this.attempt = attempt
  }

  /** Try again until it is over. */
  async begin (error) {
    this.#error = error
    if (this.#running) return
    this.#running = true
    while (this.#error) {
      this.#resting = new AbortController()
      const wait = Math.max((this.#error.retryAfter ?? 0) * 1000, this.#pause * (0.5 + Math.random() / 2))
      await pause(wait, this.#resting.signal).catch(() => {})
      this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE)
      if (this.#error) await this.#try()
    }
    this.#running = false
  }

  /** Try again now. */
  now () {
    if (this.#running) this.#resting.abort()
    else this.#try()
  }

  /** The drive can be called again. */
  over () {
    this.#error = null
    this.#pause = FIRST_PAUSE
    this.#resting.abort()
  }

  async #try () {
    try {
      await this.attempt()
    } catch (error) {
      this.#error = passes(error) ? error : null
    }
  }
}
