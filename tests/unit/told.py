"""An SNS on loopback, for what tells people."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest


class Told:
    """An SNS that takes what is published, or refuses it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, status: int) -> None:
        self.messages: list[dict[str, list[str]]] = []
        told = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                told.messages.append(parse_qs(body))
                said = "PublishResponse><PublishResult/></PublishResponse"
                answer = f"<{said if status == HTTPStatus.OK else 'ErrorResponse/'}>".encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: object) -> None:
                """Keep still."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        monkeypatch.setenv("AWS_ENDPOINT_URL_SNS", f"http://127.0.0.1:{self.server.server_port}")


@contextmanager
def telling(monkeypatch: pytest.MonkeyPatch, status: int = HTTPStatus.OK) -> Iterator[Told]:
    told = Told(monkeypatch, status)
    try:
        yield told
    finally:
        told.server.shutdown()
        told.server.server_close()
