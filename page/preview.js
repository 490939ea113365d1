// The preview of one file in a dialog, and of those beside it by the arrow keys. Nothing that is
// stored runs: a picture is an <img>, whatever it has in it, and a page is shown as its text.
import { bdi, icon, make, shown } from './dom.js'
import { bodyOf, encodePath, request } from './drive.js'
import { downloads, IN_WINDOW_BYTES, whole } from './downloads.js'
import { kindOf } from './kinds.js'
import { announce, explain } from './status.js'
import { storedFile } from './stored-files.js'
import { join, parentOf } from './trees.js'
import { date, size, t } from './words.js'

const TEXT_BYTES = 256 * 1024
// What these end with is no text; of all others the first bytes decide.
const PACKED = /\.(7z|bz2|exe|gz|heic|jar|parquet|rar|rtf|docx?|pptx?|so|tar|tgz|tiff?|xlsx?|xz|zip|zst)$/i
const SHOWN_BY = { picture: 'img', audio: 'audio', video: 'video' }

export const preview = {
  /**
   * Show a file; `siblings` are the entries of its directory between which the arrow keys go. Resolves
   * when it is closed; the focus goes back to where it was.
   */
  open (path, entry, siblings = [entry]) {
    const files = siblings.map(each => ({ path: join(parentOf(path), each.name), entry: each }))
    return new Promise(resolve => new Preview({ path, entry }, files, resolve))
  }
}

class Preview {
  #shown = null // ends the preview of one file

  constructor (file, siblings, closed) {
    this.siblings = siblings
    this.at = Math.max(0, siblings.findIndex(({ path }) => path === file.path))
    this.before = document.activeElement
    this.title = make('h2', { id: 'preview-title' })
    this.facts = make('p.facts')
    this.stage = make('div.stage')
    const act = (name, picture, does) => make('button.plain', {
      'aria-label': t(`preview.${name}`), title: t(`preview.${name}`), onclick: does
    }, icon(picture))
    this.previous = act('previous', 'previous', () => this.#go(-1))
    this.next = act('next', 'next', () => this.#go(1))
    this.close = act('close', 'close', () => this.dialog.close())
    this.dialog = make('dialog.preview', { 'aria-labelledby': 'preview-title' },
      make('div.top', {}, make('div.text', {}, this.title, this.facts), this.previous, this.next,
        act('download', 'download', () => downloads.save(this.file.path, this.file.entry)), this.close),
      this.stage)
    this.dialog.onkeydown = event => this.#key(event)
    this.dialog.onclose = () => {
      this.#shown?.abort()
      this.dialog.remove()
      if (this.before?.isConnected) this.before.focus()
      closed()
    }
    this.previous.hidden = this.next.hidden = siblings.length < 2
    document.body.append(this.dialog)
    this.dialog.showModal()
    this.close.focus()
    this.#show(siblings[this.at] ?? file)
  }

  #key (event) {
    event.stopPropagation() // the list behind has keys, too
    if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) return
    if (event.target.closest('audio, video')) return // there they go through the time
    const rtl = getComputedStyle(this.dialog).direction === 'rtl' ? -1 : 1
    const step = { ArrowLeft: -rtl, ArrowRight: rtl }[event.key]
    if (!step) return
    event.preventDefault()
    this.#go(step)
  }

