"""CORS as an endpoint answers it, from its own configuration."""

from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from ops.local.canonical_request import Request
from ops.local.endpoint import FUNCTION_URL, Endpoint, Reply


def is_preflight(request: Request) -> bool:
    """Say whether a request is the preflight of a browser (https://fetch.spec.whatwg.org/#http-requests)."""
    asks = request.header("access-control-request-method") is not None
    return request.method == "OPTIONS" and asks and request.header("origin") is not None


def preflight(config: Mapping[str, Any], request: Request, endpoint: Endpoint) -> Reply:
    """Return the endpoint's answer to a preflight."""
    status = HTTPStatus.OK if endpoint.kind == FUNCTION_URL else HTTPStatus.NO_CONTENT
    return with_cors(Reply(status, ()), config, request)


def with_cors(answer: Reply, config: Mapping[str, Any], request: Request) -> Reply:
    """Return the answer with the endpoint's CORS headers in place of the function's, if it has any.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html
    """
    if not config:
        return answer
    has = {f"{name[0].lower()}{name[1:]}": value for name, value in config.items()}
    kept = [pair for pair in answer.headers if not pair[0].startswith("access-control-")]
    origin = request.header("origin")
    allowed = has.get("allowOrigins") or []
    if origin is None or not {"*", origin} & set(allowed):
        return replace(answer, headers=tuple(kept))
    added = [("access-control-allow-origin", "*" if "*" in allowed else origin)]
    if "*" not in allowed:
        added.append(("vary", "Origin"))
    if has.get("exposeHeaders"):
        added.append(("access-control-expose-headers", ",".join(has["exposeHeaders"])))
    if has.get("allowCredentials"):
        added.append(("access-control-allow-credentials", "true"))
    if is_preflight(request):
        for name, key in (("methods", "allowMethods"), ("headers", "allowHeaders")):
            if has.get(key):
                added.append((f"access-control-allow-{name}", ",".join(has[key])))
        if has.get("maxAge") is not None:
            added.append(("access-control-max-age", str(has["maxAge"])))
    return replace(answer, headers=(*kept, *added))
