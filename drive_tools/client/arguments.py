"""What can be said on the command line: options, their forms, and examples of all of it."""

import argparse

from drive_tools import exit_codes

STANDARD_STREAM = "-"
_PATIENCE_SECONDS = 60.0
_JOBS, _MOST_JOBS = 8, 64
_HASH_LETTERS = 64

_DRIVES = """
which drive: --url, or --stage (the outputs of the stack <stage>-Service in AWS), or DRIVE_URL.
credentials and region are those of the AWS CLI (--profile, --region); for the local cloud:
  AWS_ACCESS_KEY_ID=000000000000 AWS_SECRET_ACCESS_KEY=local AWS_REGION=us-east-1
a drive whose URL is public takes its token instead: DRIVE_TOKEN, or --token-file
"""
_EXAMPLES = {
    "": """
examples:
  %(prog)s put holiday.mov films/     as films/holiday.mov; again after an interruption
  %(prog)s get films/holiday.mov      and it goes on where it stopped
  %(prog)s ls films/
  %(prog)s mv films/holiday.mov films/2026/
  %(prog)s rm -r films
""",
    "put": """
examples:
  %(prog)s a.bin                  as a.bin
  %(prog)s a.bin docs/b.bin       as docs/b.bin
  %(prog)s a.bin b.bin docs/      as docs/a.bin and docs/b.bin
  %(prog)s -r photos archive/     as archive/photos/...
  pg_dump db | %(prog)s - dumps/today.sql
  %(prog)s --no-clobber a.bin     only if nothing is there
  %(prog)s --if-match '"1f-2a-3c"' a.bin    only over the version that was read
""",
    "get": """
examples:
  %(prog)s docs/a.bin             as a.bin
  %(prog)s docs/a.bin b.bin       as b.bin
  %(prog)s -r photos backup       what is in photos, to backup
  %(prog)s -r photos backup/      as backup/photos/...
  %(prog)s dumps/today.sql - | psql db
""",
    "sync": """
examples:
  %(prog)s photos archive/photos     what is in photos, to archive/photos
  %(prog)s --delete photos archive/photos   and remove what is there only
  %(prog)s --back photos archive/photos     from the drive to photos
  %(prog)s --delete --dry-run photos archive/photos
""",
    "ls": """
examples:
  %(prog)s                         the root
  %(prog)s docs/
  %(prog)s --json docs | jq -r .name
""",
    "rm": """
examples:
  %(prog)s docs/a.bin docs/b.bin
  %(prog)s -r docs
""",
    "mv": """
examples:
  %(prog)s a.bin b.bin
  %(prog)s a.bin docs/             as docs/a.bin
  %(prog)s --no-clobber a.bin b.bin
""",
}


def epilog(command: str) -> str:
    """What stands below the help of a command; "" is that of all."""
    note = "; of several files, that of the first failure"
    return f"{_EXAMPLES[command]}{_DRIVES}\n{exit_codes.listed(exit_codes.CLIENT, note)}\n"


def add(command: argparse.ArgumentParser, name: str) -> None:
    """Add what the command `name` takes, and what all of them take."""
    _ARGUMENTS[name](command)
    which = command.add_mutually_exclusive_group()
    which.add_argument("--url", help="of the drive, as deployments print it")
    which.add_argument("--stage", help="find the URL in the outputs of this stage in AWS")
    command.add_argument("--profile", help="of the AWS CLI's configuration")
    command.add_argument("--region", help="to sign for, if the URL does not say it")
    command.add_argument(
        "--service",
        choices=("lambda", "execute-api"),
        help="to sign for: a function URL, or an API's domain (by the URL's host)",
    )
    command.add_argument(
        "--token-file",
        metavar="FILE",
        help="with the token of a drive whose URL is public; or DRIVE_TOKEN",
    )
    command.add_argument(
        "--patience",
        type=_seconds,
        default=_PATIENCE_SECONDS,
        metavar="SECONDS",
        help="how long to try again what may pass (60)",
    )
    command.add_argument("--quiet", "-q", action="store_true", help="say errors only")
    command.add_argument("--json", action="store_true", help="print a line of JSON per result")


