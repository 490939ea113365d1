"""The connection of a file system to its drive: a client and threads for each process."""

import functools
import logging
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TypeVar

from drive_tools.client.address import open_drive
from drive_tools.client.crew import Crew
from drive_tools.client.drive_client import CHUNK_BYTES, DriveClient
from drive_tools.client.retries import Patience

Result = TypeVar("Result")

LOG = logging.getLogger("drive_tools.filesystem")
_REQUESTS_AT_ONCE = 8


@dataclass(frozen=True, kw_only=True)
class DriveAddress:
    """What names a drive and who calls it, as the options of the command line do."""

    url: str | None
    stage: str | None
    profile: str | None
    region: str | None
    service: str | None
    token_file: str | None


class DriveConnection:
    """A drive that is opened when it is first needed, and anew in a process that was forked.

    Sockets and threads of a process are of no use to its children, such as the workers of a torch
    `DataLoader`.
    """

    def __init__(self, address: DriveAddress, patience_seconds: float | None) -> None:
        self._address, self._patience_seconds = address, patience_seconds
        self._opened: tuple[int, DriveClient] | None = None

    @property
    def drive(self) -> DriveClient:
        """The drive, for this process. Raises `ToolError`."""
        opened = self._opened
        if opened is None or opened[0] != os.getpid():
            patience = Patience(self._patience_seconds, LOG.warning)
            opened = self._opened = (os.getpid(), open_drive(self._address, patience))
        return opened[1]

    @property
    def crew(self) -> Crew:
        """The threads of this process, which all connections share."""
        return _crew(os.getpid())

    def in_order(self, calls: Iterable[Callable[[], Result]]) -> Iterator[Result]:
        """Yield the results of calls in their order; idle threads make several at once."""
        waiting = deque(calls)
        ahead: deque[tuple[Callable[[], Result], Future[Result]]] = deque()
        try:
            while waiting or ahead:
                while waiting and len(ahead) < self.crew.lendable:
                    future = self.crew.lend(waiting[0])
                    if future is None:
                        break
                    ahead.append((waiting.popleft(), future))
                if ahead:
                    call, future = ahead.popleft()
                    yield call() if future.cancel() else future.result()
                else:
                    yield waiting.popleft()()
        finally:
            for _, future in ahead:
                future.cancel()

    def read(self, name: str, start: int, end: int, etag: str) -> bytes:
        """Read the bytes from `start` to before `end` of one version, several pieces at once."""
        drive = self.drive
        calls = (
            functools.partial(_read_all, drive, name, each, min(each + CHUNK_BYTES, end), etag)
            for each in range(start, end, CHUNK_BYTES)
        )
        return b"".join(self.in_order(calls))


@functools.cache
def _crew(_process: int) -> Crew:
    return Crew(_REQUESTS_AT_ONCE)


def _read_all(drive: DriveClient, name: str, start: int, end: int, etag: str) -> bytes:
    """Read all bytes of a range; a drive may answer with less than was asked for."""
    content = b""
    while len(content) < end - start:
        begin = start + len(content)
        content += drive.read(name, begin, etag, end - begin).content
    return content
