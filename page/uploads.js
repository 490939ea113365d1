// Uploads of the page: what the list, the drop target and the inputs call.
import { shown } from './dom.js'
import { health, makeDirectory, Problem } from './drive.js'
import { explain, say, Told } from './status.js'
import { TransfersPanel } from './transfers-panel.js'
import { parentOf } from './trees.js'
import { askOnce, beside, NEW, presentAt, whatIsThere } from './upload-conflicts.js'
import { Upload, UploadQueue } from './upload-queue.js'
import { chosen, dropped } from './upload-sources.js'
import { size, t } from './words.js'

const REFRESH_MILLISECONDS = 2000

let panel = null
const overtaken = new Set()
let isAsking = false
const changedDirectories = new Set()
let refresh = null

const queue = new UploadQueue({
  changed: () => panel?.update(),
  done: upload => changed(upload.directory),
  overtaken: upload => {
    overtaken.add(upload)
    if (!isAsking) askAgain()
  },
  full: error => say(explain(error), { kind: 'wrong' })
})

addEventListener('beforeunload', event => {
  if (queue.active) event.preventDefault()
})

export const uploads = {
  /** Show the uploads in an element of the page. */
  mount (element) {
    panel = new TransfersPanel(element, queue)
  },

  /**
   * Put files `{file, path}` on the drive. `known` is a `Map` of paths to the entries that the person
   * sees: what is there is replaced only if it is the version that was seen. `directories` are made.
   * Resolves when all of them are in the queue.
   */
  async add (files, { known = new Map(), directories = [] } = {}) {
    const end = panel?.busy(t('transfer.looking'))
    try {
      const { access, max_file_bytes: largest } = await health()
      if (access === 'read-only') throw new Problem(403, { type: 'read-only' })
      const found = await settled(without(files), known)
      // Somebody may have chosen them again while the person was asked.
      queue.add(limited(without(found), largest ?? Infinity))
      for (const directory of directories) {
        await makeDirectory(directory)
        changed(parentOf(directory))
      }
    } catch (error) {
      say(explain(error), { kind: 'wrong' })
    } finally {
      end?.()
    }
  },

  /** Put what is dropped into a directory there. Call it while the event is handled. */
  async fromDrop (transfer, directory, { known } = {}) {
    const end = panel?.busy(t('transfer.reading'))
    const unreadable = []
    try {
      const { files, directories } = await dropped(transfer, directory, path => unreadable.push(shown(path)))
      await uploads.add(files, { known, directories })
    } finally {
      end?.()
    }
    if (unreadable.length) say(t('transfer.unreadable'), { kind: 'wrong', details: unreadable })
  },

  /** Put what an input has chosen into a directory. */
  fromInput (input, directory, { known } = {}) {
    const files = chosen(input.files, directory)
    input.value = '' // so that the same file can be chosen again
    return uploads.add(files, { known })
  },

  get active () {
    return queue.active
  }
}

/** The files that are not on their way already: somebody chose them twice. */
function without (files) {
  if (!queue.active) return files
  const sign = ({ file, path }) => `${file.size} ${file.lastModified} ${path}`
  const { running, waiting, paused, asking } = queue.by
  const signs = new Set([running, waiting, paused, asking].flatMap(each => [...each].map(sign)))
  return files.filter(each => !signs.has(sign(each)))
}

/** Return the uploads of files, after the question about those that are on the drive already. */
async function settled (files, known) {
  const there = await whatIsThere(files.map(({ path }) => path), known)
  const conflicts = files.filter(({ path }) => there.get(path)?.kind === 'file')
    .map(each => ({ ...each, entry: there.get(each.path) }))
  const choice = conflicts.length ? await askOnce(conflicts) : 'skip'
  const paths = new Set(files.map(({ path }) => path))
  return files.flatMap(({ file, path }) => {
    const entry = there.get(path)
    if (entry?.kind !== 'file') return [new Upload(file, path, NEW)]
    if (choice === 'skip') return []
    if (choice === 'replace') return [new Upload(file, path, { 'If-Match': entry.etag })]
    const other = beside(path, each => there.has(each) || paths.has(each))
    paths.add(other)
    return [Object.assign(new Upload(file, other, NEW), { both: true })]
  })
}

/** Have those fail at once that are larger than the drive takes. */
function limited (found, largest) {
  for (const upload of found) {
    if (upload.file.size <= largest) continue
    const detail = t('transfer.tooLarge', { size: size(upload.file.size), largest: size(largest) })
    upload.error = new Told(detail)
  }
  return found
}

/** Ask about the uploads that others were faster than, until there is none. */
async function askAgain () {
  isAsking = true
  try {
    while (overtaken.size) {
      const found = [...overtaken]
      overtaken.clear()
      await askAbout(found)
    }
  } finally {
    isAsking = false
  }
}

async function askAbout (found) {
  const conflicts = []
  for (const upload of found) {
    if (upload.state !== 'asking') continue // cancelled meanwhile
    let entry
    try {
      entry = await presentAt(upload.path)
    } catch (error) {
      queue.fail(upload, error)
      continue
    }
    // Who wants both wants it whatever is there; and what is gone again is in nobody's way.
    if (upload.both && entry) await queue.goOn(upload, NEW, beside(upload.path, path => path === upload.path))
    else if (!entry) await queue.goOn(upload, NEW)
    else conflicts.push({ upload, path: upload.path, file: upload.file, entry })
  }
  if (!conflicts.length) return
  const choice = await askOnce(conflicts, { overtaken: true })
  for (const { upload, path, entry } of conflicts) {
    if (upload.state !== 'asking') continue
    if (choice === 'skip') await queue.skip(upload)
    else if (choice === 'replace') await queue.goOn(upload, { 'If-Match': entry.etag })
    else {
      upload.both = true
      await queue.goOn(upload, NEW, beside(path, each => each === path))
    }
  }
}

/** Have the list load a directory again; not after each file, where there are many. */
function changed (directory) {
  // Each directory above may be new in the one above it.
  for (let each = directory; ; each = parentOf(each)) {
    changedDirectories.add(each)
    if (!each) break
  }
  refresh ??= setTimeout(flush, REFRESH_MILLISECONDS)
  if (!queue.active) flush()
}

function flush () {
  clearTimeout(refresh)
  refresh = null
  const directories = [...changedDirectories]
  changedDirectories.clear()
  for (const directory of directories) {
    document.dispatchEvent(new CustomEvent('drive:changed', { detail: { directory } }))
  }
}
