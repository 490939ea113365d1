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
  /** Whether the first page is there. */
  started = false
  /** Whether it has changed on the drive since it was asked for. */
  stale = false
  /** Why it cannot be shown, and why what is shown is not loaded again: an error, or null. */
  failure = null
  behind = null
  #cursor = null
  #loading = null
  #reloading = null
  #arranging = null
  #arranged = 0
  #reloads = 0
  #changes = []

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
    this.started = true
  }

  /** Load the next page, if there is one; callers at the same time wait for the same page. */
  more () {
    return this.complete ? Promise.resolve() : this.#following(() => this.arrange())
  }

  /** Load all pages that are left; `progress(entries)` is called after each. */
  async all (progress, signal) {
    while (!this.complete && !signal.aborted) {
      await this.#following()
      progress(this.entries.length)
      // What is found so far can be seen; a new order would have rows jump at each page.
      if (this.query && !this.order.by) await this.arrange()
    }
    await this.arrange()
  }

  /**
   * Load what was loaded again, and show it at once. The person stays where they are. Calls that come
   * meanwhile are one more. What is not there yet is `stale` when it comes.
   */
  reload () {
    this.stale = true
    if (!this.started) return Promise.resolve()
    this.#reloading ??= this.#reload()
    return this.#reloading
  }

  async #reload () {
    try {
      while (this.stale) {
        this.stale = false
        await this.#again()
      }
    } finally {
      this.#reloading = null
    }
  }

  async #again () {
    const before = this.#changes.length
    const again = new Folder(this.path, () => {})
    again.leaving = this.leaving
    do await again.#page(); while (!again.complete && again.entries.length < this.entries.length)
    this.#reloads++
    this.entries = again.entries
    this.complete = again.complete
    this.#cursor = again.#cursor
    this.#changeSince(before)
    if (this.complete) this.order.by ??= 'name'
    await this.arrange()
  }

  #following (then) {
    this.#loading ??= (async () => {
      try {
        await this.#page()
        await then?.()
      } finally {
        this.#loading = null
      }
    })()
    return this.#loading
  }

  async #page () {
    const cursor = this.#cursor
    const reloads = this.#reloads
    const before = this.#changes.length
    const page = await listing(this.path, { cursor, signal: this.leaving.signal })
    if (reloads !== this.#reloads) return // what was loaded again goes on somewhere else
    this.#cursor = page.cursor
    this.complete = page.cursor === null || page.cursor === cursor
    // What an act has shown already may come again with its page.
    if (this.#changes.length) this.#drop(page.entries.map(({ name }) => name))
    for (const entry of page.entries) this.entries.push(prepared(entry))
    this.#changeSince(before)
  }

  /** Return the entry of a name. */
  find (name) {
    return this.entries.find(entry => entry.name === name)
  }

  /** Show at once that entries are there, changed, or gone (`removed` are names). */
  patch (change) {
    this.#changes.push(change)
    this.#changeSince(this.#changes.length - 1)
    return this.arrange()
  }

  /** What was asked for before a change may be from before it, and the change is made to it again. */
  #changeSince (number) {
    for (const { removed = [], added = [] } of this.#changes.slice(number)) {
      this.#drop([...removed, ...added.map(({ name }) => name)])
      for (const entry of added) this.entries.push(prepared(entry))
    }
  }

  #drop (names) {
    const gone = new Set(names)
    this.entries = this.entries.filter(({ name }) => !gone.has(name))
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

  /** Make the view anew. A call meanwhile begins it anew, and all wait for the last one. */
  arrange () {
    this.#arranged++
    this.#arranging ??= this.#arrange()
    return this.#arranging
  }

  async #arrange () {
    try {
      for (let number = 0; number !== this.#arranged && !this.leaving.signal.aborted;) {
        number = this.#arranged
        const turn = turns()
        const given = () => turn().then(() => number !== this.#arranged || this.leaving.signal.aborted)
        const found = await this.#found(given)
        if (!found) continue
        this.view = found
        this.changed()
      }
    } finally {
      this.#arranging = null
    }
  }

  /** Return what is to be seen; null when it was given up. */
  async #found (given) {
    const { entries, order: { by, descending } } = this
    let found = entries
    if (this.query) {
      const words = folded(this.query)
      found = []
      for (let at = 0; at < entries.length; at++) {
        const entry = entries[at]
        if ((entry.folded ??= folded(entry.name)).includes(words)) found.push(entry)
        if (at % 512 === 511 && await given()) return null
      }
    }
    if (!by) return found
    const order = ORDERS[by]
    const sign = descending ? -1 : 1
    return sorted(found, (one, other) =>
      // Folders come first, whatever the order.
      (one.kind === other.kind ? 0 : one.kind === 'directory' ? -1 : 1) ||
      sign * order(one, other) || sign * exactly(one, other), given)
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
