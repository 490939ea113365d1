"""The files function behind a real HTTP port, as a function URL puts it behind one.

    with serve(tmp_path) as url:                       # one execution environment
    with serve(tmp_path, workers=4, MAX_FILE_BYTES="9") as url:

Each worker is a process with a state of its own and answers one request at a time, as an
execution environment of Lambda does. One that ends is replaced, and its request answered with 502.
A process that has imported the function's libraries forks into it, since to import them takes
0.2 CPU seconds and more.
"""

import atexit
import functools
import gc
import importlib
import itertools
import json
import os
import pkgutil
import queue
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from pathlib import Path
from types import SimpleNamespace
from typing import IO, Any

from ops.isolation import without_aws
from ops.local import payload, url_rewriting
from ops.local.canonical_request import Request
from ops.local.endpoint import FUNCTION_URL, Endpoint
from tests.patience import PATIENCE_SECONDS

PROJECT = Path(__file__).resolve().parents[2]

# One that needs no signature, so that clients' tests need no clock and no keys.
_ENDPOINT = Endpoint(
    FUNCTION_URL,
    "served",
    "123456789012",
    "us-east-1",
    "served.lambda-url.us-east-1.on.aws",
    open=False,
)
_REQUEST_NUMBERS = itertools.count(1)

# The variables of every worker.
_BASE = {
    **without_aws(
        {name: os.environ[name] for name in ("HOME", "LANG", "PATH") if name in os.environ}
    ),
    "PYTHONPATH": os.pathsep.join([str(PROJECT), str(PROJECT / "lambda_src")]),
    "PYTHONUNBUFFERED": "1",
}
_NUMBER = 8  # bytes

Event = dict[str, Any]
Answer = dict[str, Any]
# Stands between the port and the function: takes the event and what calls the function with it,
# and gives the answer, its own or the function's; None breaks the connection instead.
Through = Callable[[Event, Callable[[Event], Answer]], Answer | None]


class Served(str):
    """The URL, without a slash at its end, and the processes behind it."""

    __slots__ = ("_log", "_workers")
    _workers: list["_Worker"]
    _log: IO[bytes]

    @property
    def pids(self) -> list[int]:
        """The workers of this moment."""
        return [worker.pid for worker in self._workers]

    @property
    def log(self) -> str:
        """What the function printed so far."""
        return os.pread(self._log.fileno(), os.fstat(self._log.fileno()).st_size, 0).decode()

    def kill(self) -> None:
        """End all workers at once, in the middle of whatever they do."""
        for pid in self.pids:
            os.kill(pid, signal.SIGKILL)


@contextmanager
def serve(
    drive: Path,
    *,
    workers: int = 1,
    port: int = 0,
    prefix: str = "",
    through: Through | None = None,
    **environment: str,
) -> Iterator[Served]:
    """Serve the files in `drive` on loopback until the block ends; `port` 0 takes a free one.

    The URL's path is `prefix`, which the function does not see. `environment` goes to the
    function as it is.
    """
    variables = {
        **_BASE,
        "AWS_LAMBDA_FUNCTION_NAME": "files",
        "MOUNT_PATH": str(drive),
        "MOUNT_ACCESS": "read-write",
        "POWERTOOLS_SERVICE_NAME": "files",
        "POWERTOOLS_METRICS_NAMESPACE": "LambdaDrive",
        "LOG_LEVEL": "INFO",
        **environment,
    }
    with ExitStack() as stack:
        log = stack.enter_context(tempfile.TemporaryFile(mode="ab+"))
        pool = [_Worker(variables, log) for _ in range(workers)]
        for worker in pool:
            stack.callback(worker.stop)
        for worker in pool:
            worker.wait_until_ready()
        server = _Server(port, prefix, pool, through)
        stack.callback(server.stop)
        url = Served(f"http://127.0.0.1:{server.server_port}{prefix}")
        url._workers, url._log = pool, log
        yield url