  #go (step) {
    const { length } = this.siblings
    this.at = (this.at + step + length) % length
    this.#show(this.siblings[this.at])
  }

  async #show (file) {
    this.#shown?.abort()
    const shownNow = this.#shown = new AbortController()
    const { signal } = shownNow
    this.file = file
    const { path, entry } = file
    this.title.replaceChildren(bdi(entry.name))
    this.title.title = shown(path)
    const facts = [size(entry.size), date(entry.modified)]
    if (this.siblings.length > 1) {
      facts.push(t('preview.of', { at: this.at + 1, all: this.siblings.length }))
    }
    this.facts.textContent = facts.filter(Boolean).join(' · ')
    announce(`${shown(entry.name)}. ${facts.join(', ')}`)
    this.#put(make('p.facts', {}, t('preview.loading')))
    this.stage.setAttribute('aria-busy', 'true')
    try {
      const content = await this.#content(file, signal)
      if (!signal.aborted) this.#put(content)
    } catch (error) {
      if (!signal.aborted) this.#nothing(explain(error))
    } finally {
      if (!signal.aborted) this.stage.removeAttribute('aria-busy')
    }
  }

  async #content ({ path, entry }, signal) {
    const kind = kindOf({ ...entry, kind: 'file' })
    if (/\.pdf$/i.test(path)) {
      if (navigator.pdfViewerEnabled === false) return this.#facts(t('preview.noPdf'))
      return this.#element('iframe', { path, entry }, signal)
    }
    if (SHOWN_BY[kind] && !PACKED.test(path)) return this.#element(SHOWN_BY[kind], { path, entry }, signal)
    if (kind === 'archive' || PACKED.test(path)) return this.#facts(t('preview.noPreview'))
    return this.#text({ path, entry }, signal)
  }

  async #element (tag, { path, entry }, signal) {
    const stored = await this.#address(tag, { path, entry }, signal)
    if (!stored) return this.#facts(t('preview.noPreview'))
    if (signal.aborted) {
      stored.release()
      return null
    }
    const element = make(tag)
    if (tag === 'img') element.alt = shown(entry.name)
    else if (tag === 'iframe') element.title = shown(entry.name)
    else {
      element.controls = true
      element.preload = 'metadata'
      element.setAttribute('aria-label', shown(entry.name))
    }
    element.onerror = () => { if (!signal.aborted) this.#nothing(t('preview.unshown')) }
    signal.addEventListener('abort', () => {
      element.onerror = null
      element.removeAttribute('src') // a film would be loaded on
      if (tag !== 'img' && tag !== 'iframe') element.load()
      stored.release()
    })
    element.src = stored.url
    return element
  }

  /** The address of a file for an element; null where none can be had. */
  async #address (tag, { path, entry }, signal) {
    const stored = await storedFile(path)
    if (stored) return stored
    // Not by a `blob:` of a PDF: such a frame has the page's policy, in which no viewer runs.
    if (tag === 'iframe' || entry.size > IN_WINDOW_BYTES) return null
    const url = URL.createObjectURL(await whole(path, { signal }))
    return { url, release: () => URL.revokeObjectURL(url) }
  }

  async #text ({ path, entry }, signal) {
    if (!entry.size) return make('pre', {}, '')
    const headers = { Range: `bytes=0-${TEXT_BYTES - 1}` }
    const answer = await request('GET', `files/${encodePath(path)}`, { headers, signal, cache: 'no-store' })
    const bytes = new Uint8Array(await bodyOf(answer, 'arrayBuffer', signal))
    if (bytes.includes(0)) return this.#facts(t('preview.noPreview'))
    const all = Number(answer.headers.get('X-File-Size') ?? bytes.length)
    // A character that the cut has split is left out.
    const text = new TextDecoder().decode(bytes, { stream: bytes.length < all })
    // What scrolls is reached by the keyboard.
    const shownText = make('pre', { tabIndex: 0, dir: 'auto', role: 'region', 'aria-label': shown(entry.name) }, text)
    const cut = bytes.length < all && t('preview.cut', { size: size(bytes.length), all: size(all) })
    return cut ? [make('p.facts', {}, cut), shownText] : shownText
  }

  #facts (why) {
    const { path, entry } = this.file
    return make('div.nothing', {}, icon(kindOf({ ...entry, kind: 'file' })), make('p', {}, why),
      make('button.primary', { onclick: () => downloads.save(path, entry) }, t('preview.download')))
  }

  #nothing (why) {
    this.#put(this.#facts(why))
  }

  /** Put something on the stage; the keyboard stays in the dialog when what had the focus goes. */
  #put (content) {
    this.stage.replaceChildren(...[content].flat())
    if (!this.dialog.contains(document.activeElement)) this.close.focus()
  }
}
