"""What Firefox and Safari do in another way, acted in Chromium: the page lives with it.

docs/page.md says in which browsers the page was tried by hand.
"""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.page.rows import fill, row, visit_folder
from tests.page.visit import Gate, choose, transfers, uploaded, visit
from tests.service.served import serve
from tests.service.shell import MIB

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0"
# Firefox reads what a file is now, and cuts a part of it where the file ended when it was chosen.
READS = """() => {
    const chosen = File.prototype.stream
    const part = Blob.prototype.slice
    window.becomes = content => {
        const now = new File([content], "now")
        File.prototype.slice = function (from, to) {
            return part.call(now, from, Math.min(to, this.size))
        }
        File.prototype.stream = () => chosen.call(now)
    }
}"""
# A drag passes over the elements of the page, and Safari says of none which one is next.
PASS_OVER = """([from, to]) => {
    const files = new DataTransfer()
    files.items.add(new File(["a"], "a.txt"))
    const at = (element, kind) => element.dispatchEvent(
        new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer: files }))
    const [here, there] = [from, to].map(each => document.querySelector(each))
    at(here, "dragenter")
    at(here, "dragover")
    at(there, "dragenter")
    at(here, "dragleave")
    const between = document.querySelector(".drop").checkVisibility()
    at(there, "dragleave")
    return [between, document.querySelector(".drop").checkVisibility()]
}"""


@pytest.mark.parametrize(
    "length",
    [9 * MIB, pytest.param(9 * MIB + 1, marks=pytest.mark.weekly)],
    ids=["other", "longer"],
)
def test_a_large_file_that_changes_on_its_way_is_not_put_together_of_two(
    new_page: Callable[..., Page], tmp_path: Path, length: int
) -> None:
    drive, file = tmp_path / "drive", tmp_path / "film.mov"
    drive.mkdir()
    content = os.urandom(9 * MIB)
    file.write_bytes(content)
    gate = Gate("PATCH")
    page = new_page(user_agent=FIREFOX)
    page.add_init_script(f"({READS})()")
    with serve(drive, workers=2, through=gate) as url:
        visit(page, url)
        gate.shut()
        choose(page, file)
        gate.reached.wait()
        page.evaluate("length => becomes(new Uint8Array(length))", length)
        gate.open()
        expect(transfers(page)).to_contain_text("The file has changed since it was chosen")
        assert not (drive / "film.mov").exists()

        page.reload()
        choose(page, file)  # as it was
        uploaded(page, 1)
    assert (drive / "film.mov").read_bytes() == content


def test_a_chosen_file_comes_from_an_input_that_stands_in_the_page(
    page: Page, tmp_path: Path
) -> None:
    with serve(tmp_path) as url:
        visit(page, url)
        for _ in range(2):
            with page.expect_file_chooser() as chooser:
                page.get_by_role("button", name="Upload", exact=True).click()
                page.get_by_role("menuitem", name="Upload files").click()
            assert chooser.value.element.evaluate("it => it.isConnected")
        assert page.locator("input[type=file]").count() == 1


def test_what_is_dragged_over_the_page_is_said_until_it_leaves(page: Page, tmp_path: Path) -> None:
    fill(tmp_path, "a.txt")
    with serve(tmp_path) as url:
        visit_folder(page, url)
        assert page.evaluate(PASS_OVER, ["main", ".rows .row"]) == [True, False]
        assert page.evaluate(PASS_OVER, [".rows .row", "header"]) == [True, False]


def test_a_key_that_makes_no_event_of_a_menu_opens_it(page: Page, tmp_path: Path) -> None:
    fill(tmp_path, "a.txt")
    with serve(tmp_path) as url:
        visit_folder(page, url)
        row(page, "a.txt").dispatch_event("keydown", {"key": "F10", "shiftKey": True})
        menu = page.get_by_role("menu", name="a.txt")
        expect(menu.get_by_role("menuitem").first).to_be_focused()
        assert not menu.evaluate(
            "it => it.dispatchEvent(new Event('contextmenu', { cancelable: true }))"
        )


def test_of_small_files_one_that_changed_holds_up_no_other(
    new_page: Callable[..., Page], tmp_path: Path
) -> None:
    drive, mine = tmp_path / "drive", tmp_path / "mine"
    drive.mkdir()
    fill(mine, "a.txt", "b.txt", "c.txt")
    gate = Gate("GET")
    page = new_page(user_agent=FIREFOX)
    with serve(drive, workers=2, through=gate) as url:
        visit(page, url)
        gate.shut()
        choose(page, *sorted(mine.iterdir()))
        gate.reached.wait()
        (mine / "c.txt").write_text("grows and grows")
        gate.open()
        uploaded(page, 2)
        expect(transfers(page)).to_contain_text("The file has changed since it was chosen")
    assert gate.asked("PUT") == 0
