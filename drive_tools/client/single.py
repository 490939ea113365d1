"""The transfer of one file, in either direction, and its report."""

import os
import stat
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from drive_tools import output
from drive_tools.client.download import FileDownload, stream
from drive_tools.client.drive_client import CHUNK_BYTES
from drive_tools.client.local_files import named
from drive_tools.client.names import check_name
from drive_tools.client.options import STANDARD_STREAM
from drive_tools.client.progress import Moved, Tally, Transferred, amount
from drive_tools.client.session import ClientSession
from drive_tools.client.upload import FileUpload, Pending, pending
from drive_tools.errors import ToolError
from drive_tools.private_files import NoHomeError


def put_file(
    session: ClientSession,
    local: Path,
    name: str,
    condition: Mapping[str, str],
    tally: Tally | None = None,
) -> Transferred:
    """Put a file. In a tree its `tally` counts it, and a person sees the total only."""
    with open(local, "rb") as file, named(local):
        source = file.fileno()
        status = os.fstat(source)
        if not stat.S_ISREG(status.st_mode):
            return put_stream(session, source, str(local), name, condition)
        check_name(name)
        remembered = pending(session.drive.url, name, local, status, condition)
        if not remembered and status.st_size > CHUNK_BYTES:
            why = NoHomeError().strerror
            session.meter.note(f"{name}: an interruption would lose what was sent: {why}")
        return _sent(
            session, source, str(local), name, condition, remembered=remembered, tally=tally
        )


def put_stream(
    session: ClientSession, source: int, local: str, name: str, condition: Mapping[str, str]
) -> Transferred:
    """Put a stream, whose size is not known before its end, by a temporary file."""
    check_name(name)
    with named(tempfile.gettempdir()), tempfile.TemporaryFile() as spool:
        while True:
            with named("standard input" if local == STANDARD_STREAM else local):
                piece = os.read(source, 1024 * 1024)
            if not piece:
                break
            spool.write(piece)
        spool.flush()
        return _sent(session, spool.fileno(), local, name, condition)


def _sent(
    session: ClientSession,
    source: int,
    local: str,
    name: str,
    condition: Mapping[str, str],
    *,
    remembered: Pending | None = None,
    tally: Tally | None = None,
) -> Transferred:
    begun = time.monotonic()
    with _moving(session, f"put {name}", tally, os.fstat(source).st_size) as moved:
        sent = FileUpload(session.drive, source, name, condition, remembered, moved).send()
    _tell(session, sent, f"put {name}", name, local, begun=begun, in_tree=tally is not None)
    return sent


def get_file(
    session: ClientSession,
    name: str,
    local: Path,
    *,
    sha256: str | None = None,
    tally: Tally | None = None,
    size: int = 0,
) -> Transferred:
    """Get a file; in a tree its `tally` counts it, as one of `size` bytes, as `put_file` does."""
    if local.is_dir():
        raise ToolError(f"cannot get {name}: {local} is a directory")
    begun = time.monotonic()
    digest = session.as_json or tally is not None
    with _moving(session, f"get {name}", tally, size) as moved:
        got = FileDownload(session.drive, name, local, session.crew, digest, sha256, moved).get()
    _tell(session, got, f"got {name}", name, str(local), begun=begun, in_tree=tally is not None)
    return got


def get_stream(
    session: ClientSession, name: str, to: int, device: Path | None, sha256: str | None
) -> None:
    """Get a file into the open descriptor of `device`, or of standard output, piece by piece."""

    def write(content: bytes) -> None:
        view = memoryview(content)
        with named(device) if device else output.taken():
            while view:
                view = view[os.write(to, view) :]

    begun = time.monotonic()
    with _moving(session, f"get {name}") as moved:
        got = stream(session.drive, name, write, session.crew, expected=sha256, progress=moved)
    _tell(session, got, f"got {name}", name, None, begun=begun, in_tree=False)


@contextmanager
def _moving(
    session: ClientSession, what: str, tally: Tally | None = None, size: int = 0
) -> Iterator[Moved]:
    """Count the bytes of a file in the tally of its tree; show a file without one by itself."""
    if tally:
        yield tally.counting(size)
        return
    with session.meter.transfer(lambda: what) as moved:
        yield moved


def _tell(
    session: ClientSession,
    file: Transferred,
    what: str,
    name: str,
    local: str | None,
    *,
    begun: float,
    in_tree: bool,
) -> None:
    seconds = time.monotonic() - begun
    text = f"{what}: {amount(file.size, file.size - file.resumed_at, seconds)}"
    session.result(
        None if in_tree else text,
        local=local,
        remote=name,
        size=file.size,
        sha256=file.sha256,
        etag=file.etag,
        resumed_at=file.resumed_at,
        seconds=round(seconds, 3),
        unchanged=False,
    )