def _put_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "paths",
        nargs="+",
        type=_path,
        metavar="LOCAL ... [REMOTE]",
        help="files, or - for standard input; and a name, or a directory with a slash at its end",
    )
    command.add_argument("-r", "--recursive", action="store_true", help="directories, too")
    condition = command.add_mutually_exclusive_group()
    condition.add_argument("--if-match", type=_etag, metavar="ETAG", help="only over this version")
    condition.add_argument(
        "--no-clobber", "--if-none-match", action="store_true", help="only if nothing is there"
    )
    _jobs_argument(command)


def _get_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("remote", type=_path, metavar="REMOTE")
    command.add_argument(
        "local",
        nargs="?",
        type=_path,
        metavar="LOCAL",
        help="a file, a directory, or - for standard output",
    )
    command.add_argument("-r", "--recursive", action="store_true", help="a directory, too")
    command.add_argument("--sha256", type=_sha256, metavar="HEX", help="which the file must have")
    _jobs_argument(command)


def _sync_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("local", type=_path, metavar="LOCAL", help="a directory of this machine")
    command.add_argument(
        "remote", type=_path, metavar="REMOTE", help="a directory of the drive; / is all of it"
    )
    command.add_argument("--back", action="store_true", help="from REMOTE to LOCAL")
    command.add_argument(
        "--delete", action="store_true", help="remove what the source does not have"
    )
    command.add_argument("--dry-run", action="store_true", help="say what would be done")
    _jobs_argument(command)


def _ls_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("remote", nargs="?", default="", metavar="REMOTE")


def _rm_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("remotes", nargs="+", type=_path, metavar="REMOTE")
    command.add_argument("-r", "--recursive", action="store_true", help="directories, too")


def _mv_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("remote", type=_path, metavar="FROM")
    command.add_argument(
        "to", type=_path, metavar="TO", help="a name, or a directory with a slash at its end"
    )
    command.add_argument("--if-match", type=_etag, metavar="ETAG", help="only this version of FROM")
    command.add_argument("--no-clobber", action="store_true", help="only if TO is not there")


_ARGUMENTS = {
    "put": _put_arguments,
    "get": _get_arguments,
    "sync": _sync_arguments,
    "ls": _ls_arguments,
    "rm": _rm_arguments,
    "mv": _mv_arguments,
}


def _jobs_argument(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--jobs",
        type=_jobs,
        default=_JOBS,
        metavar="N",
        help=f"how many requests at once ({_JOBS})",
    )


def _path(text: str) -> str:
    """What is empty was a variable of a shell that was not set, and would mean a root or all."""
    if not text:
        raise argparse.ArgumentTypeError(
            "a name must not be empty (/ is the root of the drive, . is this directory), got ''"
        )
    return text


def _jobs(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text[:9]) <= _MOST_JOBS:
        raise argparse.ArgumentTypeError(f"jobs must be 1..{_MOST_JOBS}, got {text!r}")
    return int(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1
    if not 0 <= seconds < float("inf"):
        raise argparse.ArgumentTypeError(f"patience is a number of seconds, got {text!r}")
    return seconds


def _etag(text: str) -> str:
    """Shells eat the quotes of an ETag, so they may be left out."""
    tag = text if text.startswith('"') else f'"{text}"'
    if not tag.isascii() or not tag.isprintable() or '"' in tag[1:-1] or not tag.endswith('"'):
        raise argparse.ArgumentTypeError(f"an ETag is such as 1f-2a-3c, got {text!r}")
    return tag


def _sha256(text: str) -> str:
    digest = text.lower()
    if len(digest) != _HASH_LETTERS or set(digest) - set("0123456789abcdef"):
        raise argparse.ArgumentTypeError(f"a SHA-256 is {_HASH_LETTERS} hex digits, got {text!r}")
    return digest
