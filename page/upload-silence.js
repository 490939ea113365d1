// Requests of uploads that end, whatever becomes of the other side.
import { Unreachable } from './drive.js'

/** No request is silent for longer, on any line that can be used. */
export const SILENT_MILLISECONDS = 120_000

/** Send by `send(signal)`, and give up what is silent for too long: the other side may be gone. */
export async function within (signal, send) {
  const control = new AbortController()
  const stop = () => control.abort(signal.reason)
  if (signal?.aborted) stop()
  signal?.addEventListener('abort', stop)
  const timer = setTimeout(() => control.abort(new Unreachable('no answer')), SILENT_MILLISECONDS)
  try {
    return await send(control.signal)
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', stop)
  }
}
