// The folder that is open, and the one that is being opened. What was asked for in one of them changes
// that one only, whenever it comes.
import { Folder } from './folder.js'
import { passes } from './recovery.js'

export class Opened {
  /** What is shown. */
  folder = new Folder('', () => {})
  #next = null

  /**
   * `on` hears: `busy(whether a folder is being opened)`, `entered(before)` when another is open than before,
   * `changed()` when what is to be seen of it has changed, `troubled()` when that may be older than the drive
   * or is no longer, `failed(error)` when it cannot be shown, `at(name)` where an act has put something.
   * `isFile(path, error)` returns whether the path is a file's, and goes to its folder then.
   */
  constructor (on) {
    this.on = on
    this.folder.complete = true // until the first one is there
  }

  /** Whether there is a list, so that it is known where an act goes. */
  get isReady () {
    return this.folder.started && !this.folder.failure
  }

  /** Open a folder. What is open stays until the other is there. */
  async open (path) {
    this.#next?.leaving.abort()
    const folder = this.#next = new Folder(path, () => {
      if (folder === this.folder && !folder.failure) this.on.changed()
    })
    this.on.busy(true)
    let error = null
    try {
      await folder.start()
    } catch (problem) {
      error = problem
    }
    if (this.#next !== folder) return
    this.#next = null
    this.on.busy(false)
    if (error && this.on.isFile(path, error)) return
    const before = this.folder
    before.leaving.abort()
    this.folder = folder
    this.on.entered(before, error)
    if (error) this.#fail(folder, error)
    else if (folder.stale) await this.#refresh(folder)
  }

  /** Show at once what an act has changed in a directory, if it is open; go to the entry `name`. */
  async patch (directory, change, name) {
    const { folder } = this
    if (this.#next?.path === directory) this.#next.patch(change)
    if (folder.path !== directory) return
    if (folder.failure) {
      await this.#refresh(folder)
      return
    }
    await folder.patch(change)
    if (folder === this.folder && name !== undefined) this.on.at(name)
  }

  /** Load a directory again, if it is open; with `below`, what is below it too. */
  async reload (directory = this.folder.path, { below = false } = {}) {
    const open = [this.folder, this.#next].filter(folder => folder &&
      (folder.path === directory || (below && folder.path.startsWith(`${directory}/`))))
    await Promise.all(open.map(folder => this.#refresh(folder)))
  }

  /** Load the next page of what is open. */
  async more () {
    const { folder } = this
    if (folder.failure) return
    try {
      await folder.more()
    } catch (error) {
      if (passes(error)) this.#fail(folder, error)
    }
  }

  /** Try again what has failed, but when the person is on the way to another folder. */
  async retry () {
    const { folder } = this
    if (!this.#next) await (folder.failure ? this.open(folder.path) : this.#refresh(folder))
  }

  /** Load again what is open or being opened; what is shown stays until it is there. */
  async #refresh (folder) {
    if (folder.failure) {
      // What was not there may have come.
      if (folder.failure.status === 404 && !this.#next) await this.open(folder.path)
      return
    }
    try {
      await folder.reload()
      folder.behind = null
      this.on.troubled()
    } catch (error) {
      this.#fail(folder, error)
    }
  }

  /** A list that is there stays when the trouble may pass. */
  #fail (folder, error) {
    if (folder !== this.folder) return
    if (folder.started && passes(error)) {
      folder.behind = error
      this.on.troubled()
      return
    }
    Object.assign(folder, { failure: error, entries: [], complete: true, view: [] })
    this.on.failed(error)
  }
}
