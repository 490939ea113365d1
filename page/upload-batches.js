// Many small files in one request: a browser has six connections, and spends more on each request than
// a small file takes. docs/http.md, "Many small files in one request", has the form.
import { encodePath, Problem, request, Unreachable } from './drive.js'
import { bytesOf, REFUSES_CHANGED } from './upload-bytes.js'
import { within } from './upload-silence.js'

/** The most bytes of a file that goes together with others. */
export const SMALL_BYTES = 256 * 1024

const MEDIA = 'application/vnd.lambda-drive.files'
const CONNECTIONS = 6 // of a browser to a host, by HTTP/1.1
const BESIDE_OTHERS = 4 // the rest is for the page while larger files go up
const MOST_FILES = 50
const FEWEST_FILES = 10 // for which another connection is worth it
const MOST_BYTES = 2 * 1024 * 1024

/** How many small files can be on their way at once. */
export const TOGETHER = CONNECTIONS * MOST_FILES

const waiting = new Set()
let flying = 0
let others = 0
let offered = true // by the drive: an older one has no such route
let woken = false

// Its messages come after all that happens at once, and are not slowed down in a hidden page.
const { port1, port2 } = new MessageChannel()
port1.onmessage = depart

/**
 * Put a small item `{file, path, condition}` on the drive, together with others that wait; return its
 * entity tag. `alone()` puts it by a request of its own, which tells a write of its own, whose answer was
 * lost, from another's.
 *
 * Throws `Problem`, `Unreachable`, what `alone` throws, or the reason of `signal`. What is in a request
 * with others when `signal` aborts may be put all the same.
 */
export function together (item, { signal, moved, alone }) {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted()
    encodePath(item.path) // which tells a name that no later request could name
    const entry = { item, signal, moved, alone, resolve, reject }
    waiting.add(entry)
    signal.addEventListener('abort', () => {
      waiting.delete(entry)
      reject(signal.reason)
    })
    wake()
  })
}

/** Leave connections to the page and to a larger upload until that ends; return what it gives. */
export async function beside (sending) {
  others++
  try {
    return await sending
  } finally {
    others--
    wake()
  }
}

function wake () {
  if (woken) return
  woken = true
  port2.postMessage(null)
}

function depart () {
  woken = false
  const most = others ? Math.max(1, BESIDE_OTHERS - others) : CONNECTIONS
  while (waiting.size && flying < most) {
    const share = Math.ceil(waiting.size / (most - flying))
    flying++
    carry(take(Math.min(MOST_FILES, Math.max(FEWEST_FILES, share)))).finally(() => {
      flying--
      wake()
    })
  }
}

/** Take those that go next: one, or as many as go together. */
function take (most) {
  const taken = []
  const paths = new Set()
  let bytes = 0
  for (const entry of waiting) {
    const { file, path } = entry.item
    bytes += file.size
    if (taken.length && (bytes > MOST_BYTES || paths.has(path))) break
    waiting.delete(entry)
    taken.push(entry)
    paths.add(path)
    if (!offered || taken.length === most) break
  }
  return taken
}

/** Put files, and those alone of which a request with all of them did not tell. */
async function carry (entries) {
  const left = entries.length > 1 ? await post(entries) : entries
  let away = null
  for (const { signal, alone, resolve, reject } of left) {
    if (signal.aborted) continue
    try {
      if (away) throw away
      resolve(await alone())
    } catch (error) {
      if (error instanceof Unreachable) away = error
      reject(error)
    }
  }
}

/** Read files that are as they were chosen. A browser may wait for one that is not, or send it cut. */
async function read (entries) {
  if (REFUSES_CHANGED) return entries.map(entry => [entry, entry.item.file]) // to read takes as long as to send
  const found = await Promise.allSettled(entries.map(({ item: { file } }) => bytesOf(file, file.size)))
  return entries.flatMap((entry, number) => {
    const { value, reason } = found[number]
    if (reason) entry.reject(reason)
    return reason || entry.signal.aborted ? [] : [[entry, value]]
  })
}

/** Put files by one request; return those of which it is not known what became of them. */
async function post (all) {
  const given = await read(all)
  if (!given.length) return []
  const entries = given.map(([entry]) => entry)
  const control = new AbortController()
  let wanted = entries.length
  for (const { signal } of entries) {
    signal.addEventListener('abort', () => { if (!--wanted) control.abort(signal.reason) })
  }
  const line = JSON.stringify(entries.map(({ item: { path, file, condition } }) => ({
    path,
    size: file.size,
    if_match: condition['If-Match'],
    if_none_match: condition['If-None-Match']
  })))
  const body = new Blob([line, '\n', ...given.map(([, bytes]) => bytes)])
  const headers = { 'Content-Type': MEDIA }
  try {
    const { files } = await within(body.size, control.signal, async signal =>
      (await request('POST', 'files/', { headers, body, signal, retry: false })).json())
    return entries.filter((entry, number) => !settle(entry, files[number]))
  } catch (error) {
    const { status, type } = error
    if (status === 429 || (status === 503 && type)) { // nothing was written
      for (const { reject } of entries) reject(error)
      return []
    }
    if (status === 404 || status === 405) offered = false
    return entries
  }
}

/** Tell what became of a file; false when that is not known. */
function settle ({ item, moved, resolve, reject }, told) {
  // A browser sends a request again whose connection broke, and then a file is in its own way.
  if (!told || told.status === 412) return false
  if (told.status < 300) {
    moved(item.file.size)
    resolve(told.etag)
  } else {
    const { type, detail } = told.problem
    reject(new Problem(told.status, { type: type.split(':').pop(), detail, body: told.problem }))
  }
  return true
}
