"""The page of a deployed drive in a browser, as `drive ui` opens it: what a person does there."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.chromium import chromium, new_page
from tests.local.conftest import PROJECT, LocalCloud
from tests.patience import PATIENCE_SECONDS

__all__ = ["chromium", "new_page"]  # fixtures

MIB = 1024 * 1024


@pytest.fixture(scope="module")
def up(ready: LocalCloud) -> LocalCloud:
    ready.deploy()
    return ready


@pytest.fixture(scope="module")
def disk(up: LocalCloud) -> Path:
    """Where the files of the drive are on this machine."""
    [found] = up.folder.glob("efs/Dev-Data/*")
    return found


@pytest.fixture(scope="module")
def link(up: LocalCloud) -> Iterator[str]:
    """The link that `drive ui` prints, until it is ended as by Ctrl+C."""
    command = [sys.executable, "-m", "ops", "drive", "ui", "--no-browser", "--json"]
    with subprocess.Popen(
        command,
        cwd=PROJECT,
        env=up.environment | {"DRIVE_URL": up.url},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        yield json.loads(process.stdout.readline())["url"]
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE_SECONDS) == 0


@pytest.fixture(scope="module")
def address(link: str) -> list[str]:
    """The address to which the link led, once it was opened."""
    return []


@pytest.fixture
def page(link: str, address: list[str], new_page: Callable[..., Page]) -> Page:
    """The page in a tab of its own: the link opens the first, its address every other one."""
    page = new_page()
    open_in(page, link, address)
    return page


def open_in(page: Page, link: str, address: list[str], folder: str = "") -> None:
    page.goto(f"{address[0]}#/{folder}" if address else link)
    if not address:
        address.append(page.url.partition("#")[0])
    expect(page.get_by_role("heading", level=1)).to_be_attached()


def row(page: Page, name: str) -> Locator:
    return page.get_by_role("row").filter(has=page.get_by_text(name, exact=True))
