// What a person does to files and folders. Each act goes by what the person saw, and says what came
// of it.
import { chooseFolder, folderName } from './chooser.js'
import { Decisions } from './decisions.js'
import { ask } from './dialogs.js'
import { shown } from './dom.js'
import { makeDirectory } from './drive.js'
import { explain, say, working } from './status.js'
import { join, moveAll, parentOf, putBack, removeAll } from './trees.js'
import { t } from './words.js'

/** Return what is wrong with one segment of a name, or ''; the drive itself says all else. */
function nameTrouble (name) {
  if (!name) return t('name.empty')
  return name.includes('/') ? t('name.slash') : ''
}

/**
 * The acts on the folder that is open; another may be when they end. `page` is an `Opened`, and `changed()`
 * is called after an act.
 */
export class Actions {
  constructor (page, condition, changed) {
    Object.assign(this, { page, condition, changed })
  }

  async makeFolder () {
    const { folder } = this.page
    const there = name => folder.find(name) ? t('make.there', { name: shown(name) }) : ''
    const said = await ask({
      title: t('make.title'),
      input: { label: t('list.name'), check: name => nameTrouble(name) || there(name) },
      choices: [{ value: 'make', label: t('make.do'), kind: 'primary' }]
    })
    if (!said) return
    const name = said.value
    await this.#attempt(async () => {
      await makeDirectory(join(folder.path, name))
      await this.page.patch(folder.path, { added: [newFolder(name)] }, name)
    })
  }

  async rename (entry) {
    const { folder } = this.page
    const dot = entry.kind === 'file' ? entry.name.lastIndexOf('.') : -1
    const said = await ask({
      title: t('rename.title', { name: shown(entry.name) }),
      input: {
        label: t('rename.label'),
        value: entry.name,
        select: [0, dot > 0 ? dot : entry.name.length],
        check: nameTrouble
      },
      choices: [{ value: 'rename', label: t('rename.do'), kind: 'primary' }]
    })
    if (!said || said.value === entry.name) return
    await this.#move('rename', [entry], folder.path, () => join(folder.path, said.value))
  }

  async move (entries) {
    const { folder } = this.page
    const paths = entries.filter(({ kind }) => kind === 'directory').map(({ name }) => `${join(folder.path, name)}/`)
    const to = await chooseFolder({
      title: t('move.title', { count: entries.length }),
      start: folder.path,
      refuse: path => {
        if (path === folder.path) return t('move.same')
        return paths.some(each => `${path}/`.startsWith(each)) ? t('move.inside') : ''
      }
    })
    if (to === null) return
    await this.#move('move', entries, folder.path, entry => join(to, entry.name))
  }

  async #move (act, entries, directory, target) {
    const work = working(t('move.working'))
    const decide = this.#decisions(act, entries, work)
    await this.#attempt(async () => {
      const outcome = await moveAll(directory, entries, target, { ...work, decide })
      work.end()
      const { moved } = outcome
      const removed = moved.map(({ entry }) => entry.name)
      const here = moved.filter(({ path }) => parentOf(path) === directory)
      const added = here.map(({ entry, path }) => ({ ...entry, name: nameIn(path), folded: undefined }))
      await this.page.patch(directory, { removed, added }, added[0]?.name)
      const to = parentOf(target(entries[0]))
      if (to !== directory) this.page.reload(to)
      this.#reloadBelow(entries, entry => [join(directory, entry.name), target(entry)])
      const words = act === 'rename'
        ? moved.length ? t('rename.done', { from: shown(entries[0].name), to: shown(nameIn(moved[0].path)) }) : ''
        : t('move.done', { count: moved.length, to: folderName(to) })
      this.#tell(moved.length ? words : '', outcome)
    }, work)
  }

  async remove (entries) {
    const { page: { folder }, condition } = this
    const count = entries.length
    await condition.known() // or what cannot come back would be deleted unasked
    const { keepsVersions } = condition
    if (!keepsVersions) {
      const said = await ask({
        title: t('remove.forGoodTitle', { count }),
        body: t('remove.forGoodText'),
        choices: [{ value: 'delete', label: t('remove.forGood'), kind: 'danger' }]
      })
      if (!said) return
    }
    const work = working(t('remove.working'))
    const decide = this.#decisions('delete', entries, work)
    await this.#attempt(async () => {
      const outcome = await removeAll(folder.path, entries, { ...work, decide })
      work.end()
      const done = new Set(outcome.done)
      const gone = entries.filter(({ name }) => done.has(join(folder.path, name)))
      await this.page.patch(folder.path, { removed: gone.map(({ name }) => name) })
      this.#reloadBelow(entries, entry => [join(folder.path, entry.name)])
      const whole = gone.length === 1 ? t('remove.doneOne', { name: shown(gone[0].name) }) : t('remove.done', { count: gone.length })
      const undo = () => this.#undo(folder.path, outcome, gone)
      const possible = keepsVersions && outcome.done.length
      this.#tell(gone.length ? whole : '', outcome, possible ? [t('act.undo'), undo] : undefined)
    }, work)
  }

  async #undo (directory, removed, entries) {
    const work = working(t('remove.undoing'))
    const decide = this.#decisions('delete', removed.files, work)
    await this.#attempt(async () => {
      const outcome = await putBack(removed, { ...work, decide })
      work.end()
      if (outcome.elsewhere || outcome.kept.length || outcome.missing || outcome.failures.length) await this.page.reload(directory)
      else await this.page.patch(directory, { added: entries }, entries[0]?.name)
      this.#reloadBelow(entries, entry => [join(directory, entry.name)])
      const missing = outcome.missing ? t('remove.missing', { count: outcome.missing }) : ''
      this.#tell([t('remove.undone', { count: outcome.done.length }), missing].filter(Boolean).join('. '), outcome)
    }, work)
  }

  /** Load again what is open and stands in a folder that an act was about; `paths(entry)` are its paths. */
  #reloadBelow (entries, paths) {
    for (const path of entries.filter(({ kind }) => kind === 'directory').flatMap(paths)) {
      this.page.reload(path, { below: true })
    }
  }

  #decisions (act, entries, work) {
    const many = entries.length > 1 || entries.some(({ kind }) => kind === 'directory')
    return new Decisions(act, { keepsVersions: this.condition.keepsVersions, many, signal: work.signal })
  }

  /** Say what came of it: what was done, and what was not and why. */
  #tell (words, { failures, kept }, action) {
    const details = failures.map(({ path, error }) => path
      ? t('error.failedFor', { name: shown(nameIn(path)), why: explain(error) })
      : explain(error))
    const stay = kept.length ? t('move.stay', { count: kept.length }) : ''
    const failed = failures.length ? t('error.some', { count: failures.length }) : ''
    const text = [words, stay, failed].filter(Boolean).join('. ')
    if (text) say(text, { action, details, kind: failures.length ? 'wrong' : 'done' })
  }

  async #attempt (act, work) {
    try {
      await act()
    } catch (error) {
      // What the person has stopped did not fail.
      if (!work?.signal.aborted) say(`${t('error.title')}. ${explain(error)}`, { kind: 'wrong' })
    } finally {
      work?.end()
      this.changed()
    }
  }
}

const nameIn = path => path.slice(path.lastIndexOf('/') + 1)

function newFolder (name) {
  return { name, kind: 'directory', size: 0, modified: new Date().toISOString(), etag: null }
}