class _Worker:
    """One execution environment: a process, and the pipe through which it is invoked."""

    def __init__(self, variables: dict[str, str], log: IO[bytes]) -> None:
        self._variables, self._log = variables, log
        self._start()

    def _start(self) -> None:
        ours, theirs = socket.socketpair()
        with ours, theirs:
            self.pid = _starter()(self._variables, self._log.fileno(), theirs.fileno())
            self._pipe = Connection(ours.detach())

    def wait_until_ready(self) -> None:
        try:
            self._pipe.recv_bytes()
        except (EOFError, OSError):
            self._log.seek(0)
            said = self._log.read().decode()
            raise RuntimeError(f"the function does not start:\n{said}") from None

    def __call__(self, payload: bytes) -> bytes | None:
        """Invoke the function; None when it ended instead of answering."""
        try:
            self._pipe.send_bytes(payload)
            return self._pipe.recv_bytes()
        except (EOFError, OSError):
            self.stop()
            self._start()
            with suppress(RuntimeError):  # the next request will find out
                self.wait_until_ready()
            return None

    def stop(self) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        with suppress(EOFError, OSError):  # when it has ended
            while True:
                self._pipe.recv_bytes()
        self._pipe.close()


class _Starter:
    """A process that has imported the libraries of the function, and forks into each worker.

    Of the function itself it has imported `drive` alone, which reads no environment, and it has
    handled no request.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._socket, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.service.served", str(theirs.fileno())],
                cwd=PROJECT,
                env=_BASE,
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )

    def __call__(self, variables: dict[str, str], log: int, pipe: int) -> int:
        """Start a worker, and return its process id."""
        message = json.dumps(variables).encode()
        with self._lock:
            socket.send_fds(self._socket, [len(message).to_bytes(_NUMBER)], [log, pipe])
            self._socket.sendall(message)
            return int.from_bytes(_read(self._socket, _NUMBER))

    def stop(self) -> None:
        self._socket.close()
        self._process.wait()


@functools.cache
def _starter() -> _Starter:
    starter = _Starter()
    atexit.register(starter.stop)
    return starter


def _read(stream: socket.socket, size: int) -> bytes:
    found = b""
    while len(found) < size:
        more = stream.recv(size - len(found))
        if not more:
            raise EOFError("the other side ended")
        found += more
    return found


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(
        self, port: int, prefix: str, pool: list[_Worker], through: Through | None
    ) -> None:
        self.prefix = prefix
        self.through = through
        self._idle: queue.SimpleQueue[_Worker] = queue.SimpleQueue()
        for worker in pool:
            self._idle.put(worker)
        self._connections: set[socket.socket] = set()
        super().__init__(("127.0.0.1", port), _Request)
        # Polling more often than the default of half a second, only to stop sooner.
        self._loop = threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True)
        self._loop.start()

    def server_bind(self) -> None:
        """Bind without the look-up of the host's name, which may take seconds."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_name, self.server_port = self.socket.getsockname()[:2]

    def stop(self) -> None:
        """Refuse what comes, and break what is open."""
        self.shutdown()
        self._loop.join()
        self.server_close()
        for connection in list(self._connections):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def process_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401
        self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:  # noqa: ANN401 - as its base has it
        self._connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401
        if not isinstance(sys.exception(), OSError):  # a caller that went away is no news
            super().handle_error(request, client_address)

    def invoke(self, event: Event) -> Answer:
        """Call the function in a process that is idle, within the limits that Lambda has."""
        sent = json.dumps(event).encode()
        if payload.size_of(event, sent=True) > payload.PAYLOAD_BYTES:
            return _refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "Request Entity Too Large")
        worker = self._idle.get()
        try:
            raw = worker(sent)
        finally:
            self._idle.put(worker)
        if raw is None:
            return _refusal(HTTPStatus.BAD_GATEWAY, "Internal Server Error")
        answer: Answer = json.loads(raw)
        if "statusCode" not in answer:  # the handler raised
            return _refusal(HTTPStatus.BAD_GATEWAY, "Internal Server Error")
        return answer


