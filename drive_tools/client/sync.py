"""`sync`: the command that makes one directory like another, in one direction."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from drive_tools.client.digests import Digests
from drive_tools.client.names import remote_name
from drive_tools.client.options import TransferOptions, path
from drive_tools.client.progress import Tally
from drive_tools.client.session import ClientSession
from drive_tools.client.tree_down import TreeDown
from drive_tools.client.tree_up import TreeUp
from drive_tools.command_line import argument, flag


@dataclass(frozen=True, kw_only=True)
class SyncOptions(TransferOptions):
    """The options of `sync`."""

    local: str = argument(type=path, metavar="LOCAL", help="a directory of this machine")
    remote: str = argument(
        type=path, metavar="REMOTE", help="a directory of the drive; / is all of it"
    )
    back: bool = flag("--back", help="from REMOTE to LOCAL")
    delete: bool = flag("--delete", help="remove what the source does not have")
    dry_run: bool = flag("--dry-run", help="say what would be done")

    @property
    def resumes(self) -> bool:
        return True


def sync(options: SyncOptions, session: ClientSession) -> None:
    """Make a directory of the drive like one of this machine, or with --back the other way round.

    What is in LOCAL goes to REMOTE, side by side; a file that is there with the same bytes is
    left as it is. With --delete goes what is there and not here; a file that somebody changes
    meanwhile is not removed. --dry-run says what would be done, and does nothing.

    examples:
      %(prog)s photos archive/photos     what is in photos, to archive/photos
      %(prog)s --delete photos archive/photos   and remove what is there only
      %(prog)s --back photos archive/photos     from the drive to photos
      %(prog)s --delete --dry-run photos archive/photos
    """
    local, name = Path(options.local), remote_name(options.remote)
    ends = [str(local), name or "/"]
    source, target = reversed(ends) if options.back else ends
    tally = Tally(f"sync {source} to {target}")
    digests = Digests(session.drive.url, name)
    with session.one(), tally.shown(session.meter):
        if options.back:
            down = TreeDown(session, digests, tally, delete=options.delete, dry_run=options.dry_run)
            down.contents(name, local)
        else:
            up = TreeUp(session, digests, tally, {}, delete=options.delete, dry_run=options.dry_run)
            session.crew.do(partial(up.directory, local, name))
        session.crew.finish()
    if not options.dry_run and not session.exit_code:
        session.meter.note(tally.summary())
