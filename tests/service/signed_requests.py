"""Signatures and tokens for tools that send by `requests` and have no place to say so."""

from collections.abc import Callable

import requests
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from requests.adapters import HTTPAdapter


def signing(credentials: Credentials, region: str) -> Callable[..., requests.Response]:
    """Make an `HTTPAdapter.send` that signs host, path and body as a function URL asks for it."""
    auth, send = SigV4Auth(credentials, "lambda", region), HTTPAdapter.send

    def signed(
        self: HTTPAdapter, request: requests.PreparedRequest, *arguments: object, **named: object
    ) -> requests.Response:
        # `requests` writes a space of a query as +, which AWS never has in what is signed.
        path, question, query = str(request.url).partition("?")
        request.url = f"{path}{question}{query.replace('+', '%20')}"
        told = AWSRequest(request.method, request.url, data=request.body or b"")
        auth.add_auth(told)
        request.headers.update(dict(told.headers.items()))
        return send(self, request, *arguments, **named)  # type: ignore[arg-type]  # its own

    return signed


def bearing(token: str) -> Callable[..., requests.Response]:
    """Make an `HTTPAdapter.send` that sends the token along."""
    send = HTTPAdapter.send

    def with_token(
        self: HTTPAdapter, request: requests.PreparedRequest, *arguments: object, **named: object
    ) -> requests.Response:
        request.headers["Authorization"] = f"Bearer {token}"
        return send(self, request, *arguments, **named)  # type: ignore[arg-type]  # its own

    return with_token
