// The entries of one directory: loaded a page at a time, sorted and searched without ever keeping
// the browser from what the person does.
import { listing } from './drive.js'
import { locale } from './words.js'

const collator = new Intl.Collator(locale, { numeric: true, sensitivity: 'base' })
const SLICE = 8 // milliseconds of work before the browser has its turn

/** What orders entries; where it finds no difference, the exact name decides. */
const ORDERS = {
  name: (one, other) => collator.compare(one.name, other.name),
  size: (one, other) => one.size - other.size,
  date: (one, other) => one.time - other.time
}
const exactly = (one, other) => one.name < other.name ? -1 : one.name > other.name ? 1 : 0

export class Folder {
  /** All that is loaded, in the order of the drive. */
  entries = []
  /** What is to be seen: sorted, and found by the search. */
  view = []
  /** Whether all is loaded. */
  complete = false
  /** `by` is null while the order is the drive's own. */
  order = { by: null, descending: false }
  query = ''
  #cursor = null
  #loading = null
  #arranging = 0

  /** `changed()` is called whenever what is to be seen has changed. */
  constructor (path, changed) {
    this.path = path
    this.changed = changed
    this.leaving = new AbortController()
  }

  /** Load the first page. A folder that fits into it is sorted by name. */
  async start () {
    await this.#page()
    if (this.complete) this.order = { by: 'name', descending: false }
    await this.arrange()
  }

  /** Load the next page, if there is one; callers at the same time wait for the same page. */
  more () {
    if (this.complete) return Promise.resolve()
    this.#loading ??= this.#page().then(() => this.arrange()).finally(() => { this.#loading = null })
    return this.#loading
  }

  /** Load all pages that are left; `progress(entries)` is called after each. */
  async all (progress, signal) {
    while (!this.complete && !signal.aborted) {
      await (this.#loading ?? this.#page())
      progress(this.entries.length)
      // What is found so far can be seen; a new order would have rows jump at each page.
      if (this.query && !this.order.by) await this.arrange()
    }
    await this.arrange()
  }

  /** Load what was loaded again, and show it at once. The person stays where they are. */
  async reload () {
    const again = new Folder(this.path, () => {})
    again.leaving = this.leaving
    do await again.#page(); while (!again.complete && again.entries.length < this.entries.length)
    this.entries = again.entries
    this.complete = again.complete
    this.#cursor = again.#cursor
    if (this.complete) this.order.by ??= 'name'
    await this.arrange()
  }

  async #page () {
    const cursor = this.#cursor
    const page = await listing(this.path, { cursor, signal: this.leaving.signal })
    this.#cursor = page.cursor
    this.complete = page.cursor === null || page.cursor === cursor
    for (const entry of page.entries) this.entries.push(prepared(entry))
  }

  /** Return the entry of a name. */
  find (name) {
    return this.entries.find(entry => entry.name === name)
  }

  /** Show at once that entries are there, changed, or gone (`removed` are names). */
  patch ({ removed = [], added = [] }) {
    const names = new Set([...removed, ...added.map(entry => entry.name)])
    this.entries = this.entries.filter(entry => !names.has(entry.name))
    for (const entry of added) this.entries.push(prepared(entry))
    return this.arrange()
  }

  /** Sort by name, size or date. */
  sort (by, descending) {
    this.order = { by, descending }
    return this.arrange()
  }

  /** Show only what has these words in its name. */
  search (query) {
    this.query = query
    return this.arrange()
  }

  /** Make the view anew. A later call puts an end to an earlier one. */
  async arrange () {
    const number = ++this.#arranging
    const turn = turns()
    const given = () => turn().then(() => number !== this.#arranging || this.leaving.signal.aborted)
    let found = this.entries
    if (this.query) {
      const words = folded(this.query)
      found = []
      for (let at = 0; at < this.entries.length; at++) {
        const entry = this.entries[at]
        if ((entry.folded ??= folded(entry.name)).includes(words)) found.push(entry)
        if (at % 512 === 511 && await given()) return
      }
    }
    const { by, descending } = this.order
    if (by) {
      const order = ORDERS[by]
      const sign = descending ? -1 : 1
      const compare = (one, other) =>
        // Folders come first, whatever the order.
        (one.kind === other.kind ? 0 : one.kind === 'directory' ? -1 : 1) ||
        sign * order(one, other) || sign * exactly(one, other)
      found = await sorted(found, compare, given)
      if (!found) return
    }
    this.view = found
    this.changed()
  }
}

function prepared (entry) {
  entry.time = Date.parse(entry.modified) || 0
  return entry
}

/** Return a text as a search compares it: without capitals, accents and widths. */
export function folded (text) {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
}

/** Return a function that gives the browser its turn when a slice of time is used up. */
function turns () {
  let until = performance.now() + SLICE
  return async () => {
    if (performance.now() < until) return
    await new Promise(resolve => setTimeout(resolve))
    until = performance.now() + SLICE
  }
}

/** Merge runs that are sorted by themselves, with turns for others; null when it was given up. */
async function sorted (entries, compare, given) {
  const RUN = 256
  let runs = []
  for (let at = 0; at < entries.length; at += RUN) {
    runs.push(entries.slice(at, at + RUN).sort(compare))
    if (await given()) return null
  }
  while (runs.length > 1) {
    const next = []
    for (let at = 0; at < runs.length; at += 2) {
      next.push(runs[at + 1] ? await merged(runs[at], runs[at + 1], compare, given) : runs[at])
      if (!next.at(-1)) return null
    }
    runs = next
  }
  return runs[0] ?? []
}

async function merged (one, other, compare, given) {
  const all = []
  let left = 0
  let right = 0
  while (left < one.length && right < other.length) {
    all.push(compare(one[left], other[right]) <= 0 ? one[left++] : other[right++])
    if (all.length % 512 === 0 && await given()) return null
  }
  return all.concat(one.slice(left), other.slice(right))
}
