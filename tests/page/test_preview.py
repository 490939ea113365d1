"""The preview of stored files: what a browser can show is shown, and nothing of it runs."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.page.test_stored_files import HOSTILE, SCRIPT, picture, sound
from tests.page.visit import shown, visit_with_token, with_token
from tests.patience import until
from tests.service.served import serve
from tests.service.shell import MIB

LONG = "".join(f"line {number} ü\n" for number in range(30_000))
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
)
FILES = {
    "a.html": HOSTILE["a.html"].encode(),
    "b.svg": HOSTILE["a.svg"].replace("<svg ", '<svg width="9" height="9" ').encode(),
    "c.png": picture(),
    "d.wav": sound(),
    "e.pdf": PDF,
    "f.txt": LONG.encode(),
    "g.js": SCRIPT.encode(),
    "h.bin": bytes(range(256)),
    "i.tar.gz": b"\x1f\x8b",
    "j.png": b"no picture",
    "k.bmp": b"BM" + (5 * MIB).to_bytes(4, "little"),
    "l.txt": b"",
}


@pytest.fixture(params=["signed", "token"])
def opened(request: pytest.FixtureRequest, page: Page, tmp_path: Path) -> Iterator[Page]:
    """The page of a drive, with a token and without one, as it is behind the signer."""
    drive = tmp_path / "drive"
    drive.mkdir()
    for name, content in FILES.items():
        (drive / name).write_bytes(content)
    with ExitStack() as stack:
        if request.param == "token":
            visit_with_token(page, stack.enter_context(with_token(drive, workers=2)))
        else:
            page.goto(f"{stack.enter_context(serve(drive, workers=2))}/")
            shown(page)
        yield page
        left = page.evaluate(
            "[document.title, document.cookie, ...Object.keys(localStorage)].join()"
        )
        assert "ran" not in left
        assert not (drive / "ran").exists()


def test_a_preview_shows_each_kind_and_goes_on_by_the_keyboard(opened: Page) -> None:
    page = opened
    row = page.get_by_role("row", name="a.html")
    row.click()
    page.keyboard.press("Enter")
    dialog = page.locator("dialog.preview")
    stage = dialog.locator(".stage")
    title = dialog.get_by_role("heading")

    expect(stage.locator("pre")).to_have_text(FILES["a.html"].decode())

    page.keyboard.press("ArrowRight")
    for name in ("b.svg", "c.png"):
        expect(title).to_have_text(name)
        until(lambda: stage.evaluate("it => it.querySelector('img')?.naturalWidth > 0"))
        page.keyboard.press("ArrowRight")

    until(lambda: stage.evaluate("it => it.querySelector('audio')?.readyState > 0"))
    assert stage.locator("audio").evaluate("it => it.duration") == 1
    dialog.get_by_role("button", name="Next file").click()

    expect(title).to_have_text("e.pdf")
    if page.evaluate("navigator.pdfViewerEnabled"):
        expect(stage.locator("iframe")).to_have_attribute("title", "e.pdf")
    else:
        expect(stage).to_contain_text("This browser shows no PDF here.")
    dialog.get_by_role("button", name="Next file").click()

    expect(stage).to_contain_text("The first 262 kB of")
    text = stage.locator("pre").inner_text()
    assert LONG.startswith(text)
    assert len(text.encode()) > 262_000
    page.keyboard.press("ArrowRight")
    expect(stage.locator("pre")).to_have_text(SCRIPT)
    for name in ("h.bin", "i.tar.gz"):
        page.keyboard.press("ArrowRight")
        expect(title).to_have_text(name)
        expect(stage).to_contain_text("There is no preview of this file.")
    page.keyboard.press("ArrowRight")
    expect(stage).to_contain_text("This file cannot be shown.")
    with page.expect_download() as found:
        stage.get_by_role("button", name="Download").click()
    assert Path(found.value.path()).read_bytes() == FILES["j.png"]

    page.keyboard.press("ArrowLeft")
    expect(title).to_have_text("i.tar.gz")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(row).to_be_focused()
