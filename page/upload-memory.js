// Uploads that have begun, in the browser's local storage: after a reload of the page, the same file
// goes on where it stopped when it is chosen again.
import { token } from './session.js'

const PREFIX = 'lambda-drive upload '
// Behind the signer the path has its secret, and the origin stands for the drive.
const drive = () => token() ? new URL('.', document.baseURI).pathname : ''
const keyOf = ({ path, file, condition }) =>
  PREFIX + JSON.stringify([drive(), path, file.size, file.lastModified, condition])

/** Return the address of the item's upload on the drive, or null; it may have expired meanwhile. */
export function remembered (item) {
  const known = read(keyOf(item))
  return known && known.expires > Date.now() ? known.upload : null
}

/** Remember the item's upload until it expires on the drive (a date, as HTTP has it). */
export function remember (item, expires) {
  const known = { upload: item.upload, path: item.path, expires: Date.parse(expires) || Date.now() }
  reaching(() => localStorage.setItem(keyOf(item), JSON.stringify(known)))
}

export function forget (item) {
  reaching(() => localStorage.removeItem(keyOf(item)))
}

/** Return the paths of the uploads that were begun and not finished, and forget the expired ones. */
export function unfinished () {
  const paths = []
  const start = PREFIX + JSON.stringify([drive()]).slice(0, -1)
  for (const key of reaching(() => Object.keys(localStorage)) ?? []) {
    if (!key.startsWith(PREFIX)) continue
    const known = read(key)
    if (!known || known.expires <= Date.now()) reaching(() => localStorage.removeItem(key))
    else if (key.startsWith(start)) paths.push(known.path)
  }
  return paths
}

function read (key) {
  const known = reaching(() => JSON.parse(localStorage.getItem(key)))
  const whole = typeof known?.path === 'string' && typeof known.expires === 'number' &&
    /^uploads\/[0-9A-Za-z]+$/.test(known.upload)
  return whole ? known : null
}

/** A browser may refuse its storage, or have no room; then an upload resumes in this page only. */
function reaching (use) {
  try {
    return use()
  } catch {
    return null
  }
}
