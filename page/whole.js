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
    this.stop = make('button.plain.strong', { hidden: true, onclick: () => this.#loading?.abort() }, t('act.stop'))
    this.rest = make('button.plain.strong', { hidden: true, onclick: () => this.#load() }, t('list.loadRest'))
    foot.append(this.count, this.bar, this.stop, this.rest)
  }

  /** What the line says. */
  get text () {
    return this.count.textContent
  }

  async sort (by, descending) {
    this.#wish = { by, descending }
    if (!this.folder().complete) await this.#load()
    else await this.#sorted()
  }

  async search (words) {
    const folder = this.folder()
    await folder.search(words)
    announce(this.text)
    if (words && !folder.complete) await this.#load()
  }

  async #sorted () {
    const wish = this.#wish
    this.#wish = null
    if (wish) await this.folder().sort(wish.by, wish.descending)
  }

  async #load () {
    if (this.#loading) return
    const folder = this.folder()
    const loading = this.#loading = new AbortController()
    folder.leaving.signal.addEventListener('abort', () => loading.abort())
    this.tell()
    try {
      await folder.all(() => this.tell(), loading.signal)
    } catch (error) {
      if (folder === this.folder()) announce(explain(error))
    }
    this.#loading = null
    if (folder === this.folder()) await this.#sorted()
    else this.#wish = null
    const focused = this.stop === document.activeElement || this.rest === document.activeElement
    this.tell()
    if (focused && document.activeElement?.hidden !== false) document.dispatchEvent(new CustomEvent('drive:focus'))
    announce(this.text)
  }

  /** Say how much there is. */
  tell () {
    const { complete, entries, order, query, view } = this.folder()
    const loading = this.#loading !== null
    const count = entries.length
    const all = query ? t('list.found', { count: view.length }) : t(complete ? 'list.count' : 'list.countLoaded', { count })
    const partly = !complete && (query || order.by)
    this.count.textContent = loading ? t('list.loadingAll', { count })
      : partly ? `${all}. ${t('list.partly')}` : count || query ? all : ''
    this.bar.hidden = this.stop.hidden = !loading
    this.rest.hidden = !partly || loading
  }
}
