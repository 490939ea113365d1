// What is done to many files at once: one request for each, four at a time, each on the condition
// that the file is still the one that was seen. Nothing here shows anything but by `decide`.
import {
  describe, listing, makeDirectory, move, remove, restore, trash
} from './drive.js'
import { beside } from './upload-conflicts.js'

const WIDTH = 4

export const join = (directory, name) => directory ? `${directory}/${name}` : name
export const parentOf = path => path.slice(0, Math.max(0, path.lastIndexOf('/')))
export const nameOf = path => path.slice(path.lastIndexOf('/') + 1)

/** What came of it: `done` and `kept` (left as they were) are paths, `failures` {path, error}. */
class Outcome {
  done = []
  kept = []
  failures = []
}

/** Yield what is in a directory, and in those below: `{path, entry}`; an empty one too. */
async function * within (directory, directories, signal) {
  directories.push(directory)
  let cursor = null
  let count = 0
  do {
    const page = await listing(directory, { cursor, signal })
    for (const entry of page.entries) {
      count++
      const path = join(directory, entry.name)
      if (entry.kind === 'directory') yield * within(path, directories, signal)
      else yield { path, entry }
    }
    cursor = page.cursor === cursor ? null : page.cursor
  } while (cursor !== null)
  if (!count) yield { path: directory, entry: null }
}

/** Yield the files of what was chosen in a directory. `directories` gets all directories. */
async function * filesOf (directory, entries, directories, signal) {
  for (const entry of entries) {
    const path = join(directory, entry.name)
    if (entry.kind === 'directory') yield * within(path, directories, signal)
    else yield { path, entry }
  }
}

/** Do a task for each of `items`, some at a time, until `signal`; a failure ends nothing else. */
async function crew (items, task, outcome, { signal, progress = () => {} }) {
  let failed = null
  const worker = async () => {
    for (;;) {
      if (signal?.aborted) return
      const { value, done } = await items.next()
      if (done || signal?.aborted) return
      try {
        await task(value)
      } catch (error) {
        if (signal?.aborted) return
        outcome.failures.push({ path: value.path, error })
      }
      progress(outcome.done.length)
    }
  }
  await Promise.all(Array.from({ length: WIDTH }, () => worker().catch(error => { failed ??= error })))
  if (failed && !signal?.aborted) outcome.failures.push({ path: '', error: failed })
}

/**
 * Delete entries of a directory with all that is in them. `decide.changed(path, seen, now)` says
 * whether a file that somebody changed is deleted all the same. The outcome has what undoes it:
 * `files` ({path, etag}) and `directories`.
 */
export async function removeAll (directory, entries, { signal, progress, decide }) {
  const outcome = Object.assign(new Outcome(), { files: [], directories: [] })
  const directories = []
  await crew(filesOf(directory, entries, directories, signal), async ({ path, entry }) => {
    if (!entry) return
    const etag = await ifUnchanged(path, entry, decide, etag => remove(path, etag))
    if (etag === null) {
      outcome.kept.push(path)
      return
    }
    outcome.done.push(path)
    outcome.files.push({ path, etag, entry })
  }, outcome, { signal, progress })
  const left = [...outcome.kept, ...outcome.failures.map(({ path }) => path)]
  for (const path of directories.reverse()) {
    if (signal?.aborted || left.some(each => each.startsWith(`${path}/`))) continue
    try {
      await remove(path, null)
      outcome.directories.push(path)
      outcome.done.push(path)
    } catch (error) {
      if (error.status !== 404) outcome.failures.push({ path, error })
    }
  }
  return outcome
}

/** Act on the version that was seen, or on a newer one if `decide` says so; null: on none. */
async function ifUnchanged (path, seen, decide, act) {
  let version = seen
  for (;;) {
    try {
      await act(version.etag)
      return version.etag
    } catch (error) {
      if (error.status === 404) return version.etag // somebody else was faster
      if (error.status !== 412) throw error
      const now = await describe(path).catch(gone)
      if (now && !await decide.changed(path, version, now)) return null
      if (!now) return version.etag
      version = now
    }
  }
}

const gone = error => {
  if (error.status === 404) return null
  throw error
}

/**
 * Put back what `removeAll` deleted. `decide.clash(path)` says what happens where something else is
 * now: 'replace', 'both' or 'skip'. `missing` of the outcome counts what the trash has no more;
 * `elsewhere` says that not all is where it was.
 */
