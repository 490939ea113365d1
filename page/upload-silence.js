// Requests of uploads that end, whatever becomes of the other side.
import { Unreachable } from './drive.js'

const QUIET_MILLISECONDS = 120_000
// What each of six requests at once has of a line of 0.8 Mbit/s. Behind the signer, which takes a part at
// once, the page hears nothing while the line takes it.
const BYTES_A_MILLISECOND = 16

let patience = 1

/**
 * Call `silent(error)` when nothing was heard for two minutes and what such a line takes for so many
 * bytes; return `{heard(), end()}`. After that it waits twice as long, so a slower line gets there too.
 */
export function listen (bytes, silent) {
  const own = patience
  let timer
  const heard = () => {
    clearTimeout(timer)
    timer = setTimeout(() => {
      patience = Math.max(patience, own * 2)
      silent(new Unreachable('no answer'))
    }, own * (QUIET_MILLISECONDS + bytes / BYTES_A_MILLISECOND))
  }
  heard()
  return { heard, end: () => clearTimeout(timer) }
}

/** Send so many bytes by `send(signal)`, and give up when it is silent for too long. */
export async function within (bytes, signal, send) {
  const control = new AbortController()
  const stop = () => control.abort(signal.reason)
  if (signal?.aborted) stop()
  signal?.addEventListener('abort', stop)
  const silence = listen(bytes, error => control.abort(error))
  try {
    return await send(control.signal)
  } finally {
    silence.end()
    signal?.removeEventListener('abort', stop)
  }
}
