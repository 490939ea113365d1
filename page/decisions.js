// What the person decides when a file is not what it was, or when something else is in its place.
import { ask } from './dialogs.js'
import { shown } from './dom.js'
import { nameOf, parentOf } from './trees.js'
import { date, size, t } from './words.js'

/** The decisions in one act: one question at a time, and none twice that was answered for all. */
export class Decisions {
  #last = Promise.resolve()
  #forAll = new Map()

  /** `act` is delete, move or rename; `keepsVersions` says whether the drive has a trash. */
  constructor (act, { keepsVersions, many, signal }) {
    Object.assign(this, { act, keepsVersions, many, signal })
  }

  /** Whether to act on a file that somebody changed since it was seen. */
  async changed (path, seen, now) {
    return await this.#ask('changed', 'keep', {
      title: t('changed.title', { name: shown(nameOf(path)) }),
      body: [t('changed.text'), ...versions(seen, now)],
      choices: [{ value: 'act', label: t(`changed.act.${this.act}`), kind: 'danger' }],
      cancel: t('changed.keep'),
      cancelValue: 'keep'
    }) === 'act'
  }

  /** 'replace', 'both' or 'skip' where something is already at `path`; `isFile` can be replaced. */
  clash (path, isFile) {
    const choices = [{ value: 'both', label: t('clash.both'), kind: 'primary' }]
    if (isFile) choices.push({ value: 'replace', label: t('clash.replace'), kind: 'danger' })
    return this.#ask(`clash ${isFile}`, 'skip', {
      title: t('clash.title', { name: shown(nameOf(path)) }),
      body: isFile ? t(this.keepsVersions ? 'clash.replaceTrash' : 'clash.replaceNoTrash') : [],
      choices,
      cancel: t(this.many ? 'clash.skip' : 'dialog.cancel'),
      cancelValue: 'skip'
    })
  }

  /** Whether a directory goes into one of the same name. */
  async merge (path) {
    const words = { name: shown(nameOf(path)), folder: shown(nameOf(parentOf(path))) || t('app.root') }
    return await this.#ask('merge', 'skip', {
      title: t('clash.mergeTitle'),
      body: t('clash.mergeText', words),
      choices: [{ value: 'merge', label: t('clash.merge'), kind: 'primary' }],
      cancelValue: 'skip'
    }) === 'merge'
  }

  #ask (kind, otherwise, question) {
    const answer = this.#last.then(async () => {
      if (this.#forAll.has(kind)) return this.#forAll.get(kind)
      if (this.signal?.aborted) return otherwise
      const said = await ask({ ...question, option: this.many ? t('clash.option') : undefined, signal: this.signal })
      const choice = said?.choice ?? otherwise
      if (said?.option) this.#forAll.set(kind, choice)
      return choice
    })
    this.#last = answer.catch(() => {})
    return answer
  }
}

/** Two lines of what was seen and what is there now. */
function versions (seen, now) {
  const line = (key, version) => `${t(key)}: ${size(version.size)}, ${date(version.modified)}`
  return [line('changed.seen', seen), line('changed.now', now)]
}
