// The upload of one file: many small ones by one request, others by a PUT, large ones in parts by
// tus-js-client.
import { describe, encodePath, Problem, problemOf, request, token, Unreachable } from './drive.js'
import { beside, SMALL_BYTES, together } from './upload-batches.js'
import { base64, bytesOf, Changed, Mixed, Parts, sha256 } from './upload-bytes.js'
import { forget, remember, remembered } from './upload-memory.js'
import { listen, within } from './upload-silence.js'

/** The most bytes of one request: docs/http.md, "Uploads by a tus client". */
export const PART_BYTES = 4 * 1024 * 1024

const TUS = { 'Tus-Resumable': '1.0.0' }

/**
 * Put an item `{file, path, condition}` on the drive, and return its entity tag. `moved(bytes)` hears
 * how many of its bytes are there. A second call goes on where the first one stopped.
 *
 * Throws `Problem`, `Unreachable`, `Changed`, or the reason of `signal`.
 */
export function send (item, { signal, moved }) {
  const { size } = item.file
  const alone = () => sendAlone(item, { signal, moved })
  if (size <= SMALL_BYTES) return together(item, { signal, moved, alone })
  return beside(size > PART_BYTES ? sendLarge(item, { signal, moved }) : alone())
}

/** End what the drive knows of an upload: it gives its room back. */
export async function giveUp (item) {
  await item.beginning?.catch(() => {}) // until then its address is not known
  const { upload } = item
  if (!upload) return
  item.upload = item.parts = null
  forget(item)
  try {
    await request('DELETE', upload, { headers: TUS, safe: true })
  } catch (error) {
    if (!(error instanceof Problem || error instanceof Unreachable)) throw error
    // It is gone already, or it will expire.
  }
}

async function sendAlone (item, { signal, moved }) {
  const bytes = await bytesOf(item.file, item.file.size)
  const digest = await sha256(bytes)
  const headers = { 'Content-Type': 'application/octet-stream', ...item.condition }
  if (digest) headers['Content-Digest'] = `sha-256=:${digest}:`
  try {
    const answer = await within(bytes.byteLength, signal, signal => request('PUT', `files/${encodePath(item.path)}`, {
      headers, body: body(bytes), signal, retry: false
    }))
    moved(bytes.byteLength)
    return answer.headers.get('ETag')
  } catch (error) {
    // A PUT whose answer was lost was carried out, and is in its own way when it goes out again. (A
    // browser sends it again by itself.) Whoever put these bytes: they are there.
    if (error.status !== 412 || !digest) throw error
    const etag = await holds(item.path, bytes.byteLength, digest)
    if (!etag) throw error
    moved(bytes.byteLength)
    return etag
  }
}

/** Return the entity tag of the file at a path if it has this size and digest; else null. */
async function holds (path, size, digest) {
  const headers = { 'Want-Content-Digest': 'sha-256=1' }
  try {
    if ((await describe(path)).size !== size) return null
    const there = await request('GET', `files/${encodePath(path)}`, { headers, cache: 'no-store' })
    await there.body?.cancel()
    const same = there.headers.get('Content-Digest')?.includes(`sha-256=:${digest}:`)
    return same ? there.headers.get('ETag') : null
  } catch (error) {
    if (error.status === 404) return null
    throw error
  }
}

async function sendLarge (item, { signal, moved }) {
  const tus = await library()
  for (;;) {
    signal.throwIfAborted()
    item.upload ??= remembered(item)
    if (!item.upload) {
      item.beginning = begin(item)
      await item.beginning.finally(() => { item.beginning = null })
      signal.throwIfAborted()
    }
    const etag = await append(tus, item, { signal, moved }).catch(async error => {
      if (error instanceof Mixed) await giveUp(item)
      throw error
    })
    forget(item)
    item.upload = item.parts = null
    if (etag) return etag
    // The upload had expired, or what it became is not there any more: it starts anew.
  }
}

