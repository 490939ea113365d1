"""Answers that an endpoint gives by itself, in place of the function."""

import json
from http import HTTPStatus

from ops.local.endpoint import HTTP_API, JSON, Endpoint, Reply
from ops.local.sigv4 import SignatureError, UnsignedError


def failed(endpoint: Endpoint) -> Reply:
    """The function raised an error, timed out, or returned something that is not an answer."""
    if endpoint.kind == HTTP_API:
        return said(HTTPStatus.INTERNAL_SERVER_ERROR, message="Internal Server Error")
    return Reply(HTTPStatus.BAD_GATEWAY, (JSON,), b"Internal Server Error")


def not_waited_for() -> Reply:
    """An HTTP API has stopped waiting; the function still runs."""
    return said(HTTPStatus.SERVICE_UNAVAILABLE, message="Service Unavailable")


def throttled(reason: str, endpoint: Endpoint) -> Reply:
    """The function has no concurrency left, or has none at all (`reserved_concurrency = 0`)."""
    if endpoint.kind == HTTP_API:
        return not_waited_for()
    return said(
        HTTPStatus.TOO_MANY_REQUESTS,
        "TooManyRequestsException",
        Reason=reason,
        Type="User",
        message="Rate Exceeded.",
    )


def refused(error: UnsignedError | SignatureError, endpoint: Endpoint) -> Reply:
    """The request is not signed, or its signature is not valid."""
    if endpoint.kind == HTTP_API or isinstance(error, UnsignedError):
        return forbidden(endpoint)
    return said(HTTPStatus.FORBIDDEN, error.kind, message=str(error))


def forbidden(endpoint: Endpoint) -> Reply:
    """The caller, or anybody, has no permission."""
    if endpoint.kind == HTTP_API:
        return said(HTTPStatus.FORBIDDEN, message="Forbidden")
    return said(
        HTTPStatus.FORBIDDEN,
        "AccessDeniedException",
        Message="Forbidden. For troubleshooting Function URL authorization issues, see:"
        " https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html",
    )


def no_such_url() -> Reply:
    """There is no such function URL."""
    return said(HTTPStatus.FORBIDDEN, "AccessDeniedException", Message=None)


def no_such_route() -> Reply:
    """The HTTP API has no route for the request."""
    return said(HTTPStatus.NOT_FOUND, message="Not Found")


def unknown_method() -> Reply:
    """Lambda does not accept the method."""
    return said(HTTPStatus.BAD_REQUEST, message="Bad Request")


def said(status: HTTPStatus, kind: str | None = None, **members: str | None) -> Reply:
    """Return an answer with these members in JSON; `kind` is AWS's name of the error."""
    named = () if kind is None else (("x-amzn-ErrorType", kind),)
    return Reply(status, (JSON, *named), json.dumps(members, separators=(",", ":")).encode())
