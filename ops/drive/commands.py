"""`python -m ops drive`: files on a drive, from a command line."""

import argparse
import errno
import json
import os
import stat
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ops.drive import progress, transfers
from ops.drive.client import (
    CHUNK_BYTES,
    NO_ROOM,
    NOT_FOUND,
    Call,
    Drive,
    Entry,
    MissingError,
    RefusedError,
    UnreachableError,
    UnsignedError,
    check_name,
)
from ops.drive.progress import Silent, human
from ops.errors import OpsError, UsageError
from ops.user import plain

if TYPE_CHECKING:
    from types_boto3_cloudformation import CloudFormationClient

_STANDARD_STREAM = "-"
_PATIENCE_SECONDS = 60.0
_READER_GONE = 141  # as a shell has it for a program that SIGPIPE ended
_INTERRUPTED = 130
_HASH_LETTERS = 64

_DRIVES = """
which drive: --url, or --stage (the outputs of the stack <stage>-Service in AWS), or DRIVE_URL.
credentials and region are those of the AWS CLI (--profile, --region); for the local cloud:
  AWS_ACCESS_KEY_ID=000000000000 AWS_SECRET_ACCESS_KEY=local AWS_REGION=us-east-1
a drive whose URL is public takes its token instead: DRIVE_TOKEN, or --token-file
"""
_EXIT_CODES = """
exit codes: 0 done, 1 failed (network, drive or local file), 2 wrong usage, 3 not found,
  4 a condition does not hold or something else is there, 5 not permitted, 6 other bytes than
  their digest, 7 no room or too large, 130 interrupted, 141 the reader of the output went away;
  of several files, that of the first failure
"""
_EXAMPLES = {
    "": """
examples:
  python -m ops drive put holiday.mov films/     as films/holiday.mov; again after an interruption
  python -m ops drive get films/holiday.mov      and it goes on where it stopped
  python -m ops drive ls films/
  python -m ops drive mv films/holiday.mov films/2026/
  python -m ops drive rm -r films
""",
    "put": """
examples:
  python -m ops drive put a.bin                  as a.bin
  python -m ops drive put a.bin docs/b.bin       as docs/b.bin
  python -m ops drive put a.bin b.bin docs/      as docs/a.bin and docs/b.bin
  python -m ops drive put -r photos archive/     as archive/photos/...
  pg_dump db | python -m ops drive put - dumps/today.sql
  python -m ops drive put --no-clobber a.bin     only if nothing is there
  python -m ops drive put --if-match '"1f-2a-3c"' a.bin    only over the version that was read
""",
    "get": """
examples:
  python -m ops drive get docs/a.bin             as a.bin
  python -m ops drive get docs/a.bin b.bin       as b.bin
  python -m ops drive get -r photos backup/      as backup/photos/...
  python -m ops drive get dumps/today.sql - | psql db
""",
    "ls": """
examples:
  python -m ops drive ls                         the root
  python -m ops drive ls docs/
  python -m ops drive ls --json docs | jq -r .name
""",
    "rm": """
examples:
  python -m ops drive rm docs/a.bin docs/b.bin
  python -m ops drive rm -r docs
""",
    "mv": """
examples:
  python -m ops drive mv a.bin b.bin
  python -m ops drive mv a.bin docs/             as docs/a.bin
  python -m ops drive mv --no-clobber a.bin b.bin
""",
}


