"""What the tests of the page share: a browser, and a drive to open in it."""

from tests.browser.chromium import chromium, new_page, page

__all__ = ["chromium", "new_page", "page"]
