// The uploads of this page: several at once, and what becomes of each. It knows nothing of how it looks.
import { noteTrouble, Problem, token, Unreachable } from './drive.js'
import { anotherToken } from './session.js'
import { SMALL_BYTES, TOGETHER } from './upload-batches.js'
import { giveUp, PART_BYTES, send } from './upload-send.js'
import { onWake, pause } from './waiting.js'

// A browser has six connections to a host by HTTP/1.1; two more files wait in it, so that none
// is idle. Large files leave two of them for the rest of the page, since a part may take long.
const SIDE_BY_SIDE = 8
const LARGE_SIDE_BY_SIDE = 4
const FIRST_PAUSE = 1000 // milliseconds
const LONGEST_PAUSE = 60_000
// The network and a drive in maintenance may be away for hours; a fault of the drive passes soon.
const TRIES_AT_FAULTS = 6
const RATE_MILLISECONDS = 8000

const AWAY = new Set([408, 429, 503])
const FAULTS = new Set(['internal', 'digest-mismatch', 'checksum-mismatch', ''])
const LOCKS = new Set(['busy', 'upload-locked', 'offset-conflict', 'maintenance', 'not-configured'])

/**
 * One upload: `file` becomes `path`, if `condition` (headers) holds. `state` is `waiting`, `running`,
 * `paused`, `asking` (somebody was faster), `failed`, `done`, `skipped` or `cancelled`; `sent` bytes
 * of it are there; `trouble` is the error that a running one waits for, `error` that of a failed one.
 */
export class Upload {
  constructor (file, path, condition) {
    Object.assign(this, { file, path, condition, state: '', sent: 0, trouble: null, error: null })
    this.directory = path.slice(0, Math.max(path.lastIndexOf('/'), 0))
    this.upload = this.parts = this.beginning = this.control = this.sentToken = null
  }
}

const STATES = ['failed', 'asking', 'running', 'paused', 'waiting', 'done', 'skipped', 'cancelled']
const ENDED = new Set(['done', 'skipped', 'cancelled'])

export class UploadQueue {
  /**
   * `changed()` hears that something is new, `done(upload)` of each file in its place,
   * `overtaken(upload)` of one whose condition failed, `full(error)` that the drive has no room.
   */
  constructor ({ changed, done, overtaken, full }) {
    Object.assign(this, { changed, done, overtaken, full })
    this.by = Object.fromEntries(STATES.map(state => [state, new Set()]))
    this.held = false
    this.#reset()
    onWake(() => this.#restart())
  }

  #reset () {
    for (const state of ENDED) this.by[state].clear()
    this.bytes = this.sent = this.count = 0
    for (const upload of this.by.failed) this.#count(upload)
    this.samples = []
  }

