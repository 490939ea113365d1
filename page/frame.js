// The parts of the page around the list.
import { bdi, icon, make } from './dom.js'
import { elements } from './status.js'
import { size, t } from './words.js'

const tool = (name, picture, kind = '') =>
  make(`button.tool${kind}`, { title: t(`act.${name}`) }, icon(picture), make('span', {}, t(`act.${name}`)))

export const search = make('input', {
  type: 'search', placeholder: t('app.search'), 'aria-label': t('app.search'), spellcheck: false, dir: 'auto'
})
export const menuButton = make('button.plain', { 'aria-label': t('app.menu'), 'aria-haspopup': 'menu' }, icon('more'))
export const crumbs = make('nav.crumbs', { 'aria-label': t('app.path') })
export const readOnly = make('span.badge', { hidden: true }, t('app.readOnly'))
export const scroller = make('div.scroller')
export const panel = make('section.panel', { hidden: true, tabIndex: -1 })
export const foot = make('div.foot')
const dropWords = make('span')
const drop = make('div.drop', { hidden: true, 'aria-hidden': 'true' }, dropWords)
export const transfers = make('div.transfers')
export const tools = {
  upload: tool('choose', 'upload', '.primary'),
  newFolder: tool('newFolder', 'newFolder')
}
export const chosen = {
  download: tool('download', 'download'),
  rename: tool('rename', 'rename'),
  move: tool('move', 'move'),
  delete: tool('delete', 'delete'),
  clear: make('button.plain', { 'aria-label': t('act.clear'), title: t('act.clear') }, icon('close')),
  count: make('span.number')
}
tools.upload.setAttribute('aria-haspopup', 'menu')

const forAll = make('div.tools', {}, readOnly, tools.newFolder, tools.upload)
const forChosen = make('div.tools', { role: 'toolbar', 'aria-label': t('act.selection'), hidden: true },
  chosen.clear, chosen.count, chosen.download, chosen.rename, chosen.move, chosen.delete)
const bar = make('div.bar')
const spaceText = make('span')
// The words say it to those who do not see the bar.
const meter = make('div.meter', { 'aria-hidden': 'true' }, make('div'))
const space = make('div.usage', { hidden: true }, meter, spaceText)
const main = make('main', {}, bar, elements.banner, scroller, panel, foot, drop)

/** Put the page together. */
export function build () {
  const skip = make('button.skip', { onclick: () => document.dispatchEvent(new CustomEvent('drive:focus')) }, t('app.skip'))
  bar.append(crumbs, forAll, forChosen)
  document.body.append(
    skip,
    make('header', {},
      make('h1', {}, icon('folder'), make('span', {}, t('app.brand'))),
      make('label.search', {}, icon('search'), search, make('kbd', { 'aria-hidden': 'true' }, '/')),
      space, menuButton),
    main,
    make('aside.dock', { 'aria-label': t('app.notes') }, elements.notes, transfers),
    elements.live)
}

/** Show the way to a folder, as links. */
export function showPath (path, address) {
  const parts = path ? path.split('/') : []
  const links = ['', ...parts].map((name, at) => {
    const link = make('a', { href: address(parts.slice(0, at).join('/')) }, at ? bdi(name) : t('app.root'))
    if (at === parts.length) link.setAttribute('aria-current', 'page')
    if (at) link.title = name
    return make('li', {}, link)
  })
  crumbs.replaceChildren(make('ol', {}, ...links))
  crumbs.scrollLeft = crumbs.scrollWidth * (getComputedStyle(crumbs).direction === 'rtl' ? -1 : 1)
}

/** Show how full the drive is; `max` is null where it has no limit. */
export function showSpace (used, max) {
  space.hidden = !Number.isFinite(used)
  if (space.hidden) return
  const words = max ? t('app.usedOf', { used: size(used), all: size(max) }) : t('app.used', { used: size(used) })
  spaceText.textContent = words
  meter.hidden = !max
  meter.firstChild.style.width = `${Math.min(1, used / max) * 100}%`
  meter.classList.toggle('full', used > max * 0.9)
}

/** Show the tools for what is selected, or those for the folder. */
export function showTools (count, { files, writable, ready }) {
  forAll.hidden = count > 0
  forChosen.hidden = !count
  readOnly.hidden = writable
  for (const button of Object.values(tools)) button.hidden = !writable || !ready
  chosen.count.textContent = t('act.selected', { count })
  chosen.download.hidden = !files
  chosen.rename.hidden = !writable || count !== 1
  chosen.move.hidden = chosen.delete.hidden = !writable
  main.classList.toggle('choosing', count > 0)
}

/** Show a sentence in place of the list, and what can be done: `[label, act, primary]`. */
export function showPanel (picture, title, text, actions = []) {
  panel.replaceChildren(icon(picture), make('h2', {}, title), text ? make('p', {}, text) : '',
    make('div.buttons', {}, ...actions.map(([label, act, primary]) =>
      make(`button${primary ? '.primary' : ''}`, { onclick: act }, label))))
  panel.hidden = false
  scroller.hidden = true
}

/** Show the list again. */
export function showList () {
  panel.hidden = true
  scroller.hidden = false
}

/** Say where what is being dragged would go; null when nothing is. */
export function showDrop (name) {
  drop.hidden = name === null
  dropWords.textContent = name === null ? '' : t('list.drop', { name })
}
