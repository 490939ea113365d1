"""`ls`, `rm` and `mv`: the commands that transfer no bytes."""

import json
from contextlib import suppress
from datetime import datetime
from http import HTTPStatus

from drive_tools import output
from drive_tools.client.answers import DriveEntry, HttpStatusError
from drive_tools.client.names import remote_name, target_name
from drive_tools.client.options import ListOptions, MoveOptions, RemoveOptions
from drive_tools.client.progress import human
from drive_tools.client.removal import remove_tree
from drive_tools.client.session import ClientSession
from drive_tools.errors import UsageError
from drive_tools.terminal import plain


def ls(options: ListOptions, session: ClientSession) -> None:
    """List a directory of the drive, or one file: size, time of change, name.

    The root if REMOTE is left out. --json prints a line of JSON for each entry, with its ETag.
    """
    name = remote_name(options.remote)

    def tell(entry: DriveEntry) -> None:
        if options.json:
            output.show(json.dumps(vars(entry)))
            return
        directory = entry.kind == "directory"
        size = "-" if directory else human(entry.size)
        output.show(
            f"{size:>10}  {_local_time(entry.modified):16}  {plain(entry.name)}{'/' * directory}"
        )

    with session.one():
        try:
            for entry in session.drive.listing(name):
                tell(entry)
        except HttpStatusError as refused:
            if refused.status != HTTPStatus.CONFLICT or options.remote.endswith("/"):
                raise
            tell(session.drive.describe(name))


def rm(options: RemoveOptions, session: ClientSession) -> None:
    """Remove files of the drive, and empty directories; with -r also all that is in them."""
    names = [remote_name(remote) for remote in options.remotes]
    if "" in names:
        raise UsageError("the root of the drive cannot be removed; name what is in it")
    for name in names:
        with session.one():
            try:
                session.drive.remove(name)
            except HttpStatusError as refused:
                if refused.status != HTTPStatus.CONFLICT:
                    raise
                if not options.recursive:
                    refused.advise("-r removes what is in a directory, too")
                    raise
                remove_tree(session, name)
            else:
                session.result(f"removed {name}", removed=name)


def mv(options: MoveOptions, session: ClientSession) -> None:
    """Move a file of the drive, in one step; a directory cannot be moved."""
    name = remote_name(options.remote)
    if not name or options.remote.endswith("/"):
        raise UsageError("a directory cannot be moved; move the files that are in it")
    to = target_name(options.to, name.rpartition("/")[2])
    condition = {"If-Match": options.if_match} if options.if_match else {}
    with session.one():
        try:
            moved = session.drive.move(name, to, condition, overwrite=not options.no_clobber)
        except HttpStatusError as refused:
            if refused.status == HTTPStatus.CONFLICT:
                refused.advise("a directory cannot be moved; move the files that are in it")
            raise
        session.result(
            f"moved {name} to {to}",
            **{"from": name, "to": to},
            etag=moved.etag,
            replaced=None if moved.created is None else not moved.created,
        )


def _local_time(modified: str) -> str:
    with suppress(ValueError):
        return datetime.fromisoformat(modified).astimezone().strftime("%Y-%m-%d %H:%M")
    return plain(modified)
