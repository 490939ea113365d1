// Files and folders that a person drops on the page, pastes, or chooses from the machine.
import { make } from './dom.js'
import { uploads } from './uploads.js'

/**
 * Take what is dropped on or pasted into the page. `place(element)` returns `{directory, known}` for
 * a drop at an element, or null where nothing may be dropped; `hover(directory or null)` says over
 * which directory it is.
 */
export function receive ({ place, hover }) {
  const isFiles = event => event.dataTransfer?.types.includes('Files')
  // Safari does not say where a drag goes to (https://bugs.webkit.org/show_bug.cgi?id=66547). It has left
  // the page when it leaves what it came to last.
  let entered = null
  document.addEventListener('dragenter', event => { entered = event.target })
  document.addEventListener('dragover', event => {
    if (!isFiles(event)) return
    event.preventDefault() // or the browser would open the file in place of the page
    const to = place(event.target)
    event.dataTransfer.dropEffect = to ? 'copy' : 'none'
    hover(to ? to.directory : null)
  })
  document.addEventListener('dragleave', event => { if (event.target === entered) hover(null) })
  document.addEventListener('drop', event => {
    if (!isFiles(event)) return
    event.preventDefault()
    hover(null)
    const to = place(event.target)
    if (to) uploads.fromDrop(event.dataTransfer, to.directory, to)
  })
  document.addEventListener('paste', event => {
    const to = event.target.closest('input, dialog') ? null : place(event.target)
    if (!to || !event.clipboardData.files.length) return
    event.preventDefault()
    uploads.fromDrop(event.clipboardData, to.directory, to)
  })
}

let last = null

/** Let the person choose files, or with `folders` a folder, that go to a `{directory, known}`. */
export function choose (to, folders) {
  last?.remove()
  const input = last = make('input', { type: 'file', multiple: true, webkitdirectory: folders, hidden: true })
  input.onchange = () => uploads.fromInput(input, to.directory, to)
  // Safari on a phone forgets an input that stands nowhere, before the person has chosen
  // (https://github.com/immich-app/immich/pull/29660).
  document.body.append(input)
  input.click()
}
