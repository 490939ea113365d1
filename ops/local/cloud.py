"""The process of the local cloud: start it, find it, stop it.

The process holds a lock on a file while it runs. So its state is never guessed from a process id,
which may belong to another program by now.
"""

import fcntl
import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

from drive_tools.errors import ToolError
from ops.isolation import without_aws
from ops.local import INTERFACE_LOOKS, NEW_ACCOUNT
from ops.project import PROJECT
from stacks.shared.aws_limits import NEW_ACCOUNT_CONCURRENCY

# All sources of the process: it loads no other module of `ops`.
SOURCES = tuple(sorted(Path(__file__).parent.rglob("*.py")))
_PYTHON = PROJECT / ".venv" / "local-cloud" / "bin" / "python"
SECRET_ACCESS_KEY = "local"  # noqa: S105 - the local cloud knows no secrets
_HOST = "127.0.0.1"
_OTHER_PORTS = (4600, 4700)  # suggested when a port is taken
# Timeouts for a process that hangs. One that fails ends, and is reported at once.
_START_SECONDS = 120
_ANSWER_SECONDS = 10
_STOP_SECONDS = {signal.SIGTERM: 5, signal.SIGKILL: 60}


@dataclass(frozen=True)
class Running:
    """A local cloud that runs: its process, its port, and what it was started from."""

    pid: int
    port: int
    account: str
    version: str
    new_account: bool = False

    @property
    def endpoint(self) -> str:
        """The address of its AWS APIs."""
        return f"http://{_HOST}:{self.port}"

    def client(self, service: str, *, account: str, region: str) -> Any:  # noqa: ANN401 - boto3 makes clients at run time
        """Return a client of one of its AWS APIs."""
        import boto3  # noqa: PLC0415 - slow, and few commands need it

        return boto3.client(  # type: ignore[call-overload]  # any service
            service,
            endpoint_url=self.endpoint,
            region_name=region,
            aws_access_key_id=account,
            aws_secret_access_key=SECRET_ACCESS_KEY,
        )


@dataclass(frozen=True)
class Cloud:
    """The local cloud that keeps its state in `folder`; `program` is the module that it runs."""

    folder: Path
    program: str = "ops.local.emulator"

    @property
    def log(self) -> Path:
        """The output of the process since it was started."""
        return self.folder / "cloud.log"

    @property
    def _state(self) -> Path:
        return self.folder / "cloud.json"

    @property
    def last_port(self) -> int | None:
        """The port of the last process. It is part of the URL that clients have."""
        try:
            return int(self._port.read_text())
        except (OSError, ValueError):
            return None

    @property
    def _port(self) -> Path:
        return self.folder / "port"

    def running(self) -> Running | None:
        """Return the process if it lives."""
        with self._open_lock() as lock:
            if take(lock):
                return None
        try:
            return Running(**json.loads(self._state.read_text()))
        except (OSError, ValueError, TypeError) as error:
            raise ToolError(
                f"a local cloud runs, but {self._state} does not say which; end the process that"
                f" holds {self.folder / 'cloud.lock'} ({error})"
            ) from error

    def start(self, *, port: int, account: str, new_account: bool = False) -> Running:
        """Start the process on `port` (0: any free one) and wait until its APIs answer.

        With `new_account` it refuses what is beyond a new account's quotas.
        """
        if not _PYTHON.exists():
            raise ToolError("its environment is not set up; run: make local")
        port = _free_port(port)
        scratch = self.folder / "tmp"
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir(parents=True)
        with self._open_lock() as lock, self.log.open("w") as log:
            if not take(lock):
                raise ToolError("another one was started meanwhile; try again")
            # After a crash its process id may be another program's; remove it under the lock.
            self._state.unlink(missing_ok=True)
            process = subprocess.Popen(
                [str(_PYTHON), "-m", self.program, str(self.folder)],
                cwd=PROJECT,
                env=_environment(scratch, port=port, account=account, new_account=new_account),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=[lock],
            )
        try:
            running = Running(process.pid, port, account, version(), new_account)
            self._state.write_text(json.dumps(vars(running)))
            self._wait_until_it_answers(process, running)
            self._port.write_text(f"{port}\n")
        except BaseException:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            self.stop()
            raise
        return running

    def stop(self) -> bool:
        """End the process and the functions it runs; False if there was none."""
        running = self.running()
        if running is None:
            self._state.unlink(missing_ok=True)
            return False
        for sent, seconds in _STOP_SECONDS.items():
            with suppress(ProcessLookupError):
                os.killpg(running.pid, sent)
            deadline = time.monotonic() + seconds
            while time.monotonic() < deadline:
                if self.running() is None:
                    with suppress(ProcessLookupError):
                        os.killpg(running.pid, signal.SIGKILL)  # functions that outlived it
                    self._state.unlink(missing_ok=True)
                    shutil.rmtree(self.folder / "tmp", ignore_errors=True)
                    return True
                time.sleep(0.05)
        raise ToolError(f"process {running.pid} does not end")

    def _wait_until_it_answers(self, process: subprocess.Popen[bytes], running: Running) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            if process.poll() is not None:
                raise ToolError(
                    f"it ended at once (exit {process.returncode}): {_last_line(self.log)};"
                    f" all of it is in {self.log}"
                )
            if answers(running):
                return
            time.sleep(0.05)
        raise ToolError(f"it did not answer within {_START_SECONDS} s; see {self.log}")

    @contextmanager
    def _open_lock(self) -> Iterator[int]:
        self.folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.folder / "cloud.lock", os.O_RDWR | os.O_CREAT, 0o644)
        try:
            yield descriptor
        finally:
            os.close(descriptor)


