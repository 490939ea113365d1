"""Processes on the clients' mounts, which do what a test tells them to."""

import os
import signal
import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress
from multiprocessing.connection import Connection, Pipe
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

import pytest

from tests.nfs import kernel
from tests.nfs.server import Server

# Where every client has its mount, as all instances of a function have.
ROOT = Path("/mnt/drive")

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


class Lab:
    """What the machine was booted with."""

    server: Server


class Client:
    """One process on the mount of one client; several may share a client, and so its caches."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.has_ended = False
        self._pipe, theirs = Pipe()
        self._process = os.fork()
        if self._process == 0:
            self._pipe.close()
            try:
                _serve(theirs, name)
            except EOFError:
                pass
            except BaseException:  # noqa: BLE001 - it must not go on as its parent
                traceback.print_exc()
            os._exit(0)
        theirs.close()

    def start(
        self,
        action: Callable[Concatenate[Path, Parameters], object],
        *arguments: Parameters.args,
        **named: Parameters.kwargs,
    ) -> None:
        """Let it do something with the drive; `result` waits for it."""
        self._pipe.send((action, arguments, named))

    def result(self) -> object:
        """What came of the action that was started; what it raised is raised."""
        found = self._pipe.recv()
        if isinstance(found, BaseException):
            raise found
        return found

    def __call__(
        self,
        action: Callable[Concatenate[Path, Parameters], Result],
        *arguments: Parameters.args,
        **named: Parameters.kwargs,
    ) -> Result:
        """Do it, and wait."""
        self.start(action, *arguments, **named)
        return self.result()  # type: ignore[return-value]  # through a pipe

    def ends(
        self,
        action: Callable[Concatenate[Path, Parameters], object],
        *arguments: Parameters.args,
        **named: Parameters.kwargs,
    ) -> None:
        """Do what it does not live through."""
        self.start(action, *arguments, **named)
        try:
            pytest.fail(f"it lived, with {self.result()!r}")
        except EOFError:
            os.waitpid(self._process, 0)
            self.has_ended = True

    def end(self) -> None:
        """End it, as a function is ended that runs for too long."""
        with suppress(ProcessLookupError, ChildProcessError):
            os.kill(self._process, signal.SIGKILL)
            os.waitpid(self._process, 0)
        self._pipe.close()


def _serve(pipe: Connection, name: str) -> None:
    kernel.unshare(kernel.CLONE_NEWNS)
    kernel.mount("none", "/", "none", kernel.MS_REC | kernel.MS_PRIVATE)
    ROOT.mkdir(exist_ok=True)
    kernel.mount(f"/mnt/{name}", str(ROOT), "none", kernel.MS_BIND)
    while True:
        action, arguments, named = pipe.recv()
        try:
            found = action(ROOT, *arguments, **named)
        except Exception as error:  # noqa: BLE001 - it is the test's
            error.add_note(f"on client {name}: {traceback.format_exc()}")
            found = error
        pipe.send(found)


def calls(name: str) -> Iterator[tuple[str, int]]:
    """How many calls of each kind the mount of a client has made, from /proc/self/mountstats."""
    device = counts = False
    for line in Path("/proc/self/mountstats").read_text().splitlines():
        if line.startswith("device "):
            device, counts = f" mounted on /mnt/{name} " in line, False
        elif device and line.strip().startswith("per-op"):
            counts = True
        elif device and counts and ":" in line:
            kind, _, numbers = line.strip().partition(":")
            yield kind, int(numbers.split()[0])
