// The page: it opens the folder that the address names, and brings the parts together.
import { Actions } from './actions.js'
import { address, pathOfAddress } from './address.js'
import { Condition } from './condition.js'
import { shown } from './dom.js'
import { downloads } from './downloads.js'
import { noteTrouble, onToken, Problem, trouble, Unreachable } from './drive.js'
import * as frame from './frame.js'
import { askForTokens } from './help.js'
import { listen } from './hotkeys.js'
import { Listing } from './listing.js'
import { closeMenu } from './menu.js'
import { entryMenu, openByButtons } from './menus.js'
import { Opened } from './opened.js'
import { choose, receive } from './picking.js'
import { preview } from './preview.js'
import { passes, Recovery } from './recovery.js'
import { Selection } from './selection.js'
import { announce, explain, showTrouble } from './status.js'
import { join, nameOf, parentOf } from './trees.js'
import { uploads } from './uploads.js'
import { language, t } from './words.js'
import { Whole } from './whole.js'

const condition = new Condition((report, isOther) => {
  frame.showSpace(report.used_bytes, report.max_drive_bytes)
  showTools()
  if (isOther && page.isReady) show()
  watch()
})
const page = new Opened({
  busy: is => document.body.setAttribute('aria-busy', is),
  entered: enter,
  changed: show,
  troubled: watch,
  failed: fail,
  at (name) {
    if (!listing.goTo(name)) return
    if (!document.activeElement.matches('input:not([type=checkbox])')) listing.focus() // who types goes on
  },
  isFile (path, error) {
    if (!(error instanceof Problem) || error.status !== 409 || !path) return false
    places.set(parentOf(path), { name: nameOf(path), top: 0 })
    location.replace(address(parentOf(path)))
    return true
  }
})
const selection = new Selection()
const actions = new Actions(page, condition, () => {
  if (focusIsLost()) focusList()
  condition.lookSoon()
})
const places = new Map() // where the person was in each folder
let first = true

const listing = new Listing(frame.scroller, selection, {
  address: entry => address(join(page.folder.path, entry.name)),
  open: openEntry,
  menu: (entry, place) => entryMenu(targets(entry), place, {
    writable: condition.writable,
    does: {
      open: openEntry,
      download,
      rename: one => actions.rename(one),
      move: entries => actions.move(entries),
      remove: entries => actions.remove(entries)
    }
  }),
  more: () => page.more(),
  selected: showTools,
  sort (by) {
    const { order } = page.folder
    whole.sort(by, order.by === by && !order.descending)
  },
  act (entry, what) {
    if (!condition.writable) return
    if (what === 'rename') actions.rename(entry)
    else actions.remove(targets(entry))
  }
})
const whole = new Whole(frame.foot, () => page.folder)
const recovery = new Recovery(() =>
  page.folder.failure || page.folder.behind ? page.retry() : condition.look())

function show () {
  const { folder } = page
  selection.keepOf(folder.entries)
  frame.showList()
  const name = shown(nameOf(folder.path)) || t('app.root')
  const lost = listing.show(folder.view, {
    complete: folder.complete, order: folder.order, label: t('list.label', { name })
  })
  if (!folder.view.length && folder.complete) showEmpty()
  if (lost) focusList()
  showTools()
  whole.tell()
}

function showEmpty () {
  if (page.folder.query) frame.showPanel('search', t('list.none', { query: shown(page.folder.query) }))
  else if (!condition.writable) frame.showPanel('folder', t('list.empty'))
  else {
    frame.showPanel('upload', t('list.empty'), t('list.emptyText'), [
      [t('act.chooseFiles'), () => choose(here(), false), true], [t('act.newFolder'), () => actions.makeFolder()]
    ])
  }
}

/** Whether the focus is nowhere, or on what is not to be seen any more. */
function focusIsLost () {
  const { activeElement, body } = document
  return activeElement === body || !activeElement.getClientRects().length
}

function focusList () {
  if (listing.view.length) listing.focus()
  else frame.panel.focus()
}

function enter (before, error) {
  const { folder } = page
  const stays = first || (before.failure !== null && before.path === folder.path)
  closeMenu() // it is about what was shown
  if (!stays) leave(before, folder)
  frame.showPath(folder.path, address)
  const name = shown(nameOf(folder.path))
  document.title = name ? `${name} - ${t('app.brand')}` : t('app.brand')
  if (error) return
  watch()
  const place = places.get(folder.path)
  listing.enter(place?.name, place?.top ?? 0, folder.view)
  show()
  // At first nobody has been anywhere: the keyboard begins at the top of the page.
  if (!first && [document.body, frame.panel].includes(document.activeElement)) focusList()
  first = false
  announce(`${name || t('app.root')}, ${whole.text}`)
  if (stays && frame.search.value) search(frame.search.value)
}

