"""The handler of the files function: it parses a request, calls `drive` once, and answers.

The routes are in `file_routes`, `many_files_route`, `upload_routes`, `trash_routes` and
`page_routes`. This module has the steps of every request.
"""

import json
import re
import time
from contextlib import suppress
from http import HTTPMethod, HTTPStatus
from typing import Any

from aws_lambda_powertools import single_metric
from aws_lambda_powertools.event_handler import LambdaFunctionUrlResolver, Response
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from drive import disk, errors, quota
from drive.configuration import ConfigurationError
from drive.quota import NO_LIMITS
from files import (
    bearer,
    failures,
    file_routes,
    http_api,
    many_files_route,
    mount,
    openapi,
    page_routes,
    trash_routes,
    upload_routes,
    web,
)
from files.log import logger
from files.web import Success, operation

_BASE64_CHARACTERS, _BASE64_BYTES = 4, 3

app = LambdaFunctionUrlResolver()


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer one request to the URL or the domain (payload 2.0), and log it in one line."""
    begun = time.perf_counter()
    logger.set_correlation_id(context.aws_request_id)
    event = _overridden(http_api.as_from_function_url(event))
    failure: Exception | None = None
    try:
        refused = bearer.refusal(event)
        answer = _told(refused) if refused else app.resolve(event, context)
    except Exception as error:  # noqa: BLE001 - the caller must get an answer in any case
        failure = error
        answer = _told(web.problem("internal", f"see the log of request {context.aws_request_id}"))
    if event["rawPath"].startswith("/uploads"):
        answer["headers"]["Tus-Resumable"] = upload_routes.VERSION
    _report(event, answer, failure, time.perf_counter() - begun)
    if event["requestContext"]["http"]["method"] == HTTPMethod.HEAD:
        answer |= {"body": "", "isBase64Encoded": False}
    return answer


@operation(
    "GET",
    "/health",
    answers={
        200: Success(description="The disk answers", media="application/json", schema="Health"),
        503: Success(
            description="It does not, or its limits cannot be read",
            media="application/json",
            schema="Health",
        ),
    },
    head=True,
    in_maintenance=True,
)
def health() -> Response[str]:
    """Prove the mount: by a write where the function may write, by a read where it may not.

    The parameter with the limits must be readable too: without it nothing is written, or only with
    the last good limits. How full the drive is costs one call to the disk, or with a limit three.
    """
    report: dict[str, object] = {
        "status": "pass",
        "mount": str(mount.ROOT),
        "access": "read-write" if mount.WRITABLE else "read-only",
        "maintenance": mount.in_maintenance(),
        "trash_days": mount.TRASH_DAYS,
        **dict.fromkeys(("used_bytes", "max_drive_bytes", "max_file_bytes")),
    }
    try:
        disk.probe(mount.ROOT, writable=mount.WRITABLE)
        trouble = mount.trouble()
        report |= _room()
    except (OSError, errors.DriveError) as error:
        trouble = str(error)
    if trouble is None:
        return web.as_json(report)
    report |= {"status": "fail", "reason": trouble}
    return web.as_json(report, HTTPStatus.SERVICE_UNAVAILABLE)


def _room() -> dict[str, int | None]:
    limits = NO_LIMITS
    with suppress(ConfigurationError):  # which `mount.trouble` has told
        limits = mount.limits()
    used = None if limits.drive_bytes is None else quota.used(mount.ROOT)
    return {
        "used_bytes": disk.used_bytes(mount.ROOT) if used is None else used,
        "max_drive_bytes": limits.drive_bytes,
        "max_file_bytes": limits.file_bytes,
    }


@operation(
    "GET",
    "/openapi.json",
    answers={
        200: Success(description="The OpenAPI document", media="application/json", schema="OpenApi")
    },
    head=True,
    in_maintenance=True,
)
def openapi_document() -> Response[str]:
    """Describe the service."""
    return web.as_json(openapi.document(web.operations, bearer=bearer.SECRET is not None))


@app.not_found
def no_such_route(_error: Exception) -> Response[str]:
    """Answer a request that no route serves, and name the route that the caller may mean."""
    path, method = app.current_event.path, app.current_event.http_method
    allowed = _methods_at(path)
    # The path of a directory ends with a slash, which is easily forgotten.
    other = path.removesuffix("/") if path.endswith("/") else f"{path}/"
    hint = f"; {other} takes {method}" if method in _methods_at(other) else ""
    if not allowed:
        return web.problem("no-route", f"no {method} at {path}; see /openapi.json{hint}")
    allow = ", ".join(sorted(allowed | {"OPTIONS"}))
    if method == "OPTIONS":
        return web.empty(HTTPStatus.NO_CONTENT, {"Allow": allow})
    return web.problem(
        "method-not-allowed", f"{path} takes {allow}, got {method}{hint}", headers={"Allow": allow}
    )


def _methods_at(path: str) -> set[str]:
    return {known.method for known in web.operations if re.fullmatch(known.rule, path)}


@app.exception_handler(errors.DriveError)  # type: ignore[untyped-decorator]  # Powertools leaves it so
def drive_error(error: errors.DriveError) -> Response[str]:
    """Answer with the problem of an error of the file code."""
    return failures.answer_to(error)


@app.exception_handler(web.ProblemError)  # type: ignore[untyped-decorator]  # Powertools leaves it so
def problem_error(error: web.ProblemError) -> Response[str]:
    """Answer with the problem for which a route refused the request."""
    return web.problem(error.kind, str(error), headers=error.headers)


@app.exception_handler(ConfigurationError)  # type: ignore[untyped-decorator]  # Powertools leaves it so
def not_configured(_error: Exception) -> Response[str]:
    """Answer that the limits are not known: nothing is written without them."""
    trouble = mount.trouble()
    logger.error("no limits to go by", reason=trouble)
    return web.problem("not-configured", "the drive's limits cannot be read; see GET /health")


app.include_router(web.router)
# Imported for what they declare.
_ROUTES = (file_routes, many_files_route, page_routes, upload_routes, trash_routes)


def _told(problem: Response[str]) -> dict[str, Any]:
    """Return the answer of Lambda for a problem outside of the routes."""
    return {
        "statusCode": problem.status_code,
        "headers": {**problem.headers, "Content-Type": problem.content_type},
        "body": problem.body,
        "isBase64Encoded": False,
    }


def _overridden(event: dict[str, Any]) -> dict[str, Any]:
    """Use the method in a header, for tus clients that can send GET and POST only.

    https://tus.io/protocols/resumable-upload#x-http-method-override
    """
    method = event["headers"].get("x-http-method-override")
    context = event["requestContext"]
    if method is None or not event["rawPath"].startswith("/uploads"):
        return event
    http = {**context["http"], "method": method.upper()}
    return {**event, "requestContext": {**context, "http": http}}


def _report(
    event: dict[str, Any], answer: dict[str, Any], failure: Exception | None, seconds: float
) -> None:
    """Write one line of log, and metrics in embedded metric format."""
    http = event["requestContext"]["http"]
    status = answer["statusCode"]
    received = _size(event.get("body"), encoded=bool(event.get("isBase64Encoded")))
    is_head = http["method"] == HTTPMethod.HEAD  # its body is not sent
    sent = 0 if is_head else _size(answer["body"], encoded=answer["isBase64Encoded"])
    line = {
        "method": http["method"],
        "path": event["rawPath"],
        "status": status,
        "bytes_in": received,
        "bytes_out": sent,
        "milliseconds": round(seconds * 1000, 3),
    }
    metrics = web.metrics
    metrics.add_metric("Requests", MetricUnit.Count, 1)
    metrics.add_metric("BytesIn", MetricUnit.Bytes, received)
    metrics.add_metric("BytesOut", MetricUnit.Bytes, sent)
    if status >= HTTPStatus.BAD_REQUEST:
        told = json.loads(answer["body"])
        kind = told.get("type", "health").removeprefix(web.PROBLEM_TYPE)
        line |= {"problem": kind, "detail": told.get("detail") or told.get("reason")}
        with single_metric("Errors", MetricUnit.Count, 1) as metric:
            metric.add_dimension("kind", kind)
    if failure:
        logger.error("request", exc_info=failure, **line)
    else:
        logger.info("request", **line)
    metrics.flush_metrics()


def _size(body: str | None, *, encoded: bool) -> int:
    if not body:
        return 0
    if not encoded:
        return len(body.encode())
    return len(body) // _BASE64_CHARACTERS * _BASE64_BYTES - body[-2:].count("=")