export async function putBack ({ files, directories }, { signal, progress, decide }) {
  const outcome = Object.assign(new Outcome(), { missing: 0, elsewhere: false })
  const wanted = new Map(files.map(file => [`${file.etag} ${file.path}`, file]))
  const found = []
  let cursor = null
  while (wanted.size && !signal?.aborted) {
    const page = await trash({ cursor, signal })
    for (const version of page.versions) {
      if (wanted.delete(`${version.etag} ${version.path}`)) found.push(version)
    }
    if (page.cursor === null || page.cursor === cursor) break
    cursor = page.cursor
  }
  outcome.missing = wanted.size
  await crew(found.values(), async version => {
    const to = await placed(version.path, decide, (to, overwrite) => restore(version, { to, overwrite }))
    outcome[to === null ? 'kept' : 'done'].push(version.path)
    outcome.elsewhere ||= to !== version.path
  }, outcome, { signal, progress: done => progress(done, found.length) })
  for (const path of [...directories].reverse()) {
    if (!signal?.aborted && !outcome.done.some(each => each.startsWith(`${path}/`))) await makeDirectory(path)
  }
  return outcome
}

/** Put a file at `to`, or where `decide.clash` says; return where it is, null for nowhere. */
async function placed (to, decide, act) {
  const taken = new Set()
  for (let overwrite = false, wish = to; ;) {
    try {
      await act(wish, overwrite)
      return wish
    } catch (error) {
      if (error.status !== 412 && error.status !== 409) throw error
      const choice = taken.size ? 'both' : await decide.clash(to, error.status === 412)
      if (choice === 'skip') return null
      overwrite = choice === 'replace'
      taken.add(wish)
      if (!overwrite) wish = beside(to, path => taken.has(path))
    }
  }
}

/**
 * Move entries of a directory: `to(entry)` is the new path of each. Files of a directory move one by
 * one; the directory is removed when it is empty. `decide` has `changed` and `clash` as above, and
 * `merge(path)` for a directory where one is already. `moved` of the outcome are whole entries
 * with their new paths.
 */
export async function moveAll (directory, entries, to, { signal, progress, decide }) {
  const outcome = Object.assign(new Outcome(), { moved: [] })
  for (const entry of entries) {
    if (signal?.aborted) break
    const from = join(directory, entry.name)
    const target = to(entry)
    const before = outcome.kept.length + outcome.failures.length
    try {
      if (entry.kind === 'directory') await moveTree(from, target, outcome, { signal, progress, decide })
      else await moveFile(from, target, entry, outcome, decide)
    } catch (error) {
      if (!signal?.aborted) outcome.failures.push({ path: from, error })
    }
    const whole = !signal?.aborted && before === outcome.kept.length + outcome.failures.length
    if (whole) outcome.moved.push({ entry, path: entry.kind === 'directory' ? target : outcome.done.at(-1) })
    progress(outcome.done.length)
  }
  return outcome
}

async function moveFile (from, to, seen, outcome, decide) {
  let version = seen
  const place = await placed(to, decide, async (wish, overwrite) => {
    for (;;) {
      try {
        await move(from, wish, { etag: version.etag, overwrite })
        return
      } catch (error) {
        if (error.status !== 412) throw error
        const now = await describe(from)
        if (now.etag === version.etag) throw error // so it is the other one
        if (!await decide.changed(from, version, now)) throw new Left()
        version = now
      }
    }
  }).catch(error => {
    if (error instanceof Left) return null
    throw error
  })
  if (place === null) outcome.kept.push(from)
  else outcome.done.push(place)
}

/** The person decided to leave it as it is. */
class Left extends Error {}

async function moveTree (from, to, outcome, { signal, progress, decide }) {
  if (!await makeDirectory(to) && !await decide.merge(to)) {
    outcome.kept.push(from)
    return
  }
  const directories = []
  const there = path => to + path.slice(from.length)
  await crew(within(from, directories, signal), async ({ path, entry }) => {
    if (entry) await moveFile(path, there(path), entry, outcome, decide)
    else if (path !== from) await makeDirectory(there(path))
  }, outcome, { signal, progress })
  for (const path of directories.reverse()) {
    if (signal?.aborted) return
    // What was left in it, or put there meanwhile, keeps it.
    await remove(path, null).catch(error => { if (![404, 409].includes(error.status)) throw error })
  }
}
