"""The file service against the bare thing: a constant answer, a bare write, a bare scandir.

`python -m tests.bench.service FOLDER` measures in FOLDER, on whose disk both sides are, and prints.
"""

import functools
import importlib
import os
import secrets
import statistics
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import IO

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.event_handler import LambdaFunctionUrlResolver, Response
from aws_lambda_powertools.metrics import MetricUnit

from tests.url import Context, Event, event, path_of

PROJECT = Path(__file__).resolve().parents[2]
BODY = secrets.token_bytes(4096)
ENTRIES = 100_000
MIB = 1024 * 1024

Handler = Callable[[Event, Context], Event]


def constant_handler(sink: IO[str]) -> Handler:
    """A handler that answers with a constant, logs a line and emits three metrics, as ours does."""
    app = LambdaFunctionUrlResolver()
    logger = Logger(service="constant", stream=sink)
    metrics = Metrics()

    @app.get("/files/.+")
    def get() -> Response[bytes]:
        return Response(200, "application/octet-stream", BODY)

    @app.put("/files/.+")
    def put() -> Response[str]:
        return Response(204, body="")

    def handler(request: Event, context: Context) -> Event:
        begun = time.perf_counter()
        logger.set_correlation_id(context.aws_request_id)
        answer: Event = app.resolve(request, context)  # type: ignore[arg-type]  # no Lambda here
        line = {
            "method": request["requestContext"]["http"]["method"],
            "path": request["rawPath"],
            "status": answer["statusCode"],
            "bytes_in": 0,
            "bytes_out": len(BODY),
            "milliseconds": round((time.perf_counter() - begun) * 1000, 3),
        }
        metrics.add_metric("Requests", MetricUnit.Count, 1)
        metrics.add_metric("BytesIn", MetricUnit.Bytes, 0)
        metrics.add_metric("BytesOut", MetricUnit.Bytes, len(BODY))
        logger.info("request", **line)
        metrics.flush_metrics()
        return answer

    return handler


def bare_write(folder: Path) -> None:
    """What a durable write costs at least."""
    temporary = folder / secrets.token_hex(8)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
    os.write(descriptor, BODY)
    os.fsync(descriptor)
    os.close(descriptor)
    os.rename(temporary, folder / "bare")
    directory = os.open(folder, os.O_RDONLY)
    os.fsync(directory)
    os.close(directory)


def compare(name: str, ours: Callable[[], object], bare: Callable[[], object], times: int) -> None:
    """Run both in turn and print the medians, and the ratio of the medians."""
    measured: tuple[list[float], list[float]] = ([], [])
    for _ in range(times):
        for run, seconds in zip((ours, bare), measured, strict=True):
            begun = time.perf_counter()
            run()
            seconds.append(time.perf_counter() - begun)
    medians = [statistics.median(seconds) for seconds in measured]
    print_ratio(name, *medians)


def print_ratio(name: str, ours: float, bare: float) -> None:
    """Print two times in seconds as milliseconds, and their ratio."""
    print(
        f"{name:24}{ours * 1000:9.3f} ms  bare {bare * 1000:9.3f} ms  ratio {ours / bare:5.2f}",
        file=sys.stderr,
    )


def requests(folder: Path) -> None:
    """GET and PUT of 4 KiB through the function, logging and metrics on in both."""
    module = importlib.import_module("files.handler")
    module.logger.registered_handler.setStream(sys.stdout)
    constant = constant_handler(sys.stdout)
    context = Context()
    get, put = event("GET", "/files/a"), event("PUT", "/files/a", BODY)
    module.handler(put, context)

    def constant_and_bare_write() -> None:
        constant(put, context)
        bare_write(folder)

    replace = functools.partial(module.handler, put, context)

    def replace_with_a_trash() -> None:
        module.mount.TRASH_DAYS = 7
        replace()
        module.mount.TRASH_DAYS = 0

    for request, bare, times in (
        (get, functools.partial(constant, get, context), 3000),
        (put, constant_and_bare_write, 1000),
    ):
        name = f"{request['requestContext']['http']['method']} of 4 KiB"
        compare(name, functools.partial(module.handler, request, context), bare, times)
    compare("PUT over a file, trash", replace_with_a_trash, replace, 1000)


