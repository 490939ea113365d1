"""HTTP requests to a drive: signed (AWS SigV4) for a function URL or an API, or with a token."""

import io
import os
import re
import socket
from collections.abc import Iterator
from contextlib import suppress
from functools import cached_property
from http import HTTPStatus
from urllib.parse import urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSPreparedRequest, AWSRequest, AWSResponse
from botocore.credentials import Credentials
from botocore.exceptions import (
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
    ProfileNotFound,
    ProxyConnectionError,
)
from botocore.httpsession import URLLib3Session
from botocore.session import Session
from botocore.utils import get_environ_proxies

from drive_tools.aws_defaults import NO_CREDENTIALS, usual_region

# How long the other side may be silent.
_TIMEOUT_SECONDS = 60
# When a part of a file has left Python, a slow line has most of it still to take, beside others. A
# signed one arrives by then or is refused
# (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html).
_LINE_SECONDS = 300
# So much fits into what a line has taken at once.
_SMALL_BYTES = 64 * 1024

FUNCTION_URL, API = "lambda", "execute-api"
# The hosts that AWS names itself say which service they are, and where.
_FUNCTION_URL_HOST = re.compile(
    r"[^.]+\.lambda-url\.([a-z0-9-]+)\.on\.(?:aws|amazonwebservices\.com\.cn)"
)
_API_HOST = re.compile(r"[^.]+\.execute-api\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?")
_THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})


class NotConnectedError(HTTPClientError):
    """No connection. botocore's own errors of this kind are not an HTTPClientError."""

    fmt = "{error}"


