"""Downloads from the page of a drive with a token: of any size, and all of one version."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.page.visit import TOKEN, shown, visit_with_token, with_token
from tests.service.served import Answer, Event
from tests.service.shell import MIB, Invoke

LARGE = os.urandom(24 * MIB)


@pytest.fixture
def drive(tmp_path: Path) -> Path:
    made = tmp_path / "drive"
    made.mkdir()
    return made


def download(page: Page, name: str) -> None:
    page.get_by_role("row", name=name).get_by_role("button", name="Actions").click()
    page.get_by_role("menuitem", name="Download").click()


def is_part(event: Event, first: int) -> bool:
    """Whether it is a request for bytes of a file from `first` on, or later ones."""
    found = event["headers"].get("range", "").removeprefix("bytes=").partition("-")[0]
    return event["rawPath"].startswith("/files/") and found.isdecimal() and int(found) >= first


def test_files_of_any_size_and_name_are_saved_as_they_are(page: Page, drive: Path) -> None:
    """Faults that pass are tried again: one answer fails, and one connection breaks."""
    files = {
        "film.mov": LARGE,
        "empty": b"",
        "日本 'ü' (1)%20#?.html": b"<script>alert(1)</script>",
    }
    for name, content in files.items():
        (drive / name).write_bytes(content)
    faults = [{"statusCode": 502, "headers": {}, "body": "", "isBase64Encoded": False}, None]

    def through(event: Event, invoke: Invoke) -> Answer | None:
        return faults.pop() if faults and is_part(event, 8 * MIB) else invoke(event)

    with with_token(drive, workers=2, through=through) as url:
        visit_with_token(page, url)
        for name, content in files.items():
            with page.expect_download() as found:
                download(page, name)
            saved = Path(found.value.path())
            assert found.value.suggested_filename.endswith(Path(name).suffix)
            assert saved.read_bytes() == content, name
    assert not faults


def test_a_file_that_changes_meanwhile_is_no_download_of_two_versions(
    page: Page, drive: Path
) -> None:
    (drive / "film.mov").write_bytes(LARGE)

    def through(event: Event, invoke: Invoke) -> Answer:
        if is_part(event, 16 * MIB):
            (drive / "new").write_bytes(LARGE[::-1])
            (drive / "new").replace(drive / "film.mov")
        return invoke(event)

    with with_token(drive, workers=2, through=through) as url:
        visit_with_token(page, url)
        with page.expect_download() as found:
            download(page, "film.mov")
        assert found.value.failure()
        expect(page.get_by_text("Somebody changed film.mov").first).to_be_visible()


def test_an_address_that_the_page_did_not_make_gets_no_token(page: Page, drive: Path) -> None:
    (drive / "a.txt").write_bytes(b"secret")
    with with_token(drive, workers=2) as url:
        visit_with_token(page, url)
        with page.expect_download():
            download(page, "a.txt")
        assert page.evaluate("navigator.serviceWorker.controller !== null")
        other = page.context.new_page()
        for address in ("a.txt", "a.txt?save=made-up", "a.txt?view=made-up"):
            answer = page.evaluate(
                "address => fetch(address).then(answer => answer.status, () => 0)",
                f"{url}/files/{address}",
            )
            assert answer in {0, 401, 204}
            try:
                opened = other.goto(f"{url}/files/{address}")
            except Exception:  # noqa: BLE001 - the browser shows no such page
                opened = None
            assert "secret" not in (other.content() if opened else "")


def test_without_a_service_worker_a_file_comes_by_the_window(
    new_page: Callable[..., Page], drive: Path
) -> None:
    content = LARGE[: 9 * MIB]
    (drive / "film.mov").write_bytes(content)
    (drive / "huge.bin").touch()
    os.truncate(drive / "huge.bin", 513 * MIB)
    page = new_page(service_workers="block")
    with with_token(drive, workers=2) as url:
        visit_with_token(page, url)
        with page.expect_download() as found:
            download(page, "film.mov")
        assert Path(found.value.path()).read_bytes() == content
        download(page, "huge.bin")
        expect(page.get_by_text("a private window can download up to").first).to_be_visible()


def test_a_second_tab_has_the_token_and_downloads(page: Page, drive: Path) -> None:
    (drive / "a.bin").write_bytes(LARGE[: 5 * MIB])
    with with_token(drive, workers=2) as url:
        visit_with_token(page, url)
        other = page.context.new_page()
        other.goto(f"{url}/")
        shown(other)
        with other.expect_download() as found:
            download(other, "a.bin")
        assert Path(found.value.path()).read_bytes() == LARGE[: 5 * MIB]
        assert TOKEN not in other.url