  #count (upload) {
    this.count++
    this.bytes += upload.file.size
    this.sent += upload.sent
  }

  /** Whether something is on its way, or will be: then the page must stay. */
  get active () {
    const { running, waiting, asking, paused } = this.by
    return running.size + waiting.size + asking.size + paused.size > 0
  }

  /** Whether nothing moves until the person resumes. */
  get stopped () {
    const { running, waiting, paused } = this.by
    return running.size === 0 && paused.size + waiting.size > 0
  }

  add (uploads) {
    if (!this.active) this.#reset()
    for (const upload of uploads) {
      this.#count(upload)
      this.#move(upload, upload.error ? 'failed' : 'waiting')
    }
    this.#next()
  }

  /** The uploads of the list from one position to another, those that need the person first. */
  window (from, to) {
    const found = []
    let at = 0
    for (const state of STATES) {
      const { size } = this.by[state]
      if (at + size > from && at < to) {
        let own = at
        for (const upload of this.by[state]) {
          if (own >= to) break
          if (own++ >= from) found.push(upload)
        }
      }
      at += size
    }
    return found
  }

  get length () {
    return STATES.reduce((sum, state) => sum + this.by[state].size, 0)
  }

  pause (upload) {
    if (upload.state === 'waiting' || upload.state === 'running') this.#stop(upload, 'paused')
  }

  /** Resume one that is paused, or try one that failed again. */
  resume (upload) {
    if (upload.state !== 'paused' && upload.state !== 'failed') return
    this.#move(upload, 'waiting')
    if (this.stopped) this.held = false
    this.#next()
  }

  cancel (upload) {
    if (ENDED.has(upload.state)) return
    this.#stop(upload, 'cancelled')
    this.#moved(upload, 0)
    return giveUp(upload)
  }

  skip (upload) {
    this.#stop(upload, 'skipped')
    this.#moved(upload, 0)
    return giveUp(upload)
  }

  pauseAll () {
    this.held = true
    for (const upload of [...this.by.running]) this.pause(upload)
    this.changed()
  }

  resumeAll () {
    this.held = false
    const later = [...this.by.waiting]
    for (const upload of [...this.by.paused]) this.#move(upload, 'waiting')
    for (const upload of later) this.#move(upload, 'waiting') // behind those that had begun
    this.#next()
  }

  async cancelAll () {
    this.held = false
    const { waiting, running, paused, asking } = this.by
    await Promise.all([waiting, paused, asking, running].flatMap(each => [...each])
      .map(upload => this.cancel(upload)))
  }

  /** Forget what has ended, and what failed. */
  clear () {
    this.by.failed.clear()
    this.#reset()
    this.changed()
  }

  retryAll () {
    this.held = false
    for (const upload of [...this.by.failed]) this.#move(upload, 'waiting')
    this.#next()
  }

  /** Have one that was overtaken go on, with another condition and perhaps another path. */
  async goOn (upload, condition, path = upload.path) {
    await giveUp(upload) // its condition is kept by the drive
    Object.assign(upload, { condition, path })
    this.#moved(upload, 0)
    if (upload.state === 'asking') this.#move(upload, 'waiting')
    this.#next()
  }

  /** Have one that was overtaken fail: it cannot be known by what. */
  fail (upload, error) {
    if (upload.state === 'asking') this.#ended(upload, error)
  }

  /** Bytes a second in the last seconds; 0 when nothing moves. */
  get rate () {
    const now = performance.now()
    this.samples = this.samples.filter(([at]) => now - at < RATE_MILLISECONDS)
    this.samples.push([now, this.sent])
    const [[at, sent]] = this.samples
    return now - at < 500 ? 0 : Math.max(0, (this.sent - sent) / (now - at) * 1000)
  }

  #move (upload, state) {
    this.by[upload.state]?.delete(upload)
    upload.state = state
    if (state !== 'failed') upload.error = null
    upload.trouble = null
    this.by[state].add(upload)
    this.changed()
  }

  #moved (upload, sent) {
    this.sent += sent - upload.sent
    upload.sent = sent
    this.changed()
  }

  #stop (upload, state) {
    const { control } = upload
    upload.control = null
    this.#move(upload, state)
    control?.abort(new DOMException('stopped', 'AbortError'))
    this.#next()
  }

  #next () {
    const { waiting } = this.by
    while (!this.held && waiting.size) {
      const [upload] = waiting
      if (!this.#hasRoom(upload)) break
      this.#run(upload)
    }
  }

  #hasRoom ({ file }) {
    const { running } = this.by
    if (file.size <= SMALL_BYTES) return running.size < TOGETHER
    const sizes = [...running].map(each => each.file.size).filter(size => size > SMALL_BYTES)
    const large = [file.size, ...sizes].some(size => size > PART_BYTES)
    return sizes.length < (large ? LARGE_SIDE_BY_SIDE : SIDE_BY_SIDE)
  }

  async #run (upload) {
    this.#move(upload, 'running')
    const control = upload.control = new AbortController()
    try {
      upload.etag = await this.#sent(upload, control.signal)
      if (upload.control !== control) return
      upload.control = null
      this.#moved(upload, upload.file.size)
      this.#move(upload, 'done')
      this.done(upload)
    } catch (error) {
      if (control.signal.aborted || upload.control !== control) return
      upload.control = null
      this.#ended(upload, error)
    }
    this.#next()
  }

  #ended (upload, error) {
    if (error.status === 412 && error.type === 'precondition-failed') {
      this.#move(upload, 'asking')
      this.overtaken(upload)
      return
    }
    upload.error = error
    this.#move(upload, 'failed')
    if (error.type === 'no-space' || error.status === 507) {
      this.pauseAll() // every other one would fail the same way
      this.full(error)
    }
  }

  /** Send, and again for as long as what is in the way may pass. */
  async #sent (upload, signal) {
    let wait = FIRST_PAUSE
    for (let tries = 1; ; tries++) {
      const before = upload.sent
      try {
        const etag = await this.#once(upload, signal)
        noteTrouble(null)
        return etag
      } catch (error) {
        signal.throwIfAborted()
        if (upload.sent > before) [tries, wait] = [1, FIRST_PAUSE]
        if (error.status === 401) {
          await anotherToken(upload.sentToken)
          signal.throwIfAborted()
          continue
        }
        if (!passes(error, tries)) throw error
        upload.trouble = error
        noteTrouble(error)
        this.changed()
        await pause(Math.max((error.retryAfter ?? 0) * 1000, wait * (0.5 + Math.random())), signal)
        wait = Math.min(wait * 2, LONGEST_PAUSE)
      }
    }
  }

  async #once (upload, signal) {
    const attempt = upload.attempt = new AbortController()
    const stop = () => attempt.abort(signal.reason)
    signal.addEventListener('abort', stop)
    const moved = bytes => {
      if (signal.aborted) return
      upload.trouble = null
      this.#moved(upload, bytes)
    }
    upload.sentToken = token()
    try {
      return await send(upload, { signal: attempt.signal, moved })
    } finally {
      signal.removeEventListener('abort', stop)
    }
  }

  /** Have what is on its way go out again: the machine slept, and its connections are lost. */
  #restart () {
    for (const upload of this.by.running) upload.attempt?.abort(new Unreachable('the machine slept'))
  }
}

function passes (error, tries) {
  if (error instanceof Unreachable) return true
  if (!(error instanceof Problem)) return false
  if (AWAY.has(error.status) || LOCKS.has(error.type)) return error.body.status !== 'fail'
  return FAULTS.has(error.type) && (error.status >= 500 || error.type !== '') && tries < TRIES_AT_FAULTS
}
