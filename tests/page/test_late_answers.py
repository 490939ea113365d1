"""What a person does while an answer is on its way is not undone by it, and nothing is lost."""

import json
from collections.abc import Iterator
from functools import partial
from itertools import count
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.page.late import Late, go, see
from tests.page.rows import act, fill, row, visit_folder
from tests.page.visit import choose, transfers
from tests.service.served import Answer, Event, serve
from tests.service.shell import Invoke, method

NEW: FilePayload = {"name": "new.txt", "mimeType": "text/plain", "buffer": b"new"}


@pytest.fixture
def late() -> Iterator[Late]:
    with Late() as late:
        yield late


def load_again(page: Page) -> None:
    page.get_by_role("button", name="Menu").click()
    page.get_by_role("menuitem", name="Load again").click()


def test_a_list_from_before_an_act_does_not_undo_it(page: Page, tmp_path: Path, late: Late) -> None:
    fill(tmp_path, "a/one.txt", "a/two.txt")
    with serve(tmp_path, TRASH_DAYS="7", through=late) as url:
        visit_folder(page, url, "a")
        held = late.hold("GET /files/a/", answered=True)
        load_again(page)
        held.until_reached()
        act(page, "one.txt", "Delete")
        expect(page.get_by_text("Deleted one.txt").first).to_be_visible()
        with page.expect_response("**/files/a/"):
            held.let_go()
        see(page, tmp_path, "a")


def test_a_folder_that_is_loaded_in_pages_has_each_file_once(
    page: Page, tmp_path: Path, late: Late
) -> None:
    """Whatever the person does while a page is on its way."""
    fill(tmp_path, *(f"many/{number:04}" for number in range(2001)), "other/x")
    main = page.get_by_role("main")
    with serve(tmp_path, TRASH_DAYS="7", through=late) as url:
        visit_folder(page, url, "many")
        act(page, "0000", "Rename")
        page.get_by_role("textbox", name="New name").fill("1500-new")  # it comes again in a page
        page.keyboard.press("Enter")
        expect(main.get_by_text("First 1,999 items")).to_be_visible()
        asked = list[str]()
        page.on("request", lambda request: asked.append(request.url))
        held = late.hold("GET /files/many/.*cursor", answered=True)
        page.get_by_role("button", name="Size").click()
        held.until_reached()
        page.locator(".rows .row").first.focus()
        page.keyboard.press("End")  # where the next page is asked for
        act(page, "1998", "Delete")
        expect(page.get_by_text("Deleted 1998").first).to_be_visible()
        assert len([each for each in asked if "cursor" in each]) == 1
        (tmp_path / "many/2000").unlink()
        load_again(page)
        expect(main.get_by_text("Loading the whole folder: 1,999")).to_be_visible()
        with page.expect_response("**/files/many/*cursor*"):
            held.let_go()
        expect(main.get_by_text("1,999 items", exact=True)).to_be_visible()

        page.goto("about:blank")
        visit_folder(page, url, "many")
        held = late.hold("GET /files/many/.*cursor")
        page.get_by_role("searchbox").fill("1999")
        held.until_reached()
        go(page, "other")
        see(page, tmp_path, "other")
        expect(main.get_by_role("progressbar")).to_have_count(0)
        assert page.get_by_role("searchbox").input_value() == ""
        held.let_go()
        go(page, "many")
        expect(main.get_by_text("First 1,000 items")).to_be_visible()
        page.get_by_role("searchbox").fill("1999")
        expect(page.get_by_role("rowheader")).to_have_text(["1999"])


def test_what_is_deleted_for_good_is_asked_about_before_the_drive_has_said_so(
    page: Page, tmp_path: Path, late: Late
) -> None:
    """A drive without a trash says so in its health, which may be late."""
    fill(tmp_path, "a.txt")
    held = late.hold("GET /health")
    second = late.hold("GET /health")
    with serve(tmp_path, through=late) as url:
        visit_folder(page, url)
        act(page, "a.txt", "Delete")
        held.until_reached()
        second.until_reached()
        assert (tmp_path / "a.txt").exists()
        second.let_go()
        expect(page.get_by_role("dialog", name="Delete 1 item for good?")).to_be_visible()
        assert (tmp_path / "a.txt").exists()


