// The address of the page, which names the folder that is open.

/** Return the address of a folder in the page. */
export const address = path => `#/${path.split('/').map(encodeURIComponent).join('/')}`

/** Return the path of the folder that the page's address names. */
export function pathOfAddress () {
  try {
    return location.hash.replace(/^#?\/*/, '').replace(/\/+$/, '').split('/').map(decodeURIComponent).join('/')
  } catch {
    return ''
  }
}
