// The bytes of a file that goes up: those of one version of it, which a browser does not always see to.

// The spec has a browser refuse what changed since it was chosen (https://w3c.github.io/FileAPI/#snapshot-section).
// Firefox gives what is there now, and a part of a file cut or mixed (seen with 153).
const READS_WHAT_IS_NOW = / Firefox\//.test(navigator.userAgent)

/** Whether the browser sends no file that changed since it was chosen, and says so at once. */
export const REFUSES_CHANGED = / Chrome\//.test(navigator.userAgent)

/** The file is not what it was when it was chosen. Nothing was put. */
export class Changed extends Error {}

/** It changed while its parts were read, and those that are on the drive do not fit. */
export class Mixed extends Changed {}

/** Read a file, or a part of one. */
export async function bytesOf (blob, size) {
  let bytes
  try {
    bytes = await blob.arrayBuffer()
  } catch (error) {
    throw new Changed(error.message)
  }
  if (bytes.byteLength !== size) throw new Changed(`${bytes.byteLength} bytes of ${size}`)
  return bytes
}

/** The SHA-256 in base64; null where the browser has none (a page that came without TLS). */
export async function sha256 (bytes) {
  if (!globalThis.crypto.subtle) return null
  return base64(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)))
}

export function base64 (bytes) {
  return btoa(String.fromCharCode(...bytes))
}

/** The parts of a file that are read one by one. Before the last one goes out, `check` proves that they fit. */
export class Parts {
  #digests = new Map()

  constructor (file) {
    this.file = file
  }

  /** Read the part from `at` on, and return `{bytes, digest}`. */
  async read (at, part) {
    const bytes = await bytesOf(part, part.size)
    const digest = await sha256(bytes)
    this.#digests.set(at, [part.size, digest])
    return { bytes, digest }
  }

  /**
   * Read the file again, where the browser does not refuse one that changed. Throws `Mixed`; `moved()` hears of
   * progress.
   */
  async check (moved) {
    if (!READS_WHAT_IS_NOW) return
    for (const [at, [size, digest]] of this.#digests) {
      const found = await sha256(await bytesOf(this.file.slice(at, at + size), size))
      if (found !== digest) throw new Mixed(`another part at ${at}`)
      moved()
    }
    let length = 0
    // A part of the file is cut where it ended: only the whole shows that it is longer now.
    for await (const { byteLength } of this.file.stream()) {
      length += byteLength
      moved()
    }
    if (length !== this.file.size) throw new Mixed(`${length} bytes of ${this.file.size}`)
  }
}
