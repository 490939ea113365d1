"""The page without a mouse: all of it is reached, and it is always seen where one is."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.page.rows import fill, focused, row, visit_folder
from tests.service.served import serve

IS_MARKED = "() => getComputedStyle(document.activeElement).outlineStyle !== 'none'"


@pytest.fixture
def drive(tmp_path: Path) -> Path:
    fill(tmp_path, "a.txt", "b.txt", "c.txt", "d.txt", "e.txt", "docs/f.txt")
    return tmp_path


def test_a_day_of_work_without_a_mouse(page: Page, drive: Path) -> None:
    keys = page.keyboard
    with serve(drive, workers=2, TRASH_DAYS="7") as url:
        visit_folder(page, url)
        keys.press("ArrowDown")  # from nowhere into the list
        expect(row(page, "docs")).to_be_focused()
        keys.press("ArrowDown")
        keys.press("Shift+ArrowDown")
        keys.press("Shift+ArrowDown")
        expect(page.get_by_text("3 selected")).to_be_visible()
        keys.press("Space")
        expect(page.get_by_text("2 selected")).to_be_visible()
        expect(row(page, "a.txt")).to_have_attribute("aria-selected", "true")
        expect(row(page, "c.txt")).to_have_attribute("aria-selected", "false")
        keys.press("ArrowUp")
        keys.press("Delete")
        expect(page.get_by_role("rowheader")).to_have_text(["docs", "c.txt", "d.txt", "e.txt"])
        expect(row(page, "c.txt")).to_be_focused()
        keys.press("Control+z")
        expect(row(page, "a.txt")).to_be_focused()
        keys.press("Control+a")
        expect(page.get_by_text("6 selected")).to_be_visible()
        keys.press("Escape")
        expect(page.get_by_text("6 selected")).to_be_hidden()
        keys.press("F2")
        keys.type("z")
        keys.press("Enter")
        expect(row(page, "z.txt")).to_be_focused()
        keys.press("Home")
        keys.press("Enter")
        expect(row(page, "f.txt")).to_be_focused()
        keys.press("Alt+ArrowUp")
        expect(row(page, "docs")).to_be_focused()
        keys.press("d")
        expect(row(page, "d.txt")).to_be_focused()  # the next name that begins so
        keys.press("/")
        keys.type("e.t")
        expect(page.get_by_role("rowheader")).to_have_text(["e.txt"])
        keys.press("ArrowDown")
        expect(row(page, "e.txt")).to_be_focused()
        keys.press("Escape")
        keys.press("?")
        expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
        keys.press("Escape")
        assert focused(page)


def test_the_menu_of_a_row_is_gone_through_by_keys(page: Page, drive: Path) -> None:
    with serve(drive, TRASH_DAYS="7") as url:
        visit_folder(page, url)
        row(page, "b.txt").focus()
        page.keyboard.press("Shift+F10")
        menu = page.get_by_role("menu", name="b.txt")
        expect(menu.get_by_role("menuitem").first).to_be_focused()
        page.keyboard.press("ArrowUp")
        expect(menu.get_by_role("menuitem", name="Delete")).to_be_focused()
        page.keyboard.press("Escape")
        expect(row(page, "b.txt")).to_be_focused()


def test_tab_reaches_each_control_and_each_is_marked(page: Page, drive: Path) -> None:
    reached = list[str]()
    with serve(drive) as url:
        visit_folder(page, url)
        for _ in range(30):
            page.keyboard.press("Tab")
            name = focused(page).split("\n")[0]
            if not name:  # out of the page
                break
            assert page.evaluate(IS_MARKED), name
            reached.append(name)
    assert reached == [
        *("Go to the files", "Search in this folder", "Menu", "All files"),
        *("New folder", "Upload", "Select all", "Name", "Size", "Changed"),
        *("docs", "Select docs", "docs", "Actions for docs"),
    ]
