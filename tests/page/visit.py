"""A person at the page of a drive: what is chosen, clicked and seen there."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.patience import until
from tests.service.served import Answer, Event, Served, serve
from tests.service.shell import Invoke, method

TOKEN = "token-of-the-tests-of-the-page-0123456789"


def visit(page: Page, url: str) -> None:
    """Open the page of a drive, and wait until its list is there."""
    page.goto(f"{url}/")
    shown(page)


def shown(page: Page) -> None:
    """Wait until the list is there."""
    expect(page.locator(".foot")).not_to_be_empty()


def choose(page: Page, *files: Path | FilePayload) -> None:
    """Upload files that stand in the machine of the person, or are made up."""
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Upload", exact=True).click()
        page.get_by_role("menuitem", name="Upload files").click()
    chooser.value.set_files(files)  # type: ignore[arg-type]  # of one kind


def choose_folder(page: Page, folder: Path) -> None:
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Upload", exact=True).click()
        page.get_by_role("menuitem", name="Upload a folder").click()
    chooser.value.set_files(folder)


def transfers(page: Page) -> Locator:
    """The panel of the uploads."""
    return page.locator(".transfers")


def uploaded(page: Page, count: int) -> None:
    """Wait until so many files are on the drive."""
    files = "file" if count == 1 else "files"
    expect(transfers(page).get_by_role("heading")).to_have_text(f"Uploaded {count} {files}")


def until_held(drive: Path, size: int) -> None:
    """Wait until the drive has so many bytes of uploads that are not finished."""
    parts = drive / ".drive-uploads"
    until(lambda: sum(path.stat().st_size for path in parts.glob("*.part")) >= size)


class Gate:
    """Stands before a drive: holds the requests of a method back while it is shut."""

    def __init__(self, held: str) -> None:
        self.held = held
        self.seen: list[tuple[str, str]] = []
        self._open = threading.Event()
        self._open.set()
        self.reached = threading.Event()
        self.answering = list[str]()

    def shut(self) -> None:
        self.reached.clear()
        self._open.clear()

    def open(self) -> None:
        self._open.set()

    def asked(self, method: str) -> int:
        """How many requests of a method there were."""
        return len([each for each, _ in self.seen if each == method])

    def __call__(self, event: Event, invoke: Invoke) -> Answer:
        self.seen.append((method(event), event["rawPath"]))
        self.answering.append(event["rawPath"])
        try:
            if method(event) == self.held and not self._open.is_set():
                self.reached.set()
                self._open.wait()
            return invoke(event)
        finally:
            self.answering.remove(event["rawPath"])


@contextmanager
def with_token(drive: Path, **options: Any) -> Iterator[Served]:  # noqa: ANN401 - they are serve's own
    """Serve a drive whose token is `TOKEN`."""

    class Secrets(BaseHTTPRequestHandler):
        """As much of Secrets Manager as the function asks."""

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            body = json.dumps({"SecretString": TOKEN}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/x-amz-json-1.1")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """No test reads it."""

    secrets = ThreadingHTTPServer(("127.0.0.1", 0), Secrets)
    threading.Thread(target=secrets.serve_forever, args=(0.02,), daemon=True).start()
    try:
        with serve(
            drive,
            TOKEN_SECRET="token",
            AWS_ENDPOINT_URL=f"http://127.0.0.1:{secrets.server_port}",
            AWS_ACCESS_KEY_ID="nobody",
            AWS_SECRET_ACCESS_KEY="nothing",
            AWS_REGION="us-east-1",
            AWS_DEFAULT_REGION="us-east-1",
            **options,
        ) as url:
            yield url
    finally:
        secrets.shutdown()
        secrets.server_close()


def visit_with_token(page: Page, url: str) -> None:
    page.goto(f"{url}/")
    page.get_by_role("textbox", name="Token").fill(TOKEN)
    page.get_by_role("button", name="Open the drive").click()
    shown(page)