/** Begin an upload. It is not ended by a signal, or the drive would hold one that nobody knows. */
async function begin (item) {
  const headers = {
    ...TUS,
    ...item.condition,
    'Upload-Length': String(item.file.size),
    'Upload-Metadata': `filename ${base64(new TextEncoder().encode(item.path))}`
  }
  const answer = await within(0, null, signal =>
    request('POST', 'uploads', { headers, signal, retry: false }))
  item.upload = `uploads/${answer.headers.get('Location').split('/').pop()}`
  remember(item, answer.headers.get('Upload-Expires'))
}

/** Send the parts that the drive does not have; null when it does not know the upload any more. */
function append (tus, item, { signal, moved }) {
  return new Promise((resolve, reject) => {
    const settle = (settled, value) => {
      silence.end()
      signal.removeEventListener('abort', stop)
      settled(value)
    }
    const stop = () => {
      upload.abort()
      settle(reject, signal.reason)
    }
    const upload = new tus.Upload(item.file, {
      uploadUrl: new URL(item.upload, document.baseURI).href,
      chunkSize: PART_BYTES,
      retryDelays: null,
      fingerprint: async () => null,
      httpStack: stack(tus, item, { signal, heard: () => silence.heard() }),
      async onAfterResponse (_request, answer) {
        silence.heard()
        if (answer.getStatus() >= 300) throw await problemOf(asFetched(answer))
        remember(item, answer.getHeader('Upload-Expires'))
      },
      onProgress (bytes) {
        silence.heard()
        moved(bytes)
      },
      onSuccess ({ lastResponse }) {
        const etag = lastResponse.getHeader('ETag')
        settle(resolve, etag ?? became(item))
      },
      onError (error) {
        const cause = error.causingError ?? error
        if (cause.status === 404 || cause.status === 410) return settle(resolve, null)
        const known = cause instanceof Problem || cause instanceof Changed
        settle(reject, known ? cause : new Unreachable(cause.message))
      }
    })
    const silence = listen(PART_BYTES, error => {
      upload.abort()
      settle(reject, error)
    })
    signal.addEventListener('abort', stop)
    upload.start()
  })
}

/** Return the entity tag of the file that an upload became, whose last answer was lost; or null. */
async function became (item) {
  try {
    const { etag, size } = await describe(item.path)
    return size === item.file.size ? etag : null
  } catch (error) {
    if (error.status === 404) return null
    throw error
  }
}

/** tus-js-client's own requests, with the token of the moment and a checksum of each part. */
function stack (tus, item, { signal, heard }) {
  const own = new tus.DefaultHttpStack()
  item.parts ??= new Parts(item.file)
  return {
    getName: () => 'DriveStack',
    createRequest (method, url) {
      const made = own.createRequest(method, url)
      const send = made.send.bind(made)
      made.send = async part => {
        const at = Number(made.getHeader('Upload-Offset'))
        const { bytes, digest } = part ? await item.parts.read(at, part) : {}
        if (part && at + part.size === item.file.size) await item.parts.check(heard)
        signal.throwIfAborted() // one that is not sent yet cannot be aborted
        item.sentToken = token()
        if (item.sentToken) made.setHeader('Authorization', `Bearer ${item.sentToken}`)
        if (digest) made.setHeader('Upload-Checksum', `sha256 ${digest}`)
        return send(bytes && body(bytes))
      }
      return made
    }
  }
}

/** An answer that tus-js-client got, as `fetch` would give it. */
function asFetched (answer) {
  return {
    status: answer.getStatus(),
    headers: { get: name => answer.getHeader(name) ?? null },
    json: async () => JSON.parse(answer.getBody())
  }
}

let loading = null

/* global TUS_SCRIPT -- its address, which build.mjs puts here */

/** Load tus-js-client once, when a file first needs it. */
function library () {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement('script')
    script.src = TUS_SCRIPT
    script.onload = () => resolve(window.tus)
    script.onerror = () => {
      loading = null
      reject(new Unreachable(TUS_SCRIPT))
    }
    document.head.append(script)
  })
  return loading
}

/**
 * What a request sends of these bytes. A browser copies bytes, but no Blob, to whatever watches its
 * requests, such as its developer tools: that was three quarters of its CPU time in an upload.
 */
function body (bytes) {
  return new Blob([bytes])
}