class HttpClient:
    """Calls one drive; a subclass says by which header it knows its caller."""

    def __init__(self, url: str, settings: Session) -> None:
        self._url, self._settings = url.rstrip("/"), settings
        self._http = _session(url, settings, _TIMEOUT_SECONDS)

    @cached_property
    def _for_parts(self) -> URLLib3Session:
        """Connections on which a slow line may take its time: most runs send no part of a file."""
        return _session(self._url, self._settings, _LINE_SECONDS + _TIMEOUT_SECONDS)

    def __call__(
        self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> AWSResponse:
        """Send one request; `path` is percent-encoded. Raises botocore's HTTPClientError."""
        request = AWSRequest(method, f"{self._url}{path}", headers=headers, data=body)
        self._authorize(request)
        prepared = request.prepare()
        if len(body) <= _SMALL_BYTES:
            return _send(self._http, prepared)
        # All bytes of a `sendall` have one timeout (https://docs.python.org/3/library/socket.html).
        # Of a file, urllib3 sends 128 KiB at a time.
        prepared.body = io.BytesIO(body)
        return _send(self._for_parts, prepared)

    def unsigned(self, method: str, path: str) -> AWSResponse:
        """Send one request as somebody without credentials would."""
        return self._http.send(AWSRequest(method, f"{self._url}{path}").prepare())

    def _authorize(self, request: AWSRequest) -> None:
        raise NotImplementedError


class SignedClient(HttpClient):
    """Calls one drive with the credentials given, or with those the AWS CLI would use.

    The region is the one given, or the URL's own, or the one the AWS CLI would use; `profile` is
    one of the AWS CLI's. The service to sign for is the one given, or what the URL is (see
    `service_of`).
    """

    def __init__(
        self,
        url: str,
        credentials: Credentials | None = None,
        region: str | None = None,
        profile: str | None = None,
        service: str | None = None,
    ) -> None:
        session = Session(profile=profile)
        found = credentials or session.get_credentials()
        if found is None:
            raise ValueError(NO_CREDENTIALS)
        host = urlsplit(url).hostname or ""
        own = _FUNCTION_URL_HOST.fullmatch(host) or _API_HOST.fullmatch(host)
        found_region = region or (own[1] if own else usual_region(session))
        if not found_region:
            raise ValueError(f"no region for {url}; set AWS_REGION")
        self.region = found_region
        self.service = service or service_of(url)
        self._credentials = found
        super().__init__(url, session)

    def _authorize(self, request: AWSRequest) -> None:
        # One set for one request, of which threads may make many while credentials are renewed.
        keys = self._credentials.get_frozen_credentials()
        SigV4Auth(keys, self.service, self.region).add_auth(request)


def service_of(url: str) -> str:
    """The service that a URL is signed for: what AWS itself names it, and else a domain's API.

    On this machine it is what the local cloud has at the path.
    """
    address = urlsplit(url)
    host = address.hostname or ""
    if host in _THIS_MACHINE:
        return API if address.path.startswith("/_aws/execute-api/") else FUNCTION_URL
    return FUNCTION_URL if _FUNCTION_URL_HOST.fullmatch(host) else API


class TokenClient(HttpClient):
    """Calls one function URL that is public with the drive's token, over HTTPS or on loopback."""

    def __init__(self, url: str, token: str) -> None:
        address = urlsplit(url)
        if address.scheme != "https" and address.hostname not in _THIS_MACHINE:
            raise ValueError(f"a token goes over https only, or to this machine; got {url}")
        if not re.fullmatch(r"[A-Za-z0-9._~+/-]+=*", token):  # RFC 6750
            raise ValueError("a token is letters, digits and -._~+/ only, and this one is not")
        self._token = token
        super().__init__(url, Session())

    def _authorize(self, request: AWSRequest) -> None:
        request.headers["Authorization"] = f"Bearer {self._token}"


def _session(url: str, settings: Session, answer_seconds: float) -> URLLib3Session:
    """HTTP as botocore's own clients have it, with small requests that go out at once.

    An answer may take `answer_seconds`.

    Proxies are those of the environment, but never for this machine: no other one reaches it, and
    a token would go there in clear. Certificates are those of AWS_CA_BUNDLE or of the profile.
    Raises `ValueError` for certificates that cannot be read.

    botocore sends the headers and the body of a request by themselves, and takes urllib3's own
    TCP_NODELAY away. So the body waited for the receipt of the headers, which the other side may
    keep back for 40 ms (RFC 9293 sections 3.7.4 and 3.8.6.3).
    """
    options = [(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)]
    address = urlsplit(url)
    return URLLib3Session(
        verify=_certificates(settings) if address.scheme == "https" else True,  # type: ignore[arg-type]  # its stub forgets the file
        proxies={} if address.hostname in _THIS_MACHINE else get_environ_proxies(url),
        timeout=(_TIMEOUT_SECONDS, answer_seconds),  # type: ignore[arg-type]  # its stub forgets two
        socket_options=options,  # type: ignore[arg-type]  # its stub has strings for urllib3's own
    )


def _certificates(settings: Session) -> str | bool:
    """The file of the certificates to trust; True: those that botocore brings."""
    named = None
    with suppress(ProfileNotFound):  # who has a token needs no profile
        named = settings.get_config_variable("ca_bundle")
    for file in (named, os.environ.get("REQUESTS_CA_BUNDLE"), os.environ.get("CURL_CA_BUNDLE")):
        if file:
            try:
                with open(file, "rb"):
                    return str(file)
            except OSError as error:
                raise ValueError(
                    f"cannot read the certificates in {file}: {error.strerror}; set AWS_CA_BUNDLE"
                ) from None
    return True


def _send(http: URLLib3Session, request: AWSPreparedRequest) -> AWSResponse:
    # botocore reads in pieces of 64 KiB, which takes twice the time of one read of 4 MiB.
    request.stream_output = True
    try:
        answer = http.send(request)
    except (EndpointConnectionError, ConnectTimeoutError, ProxyConnectionError) as error:
        raise NotConnectedError(error=error) from error
    body = _Whole(answer)
    answer = AWSResponse(answer.url, answer.status_code, answer.headers, body)  # type: ignore[arg-type]  # its stub names other headers than it has
    if request.method != "HEAD" and answer.status_code != HTTPStatus.NOT_MODIFIED:
        _hold_to_its_length(answer)
    return answer


class _Whole:
    """A body that is read at once. Raises `ConnectionClosedError` if it broke off."""

    def __init__(self, answer: AWSResponse) -> None:
        try:
            self._content: bytes = answer.raw.read()
        except Exception as error:
            # urllib3 has many for it, and botocore turns them into this one.
            raise ConnectionClosedError(endpoint_url=answer.url, error=error) from error

    def stream(self) -> Iterator[bytes]:
        """All of it, as botocore asks for it."""
        yield self._content


def _hold_to_its_length(answer: AWSResponse) -> None:
    """Raise `ConnectionClosedError` for an answer that broke off; botocore does not check it."""
    announced = answer.headers.get("Content-Length")
    if announced and int(announced) != len(answer.content):
        raise ConnectionClosedError(endpoint_url=answer.url)
