"""The page for all who read it: in their language, direction, size and colours."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import axe
from tests.browser.chromium import DESKTOP, PHONE
from tests.page.rows import act, fill, row, select, visit_folder
from tests.service.served import serve

OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
HOSTILE = [
    "<img src=x onerror=document.title='ran'>.txt",
    "{name} $& ${1} %3Cb%3E.txt",
    "line\nbreak.txt",
    "\u202egnp.exe",
    "תמונה (1).png",
    "n" * 251 + ".txt",
    "-rf",
    "__proto__",
]


@pytest.mark.parametrize("language", ["zh-TW", "zh-HK", "zh-Hant"])
def test_the_page_speaks_chinese_where_the_browser_asks_for_it(
    new_page: Callable[..., Page], tmp_path: Path, language: str
) -> None:
    fill(tmp_path, "a.txt")
    page = new_page(locale=language)
    with serve(tmp_path, TRASH_DAYS="7") as url:
        visit_folder(page, url)
        assert page.locator("html").get_attribute("lang") == "zh-Hant"
        expect(page.get_by_role("gridcell", name="5 位元組")).to_be_visible()
        row(page, "a.txt").get_by_role("button", name="「a.txt」的操作").click()
        page.get_by_role("menuitem", name="刪除").click()
        expect(page.get_by_text("已刪除「a.txt」").first).to_be_visible()
        expect(page.get_by_role("heading", name="這個資料夾是空的")).to_be_visible()


def test_each_word_is_there_in_both_languages() -> None:
    folder = Path(__file__).resolve().parents[2] / "page"
    for table in ("dictionary.js", "transfer-words.js"):
        lines = (folder / table).read_text().split("= `\n")[1].removesuffix("\n`\n").split("\n")
        for key, english, chinese in zip(lines[::3], lines[1::3], lines[2::3], strict=True):
            assert not key.startswith(" "), key
            assert english.startswith("  "), key
            assert chinese.startswith("  "), key


def test_names_of_strangers_are_text_and_nothing_else(page: Page, tmp_path: Path) -> None:
    fill(tmp_path, *HOSTILE)
    shown = [
        name.replace("\n", "\u2424").replace("\u2424", "\u240a").replace("\u202e", "[U+202E]")
        for name in HOSTILE
    ]
    with serve(tmp_path, TRASH_DAYS="7") as url:
        visit_folder(page, url)
        found = page.get_by_role("rowheader").all_inner_texts()
        assert sorted(found) == sorted(shown)
        for name in shown:
            act(page, name, "Delete")
            expect(row(page, name)).to_have_count(0)
            page.get_by_role("button", name="Undo").click()
            expect(row(page, name)).to_be_focused()
        expect(page).to_have_title("Lambda Drive")
        assert page.evaluate(OVERFLOW) == 0


def test_the_page_is_whole_from_right_to_left(page: Page, tmp_path: Path) -> None:
    fill(tmp_path, "ملف.txt", "a.txt")
    with serve(tmp_path) as url:
        visit_folder(page, url)
        page.evaluate("document.documentElement.dir = 'rtl'")
        name = row(page, "a.txt").get_by_role("rowheader").bounding_box()
        box = row(page, "a.txt").get_by_role("checkbox").bounding_box()
        assert name
        assert box
        assert box["x"] > name["x"] + name["width"] / 2
        assert page.evaluate(OVERFLOW) == 0
        act(page, "a.txt", "Rename")
        expect(page.get_by_role("textbox", name="New name")).to_be_focused()


def test_a_phone_has_every_action(new_page: Callable[..., Page], tmp_path: Path) -> None:
    fill(tmp_path, "a.txt", "docs/b.txt", f"{'long ' * 40}.txt")
    page = new_page(viewport=PHONE, has_touch=True, is_mobile=True)
    with serve(tmp_path, TRASH_DAYS="7") as url:
        visit_folder(page, url)
        assert page.evaluate(OVERFLOW) == 0
        row(page, "docs").tap()
        expect(row(page, "b.txt")).to_be_visible()
        page.get_by_role("button", name="Actions for b.txt").tap()
        page.get_by_role("menuitem", name="Move").tap()
        page.get_by_role("button", name="All files").tap()
        page.get_by_role("button", name="Move here").tap()
        expect(page.get_by_role("heading", name="This folder is empty")).to_be_visible()
        page.get_by_role("link", name="All files").tap()
        select(page, "a.txt", "b.txt")
        page.get_by_role("button", name="Delete").tap()
        expect(page.get_by_text("Deleted 2 items").first).to_be_visible()
        assert page.evaluate(OVERFLOW) == 0


@pytest.mark.parametrize(
    ("scheme", "screen"), [("light", DESKTOP), ("dark", PHONE)], ids=["light", "dark phone"]
)
def test_axe_finds_nothing(
    new_page: Callable[..., Page], tmp_path: Path, scheme: str, screen: dict[str, int]
) -> None:
    fill(tmp_path, "a.txt", "b.jpg", "docs/c.txt")
    page = new_page(viewport=screen, color_scheme=scheme)
    with serve(tmp_path, TRASH_DAYS="7", MAX_DRIVE_BYTES="100000") as url:
        visit_folder(page, url)
        assert axe.findings(page) == []
        select(page, "a.txt")
        page.get_by_role("button", name="Delete").click()
        expect(page.get_by_role("button", name="Undo")).to_be_visible()
        select(page, "b.jpg")
        assert axe.findings(page) == []
        page.get_by_role("button", name="Actions for b.jpg").click()
        assert axe.findings(page) == []
        page.get_by_role("menuitem", name="Move").click()
        expect(page.get_by_role("dialog").get_by_role("button", name="docs")).to_be_visible()
        assert axe.findings(page) == []
        page.keyboard.press("Escape")
        page.get_by_role("searchbox").fill("nowhere")
        expect(page.get_by_role("heading", name="nowhere")).to_be_visible()
        assert axe.findings(page) == []
