"""Folders on the page: opened, sorted, searched, and of any size."""

import os
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from tests.page.rows import fill, focused, names, row, visit_folder
from tests.service.served import serve

ENTRIES, PAGE = 100_000, 1000


@pytest.fixture
def drive(tmp_path: Path) -> Path:
    fill(tmp_path, "photos/2026/sea.jpg", "photos/trees.jpg", "a10.txt", "a9.txt", "Überblick.md")
    return tmp_path


def test_the_first_list_takes_two_requests(page: Page, drive: Path) -> None:
    asked = list[str]()
    with serve(drive) as url:
        page.on("request", lambda request: asked.append(request.url.removeprefix(url)))
        with page.expect_response("**/health"):
            visit_folder(page, url)
    assert sorted(path for path in asked if not re.match("/$|/page/|data:", path)) == [
        "/files/",
        "/health",
    ]


def test_folders_open_by_mouse_and_keys_and_the_address_says_where(page: Page, drive: Path) -> None:
    with serve(drive) as url:
        visit_folder(page, url)
        page.get_by_role("link", name="photos").click()
        expect(row(page, "trees.jpg")).to_be_visible()
        page.get_by_role("link", name="2026").press("Enter")
        expect(row(page, "sea.jpg")).to_be_visible()
        assert focused(page) == "sea.jpg"
        expect(page).to_have_url(f"{url}/#/photos/2026")
        expect(page).to_have_title("2026 - Lambda Drive")
        page.keyboard.press("Backspace")
        expect(row(page, "trees.jpg")).to_be_visible()
        assert "2026" in focused(page)  # the folder that the person came from
        page.go_back()
        expect(row(page, "sea.jpg")).to_be_visible()
        page.reload()
        expect(row(page, "sea.jpg")).to_be_visible()
        page.get_by_role("navigation", name="Path").get_by_role("link", name="All files").click()
        expect(row(page, "a9.txt")).to_be_visible()


def test_the_address_of_a_file_shows_it_in_its_folder(page: Page, drive: Path) -> None:
    with serve(drive) as url:
        visit_folder(page, url, "photos/trees.jpg")
        expect(page).to_have_url(f"{url}/#/photos")
        expect(row(page, "trees.jpg")).to_be_visible()


def test_a_folder_is_sorted_as_people_count_and_by_size_and_time(page: Page, drive: Path) -> None:
    (drive / "a9.txt").write_text("much longer than the others")
    for age, name in enumerate(["a10.txt", "Überblick.md", "a9.txt"]):
        os.utime(drive / name, (1_700_000_000 - age, 1_700_000_000 - age))
    with serve(drive) as url:
        visit_folder(page, url)
        assert names(page) == ["photos", "a9.txt", "a10.txt", "Überblick.md"]
        size = page.get_by_role("columnheader", name="Size")
        for order, last in [("ascending", "a9.txt"), ("descending", "a10.txt")]:
            size.get_by_role("button").click()
            expect(size).to_have_attribute("aria-sort", order)
            assert names(page)[0] == "photos"
            assert names(page)[-1] == last
        page.get_by_role("button", name="Changed").click()
        expect(page.get_by_role("rowheader").nth(1)).to_have_text("a9.txt")


def test_a_search_finds_without_capitals_and_accents(page: Page, drive: Path) -> None:
    with serve(drive) as url:
        visit_folder(page, url)
        page.get_by_role("searchbox").fill("uber")
        expect(page.get_by_role("rowheader")).to_have_text(["Überblick.md"])
        page.get_by_role("searchbox").fill("nowhere")
        expect(page.get_by_role("heading", name="“nowhere”")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.get_by_role("rowheader")).to_have_count(4)


class Many:
    """Answers for a folder of 100,000 files, as a drive does.

    What it forgives: no directory of that size is read from a disk for each page.
    """

    def __init__(self, page: Page) -> None:
        """Answer the first pages, and hold back what is asked for beyond them until `go_on`."""
        self._held: list[Route] | None = []
        page.route(re.compile("/files/([?].*)?$"), self._asked)

    def go_on(self) -> None:
        held, self._held = self._held, None
        for route in held or []:
            self._answer(route)

    def _asked(self, route: Route) -> None:
        if self._held is not None and _first(route) >= 5 * PAGE:
            self._held.append(route)
        else:
            self._answer(route)

    def _answer(self, route: Route) -> None:
        numbers = range(_first(route), _first(route) + PAGE)
        entries = [
            {
                "name": f"file-{number:05}.txt",
                "kind": "file",
                "size": (number * 7919) % ENTRIES,
                "modified": "2026-11-27T10:00:00+00:00",
                "etag": f'"{number}"',
            }
            for number in numbers
        ]
        following = entries[-1]["name"] if numbers[-1] < ENTRIES - 1 else None
        route.fulfill(json={"entries": entries, "cursor": following})


def _first(route: Route) -> int:
    cursor = parse_qs(urlsplit(route.request.url).query).get("cursor")
    return int(cursor[0][len("file-") : -len(".txt")]) + 1 if cursor else 0


def test_a_folder_of_100_000_files_scrolls_and_is_sorted_and_searched_as_a_whole(
    page: Page, tmp_path: Path
) -> None:
    drive = Many(page)
    with serve(tmp_path) as url:
        visit_folder(page, url)
        grid, main = page.get_by_role("grid"), page.get_by_role("main")
        expect(grid).to_have_attribute("aria-rowcount", "-1")  # nobody knows yet
        expect(main.get_by_text("First 1,000 items")).to_be_visible()

        row(page, "file-00000.txt").focus()
        page.keyboard.press("End")
        expect(main.get_by_text("First 2,000 items")).to_be_visible()
        assert focused(page).startswith("file-00999.txt")

        page.get_by_role("button", name="Size").click()
        expect(main.get_by_text("Loading the whole folder: 5,000")).to_be_visible()
        page.keyboard.press("ArrowDown")  # what the person does meanwhile is done at once
        page.get_by_role("button", name="Stop").click()
        drive.go_on()
        expect(main.get_by_text("Only these are looked at.")).to_be_visible()

        page.get_by_role("searchbox").fill("99999")
        expect(page.get_by_role("rowheader")).to_have_text(["file-99999.txt"])
        expect(main.get_by_text("1 match", exact=True)).to_be_visible()
        page.keyboard.press("Escape")
        expect(main.get_by_text("100,000 items", exact=True)).to_be_visible()
        expect(grid).to_have_attribute("aria-rowcount", str(ENTRIES + 1))

        page.get_by_role("button", name="Size").click()
        first, last = row(page, "file-82321.txt"), row(page, "file-00000.txt")
        first.focus()
        page.keyboard.press("End")
        expect(last).to_be_focused()
        expect(last).to_have_attribute("aria-rowindex", str(ENTRIES + 1))
        assert len(names(page)) < 100


def test_a_folder_is_loaded_again_when_asked(page: Page, tmp_path: Path) -> None:
    fill(tmp_path, "a.txt")
    with serve(tmp_path) as url:
        visit_folder(page, url)
        fill(tmp_path, "b.txt")
        page.get_by_role("button", name="Menu").click()
        page.get_by_role("menuitem", name="Load again").click()
        expect(row(page, "b.txt")).to_be_visible()
