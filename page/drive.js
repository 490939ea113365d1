// The drive over HTTP: one function for each request. All URLs are relative to the page's own, since
// a drive may stand below a path. docs/http.md says what the requests mean.
import { anotherToken, token } from './session.js'
import { pause as rest } from './waiting.js'

export { onToken, signOut, token } from './session.js'

const TRIES = 4
const FIRST_PAUSE = 400 // milliseconds
const LONGEST_PAUSE = 8000
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])
// AWS or a network between answered: nobody knows whether the request was carried out.
const GATEWAY = new Set([500, 502, 504])
// The host of a function URL, and this machine. At any other address an API Gateway takes the
// requests, which cuts paths at a `?` (docs/decisions/0019-custom-domain.md).
const WHOLE_PATHS = /\.lambda-url\.[a-z0-9-]+\.on\.aws$|^(localhost|127\.0\.0\.1|\[::1\])$/

/**
 * An answer that is no success. `status`; `type` is the drive's own word for it, such as
 * `precondition-failed`, or '' when something before the drive answered; `detail` is its sentence;
 * `retryAfter` is in seconds or null; `body` is the JSON of the answer.
 */
export class Problem extends Error {
  constructor (status, { type = '', detail = '', retryAfter = null, body = {} } = {}) {
    super(`${status} ${type} ${detail}`)
    Object.assign(this, { status, type, detail, retryAfter, body })
  }
}

/** No answer: the network fails, or nothing listens. The request may have been carried out. */
export class Unreachable extends Error {}

/**
 * Hears of requests that are being tried again: `trouble.onchange(error or null)`; null when the
 * drive answered again.
 */
export const trouble = { onchange: null, now: null }

export function noteTrouble (error) {
  if (trouble.now === error) return
  trouble.now = error
  trouble.onchange?.(error)
}

/** Return a path as it stands in a URL. Throws `Problem` (400) for one that no request can name. */
export function encodePath (path) {
  const detail = nameProblem(path)
  if (detail) throw new Problem(400, { type: 'invalid-name', detail })
  return path.split('/').map(encodeURIComponent).join('/')
}

// A browser takes `.` and `..` out of a URL, even where they are percent-encoded.
const isSegment = name => !/^\.{0,2}$|\//.test(name)

function nameProblem (path) {
  if (!path.split('/').every(isSegment)) {
    return `no part of a name is empty, '.' or '..', got '${path}'`
  }
  if (path.includes('?') && !WHOLE_PATHS.test(location.hostname)) {
    return `at this address no name can have a '?', got '${path}'`
  }
  return ''
}

/** Return the whole URL of a file. Elements of the page that load it send no token by themselves. */
export function fileUrl (path) {
  return new URL(`files/${encodePath(path)}`, document.baseURI).href
}

/** Return the relative URL of a directory; '' is the root. */
export function directoryUrl (directory) {
  return directory ? `files/${encodePath(directory)}/` : 'files/'
}

/**
 * Send a request and return the answer, when it is a success. The token goes with it, if there is
 * one; where the drive wants another, the person is asked, and the request goes out again.
 *
 * What may pass is tried again with growing pauses: what was surely not carried out (429, 503 of the
 * drive) with every method; all else only with `safe` requests. `retry: false` tries once.
 *
 * Throws `Problem` or `Unreachable`, or the reason of an aborted `signal`.
 */
export async function request (method, path, options = {}) {
  const { headers = {}, body, signal, safe = SAFE.has(method), retry = true, cache } = options
  let pause = FIRST_PAUSE
  for (let tries = 1; ; tries++) {
    const sent = token()
    let failure
    try {
      const answer = await once(method, path, { headers, body, signal, cache, sent })
      noteTrouble(null)
      return answer
    } catch (error) {
      failure = error
      failure.repeated = tries > 1
    }
    if (failure instanceof Problem && failure.type === 'unauthorized') {
      await anotherToken(sent)
      signal?.throwIfAborted()
      continue
    }
    if (mayPass(failure, true)) noteTrouble(failure)
    if (!retry || tries >= TRIES || !mayPass(failure, safe)) throw failure
    const wait = Math.max((failure.retryAfter ?? 0) * 1000, pause * (0.5 + Math.random()))
    if (wait > LONGEST_PAUSE * 2) throw failure // such as maintenance: the caller shows it
    await rest(wait, signal)
    pause = Math.min(pause * 2, LONGEST_PAUSE)
  }
}

async function once (method, path, { headers, body, signal, cache, sent }) {
  const all = sent ? { ...headers, Authorization: `Bearer ${sent}` } : headers
  let answer
  try {
    answer = await fetch(path, { method, headers: all, body, signal, cache, redirect: 'error' })
  } catch (error) {
    if (signal?.aborted) throw signal.reason
    throw new Unreachable(error.message)
  }
  if (answer.ok || answer.status === 304) return answer
  throw await problemOf(answer)
}

/** Return the `Problem` of an answer that is no success. */
export async function problemOf (answer) {
  let body = {}
  try {
    body = Object(await answer.json())
  } catch { /* A server before the drive answers with no JSON, or a HEAD with nothing. */ }
  const byDrive = /^application\/problem\+json\b/.test(answer.headers.get('Content-Type') ?? '')
  const wait = answer.headers.get('Retry-After') ?? ''
  return new Problem(answer.status, {
    type: byDrive ? String(body.type ?? '').split(':').pop() : '',
    detail: String(body.detail ?? body.Message ?? body.message ?? ''),
    retryAfter: /^\d{1,6}$/.test(wait) ? Number(wait) : null,
    body
  })
}