def test_an_older_report_does_not_replace_a_newer_one(
    page: Page, tmp_path: Path, late: Late
) -> None:
    fill(tmp_path, "a.txt")
    used = iter([10**6, 2 * 10**6])

    def through(event: Event, invoke: Invoke) -> Answer:
        def told(event: Event) -> Answer:
            answer = invoke(event)
            if event["rawPath"] == "/health":
                report = {**json.loads(answer["body"]), "used_bytes": next(used)}
                answer |= {"body": json.dumps(report)}
            return answer

        return late(event, told)

    held = late.hold("GET /health", answered=True)
    with serve(tmp_path, TRASH_DAYS="7", through=through) as url:
        visit_folder(page, url)
        held.until_reached()
        page.get_by_role("button", name="New folder").click()
        page.get_by_role("textbox", name="Name").fill("made")
        page.keyboard.press("Enter")
        expect(page.get_by_text("2 MB used")).to_be_visible()
        with page.expect_response("**/health"):
            held.let_go()
        page.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done)))")
        expect(page.get_by_text("2 MB used")).to_be_visible()


def test_a_menu_goes_with_the_list_that_it_is_about(page: Page, tmp_path: Path, late: Late) -> None:
    """Or it would act on what has the same name in the other folder."""
    fill(tmp_path, "a/same/one.txt", "b/same/two.txt")
    with serve(tmp_path, TRASH_DAYS="7", through=late) as url:
        visit_folder(page, url, "a")
        held = late.hold("GET /files/b/")
        go(page, "b")
        held.until_reached()
        row(page, "same").get_by_role("button", name="Actions for").click()
        expect(page.get_by_role("menuitem", name="Delete")).to_be_visible()
        held.let_go()
        see(page, tmp_path, "b")
        expect(page.get_by_role("menuitem")).to_have_count(0)


def test_nothing_can_be_put_into_a_folder_that_is_not_there_yet(
    page: Page, tmp_path: Path, late: Late
) -> None:
    fill(tmp_path, "a/one.txt", "a/two.txt")
    first = late.hold("GET /files/a/")
    with serve(tmp_path, through=late) as url:
        page.goto(f"{url}/#/a")
        first.until_reached()
        expect(page.get_by_role("button", name="Upload", exact=True)).to_be_hidden()
        page.get_by_role("searchbox").fill("one")  # what is typed meanwhile stays
        first.let_go()
        expect(page.get_by_role("rowheader")).to_have_text(["one.txt"])
        choose(page, NEW)
        page.keyboard.press("Escape")
        page.get_by_role("searchbox").fill("")
        expect(page.get_by_role("rowheader")).to_have_text(["new.txt", "one.txt", "two.txt"])
        assert (tmp_path / "a/new.txt").exists()


def test_an_empty_folder_offers_nothing_that_a_drive_to_be_read_only_refuses(
    page: Page, tmp_path: Path, late: Late
) -> None:
    held = late.hold("GET /health")
    with serve(tmp_path, MOUNT_ACCESS="read-only", through=late) as url:
        page.goto(f"{url}/")
        expect(page.get_by_role("button", name="Upload files")).to_be_visible()
        held.let_go()
        expect(page.get_by_role("heading", name="This folder is empty")).to_be_visible()
        expect(page.get_by_role("button", name="Upload files")).to_be_hidden()


def test_who_types_is_not_interrupted_by_what_is_done(
    page: Page, tmp_path: Path, late: Late
) -> None:
    fill(tmp_path, "one.txt", "two.txt")
    with serve(tmp_path, through=late) as url:
        visit_folder(page, url)
        held = late.hold("POST /files/one.txt")
        act(page, "one.txt", "Rename")
        page.get_by_role("textbox", name="New name").fill("three.txt")
        page.keyboard.press("Enter")
        held.until_reached()
        search = page.get_by_role("searchbox")
        search.fill("t")
        held.let_go()
        expect(row(page, "three.txt")).to_be_visible()
        expect(search).to_be_focused()