def add_parser(tools: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `drive` to the tools."""
    parser = tools.add_parser(
        "drive",
        help="put, get, list, move and remove files of a drive",
        description=__doc__,
        epilog=_EXAMPLES[""] + _DRIVES + _EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(tool="drive")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for run in (put, get, ls, rm, mv):
        command = commands.add_parser(
            run.__name__,
            help=(run.__doc__ or "").splitlines()[0].rstrip("."),
            description=run.__doc__,
            epilog=_EXAMPLES[run.__name__] + _DRIVES + _EXIT_CODES,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        command.set_defaults(run=_run, command=run)
        _ARGUMENTS[run.__name__](command)
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
        metavar="LOCAL ... [REMOTE]",
        help="files, or - for standard input; and a name, or a directory with a slash at its end",
    )
    command.add_argument("-r", "--recursive", action="store_true", help="directories, too")
    condition = command.add_mutually_exclusive_group()
    condition.add_argument("--if-match", type=_etag, metavar="ETAG", help="only over this version")
    condition.add_argument(
        "--no-clobber", "--if-none-match", action="store_true", help="only if nothing is there"
    )


def _get_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("remote", metavar="REMOTE")
    command.add_argument(
        "local", nargs="?", metavar="LOCAL", help="a file, a directory, or - for standard output"
    )
    command.add_argument("-r", "--recursive", action="store_true", help="a directory, too")
    command.add_argument("--sha256", type=_sha256, metavar="HEX", help="which the file must have")


def _ls_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("remote", nargs="?", default="", metavar="REMOTE")


def _rm_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("remotes", nargs="+", metavar="REMOTE")
    command.add_argument("-r", "--recursive", action="store_true", help="directories, too")


def _mv_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("remote", metavar="FROM")
    command.add_argument("to", metavar="TO", help="a name, or a directory with a slash at its end")
    command.add_argument("--if-match", type=_etag, metavar="ETAG", help="only this version of FROM")
    command.add_argument("--no-clobber", action="store_true", help="only if TO is not there")


_ARGUMENTS = {
    "put": _put_arguments,
    "get": _get_arguments,
    "ls": _ls_arguments,
    "rm": _rm_arguments,
    "mv": _mv_arguments,
}


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


class _Session:
    """One run of a command: its drive, what it says, and what went wrong so far."""

    drive: Drive

    def __init__(self, meter: Silent, *, as_json: bool) -> None:
        self.meter, self._as_json = meter, as_json
        self.exit_code = 0
        self._done = self._failed = 0

    @contextmanager
    def one(self) -> Iterator[None]:
        """Do one thing of perhaps several: if it fails, say so and go on with the next."""
        try:
            yield
        except (UnreachableError, UnsignedError, BrokenPipeError):
            raise  # the next would fare no better
        except OpsError as error:
            self.fail(str(error), error.exit_code)
        except OSError as error:
            full = error.errno in {errno.ENOSPC, errno.EDQUOT}
            self.fail(_local(error), NO_ROOM if full else 1)

    def fail(self, text: str, exit_code: int) -> None:
        """Say what went wrong; the exit code is that of the first time."""
        self.meter.error(f"drive: {text}")
        self.exit_code = self.exit_code or exit_code
        self._failed += 1

    def finish(self) -> int:
        """Sum up, if there was more than one thing to do and not all of it was done."""
        if self._failed and self._failed + self._done > 1:
            self.meter.error(f"drive: {self._failed} failed, {self._done} done")
        return self.exit_code

    def result(self, text: str, **members: object) -> None:
        """Say what was done: to a program, or to a person."""
        self._done += 1
        if self._as_json:
            print(json.dumps(members), flush=True)
        else:
            self.meter.note(text)


def _run(options: argparse.Namespace) -> int:
    """Run one command with its drive; whatever goes wrong is one line and an exit code."""
    meter = progress.meter(silent=options.quiet or options.json)
    session = _Session(meter, as_json=options.json)
    try:
        session.drive = _open(options, meter)
        options.command(options, session)
        sys.stdout.flush()
    except OpsError as error:
        session.fail(str(error), error.exit_code)
    except KeyboardInterrupt:
        again = options.command in {put, get} and _STANDARD_STREAM not in {
            *getattr(options, "paths", ()),
            getattr(options, "local", ""),
        }
        goes_on = "run the same command again, and it goes on where it stopped"
        meter.error(
            f"drive: interrupted; {goes_on if again else 'what was done before stays done'}"
        )
        return _INTERRUPTED
    except BrokenPipeError:
        # Python flushes standard output once more at its end, which must not fail again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _READER_GONE
    except OSError as error:
        session.fail(_local(error), 1)
    finally:
        meter.close()
    return session.finish()


def _open(options: argparse.Namespace, meter: Silent) -> Drive:
    from botocore.exceptions import BotoCoreError  # noqa: PLC0415 - not for --help

    from ops.signed import API, SignedClient, TokenClient, service_of  # noqa: PLC0415

    url = options.url or (None if options.stage else os.environ.get("DRIVE_URL"))
    try:
        if not url and options.stage:
            url = _url_of_stage(options)
        if not url:
            raise UsageError("say which drive: --url URL, --stage Dev, or DRIVE_URL")
        address = urlsplit(url)
        bare = address.hostname and address.port != 0 and not (address.query or address.fragment)
        if address.scheme not in {"http", "https"} or not bare:
            raise UsageError(f"the URL of a drive is such as https://host/path, got {url!r}")
        token = _token(options.token_file)
        client: Call = (
            TokenClient(url, token)
            if token is not None
            else SignedClient(
                url, region=options.region, profile=options.profile, service=options.service
            )
        )
    except (ValueError, BotoCoreError) as error:
        raise UsageError(str(error)) from error
    by_api = (options.service or service_of(url)) == API
    return Drive(url, client, patience=options.patience, note=meter.note, by_api=by_api)


def _token(file: str | None) -> str | None:
    """The drive's token. No option takes it as it is, for every user of a machine to see."""
    if file is None:
        return os.environ.get("DRIVE_TOKEN") or None
    try:
        token = Path(file).read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        said = error.strerror if isinstance(error, OSError) else "it is no text of a token"
        raise UsageError(f"cannot read the token from {file}: {said}") from None
    if not token:
        raise UsageError(f"there is no token in {file}")
    return token


def _url_of_stage(options: argparse.Namespace) -> str:
    import boto3  # noqa: PLC0415 - slow, and not for those who name the URL

    # boto3 itself reads AWS_DEFAULT_REGION only.
    region = options.region or os.environ.get("AWS_REGION")
    session = boto3.Session(profile_name=options.profile, region_name=region)
    return url_of_stage(session.client("cloudformation"), options.stage)


def url_of_stage(cloudformation: "CloudFormationClient", stage: str) -> str:
    """The URL in the outputs of a stage; of one in the local cloud, the form that needs no DNS."""
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - not for --help

    name = f"{stage}-Service"
    try:
        [stack] = cloudformation.describe_stacks(StackName=name)["Stacks"]
    except (BotoCoreError, ClientError) as error:
        text = f"cannot read the outputs of {name}: {error}"
        missing = isinstance(error, ClientError) and "does not exist" in str(error)
        raise (_NoStackError if missing else OpsError)(text) from error
    for output in stack.get("Outputs", []):
        if output.get("OutputKey") == "FilesUrl":
            url = output.get("OutputValue", "")
            endpoint = cloudformation.meta.endpoint_url
            if urlsplit(endpoint).hostname in {"localhost", "127.0.0.1", "::1"}:
                url_id = (urlsplit(url).hostname or "").partition(".")[0]
                return f"{endpoint.rstrip('/')}/_aws/lambda-url/{url_id}"
            return url
    raise _NoStackError(f"the stack {name} has no output FilesUrl; is it deployed whole?")


class _NoStackError(OpsError):
    exit_code = NOT_FOUND


def put(options: argparse.Namespace, session: _Session) -> None:
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
    if _STANDARD_STREAM in locals_ and (len(locals_) > 1 or remote.endswith("/") or not remote):
        raise UsageError("standard input needs a name of its own: put - docs/name")
    if len(locals_) > 1 and remote and not remote.endswith("/"):
        raise UsageError(f"several files go into a directory, with a slash: {remote}/")
    condition = {"If-Match": options.if_match} if options.if_match else {}
    if options.no_clobber:
        condition = {"If-None-Match": "*"}
    for local in locals_:
        name = _target(remote, _own_name(local))
        if local == _STANDARD_STREAM:
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
    session: _Session, directory: Path, name: str, condition: Mapping[str, str]
) -> None:
    entries: list[os.DirEntry[str]] = []
    with session.one(), os.scandir(directory) as found:
        entries = sorted(found, key=lambda entry: entry.name)
    for entry in entries:
        local, remote = Path(entry.path), f"{name}/{entry.name}"
        if entry.is_dir(follow_symlinks=False):
            _put_directory(session, local, remote, condition)
        elif entry.is_file(follow_symlinks=False):
            with session.one():
                _put_file(session, local, remote, condition)
        else:
            session.meter.note(f"left out {local}: neither a file nor a directory")


