"""`put`: the command that copies files, directories or standard input to a drive."""

import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from drive_tools.client.digests import Digests
from drive_tools.client.names import own_name, target_name
from drive_tools.client.options import STANDARD_STREAM, TransferOptions, etag, path
from drive_tools.client.progress import Tally
from drive_tools.client.session import ClientSession
from drive_tools.client.single import put_file, put_stream
from drive_tools.client.tree_up import TreeUp
from drive_tools.command_line import Exclusive, argument, flag
from drive_tools.errors import ToolError, UsageError

_CONDITION = Exclusive()


@dataclass(frozen=True, kw_only=True)
class PutOptions(TransferOptions):
    """The options of `put`."""

    paths: tuple[str, ...] = argument(
        nargs="+",
        type=path,
        metavar="LOCAL ... [REMOTE]",
        help="files, or - for standard input; and a name, or a directory with a slash at its end",
    )
    recursive: bool = flag("-r", "--recursive", help="directories, too")
    if_match: str | None = argument(
        "--if-match", among=_CONDITION, type=etag, metavar="ETAG", help="only over this version"
    )
    no_clobber: bool = flag(
        "--no-clobber", "--if-none-match", among=_CONDITION, help="only if nothing is there"
    )

    @property
    def resumes(self) -> bool:
        return STANDARD_STREAM not in self.paths


def put(options: PutOptions, session: ClientSession) -> None:
    """Put files on the drive.

    REMOTE is a name, or with a slash at its end the directory for the local names; without it
    they go to the root. A file is in place whole or not at all. One of more than 4 MiB goes in
    parts: after an interruption the same command resumes where it stopped, for as long as the
    drive keeps unfinished uploads (a day, unless its settings say otherwise) and the file stays
    as it is. Of a directory (-r) the files are put side by side, and those that are on the drive
    with the same bytes are left as they are.

    examples:
      %(prog)s a.bin                  as a.bin
      %(prog)s a.bin docs/b.bin       as docs/b.bin
      %(prog)s a.bin b.bin docs/      as docs/a.bin and docs/b.bin
      %(prog)s -r photos archive/     as archive/photos/...
      pg_dump db | %(prog)s - dumps/today.sql
      %(prog)s --no-clobber a.bin     only if nothing is there
      %(prog)s --if-match '"1f-2a-3c"' a.bin    only over the version that was read
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
        with session.one():
            if local == STANDARD_STREAM:
                put_stream(session, sys.stdin.buffer.fileno(), local, name, condition)
            elif not Path(local).is_dir():
                put_file(session, Path(local), name, condition)
            elif options.recursive:
                _put_tree(session, Path(local), name, condition)
            else:
                raise ToolError(f"{local} is a directory; with -r it is put with all that is in it")


def _put_tree(session: ClientSession, local: Path, name: str, condition: dict[str, str]) -> None:
    tally = Tally(f"put {name}")
    tree = TreeUp(session, Digests(session.drive.url, name), tally, condition)
    with tally.shown(session.meter):
        session.crew.do(partial(tree.directory, local, name))
        session.crew.finish()
    session.meter.note(tally.summary())
