"""`put`: files of this machine, or what comes in, to a drive."""

import argparse
import os
import stat
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from ops.drive import upload
from ops.drive.arguments import STANDARD_STREAM
from ops.drive.names import OWN_PREFIX, check_name, own_name, target_name
from ops.drive.progress import amount
from ops.drive.session import Session
from ops.errors import OpsError, UsageError


def put(options: argparse.Namespace, session: Session) -> None:
    """Put files on the drive.

    REMOTE is a name, or with a slash at its end the directory for the local names; without it
    they go to the root. A file is in place whole or not at all. One of more than 4 MiB goes in
    parts: after an interruption the same command goes on where it stopped, for as long as the
    drive keeps unfinished uploads (a day, unless its settings say otherwise) and the file stays
    as it is.
    """
    *locals_, remote = options.paths if len(options.paths) > 1 else [*options.paths, ""]
    if options.if_match and (options.recursive or len(locals_) > 1):
        raise UsageError("--if-match is for one file")
    if STANDARD_STREAM in locals_ and (len(locals_) > 1 or remote.endswith("/") or not remote):
        raise UsageError("standard input needs a name of its own: put - docs/name")
    if len(locals_) > 1 and remote and not remote.endswith("/"):
        raise UsageError(f"several files go into a directory, with a slash: {remote}/")
    condition = {"If-Match": options.if_match} if options.if_match else {}
    if options.no_clobber:
        condition = {"If-None-Match": "*"}
    for local in locals_:
        name = target_name(remote, own_name(local))
        if local == STANDARD_STREAM:
            with session.one():
                _put_stream(session, sys.stdin.buffer.fileno(), local, name, condition)
        elif not Path(local).is_dir():
            with session.one():
                _put_file(session, Path(local), name, condition)
        elif options.recursive:
            _put_directory(session, Path(local), name, condition)
        else:
            with session.one():
                raise OpsError(f"{local} is a directory; with -r it is put with all that is in it")


def _put_directory(
    session: Session, directory: Path, name: str, condition: Mapping[str, str]
) -> None:
    entries: list[os.DirEntry[str]] = []
    with session.one(), os.scandir(directory) as found:
        entries = sorted(found, key=lambda entry: entry.name)
    for entry in entries:
        local, remote = Path(entry.path), f"{name}/{entry.name}"
        if entry.name.startswith(OWN_PREFIX):
            session.meter.note(f"left out {local}: what an unfinished get needs")
        elif entry.is_dir(follow_symlinks=False):
            _put_directory(session, local, remote, condition)
        elif entry.is_file(follow_symlinks=False):
            with session.one():
                _put_file(session, local, remote, condition)
        else:
            session.meter.note(f"left out {local}: neither a file nor a directory")


def _put_file(session: Session, local: Path, name: str, condition: Mapping[str, str]) -> None:
    with open(local, "rb") as file:
        source = file.fileno()
        status = os.fstat(source)
        if not stat.S_ISREG(status.st_mode):
            _put_stream(session, source, str(local), name, condition)
            return
        remembered = upload.pending(session.drive.url, name, local, status, condition)
        _send(session, source, str(local), name, condition, remembered=remembered)


def _put_stream(
    session: Session, source: int, local: str, name: str, condition: Mapping[str, str]
) -> None:
    """Put what has no size before its end, by way of a file on this machine."""
    with tempfile.TemporaryFile() as spool:
        while piece := os.read(source, 1024 * 1024):
            spool.write(piece)
        spool.flush()
        _send(session, spool.fileno(), local, name, condition, remembered=None)


def _send(
    session: Session,
    source: int,
    local: str,
    name: str,
    condition: Mapping[str, str],
    *,
    remembered: upload.Pending | None,
) -> None:
    check_name(name)
    begun = time.monotonic()
    with session.meter.transfer(f"put {name}") as moved:
        sent = upload.upload(
            session.drive, source, name, condition, remembered=remembered, progress=moved
        )
    seconds = time.monotonic() - begun
    session.result(
        f"put {name}: {amount(sent.size, sent.size - sent.resumed_at, seconds)}",
        local=local,
        remote=name,
        size=sent.size,
        sha256=sent.sha256,
        etag=sent.etag,
        resumed_at=sent.resumed_at,
        seconds=round(seconds, 3),
    )
