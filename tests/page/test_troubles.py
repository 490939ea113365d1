"""What the page says when something cannot be done, and what it does then."""

import json
import threading
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.page.rows import act, fill, row, select, visit_folder
from tests.service.served import Answer, Event, serve
from tests.service.shell import Invoke, method


@pytest.fixture
def drive(tmp_path: Path) -> Path:
    fill(tmp_path, "a.txt", "docs/b.txt")
    return tmp_path


class Trouble:
    """Stands before a drive, and answers in its place while it has an answer."""

    def __init__(self, status: int, kind: str = "", *, of: str = "") -> None:
        """Answer requests of the method `of`, or all: with a `kind` as the drive, else as AWS."""
        self.over = threading.Event()
        self._of = of
        problem = {"type": f"urn:lambda-drive:{kind}", "detail": "told by the test"}
        body = problem if kind else {"message": "Signature expired: by the test"}
        media = "application/problem+json" if kind else "application/json"
        headers = {"Content-Type": media}
        self._answer = {"statusCode": status, "headers": headers, "body": json.dumps(body)}

    def __call__(self, event: Event, invoke: Invoke) -> Answer:
        of = method(event) == self._of if self._of else "/page/" not in event["rawPath"]
        if of and event["rawPath"] != "/" and not self.over.is_set():
            return self._answer
        return invoke(event)


@pytest.mark.parametrize(
    ("status", "kind", "told"),
    [
        (429, "", "Too many calls at once, or the cost brake has stopped the drive."),
        (503, "maintenance", "The drive is in maintenance."),
        (503, "not-configured", "told by the test"),
    ],
    ids=["stopped", "maintenance", "not-configured"],
)
def test_a_drive_that_cannot_answer_is_tried_until_it_can(
    page: Page, drive: Path, status: int, kind: str, told: str
) -> None:
    trouble = Trouble(status, kind)
    with serve(drive, through=trouble) as url:
        page.goto(f"{url}/")
        expect(page.get_by_role("heading", name=told)).to_be_visible()
        trouble.over.set()
        expect(row(page, "a.txt")).to_be_visible()


def test_who_has_no_rights_is_told_so(page: Page, drive: Path) -> None:
    trouble = Trouble(403)
    with serve(drive, through=trouble) as url:
        page.goto(f"{url}/")
        told = "You have no right to do this. Ask the owner of the drive. The answer was: Signature"
        expect(page.get_by_role("heading", name=told)).to_be_visible()
        trouble.over.set()
        page.get_by_role("button", name="Try again").click()
        expect(row(page, "a.txt")).to_be_visible()


@pytest.mark.parametrize(
    ("status", "kind", "told"),
    [
        (507, "no-space", "The drive is full."),
        (403, "read-only", "The drive, or this place in it, is read only."),
        (500, "internal", "The drive has failed: told by the test"),
    ],
    ids=["full", "read-only", "internal"],
)
def test_what_fails_is_said_and_changes_nothing(
    page: Page, drive: Path, status: int, kind: str, told: str
) -> None:
    with serve(drive, through=Trouble(status, kind, of="POST")) as url:
        visit_folder(page, url)
        act(page, "a.txt", "Rename")
        page.get_by_role("textbox", name="New name").fill("b.txt")
        page.keyboard.press("Enter")
        expect(page.get_by_text(told).first).to_be_visible()
        expect(row(page, "a.txt")).to_be_visible()


def test_a_drive_that_may_only_be_read_offers_nothing_else(page: Page, drive: Path) -> None:
    with serve(drive, MOUNT_ACCESS="read-only") as url:
        visit_folder(page, url)
        expect(page.get_by_text("Read only")).to_be_visible()
        expect(page.get_by_role("button", name="New folder")).to_be_hidden()
        expect(page.get_by_role("button", name="Upload")).to_be_hidden()
        select(page, "a.txt")
        tools = page.get_by_role("toolbar").get_by_role("button")
        expect(tools).to_have_text(["", "Download"])  # the first clears the selection
        page.get_by_role("button", name="Actions for a.txt").click()
        expect(page.get_by_role("menuitem")).to_contain_text(["View", "Download"])
        expect(page.get_by_role("menuitem")).to_have_count(2)


def test_a_name_that_cannot_be_is_refused_in_the_words_of_the_drive(
    page: Page, drive: Path
) -> None:
    with serve(drive) as url:
        visit_folder(page, url)
        for name, why in [("n" * 256, "at most 255 bytes, got 256"), ("..", "no part of a name")]:
            page.get_by_role("button", name="New folder").click()
            page.get_by_role("textbox", name="Name").fill(name)
            page.keyboard.press("Enter")
            expect(page.get_by_text(why).first).to_be_visible()


def test_a_list_stays_while_the_network_is_gone(page: Page, drive: Path) -> None:
    with serve(drive) as url:
        visit_folder(page, url)
        page.context.set_offline(True)
        expect(page.get_by_role("alert").filter(has_text="No connection")).to_be_visible()
        expect(row(page, "a.txt")).to_be_visible()
        page.context.set_offline(False)
        expect(page.get_by_role("alert").filter(has_text="No connection")).to_be_hidden()
        page.get_by_role("link", name="docs").click()
        expect(row(page, "b.txt")).to_be_visible()


def test_a_folder_that_is_gone_leads_back(page: Page, drive: Path) -> None:
    with serve(drive) as url:
        page.goto(f"{url}/#/docs/gone")
        expect(page.get_by_role("heading", name="not there any more")).to_be_visible()
        page.get_by_role("button", name="All files").click()
        expect(row(page, "a.txt")).to_be_visible()


def test_a_drive_that_reports_a_problem_shows_it(page: Page, drive: Path) -> None:
    def unhealthy(event: Event, invoke: Invoke) -> Answer:
        answer = invoke(event)
        if event["rawPath"] == "/health":
            told = {**json.loads(answer["body"]), "status": "fail", "reason": "no limits"}
            answer |= {"statusCode": 503, "body": json.dumps(told)}
        return answer

    with serve(drive, through=unhealthy) as url:
        visit_folder(page, url)
        expect(page.get_by_role("alert").filter(has_text="no limits")).to_be_visible()


def test_what_is_no_list_is_not_shown_as_the_browser_says_it(page: Page, drive: Path) -> None:
    """As the page of a network that asks to sign in first."""
    over = threading.Event()

    def through(event: Event, invoke: Invoke) -> Answer:
        if event["rawPath"] != "/files/" or over.is_set():
            return invoke(event)
        headers = {"Content-Type": "text/html"}
        return {"statusCode": 200, "headers": headers, "body": "<p>Sign in"}

    with serve(drive, through=through) as url:
        page.goto(f"{url}/")
        expect(page.get_by_role("heading", name="No connection to the drive.")).to_be_visible()
        over.set()
        page.evaluate("dispatchEvent(new Event('online'))")
        expect(row(page, "a.txt")).to_be_visible()
