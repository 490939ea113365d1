"""`python -m tests.page.pictures`: take the pictures of the page that the documentation shows.

After a change of how the page looks, take them again, and look at them. The one in Chinese needs a
font of this machine (Debian: apt-get install fontconfig fonts-noto-cjk), which no test needs.
"""

import os
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, ViewportSize, expect
from requests import put

from tests.browser import PLACE
from tests.browser.chromium import DESKTOP, PHONE, started
from tests.patience import PATIENCE_SECONDS
from tests.service.served import serve

DOCS = Path(__file__).resolve().parents[2] / "docs"
_FOLDERS = ("films", "letters", "measurements", "photos 2026")
_FILES = {
    "annual report.pdf": 1_840_000,
    "budget.xlsx": 48_300,
    "harbour at night.jpg": 4_210_000,
    "interview.m4a": 31_700_000,
    "notes.md": 6_120,
    "readings 2026-11.parquet": 88_900_000,
    "sailing.mov": 412_000_000,
    "מסמך.docx": 19_400,
}
_PUT = "notes.md"
_TIME = datetime(2026, 11, 20, 9, 30, tzinfo=UTC).timestamp()
_CHINESE = "page-chinese"
_PICTURES: dict[str, tuple[ViewportSize, Literal["light", "dark"]]] = {
    "page": ({"width": 1000, "height": 660}, "light"),
    "page-dark": (DESKTOP, "dark"),
    "page-phone": (PHONE, "light"),
    "page-phone-dark": (PHONE, "dark"),
    _CHINESE: ({"width": 1000, "height": 660}, "light"),
}
# The browser's own fonts, and one of this machine for what they do not have.
_FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><include>{own}</include><dir>{folder}</dir></fontconfig>
"""


def main() -> None:
    """Serve a drive with such files, and take each picture."""
    with tempfile.TemporaryDirectory() as folder, tempfile.NamedTemporaryFile("w") as fonts:
        fonts.write(_FONTS.format(own=PLACE / "unpacked/fonts/fonts.conf", folder=_chinese_fonts()))
        fonts.flush()
        os.environ["FONTCONFIG_FILE"] = fonts.name
        drive = Path(folder)
        _fill(drive)
        with started() as browser, serve(drive, MAX_DRIVE_BYTES=str(2_000_000_000)) as url:
            # The first write counts the drive.
            put(
                f"{url}/files/{_PUT}", b"#" * _FILES[_PUT], timeout=PATIENCE_SECONDS
            ).raise_for_status()
            os.utime(drive / _PUT, (_TIME + 4 * 43_000,) * 2)
            for name in _PICTURES:
                _take(browser, f"{url}/", name)


def _chinese_fonts() -> Path:
    """Return the folder of a font that has Traditional Chinese."""
    command = ("fc-match", "--format=%{file} %{lang}", "sans-serif:lang=zh-tw")
    found = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    file, _, languages = found.partition(" ")
    if "zh-tw" not in languages.split("|"):
        sys.exit("no font for Chinese; Debian: apt-get install fonts-noto-cjk")
    return Path(file).parent


def _fill(drive: Path) -> None:
    for number, name in enumerate(_FOLDERS):
        (drive / name).mkdir()
        os.utime(drive / name, (_TIME + number * 3600,) * 2)
    for number, (name, size) in enumerate(_FILES.items()):
        if name == _PUT:
            continue
        with open(drive / name, "wb") as file:
            file.truncate(size)
        os.utime(drive / name, (_TIME + number * 43_000,) * 2)


def _take(browser: Browser, url: str, name: str) -> None:
    viewport, scheme = _PICTURES[name]
    context = browser.new_context(
        viewport=viewport,
        color_scheme=scheme,
        locale="zh-TW" if name == _CHINESE else "en-GB",
        timezone_id="UTC",
    )
    page = context.new_page()
    page.goto(url)
    expect(page.get_by_role("row").nth(len(_FILES))).to_be_visible()
    if scheme == "dark" and viewport == DESKTOP:
        page.get_by_role("checkbox", name="Select sailing.mov").check()
        page.get_by_role("checkbox", name="Select notes.md").check()
    page.screenshot(path=DOCS / f"{name}.png")
    context.close()


if __name__ == "__main__":
    main()
