// Questions to the person, each in a dialog of its own, one above the other.
import { make } from './dom.js'
import { t } from './words.js'

let number = 0

/**
 * Ask, and resolve to `{choice, value, option}`, or to null when the person closes the dialog.
 *
 *     ask({
 *       title: 'Delete 3 files?',
 *       body: ['text', node],                         // optional
 *       choices: [{value: 'delete', label: 'Delete', kind: 'danger'}],   // kind: primary, danger or ''
 *       input: {label, value, select: [0, 4], check: value => 'what is wrong, or nothing'},
 *       option: 'Do the same for all others'          // a box to tick
 *     })
 *
 * Escape and the button "Cancel" (`cancel` is its text) close it; with `cancelValue` the button is a
 * choice as others. `stays`: there is no way but to answer. Focus goes back to where it was.
 * Enter in the input takes the first choice, which has the focus where there is no input; before a
 * danger, "Cancel" has it. `signal` closes the dialog from outside.
 */
export function ask (question) {
  const { title, body = [], choices = [], input, option, cancel, cancelValue, stays, signal } = question
  const id = `dialog-${++number}`
  const field = input && inputField(input, id)
  const tick = option ? make('input', { type: 'checkbox' }) : null
  const dismiss = make('button', {}, cancel ?? t('dialog.cancel'))
  const buttons = choices.map(({ label, kind = '', value }) =>
    make(`button${kind ? `.${kind}` : ''}`, { value }, label))
  const form = make('form', { noValidate: true },
    make('h2', { id }, title),
    ...[body].flat().map(each => typeof each === 'string' ? make('p', {}, each) : each),
    field?.row,
    tick && make('label.tick', {}, tick, option),
    make('div.buttons', {}, stays ? null : dismiss, ...[...buttons].reverse()))
  return open(form, id, {
    signal,
    stays,
    start (done) {
      const choose = choice => {
        const wrong = field?.wrong()
        if (!wrong) done({ choice, value: field?.input.value, option: Boolean(tick?.checked) })
      }
      dismiss.onclick = () => cancelValue === undefined ? done(null) : choose(cancelValue)
      for (const button of buttons) button.onclick = () => choose(button.value)
      form.onsubmit = event => {
        event.preventDefault()
        choose(choices[0].value)
      }
      const first = buttons.find((_, at) => choices[at].kind !== 'danger') ?? dismiss
      ;(field?.input ?? first).focus()
      if (field && input.select) field.input.setSelectionRange(...input.select)
    }
  })
}

function inputField ({ label, value = '', check = () => '', type = 'text' }, id) {
  const said = make('p.wrong', { id: `${id}-wrong`, role: 'alert' })
  const input = make('input', {
    type, value, autocomplete: 'off', spellcheck: false, dir: 'auto', 'aria-describedby': said.id
  })
  const wrong = () => {
    said.textContent = check(input.value) || ''
    input.setAttribute('aria-invalid', Boolean(said.textContent))
    if (said.textContent) input.focus()
    return said.textContent
  }
  input.oninput = () => { if (said.textContent) wrong() }
  const row = make('div.field', {}, make('label', {}, label, input), said)
  return { row, input, wrong }
}

/**
 * Open a dialog with `content`, whose heading has `labelId`, and resolve to what is given to `done`
 * by `start(done)`; to null on Escape or by the `signal`.
 */
export function open (content, labelId, { start, signal, stays = false } = {}) {
  return new Promise(resolve => {
    const before = document.activeElement
    const dialog = make('dialog', { 'aria-labelledby': labelId }, content)
    let result = null
    const done = value => {
      result = value
      dialog.close()
    }
    const stop = () => done(null)
    dialog.onclose = () => {
      signal?.removeEventListener('abort', stop)
      dialog.remove()
      if (before?.isConnected) before.focus()
      resolve(result)
    }
    dialog.oncancel = event => { if (stays) event.preventDefault() }
    // A click beside the dialog closes it, where nothing was typed.
    dialog.onpointerdown = event => {
      if (event.target === dialog && !stays && !dialog.querySelector('input:not([type=checkbox])')) done(null)
    }
    // Keys are the dialog's, not the page's behind it.
    dialog.onkeydown = event => event.stopPropagation()
    signal?.addEventListener('abort', stop)
    document.body.append(dialog)
    dialog.showModal()
    start?.(done)
  })
}
