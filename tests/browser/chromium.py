"""A Chromium for all tests of a module or of a folder, and a page of its own for each test.

    from tests.browser.chromium import chromium, page  # a conftest.py takes the fixtures

A test without a browser is skipped, and says what to install.
"""

import fcntl
import functools
import json
import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    ViewportSize,
    expect,
    sync_playwright,
)

from tests.browser import MISSING, PLACE, PROJECT, browser
from tests.patience import PATIENCE_MILLISECONDS

PHONE: ViewportSize = {"width": 360, "height": 740}
DESKTOP: ViewportSize = {"width": 1280, "height": 800}


@contextmanager
def started() -> Iterator[Browser]:
    """Start the browser until the block ends. Raises `RuntimeError` where there is none."""
    program, environment = _program()
    expect.set_options(timeout=PATIENCE_MILLISECONDS)
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(
            executable_path=program,
            env={**os.environ, **environment},
            timeout=PATIENCE_MILLISECONDS,
        )
        try:
            yield found
        finally:
            found.close()


@functools.cache
def _program() -> tuple[str, dict[str, str]]:
    """Return the program of the browser, and what npm's needs in its environment."""
    found = browser()
    if found is None:
        raise RuntimeError(MISSING)
    if Path(found).is_absolute():
        return found, {}
    place = PLACE / "unpacked"
    place.mkdir(exist_ok=True)
    with open(place / "lock", "w") as lock:  # tests run side by side
        fcntl.flock(lock, fcntl.LOCK_EX)
        unpack = Path(__file__).with_name("unpack.mjs")
        done = subprocess.run(
            [PROJECT / ".venv/bin/node", unpack, f"{PLACE}/"],
            check=True,
            stdout=subprocess.PIPE,
            env={**os.environ, "TMPDIR": str(place)},
        )
    said = json.loads(done.stdout)
    return said["program"], said["environment"]


def for_tests() -> Iterator[Browser]:
    """Give the browser to the tests of a fixture; where there is none, skip them and say why."""
    if browser() is None:
        pytest.skip(MISSING)
    with started() as found:
        yield found


# Playwright runs a loop of asyncio in the thread until the browser ends, and no test of another
# module may meet it: https://github.com/microsoft/playwright/issues/33829.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The browser of the tests of a module."""
    yield from for_tests()


@pytest.fixture
def new_page(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """What opens a page in a context of its own: `new_page(viewport=PHONE, locale="zh-TW")`.

    At the end of the test, no page may have said anything unhandled: an error of a script, a
    dialog, or something that the Content-Security-Policy stopped.
    """
    wrong: list[str] = []

    def opened(**options: object) -> Page:
        settings = {"viewport": DESKTOP, "locale": "en-US", **options}
        context = chromium.new_context(**settings)  # type: ignore[arg-type]  # its own check of names
        context.set_default_timeout(PATIENCE_MILLISECONDS)
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on(
            "console",
            lambda message: (
                wrong.append(message.text) if "Content Security Policy" in message.text else None
            ),
        )
        contexts.append(context)
        return page

    contexts = list[BrowserContext]()
    yield opened
    for context in contexts:
        context.close()
    assert not wrong, wrong


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """A page of a desktop, in English."""
    return new_page()
