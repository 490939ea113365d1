"""`get`: the command that copies files and directories of a drive to this machine."""

import argparse
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from drive_tools.client.answers import ConflictStatusError
from drive_tools.client.digests import Digests
from drive_tools.client.names import local_path, local_tree, remote_name
from drive_tools.client.options import STANDARD_STREAM, TransferOptions, path
from drive_tools.client.progress import Tally
from drive_tools.client.session import ClientSession
from drive_tools.client.single import get_file, get_stream
from drive_tools.client.tree_down import TreeDown
from drive_tools.command_line import argument, flag
from drive_tools.errors import UsageError

_HASH_LETTERS = 64


def _sha256(text: str) -> str:
    digest = text.lower()
    if len(digest) != _HASH_LETTERS or set(digest) - set("0123456789abcdef"):
        raise argparse.ArgumentTypeError(f"a SHA-256 is {_HASH_LETTERS} hex digits, got {text!r}")
    return digest


@dataclass(frozen=True, kw_only=True)
class GetOptions(TransferOptions):
    """The options of `get`."""

    remote: str = argument(type=path, metavar="REMOTE")
    local: str | None = argument(
        nargs="?",
        type=path,
        metavar="LOCAL",
        help="a file, a directory, or - for standard output",
    )
    recursive: bool = flag("-r", "--recursive", help="a directory, too")
    sha256: str | None = argument(
        "--sha256", type=_sha256, metavar="HEX", help="which the file must have"
    )

    @property
    def resumes(self) -> bool:
        return self.local != STANDARD_STREAM


def get(options: GetOptions, session: ClientSession) -> None:
    """Get a file of the drive, or a directory with -r.

    Each answer is checked by its digest. Until a file is complete its bytes are in a hidden file
    beside it, and the same command resumes from there if the drive has the same version still.
    Then it takes its place in one step. A large file comes over several connections; of a
    directory (-r) the files come side by side, and those that are here as the drive has them are
    left as they are. With -r LOCAL is the directory itself, made if it is not there; with a slash
    at its end, or as . or .., it is the one in which the directory goes under its own name.

    examples:
      %(prog)s docs/a.bin             as a.bin
      %(prog)s docs/a.bin b.bin       as b.bin
      %(prog)s -r photos backup       what is in photos, to backup
      %(prog)s -r photos backup/      as backup/photos/...
      %(prog)s dumps/today.sql - | psql db
    """
    name = remote_name(options.remote)
    if options.recursive:
        if options.local == STANDARD_STREAM or options.sha256:
            raise UsageError("a directory goes to no standard output and has no SHA-256")
        local = (
            local_tree(options.local, name.rpartition("/")[2])
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
            get_stream(session, name, sys.stdout.buffer.fileno(), None, options.sha256)
        return
    with session.one():
        # A link stays one: what it leads to is replaced.
        local = Path(os.path.realpath(local_path(options.local, name.rpartition("/")[2])))
        if local.exists() and not local.is_file():
            with open(local, "wb", buffering=0) as device:
                get_stream(session, name, device.fileno(), local, options.sha256)
        else:
            try:
                get_file(session, name, local, sha256=options.sha256)
            except ConflictStatusError as refused:
                refused.advise("-r gets all that is in a directory")
                raise


def _get_tree(session: ClientSession, name: str, local: Path) -> None:
    tally = Tally(f"get {name or '/'}")
    tree = TreeDown(session, Digests(session.drive.url, name), tally)
    try:
        with tally.shown(session.meter):
            tree.contents(name, local)
            session.crew.finish()
    except ConflictStatusError:
        get_file(session, name, local)  # no directory, then
        return
    session.meter.note(tally.summary())
