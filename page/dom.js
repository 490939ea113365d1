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
  audio: 'M9 18V5.5l10-2V16M9 18a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0ZM19 16a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0Z',
  close: 'M6 6l12 12M18 6L6 18',
  delete: 'M4 7h16M9.5 7V4.5h5V7M6.5 7l.8 13h9.4l.8-13M10 11v5.5M14 11v5.5',
  download: 'M12 4v11M7.5 11l4.5 4.5 4.5-4.5M5 20h14',
  file: 'M6 3.5h8l4.5 4.5v12.5H6zM13.5 3.5V8.5h5',
  folder: 'M3.5 6.5v12h17V8.5h-8.5l-2-2.5h-6.5z',
  help: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM9.5 9.5a2.5 2.5 0 1 1 3.6 2.2c-.8.4-1.1.9-1.1 1.8M12 16.5v.2',
  home: 'M4 11l8-7 8 7M6 9.5V20h4.5v-5.5h3V20H18V9.5',
  info: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 11v5.5M12 7.5v.2',
  more: 'M12 6v.01M12 12v.01M12 18v.01',
  move: 'M3.5 18.5v-12h6.5l2 2.5h8.5v9.5zM9 14h6M12.5 11.5L15 14l-2.5 2.5',
  newFolder: 'M3.5 6.5v12h17V8.5h-8.5l-2-2.5h-6.5zM12 11v5M9.5 13.5h5',
  pdf: 'M6 3.5h8l4.5 4.5v12.5H6zM13.5 3.5V8.5h5M9 13h6M9 16.5h6',
  picture: 'M4 5h16v14H4zM4 16l5-5 4 4 2.5-2.5L20 17M15 9v.01',
  reload: 'M19.5 12a7.5 7.5 0 1 1-2.300-5.400M19.5 3.5V8h-4.5',
  rename: 'M4 20h4L19 9l-4-4L4 16zM13 7l4 4',
  search: 'M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13ZM15.5 15.5L20 20',
  signOut: 'M14 4.5H5v15h9M10 12h10M16.5 8.5L20 12l-3.5 3.5',
  sorted: 'M12 19V5M6.5 10.5L12 5l5.5 5.5',
  text: 'M6 3.5h8l4.5 4.5v12.5H6zM13.5 3.5V8.5h5M9 12.5h6M9 16h4',
  upload: 'M12 16V5M7.5 9.5L12 5l4.5 4.5M5 20h14',
  video: 'M4 6h11v12H4zM15 10.5l5-3v9l-5-3',
  warning: 'M12 4L2.800 20h18.400zM12 10v4.5M12 17.200v.1'
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
