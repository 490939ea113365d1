// The dialog in which a folder is chosen, to which something moves.
import { open } from './dialogs.js'
import { bdi, icon, make, shown } from './dom.js'
import { listing } from './drive.js'
import { explain } from './status.js'
import { join, nameOf, parentOf } from './trees.js'
import { t } from './words.js'

/**
 * Let the person choose a folder, beginning at `start`, and resolve to its path, or to null.
 * `refuse(path)` returns why a folder cannot be chosen, or ''.
 */
export function chooseFolder ({ title, start, refuse }) {
  const path = make('nav.crumbs', { 'aria-label': t('app.path') })
  const list = make('ul.folders')
  const said = make('p.note', { role: 'status' })
  const cancel = make('button', {}, t('dialog.cancel'))
  const choose = make('button.primary', {}, t('move.do'))
  const content = make('div.chooser', {}, make('h2', { id: 'chooser' }, title), path, list, said,
    make('div.buttons', {}, cancel, choose))
  let here = start
  let going = null

  const go = async (directory, cursor = null) => {
    here = directory
    going?.abort()
    const { signal } = going = new AbortController()
    const parts = directory ? directory.split('/') : []
    path.replaceChildren(...['', ...parts].map((name, at) => {
      const button = make('button.plain', { onclick: () => go(parts.slice(0, at).join('/')) },
        at ? bdi(name) : t('app.root'))
      if (at === parts.length) button.setAttribute('aria-current', 'page')
      return button
    }))
    const reason = refuse(directory)
    choose.disabled = Boolean(reason)
    said.textContent = reason || t('list.loading')
    if (cursor === null) list.replaceChildren()
    try {
      const page = await listing(directory, { cursor, signal })
      const folders = page.entries.filter(({ kind }) => kind === 'directory')
      list.append(...folders.map(({ name }) => make('li', {},
        make('button.plain', { onclick: () => go(join(directory, name)) }, icon('folder'), bdi(name)))))
      if (page.cursor !== null) {
        const more = make('button.plain', {}, t('list.loadRest'))
        more.onclick = () => {
          more.parentNode.remove()
          go(directory, page.cursor)
        }
        list.append(make('li', {}, more))
      }
      said.textContent = reason || (list.childElementCount ? '' : t('move.noFolders'))
      if (!content.contains(document.activeElement)) path.lastChild.focus()
    } catch (error) {
      if (!signal.aborted) said.textContent = explain(error)
    }
  }

  return open(content, 'chooser', {
    start (done) {
      cancel.onclick = () => done(null)
      choose.onclick = () => done(here)
      content.onkeydown = event => {
        if (event.altKey && event.key === 'ArrowUp') go(parentOf(here))
      }
      go(start)
      path.lastChild.focus()
    }
  }).finally(() => going.abort())
}

/** Return the words for a folder. */
export const folderName = path => shown(nameOf(path)) || t('app.root')
