// The service worker of a drive with a token: it adds the token to what elements of the page load,
// and streams downloads of any size. It keeps no token: it asks the page, which gives one only for an
// address that it made itself. All other requests pass by.

const PIECE = 4 * 1024 * 1024 // as much as one answer of the drive carries
const AHEAD = 2 // pieces that are read before they are needed
const FIRST_PAUSE = 500 // milliseconds
const LONGEST_PAUSE = 15_000
const TRIES = 12
const ANSWER_MILLISECONDS = 10_000
const PASSES = new Set([408, 423, 429, 500, 502, 503, 504])
// What the page may know of a file that is shown, and what keeps it from doing anything.
const HEADERS = ['Content-Type', 'Content-Security-Policy', 'Cross-Origin-Resource-Policy',
  'ETag', 'Last-Modified', 'Referrer-Policy', 'X-Content-Type-Options']

self.addEventListener('install', event => event.waitUntil(self.skipWaiting()))
self.addEventListener('activate', event => event.waitUntil(self.clients.claim()))
self.addEventListener('message', event => {
  // A page that was loaded past the worker. Other messages only keep the worker awake.
  if (event.data.claim) event.waitUntil(self.clients.claim())
})

self.addEventListener('fetch', event => {
  const { request } = event
  const url = new URL(request.url)
  if (request.method !== 'GET' || !url.href.startsWith(`${self.registration.scope}files/`)) return
  const key = url.searchParams.get('view') ?? url.searchParams.get('save')
  if (!key) return
  const file = new StoredFile(url, key)
  const done = file.answer(request, url.searchParams.has('save'))
  event.respondWith(done)
  event.waitUntil(done.then(() => file.ended))
})

/** A refusal of the drive. */
class Refused extends Error {
  constructor (status) {
    super(`HTTP ${status}`)
    this.status = status
  }
}

/** One file of the drive, read in pieces that are all of one version. */
class StoredFile {
  #token = null
  #etag = null
  #stop = new AbortController()
  #end

  constructor (url, key) {
    this.url = `${url.origin}${url.pathname}`
    this.key = key
    /** Resolves when nothing more is read. */
    this.ended = new Promise(resolve => { this.#end = resolve })
  }

  /** Return what the page's request is answered with. */
  async answer (request, save) {
    const { start, last, ranged } = asked(save ? null : request.headers.get('Range'))
    try {
      const first = await this.#read(start, last)
      const size = sizeOf(first)
      const end = Math.min(last, size - 1)
      const headers = new Headers({ 'Content-Length': Math.max(0, end - start + 1), 'Cache-Control': 'no-store' })
      for (const name of HEADERS) {
        if (first.answer.headers.has(name)) headers.set(name, first.answer.headers.get(name))
      }
      if (save) {
        headers.set('Content-Disposition', `attachment; filename*=UTF-8''${nameIn(this.url)}`)
        headers.set('Content-Type', 'application/octet-stream')
      } else {
        headers.set('Accept-Ranges', 'bytes')
        if (ranged) headers.set('Content-Range', `bytes ${start}-${end}/${size}`)
      }
      return new Response(this.#stream(first, start, end), { status: ranged ? 206 : 200, headers })
    } catch (error) {
      this.#ended({ failed: error.status ?? 0 })
      // A picture or a film sees an error; a frame that was to save stays as it was.
      return save ? new Response(null, { status: 204 }) : Response.error()
    }
  }

  #ended (outcome) {
    this.#stop.abort()
    this.#end()
    this.#tell(outcome)
  }

  /** Stream the bytes from `start` to `end`, as fast as they are taken. */
  #stream (first, start, end) {
    let offset = start + first.bytes.byteLength
    let next = offset
    let given = false
    const ahead = []
    const readAhead = () => {
      while (ahead.length < AHEAD && next <= end) {
        const piece = this.#read(next, Math.min(next + PIECE - 1, end))
        piece.catch(() => {}) // it is awaited later
        ahead.push(piece)
        next += PIECE
      }
    }
    return new ReadableStream({
      pull: async controller => {
        try {
          if (!given) {
            given = true
            if (first.bytes.byteLength) controller.enqueue(first.bytes)
          } else {
            readAhead()
            const { bytes } = await ahead.shift()
            readAhead()
            offset += bytes.byteLength
            controller.enqueue(bytes)
          }
          if (offset <= end) return
          controller.close()
          this.#ended({ done: true })
        } catch (error) {
          // The browser shows a download that failed.
          controller.error(error)
          this.#ended({ failed: error.status ?? 0 })
        }
      },
      cancel: () => this.#ended({ cancelled: true })
    }, { highWaterMark: 1 })
  }

  /** Read bytes from `start` to `last`, at most a piece; all of them once the size is known. */
  async #read (start, last) {
    const to = Math.min(last, start + PIECE - 1)
    const first = await this.#persistently(`bytes=${start}-${to}`)
    const parts = [first.bytes]
    let end = start + first.bytes.byteLength
    // A drive may answer with less than was asked for.
    while (first.ranged && first.bytes.byteLength && end <= Math.min(to, sizeOf(first) - 1)) {
      const more = await this.#persistently(`bytes=${end}-${to}`)
      if (!more.bytes.byteLength) throw new Refused(0)
      parts.push(more.bytes)
      end += more.bytes.byteLength
    }
    const bytes = parts.length > 1 ? new Uint8Array(await new Blob(parts).arrayBuffer()) : first.bytes
    return { ...first, bytes }
  }