def _put_file(session: _Session, local: Path, name: str, condition: Mapping[str, str]) -> None:
    with open(local, "rb") as file:
        source = file.fileno()
        status = os.fstat(source)
        if not stat.S_ISREG(status.st_mode):
            _put_stream(session, source, str(local), name, condition)
            return
        remembered = transfers.pending(session.drive.url, name, local, status, condition)
        _send(session, source, str(local), name, condition, remembered=remembered)


def _put_stream(
    session: _Session, source: int, local: str, name: str, condition: Mapping[str, str]
) -> None:
    """Put what has no size before its end, by way of a file on this machine."""
    with tempfile.TemporaryFile() as spool:
        while piece := os.read(source, 1024 * 1024):
            spool.write(piece)
        spool.flush()
        _send(session, spool.fileno(), local, name, condition, remembered=None)


def _send(
    session: _Session,
    source: int,
    local: str,
    name: str,
    condition: Mapping[str, str],
    *,
    remembered: transfers.Pending | None,
) -> None:
    check_name(name)
    begun = time.monotonic()
    with session.meter.transfer(f"put {name}") as moved:
        sent = transfers.upload(
            session.drive, source, name, condition, remembered=remembered, progress=moved
        )
    seconds = time.monotonic() - begun
    session.result(
        f"put {name}: {_amount(sent.size, sent.size - sent.resumed_at, seconds)}",
        local=local,
        remote=name,
        size=sent.size,
        sha256=sent.sha256,
        etag=sent.etag,
        resumed_at=sent.resumed_at,
        seconds=round(seconds, 3),
    )


