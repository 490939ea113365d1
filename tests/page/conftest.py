"""What the tests of the page share: a browser, and a drive to open in it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser import MISSING, browser
from tests.browser.chromium import new_page, page, started

__all__ = ["new_page", "page"]


# To start one takes 1.2 CPU seconds. No test of this folder runs a loop of asyncio.
@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """The browser of the tests of this folder."""
    if browser() is None:
        pytest.skip(MISSING)
    with started() as found:
        yield found
