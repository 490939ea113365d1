// The list of a folder: a grid whose rows exist only while they can be seen, so that a hundred
// thousand of them scroll as one does. Rows stand in the document in their order.
import { bdi, draw, icon, make, shown } from './dom.js'
import { date, size, t } from './words.js'
import { kindOf } from './kinds.js'

const BEYOND = 12 // rows that are made above and below what is seen
const TYPING = 900 // milliseconds between the letters of one name
const AHEAD = 400 // rows before the end of what is loaded, where the next page is asked for

export class Listing {
  /** The index of the row that the keyboard is at. */
  active = 0
  view = []
  #rows = new Map()
  #typed = { text: '', at: 0 }
  #height = 44
  #frame = 0

  /**
   * `scroller` is the element that scrolls. `on`: `open(entry)`, `act(entry, key)` for F2 and Delete,
   * `menu(entry, place)`, `more()`, `selected()`, `sort(by)`, `address(entry)` of a folder.
   */
  constructor (scroller, selection, on) {
    Object.assign(this, { scroller, selection, on })
    this.all = make('input', { type: 'checkbox', 'aria-label': t('act.selectAll') })
    this.all.onclick = () => this.#chosen(() => this.all.checked ? selection.all(this.view) : selection.clear())
    this.heads = Object.fromEntries(['name', 'size', 'date'].map(by => [by, this.#head(by)]))
    this.body = make('div.rows', { role: 'rowgroup' })
    this.grid = make('div.grid', { role: 'grid', 'aria-multiselectable': 'true', 'aria-colcount': 5 },
      make('div.head', { role: 'rowgroup' }, make('div.row', { role: 'row', 'aria-rowindex': 1 },
        make('div.check', { role: 'columnheader' }, this.all), ...Object.values(this.heads),
        make('div.more', { role: 'columnheader' }, make('span.hidden', {}, t('act.selection'))))),
      this.body)
    scroller.append(this.grid)
    scroller.addEventListener('scroll', () => this.#soon(), { passive: true })
    new ResizeObserver(() => this.#soon()).observe(scroller)
    this.body.addEventListener('click', event => this.#click(event))
    this.body.addEventListener('dblclick', event => {
      if (!event.target.closest('input, button, a')) this.on.open(this.entryAt(event.target))
    })
    this.body.addEventListener('contextmenu', event => this.#menu(event))
    this.body.addEventListener('keydown', event => this.#key(event))
    this.body.addEventListener('focusin', event => this.#activate(this.#indexOf(event.target)))
  }

  #head (by) {
    const button = make('button', { onclick: () => this.on.sort(by) }, make('span', {}, t(`list.${by}`)), icon('sorted'))
    return make(`div.${by}`, { role: 'columnheader' }, button)
  }

  /**
   * Show entries; the keyboard stays at its entry. Returns whether the focus was in the list, and
   * has no row to go to.
   */
  show (view, { complete, order, label }) {
    const focused = this.#focused()
    const places = new Map(view.map(({ name }, at) => [name, at]))
    // Where the entry is gone, the keyboard is at the next one that is left.
    const next = this.view.slice(this.active).find(({ name }) => places.has(name))
    this.view = view
    this.active = next ? places.get(next.name) : Math.max(0, view.length - 1)
    this.grid.setAttribute('aria-label', label)
    this.grid.setAttribute('aria-rowcount', complete ? view.length + 1 : -1)
    for (const [by, head] of Object.entries(this.heads)) {
      const said = order.by !== by ? 'none' : order.descending ? 'descending' : 'ascending'
      head.setAttribute('aria-sort', said)
    }
    this.render()
    if (focused !== null && view.length) this.focus(focused)
    return focused !== null && !view.length
  }

  /** Be at the entry `name` of another folder, `top` pixels down. */
  enter (name, top, view) {
    this.view = view
    this.active = Math.max(0, view.findIndex(entry => entry.name === name))
    this.body.style.height = `${view.length * this.#height}px`
    this.scroller.scrollTop = top
    if (name !== undefined && view.length) this.#reveal(this.active)
  }

  /** Return the entry in whose row an element is. */
  entryAt (element) {
    return this.view[element.closest?.('.row')?.index ?? -1]
  }

  /** Go to a row, and put the focus on it; `control` is one of the row's own, by its class. */
  focus (control = '') {
    this.#reveal(this.active)
    this.render()
    const row = this.#rows.get(this.active)
    ;(control && row?.querySelector(control) || row)?.focus({ preventScroll: true })
  }

  /** Go to the entry of a name, if it is there. */
  goTo (name) {
    const at = this.view.findIndex(entry => entry.name === name)
    if (at >= 0) this.#activate(at)
    return at >= 0
  }

  /** Which control of which row has the focus: its class, '' for a row itself, null for none. */
  #focused () {
    const focused = document.activeElement
    if (!this.body.contains(focused)) return null
    const { control } = focused.dataset
    return control ? `[data-control=${control}]` : ''
  }

  #soon () {
    this.#frame ||= requestAnimationFrame(() => { this.render() })
  }

  render () {
    cancelAnimationFrame(this.#frame)
    this.#frame = 0
    this.#height = parseFloat(getComputedStyle(this.scroller).getPropertyValue('--row'))
    const { scrollTop, clientHeight } = this.scroller
    const count = this.view.length
    this.body.style.height = `${count * this.#height}px`
    const from = Math.max(0, Math.floor(scrollTop / this.#height) - BEYOND)
    const to = Math.min(count, Math.ceil((scrollTop + clientHeight) / this.#height) + BEYOND)
    const focused = this.#focused() === null ? -1 : this.#indexOf(document.activeElement)
    const stays = index => (index >= from && index < to) || index === this.active
    for (const [index, row] of this.#rows) {
      if (index >= count || (!stays(index) && index !== focused)) {
        row.remove()
        this.#rows.delete(index)
      }
    }
    const indexes = []
    for (let index = from; index < to; index++) indexes.push(index)
    if (this.active < count && (this.active < from || this.active >= to)) indexes.push(this.active)
    for (const index of indexes) if (!this.#rows.has(index)) this.#insert(index)
    for (const [index, row] of this.#rows) this.#fill(row, index)
    this.all.checked = count > 0 && this.selection.size >= count
    this.all.indeterminate = this.selection.size > 0 && !this.all.checked
    if (to > count - AHEAD) this.on.more()
  }

  #insert (index) {
    const row = newRow()
    const after = [...this.#rows.keys()].filter(other => other > index)
    this.body.insertBefore(row, after.length ? this.#rows.get(Math.min(...after)) : null)
    this.#rows.set(index, row)
  }

  #fill (row, index) {
    const entry = this.view[index]
    if (row.entry !== entry) describe(row, entry, this.on.address(entry))
    const chosen = this.selection.has(entry)
    row.setAttribute('aria-selected', chosen)
    row.parts.check.checked = chosen
    if (row.index !== index || row.height !== this.#height) {
      row.style.transform = `translateY(${index * this.#height}px)`
      row.setAttribute('aria-rowindex', index + 2)
      Object.assign(row, { index, height: this.#height })
    }
    const tab = index === this.active ? 0 : -1
    if (row.tabIndex !== tab || row.tabbed !== tab) {
      row.tabbed = tab
      for (const each of [row, ...row.querySelectorAll('[data-control]')]) each.tabIndex = tab
    }
  }

  #activate (index) {
    if (index < 0 || index === this.active) return
    this.active = index
    this.render()
  }

  #reveal (index) {
    const top = index * this.#height
    const room = this.scroller.clientHeight - this.body.offsetTop
    if (top < this.scroller.scrollTop) this.scroller.scrollTop = top
    else if (top + this.#height > this.scroller.scrollTop + room) this.scroller.scrollTop = top + this.#height - room
  }

  #indexOf (element) {
    return element.closest('.row')?.index ?? -1
  }

  #chosen (change) {
    change()
    this.render()
    this.on.selected()
  }

  #click (event) {
    const index = this.#indexOf(event.target)
    const entry = this.view[index]
    if (!entry) return
    const control = event.target.closest('[data-control]')?.dataset.control
    if (control === 'more') {
      this.on.menu(entry, event.target.closest('button'))
      return
    }
    const { selection } = this
    const many = event.ctrlKey || event.metaKey
    if (control === 'name' && !many && !event.shiftKey) {
      if (entry.kind === 'file') this.on.open(entry) // a folder is a link
      return
    }
    if (control !== 'check') event.preventDefault()
    if (event.pointerType === 'touch' && !control && !selection.size) {
      this.on.open(entry)
      return
    }
    this.#activate(index)
    this.#chosen(() => {
      if (event.shiftKey) selection.extend(this.view, index)
      else if (many || control === 'check' || event.pointerType === 'touch') selection.toggle(entry)
      else selection.only(entry)
    })
    if (!control) this.focus()
  }

  #menu (event) {
    const entry = this.entryAt(event.target)
    if (!entry) return
    event.preventDefault()
    if (!this.selection.has(entry)) this.#chosen(() => this.selection.only(entry))
    const byPointer = event.clientX || event.clientY
    this.on.menu(entry, byPointer ? event : event.target)
  }

  #key (event) {
    const { key, shiftKey: shift } = event
    const many = event.ctrlKey || event.metaKey
    const entry = this.view[this.active]
    const onRow = event.target.classList.contains('row')
    const page = Math.max(1, Math.floor((this.scroller.clientHeight - this.body.offsetTop) / this.#height) - 1)
    const last = this.view.length - 1
    const target = {
      ArrowDown: this.active + 1,
      ArrowUp: this.active - 1,
      Home: 0,
      End: last,
      PageDown: this.active + page,
      PageUp: this.active - page
    }[key]
    if (target !== undefined && !event.altKey) {
      const index = Math.max(0, Math.min(last, target))
      if (shift) this.selection.startAt(entry)
      this.#activate(index)
      if (shift) this.#chosen(() => this.selection.extend(this.view, index))
      this.focus()
    } else if (key === ' ' && onRow) {
      this.#chosen(() => shift ? this.selection.extend(this.view, this.active) : this.selection.toggle(entry))
    } else if (key === 'Enter' && onRow && !many && !event.altKey) {
      this.on.open(entry)
    } else if (key === 'F2' || key === 'Delete' || (key === 'Backspace' && event.metaKey)) {
      this.on.act(entry, key === 'F2' ? 'rename' : 'delete')
    } else if (key === 'ContextMenu' || (key === 'F10' && shift)) {
      this.#menu(event) // macOS has no such key, and makes no event of Shift F10
    } else if (key.length === 1 && !many && !event.altKey && onRow && !' /?'.includes(key)) {
      this.#type(key)
    } else {
      return
    }
    event.preventDefault()
  }

  /** Go to the next name that begins with what is being typed. */
  #type (letter) {
    const now = Date.now()
    const text = (now - this.#typed.at > TYPING ? '' : this.#typed.text) + letter.toLowerCase()
    this.#typed = { text, at: now }
    const from = this.active + (text.length === 1 ? 1 : 0)
    const order = [...this.view.slice(from), ...this.view.slice(0, from)]
    const found = order.find(entry => entry.name.toLowerCase().startsWith(text))
    if (found && this.goTo(found.name)) this.focus()
  }
}

function newRow () {
  const parts = {
    check: make('input', { type: 'checkbox' }),
    icon: icon('file'),
    size: make('div.size', { role: 'gridcell' }),
    date: make('div.date', { role: 'gridcell' }),
    more: make('button.plain', { 'aria-haspopup': 'menu' }, icon('more'))
  }
  parts.check.dataset.control = 'check'
  parts.more.dataset.control = 'more'
  parts.name = make('div.name', { role: 'rowheader' }, parts.icon)
  const row = make('div.row', { role: 'row' },
    make('div.check', { role: 'gridcell' }, parts.check), parts.name, parts.size, parts.date,
    make('div.more', { role: 'gridcell' }, parts.more))
  row.parts = parts
  return row
}

function describe (row, entry, address) {
  row.entry = entry
  const { parts } = row
  const isFolder = entry.kind === 'directory'
  const name = shown(entry.name)
  const label = isFolder ? make('a', { href: address }, bdi(entry.name)) : make('button', {}, bdi(entry.name))
  label.dataset.control = 'name'
  label.title = name
  label.dir = 'auto' // what is too long is cut at the end of the name
  // The label is made anew, so the focus that was on the old one goes to the new one.
  const focused = parts.label === document.activeElement && parts.label
  parts.label?.remove()
  parts.name.append(label)
  parts.label = label
  if (focused) label.focus({ preventScroll: true })
  row.tabbed = undefined
  const kind = kindOf(entry)
  draw(parts.icon, kind)
  parts.icon.setAttribute('class', `icon icon-${kind}`)
  parts.size.textContent = isFolder ? '' : size(entry.size)
  parts.date.textContent = date(entry.modified)
  parts.check.setAttribute('aria-label', t('act.select', { name }))
  parts.more.setAttribute('aria-label', t('act.more', { name }))
}
