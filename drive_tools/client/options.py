"""The options that several commands of the client have."""

import argparse
from dataclasses import dataclass

from drive_tools.command_line import Exclusive, argument, duration, flag

STANDARD_STREAM = "-"
_JOBS, _MOST_JOBS = 8, 64


def path(text: str) -> str:
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


def etag(text: str) -> str:
    """Return the ETag in quotes, which may be left out: shells remove them."""
    tag = text if text.startswith('"') else f'"{text}"'
    if not tag.isascii() or not tag.isprintable() or '"' in tag[1:-1] or not tag.endswith('"'):
        raise argparse.ArgumentTypeError(f"an ETag is such as 1f-2a-3c, got {text!r}")
    return tag


_DRIVE = Exclusive()


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
        type=duration("patience is a number of seconds"),
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
