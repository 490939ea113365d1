// Files and whole folders, as they are dropped on the page or chosen.

/**
 * Return what is dropped into a directory: `{files: [{file, path}], directories: [path]}`, the
 * directories those without a file. Must be called while the event is handled; the rest takes time.
 * `failed(path)` hears of what cannot be read.
 */
export async function dropped (transfer, directory, failed) {
  const items = [...transfer.items].filter(({ kind }) => kind === 'file')
  const roots = items.map(item => item.webkitGetAsEntry?.() ?? item.getAsFile()).filter(Boolean)
  const found = { files: [], directories: [] }
  for (const root of roots) await walk(root, within(directory, root.name), found, failed)
  return found
}

/** Return the files of an input, with their paths in a directory of the drive. */
export function chosen (files, directory) {
  return [...files].map(file => ({ file, path: within(directory, file.webkitRelativePath || file.name) }))
}

async function walk (entry, path, found, failed) {
  if (entry instanceof File) {
    found.files.push({ file: entry, path })
    return
  }
  try {
    if (entry.isFile) {
      found.files.push({ file: await new Promise((resolve, reject) => entry.file(resolve, reject)), path })
      return
    }
    let empty = true
    for await (const inner of entriesOf(entry)) {
      empty = false
      await walk(inner, `${path}/${inner.name}`, found, failed)
    }
    if (empty) found.directories.push(path)
  } catch {
    failed(path)
  }
}

/** The entries of a folder, which a browser gives in portions (Chrome: 100) until there are none. */
async function * entriesOf (folder) {
  const reader = folder.createReader()
  for (;;) {
    const portion = await new Promise((resolve, reject) => reader.readEntries(resolve, reject))
    if (!portion.length) return
    yield * portion
  }
}

function within (directory, path) {
  return directory ? `${directory}/${path}` : path
}
