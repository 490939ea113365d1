"""Many instances at once on few names: who wrote whole, and who wrote alone.

Eight processes call the function; their orders are drawn from recorded seeds, and what each was
answered is held against the others' answers afterwards.
"""

import base64
import hashlib
import importlib
import io
import itertools
import json
import os
import random
import subprocess
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import pytest

from drive import locks, quota, upload_state, usage
from tests.patience import PATIENCE_SECONDS
from tests.url import Answer, Url, path_of

PROJECT = Path(__file__).resolve().parents[2]
WRITERS = 8
NAMES = [f"{directory}/{number}" for directory in "abcde" for number in range(10)]
TUS, PART = "1.0.0", "application/offset+octet-stream"


@dataclass(frozen=True, kw_only=True)
class Done:
    """What a writer did: when, with which condition, and what became of it."""

    writer: int
    number: int
    what: str
    name: str
    destination: str = ""
    if_match: str = ""
    status: int = 0
    etag: str = ""
    content: str = ""
    begun: int = 0
    ended: int = 0

    @property
    def well(self) -> bool:
        return self.status < 300


@pytest.mark.parametrize(("seed", "operations", "limit"), [(1, 300, ""), (2, 150, "1000000000000")])
def test_every_file_is_whole_and_every_condition_held_alone(
    tmp_path: Path, seed: int, operations: int, limit: str
) -> None:
    drive = tmp_path / "drive"
    drive.mkdir()
    if limit:
        quota.change(drive, 1, limit=int(limit))  # so that nobody writes while it first counts
        quota.change(drive, -1, limit=int(limit))
    done = _work(drive, seed, operations, limit)
    assert len(done) == WRITERS * operations
    assert_consistent(drive, done)
    own = {path.name for path in drive.rglob(".drive-*")}
    assert own <= {locks.DIRECTORY, upload_state.DIRECTORY, quota.COUNTER}
    if limit:
        there = usage.measure(drive, time_left=lambda: 60)
        counted = int((drive / quota.COUNTER).read_bytes().split()[1])
        assert counted == there.bytes + there.announced_bytes
    else:  # enough for each condition to have held, and to have refused somebody
        met = {(one.what, one.status) for one in done}
        for what in ("create", "upload", "move this", "move to new"):
            assert {(what, 201), (what, 412)} <= met
        for what in ("replace", "delete this"):
            assert {(what, 204), (what, 412)} <= met


def assert_consistent(drive: Path, done: list[Done]) -> None:
    """Hold what writers did to each other, and to what is on the drive, which was empty."""
    _assert_nothing_failed(done)
    _assert_whole(drive, done)
    _assert_each_version_went_once(done)
    _assert_each_name_was_made_once(drive, done)


def _assert_nothing_failed(done: list[Done]) -> None:
    allowed = {
        "get": {200, 404},
        "put": {201, 204},
        "replace": {204, 412},
        "create": {201, 412},
        "upload": {201, 204, 412},
        "delete": {204, 404},
        "delete this": {204, 404, 412},
        "move": {201, 204, 404},
        "move this": {201, 204, 404, 412},
        "move to new": {201, 404, 412},
        "rmdir": {204, 404, 409},
    }
    assert [one for one in done if one.status not in allowed[one.what]] == []


def _assert_whole(drive: Path, done: list[Done]) -> None:
    """What is there, and what anybody read, is what somebody wrote; its tag says which."""
    written = {one.etag: one.content for one in done if one.content and one.well and _writes(one)}
    assert len(written) == sum(1 for one in done if one.well and _writes(one)), "a tag was reused"
    for one in done:
        if one.what == "get" and one.well:
            assert written[one.etag] == one.content
    for name in NAMES:
        if (drive / name).exists():
            content = (drive / name).read_bytes()
            digest, _, rest = content.partition(b"\n")
            assert hashlib.sha256(rest).hexdigest().encode() == digest
            assert _told(content) in written.values()