function mayPass (failure, safe) {
  if (failure instanceof Unreachable) return safe
  if (!(failure instanceof Problem)) return false
  if (failure.status === 429 || failure.status === 423) return true
  if (failure.status === 503) return failure.body.status !== 'fail' && (safe || failure.type !== '')
  return safe && GATEWAY.has(failure.status)
}

/**
 * Return one page of a directory: `{entries, cursor}`; entries have name, kind ('file' or
 * 'directory'), size, modified (RFC 3339) and etag (null for directories); `cursor` is null at the
 * end.
 */
export async function listing (directory, { cursor = null, signal } = {}) {
  const page = await read(directoryUrl(directory), { cursor, signal })
  return { entries: page.entries.filter(({ name }) => isSegment(name)), cursor: page.cursor }
}

/** Return the JSON that is at a path, as it is now. */
async function read (path, { cursor = null, ...options }) {
  const query = cursor === null ? '' : `?${new URLSearchParams({ cursor })}`
  const answer = await request('GET', path + query, { ...options, cache: 'no-store' })
  return bodyOf(answer, 'json', options.signal)
}

/**
 * Return the body of an answer, `as` 'json', 'blob' or 'arrayBuffer'. Throws `Unreachable` when it breaks off or
 * is no JSON, or the reason of an aborted `signal`.
 */
export async function bodyOf (answer, as, signal) {
  try {
    return await answer[as]()
  } catch (error) {
    signal?.throwIfAborted()
    throw new Unreachable(error.message)
  }
}

/** Return the report of the drive, also when it says that something fails. */
export async function health ({ signal, retry } = {}) {
  try {
    return await read('health', { signal, retry })
  } catch (error) {
    if (error instanceof Problem && error.body.status === 'fail') return error.body
    throw error
  }
}

/** Describe the file that is at a path now: `{etag, size, modified}`. */
export async function describe (path, { signal } = {}) {
  const { headers } = await request('HEAD', `files/${encodePath(path)}`, { signal, cache: 'no-store' })
  const modified = new Date(headers.get('Last-Modified'))
  return {
    etag: headers.get('ETag'),
    size: Number(headers.get('X-File-Size')),
    modified: Number.isNaN(modified.getTime()) ? '' : modified.toISOString()
  }
}

/** Make a directory; return whether it is new. Throws `Problem` 409 where a file is. */
export async function makeDirectory (path, { signal } = {}) {
  return (await request('PUT', directoryUrl(path), { signal, safe: true })).status === 201
}

/**
 * Move a file in one step, if it still has `etag`; return its entity tag.
 * Throws `Problem` 412 when somebody changed it, or when something is at `to` and not `overwrite`.
 */
export function move (from, to, { etag, overwrite = false, signal } = {}) {
  const headers = { Destination: pathname(to), Overwrite: overwrite ? 'T' : 'F' }
  if (etag) headers['If-Match'] = etag
  return place(`files/${encodePath(from)}`, headers, { to, etag, signal })
}

/** Remove a file, if it still has `etag`, or an empty directory. */
export async function remove (path, etag, { signal } = {}) {
  try {
    const headers = etag ? { 'If-Match': etag } : {}
    await request('DELETE', `files/${encodePath(path)}`, { headers, signal, safe: true })
  } catch (error) {
    // An answer before was lost, and this request finds what that one has done.
    const done = error.repeated && (error.status === 404 || (error.status === 412 && !await isThere(path)))
    if (!done) throw error
  }
}

async function isThere (path) {
  try {
    await describe(path)
    return true
  } catch (error) {
    if (error.status === 404) return false
    throw error
  }
}

/** Return one page of the trash, the newest version first: `{versions, cursor}`. */
export function trash ({ cursor = null, signal } = {}) {
  return read('trash/', { cursor, signal })
}

/**
 * Restore a version of the trash `{id, path, etag}` to where it was, or `to` another path; over what
 * is there only with `overwrite`, and only if that has `ifMatch`.
 */
export function restore (version, { to = version.path, overwrite = false, ifMatch, signal } = {}) {
  const headers = { Destination: pathname(to), Overwrite: overwrite ? 'T' : 'F' }
  if (ifMatch) headers['If-Match'] = ifMatch
  return place(`trash/${encodePath(version.id)}`, headers, { to, etag: version.etag, signal })
}

/** The path of a file as a `Destination` has it: below the page's own address. */
function pathname (path) {
  return new URL(fileUrl(path)).pathname
}

/** Have a file with an entity tag take its place at `to`; it keeps the tag, and is known by it. */
async function place (path, headers, { to, etag, signal }) {
  try {
    return (await request('POST', path, { headers, signal })).headers.get('ETag')
  } catch (error) {
    // It may have been done, by this request or by one that was tried before it.
    if (!etag || signal?.aborted || !(error instanceof Unreachable || error.status >= 500 ||
      error.status === 404)) throw error
    const there = await describe(to, { signal }).catch(() => null)
    if (there?.etag !== etag) throw error
    return etag
  }
}
