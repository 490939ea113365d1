// Sorting and searching need the whole folder: the rest is loaded, and the line below the list says
// how far it is, and stops it.
import { make } from './dom.js'
import { announce, explain } from './status.js'
import { t } from './words.js'

export class Whole {
  #loading = null
  #wish = null

  /** `foot` is the element of the line; `folder()` returns the folder that is open. */
  constructor (foot, folder) {
    this.folder = folder
    this.count = make('span')
    this.bar = make('progress', { hidden: true, 'aria-label': t('list.loading') })
    this.stop = make('button.plain.strong', { hidden: true, onclick: () => this.#loading?.stop.abort() }, t('act.stop'))
    this.rest = make('button.plain.strong', { hidden: true, onclick: () => this.#load() }, t('list.loadRest'))
    foot.append(this.count, this.bar, this.stop, this.rest)
  }

  /** What the line says. */
  get text () {
    return this.count.textContent
  }

  async sort (by, descending) {
    const folder = this.folder()
    this.#wish = { folder, by, descending }
    if (folder.complete) await this.#sorted(folder)
    else await this.#load()
  }

  async search (words) {
    const folder = this.folder()
    await folder.search(words)
    if (folder !== this.folder()) return
    announce(this.text)
    if (words && !folder.complete) await this.#load()
  }

  async #sorted (folder) {
    const wish = this.#wish
    if (wish?.folder !== folder) return
    this.#wish = null
    await folder.sort(wish.by, wish.descending)
  }

  /** Load the rest of the folder that is open. Another one may be when it is there. */
  async #load () {
    if (this.#isLoading) return
    const folder = this.folder()
    const loading = this.#loading = { folder, stop: new AbortController() }
    this.tell()
    try {
      await folder.all(() => { if (this.#loading === loading) this.tell() }, loading.stop.signal)
    } catch (error) {
      if (folder === this.folder()) announce(explain(error))
    }
    if (this.#loading !== loading) return
    this.#loading = null
    await this.#sorted(folder)
    if (folder !== this.folder()) return
    const focused = this.stop === document.activeElement || this.rest === document.activeElement
    this.tell()
    if (focused && document.activeElement?.hidden !== false) document.dispatchEvent(new CustomEvent('drive:focus'))
    announce(this.text)
  }

  /** Whether the folder that is open is being loaded, and the person did not stop it. */
  get #isLoading () {
    return this.#loading?.folder === this.folder() && !this.#loading.stop.signal.aborted
  }

  /** Say how much there is. */
  tell () {
    const { complete, entries, order, query, view } = this.folder()
    const loading = this.#loading?.folder === this.folder()
    const count = entries.length
    const all = query ? t('list.found', { count: view.length }) : t(complete ? 'list.count' : 'list.countLoaded', { count })
    const partly = !complete && (query || order.by)
    this.count.textContent = loading ? t('list.loadingAll', { count })
      : partly ? `${all}. ${t('list.partly')}` : count || query ? all : ''
    this.bar.hidden = this.stop.hidden = !loading
    this.rest.hidden = !partly || loading
  }
}