def get(options: argparse.Namespace, session: _Session) -> None:
    """Get a file of the drive, or a directory with -r.

    Each answer is checked by its digest. Until a file is complete its bytes are in LOCAL.part, and
    the same command goes on from there if the drive has the same version still. Then it takes its
    place in one step.
    """
    name = _name(options.remote)
    if options.recursive:
        if options.local == _STANDARD_STREAM or options.sha256:
            raise UsageError("a directory goes to no standard output and has no SHA-256")
        local = (
            _into(options.local, name.rpartition("/")[2]) if name else Path(options.local or ".")
        )
        with session.one():
            _get_tree(session, name, local)
        return
    if not name or options.remote.endswith("/"):
        raise UsageError(f"{options.remote} is a directory; with -r all that is in it is got")
    if options.local == _STANDARD_STREAM:
        if options.json:
            raise UsageError("standard output is for the file or for --json, not for both")
        with session.one():
            _get_stream(session, name, sys.stdout.buffer.fileno(), options.sha256)
        return
    with session.one():
        # A link stays one: what it leads to is replaced.
        local = Path(os.path.realpath(_into(options.local, name.rpartition("/")[2])))
        if local.exists() and not local.is_file():
            with open(local, "wb", buffering=0) as device:
                _get_stream(session, name, device.fileno(), options.sha256)
        else:
            _get_file(session, name, local, options.sha256)


def _get_tree(session: _Session, name: str, local: Path) -> None:
    try:
        for entry in session.drive.listing(name):
            with session.one():
                _check_listed(entry, name)
                child, target = _join(name, entry.name), local / entry.name
                if target.is_symlink():
                    raise OpsError(f"cannot get {child}: {target} is a symbolic link; remove it")
                if entry.kind == "directory":
                    target.mkdir(parents=True, exist_ok=True)
                    _get_tree(session, child, target)
                else:
                    local.mkdir(parents=True, exist_ok=True)
                    _get_file(session, child, target, None)
    except RefusedError as refused:
        if refused.status != HTTPStatus.CONFLICT:
            raise
        _get_file(session, name, local, None)  # no directory, then


def _get_file(session: _Session, name: str, local: Path, sha256: str | None) -> None:
    if local.is_dir():
        raise OpsError(f"cannot get {name}: {local} is a directory")
    begun = time.monotonic()
    with session.meter.transfer(f"get {name}") as moved:
        got = transfers.download(session.drive, name, local, expected=sha256, progress=moved)
    _tell_got(session, name, local, got, time.monotonic() - begun)


def _get_stream(session: _Session, name: str, output: int, sha256: str | None) -> None:
    def write(content: bytes) -> None:
        view = memoryview(content)
        while view:
            view = view[os.write(output, view) :]

    begun = time.monotonic()
    with session.meter.transfer(f"get {name}") as moved:
        got = transfers.stream(session.drive, name, write, expected=sha256, progress=moved)
    _tell_got(session, name, None, got, time.monotonic() - begun)


def _tell_got(
    session: _Session, name: str, local: Path | None, got: transfers.Got, seconds: float
) -> None:
    session.result(
        f"got {name}: {_amount(got.size, got.size - got.resumed_at, seconds)}",
        remote=name,
        local=None if local is None else str(local),
        size=got.size,
        sha256=got.sha256,
        etag=got.etag,
        resumed_at=got.resumed_at,
        seconds=round(seconds, 3),
    )