def listing(folder: Path) -> None:
    """One page of a directory with 100,000 entries, the first and one in the middle."""
    directory_listing = importlib.import_module("drive.directory_listing")
    large = folder / "large"
    large.mkdir()
    for number in range(ENTRIES):
        os.close(os.open(large / f"{number * 7919 % ENTRIES:06}.bin", os.O_CREAT | os.O_WRONLY))

    def scan() -> None:
        with os.scandir(large) as found:
            for _ in found:
                pass

    for cursor in (None, f"{ENTRIES // 2:06}.bin"):
        name = "first page of 100,000" if cursor is None else "middle page of 100,000"
        compare(
            name,
            functools.partial(directory_listing.page, folder, "large", limit=1000, cursor=cursor),
            scan,
            15,
        )


def imports() -> None:
    """Import of the handler against that of the Powertools it needs, bytecode compiled in both."""
    codes = (
        "import files.handler",
        "from aws_lambda_powertools import Logger, Metrics\n"
        "from aws_lambda_powertools.event_handler import LambdaFunctionUrlResolver",
    )
    environment = {**os.environ, "PYTHONPATH": str(PROJECT / "lambda_src")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    told = "print(time.perf_counter() - begun)"
    measured: tuple[list[float], list[float]] = ([], [])
    for turn in range(21):
        for code, seconds in zip(codes, measured, strict=True):
            timed = f"import time\nbegun = time.perf_counter()\n{code}\n{told}"
            printed = subprocess.check_output([sys.executable, "-c", timed], env=environment)
            if turn:  # the first compiles
                seconds.append(float(printed))
    print_ratio("import of the handler", *map(statistics.median, measured))


def memory(folder: Path) -> None:
    """Peak memory of a download of 4 MiB and an upload of 1 MiB, by the size of the file."""
    module = importlib.import_module("files.handler")
    context = Context()
    for size in (8 * MIB, 8192 * MIB):
        with (folder / "sparse").open("wb") as file:
            file.truncate(size)
        headers = {"Range": f"bytes={size // 2}-{size // 2 + 4 * MIB - 1}"}
        tus = {"Tus-Resumable": "1.0.0", "Upload-Length": str(size)}
        tus["Upload-Metadata"] = "filename dXBsb2Fk"
        created = module.handler(event("POST", "/uploads", headers=tus), context)
        part = {"Tus-Resumable": "1.0.0", "Upload-Offset": "0"}
        part["Content-Type"] = "application/offset+octet-stream"
        place = path_of(created["headers"]["Location"])
        upload = event("PATCH", place, bytes(MIB), headers=part)
        peaks = []
        for request in (event("GET", "/files/sparse", headers=headers), upload):
            tracemalloc.start()
            module.handler(request, context)
            peaks.append(tracemalloc.get_traced_memory()[1] / MIB)
            tracemalloc.stop()
        print(
            f"memory, file of {size // MIB:5} MiB  range of 4 MiB {peaks[0]:5.1f} MiB,"
            f" part of 1 MiB {peaks[1]:5.1f} MiB",
            file=sys.stderr,
        )


if __name__ == "__main__":
    root = Path(sys.argv[1])
    os.environ |= {
        "MOUNT_PATH": str(root),
        "MOUNT_ACCESS": "read-write",
        "POWERTOOLS_SERVICE_NAME": "files",
        "POWERTOOLS_METRICS_NAMESPACE": "LambdaDrive",
    }
    sys.path.insert(0, str(PROJECT / "lambda_src"))
    imports()
    requests(root)
    listing(root)
    memory(root)
