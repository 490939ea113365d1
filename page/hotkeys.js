// The keys that do something wherever the focus is; listing.js has those of the list.
import * as frame from './frame.js'
import { showKeys } from './help.js'
import { takeOffer } from './status.js'

/** Listen to keys. `does` has `focusList`, `selectAll`, `clear` (false: nothing is), `search`, `up`. */
export function listen (does) {
  document.addEventListener('keydown', event => {
    const { key } = event
    const many = event.ctrlKey || event.metaKey
    const typing = event.target.matches('input:not([type=checkbox]), textarea')
    if (event.defaultPrevented || (typing && event.target !== frame.search)) return
    if (key === 'Escape') {
      if (typing && frame.search.value) does.search('')
      else if (!does.clear() && typing) does.focusList()
    } else if (typing) {
      if (key !== 'ArrowDown') return
      does.focusList()
    } else if (many && key.toLowerCase() === 'a') does.selectAll()
    else if (many && key.toLowerCase() === 'z') takeOffer()
    else if (key === '/' && !many) frame.search.focus()
    else if (key === '?') showKeys()
    else if (key === 'ArrowDown' && event.target === document.body) does.focusList()
    else if ((key === 'Backspace' && !many) || (event.altKey && key === 'ArrowUp')) does.up()
    else return
    event.preventDefault()
  })
}
