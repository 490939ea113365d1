// Downloads of any size, by the browser's own list of downloads.
import { make, shown } from './dom.js'
import { bodyOf, describe, encodePath, Problem, request, token } from './drive.js'
import { explain, say, working } from './status.js'
import { storedFile } from './stored-files.js'
import { nameOf } from './trees.js'
import { size, t } from './words.js'

const PIECE = 4 * 1024 * 1024
// A browser begins one download for a click, and may lose the first of two that come at once.
const BETWEEN_MILLISECONDS = 400

/** The most bytes that a window without a service worker downloads: a browser has them in memory. */
export const IN_WINDOW_BYTES = 512 * 1024 * 1024

let last = Promise.resolve()

export const downloads = {
  /** Download a file. Several are downloaded one after the other. */
  save (path, entry) {
    const done = last.then(() => save(path, entry).catch(error => failed(path, explain(error))))
    last = done
    return done
  }
}

async function save (path, entry) {
  if (!token()) {
    click(path, (await storedFile(path)).url)
    await new Promise(resolve => setTimeout(resolve, BETWEEN_MILLISECONDS))
    return
  }
  const stored = await storedFile(path, { save: true })
  if (!stored) return byWindow(path, entry)
  // A link with the attribute `download` does not pass a worker in every browser
  // (https://issues.chromium.org/issues/40410035), and to leave the page would end its uploads.
  const frame = make('iframe', { src: stored.url, hidden: true, title: t('download.fetching', { name: shown(nameOf(path)) }) })
  document.body.append(frame)
  const outcome = await stored.ended
  stored.release()
  // While the frame stands, the browser may still take what is in its buffer.
  setTimeout(() => frame.remove(), BETWEEN_MILLISECONDS * 10)
  if (outcome.failed === 412) say(t('download.changed', { name: shown(nameOf(path)) }), { kind: 'wrong' })
  else if ('failed' in outcome) failed(path, explain(new Problem(outcome.failed)))
}

function failed (path, why) {
  say(t('download.failed', { name: shown(nameOf(path)), why }), { kind: 'wrong' })
}

async function byWindow (path, entry) {
  const name = shown(nameOf(path))
  if (entry.size > IN_WINDOW_BYTES) {
    const words = { name, size: size(entry.size), largest: size(IN_WINDOW_BYTES) }
    say(t('download.tooLarge', words), { kind: 'wrong' })
    return
  }
  const task = working(t('download.fetching', { name }))
  try {
    const blob = await whole(path, { signal: task.signal, progress: task.progress })
    const url = URL.createObjectURL(new Blob([blob], { type: 'application/octet-stream' }))
    click(path, url)
    setTimeout(() => URL.revokeObjectURL(url), 60_000)
  } catch (error) {
    if (task.signal.aborted) return
    if (error.status === 412) say(t('download.changed', { name }), { kind: 'wrong' })
    else throw error
  } finally {
    task.end()
  }
}

/** Read a whole file into the browser, all of one version; it keeps a large `Blob` on disk. */
export async function whole (path, { signal, progress } = {}) {
  const { etag, size } = await describe(path, { signal })
  const parts = []
  let type = ''
  for (let at = 0; at < size;) {
    const headers = { Range: `bytes=${at}-${at + PIECE - 1}`, 'If-Match': etag }
    const answer = await request('GET', `files/${encodePath(path)}`, { headers, signal, cache: 'no-store' })
    const part = await bodyOf(answer, 'blob', signal)
    type = answer.headers.get('Content-Type')
    parts.push(part)
    at += part.size
    progress?.(Math.round(at / size * 100), 100)
  }
  return new Blob(parts, { type })
}

function click (path, url) {
  const link = make('a', { href: url, download: nameOf(path) })
  document.body.append(link)
  link.click()
  link.remove()
}