  async #persistently (range) {
    let wait = FIRST_PAUSE
    for (let tries = 1; ; tries++) {
      try {
        return await this.#once(range)
      } catch (error) {
        const { signal } = this.#stop
        if (signal.aborted) throw error
        if (error.status === 401) {
          const refused = this.#token
          this.#token = null
          if (refused && await this.#ask(refused)) continue
          throw error
        }
        const passes = error.status === undefined || PASSES.has(error.status)
        if (!passes || tries >= TRIES) throw error
        await rest(wait * (0.5 + Math.random()), signal)
        wait = Math.min(wait * 2, LONGEST_PAUSE)
      }
    }
  }

  async #once (range) {
    if (!this.#token && !await this.#ask(null)) throw new Refused(401)
    const headers = { Authorization: `Bearer ${this.#token}`, 'Want-Content-Digest': 'sha-256=1' }
    if (range) headers.Range = range
    if (this.#etag) headers['If-Match'] = this.#etag
    const answer = await fetch(this.url, { headers, cache: 'no-store', redirect: 'error', signal: this.#stop.signal })
    // An empty file has no range.
    if (answer.status === 416 && answer.headers.get('Content-Range') === 'bytes */0') return this.#once(null)
    if (!answer.ok) throw new Refused(answer.status)
    const bytes = new Uint8Array(await answer.arrayBuffer())
    await verify(bytes, answer.headers.get('Content-Digest'))
    this.#etag ??= answer.headers.get('ETag')
    return { answer, bytes, ranged: answer.status === 206 }
  }

  /** Ask the pages for the token of this address; whether one knows it. */
  async #ask (refused) {
    const answers = (await pagesOfDrive()).map(page => new Promise((resolve, reject) => {
      const { port1, port2 } = new MessageChannel()
      port1.onmessage = ({ data }) => data.token ? resolve(data.token) : reject(new Error('unknown'))
      // A person may have to be asked first; else the answer comes at once.
      if (!refused) setTimeout(reject, ANSWER_MILLISECONDS, new Error('no answer'))
      page.postMessage({ ask: this.key, url: this.url, refused }, [port2])
    }))
    this.#token = await Promise.any(answers).catch(() => null)
    return this.#token !== null
  }

  async #tell (outcome) {
    for (const page of await pagesOfDrive()) page.postMessage({ ended: this.key, ...outcome })
  }
}

/** The windows that show the page itself, and not a file of the drive. */
async function pagesOfDrive () {
  const all = await self.clients.matchAll({ type: 'window', includeUncontrolled: true })
  return all.filter(({ url }) => url.replace(/[?#].*/s, '') === self.registration.scope)
}

/** The first and the last byte of a range that begins somewhere; of all others, the whole file. */
function asked (range) {
  const found = /^bytes=(\d{1,15})-(\d{0,15})$/.exec(range ?? '')
  if (!found) return { start: 0, last: Infinity, ranged: false }
  return { start: Number(found[1]), last: found[2] ? Number(found[2]) : Infinity, ranged: true }
}

function sizeOf ({ answer, bytes }) {
  return Number(answer.headers.get('X-File-Size') ?? bytes.byteLength)
}

/** The name of a file, encoded as RFC 8187 has it. */
function nameIn (url) {
  const name = url.slice(url.lastIndexOf('/') + 1)
  return encodeURIComponent(decodeURIComponent(name)).replace(/['()*]/g, each =>
    `%${each.charCodeAt(0).toString(16).toUpperCase()}`)
}

/** Throw when the bytes are not those that the drive sent. */
async function verify (bytes, digest) {
  const said = /sha-256=:([^:]+):/.exec(digest ?? '')?.[1]
  if (!said) return
  const found = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  if (btoa(String.fromCharCode(...found)) !== said) throw new Error('damaged on the way')
}

function rest (milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      reject(signal.reason)
    })
  })
}