def test_a_chooser_shows_the_folders_of_one_folder(page: Page, tmp_path: Path, late: Late) -> None:
    fill(tmp_path, "one.txt", "a/in/x", "b/x")
    with serve(tmp_path, through=late) as url:
        visit_folder(page, url)
        act(page, "one.txt", "Move")
        dialog = page.get_by_role("dialog")
        held = late.hold("GET /files/a/", answered=True)
        dialog.get_by_role("button", name="a", exact=True).click()
        held.until_reached()
        dialog.get_by_role("button", name="All files").click()
        dialog.get_by_role("button", name="a", exact=True).click()
        expect(dialog.locator("li")).to_have_text(["in"])
        held.let_go()
        dialog.get_by_role("button", name="in", exact=True).click()
        expect(dialog).to_contain_text("No folders here")
        dialog.get_by_role("navigation").get_by_role("button", name="a", exact=True).click()
        expect(dialog.locator("li")).to_have_text(["in"])


def test_what_the_person_stops_did_not_fail(page: Page, tmp_path: Path, late: Late) -> None:
    fill(tmp_path, "a/one.txt", "a/two.txt")
    with serve(tmp_path, TRASH_DAYS="7", through=late) as url:
        visit_folder(page, url, "a")
        act(page, "one.txt", "Delete")
        held = late.hold("GET /trash/")
        page.get_by_role("button", name="Undo").click()
        held.until_reached()
        page.get_by_role("button", name="Stop").click()
        expect(page.locator(".note.working")).to_have_count(0)
        see(page, tmp_path, "a")


class Away:
    """Answers some requests of the drive as one that is away for a minute, while it is on."""

    def __init__(self, *wanted: str) -> None:
        self.wanted = wanted
        self.on = True

    def __call__(self, event: Event, invoke: Invoke) -> Answer:
        if not self.on or f"{method(event)} {event['rawPath']}" not in self.wanted:
            return invoke(event)
        return {
            "statusCode": 503,
            "headers": {"Content-Type": "application/problem+json", "Retry-After": "60"},
            "body": json.dumps({"type": "urn:lambda-drive:maintenance", "detail": "by the test"}),
        }


def test_a_list_that_could_not_be_loaded_again_is_when_the_drive_is_back(
    page: Page, tmp_path: Path
) -> None:
    fill(tmp_path, "a/one.txt")
    away = Away("GET /files/a/")
    away.on = False
    with serve(tmp_path, TRASH_DAYS="7", through=away) as url:
        visit_folder(page, url, "a")
        away.on = True
        choose(page, NEW)
        expect(page.get_by_role("alert").filter(has_text="maintenance")).to_be_visible()
        expect(row(page, "one.txt")).to_be_visible()
        away.on = False
        page.evaluate("dispatchEvent(new Event('online'))")
        see(page, tmp_path, "a")


def test_a_folder_is_not_opened_again_when_the_person_has_left_it(
    page: Page, tmp_path: Path, late: Late
) -> None:
    """What is tried again by itself does not take the place of what the person opens."""
    fill(tmp_path, "a/one.txt", "b/two.txt")
    away = Away("GET /files/a/")
    with serve(
        tmp_path, through=lambda event, invoke: late(event, partial(away, invoke=invoke))
    ) as url:
        page.goto(f"{url}/#/a")
        expect(page.get_by_role("heading", name="In maintenance")).to_be_visible()
        held = late.hold("GET /files/b/")
        go(page, "b")
        held.until_reached()
        page.evaluate("dispatchEvent(new Event('online'))")  # it tries at once
        page.get_by_role("button", name="Try again").click()
        held.let_go()
        see(page, tmp_path, "b")


def test_an_upload_of_which_nobody_knows_what_is_in_its_way_can_be_tried_again(
    page: Page, tmp_path: Path
) -> None:
    fill(tmp_path, "a/one.txt")
    away, asked = Away("HEAD /files/a/new.txt"), count()

    def through(event: Event, invoke: Invoke) -> Answer:
        # First it looks whether its own bytes are there, then what is.
        away.on = method(event) == "HEAD" and next(asked) == 1
        return away(event, invoke)

    with serve(tmp_path, through=through) as url:
        visit_folder(page, url, "a")
        fill(tmp_path, "a/new.txt")
        choose(page, NEW)
        transfers(page).get_by_role("button", name="Try a/new.txt again").click()
        asks = page.get_by_role("dialog", name="Somebody put this file there meanwhile")
        asks.get_by_role("button", name="Keep both").click()
        expect(row(page, "new (2).txt")).to_be_visible()
        see(page, tmp_path, "a")
    assert (tmp_path / "a/new (2).txt").read_bytes() == b"new"
