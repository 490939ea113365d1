// The dialog that says which keys do what, and the form for the token.
import { ask, open } from './dialogs.js'
import { make } from './dom.js'
import { askBy } from './session.js'
import { t } from './words.js'

const CONTROL = /Mac|iP/.test(navigator.platform) ? '⌘' : 'Ctrl'
const KEYS = [
  ['↑ ↓', 'keys.arrows'], ['Enter', 'act.open'], ['Backspace', 'keys.up'], ['Space', 'keys.space'],
  ['Shift ↑ ↓', 'keys.extend'], [`${CONTROL} A`, 'act.selectAll'], ['A – Z', 'keys.type'],
  ['F2', 'act.rename'], ['Delete', 'act.delete'], [`${CONTROL} Z`, 'act.undo'],
  ['Shift F10', 'keys.context'], ['/', 'app.search'], ['Esc', 'keys.escape'], ['?', 'keys.title']
]

/** Show the keys. */
export function showKeys () {
  const close = make('button.primary', {}, t('dialog.close'))
  open(make('div.keys', {}, make('h2', { id: 'keys' }, t('keys.title')),
    make('dl', {}, ...KEYS.map(([keys, words]) => make('div', {}, make('dt', {}, make('kbd', {}, keys)), make('dd', {}, t(words))))),
    make('div.buttons', {}, close)), 'keys', {
    start (done) {
      close.onclick = () => done(null)
      close.focus()
    }
  })
}

/** Ask for the token whenever the drive wants another one. */
export function askForTokens () {
  askBy(async refused => {
    for (;;) {
      const said = await ask({
        title: t('token.title'),
        body: t(refused ? 'token.wrong' : 'token.ask'),
        stays: true,
        input: {
          label: t('token.label'),
          type: 'password',
          check: token => !token.trim() ? t('token.empty')
            : /^[A-Za-z0-9._~+/-]+=*$/.test(token.trim()) ? '' : t('token.shape')
        },
        choices: [{ value: 'open', label: t('token.do'), kind: 'primary' }]
      })
      if (said) return said.value.trim()
    }
  })
}