def _assert_each_version_went_once(done: list[Done]) -> None:
    """A version comes to a name by a write or a move, and leaves it at most as often."""
    came: Counter[tuple[str, str]] = Counter()
    went: Counter[tuple[str, str]] = Counter()
    for one in done:
        if not one.well:
            continue
        if _writes(one):
            came[one.etag, one.name] += 1
        if one.what.startswith("move"):
            came[one.etag, one.destination] += 1
            went[one.etag, one.name] += 1
            assert one.if_match in {"", one.etag}
        elif one.if_match:
            went[one.if_match, one.name] += 1
    assert went - came == Counter()
    left = Counter(etag for etag, _ in (came - went).elements())
    assert not left or max(left.values()) == 1, "a version is in two places"


def _assert_each_name_was_made_once(drive: Path, done: list[Done]) -> None:
    """A name is made, then removed, then made: both are counted, and looked at by the clock."""
    for name in NAMES:
        made = [
            one
            for one in done
            if (one.name == name and one.status == 201 and one.what in {"put", "create", "upload"})
            or (one.destination == name and one.status == 201)
        ]
        removed = [
            one
            for one in done
            if one.name == name and one.well and one.what.startswith(("move", "delete"))
        ]
        assert len(made) - len(removed) == (drive / name).exists(), name
        made.sort(key=lambda one: one.ended)
        for first, second in itertools.pairwise(made):
            begun, ended = min(first.begun, second.begun), max(first.ended, second.ended)
            assert [one for one in removed if one.ended > begun and one.begun < ended], (
                f"{name} was made twice",
                first,
                second,
            )


def _writes(one: Done) -> bool:
    return one.what in {"put", "replace", "create", "upload"}


def _told(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _work(drive: Path, seed: int, operations: int, limit: str) -> list[Done]:
    """Let all writers run, and return what they did."""
    workers = subprocess.run(
        [sys.executable, "-m", "tests.service.test_concurrency", str(seed), str(operations)],
        check=False,
        cwd=PROJECT,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(PROJECT), str(PROJECT / "lambda_src")]),
            "MOUNT_PATH": str(drive),
            "MOUNT_ACCESS": "read-write",
            "MAX_DRIVE_BYTES": limit,
            "POWERTOOLS_SERVICE_NAME": "files",
            "POWERTOOLS_METRICS_NAMESPACE": "LambdaDrive",
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
    )
    assert workers.returncode == 0, workers.stderr
    return [Done(**json.loads(line)) for line in workers.stdout.splitlines()]


