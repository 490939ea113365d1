// The token of a drive whose URL is public (`url_auth="token"`): kept for the browser tab only, and
// told to other tabs of the same drive that ask. A drive behind the signer has none.

const PLACE = new URL('.', document.baseURI).pathname
const KEY = `lambda-drive token ${PLACE}`
// How long other tabs have to answer; they are on this machine.
const TABS_MILLISECONDS = 300

const channel = new BroadcastChannel(`lambda-drive ${PLACE}`)
const listeners = new Set()
let asker = null
let asking = null

channel.onmessage = ({ data }) => {
  const known = token()
  if (data.ask && known) channel.postMessage({ token: known })
  if (data.out && known) keep(null)
}

/** Return the token, or null. */
export function token () {
  return sessionStorage.getItem(KEY)
}

/** Call `listener(token or null)` whenever the token changes. */
export function onToken (listener) {
  listeners.add(listener)
}

/** Say who asks the person: `ask(refused)` resolves to a token; `refused` is the one that was wrong. */
export function askBy (ask) {
  asker = ask
}

/**
 * Resolve when there is another token than `refused` (null: none was sent): from another tab, or
 * from the person. However many requests wait, the person is asked once.
 */
export function anotherToken (refused) {
  if (token() !== refused) return Promise.resolve()
  asking ??= (async () => {
    keep(await fromTabs(refused) ?? await asker(refused))
  })().finally(() => { asking = null })
  return asking
}

/** Forget the token, here and in all tabs of this drive. */
export function signOut () {
  channel.postMessage({ out: true })
  keep(null)
}

function keep (value) {
  if (value === token()) return
  if (value === null) sessionStorage.removeItem(KEY)
  else sessionStorage.setItem(KEY, value)
  for (const listener of listeners) listener(value)
}

function fromTabs (refused) {
  return new Promise(resolve => {
    const hear = ({ data }) => { if (data.token && data.token !== refused) done(data.token) }
    const done = found => {
      channel.removeEventListener('message', hear)
      clearTimeout(timer)
      resolve(found)
    }
    const timer = setTimeout(done, TABS_MILLISECONDS, null)
    channel.addEventListener('message', hear)
    channel.postMessage({ ask: true })
  })
}
