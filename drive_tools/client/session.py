"""One run of a command: its drive, its threads, its output and its failures."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from drive_tools import output
from drive_tools.client.answers import DriveEntry, SigningError, UnreachableError
from drive_tools.client.crew import Crew
from drive_tools.client.drive_client import DriveClient
from drive_tools.client.progress import Meter
from drive_tools.errors import ToolError
from drive_tools.program import Failure, failure


class ClientSession:
    """The drive, threads and output of one run; all of its threads may use it."""

    drive: DriveClient

    def __init__(self, tool: str, meter: Meter, crew: Crew, *, as_json: bool) -> None:
        self.tool, self.meter, self.crew, self.as_json = tool, meter, crew, as_json
        self.exit_code = 0
        self._done = self._failed = 0
        self._lock = threading.Lock()
        self._ended = False

    @contextmanager
    def one(self) -> Iterator[None]:
        """Do one of several things: report its failure, and let the run continue."""
        try:
            yield
        except (UnreachableError, SigningError, output.OutputError, BrokenPipeError):
            raise  # the next would fare no better
        except (ToolError, OSError) as error:
            self.fail(failure(error))

    def fail(self, failed: Failure) -> None:
        """Say what went wrong; the exit code is that of the first time."""
        with self._lock:
            if self._ended:
                return
            self.complain(failed.text)
            self.exit_code = self.exit_code or failed.exit_code
            self._failed += 1

    def complain(self, text: str) -> None:
        """Tell what went wrong, after the name of the tool."""
        self.meter.error(f"{self.tool}: {text}")

    def result(self, text: str | None, **members: object) -> None:
        """Report what was done: to a program, and to a person if there is a text for them."""
        with self._lock:
            if self._ended:
                return
            self._done += 1
            if self.as_json:
                output.show(json.dumps(members))
                output.flush()
            elif text:
                self.meter.note(text)

    def would(self, verb: str, name: str) -> None:
        """Say what a dry run does not do."""
        self.result(f"would {verb} {name}", would=verb, name=name)

    def unchanged(self, local: Path, remote: str, sha256: str, entry: DriveEntry) -> None:
        """Say to a program that a file of a tree is on both sides already."""
        known = {"size": entry.size, "sha256": sha256, "etag": entry.etag}
        self.result(None, local=str(local), remote=remote, **known, unchanged=True)

    def end(self) -> None:
        """Report nothing more of the threads that still run."""
        with self._lock:
            self._ended = True

    def stop(self, failed: Failure) -> int:
        """Say why the run ends at once, and return its exit code."""
        self.end()
        if failed.text:
            self.complain(failed.text)
        return failed.exit_code

    def finish(self) -> int:
        """Sum up, if there was more than one thing to do and not all of it was done."""
        if self._failed and self._failed + self._done > 1:
            self.complain(f"{self._failed} failed, {self._done} done")
        return self.exit_code
