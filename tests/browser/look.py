"""What a browser shows of pages on disk: what is to be seen, and what the keyboard reaches."""

from collections.abc import Sequence
from pathlib import Path
from typing import TypedDict

from playwright.sync_api import Browser, Dialog, Page

from tests.browser.axe import findings
from tests.browser.chromium import DESKTOP, PHONE, started


class Contrast(TypedDict):
    """The text with the least contrast, and how much it has."""

    ratio: float
    text: str


class Seen(TypedDict):
    """A page in one screen."""

    page: str
    screen: str
    requests: list[str]
    messages: list[str]
    title: str
    overflow: int
    contrast: Contrast
    findings: list[str]
    background: str
    controls: list[int]
    reached: list[int]
    unmarked: list[int]
    closed: int
    folded_in_print: int
    first_screen: str


_MOST_STEPS = 400
# WCAG's ratio of the text that has the least, between its colour and the nearest ground behind it.
_LEAST_CONTRAST = r"""() => {
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
    const colour = numbers(getComputedStyle(element).color).slice(0, 3)
    const pair = [colour, ground(element)].map(luminance)
    const ratio = (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05)
    if (ratio < least.ratio) least = { ratio, text: texts.currentNode.data.trim() }
  }
  return least
}"""
_FOCUSED = """() => {
  const each = document.activeElement
  const all = [...document.querySelectorAll('a[href], summary')]
  const marked = getComputedStyle(each).outlineStyle !== 'none'
  return { number: all.indexOf(each), body: each === document.body, marked }
}"""
_FIRST_SCREEN = """() => [...document.querySelectorAll('h1, nav a, main li p')]
  .filter(each => each.getBoundingClientRect().bottom <= innerHeight)
  .map(each => each.innerText).join('\\n')"""
_FOLDED_IN_PRINT = """() => [...document.querySelectorAll('details')]
  .filter(each => !each.querySelector('li').checkVisibility()).length"""
_IS_FOLDED = "() => document.activeElement.matches('details:not([open]) > summary')"
_CONTROLS = "() => document.querySelectorAll('a[href], summary').length"
_CLOSED = "() => document.querySelectorAll('details:not([open])').length"
_OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
_BACKGROUND = "() => getComputedStyle(document.body).backgroundColor"


def look(pages: Sequence[Path]) -> list[Seen]:
    """Open the first page on a phone and on a desktop, dark and light, the others on a phone."""
    first, *others = pages
    with started() as browser:
        return [
            *(
                _seen(browser, first, phone=phone, dark=dark)
                for phone in (True, False)
                for dark in (False, True)
            ),
            *(_seen(browser, other, phone=True, dark=False) for other in others),
        ]


def take(page: Path, picture: Path) -> None:
    """Take a picture of the first screen of a page."""
    with started() as browser:
        shown = browser.new_page(viewport={"width": 900, "height": 640})
        shown.goto(page.resolve().as_uri())
        shown.screenshot(path=picture)


def _seen(browser: Browser, file: Path, *, phone: bool, dark: bool) -> Seen:
    context = browser.new_context(
        viewport=PHONE if phone else DESKTOP,
        color_scheme="dark" if dark else "light",
        is_mobile=phone,
        has_touch=phone,
    )
    page = context.new_page()
    requests = list[str]()
    messages = list[str]()

    def dismiss(dialog: Dialog) -> None:
        messages.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: messages.append(message.text))
    page.on("pageerror", lambda error: messages.append(str(error)))
    page.on("dialog", dismiss)
    page.goto(file.resolve().as_uri())
    first_screen = page.evaluate(_FIRST_SCREEN)
    page.emulate_media(media="print")
    folded_in_print = page.evaluate(_FOLDED_IN_PRINT)
    page.emulate_media(media="screen")
    reached, unmarked = _reached(page)
    found: Seen = {
        "page": str(file.resolve()),
        "screen": f"{'phone' if phone else 'desktop'}, {'dark' if dark else 'light'}",
        "requests": requests,
        "messages": messages,
        "title": page.title(),
        "overflow": page.evaluate(_OVERFLOW),
        "contrast": page.evaluate(_LEAST_CONTRAST),
        "findings": findings(page),
        "background": page.evaluate(_BACKGROUND),
        "controls": [*range(page.evaluate(_CONTROLS))],
        "reached": reached,
        "unmarked": unmarked,
        "closed": page.evaluate(_CLOSED),
        "folded_in_print": folded_in_print,
        "first_screen": first_screen,
    }
    context.close()
    return found


def _reached(page: Page) -> tuple[list[int], list[int]]:
    """Tab through the page, and open by Enter what is folded, until the focus leaves it."""
    reached, unmarked = list[int](), list[int]()
    for _ in range(_MOST_STEPS):
        page.keyboard.press("Tab")
        focused = page.evaluate(_FOCUSED)
        if focused["body"] or focused["number"] in reached:
            break
        reached.append(focused["number"])
        if not focused["marked"]:
            unmarked.append(focused["number"])
        if page.evaluate(_IS_FOLDED):
            page.keyboard.press("Enter")
    return reached, unmarked
