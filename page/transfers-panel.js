// The panel of the uploads: one bar for all, and a window of the list with a bar each. What moves is
// drawn at most so often, however many bytes and files there are.
import { ask } from './dialogs.js'
import { bdi, icon, make, shown } from './dom.js'
import { announce, explain } from './status.js'
import { unfinished } from './upload-memory.js'
import { Changed } from './upload-bytes.js'
import { locale, size, t } from './words.js'

const ROW_PIXELS = 60 // as transfers.css has it
const AROUND = 4 // rows above and below what is to be seen
const REDRAWN_MILLISECONDS = 250
const NAMED = 3

export class TransfersPanel {
  #due = false
  #rows = new Map()
  #busy = new Set()
  #said = ''

  constructor (element, queue) {
    this.queue = queue
    this.element = element
    this.title = make('h2', { id: 'transfers-title' })
    this.facts = make('p.facts')
    this.bar = make('progress', { max: 1, value: 0, 'aria-label': t('transfer.all') })
    this.hold = make('button', { onclick: () => queue.stopped ? queue.resumeAll() : queue.pauseAll() })
    this.retry = make('button', { onclick: () => queue.retryAll() })
    this.cancel = make('button', { onclick: () => this.#cancelAll() }, t('transfer.cancel'))
    this.fold = make('button.plain', { 'aria-label': t('transfer.fold'), onclick: () => this.#fold() }, icon('sorted'))
    this.close = make('button.plain', { 'aria-label': t('transfer.clear'), onclick: () => this.#clear() }, icon('close'))
    this.space = make('div.all', { role: 'list' })
    // A list that scrolls is reached by the keyboard.
    this.list = make('div.uploads', { tabIndex: 0, role: 'group', 'aria-labelledby': 'transfers-title', onscroll: () => this.#draw() }, this.space)
    element.classList.add('transfers')
    element.setAttribute('role', 'region')
    element.setAttribute('aria-labelledby', 'transfers-title')
    element.append(
      make('div.top', {}, make('div.text', {}, this.title, this.facts), this.fold, this.close),
      this.bar,
      make('div.acts', {}, this.hold, this.retry, this.cancel),
      this.list)
    this.#remind()
    this.#draw()
  }

  /** Draw what is new, soon. */
  update () {
    if (this.#due) return
    this.#due = true
    setTimeout(() => requestAnimationFrame(() => {
      this.#due = false
      this.#draw()
    }), REDRAWN_MILLISECONDS)
  }

  /** Say that something else takes its time; call what is returned when it is done. */
  busy (text) {
    const held = { text }
    this.#busy.add(held)
    this.update()
    return () => {
      this.#busy.delete(held)
      this.update()
    }
  }

  #draw () {
    const { queue } = this
    const { length, by } = queue
    this.element.hidden = length + this.#busy.size === 0 && !this.reminder
    if (this.element.hidden) return
    const moving = by.running.size + by.waiting.size + by.paused.size + by.asking.size
    this.#summary(moving)
    this.bar.hidden = !moving
    this.bar.value = queue.bytes ? queue.sent / queue.bytes : ended(by) / (queue.count || 1)
    set(this.hold, t(queue.stopped ? 'transfer.resume' : 'transfer.pause'))
    this.hold.hidden = moving === 0
    set(this.retry, t('transfer.again', { count: by.failed.size }))
    this.retry.hidden = by.failed.size === 0
    this.cancel.hidden = moving === 0
    this.fold.hidden = length === 0
    this.close.hidden = moving + this.#busy.size > 0
    this.#drawRows(length)
    // The rate falls by itself when nothing moves.
    if (by.running.size) this.update()
  }

  #summary (moving) {
    const { queue } = this
    const { by } = queue
    const [busy] = this.#busy
    const title = busy ? busy.text
      : moving ? t(queue.stopped ? 'transfer.paused' : 'transfer.running', { count: moving })
        : t('transfer.done', { count: by.done.size })
    const facts = []
    if (moving) {
      facts.push(t('transfer.of', { done: size(queue.sent), all: size(queue.bytes) }))
      const rate = queue.stopped ? 0 : queue.rate
      if (rate) {
        facts.push(t('transfer.rate', { size: size(rate) }))
        facts.push(t('transfer.left', { time: time((queue.bytes - queue.sent) / rate) }))
      }
    }
    if (by.failed.size) facts.push(t('transfer.failed', { count: by.failed.size }))
    set(this.title, title)
    set(this.facts, facts.join(' · '))
    // Not each change is read out: only what begins, stops and ends.
    const said = busy || !queue.length ? '' : `${moving > 0} ${queue.stopped} ${by.failed.size > 0}`
    if (said !== this.#said && said) announce([title, ...facts.slice(moving ? 3 : 0)].join('. '))
    this.#said = said
  }

  #drawRows (length) {
    this.list.hidden = length === 0 || this.element.classList.contains('folded')
    if (this.list.hidden) return
    this.space.style.height = `${length * ROW_PIXELS}px`
    const first = Math.max(0, Math.floor(this.list.scrollTop / ROW_PIXELS) - AROUND)
    const height = this.list.clientHeight || ROW_PIXELS * AROUND
    const to = Math.min(length, first + Math.ceil(height / ROW_PIXELS) + 2 * AROUND)
    const found = this.queue.window(first, to)
    const seen = new Set(found)
    for (const [upload, row] of this.#rows) {
      if (seen.has(upload)) continue
      row.element.remove()
      this.#rows.delete(upload)
    }
    found.forEach((upload, at) => {
      let row = this.#rows.get(upload)
      if (!row) {
        row = new Row(upload, this.queue)
        this.#rows.set(upload, row)
        this.space.append(row.element)
      }
      row.draw(first + at, length)
    })
  }

  #fold () {
    this.element.classList.toggle('folded')
    this.fold.setAttribute('aria-expanded', String(!this.element.classList.contains('folded')))
    this.#draw()
  }

  #clear () {
    this.reminder?.remove()
    this.reminder = null
    this.queue.clear()
    this.#draw()
    document.dispatchEvent(new CustomEvent('drive:focus'))
  }

  async #cancelAll () {
    const { running, waiting, paused, asking } = this.queue.by
    const count = running.size + waiting.size + paused.size + asking.size
    const answer = await ask({
      title: t('transfer.cancelTitle', { count }),
      body: t('transfer.cancelText'),
      choices: [{ value: 'cancel', label: t('transfer.cancelDo'), kind: 'danger' }],
      cancel: t('transfer.keep')
    })
    if (answer) await this.queue.cancelAll()
  }

  /** Say which uploads this browser has begun and not finished. */
  #remind () {
    const paths = unfinished()
    if (!paths.length) return
    const names = paths.slice(0, NAMED).map(shown).join(', ') + (paths.length > NAMED ? ' …' : '')
    this.reminder = make('p.reminder', {}, t('transfer.unfinished', { count: paths.length, names }))
    this.list.before(this.reminder)
  }
}

/** One upload of the list. */
class Row {
  constructor (upload, queue) {
    Object.assign(this, { upload, queue, state: null, path: null })
    this.name = make('div.path')
    this.bar = make('progress', { max: 1 })
    this.said = make('div.said')
    this.hold = make('button.plain', { onclick: () => this.#hold() })
    this.cancel = make('button.plain', { onclick: () => queue.cancel(upload) }, icon('close'))
    this.element = make('div.upload', { role: 'listitem' },
      make('div.text', {}, this.name, this.bar, this.said), this.hold, this.cancel)
  }

  draw (at, all) {
    const { upload, element } = this
    element.style.transform = `translateY(${at * ROW_PIXELS}px)`
    element.setAttribute('aria-posinset', at + 1)
    element.setAttribute('aria-setsize', all)
    if (upload.path !== this.path) {
      this.path = upload.path
      this.name.replaceChildren(bdi(upload.path))
      this.name.title = shown(upload.path)
      this.bar.setAttribute('aria-label', shown(upload.path))
    }
    const { state, sent, file } = upload
    if (state !== this.state) this.#change(state)
    // Always a value: a bar without one moves by itself, and to draw that costs more than to upload.
    this.bar.value = state === 'done' ? 1 : file.size ? sent / file.size : 0
    set(this.said, this.#words())
  }

  #change (state) {
    this.state = state
    this.element.dataset.state = state
    const name = shown(this.upload.path)
    const act = { waiting: 'pause', running: 'pause', paused: 'resume', failed: 'again' }[state]
    this.hold.hidden = !act
    if (act) {
      this.hold.setAttribute('aria-label', t(`transfer.${act}One`, { name }))
      this.hold.replaceChildren(icon(act === 'again' ? 'reload' : act))
    }
    this.cancel.hidden = ['done', 'skipped', 'cancelled'].includes(state)
    this.cancel.setAttribute('aria-label', t('transfer.cancelOne', { name }))
    this.bar.hidden = state === 'done' || state === 'failed'
  }

  #words () {
    const { state, sent, file, error, trouble } = this.upload
    if (error) return error instanceof Changed ? t('transfer.changed') : explain(error)
    if (trouble) return explain(trouble)
    const all = size(file.size)
    if (state === 'running' || state === 'paused') {
      const far = t('transfer.of', { done: size(sent), all })
      return state === 'paused' ? `${t('transfer.paused')} · ${far}` : far
    }
    return { waiting: t('transfer.waiting'), asking: t('transfer.asking') }[state] ?? all
  }

  #hold () {
    const { queue, upload } = this
    if (upload.state === 'paused' || upload.state === 'failed') queue.resume(upload)
    else queue.pause(upload)
  }
}

function ended (by) {
  return by.done.size + by.skipped.size + by.cancelled.size
}

/** Set a text, if it is another one: what reads the page aloud would hear each change. */
function set (element, text) {
  if (element.textContent !== text) element.textContent = text
}

const UNITS = [['second', 60], ['minute', 60], ['hour', 24], ['day', Infinity]]

/** Return a time in words, of its largest unit. */
function time (seconds) {
  let count = Math.max(1, seconds)
  for (const [unit, most] of UNITS) {
    const rounded = Math.ceil(count)
    if (rounded < most || most === Infinity) {
      return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(rounded)
    }
    count /= most
  }
}
