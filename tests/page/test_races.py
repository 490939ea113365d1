"""What comes late belongs to what it was asked for: a person has gone on, and sees what is there.

Each kind of request is held back until the person is somewhere else, is back, or is on the way.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from _pytest.mark import ParameterSet
from playwright.sync_api import Page, Request, expect

from tests.page.late import Held, Late, go, see
from tests.page.rows import act, fill
from tests.page.visit import choose
from tests.service.served import serve


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of request."""

    held: str
    """The method and the path of what comes late; {a} is the folder, {b} the other one."""
    begin: Callable[[Page, str, str], None]
    """What the person does in the folder {a} before going to {b}."""
    said: str = ""
    """What the page says when it has come."""
    left: bool = False
    """Whether nobody waits for it any more in another folder."""


def _load(page: Page, _a: str, _b: str) -> None:
    page.get_by_role("button", name="Menu").click()
    page.get_by_role("menuitem", name="Load again").click()


def _upload(page: Page, _a: str, _b: str) -> None:
    choose(page, {"name": "new.txt", "mimeType": "text/plain", "buffer": b"new"})


def _make(page: Page, _a: str, _b: str) -> None:
    page.get_by_role("button", name="New folder").click()
    page.get_by_role("textbox", name="Name").fill("made")
    page.keyboard.press("Enter")


def _rename(page: Page, _a: str, _b: str) -> None:
    act(page, "one.txt", "Rename")
    page.get_by_role("textbox", name="New name").fill("renamed.txt")
    page.keyboard.press("Enter")


def _move(page: Page, _a: str, b: str) -> None:
    act(page, "one.txt", "Move")
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name=b.removesuffix("/b"), exact=True).click()
    dialog.get_by_role("button", name="b", exact=True).click()
    page.get_by_role("button", name="Move here").click()


def _delete(page: Page, _a: str, _b: str) -> None:
    act(page, "one.txt", "Delete")


def _undo(page: Page, a: str, b: str) -> None:
    _delete(page, a, b)
    page.get_by_role("button", name="Undo").click()


def _view(page: Page, _a: str, _b: str) -> None:
    act(page, "one.txt", "View")


def _nothing(_page: Page, _a: str, _b: str) -> None:
    """The folder is only opened."""


KINDS = {
    "list": Kind(held="GET /files/{a}/", begin=_nothing, left=True),
    "reload": Kind(held="GET /files/{a}/", begin=_load, left=True),
    "reload-after-upload": Kind(held="GET /files/{a}/", begin=_upload, left=True),
    "upload": Kind(held="PUT /files/{a}/", begin=_upload, said="Uploaded 1 file"),
    "make": Kind(held="PUT /files/{a}/made/", begin=_make),
    "rename": Kind(held="POST /files/{a}/one", begin=_rename, said="is now renamed.txt"),
    "move": Kind(held="POST /files/{a}/one", begin=_move, said="Moved 1 item to b"),
    "delete": Kind(held="DELETE /files/{a}/one", begin=_delete, said="Deleted one.txt"),
    "undo": Kind(held="GET /trash/", begin=_undo, said="Put back: 1"),
    "health": Kind(held="GET /health", begin=_make),
    "preview": Kind(held="GET /files/{a}/one", begin=_view, said="a/one.txt"),
}
# Where the person is when it comes.
PLACES = ("there", "back", "on-the-way", "on-the-way-back")


def _cases() -> Iterator[ParameterSet]:
    """Each kind at one of the places, and each week at the others too."""
    for number, name in enumerate(KINDS):
        place = number % len(PLACES)
        yield pytest.param(name, PLACES[place : place + 1], id=name)
        others = PLACES[:place] + PLACES[place + 1 :]
        yield pytest.param(name, others, id=f"{name}, elsewhere", marks=pytest.mark.weekly)


@pytest.mark.parametrize(("name", "places"), [*_cases()])
def test_what_comes_late_changes_nothing_but_its_own_folder(
    page: Page, tmp_path: Path, name: str, places: tuple[str, ...]
) -> None:
    kind, drive = KINDS[name], tmp_path
    with Late() as late, serve(drive, TRASH_DAYS="7", through=late) as url:
        page.goto(f"{url}/")
        for place in places:
            a, b = f"{place}/a", f"{place}/b"
            fill(drive, f"{a}/one.txt", f"{a}/two.txt", f"{b}/other.txt")
            begin = place if kind.begin is _nothing else a
            go(page, begin)
            see(page, drive, begin)
            held = late.hold(kind.held.format(a=a))
            if kind.begin is _nothing:
                go(page, a)
            kind.begin(page, a, b)
            held.until_reached()
            _walk(page, drive, late, place, partial(_come, page, kind, held))
            other = a if place in ("there", "on-the-way") else b
            go(page, other)
            see(page, drive, other)
            for close in reversed(page.get_by_role("button", name="Close").all()):
                close.click()  # so that it is said anew


def _walk(page: Page, drive: Path, late: Late, place: str, come: Callable[[], None]) -> None:
    """Leave the folder a, let what is late come at a place, and see that what is shown is there."""
    a, b = f"{place}/a", f"{place}/b"
    ways = {"there": [b], "back": [b, a], "on-the-way": [b], "on-the-way-back": [b, a]}[place]
    for folder in ways[:-1]:
        go(page, folder)
        see(page, drive, folder)
    list_ = late.hold(f"GET /files/{ways[-1]}/", answered=True) if "way" in place else None
    go(page, ways[-1])
    if list_:
        list_.until_reached()
        come()
        list_.let_go()
    else:
        see(page, drive, ways[-1])
        come()
    see(page, drive, ways[-1])


def _asked(request: Request) -> str:
    return f"{request.method} {urlsplit(request.url).path}"


def _come(page: Page, kind: Kind, held: Held) -> None:
    """Let what is late come, and wait until the page has dealt with it."""
    if kind.left:
        held.let_go()
        return
    with page.expect_response(lambda answer: bool(held.wanted.search(_asked(answer.request)))):
        held.let_go()
    if kind.said:
        said = page.locator(".note, .transfers, .preview").filter(has_text=kind.said)
        expect(said).to_be_visible()
    page.keyboard.press("Escape")  # closes the preview


def test_a_folder_that_is_deleted_while_the_person_opens_it_goes_and_comes_back(
    page: Page, tmp_path: Path
) -> None:
    fill(tmp_path, "a/in/one.txt", "a/in/two.txt")
    with Late() as late, serve(tmp_path, TRASH_DAYS="7", through=late) as url:
        page.goto(f"{url}/#/a")
        see(page, tmp_path, "a")
        held = late.hold("DELETE /files/a/in/one")
        act(page, "in", "Delete")
        held.until_reached()
        go(page, "a/in")
        expect(page.get_by_role("rowheader", name="one.txt")).to_be_visible()
        held.let_go()
        expect(page.get_by_role("heading", name="not there any more")).to_be_visible()
        page.get_by_role("button", name="Undo").click()
        expect(page.get_by_text("Put back: 2").first).to_be_visible()
        see(page, tmp_path, "a/in")
