"""The options of each command of the client."""

import argparse
from dataclasses import dataclass

from drive_tools.command_line import Exclusive, argument, flag, seconds

STANDARD_STREAM = "-"
_JOBS, _MOST_JOBS = 8, 64
_HASH_LETTERS = 64


def _path(text: str) -> str:
    """Refuse an empty name: a shell variable that was not set would mean the root."""
    if not text:
        raise argparse.ArgumentTypeError(
            "a name must not be empty (/ is the root of the drive, . is this directory), got ''"
        )
    return text


def _jobs(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text[:9]) <= _MOST_JOBS:
        raise argparse.ArgumentTypeError(f"jobs must be 1..{_MOST_JOBS}, got {text!r}")
    return int(text)


def _etag(text: str) -> str:
    """Return the ETag in quotes, which may be left out: shells remove them."""
    tag = text if text.startswith('"') else f'"{text}"'
    if not tag.isascii() or not tag.isprintable() or '"' in tag[1:-1] or not tag.endswith('"'):
        raise argparse.ArgumentTypeError(f"an ETag is such as 1f-2a-3c, got {text!r}")
    return tag


def _sha256(text: str) -> str:
    digest = text.lower()
    if len(digest) != _HASH_LETTERS or set(digest) - set("0123456789abcdef"):
        raise argparse.ArgumentTypeError(f"a SHA-256 is {_HASH_LETTERS} hex digits, got {text!r}")
    return digest


_DRIVE, _CONDITION = Exclusive(), Exclusive()


@dataclass(frozen=True, kw_only=True)
class DriveOptions:
    """The drive, the credentials and the output of a command."""

    tool: str
    url: str | None = argument("--url", among=_DRIVE, help="of the drive, as deployments print it")
    stage: str | None = argument(
        "--stage", among=_DRIVE, help="find the URL in the outputs of this stage in AWS"
    )
    profile: str | None = argument("--profile", help="of the AWS CLI's configuration")
    region: str | None = argument("--region", help="to sign for, if the URL does not say it")
    service: str | None = argument(
        "--service",
        choices=("lambda", "execute-api"),
        help="to sign for: a function URL, or an API's domain (by the URL's host)",
    )
    token_file: str | None = argument(
        "--token-file",
        metavar="FILE",
        help="with the token of a drive whose URL is public; or DRIVE_TOKEN",
    )
    patience: float | None = argument(
        "--patience",
        type=seconds("patience"),
        metavar="SECONDS",
        help="how long to try again what may pass (60)",
    )
    quiet: bool = flag("--quiet", "-q", help="say errors only")
    json: bool = flag("--json", help="print a line of JSON per result")

    @property
    def resumes(self) -> bool:
        """Return whether the same command resumes where this one was interrupted."""
        return False


@dataclass(frozen=True, kw_only=True)
class TransferOptions(DriveOptions):
    """The number of requests that a command makes side by side."""

    jobs: int = argument(
        "--jobs",
        type=_jobs,
        default=_JOBS,
        metavar="N",
        help=f"how many requests at once ({_JOBS})",
    )


@dataclass(frozen=True, kw_only=True)
class PutOptions(TransferOptions):
    """The options of `put`."""

    paths: tuple[str, ...] = argument(
        nargs="+",
        type=_path,
        metavar="LOCAL ... [REMOTE]",
        help="files, or - for standard input; and a name, or a directory with a slash at its end",
    )
    recursive: bool = flag("-r", "--recursive", help="directories, too")
    if_match: str | None = argument(
        "--if-match", among=_CONDITION, type=_etag, metavar="ETAG", help="only over this version"
    )
    no_clobber: bool = flag(
        "--no-clobber", "--if-none-match", among=_CONDITION, help="only if nothing is there"
    )

    @property
    def resumes(self) -> bool:
        return STANDARD_STREAM not in self.paths


@dataclass(frozen=True, kw_only=True)
class GetOptions(TransferOptions):
    """The options of `get`."""

    remote: str = argument(type=_path, metavar="REMOTE")
    local: str | None = argument(
        nargs="?",
        type=_path,
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


@dataclass(frozen=True, kw_only=True)
class SyncOptions(TransferOptions):
    """The options of `sync`."""

    local: str = argument(type=_path, metavar="LOCAL", help="a directory of this machine")
    remote: str = argument(
        type=_path, metavar="REMOTE", help="a directory of the drive; / is all of it"
    )
    back: bool = flag("--back", help="from REMOTE to LOCAL")
    delete: bool = flag("--delete", help="remove what the source does not have")
    dry_run: bool = flag("--dry-run", help="say what would be done")

    @property
    def resumes(self) -> bool:
        return True


@dataclass(frozen=True, kw_only=True)
class ListOptions(DriveOptions):
    """The options of `ls`."""

    remote: str = argument(nargs="?", default="", metavar="REMOTE")


@dataclass(frozen=True, kw_only=True)
class RemoveOptions(DriveOptions):
    """The options of `rm`."""

    remotes: tuple[str, ...] = argument(nargs="+", type=_path, metavar="REMOTE")
    recursive: bool = flag("-r", "--recursive", help="directories, too")


@dataclass(frozen=True, kw_only=True)
class MoveOptions(DriveOptions):
    """The options of `mv`."""

    remote: str = argument(type=_path, metavar="FROM")
    to: str = argument(
        type=_path, metavar="TO", help="a name, or a directory with a slash at its end"
    )
    if_match: str | None = argument(
        "--if-match", type=_etag, metavar="ETAG", help="only this version of FROM"
    )
    no_clobber: bool = flag("--no-clobber", help="only if TO is not there")
