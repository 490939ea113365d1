// Opens pages from disk in a browser, as people do, and tells as JSON what is to be seen and reached.
// Standard input: {modules, browser, pages, picture}; with a picture, it is all that is made.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

const asked = JSON.parse(readFileSync(0, 'utf8'))
const require = createRequire(asked.modules)
const { chromium } = require('playwright-core')

const SCREENS = [
  { name: 'phone, light', viewport: { width: 360, height: 740 }, colorScheme: 'light', isMobile: true, hasTouch: true },
  { name: 'phone, dark', viewport: { width: 360, height: 740 }, colorScheme: 'dark', isMobile: true, hasTouch: true },
  { name: 'desktop, light', viewport: { width: 1280, height: 800 }, colorScheme: 'light' },
  { name: 'desktop, dark', viewport: { width: 1280, height: 800 }, colorScheme: 'dark' },
]

async function launched () {
  if (asked.browser !== '@sparticuz/chromium') return chromium.launch({ executablePath: asked.browser })
  // So that it brings its own libraries.
  process.env.AWS_LAMBDA_JS_RUNTIME = 'nodejs22.x'
  const packaged = (await import(pathToFileURL(require.resolve('@sparticuz/chromium')))).default
  return chromium.launch({ executablePath: await packaged.executablePath(), args: ['--no-zygote'] })
}

// WCAG's ratio of the text that has the least, between its colour and the nearest ground behind it.
function leastContrast () {
  const channel = each => each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4
  const luminance = rgb => {
    const [red, green, blue] = rgb.map(each => channel(each / 255))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
  }
  const numbers = colour => colour.match(/[\d.]+/g).map(Number)
  const ground = element => {
    for (let each = element; each; each = each.parentElement) {
      const colour = numbers(getComputedStyle(each).backgroundColor)
      if (colour.length === 3 || colour[3] > 0) return colour.slice(0, 3)
    }
    return [255, 255, 255]
  }
  let least = { ratio: 99, text: '' }
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement
    if (!texts.currentNode.data.trim() || element.closest('svg')) continue
    const pair = [numbers(getComputedStyle(element).color).slice(0, 3), ground(element)].map(luminance)
    const ratio = (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05)
    if (ratio < least.ratio) least = { ratio, text: texts.currentNode.data.trim() }
  }
  return least
}

const named = () => {
  const each = document.activeElement
  const all = [...document.querySelectorAll('a[href], summary')]
  return { number: all.indexOf(each), body: each === document.body, marked: getComputedStyle(each).outlineStyle !== 'none' }
}

// Tab through the page, and open by Enter what is folded, until the focus leaves it.
async function reached (page) {
  const found = { reached: new Set(), unmarked: [] }
  for (let steps = 0; steps < 400; steps++) {
    await page.keyboard.press('Tab')
    const { number, body, marked } = await page.evaluate(named)
    if (body || found.reached.has(number)) break
    found.reached.add(number)
    if (!marked) found.unmarked.push(String(number))
    const folded = await page.evaluate(() => document.activeElement.matches('details:not([open]) > summary'))
    if (folded) await page.keyboard.press('Enter')
  }
  return { reached: [...found.reached].map(String), unmarked: found.unmarked }
}

async function seen (browser, file, { name, ...screen }) {
  const context = await browser.newContext(screen)
  const page = await context.newPage()
  const [requests, messages] = [[], []]
  page.on('request', request => requests.push(request.url()))
  page.on('console', message => messages.push(message.text()))
  page.on('pageerror', error => messages.push(String(error)))
  page.on('dialog', dialog => { messages.push(`dialog: ${dialog.message()}`); dialog.dismiss() })
  await page.goto(pathToFileURL(file).href)
  const firstScreen = await page.evaluate(() => [...document.querySelectorAll('h1, nav a, main li p')]
    .filter(each => each.getBoundingClientRect().bottom <= innerHeight).map(each => each.innerText).join('\n'))
  await page.emulateMedia({ media: 'print' })
  const foldedInPrint = await page.evaluate(() => [...document.querySelectorAll('details')]
    .filter(each => !each.querySelector('li').checkVisibility()).length)
  await page.emulateMedia({ media: 'screen' })
  const keyboard = await reached(page)
  const found = {
    page: file,
    screen: name,
    requests,
    messages,
    title: await page.title(),
    contrast: await page.evaluate(leastContrast),
    background: await page.evaluate(() => getComputedStyle(document.body).backgroundColor),
    controls: await page.evaluate(() => [...document.querySelectorAll('a[href], summary')].map((_, number) => String(number))),
    ...keyboard,
    closed: await page.evaluate(() => document.querySelectorAll('details:not([open])').length),
    overflow: await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth),
    folded_in_print: foldedInPrint,
    first_screen: firstScreen,
  }
  await context.close()
  return found
}

const browser = await launched()
try {
  if (asked.picture) {
    const page = await browser.newPage({ viewport: { width: 900, height: 640 } })
    await page.goto(pathToFileURL(asked.pages[0]).href)
    await page.screenshot({ path: asked.picture })
  } else {
    const found = []
    const [first, ...others] = asked.pages
    for (const screen of SCREENS) found.push(await seen(browser, first, screen))
    for (const file of others) found.push(await seen(browser, file, SCREENS[0]))
    console.log(JSON.stringify(found))
  }
} finally {
  await browser.close()
}
