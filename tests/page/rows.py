"""The list of a folder, as a person finds it on the page."""

from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Locator, Page, expect


def visit_folder(page: Page, url: str, folder: str = "") -> None:
    """Open a folder that has something in it, and wait for its list."""
    page.goto(f"{url}/#/{quote(folder)}")
    expect(page.get_by_role("rowheader").first).to_be_visible()


def row(page: Page, name: str) -> Locator:
    """The row of a name."""
    return page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=name, exact=True))


def names(page: Page) -> list[str]:
    """The names in the rows that there are, from top to bottom."""
    return page.get_by_role("rowheader").all_inner_texts()


def act(page: Page, name: str, action: str) -> None:
    """Choose an action in the menu of a row."""
    row(page, name).get_by_role("button", name="Actions for").click()
    page.get_by_role("menuitem", name=action).click()


def select(page: Page, *chosen: str) -> None:
    """Tick the boxes of rows."""
    for name in chosen:
        page.get_by_role("checkbox", name=f"Select {name}", exact=True).click()


def focused(page: Page) -> str:
    """The text of what has the focus; nothing when the focus is lost."""
    text: str = page.evaluate(
        "() => document.activeElement === document.body ? '' :"
        " document.activeElement.innerText || document.activeElement.getAttribute('aria-label')"
    )
    return text


def fill(drive: Path, *paths: str) -> None:
    """Make files, whose content is their path."""
    for path in paths:
        (drive / path).parent.mkdir(parents=True, exist_ok=True)
        (drive / path).write_text(path)


def on_disk(drive: Path) -> set[str]:
    """The paths of all files and of all empty directories."""
    found = {path for path in drive.rglob("*") if ".drive-" not in str(path)}
    return {
        str(path.relative_to(drive)) for path in found if path.is_file() or not any(path.iterdir())
    }
