"""Instances of the function that end by SIGKILL: before a call to the system, or after some time.

`python -m tests.service.instances` is the process that they are forked from.
"""

import importlib
import itertools
import os
import signal
import socket
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from drive.quota import Limits
from tests.patience import moment
from tests.url import Context

PROJECT = Path(__file__).resolve().parents[2]
LIMIT = 10**12
_UNFLUSHED = "unflushed"
# Calls that change nothing on a disk: a death before one is the death before the next that does.
# The locks of whoever dies are free in any case.
_CHANGE_NOTHING = {
    *("_path_normpath", "access", "close", "dup", "flock", "fspath", "fstat", "getpid", "listdir"),
    *("lseek", "lstat", "pread", "read", "readlink", "scandir", "stat", "statvfs", "urandom"),
}


@contextmanager
def nurse(*, trash_days: str) -> Iterator[Connection]:
    """Start the process that instances are forked from; yield the pipe to it."""
    ours, theirs = socket.socketpair()
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.service.instances", str(theirs.fileno())],
            cwd=PROJECT,
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join([str(PROJECT), str(PROJECT / "lambda_src")]),
                "MOUNT_PATH": os.devnull,
                "MOUNT_ACCESS": "read-write",
                "TRASH_DAYS": trash_days,
                "POWERTOOLS_SERVICE_NAME": "files",
                "POWERTOOLS_METRICS_NAMESPACE": "LambdaDrive",
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,  # the function's log
            pass_fds=[theirs.fileno()],
        )
    with Connection(ours.detach()) as pipe:
        yield pipe
    process.wait()


@dataclass(frozen=True)
class Ended:
    """How an instance ended: with its answer, or killed without one."""

    status: int | None
    headers: dict[str, str]
    unflushed: bool = False  # what it wrote, all or a part of it


@dataclass
class Instances:
    """Processes that serve one request each, and die when they are told to."""

    drive: Path
    nursery: Connection
    kills: int = 0

    def __call__(
        self,
        request: dict[str, Any],
        *,
        step: int | None = None,
        lossy: bool = False,
        seconds: float | None = None,
    ) -> Ended:
        """Let an instance die before call number `step` that changes a disk, or after some time."""
        self.nursery.send((str(self.drive), request, step, lossy, seconds))
        answer, unflushed = None, False
        while not isinstance(said := self.nursery.recv(), int):
            if said == _UNFLUSHED:
                unflushed = True
            else:
                answer = said
        assert said in {0, -signal.SIGKILL}, "it failed; see what it printed"
        self.kills += said != 0
        if answer is None:
            return Ended(None, {}, unflushed)
        headers = {name.lower(): value for name, value in answer["headers"].items()}
        return Ended(answer["statusCode"], headers, unflushed)

    def deaths(self, request: Callable[[], dict[str, Any]]) -> Iterator[Ended]:
        """Kill a request before the first call that changes a disk, then before the second ...

        Then again, with zeros for what was not flushed, at the steps where there was such, and
        after the answer: at the others nothing could be lost. Each row ends after the answer.
        """
        steps = list[int]()
        for step in itertools.count(1):
            ended = self(request(), step=step)
            if ended.unflushed or ended.status is not None:
                steps.append(step)
            yield ended
            if ended.status is not None:
                break
        assert step > 3, "every request changes more"
        for step in steps:
            yield self(request(), step=step, lossy=True)


class Death:
    """Watches the calls that a request makes to the system, and ends the process before one."""

    def __init__(
        self, step: int, *, lossy: bool = False, tell: Callable[[str], object] = id
    ) -> None:
        self._steps_left = step
        self._lossy = lossy
        self._tell = tell
        self._unflushed: list[tuple[int, int, int]] = []
        self.undisturbed = os.write
        self._pwrite, self._fsync = os.pwrite, os.fsync
        os.write, os.pwrite, os.fsync = self.write, self.pwrite, self.fsync  # type: ignore[assignment]

    def watch(self, _frame: object, kind: str, called: Any) -> None:  # noqa: ANN401
        """Be called by the interpreter whenever a function of C is."""
        if kind == "c_call" and called.__module__ in {"posix", "fcntl"}:
            self._steps_left -= called.__name__ not in _CHANGE_NOTHING
            if self._steps_left == 0:
                self.die()

    def die(self) -> None:
        """End, with all that was not flushed if the machine goes too; tell if there is such."""
        if self._unflushed:
            self._tell(_UNFLUSHED)
        for descriptor, offset, size in self._unflushed if self._lossy else ():
            self._pwrite(descriptor, bytes(size), offset)
        os.kill(os.getpid(), signal.SIGKILL)

    def write(self, descriptor: int, content: memoryview) -> int:
        """Write in two steps, so that the process can end between them."""
        offset, half = os.lseek(descriptor, 0, os.SEEK_CUR), len(content) // 2
        self._unflushed.append((os.dup(descriptor), offset, len(content)))
        written = self.undisturbed(descriptor, content[:half])
        return written + self.undisturbed(descriptor, content[half:])

    def pwrite(self, descriptor: int, content: bytes, offset: int) -> int:
        """Write in two steps, too."""
        half = len(content) // 2
        self._unflushed.append((os.dup(descriptor), offset, len(content)))
        self._pwrite(descriptor, content[:half], offset)
        return half + self._pwrite(descriptor, content[half:], offset + half)

    def fsync(self, descriptor: int) -> None:
        """Flush; what was written to this file is safe now."""
        self._fsync(descriptor)
        flushed = os.fstat(descriptor)
        self._unflushed = [
            kept for kept in self._unflushed if not os.path.samestat(os.fstat(kept[0]), flushed)
        ]


def _serve(
    module: Any,  # noqa: ANN401 - a module
    test: Connection,
    drive: str,
    request: dict[str, Any],
    step: int | None,
    *,
    lossy: bool,
) -> None:
    module.mount.ROOT = Path(drive)
    module.mount.limits = lambda: Limits(drive_bytes=LIMIT)
    if step is None:
        test.send(module.handler(request, Context()))
        return
    death = Death(step, lossy=lossy, tell=test.send)
    sys.setprofile(death.watch)
    answer = module.handler(request, Context())
    sys.setprofile(None)
    os.write = death.undisturbed
    test.send(answer)
    death.die()


def _fork_for_each_order(test: Connection) -> None:
    module = importlib.import_module("files.handler")
    while True:
        try:
            drive, request, step, lossy, seconds = test.recv()
        except EOFError:
            return
        pid = os.fork()
        if pid == 0:
            try:
                _serve(module, test, drive, request, step, lossy=lossy)
            except BaseException:  # noqa: BLE001 - it must not go on as its parent
                traceback.print_exc()
                os._exit(1)
            os._exit(0)
        if seconds is not None:
            moment(seconds)
            os.kill(pid, signal.SIGKILL)
        test.send(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


if __name__ == "__main__":
    _fork_for_each_order(Connection(int(sys.argv[1])))
