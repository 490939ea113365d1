"""A drive that is mounted by WebDAV, and a program that calls it."""

import contextlib
import http.client
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from email.message import Message
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit
from xml.etree import ElementTree

import pytest

from drive_tools.client.crew import Crew
from drive_tools.client.drive_client import DriveClient
from drive_tools.client.http_client import TokenClient
from drive_tools.client.retries import Patience
from drive_tools.serving.server import serving
from drive_tools.webdav.application import webdav
from tests.patience import PATIENCE_SECONDS
from tests.service.served import Answer, Event, serve
from tests.service.serving import conftest as commands
from tests.service.shell import Invoke, method


@dataclass(frozen=True)
class Told:
    """The answer to one request."""

    status: int
    headers: Message
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def responses(self) -> dict[str, ElementTree.Element]:
        """The responses of a multistatus, by their paths."""
        found = ElementTree.fromstring(self.body).findall("{DAV:}response")
        return {str(each.findtext("{DAV:}href")): each for each in found}


@dataclass
class Mount:
    """A drive at a URL for WebDAV; its files are in `folder`."""

    folder: Path
    base: str
    asked: list[str] = field(default_factory=list)  # what the drive was asked

    def url(self, name: str) -> str:
        return f"{self.base}/{quote(name)}"

    def __call__(
        self, verb: str, name: str = "", body: bytes | Iterator[bytes] = b"", **headers: str
    ) -> Told:
        """Send one request; the underscores in names of headers are hyphens."""
        told = {each.replace("_", "-"): value for each, value in headers.items()}
        address = urlsplit(self.url(name))
        assert address.hostname
        connection = http.client.HTTPConnection(
            address.hostname, address.port, timeout=PATIENCE_SECONDS
        )
        with contextlib.closing(connection):
            connection.request(verb, address.path, body, told)
            answer = connection.getresponse()
            return Told(answer.status, answer.headers, answer.read())

    def __getitem__(self, name: str) -> bytes:
        return (self.folder / name).read_bytes()

    def __setitem__(self, name: str, content: bytes) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    @property
    def names(self) -> list[str]:
        """All that a user has on the drive."""
        paths = (path.relative_to(self.folder) for path in self.folder.rglob("*"))
        return sorted(str(path) for path in paths if not path.parts[0].startswith(".drive-"))


signing = commands.signing
Mounting = Callable[..., AbstractContextManager[Mount]]


@pytest.fixture
def mounting(tmp_path: Path) -> Mounting:
    @contextlib.contextmanager
    def mounting(
        through: Callable[[Event, Invoke], Answer | None] | None = None,
        patience: float = PATIENCE_SECONDS,
        **options: Any,  # noqa: ANN401 - they are serve's own
    ) -> Iterator[Mount]:
        mount = Mount(tmp_path / "drive", "")
        mount.folder.mkdir(exist_ok=True)

        def told(event: Event, invoke: Invoke) -> Answer | None:
            mount.asked.append(f"{method(event)} {event['rawPath']}")
            return through(event, invoke) if through else invoke(event)

        with (
            serve(mount.folder, through=told, **options) as url,
            Crew(4) as crew,
        ):
            drive = DriveClient(url, TokenClient(url, "t"), Patience(patience, print))
            with serving(webdav(drive, crew), print) as session:
                mount.base = session.base
                yield mount

    return mounting


@pytest.fixture
def mount(mounting: Mounting) -> Iterator[Mount]:
    with mounting() as mount:
        yield mount