class Writer:
    """One instance's caller."""

    def __init__(self, url: Callable[..., Answer], writer: int, seed: int) -> None:
        self._url = url
        self._writer = writer
        self._random = random.Random(seed * 1000 + writer)
        self._seen: dict[str, str] = {}

    def act(self, number: int) -> Done:
        """Do one thing to one name."""
        choose = self._random
        name, destination = choose.sample(NAMES[: choose.choice([5, 50])], 2)
        what = choose.choice(
            [
                *("get", "get", "get", "put", "replace", "replace", "create", "upload"),
                *("delete", "delete this", "move", "move this", "move to new", "rmdir"),
            ]
        )
        content = self._content(number) if what in {"put", "replace", "create", "upload"} else b""
        if not what.startswith("move"):
            destination = ""
        tag = ""
        if what in {"replace", "delete this", "move this"} or (
            what == "upload" and choose.random() < 0.5
        ):
            if choose.random() < 0.7:
                self._seen[name] = self._url("HEAD", f"/files/{name}").headers.get("etag", "")
            tag = self._seen.get(name) or '"0-0-0"'
        begun = time.monotonic_ns()
        answer = self._ask(what, name, destination, tag, content)
        ended = time.monotonic_ns()
        etag = answer.headers.get("etag", "")
        if answer.status < 300:
            self._seen.pop(name, None)
            if etag:
                self._seen[destination or name] = etag
        return Done(
            writer=self._writer,
            number=number,
            what=what,
            name=name,
            destination=destination,
            if_match=tag,
            status=answer.status,
            etag=etag,
            content=_told(answer.body if what == "get" else content) if answer.status < 300 else "",
            begun=begun,
            ended=ended,
        )

    def _content(self, number: int) -> bytes:
        size = self._random.choice([0, 100, 10_000, 100_000])
        rest = f"{self._writer} {number}\n".encode() + self._random.randbytes(size)
        return hashlib.sha256(rest).hexdigest().encode() + b"\n" + rest

    def _ask(self, what: str, name: str, destination: str, tag: str, content: bytes) -> Answer:
        url, path = self._url, f"/files/{name}"
        to = f"/files/{destination}"
        asks = {
            "get": lambda: url("GET", path),
            "put": lambda: url("PUT", path, content),
            "replace": lambda: url("PUT", path, content, If_Match=tag),
            "create": lambda: url("PUT", path, content, If_None_Match="*"),
            "upload": lambda: self._upload(name, tag, content),
            "delete": lambda: url("DELETE", path),
            "delete this": lambda: url("DELETE", path, If_Match=tag),
            "move": lambda: url("POST", path, Destination=to),
            "move this": lambda: url("POST", path, Destination=to, If_Match=tag),
            "move to new": lambda: url("POST", path, Destination=to, Overwrite="F"),
            "rmdir": lambda: url("DELETE", path.rpartition("/")[0]),
        }
        return asks[what]()

    def _upload(self, name: str, tag: str, content: bytes) -> Answer:
        """Send a file by tus, in two parts; a condition is one of the upload, which is given up."""
        metadata = f"filename {base64.b64encode(name.encode()).decode()}"
        length, half = str(len(content)), len(content) // 2
        begin = partial(
            self._url,
            *("POST", "/uploads", content[:half]),
            Tus_Resumable=TUS,
            Content_Type=PART,
            Upload_Length=length,
            Upload_Metadata=metadata,
        )
        begun = begin(If_Match=tag) if tag else begin(If_None_Match="*")
        if begun.status != 201:
            return begun
        upload = path_of(begun.headers["location"])
        ended = self._url(
            *("PATCH", upload, content[half:]),
            Tus_Resumable=TUS,
            Content_Type=PART,
            Upload_Offset=str(half),
        )
        assert self._url("DELETE", upload, Tus_Resumable=TUS).status == 204
        status = 201 if ended.status == 204 and not tag else ended.status
        return Answer(status, ended.headers, ended.body)


def _run(seed: int, operations: int) -> None:
    """Fork the writers from one process in which everything is loaded; print what they did."""
    module = importlib.import_module("files.handler")
    module.logger.registered_handler.stream = io.StringIO()
    locks._WAIT_SECONDS = quota._WAIT_SECONDS = PATIENCE_SECONDS  # eight of them, and few names
    reports, pids = [], []
    for writer in range(WRITERS):
        ours, theirs = os.pipe()
        pids.append(os.fork())
        if pids[-1] == 0:
            try:
                with redirect_stdout(io.StringIO()):
                    own = Writer(Url(module, io.StringIO()), writer, seed)
                    done = [own.act(number) for number in range(operations)]
                with open(theirs, "w") as report:
                    report.writelines(f"{json.dumps(asdict(one))}\n" for one in done)
            except BaseException:  # noqa: BLE001 - it must not go on as its parent
                traceback.print_exc()
            os._exit(0)
        os.close(theirs)
        reports.append(ours)
    for descriptor, pid in zip(reports, pids, strict=True):
        with open(descriptor) as report:
            sys.stdout.write(report.read())
        os.waitpid(pid, 0)


if __name__ == "__main__":
    _run(int(sys.argv[1]), int(sys.argv[2]))
