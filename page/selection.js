// Which entries of a folder are selected, by name: it outlives sorting, searching and loading.

export class Selection {
  #names = new Set()
  #anchor = null

  get size () {
    return this.#names.size
  }

  has (entry) {
    return this.#names.has(entry.name)
  }

  /** Return the selected entries, in the order of `entries`. */
  of (entries) {
    return entries.filter(entry => this.has(entry))
  }

  only (entry) {
    this.#names = new Set([entry.name])
    this.#anchor = entry.name
  }

  toggle (entry) {
    if (!this.#names.delete(entry.name)) this.#names.add(entry.name)
    this.#anchor = entry.name
  }

  /** Select all from the last one that was chosen by itself to this one, and nothing else. */
  extend (view, to) {
    const from = Math.max(view.findIndex(entry => entry.name === this.#anchor), 0)
    this.#anchor ??= view[from].name
    this.#names = new Set(view.slice(Math.min(from, to), Math.max(from, to) + 1).map(({ name }) => name))
  }

  /** Let a range begin here, where nothing is selected. */
  startAt (entry) {
    if (!this.size) this.#anchor = entry.name
  }

  all (view) {
    this.#names = new Set(view.map(({ name }) => name))
  }

  clear () {
    this.#names.clear()
  }

  /** Forget what is not there any more. */
  keepOf (entries) {
    const there = new Set(entries.map(({ name }) => name))
    for (const name of this.#names) if (!there.has(name)) this.#names.delete(name)
  }
}
