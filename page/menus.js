// What is in the menus of the page.
import { bdi } from './dom.js'
import { signOut, token } from './drive.js'
import * as frame from './frame.js'
import { showKeys } from './help.js'
import { showMenu } from './menu.js'
import { t } from './words.js'

/**
 * Show what can be done with entries, at an element or a pointer. `does` has `open`, `download`,
 * `rename`, `move` and `remove`, which are called with them; the first and third with one.
 */
export function entryMenu (entries, place, { writable, does }) {
  const [entry] = entries
  const one = entries.length === 1
  const files = entries.every(({ kind }) => kind === 'file')
  const item = (label, icon, act, keys, danger = false) => ({ label: t(`act.${label}`), icon, act, keys, danger })
  showMenu([
    ...(one ? [item(files ? 'view' : 'open', files ? 'file' : 'folder', () => does.open(entry), 'Enter')] : []),
    ...(files ? [item('download', 'download', () => does.download(entries))] : []),
    ...(writable
      ? [
          ...(one || files ? [null] : []),
          ...(one ? [item('rename', 'rename', () => does.rename(entry), 'F2')] : []),
          item('move', 'move', () => does.move(entries)),
          item('delete', 'delete', () => does.remove(entries), 'Del', true)
        ]
      : [])
  ], place, one ? bdi(entry.name) : document.createTextNode(t('act.selected', { count: entries.length })))
}

/** Have the buttons of the page open their menus; `choose(folders)` lets the person choose uploads. */
export function openByButtons ({ reload, choose }) {
  frame.menuButton.onclick = () => showMenu([
    { label: t('app.reload'), icon: 'reload', act: reload },
    { label: t('app.help'), icon: 'text', act: showKeys, keys: '?' },
    ...(token() ? [null, { label: t('app.signOut'), icon: 'signOut', act: signOut }] : [])
  ], frame.menuButton)
  frame.tools.upload.onclick = () => showMenu([
    { label: t('act.chooseFiles'), icon: 'file', act: () => choose(false) },
    { label: t('act.chooseFolder'), icon: 'folder', act: () => choose(true) }
  ], frame.tools.upload)
}
