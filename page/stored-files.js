// Addresses of stored files for elements of the page. Behind the signer they are the file's own; with
// a token, a service worker loads them, and asks this page for the token.
import { fileUrl, token } from './drive.js'
import { anotherToken } from './session.js'

const READY_MILLISECONDS = 10_000
// A browser ends a worker that hears nothing for half a minute, in the middle of a download.
const AWAKE_MILLISECONDS = 10_000

const granted = new Map()
let starting = null

/**
 * Return `{url, ended, release()}` of a stored file: its address for an element that shows it, or with
 * `save` for a frame that downloads it. `ended` resolves to `{done}`, `{cancelled}` or `{failed:
 * status}` each time that the worker has read it. The address is void after `release()`.
 *
 * Null where the drive has a token and the browser gives the page no service worker.
 */
export async function storedFile (path, { save = false } = {}) {
  const url = fileUrl(path)
  if (!token()) return { url, ended: new Promise(() => {}), release () {} }
  const worker = await ready()
  if (!worker) return null
  const key = crypto.randomUUID()
  const awake = save ? setInterval(() => worker.postMessage({ awake: true }), AWAKE_MILLISECONDS) : 0
  const ended = new Promise(resolve => granted.set(key, { url, end: resolve }))
  const release = () => {
    granted.delete(key)
    clearInterval(awake)
  }
  return { url: `${url}?${save ? 'save' : 'view'}=${key}`, ended, release }
}

/** Return the worker when it controls this page; null where there is none. */
function ready () {
  const container = navigator.serviceWorker
  if (!container) return null
  const late = new Promise(resolve => setTimeout(resolve, READY_MILLISECONDS, null))
  starting ??= Promise.race([controlling(container).catch(() => null), late])
  return starting
}

async function controlling (container) {
  container.addEventListener('message', hear)
  container.startMessages()
  const controlled = new Promise(resolve => container.addEventListener('controllerchange', resolve, { once: true }))
  const registration = await container.register('page/worker.js', { scope: './', updateViaCache: 'none' })
  if (!container.controller) {
    registration.active?.postMessage({ claim: true }) // a new one claims the page by itself
    await controlled
  }
  return container.controller
}

/** Answer the worker: only for an address that this page made. */
async function hear ({ data, ports }) {
  if (data.ended) {
    granted.get(data.ended)?.end(data)
  } else if (data.ask) {
    const known = granted.get(data.ask)?.url === data.url
    if (known && data.refused) await anotherToken(data.refused)
    ports[0].postMessage({ token: known ? token() : null })
  }
}
