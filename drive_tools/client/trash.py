"""`trash` and `restore`: what was deleted or replaced on the drive, and how it comes back."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from drive_tools import output
from drive_tools.client.answers import DriveVersion
from drive_tools.client.names import check_name, remote_name, target_name
from drive_tools.client.options import DriveOptions, etag, path
from drive_tools.client.progress import human, local_time
from drive_tools.client.session import ClientSession
from drive_tools.command_line import argument, flag
from drive_tools.errors import ToolError, UsageError
from drive_tools.exit_codes import NOT_FOUND
from drive_tools.terminal import plain

_ID = re.compile(r"[0-9a-f]{24}-[a-z]+(-[A-Za-z0-9_=.~-]+)?")


class _NoVersionError(ToolError):
    exit_code = NOT_FOUND


@dataclass(frozen=True, kw_only=True)
class TrashOptions(DriveOptions):
    """The options of `trash`."""

    remote: str = argument(nargs="?", default="", metavar="REMOTE")
    delete: bool = flag("--delete", help="delete what is listed for good; REMOTE must be named")


def trash(options: TrashOptions, session: ClientSession) -> None:
    """List what was deleted or replaced: size, time, by what, name; the newest first.

    All of it, or of the file REMOTE, or of the files below it; --delete: / is all. --json prints a
    line of JSON for each version, with its id and its ETag.

    examples:
      %(prog)s                         all
      %(prog)s docs/
      %(prog)s --json docs/a.bin | jq -r .id
      %(prog)s --delete docs/secret.txt
    """
    name = remote_name(options.remote)
    if options.delete and not options.remote:
        raise UsageError("--delete needs the name of what to delete for good; / is all of it")
    with session.one():
        # All pages before the first deletion: the cursor of a page is a version.
        for version in _below(session, name) if not options.delete else [*_below(session, name)]:
            if options.delete:
                with session.one():
                    session.drive.delete_version(version.id)
                    session.result(f"deleted {version.path} for good", deleted=version.id)
            elif options.json:
                output.show(json.dumps(vars(version)))
            else:
                output.show(
                    f"{human(version.size):>10}  {local_time(version.trashed):16}"
                    f"  {plain(version.act):7}  {plain(version.path)}"
                )


@dataclass(frozen=True, kw_only=True)
class RestoreOptions(DriveOptions):
    """The options of `restore`."""

    version: str = argument(type=path, metavar="REMOTE|ID")
    to: str | None = argument(
        "--to", type=path, metavar="NAME", help="elsewhere, or in a directory with a slash"
    )
    overwrite: bool = flag("--overwrite", help="replace what is there, which the trash keeps")
    if_match: str | None = argument(
        "--if-match", type=etag, metavar="ETAG", help="replace only this version; with --overwrite"
    )
    recursive: bool = flag("-r", "--recursive", help="all files that were deleted below REMOTE")


def restore(options: RestoreOptions, session: ClientSession) -> None:
    """Restore a file that was deleted or replaced: its newest version in the trash, or that of ID.

    Nothing is replaced unless --overwrite is given.

    examples:
      %(prog)s docs/a.bin
      %(prog)s --to docs/a-old.bin docs/a.bin
      %(prog)s --overwrite 18ebd5cd9d0c7f8bdf1ea7b4-put-docs=2Fa.bin
      %(prog)s -r docs
    """
    if options.if_match and not options.overwrite:
        raise UsageError("--if-match says which version may be replaced; it needs --overwrite")
    if options.recursive:
        if options.to or options.if_match:
            raise UsageError("-r restores files where they were; --to and --if-match are of one")
        _restore_tree(options, session)
        return
    with session.one():
        version = _one(session, options.version)
        to = version.path
        if options.to:
            to = target_name(options.to, version.path.rpartition("/")[2])
        _restore(session, version, to, options)


def _restore_tree(options: RestoreOptions, session: ClientSession) -> None:
    """Restore the newest version of each file below a directory, unless it was only replaced."""
    name = remote_name(options.version)
    newest: dict[str, DriveVersion] = {}
    for version in _below(session, name):
        newest.setdefault(version.path, version)
    deleted = [version for version in newest.values() if version.act == "delete"]
    if not deleted:
        raise _NoVersionError(f"no file was deleted below {name or '/'} that is in the trash")
    for version in sorted(deleted, key=lambda version: version.path):
        with session.one():
            _restore(session, version, version.path, options)


def _restore(
    session: ClientSession, version: DriveVersion, to: str, options: RestoreOptions
) -> None:
    check_name(to)
    condition = {"If-Match": options.if_match} if options.if_match else {}
    restored = session.drive.restore(version, to, condition, overwrite=options.overwrite)
    session.result(
        f"restored {to}" if to == version.path else f"restored {version.path} to {to}",
        restored=to,
        id=version.id,
        etag=restored.etag,
        replaced=None if restored.created is None else not restored.created,
    )


def _one(session: ClientSession, said: str) -> DriveVersion:
    """Return the version with an id, or the newest one of a file."""
    for version in session.drive.versions():
        if version.id == said:
            return version
        if not _ID.fullmatch(said) and version.path == remote_name(said):
            return version
    raise _NoVersionError(f"there is no version of {said} in the trash")


def _below(session: ClientSession, name: str) -> Iterator[DriveVersion]:
    """The versions of a file, and of those below a directory; "" is the root."""
    for version in session.drive.versions():
        if name in {"", version.path} or version.path.startswith(f"{name}/"):
            yield version
