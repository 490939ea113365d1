"""What the tests of the page share: a browser, and a drive to open in it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.chromium import for_tests, new_page, page

__all__ = ["new_page", "page"]


# To start one takes 1.2 CPU seconds. No test of this folder runs a loop of asyncio.
@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """The browser of the tests of this folder."""
    yield from for_tests()
