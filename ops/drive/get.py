"""`get`: files of a drive to this machine."""

import argparse
import os
import sys
import time
from http import HTTPStatus
from pathlib import Path

from ops.drive import download
from ops.drive.answers import RefusedError
from ops.drive.arguments import STANDARD_STREAM
from ops.drive.download import Got
from ops.drive.names import check_listed, join, local_path, remote_name
from ops.drive.progress import amount
from ops.drive.session import Session
from ops.errors import OpsError, UsageError


def get(options: argparse.Namespace, session: Session) -> None:
    """Get a file of the drive, or a directory with -r.

    Each answer is checked by its digest. Until a file is complete its bytes are in a hidden file
    beside it, and the same command goes on from there if the drive has the same version still.
    Then it takes its place in one step.
    """
    name = remote_name(options.remote)
    if options.recursive:
        if options.local == STANDARD_STREAM or options.sha256:
            raise UsageError("a directory goes to no standard output and has no SHA-256")
        local = (
            local_path(options.local, name.rpartition("/")[2])
            if name
            else Path(options.local or ".")
        )
        with session.one():
            _get_tree(session, name, local)
        return
    if not name or options.remote.endswith("/"):
        raise UsageError(f"{options.remote} is a directory; with -r all that is in it is got")
    if options.local == STANDARD_STREAM:
        if options.json:
            raise UsageError("standard output is for the file or for --json, not for both")
        with session.one():
            _get_stream(session, name, sys.stdout.buffer.fileno(), options.sha256)
        return
    with session.one():
        # A link stays one: what it leads to is replaced.
        local = Path(os.path.realpath(local_path(options.local, name.rpartition("/")[2])))
        if local.exists() and not local.is_file():
            with open(local, "wb", buffering=0) as device:
                _get_stream(session, name, device.fileno(), options.sha256)
        else:
            _get_file(session, name, local, options.sha256)


def _get_tree(session: Session, name: str, local: Path) -> None:
    try:
        for entry in session.drive.listing(name):
            with session.one():
                check_listed(entry, name)
                child, target = join(name, entry.name), local / entry.name
                if target.is_symlink():
                    raise OpsError(f"cannot get {child}: {target} is a symbolic link; remove it")
                if entry.kind == "directory":
                    target.mkdir(parents=True, exist_ok=True)
                    _get_tree(session, child, target)
                else:
                    local.mkdir(parents=True, exist_ok=True)
                    _get_file(session, child, target, None)
    except RefusedError as refused:
        if refused.status != HTTPStatus.CONFLICT:
            raise
        _get_file(session, name, local, None)  # no directory, then


def _get_file(session: Session, name: str, local: Path, sha256: str | None) -> None:
    if local.is_dir():
        raise OpsError(f"cannot get {name}: {local} is a directory")
    begun = time.monotonic()
    with session.meter.transfer(f"get {name}") as moved:
        got = download.download(
            session.drive, name, local, session.crew, expected=sha256, progress=moved
        )
    _tell_got(session, name, local, got, time.monotonic() - begun)


def _get_stream(session: Session, name: str, output: int, sha256: str | None) -> None:
    def write(content: bytes) -> None:
        view = memoryview(content)
        while view:
            view = view[os.write(output, view) :]

    begun = time.monotonic()
    with session.meter.transfer(f"get {name}") as moved:
        got = download.stream(
            session.drive, name, write, session.crew, expected=sha256, progress=moved
        )
    _tell_got(session, name, None, got, time.monotonic() - begun)


def _tell_got(session: Session, name: str, local: Path | None, got: Got, seconds: float) -> None:
    session.result(
        f"got {name}: {amount(got.size, got.size - got.resumed_at, seconds)}",
        remote=name,
        local=None if local is None else str(local),
        size=got.size,
        sha256=got.sha256,
        etag=got.etag,
        resumed_at=got.resumed_at,
        seconds=round(seconds, 3),
    )