def ls(options: argparse.Namespace, session: _Session) -> None:
    """List a directory of the drive, or one file: size, time of change, name.

    The root if REMOTE is left out. --json prints a line of JSON for each entry, with its ETag.
    """
    name = _name(options.remote)

    def tell(entry: Entry) -> None:
        if options.json:
            print(json.dumps(vars(entry)))
            return
        directory = entry.kind == "directory"
        size = "-" if directory else human(entry.size)
        print(f"{size:>10}  {_local_time(entry.modified):16}  {plain(entry.name)}{'/' * directory}")

    with session.one():
        try:
            for entry in session.drive.listing(name):
                tell(entry)
        except RefusedError as refused:
            if refused.status != HTTPStatus.CONFLICT or options.remote.endswith("/"):
                raise
            tell(session.drive.describe(name))


def rm(options: argparse.Namespace, session: _Session) -> None:
    """Remove files of the drive, and empty directories; with -r also all that is in them."""
    names = [_name(remote) for remote in options.remotes]
    if "" in names:
        raise UsageError("the root of the drive cannot be removed; name what is in it")
    for name in names:
        with session.one():
            try:
                session.drive.remove(name)
            except RefusedError as refused:
                if refused.status != HTTPStatus.CONFLICT:
                    raise
                if not options.recursive:
                    refused.advise("-r removes what is in a directory, too")
                    raise
                _empty(session, name)
                session.drive.remove(name)
            session.result(f"removed {name}", removed=name)


def _empty(session: _Session, directory: str) -> None:
    for entry in session.drive.listing(directory):
        with session.one(), suppress(MissingError):  # somebody else was faster
            _check_listed(entry, directory)
            name = _join(directory, entry.name)
            if entry.kind == "directory":
                _empty(session, name)
            session.drive.remove(name)
            session.result(f"removed {name}", removed=name)


def mv(options: argparse.Namespace, session: _Session) -> None:
    """Move a file of the drive, in one step; a directory cannot be moved."""
    name = _name(options.remote)
    if not name or options.remote.endswith("/"):
        raise UsageError("a directory cannot be moved; move the files that are in it")
    to = _target(options.to, name.rpartition("/")[2])
    condition = {"If-Match": options.if_match} if options.if_match else {}
    with session.one():
        moved = session.drive.move(name, to, condition, overwrite=not options.no_clobber)
        session.result(
            f"moved {name} to {to}",
            **{"from": name, "to": to},
            etag=moved.etag,
            replaced=None if moved.created is None else not moved.created,
        )


def _name(remote: str) -> str:
    """A name on the drive as a person writes it: with a slash before or behind it, or without."""
    name = remote.removeprefix("/").removesuffix("/")
    if name:
        check_name(name)
    return name


def _target(remote: str, own_name: str) -> str:
    """The name that a file of some name has at `remote`, which may be a directory."""
    if remote in {"", "/"}:
        name = own_name
    else:
        name = remote.removeprefix("/") + (own_name if remote.endswith("/") else "")
    check_name(name)
    return name


def _own_name(local: str) -> str:
    name = Path(local).name
    return Path(local).resolve().name if name in {"", ".."} else name


def _into(local: str | None, own_name: str) -> Path:
    """The path that a file of some name gets at `local`, which may be a directory."""
    if local is None:
        return Path(own_name)
    path = Path(local)
    return path / own_name if local.endswith("/") or path.is_dir() else path


def _join(directory: str, segment: str) -> str:
    return f"{directory}/{segment}" if directory else segment


def _check_listed(entry: Entry, directory: str) -> None:
    """Hold what a drive lists to one segment, so that it leads to no other place here or there."""
    with suppress(UsageError):
        check_name(entry.name)
        if "/" not in entry.name:
            return
    raise OpsError(f"left out {entry.name!r} of {directory or '/'}: no name of a file")


def _local_time(modified: str) -> str:
    with suppress(ValueError):
        return datetime.fromisoformat(modified).astimezone().strftime("%Y-%m-%d %H:%M")
    return plain(modified)


def _amount(size: int, moved: int, seconds: float) -> str:
    if moved <= CHUNK_BYTES:  # one request says nothing of a rate
        return human(size)
    return f"{human(size)} in {seconds:.1f} s, {human(moved / max(seconds, 1e-3))}/s"


def _local(error: OSError) -> str:
    named = f"{error.filename}: " if error.filename else ""
    return f"{named}{error.strerror or error}"
