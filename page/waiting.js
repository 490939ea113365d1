// Pauses of what waits for the network: they end early when the network may be back.

const CHECK_MILLISECONDS = 5000
// A browser wakes a hidden page once a minute. A longer gap means that the machine slept.
const SLEPT_MILLISECONDS = 90_000

const waiters = new Set()
const listeners = new Set()
let seen = Date.now()

/** Call `listener()` when the machine woke, or is online again: what was on its way may be lost. */
export function onWake (listener) {
  listeners.add(listener)
}

/** Wait so many milliseconds, or until the network may be back. Throws the reason of `signal`. */
export function pause (milliseconds, signal) {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted()
    const done = () => {
      waiters.delete(done)
      clearTimeout(timer)
      signal?.removeEventListener('abort', stop)
      resolve()
    }
    const stop = () => {
      reject(signal.reason)
      done()
    }
    const timer = setTimeout(done, milliseconds)
    waiters.add(done)
    signal?.addEventListener('abort', stop)
  })
}

function goOn () {
  for (const waiter of [...waiters]) waiter()
}

function wake () {
  for (const listener of listeners) listener()
  goOn()
}

addEventListener('online', wake)
document.addEventListener('visibilitychange', () => { if (!document.hidden) goOn() })
setInterval(() => {
  const now = Date.now()
  if (now - seen > SLEPT_MILLISECONDS) wake()
  seen = now
}, CHECK_MILLISECONDS)
