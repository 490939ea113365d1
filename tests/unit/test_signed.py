"""Calls to a function URL are signed for the right region, or not sent."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from botocore.credentials import Credentials
from botocore.exceptions import HTTPClientError

from ops.signed import SignedClient

KEYS = Credentials("AKIDEXAMPLE", "secret")
AWS = "https://abc123.lambda-url.eu-north-1.on.aws/"


@pytest.fixture(autouse=True)
def _nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody's environment: no credentials, no region, no files."""
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_ACCESS_KEY_ID"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.mark.parametrize(
    ("url", "given", "environment", "expected"),
    [
        (AWS, None, None, "eu-north-1"),
        (AWS, None, "us-west-2", "eu-north-1"),
        (AWS, "us-east-2", None, "us-east-2"),
        ("http://localhost:4566/x", None, "us-west-2", "us-west-2"),
    ],
)
def test_the_region_is_the_one_given_or_the_urls_or_the_environments(
    monkeypatch: pytest.MonkeyPatch,
    url: str,
    given: str | None,
    environment: str | None,
    expected: str,
) -> None:
    if environment:
        monkeypatch.setenv("AWS_REGION", environment)
    assert SignedClient(url, KEYS, given).region == expected


def test_without_a_region_it_says_what_to_set() -> None:
    with pytest.raises(ValueError, match=r"no region for http://localhost:1; set AWS_REGION"):
        SignedClient("http://localhost:1", KEYS)


def test_without_credentials_it_says_what_to_set() -> None:
    with pytest.raises(ValueError, match="no AWS credentials; set AWS_PROFILE"):
        SignedClient(AWS)


@contextmanager
def answering(answer: bytes) -> Iterator[str]:
    """A port that says `answer` to one request, and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        thread.join()


def test_an_answer_that_breaks_off_is_none() -> None:
    with answering(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf") as url:
        client = SignedClient(url, KEYS, "us-east-1")
        with pytest.raises(HTTPClientError, match="closed"):
            client("GET", "/")
    with answering(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n") as url:
        assert SignedClient(url, KEYS, "us-east-1")("HEAD", "/").status_code == 200


def test_nobody_there_is_an_error_of_http() -> None:
    with pytest.raises(HTTPClientError, match=r"Could not connect to the endpoint URL"):
        SignedClient("http://127.0.0.1:9", KEYS, "us-east-1")("GET", "/")
