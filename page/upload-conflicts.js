// What is on the drive where files shall go: the person is asked once for all of them.
import { ask } from './dialogs.js'
import { bdi, make } from './dom.js'
import { describe, listing, Problem } from './drive.js'
import { passes } from './recovery.js'
import { date, size, t } from './words.js'

export const NEW = Object.freeze({ 'If-None-Match': '*' })
// For fewer names it is quicker to try: the drive refuses what is there already.
const LOOKED_UP = 3
const PAGES = 20
const SHOWN = 4

/**
 * Return a `Map` of the entries that are at these paths, as far as it is quick to know: `known`, and
 * what the directories have in which many files shall go.
 */
export async function whatIsThere (paths, known, { signal } = {}) {
  const there = new Map(known)
  const directories = new Map()
  for (const path of paths) {
    if (there.has(path)) continue
    const directory = path.slice(0, Math.max(path.lastIndexOf('/'), 0))
    directories.set(directory, (directories.get(directory) ?? 0) + 1)
  }
  const missing = []
  for (const directory of [...directories.keys()].sort()) {
    if (directories.get(directory) <= LOOKED_UP) continue
    if (missing.some(each => directory.startsWith(`${each}/`))) continue
    const found = await entriesOf(directory, signal)
    if (!found) missing.push(directory)
    for (const entry of found ?? []) {
      there.set(directory ? `${directory}/${entry.name}` : entry.name, entry)
    }
  }
  return there
}

/** Return the entries of a directory, of a very large one those that come first; null: no directory. */
async function entriesOf (directory, signal) {
  const found = []
  let cursor = null
  try {
    for (let pages = 0; pages < PAGES; pages++) {
      const page = await listing(directory, { cursor, signal })
      found.push(...page.entries)
      cursor = page.cursor
      if (cursor === null) break
    }
  } catch (error) {
    if (error.status === 404 || error.type === 'conflict') return null
    throw error
  }
  return found
}

/** Return the entry of a file that is at a path now, or null. */
export async function presentAt (path) {
  try {
    const name = path.slice(path.lastIndexOf('/') + 1)
    return { name, kind: 'file', ...await describe(path) }
  } catch (error) {
    if (error instanceof Problem && !passes(error)) return null
    throw error
  }
}

/**
 * Ask what to do with files `{path, file, entry}` that are on the drive already; resolve to
 * `replace`, `both` or `skip`. `overtaken`: they came there while they were uploaded.
 */
export async function askOnce (conflicts, { overtaken = false } = {}) {
  const rows = conflicts.slice(0, SHOWN).map(({ path, file, entry }) => make('li', {},
    bdi(path), make('span', {}, t('transfer.there', {
      old: `${size(entry.size)}, ${date(entry.modified)}`,
      new: `${size(file.size)}, ${date(new Date(file.lastModified).toISOString())}`
    }))))
  if (conflicts.length > SHOWN) {
    rows.push(make('li', {}, t('transfer.andMore', { count: conflicts.length - SHOWN })))
  }
  const count = conflicts.length
  const answer = await ask({
    title: t(overtaken ? 'transfer.overtaken' : 'transfer.isThere', { count }),
    body: [make('ul.conflicts', {}, ...rows), t('transfer.replaceText')],
    choices: [
      { value: 'both', label: t('clash.both'), kind: 'primary' },
      { value: 'replace', label: t('clash.replace'), kind: 'danger' }
    ],
    cancel: t('clash.skip')
  })
  return answer?.choice ?? 'skip'
}

/** Return a path beside `path` that `taken(path)` does not know: `name (2).ext`. */
export function beside (path, taken) {
  const at = path.lastIndexOf('/') + 1
  const dot = path.lastIndexOf('.')
  const end = dot > at ? dot : path.length
  // Counting goes on where it stopped: "a (2)" is followed by "a (3)".
  const [, stem, counted] = /^(.*?)(?: \((\d{1,6})\))?$/s.exec(path.slice(at, end))
  for (let number = Number(counted ?? 1) + 1; ; number++) {
    const found = `${path.slice(0, at)}${stem} (${number})${path.slice(end)}`
    if (!taken(found)) return found
  }
}