class _Request(BaseHTTPRequestHandler):
    """One connection."""

    server: _Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    timeout = PATIENCE_SECONDS

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - one method for all of HTTP's
        if name.startswith("do_"):
            return self._answer
        raise AttributeError(name)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: ANN401
        """The function has a log of its own."""

    def _answer(self) -> None:
        path, _, query = self.path.partition("?")
        headers = tuple((name.lower(), value) for name, value in self.headers.items())
        request = Request(self.command, path, query, headers, self._body())
        event = self._event(request)
        if event is None:
            answer: Answer | None = _refusal(HTTPStatus.NOT_FOUND, "Not Found")
        elif self.server.through is None:
            answer = self.server.invoke(event)
        else:
            answer = self.server.through(event, self.server.invoke)
        if answer is None:
            self.close_connection = True
            return
        told = payload.answer(answer, _ENDPOINT)
        told = url_rewriting.outbound(told, request, _ENDPOINT, self._within(path)).to(self.command)
        self.send_response(told.status)
        for name, value in told.headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(told.body)
        self.wfile.flush()

    def _within(self, path: str) -> str:
        """The part of a path that the function sees."""
        return path.removeprefix(self.server.prefix) or "/"

    def _event(self, request: Request) -> Event | None:
        """The request in payload format 2.0; None when it is beside the URL's prefix."""
        if not request.path.startswith(self.server.prefix):
            return None
        return payload.event(
            url_rewriting.inbound(request, _ENDPOINT, self._within(request.path)),
            _ENDPOINT,
            None,
            source_ip=self.client_address[0],
            request_id=f"request-{next(_REQUEST_NUMBERS)}",
            now=datetime.now(UTC),
        )

    def _body(self) -> bytes:
        if "chunked" not in self.headers.get("transfer-encoding", ""):
            return self.rfile.read(int(self.headers.get("content-length") or 0))
        chunks = []
        while size := int(self.rfile.readline().partition(b";")[0], 16):
            chunks.append(self.rfile.read(size))
            self.rfile.readline()
        while self.rfile.readline() not in {b"\r\n", b"\n", b""}:
            pass
        return b"".join(chunks)


def _refusal(status: HTTPStatus, message: str) -> Answer:
    """What the function URL says by itself."""
    headers = {"Content-Type": "application/json"}
    return {"statusCode": status, "headers": headers, "body": json.dumps({"Message": message})}


def _work(pipe: Connection) -> None:
    """Answer events from the pipe, one by one, until it closes."""
    handler = importlib.import_module("files.handler").handler
    pipe.send_bytes(b"ready")
    while True:
        try:
            event = json.loads(pipe.recv_bytes())
        except EOFError:
            return
        context = SimpleNamespace(
            aws_request_id=event["requestContext"]["requestId"],
            function_name="files",
            function_version="$LATEST",
            memory_limit_in_mb=1024,
            invoked_function_arn="arn:aws:lambda:us-east-1:000000000000:function:files",
            get_remaining_time_in_millis=lambda: 60_000,
        )
        try:
            answer = handler(event, context)
        except Exception as error:  # noqa: BLE001 - the runtime, too, outlives what a handler raises
            print(json.dumps({"errorType": type(error).__name__, "errorMessage": str(error)}))
            answer = {"errorType": type(error).__name__, "errorMessage": str(error)}
        pipe.send_bytes(json.dumps(answer).encode())


def _fork(asked: socket.socket) -> None:
    """Fork into the workers that are asked for, until nobody can ask any more."""
    for name in ("event_handler", "logging", "metrics"):
        importlib.import_module(f"aws_lambda_powertools.{name}")
    for module in pkgutil.iter_modules([PROJECT / "lambda_src/drive"], "drive."):
        importlib.import_module(module.name)
    gc.freeze()  # no worker has to walk through them
    while True:
        number, descriptors, *_ = socket.recv_fds(asked, _NUMBER, 2)
        if not number:
            return
        with suppress(ChildProcessError):  # when there is none
            while os.waitpid(-1, os.WNOHANG)[0]:
                """Reap those that ended."""
        log, pipe = descriptors
        variables = json.loads(_read(asked, int.from_bytes(number)))
        if "TOKEN_SECRET" in variables:  # the function will read it by this
            importlib.import_module("boto3")
        worker = os.fork()
        if not worker:
            asked.close()
            os.dup2(log, 1)
            os.dup2(log, 2)
            os.close(log)
            os.environ.clear()
            os.environ |= variables
            _work(Connection(pipe))
            return
        os.close(log)
        os.close(pipe)
        asked.sendall(worker.to_bytes(_NUMBER))


if __name__ == "__main__":
    _fork(socket.socket(fileno=int(sys.argv[1])))
