"""`ops drive` with its connections side by side against one after another (`--jobs 1`).

`python -m tests.bench.transfers FOLDER` measures whole processes, against a server in a process of
its own that answers each request after 50 ms and does as little as it can.
"""

import base64
import hashlib
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from urllib.parse import unquote

PROJECT = Path(__file__).resolve().parents[2]
ANSWER_SECONDS = 0.05
FILES, FILE_BYTES = 1000, 4096
LARGE_BYTES, PART_BYTES = 256 * 1024 * 1024, 4 * 1024 * 1024
ETAG = '"1-2-3"'


def digest(content: bytes) -> str:
    """`Content-Digest` of RFC 9530."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(content).digest()).decode()}:"


class Server:
    """As much of a drive as the measured commands call."""

    def __init__(self) -> None:
        self.small, self.part = os.urandom(FILE_BYTES), os.urandom(PART_BYTES)
        self.digests = {len(content): digest(content) for content in (self.small, self.part)}
        self.put = 0

    def serve(self) -> None:
        """Print the port, and answer until the process is ended."""
        with socket.create_server(("127.0.0.1", 0), backlog=128) as server:
            print(server.getsockname()[1], flush=True)
            while True:
                connection, _ = server.accept()
                threading.Thread(target=self.connection, args=(connection,), daemon=True).start()

    def connection(self, connection: socket.socket) -> None:
        """Answer the requests of one connection."""
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with connection, connection.makefile("rb") as reader:
            while line := reader.readline().decode("latin-1"):
                method, path, _ = line.split(" ")
                headers: dict[str, str] = {}
                while (each := reader.readline().decode("latin-1").rstrip("\r\n")) != "":
                    name, _, text = each.partition(": ")
                    headers[name.lower()] = text
                reader.read(int(headers.get("content-length", 0)))
                status, told, body = self.answer(method, unquote(path), headers.get("range", ""))
                told["Content-Length"] = str(len(body))
                time.sleep(ANSWER_SECONDS)
                lines = "".join(f"{name}: {text}\r\n" for name, text in told.items())
                connection.sendall(f"HTTP/1.1 {status} -\r\n{lines}\r\n".encode("latin-1"))
                connection.sendall(body)

    def answer(self, method: str, path: str, asked: str) -> tuple[int, dict[str, str], bytes]:
        """The status, the headers and the body for one request."""
        if method == "PUT":
            return 201, {"ETag": ETAG}, b""
        if path == "/files/empty/":
            problem = {"type": "urn:lambda-drive:not-found"}
            kind = {"Content-Type": "application/problem+json"}
            return 404, kind, json.dumps(problem).encode()
        if path.endswith("/"):
            entry = {"kind": "file", "size": FILE_BYTES, "modified": "", "etag": ETAG}
            entries = [{**entry, "name": f"{number:04}"} for number in range(FILES)]
            return 200, {}, json.dumps({"entries": entries, "cursor": None}).encode()
        large = path == "/files/large"
        content, size = (self.part, LARGE_BYTES) if large else (self.small, FILE_BYTES)
        start = int(asked.removeprefix("bytes=").partition("-")[0])
        told = {
            "ETag": ETAG,
            "Content-Range": f"bytes {start}-{start + len(content) - 1}/{size}",
            "Content-Digest": self.digests[len(content)],
        }
        return 206, told, content


def seconds(words: list[str], folder: Path, url: str) -> float:
    """Run one command in an empty state and return its wall time in seconds."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(PROJECT),
        "AWS_ACCESS_KEY_ID": "000000000000",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_REGION": "us-east-1",
        "DRIVE_URL": url,
        "XDG_STATE_HOME": str(folder / "state"),
    }
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    shutil.rmtree(folder / "state", ignore_errors=True)
    begun = time.perf_counter()
    command = [sys.executable, "-m", "ops", "drive", *words, "--quiet"]
    subprocess.run(command, check=True, cwd=folder, env=environment)
    return time.perf_counter() - begun


def measure(folder: Path) -> None:
    """Run each command one after another and side by side, and print times and ratios."""
    (folder / "here").mkdir()
    for number in range(FILES):
        (folder / "here" / f"{number:04}").write_bytes(os.urandom(FILE_BYTES))
    command = [sys.executable, "-m", "tests.bench.transfers"]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            url = f"http://127.0.0.1:{int(server.stdout.readline())}"
            for name, words, most in (
                ("put -r of 1,000 files", ["put", "-r", "here", "empty"], 6),
                ("get -r of 1,000 files", ["get", "-r", "full", "back"], 6),
                ("get of 256 MiB", ["get", "large"], 4),
            ):
                times = []
                for jobs in (["--jobs", "1"], []):
                    times.append(seconds([*words, *jobs], folder, url))
                    # So that each of them makes new files, and none takes the place of old ones.
                    shutil.rmtree(folder / "back", ignore_errors=True)
                    (folder / "large").unlink(missing_ok=True)
                alone, together = times
                print(
                    f"drive, {name:22} {together:6.2f} s  one after another {alone:6.2f} s"
                    f"  ratio 1/{alone / together:.1f}  (1/{most} or less)"
                )
        finally:
            server.kill()


if __name__ == "__main__":
    if len(sys.argv) > 1:
        measure(Path(sys.argv[1]))
    else:
        Server().serve()
