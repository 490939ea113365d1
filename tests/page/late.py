"""Answers that come late: what a test holds back until it lets it go, while a person goes on."""

import re
import threading
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.patience import PATIENCE_SECONDS
from tests.service.served import Answer, Event
from tests.service.shell import Invoke, method


class Held:
    """One request that is held back, before the drive hears of it or when it has answered."""

    def __init__(self, wanted: str, *, answered: bool) -> None:
        self.wanted, self.answered = re.compile(wanted), answered
        self.spent = False
        self._reached, self._go = threading.Event(), threading.Event()

    def until_reached(self) -> None:
        assert self._reached.wait(PATIENCE_SECONDS), f"nobody asked for {self.wanted.pattern}"

    def let_go(self) -> None:
        self._go.set()

    def wait(self) -> None:
        self._reached.set()
        self._go.wait(PATIENCE_SECONDS)


class Late:
    """Stands before a drive, and holds back what it is told to.

    with Late() as late, serve(drive, through=late) as url:
        held = late.hold("POST /files/a.txt$")
        …
        held.until_reached()
        …
        held.let_go()
    """

    def __init__(self) -> None:
        self._all = list[Held]()
        self._lock = threading.Lock()

    def __enter__(self) -> "Late":
        return self

    def __exit__(self, *_: object) -> None:
        for held in self._all:
            held.let_go()

    def hold(self, wanted: str, *, answered: bool = False) -> Held:
        """Hold back the next request whose method and path match `wanted`, a regular expression.

        With `answered` the drive carries it out at once, and its answer is held back.
        """
        held = Held(wanted, answered=answered)
        self._all.append(held)
        return held

    def __call__(self, event: Event, invoke: Invoke) -> Answer:
        held = self._of(f"{method(event)} {event['rawPath']}?{event['rawQueryString']}")
        if held is None:
            return invoke(event)
        if held.answered:
            answer = invoke(event)
            held.wait()
            return answer
        held.wait()
        return invoke(event)

    def _of(self, request: str) -> Held | None:
        with self._lock:
            for held in self._all:
                if not held.spent and held.wanted.search(request):
                    held.spent = True
                    return held
        return None


def go(page: Page, folder: str) -> None:
    """Go to a folder, by the address."""
    page.evaluate("folder => { location.hash = `#/${folder}` }", folder)


def see(page: Page, drive: Path, folder: str) -> None:
    """Wait until the page shows a folder as it is on the disk, and nothing that is wrong."""
    there = sorted((drive / folder).iterdir(), key=lambda path: (path.is_file(), path.name))
    expect(page.locator(".crumbs [aria-current]")).to_have_text(folder.rpartition("/")[2])
    expect(page.locator("[role=rowheader]")).to_have_text([path.name for path in there])
    expect(page.locator("body")).to_have_attribute("aria-busy", "false")
    # What came in this moment has been dealt with in the next one.
    page.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done)))")
    assert page.locator("[role=rowheader]").all_inner_texts() == [path.name for path in there]
    expect(page.locator("section.panel")).to_be_hidden()
    expect(page.locator(".banner")).to_be_hidden()
    expect(page.locator(".note.wrong")).to_have_count(0)
    assert "abort" not in page.locator("body").inner_text().lower()
