// Elements, made without HTML: what a stranger wrote is only ever text.

/**
 * Make an element: `make('button.plain', {onclick, 'aria-label': text}, 'text', child)`. Properties are set
 * as such; those that have a dash are attributes. Strings become text nodes; null is left out.
 */
export function make (what, properties = {}, ...children) {
  const [tag, ...classes] = what.split('.')
  const element = document.createElement(tag)
  if (tag === 'button') element.type = 'button'
  if (classes.length) element.className = classes.join(' ')
  for (const [name, value] of Object.entries(properties)) {
    if (name.includes('-') || name === 'role') element.setAttribute(name, value)
    else element[name] = value
  }
  element.append(...children.flat().filter(each => each !== null && each !== undefined))
  return element
}

/** Make the element of a name: isolated from the direction of the text around it. */
export function bdi (name) {
  return make('bdi', {}, shown(name))
}

/**
 * Return a name as it is shown: with a sign for what cannot be seen, or would show it in another
 * order than it is written in.
 */
export function shown (name) {
  return name
    .replace(/[\0-\x1f]/g, each => String.fromCharCode(0x2400 + each.charCodeAt(0)))
    .replace(/\x7f/g, '\u2421')
    .replace(/[\x80-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, each =>
      `[U+${each.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}]`)
}

const SVG = 'http://www.w3.org/2000/svg'
// Drawn on 24 × 24 with a line of 1.75; all in one path.
const PATHS = {
  archive: 'M4 4h16v4H4zM5.5 8v12h13V8M10 12h4',
  audio: 'M9 18V5l11-2v13M9 18a3 2 0 1 1-6 0 3 2 0 0 1 6 0ZM20 16a3 2 0 1 1-6 0 3 2 0 0 1 6 0Z',
  close: 'M6 6l12 12M18 6L6 18',
  delete: 'M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v5M14 11v5',
  download: 'M12 4v11M7 11l5 5 5-5M5 20h14',
  file: 'M6 3h8l5 5v13H6zM14 3v5h5',
  folder: 'M3 6v13h18V8h-9l-2-2z',
  more: 'M12 6v.01M12 12v.01M12 18v.01',
  move: 'M3 6v13h18V8h-9l-2-2zM8 13.5h7M12.5 11l2.5 2.5-2.5 2.5',
  newFolder: 'M3 6v13h18V8h-9l-2-2zM12 11v5M9.5 13.5h5',
  next: 'M9 5l7 7-7 7',
  pause: 'M8.5 5v14M15.5 5v14',
  picture: 'M4 5h16v14H4zM4 16l5-5 8 8M14 15l2-2 4 4M15 9v.01',
  previous: 'M15 5l-7 7 7 7',
  reload: 'M19 12a7 7 0 1 1-2-5M19 3v5h-5',
  rename: 'M4 20h4L19 9l-4-4L4 16zM13 7l4 4',
  resume: 'M8 5l11 7-11 7z',
  search: 'M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM15 15l6 6',
  signOut: 'M14 4H5v16h9M10 12h10M16 8l4 4-4 4',
  sorted: 'M12 19V5M6 11l6-6 6 6',
  text: 'M6 3h8l5 5v13H6zM14 3v5h5M9 13h7M9 17h4',
  upload: 'M12 16V5M7 9l5-5 5 5M5 20h14',
  video: 'M4 6h11v12H4zM15 10l5-3v10l-5-3',
  warning: 'M12 4L3 20h18zM12 10v4M12 17v.1'
}

/** Make a small picture, which says nothing to those who do not see it. */
export function icon (name) {
  const svg = document.createElementNS(SVG, 'svg')
  svg.setAttribute('viewBox', '0 0 24 24')
  svg.setAttribute('aria-hidden', 'true')
  svg.setAttribute('class', `icon icon-${name}`)
  draw(svg, name)
  return svg
}

/** Have an icon show another picture. */
export function draw (svg, name) {
  const path = svg.firstChild ?? svg.appendChild(document.createElementNS(SVG, 'path'))
  path.setAttribute('d', PATHS[name])
}
