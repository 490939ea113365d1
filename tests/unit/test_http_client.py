"""Calls to a function URL are signed for the right region, or not sent."""

import io
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import urllib3.util.connection
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.credentials import Credentials
from botocore.exceptions import HTTPClientError
from botocore.httpsession import URLLib3Session

from drive_tools.client import http_client
from drive_tools.client.drive_client import CHUNK_BYTES
from drive_tools.client.http_client import SignedClient, TokenClient

if TYPE_CHECKING:
    from typing_extensions import Buffer

KEYS = Credentials("AKIDEXAMPLE", "secret")
AWS = "https://abc123.lambda-url.eu-north-1.on.aws/"
DOMAIN = "https://drive.example.com/"


@pytest.mark.parametrize(
    ("url", "given", "environment", "expected"),
    [
        (AWS, None, None, "eu-north-1"),
        (AWS, None, "us-west-2", "eu-north-1"),
        (AWS, "us-east-2", None, "us-east-2"),
        ("http://localhost:4566/x", None, "us-west-2", "us-west-2"),
        ("https://a1.execute-api.eu-west-3.amazonaws.com", None, None, "eu-west-3"),
        ("https://a1.execute-api.eu-west-3.amazonaws.com", None, "us-west-2", "eu-west-3"),
        (DOMAIN, None, "us-west-2", "us-west-2"),
        (f"{DOMAIN}abc.lambda-url.eu-north-1.on.aws/", None, "us-west-2", "us-west-2"),
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


@pytest.mark.parametrize(
    ("url", "given", "expected"),
    [
        (AWS, None, "lambda"),
        (AWS.upper(), None, "lambda"),
        ("https://abc123.lambda-url.cn-north-1.on.amazonwebservices.com.cn/", None, "lambda"),
        (DOMAIN, None, "execute-api"),
        ("https://drive.example.com:8443/base", None, "execute-api"),
        ("https://abc.lambda-url.eu-north-1.on.aws.example.com/", None, "execute-api"),
        ("https://x.example.com/abc.lambda-url.eu-north-1.on.aws/", None, "execute-api"),
        ("https://a1.execute-api.eu-west-3.amazonaws.com/", None, "execute-api"),
        ("http://localhost:4566/_aws/lambda-url/abc", None, "lambda"),
        ("http://localhost:4566/_aws/execute-api/abc/$default", None, "execute-api"),
        ("http://127.0.0.1:8080", None, "lambda"),
        (DOMAIN, "lambda", "lambda"),
        (AWS, "execute-api", "execute-api"),
    ],
)
def test_a_function_url_is_signed_for_lambda_and_a_domain_for_its_api(
    url: str, given: str | None, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = SignedClient(url, KEYS, "eu-west-1", service=given)
    sent: list[AWSPreparedRequest] = []

    def send(request: AWSPreparedRequest) -> AWSResponse:
        sent.append(request)
        return AWSResponse(request.url, 200, {}, io.BytesIO())  # type: ignore[arg-type]  # all it reads

    monkeypatch.setattr(URLLib3Session, "send", lambda _self, request: send(request))
    client("HEAD", "/health")
    [request] = sent
    scope = f"/eu-west-1/{expected}/aws4_request,"
    assert scope in str(request.headers["Authorization"])
    assert client.service == expected


def test_without_a_region_it_says_what_to_set() -> None:
    with pytest.raises(ValueError, match=r"no region for http://localhost:1; set AWS_REGION"):
        SignedClient("http://localhost:1", KEYS)


def test_without_credentials_it_says_what_to_set() -> None:
    with pytest.raises(ValueError, match="no AWS credentials; set AWS_PROFILE"):
        SignedClient(AWS)


@contextmanager
def answering(answer: bytes, heard: list[bytes] | None = None, size: int = 0) -> Iterator[str]:
    """A port that says `answer` to one request, which is in `heard` then, and hangs up.

    It reads `size` bytes of a body.
    """
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                asked = connection.recv(65536)
                while size and len(asked.partition(b"\r\n\r\n")[2]) < size:
                    asked += connection.recv(65536)
                if heard is not None:
                    heard.append(asked)
                connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}"
        finally:
            socket.create_connection(server.getsockname()).close()  # if nobody else asked
            thread.join()


def test_an_answer_that_breaks_off_is_none() -> None:
    with answering(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf") as url:
        client = SignedClient(url, KEYS, "us-east-1")
        with pytest.raises(HTTPClientError, match="closed"):
            client("GET", "/")
    with answering(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n") as url:
        assert SignedClient(url, KEYS, "us-east-1")("HEAD", "/").status_code == 200


@pytest.mark.parametrize(
    "client",
    [lambda url: SignedClient(url, KEYS, "us-east-1"), lambda url: TokenClient(url, "x" * 48)],
)
def test_a_body_does_not_wait_for_the_receipt_of_its_headers(
    client: Callable[[str], SignedClient | TokenClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which costs 40 ms a request, since botocore takes away urllib3's own TCP_NODELAY."""
    connect = urllib3.util.connection.create_connection
    at_once: list[int] = []

    def watched(*args: object, **options: object) -> socket.socket:
        made = connect(*args, **options)  # type: ignore[arg-type]  # as they were
        at_once.append(made.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        return made

    monkeypatch.setattr(urllib3.util.connection, "create_connection", watched)
    with answering(b"HTTP/1.1 204 No Content\r\n\r\n") as url:
        assert client(url)("PUT", "/files/a", b"body").status_code == 204
    assert all(at_once)
    assert len(at_once) == 1


@pytest.mark.parametrize("size", [0, 1, 64 * 1024, 64 * 1024 + 1, CHUNK_BYTES])
@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_a_slow_line_may_take_five_minutes_for_a_part_and_none_is_silent_for_longer(
    method: str, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A timeout is for one call of a socket, and `sendall` is one for all of its bytes."""
    sends: list[tuple[int, float | None]] = []
    waits: list[float | None] = []
    connect = urllib3.util.connection.create_connection

    class Watched(socket.socket):
        def sendall(self, data: "Buffer", flags: int = 0, /) -> None:
            sends.append((len(memoryview(data)), self.gettimeout()))
            super().sendall(data, flags)

        def recv_into(self, *args: object) -> int:
            waits.append(self.gettimeout())
            return super().recv_into(*args)  # type: ignore[arg-type]  # as they were

    def watched(*args: object, **options: object) -> socket.socket:
        made = connect(*args, **options)  # type: ignore[arg-type]  # as they were
        own = Watched(made.family, made.type, made.proto, made.detach())
        own.settimeout(60)
        return own

    monkeypatch.setattr(urllib3.util.connection, "create_connection", watched)
    heard: list[bytes] = []
    with answering(b"HTTP/1.1 204 No Content\r\n\r\n", heard, size) as url:
        client = SignedClient(url, KEYS, "us-east-1")
        assert client(method, "/files/a", bytes(size)).status_code == 204
    assert len(heard[0].partition(b"\r\n\r\n")[2]) == size
    assert all(sent <= 128 * 1024 for sent, _ in sends)
    assert {timeout for _, timeout in sends} == {60}
    # As long as AWS takes a signature, and 60 s for the answer.
    assert set(waits) == {360 if size > 64 * 1024 else 60}


def test_nobody_there_is_an_error_of_http() -> None:
    with pytest.raises(HTTPClientError, match=r"Could not connect to the endpoint URL"):
        SignedClient("http://127.0.0.1:9", KEYS, "us-east-1")("GET", "/")


@pytest.mark.parametrize("url", ["http://drive.example", "http://10.0.0.1"])
def test_a_token_is_not_sent_in_clear_to_another_machine(url: str) -> None:
    with pytest.raises(ValueError, match="a token goes over https only, or to this machine; got"):
        TokenClient(url, "x" * 48)


@pytest.mark.parametrize("token", ["", "two words", "line\nbreak", "gr\u00fc\u00dfe", "=x"])
def test_what_is_no_token_is_not_sent_and_not_shown(token: str) -> None:
    with pytest.raises(ValueError, match="a token is letters, digits and") as caught:
        TokenClient(AWS, token)
    assert not token or token not in str(caught.value)


# As botocore's own clients do, with which `ops env` calls AWS.


@pytest.fixture
def own_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxy and no certificates but the test's own."""
    proxies = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
    for name in (*proxies, "aws_ca_bundle", "requests_ca_bundle", "curl_ca_bundle"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.mark.usefixtures("own_network")
@pytest.mark.parametrize(
    ("variable", "url", "asked"),
    [
        ("HTTP_PROXY", "http://drive.test/base", b"GET http://drive.test/base/health HTTP"),
        ("HTTPS_PROXY", "https://drive.test/base", b"CONNECT drive.test:443 HTTP"),
    ],
)
def test_a_proxy_of_the_environment_is_gone_through(
    variable: str, url: str, asked: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    clients: list[Callable[[], SignedClient | TokenClient]] = [
        lambda: SignedClient(url, KEYS, "us-east-1")
    ]
    if url.startswith("https"):
        clients.append(lambda: TokenClient(url, "x" * 48))
    for make in clients:
        heard: list[bytes] = []
        with answering(b"HTTP/1.1 502 Bad Gateway\r\n\r\n", heard) as proxy:
            monkeypatch.setenv(variable, proxy)
            with suppress(HTTPClientError):  # a tunnel that is refused is no answer
                assert make()("GET", "/health").status_code == 502
        assert heard[0].startswith(asked)
        assert b"Bearer" not in heard[0]


@pytest.mark.usefixtures("own_network")
def test_no_proxy_stands_before_this_machine_or_what_no_proxy_names(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with answering(b"HTTP/1.1 204 No Content\r\n\r\n") as url:
        assert TokenClient(url, "x" * 48)("GET", "/").status_code == 204
    monkeypatch.setenv("NO_PROXY", "drive.test")
    with pytest.raises(HTTPClientError, match=r"drive\.test"):
        SignedClient("http://drive.test:1", KEYS, "us-east-1")("GET", "/")


@pytest.mark.usefixtures("own_network")
@pytest.mark.parametrize("variable", ["AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_certificates_are_those_that_the_environment_names(
    variable: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trusted: list[object] = []

    class Watched(URLLib3Session):
        def __init__(self, verify: bool = True, **options: object) -> None:
            trusted.append(verify)
            super().__init__(verify, **options)  # type: ignore[arg-type]  # as they were

    monkeypatch.setattr(http_client, "URLLib3Session", Watched)
    SignedClient(AWS, KEYS)
    monkeypatch.setenv(variable, str(tmp_path / "ca.pem"))
    for make in (lambda: SignedClient(AWS, KEYS), lambda: TokenClient(AWS, "x" * 48)):
        with pytest.raises(ValueError, match=r"cannot read the certificates in .*ca.pem: No such"):
            make()
    (tmp_path / "ca.pem").write_text("")
    SignedClient(AWS, KEYS)
    TokenClient(AWS, "x" * 48)
    assert trusted == [True, *[str(tmp_path / "ca.pem")] * 2]
