// What the page says: of what was done, of what is being done, and of what goes wrong.
import { Problem, Unreachable } from './drive.js'
import { icon, make } from './dom.js'
import { t } from './words.js'

const live = make('div.hidden', { role: 'status', 'aria-live': 'polite' })
const banner = make('div.banner', { role: 'alert', hidden: true })
const notes = make('div.notes')

/** The elements to put into the page. */
export const elements = { live, banner, notes }

/** Have it read to those who do not see the page. */
export function announce (text) {
  // The same text again would not be read.
  live.textContent = live.textContent === text ? `${text}\u00a0` : text
}

let note = null

/** Show what was done until something else is, with what can be done about it: `[label, act]`. */
export function say (text, { action, kind = 'done', details = [] } = {}) {
  note?.remove()
  note = make(`div.note.${kind}`, {},
    kind === 'done' ? null : icon('warning'),
    make('div.text', {}, make('span', {}, text), details.length ? detailsOf(details) : null))
  const shown = note
  if (action) {
    const [label, act] = action
    note.append(make('button.plain.strong', { onclick: () => { close(shown); act() } }, label))
  }
  note.append(make('button.plain', { 'aria-label': t('dialog.close'), onclick: () => close(shown) }, icon('close')))
  notes.append(note)
  announce([text, ...details.slice(0, 3)].join('. '))
}

/** Do what the note that is shown offers, such as to undo. */
export function takeOffer () {
  note?.querySelector('.strong')?.click()
}

function close (shown) {
  const inside = shown.contains(document.activeElement)
  shown.remove()
  if (note === shown) note = null
  if (inside) document.dispatchEvent(new CustomEvent('drive:focus'))
}

function detailsOf (details) {
  return make('ul', {}, ...details.slice(0, 5).map(each => make('li', { dir: 'auto' }, each)),
    details.length > 5 ? make('li', {}, '…') : null)
}

/**
 * Show that something takes its time, with a bar and a button to stop it. Returns `{signal,
 * progress(done, all, text), end()}`; `all` may be unknown.
 */
export function working (title) {
  const stop = new AbortController()
  const bar = make('progress', { 'aria-label': title })
  const count = make('span.count')
  const shown = make('div.note.working', {},
    make('div.text', {}, make('span', {}, title, ' ', count), bar),
    make('button.plain.strong', { onclick: () => stop.abort() }, t('act.stop')))
  // What is over at once needs no bar.
  const timer = setTimeout(() => {
    notes.append(shown)
    announce(title)
  }, 400)
  return {
    signal: stop.signal,
    progress (done, all) {
      count.textContent = all ? `${done} / ${all}` : String(done)
      if (all) Object.assign(bar, { max: all, value: done })
    },
    end () {
      clearTimeout(timer)
      if (shown.isConnected) close(shown)
    }
  }
}

/** Show over the list that the drive cannot be called for now; null when it can again. */
export function showTrouble (error) {
  banner.hidden = !error
  if (error) banner.replaceChildren(icon('warning'), make('span', {}, explain(error)))
  else banner.replaceChildren()
}

/** An error whose message is for the person. */
export class Told extends Error {}

/** Return one sentence or two for an error, in words of the person. */
export function explain (error) {
  if (error instanceof Unreachable) return t('error.offline')
  if (error instanceof Told) return error.message
  if (!(error instanceof Problem)) {
    console.error(error) // its message is for who mends the page
    return t('error.page')
  }
  const { status, type, detail } = error
  const key = {
    'invalid-name': 'name',
    'not-found': 'notFound',
    'no-space': 'full',
    'read-only': 'readOnly',
    'upload-locked': 'busy',
    busy: 'busy',
    conflict: 'conflict',
    maintenance: 'maintenance',
    unhealthy: 'unhealthy'
  }[type] ?? { 403: 'forbidden', 404: 'notFound', 429: 'brake' }[status] ?? (status >= 500 ? 'internal' : 'anyway')
  return t(`error.${key}`, { detail: detail || `HTTP ${status}` })
}