def answers(running: Running) -> bool:
    """Say whether the APIs answer now."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    health = f"{running.endpoint}/_ministack/health"
    try:
        with opener.open(health, timeout=_ANSWER_SECONDS) as response:
            return bool(response.status == HTTPStatus.OK)
    except OSError:
        return False


def version() -> str:
    """Return the hash of the sources: a process with another one is out of date."""
    sources = [PROJECT / "requirements-local.txt", *SOURCES]
    return hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()


def _environment(scratch: Path, *, port: int, account: str, new_account: bool) -> dict[str, str]:
    """Return all environment variables of the process. Functions inherit them."""
    kept = {name: os.environ[name] for name in ("HOME", "LANG", "PATH") if name in os.environ}
    quotas = {
        NEW_ACCOUNT: "1",
        "LAMBDA_ACCOUNT_CONCURRENCY": str(NEW_ACCOUNT_CONCURRENCY),  # MiniStack's own
    }
    return {
        **without_aws(kept),
        **(quotas if new_account else {}),
        "TMPDIR": str(scratch),
        "BIND_HOST": _HOST,
        "GATEWAY_PORT": str(port),
        "AWS_ACCESS_KEY_ID": account,
        "AWS_SECRET_ACCESS_KEY": SECRET_ACCESS_KEY,
        INTERFACE_LOOKS: os.environ.get(INTERFACE_LOOKS, "0"),
        "AUTH": "true",  # signatures are verified, and calls are judged (caller_permissions)
        # Services with ports of their own, which nothing here uses.
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
    }


def take(lock: int) -> bool:
    """Take the lock of an open file. Return False if another process has it."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _free_port(port: int) -> int:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_HOST, port))
        except OSError as error:
            other = next(each for each in _OTHER_PORTS if each != port)
            raise ToolError(
                f"port {port} is taken by another program ({error.strerror}); end that, or choose"
                f" another port, with which the URL is another: make local PORT={other}"
            ) from error
        free: int = probe.getsockname()[1]
        return free


def _last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines()
    return lines[-1] if lines else "it printed nothing"
