"""A drive that is open to those who have its token."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.page.rows import fill, row
from tests.page.visit import TOKEN, with_token


def test_the_token_is_asked_for_once_and_only_in_one_tab(
    new_page: Callable[..., Page], tmp_path: Path
) -> None:
    fill(tmp_path, "a.txt")
    page = new_page()
    with with_token(tmp_path) as url:
        page.goto(f"{url}/")
        asked = page.get_by_role("dialog", name="Enter the token")
        page.keyboard.press("Escape")
        expect(asked.get_by_role("textbox", name="Token")).to_be_focused()
        for given, told in [
            ("", "Enter the token."),
            ("密碼", "A token has letters, digits and -._~+/ only."),
            ("x" * 40, "This token is wrong"),
        ]:
            asked.get_by_role("textbox", name="Token").fill(given)
            page.keyboard.press("Enter")
            expect(asked).to_contain_text(told)
        asked.get_by_role("textbox", name="Token").fill(f" {TOKEN} ")
        page.keyboard.press("Enter")
        expect(row(page, "a.txt")).to_be_visible()
        assert TOKEN not in page.context.storage_state()["origins"].__repr__()  # nor on the disk
        page.reload()
        expect(row(page, "a.txt")).to_be_visible()

        other = page.context.new_page()
        other.goto(f"{url}/")
        expect(row(other, "a.txt")).to_be_visible()
        other.get_by_role("button", name="Menu").click()
        other.get_by_role("menuitem", name="Sign out").click()
        for tab in (other, page):
            expect(tab.get_by_role("dialog", name="Enter the token")).to_be_visible()
