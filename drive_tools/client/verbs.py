"""`ls`, `rm` and `mv`: the commands that transfer no bytes."""

import json
from contextlib import suppress
from dataclasses import dataclass

from drive_tools import output
from drive_tools.client.answers import ConflictStatusError, DriveEntry, NotFoundError
from drive_tools.client.names import check_listed, join, remote_name, target_name
from drive_tools.client.options import DriveOptions, etag, path
from drive_tools.client.progress import human, local_time
from drive_tools.client.session import ClientSession
from drive_tools.command_line import argument, flag
from drive_tools.errors import UsageError
from drive_tools.terminal import plain


@dataclass(frozen=True, kw_only=True)
class ListOptions(DriveOptions):
    """The options of `ls`."""

    remote: str = argument(nargs="?", default="", metavar="REMOTE")


def ls(options: ListOptions, session: ClientSession) -> None:
    """List a directory of the drive, or one file: size, time of change, name.

    The root if REMOTE is left out. --json prints a line of JSON for each entry, with its ETag.

    examples:
      %(prog)s                         the root
      %(prog)s docs/
      %(prog)s --json docs | jq -r .name
    """
    name = remote_name(options.remote)

    def tell(entry: DriveEntry) -> None:
        if options.json:
            output.show(json.dumps(vars(entry)))
            return
        directory = entry.kind == "directory"
        size = "-" if directory else human(entry.size)
        output.show(
            f"{size:>10}  {local_time(entry.modified):16}  {plain(entry.name)}{'/' * directory}"
        )

    with session.one():
        try:
            for entry in session.drive.listing(name):
                tell(entry)
        except ConflictStatusError:
            if options.remote.endswith("/"):
                raise
            tell(session.drive.describe(name))


@dataclass(frozen=True, kw_only=True)
class RemoveOptions(DriveOptions):
    """The options of `rm`."""

    remotes: tuple[str, ...] = argument(nargs="+", type=path, metavar="REMOTE")
    recursive: bool = flag("-r", "--recursive", help="directories, too")


def rm(options: RemoveOptions, session: ClientSession) -> None:
    """Remove files of the drive, and empty directories; with -r also all that is in them.

    examples:
      %(prog)s docs/a.bin docs/b.bin
      %(prog)s -r docs
    """
    names = [remote_name(remote) for remote in options.remotes]
    if "" in names:
        raise UsageError("the root of the drive cannot be removed; name what is in it")
    for name in names:
        with session.one():
            try:
                remove(session, name)
            except ConflictStatusError as refused:
                if not options.recursive:
                    refused.advise("-r removes what is in a directory, too")
                    raise
                remove_tree(session, name)


def remove(session: ClientSession, name: str, etag: str | None = None) -> None:
    """Remove a file, only of the version `etag` if given, or an empty directory, and say so."""
    session.drive.remove(name, etag)
    session.result(f"removed {name}", removed=name)


def remove_tree(session: ClientSession, name: str, *, listed_only: bool = False) -> None:
    """Remove a directory with all that is in it; with `listed_only` no version but those listed."""
    for entry in session.drive.listing(name):
        with session.one(), suppress(NotFoundError):  # somebody else was faster
            check_listed(entry, name)
            child = join(name, entry.name)
            if entry.kind == "directory":
                remove_tree(session, child, listed_only=listed_only)
            else:
                remove(session, child, entry.etag if listed_only else None)
    remove(session, name)


@dataclass(frozen=True, kw_only=True)
class MoveOptions(DriveOptions):
    """The options of `mv`."""

    remote: str = argument(type=path, metavar="FROM")
    to: str = argument(
        type=path, metavar="TO", help="a name, or a directory with a slash at its end"
    )
    recursive: bool = flag("-r", "--recursive", help="all files of a directory")
    if_match: str | None = argument(
        "--if-match", type=etag, metavar="ETAG", help="only this version of FROM"
    )
    no_clobber: bool = flag("--no-clobber", help="only if TO is not there")


def mv(options: MoveOptions, session: ClientSession) -> None:
    """Move a file of the drive, in one step; with -r each file of a directory.

    A directory that is emptied so is removed. After an interruption the same command moves the
    rest.

    examples:
      %(prog)s a.bin b.bin
      %(prog)s a.bin docs/             as docs/a.bin
      %(prog)s --no-clobber a.bin b.bin
      %(prog)s -r restored/20261127T0800/docs docs
    """
    name = remote_name(options.remote)
    if not name or (options.remote.endswith("/") and not options.recursive):
        raise UsageError(f"{_DIRECTORY}, and the root cannot be moved")
    to = target_name(options.to, name.rpartition("/")[2])
    if options.recursive and options.if_match:
        raise UsageError("--if-match is of one file, and -r moves many; name one of them")
    if options.recursive and f"{to}/".startswith(f"{name}/"):
        raise UsageError(f"{name} cannot be moved into itself, to {to}")
    condition = {"If-Match": options.if_match} if options.if_match else {}
    with session.one():
        try:
            _move(session, name, to, condition, overwrite=not options.no_clobber)
        except ConflictStatusError as refused:
            if not options.recursive:
                refused.advise(_DIRECTORY)
                raise
            _move_tree(session, name, to, overwrite=not options.no_clobber)


_DIRECTORY = "-r moves the files of a directory"


def _move(
    session: ClientSession, name: str, to: str, condition: dict[str, str], *, overwrite: bool
) -> None:
    moved = session.drive.move(name, to, condition, overwrite=overwrite)
    session.result(
        f"moved {name} to {to}",
        **{"from": name, "to": to},
        etag=moved.etag,
        replaced=None if moved.created is None else not moved.created,
    )


def _move_tree(session: ClientSession, name: str, to: str, *, overwrite: bool) -> None:
    for entry in session.drive.listing(name):
        with session.one(), suppress(NotFoundError):  # somebody else was faster
            check_listed(entry, name)
            here, there = join(name, entry.name), join(to, entry.name)
            if entry.kind == "directory":
                _move_tree(session, here, there, overwrite=overwrite)
            else:
                _move(session, here, there, {}, overwrite=overwrite)
    with suppress(ConflictStatusError, NotFoundError):  # something is left in it
        session.drive.remove(name)
