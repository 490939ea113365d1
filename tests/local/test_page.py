"""The page of a deployed drive in a browser, as `drive ui` opens it: what a person does there.

The drive is that of the local cloud, its URL takes signed calls only, and the browser has no
credentials. tests/page has what is left, against the function alone.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.browser.axe import findings
from tests.browser.chromium import PHONE, chromium, new_page
from tests.local.conftest import LocalCloud
from tests.local.drive_ui import drive_ui

__all__ = ["chromium", "new_page"]  # fixtures

MIB = 1024 * 1024


@pytest.fixture(scope="module")
def up(ready: LocalCloud) -> LocalCloud:
    ready.deploy()
    return ready


@pytest.fixture(scope="module")
def disk(up: LocalCloud) -> Path:
    """Where the files of the drive are on this machine."""
    return up.disk


@dataclass(frozen=True)
class Opened:
    """A session of `drive ui`: its link, which worked once, and the address to which it led."""

    link: str
    address: str
    requests: list[str]


@pytest.fixture(scope="module")
def opened(up: LocalCloud, chromium: Browser) -> Iterator[Opened]:
    """Open the link of `drive ui`."""
    with drive_ui(up, up.url) as link:
        page = chromium.new_page(locale="en-US")
        requests = list[str]()
        page.on("request", lambda request: requests.append(request.url))
        page.goto(link)
        expect(page.get_by_text("This folder is empty")).to_be_visible()
        address = page.url.partition("#")[0]
        page.close()
        yield Opened(link, address, [each.removeprefix(address) for each in requests])


@pytest.fixture
def page(opened: Opened, new_page: Callable[..., Page]) -> Page:
    return in_folder(new_page(), opened, "")


def in_folder(page: Page, opened: Opened, folder: str) -> Page:
    """Open a folder of the drive, and wait until it is there."""
    page.goto(f"{opened.address}#/{folder}")
    expect(page.locator("body")).to_have_attribute("aria-busy", "false")
    return page


def row(page: Page, name: str) -> Locator:
    return page.get_by_role("row").filter(has=page.get_by_text(name, exact=True))


def act(page: Page, name: str, what: str) -> None:
    """Choose from the menu of a file or folder."""
    row(page, name).get_by_role("button", name=f"Actions for {name}").click()
    page.get_by_role("menuitem", name=what).click()


def upload(page: Page, *files: Path) -> None:
    page.get_by_role("button", name="Upload", exact=True).click()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("menuitem", name="Upload files").click()
    chooser.value.set_files(files)


def local(folder: Path, name: str, content: bytes) -> Path:
    file = folder / name
    file.write_bytes(content)
    return file


def test_the_first_list_takes_two_requests_to_the_drive(opened: Opened) -> None:
    """Beyond the page itself."""
    drive = [each for each in opened.requests[1:] if each and not each.startswith("page/")]
    assert sorted(drive) == ["files/", "health"]


def test_the_link_works_once_and_its_address_is_a_secret(
    opened: Opened, new_page: Callable[..., Page]
) -> None:
    stranger = new_page()
    for address in (opened.link, opened.address[:-2], f"{opened.address.rpartition('/')[0]}x/"):
        answer = stranger.goto(address)
        assert answer
        assert answer.status in {403, 404, 410}
        assert "secret" not in stranger.content()


def test_a_page_of_another_origin_can_do_nothing_with_it(
    opened: Opened, disk: Path, new_page: Callable[..., Page]
) -> None:
    """A hostile page that even knows the address: it can neither read, write, load nor frame."""
    (disk / "private.txt").write_text("private")
    hostile = new_page()
    evil = "http://evil.example/"
    address = f"{opened.address}files/private.txt"
    hostile.route(
        f"{evil}**",
        lambda route: route.fulfill(
            content_type="text/html",
            body=f"<img src='{address}'><iframe src='{address}'></iframe><p>loaded",
        ),
    )
    answers = dict[str, int]()
    hostile.on("response", lambda answer: answers.update({answer.url: answer.status}))
    hostile.goto(evil)
    for method in ("GET", "PUT", "POST", "DELETE"):
        said = hostile.evaluate(
            """([address, method]) => fetch(address, { method, mode: 'no-cors' })
            .then(answer => answer.type, error => 'refused')""",
            [address, method],
        )
        assert said in {"refused", "opaque"}
    assert hostile.evaluate(
        "address => fetch(address).then(() => 1, () => 'refused')", address
    ) == ("refused")
    assert answers.get(address, 403) == 403
    assert (disk / "private.txt").read_text() == "private"


def test_a_person_puts_files_into_a_folder_and_looks_at_them(
    page: Page, disk: Path, tmp_path: Path
) -> None:
    page.get_by_role("button", name="New folder").click()
    page.get_by_role("textbox", name="Name").fill("letters")
    page.get_by_role("button", name="Create").click()
    row(page, "letters").get_by_role("link", name="letters").click()
    expect(page.get_by_text("This folder is empty")).to_be_visible()

    upload(page, local(tmp_path, "to Ada.txt", b"Dear Ada"), local(tmp_path, "b.bin", b"\x00\xff"))
    expect(page.get_by_text("Uploaded 2 files").first).to_be_visible()
    assert (disk / "letters/to Ada.txt").read_bytes() == b"Dear Ada"

    row(page, "to Ada.txt").dblclick()
    expect(page.get_by_text("Dear Ada")).to_be_visible()
    page.keyboard.press("Escape")
    with page.expect_download() as download:
        act(page, "b.bin", "Download")
    assert download.value.path().read_bytes() == b"\x00\xff"
    assert download.value.suggested_filename == "b.bin"


def test_a_file_is_renamed_moved_and_deleted_and_comes_back(
    page: Page, opened: Opened, disk: Path
) -> None:
    (disk / "work/old").mkdir(parents=True)
    (disk / "work/a.txt").write_text("one")
    in_folder(page, opened, "work")
    act(page, "a.txt", "Rename")
    page.get_by_role("textbox", name="New name").fill("b.txt")
    page.get_by_role("button", name="Rename", exact=True).last.click()
    expect(row(page, "b.txt")).to_be_visible()

    act(page, "b.txt", "Delete")
    expect(row(page, "b.txt")).to_be_hidden()
    assert not (disk / "work/b.txt").exists()
    page.get_by_role("button", name="Undo").click()
    expect(row(page, "b.txt")).to_be_visible()
    assert (disk / "work/b.txt").read_text() == "one"

    act(page, "old", "Delete")  # a folder is deleted too
    expect(row(page, "old")).to_be_hidden()
    assert not (disk / "work/old").exists()


def test_an_upload_goes_on_where_the_network_was_cut(
    page: Page, opened: Opened, disk: Path, tmp_path: Path
) -> None:
    """64 MiB, cut twice in the middle of a part; the drive never gets a byte twice."""
    content = random.Random(1).randbytes(64 * MIB)
    (disk / "films").mkdir()
    in_folder(page, opened, "films")
    sent = list[int]()

    def cut(route: Route) -> None:
        if route.request.method == "PATCH":
            sent.append(int(route.request.headers["upload-offset"]))
            if len(sent) in {4, 9}:
                route.abort("connectionreset")
                return
        route.continue_()

    page.route("**/uploads/**", cut)
    upload(page, local(tmp_path, "film.mov", content))
    expect(page.get_by_text("Uploaded 1 file").first).to_be_visible()
    assert (disk / "films/film.mov").read_bytes() == content
    assert len(sent) == 16 + 2
    assert len({*sent}) == 16


@pytest.mark.weekly
def test_two_tabs_do_not_overwrite_each_other(
    opened: Opened, disk: Path, new_page: Callable[..., Page]
) -> None:
    (disk / "shared").mkdir()
    (disk / "shared/plan.txt").write_text("first")
    one, other = (in_folder(new_page(), opened, "shared") for _ in range(2))
    act(one, "plan.txt", "Delete")
    expect(row(one, "plan.txt")).to_be_hidden()
    one.get_by_role("button", name="Undo").click()
    expect(row(one, "plan.txt")).to_be_visible()
    (disk / "shared/plan.txt").write_text("second, by somebody else")
    act(other, "plan.txt", "Delete")
    expect(other.get_by_text("plan.txt has changed")).to_be_visible()
    other.get_by_role("button", name="Leave it as it is").click()
    assert (disk / "shared/plan.txt").read_text() == "second, by somebody else"


@pytest.mark.weekly
def test_it_is_used_by_everybody_on_every_screen(
    opened: Opened, disk: Path, new_page: Callable[..., Page]
) -> None:
    """axe-core finds nothing: on a phone and a desktop, dark and light, with a dialog open."""
    (disk / "screens").mkdir()
    (disk / "screens/a.txt").write_text("a")
    for options in (
        {"color_scheme": "dark"},
        {"viewport": PHONE, "is_mobile": True, "has_touch": True, "locale": "zh-TW"},
    ):
        page = in_folder(new_page(**options), opened, "screens")
        expect(row(page, "a.txt")).to_be_visible()
        assert not findings(page)
        page.get_by_role("button", name="資料夾" if "locale" in options else "New folder").click()
        assert not findings(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= (
            page.evaluate("innerWidth")
        )


def test_maintenance_is_said_and_its_end_is_seen(page: Page, up: LocalCloud) -> None:
    function = up.outputs["Dev-Service"]["FilesFunctionName"]
    assert up.ops("env", "set", function, "MAINTENANCE_MODE=1").returncode == 0
    page.reload()
    expect(page.get_by_role("heading", name="In maintenance")).to_be_visible()
    assert up.ops("env", "set", function, "MAINTENANCE_MODE=0").returncode == 0
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("grid")).to_be_visible()