function leave (before, folder) {
  places.set(before.path, { name: listing.view[listing.active]?.name, top: frame.scroller.scrollTop })
  // Up from a folder, the keyboard is at that folder.
  if (before.path && parentOf(before.path) === folder.path) {
    places.set(folder.path, { ...places.get(folder.path), name: nameOf(before.path) })
  }
  selection.clear()
  frame.search.value = ''
}

/** Show why the folder cannot be shown. */
function fail (error) {
  selection.clear()
  listing.show([], { complete: true, order: page.folder.order, label: t('app.root') })
  const gone = error.status === 404 || error.status === 400
  frame.showPanel(gone ? 'folder' : 'warning', gone ? t('error.folderGone') : explain(error), '', [gone
    ? [t('app.root'), () => { location.hash = '#/' }, true]
    : [t('error.again'), () => recovery.now(), true]])
  showTools()
  whole.tell()
  if (focusIsLost()) frame.panel.focus()
  announce(frame.panel.textContent)
  watch()
}

/** Say what is wrong, but what the panel says, and have it tried again for as long as it lasts. */
function watch () {
  const { failure, behind } = page.folder
  const error = failure ?? behind ?? trouble.now ?? condition.trouble
  showTrouble(failure ? null : error)
  if (error && passes(error)) recovery.begin(error)
  else recovery.over()
}

function showTools () {
  const files = selection.size > 0 && targets().every(({ kind }) => kind === 'file')
  const focused = document.activeElement !== document.body
  frame.showTools(selection.size, { files, writable: condition.writable, ready: page.isReady })
  if (focused && focusIsLost()) focusList()
}

/** The entries that an act at a row is about: what is selected, or the row alone. */
function targets (entry) {
  return !entry || selection.has(entry) ? selection.of(page.folder.view) : [entry]
}

/** The open directory for uploads, with what the person sees in it. */
function here () {
  const { path, entries } = page.folder
  return { directory: path, known: new Map(entries.map(entry => [join(path, entry.name), entry])) }
}

function openEntry (entry) {
  const path = join(page.folder.path, entry.name)
  if (entry.kind === 'directory') location.hash = address(path)
  else preview.open(path, entry, page.folder.view.filter(({ kind }) => kind === 'file'))
}

function download (entries) {
  for (const entry of entries) downloads.save(join(page.folder.path, entry.name), entry)
}

function selectAll () {
  selection.all(page.folder.view)
  listing.render()
  showTools()
  focusList()
}

function clear () {
  if (!selection.size) return false
  selection.clear()
  listing.render()
  showTools()
  focusList()
  return true
}

function up () {
  if (page.folder.path) location.hash = address(parentOf(page.folder.path))
}

function search (words) {
  frame.search.value = words
  selection.clear()
  whole.search(words.trim())
}

function hover (directory) {
  frame.showDrop(directory === null ? null : shown(nameOf(directory)) || t('app.root'))
}

function place (element) {
  if (!condition.writable || !page.isReady || document.querySelector('dialog')) return null
  const entry = listing.entryAt(element)
  if (entry?.kind === 'directory') return { directory: join(page.folder.path, entry.name) }
  return here()
}

function start () {
  document.documentElement.lang = language
  document.title = t('app.brand')
  frame.build()
  uploads.mount(frame.transfers)
  askForTokens()
  onToken(value => { if (value === null) location.reload() })
  trouble.onchange = watch
  addEventListener('offline', () => noteTrouble(new Unreachable('offline')))
  addEventListener('hashchange', () => page.open(pathOfAddress()))
  listen({ clear, focusList, search, selectAll, up })
  document.addEventListener('drive:focus', focusList)
  document.addEventListener('drive:changed', ({ detail }) => {
    page.reload(detail.directory)
    condition.lookSoon()
  })
  receive({ place, hover })
  frame.search.oninput = () => search(frame.search.value)
  openByButtons({
    choose: folders => choose(here(), folders),
    reload: () => page.folder.failure ? recovery.now() : page.reload()
  })
  frame.tools.newFolder.onclick = () => actions.makeFolder()
  frame.chosen.clear.onclick = clear
  frame.chosen.download.onclick = () => download(targets())
  frame.chosen.rename.onclick = () => actions.rename(targets()[0])
  frame.chosen.move.onclick = () => actions.move(targets())
  frame.chosen.delete.onclick = () => actions.remove(targets())
  showTools()
  frame.showPath(pathOfAddress(), address)
  condition.look().catch(() => {}) // the list says what is wrong
  page.open(pathOfAddress())
}

start()
