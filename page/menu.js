// A menu of actions, beside what it belongs to.
import { icon, make } from './dom.js'

let close = () => {}

/** Close the menu, if one is open. */
export const closeMenu = () => close()

/**
 * Show a menu of `items` ({label, icon, act, danger, keys}; a null is a line between two groups)
 * at `place`: an element, or the event of a pointer. `title` is read and shown above it.
 */
export function showMenu (items, place, title) {
  close()
  const before = document.activeElement
  const buttons = []
  const list = items.map(item => {
    if (!item) return make('div.line', { role: 'separator' })
    const button = make(`button${item.danger ? '.danger' : ''}`, { role: 'menuitem', tabIndex: -1 },
      icon(item.icon), make('span', {}, item.label), item.keys ? make('kbd', { 'aria-hidden': 'true' }, item.keys) : null)
    button.onclick = () => {
      close()
      item.act()
    }
    buttons.push(button)
    return button
  })
  const menu = make('div.menu', { role: 'menu', 'aria-label': title?.textContent ?? '' },
    title ? make('div.title', { 'aria-hidden': 'true' }, title) : null, ...list)
  const opener = place instanceof Element && place.matches('button') ? place : null
  opener?.setAttribute('aria-expanded', 'true')
  close = () => {
    close = () => {}
    opener?.setAttribute('aria-expanded', 'false')
    document.removeEventListener('pointerdown', outside, true)
    removeEventListener('resize', away)
    removeEventListener('hashchange', away)
    const inside = menu.contains(document.activeElement)
    menu.remove()
    if (inside && before?.isConnected) before.focus()
  }
  const away = () => close()
  const outside = event => { if (!menu.contains(event.target)) close() }
  menu.onkeydown = event => {
    event.stopPropagation()
    const at = buttons.indexOf(document.activeElement)
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key]
    if (to !== undefined) buttons.at(to % buttons.length).focus()
    else if (event.key === 'Escape' || event.key === 'Tab') close()
    else return
    event.preventDefault()
  }
  menu.oncontextmenu = event => event.preventDefault() // the key that opened it may make such an event, too
  document.addEventListener('pointerdown', outside, true)
  addEventListener('resize', away)
  addEventListener('hashchange', away)
  document.querySelector('main').append(menu)
  stand(menu, place)
  buttons[0].focus()
}

/** Put the menu where all of it can be seen. */
function stand (menu, place) {
  const { width, height } = menu.getBoundingClientRect()
  const rightToLeft = getComputedStyle(document.documentElement).direction === 'rtl'
  let x = place.clientX
  let y = place.clientY
  if (place instanceof Element) {
    const box = place.getBoundingClientRect()
    x = (rightToLeft ? box.left : box.right - width)
    y = box.bottom + 4
    if (y + height > innerHeight - 8) y = box.top - height - 4
  } else if (rightToLeft) {
    x -= width
  }
  menu.style.left = `${Math.max(8, Math.min(x, innerWidth - width - 8))}px`
  menu.style.top = `${Math.max(8, Math.min(y, innerHeight - height - 8))}px`
}
