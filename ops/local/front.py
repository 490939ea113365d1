"""The front of the local cloud: function URLs and HTTP APIs, as strict as AWS's.

It is in front of MiniStack, which serves both as well, and asks for other permissions. Functions,
URLs, APIs and access keys are those of MiniStack. The rules of AWS are in `sigv4`, `payload`,
`refusals`, `cors` and `endpoint_permissions`. It runs in the local cloud's process (`emulator`).
"""

import asyncio
import base64
import os
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import formatdate
from typing import Any
from urllib.parse import unquote
from uuid import uuid4

from ministack import app
from ministack.core.concurrency import run_reentrant
from ministack.core.responses import request_scope
from ministack.services import apigateway, apigateway_v1, iam, lambda_svc, sts

from ops.local import payload, sigv4, url_rewriting
from ops.local.canonical_request import Request
from ops.local.cors import is_preflight, preflight, with_cors
from ops.local.endpoint import FUNCTION_URL, HTTP_API, METHODS, Endpoint, Reply
from ops.local.endpoint_permissions import lets_in, may_invoke
from ops.local.refusals import (
    failed,
    forbidden,
    no_such_route,
    no_such_url,
    not_waited_for,
    refused,
    throttled,
    unknown_method,
)
from ops.local.service_metrics import count_request
from ops.local.sigv4 import Credentials

Message = dict[str, Any]  # of ASGI: https://asgi.readthedocs.io/en/latest/specs/www.html
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]

# The path of an API on this machine; its own endpoint is off where only its domain may be used.
_API_PATH = "/_aws/execute-api/"


@dataclass(frozen=True)
class _Target:
    """The function behind an endpoint, its path, and the seconds that the endpoint waits for it."""

    endpoint: Endpoint
    function: str
    path: str
    cors: Mapping[str, Any] = field(default_factory=dict)
    seconds: float | None = None


def before(inner: Application) -> Application:
    """Return an application that answers at these endpoints, and leaves the rest to `inner`."""

    async def front(scope: Message, receive: Receive, send: Send) -> None:
        request = _request(scope) if scope["type"] == "http" else None
        found = _find(request) if request else None
        if request is None or found is None:
            await inner(scope, receive, send)
            return
        body = await _read(receive)
        if body is None:
            return
        source_ip = (scope.get("client") or ("127.0.0.1",))[0]
        answer = (
            found
            if isinstance(found, Reply)
            else await _serve(replace(request, body=body), found, source_ip)
        )
        if isinstance(found, _Target):
            _count(found, answer)
        await _send(answer.to(request.method), send)

    return front


def _count(target: _Target, answer: Reply) -> None:
    endpoint = target.endpoint
    with request_scope(endpoint.account, endpoint.region):
        api_id = endpoint.id if endpoint.kind == HTTP_API else None
        count_request(target.function.partition(":")[0], api_id, int(answer.status))


def known(access_key: str) -> Credentials | None:
    """Return the credentials of an access key: of the account, of a user, or temporary from STS."""
    if access_key == os.environ["AWS_ACCESS_KEY_ID"]:
        root = f"arn:aws:iam::{access_key}:root"
        secret = os.environ["AWS_SECRET_ACCESS_KEY"]
        return Credentials(access_key, secret, access_key, root, access_key)
    session = sts._sessions.get(access_key)
    if session is not None:
        return Credentials(
            access_key,
            session["SecretAccessKey"],
            session.get("AccountId") or session["Arn"].split(":")[4],
            session["Arn"],
            session["UserId"],
            session["SessionToken"],
            datetime.fromtimestamp(session["Expiration"], UTC) if "Expiration" in session else None,
        )
    for (account, key), record in iam._access_keys._data.items():
        if key == access_key and record["Status"] == "Active":
            user = iam._users.get_scoped(account, None, record["UserName"]) or {}
            return Credentials(
                access_key,
                record["SecretAccessKey"],
                account,
                user.get("Arn", f"arn:aws:iam::{account}:user/{record['UserName']}"),
                user.get("UserId", ""),
            )
    return None


def _request(scope: Message) -> Request:
    headers = tuple(
        (name.decode("latin-1").lower(), value.decode("latin-1").strip())
        for name, value in scope["headers"]
    )
    path, query = scope["raw_path"].decode("latin-1"), scope["query_string"].decode("latin-1")
    return Request(scope["method"], path, query, headers)


def _find(request: Request) -> _Target | Reply | None:
    """Return the function behind the endpoint at the address, or the endpoint's own answer."""
    host = request.header("host") or ""
    url = app._parse_lambda_url(host, request.path)
    if url is not None:
        return _function_url(*url) if request.method in METHODS else _UNKNOWN_METHOD
    named = app._resolve_custom_domain_request(host, request.path)
    found = named or app._parse_execute_api_url(host, request.path)
    if found is None or apigateway_v1.find_api_scope(found[0]) is not None:
        return None
    if request.method not in METHODS:
        return _UNKNOWN_METHOD
    api_id, stage, path = found
    for (account, region, stored), api in apigateway._apis.all_items():
        if stored == api_id:
            reached = named is not None or request.path.startswith(_API_PATH)
            if not reached and api.get("disableExecuteApiEndpoint"):
                break
            domain = (
                host.partition(":")[0] if named else f"{api_id}.execute-api.{region}.amazonaws.com"
            )
            with request_scope(account, region):
                endpoint = Endpoint(HTTP_API, api_id, account, region, domain, open=False)
                return _api(request, endpoint, unquote(stage), path, api, mapped=bool(named))
    return no_such_route()


_UNKNOWN_METHOD = unknown_method()


def _function_url(url_id: str, path: str) -> _Target | Reply:
    resolved = lambda_svc.resolve_function_url(url_id)
    if resolved is None:
        return no_such_url()
    account, region, name, qualifier, config = resolved
    domain = f"{url_id}.lambda-url.{region}.on.aws"
    public = config["AuthType"] == "NONE"
    endpoint = Endpoint(FUNCTION_URL, url_id, account, region, domain, open=public)
    function = f"{name}:{qualifier}" if qualifier else name
    return _Target(endpoint, function, path, config.get("Cors") or {})


def _api(
    request: Request,
    endpoint: Endpoint,
    stage: str,
    path: str,
    api: Mapping[str, Any],
    *,
    mapped: bool,
) -> _Target | Reply:
    """Return the function of an HTTP API's route. Without a route the API answers a preflight."""
    if not (mapped and stage):
        stage, path = app._resolve_stage_and_path(endpoint.id, stage, path)
    if stage not in apigateway._stages.get(endpoint.id, {}):
        return no_such_route()
    cors = api.get("corsConfiguration") or {}
    decoded = f"/{payload.http_api_path(path).lstrip('/')}"
    route = apigateway._match_route(endpoint.id, request.method, decoded)
    if route is None:
        if cors and is_preflight(request):
            return preflight(cors, request, endpoint)
        return no_such_route()
    authorization = route.get("authorizationType") or "NONE"
    name = route["target"].rpartition("/")[2]
    integration = apigateway._integrations.get(endpoint.id, {}).get(name) or {}
    if (
        authorization not in {"NONE", "AWS_IAM"}
        or integration.get("integrationType") != "AWS_PROXY"
    ):
        return failed(endpoint)
    template = route["routeKey"].partition(" ")[2]
    parameters = apigateway._extract_path_params(template, decoded) if template else None
    endpoint = replace(
        endpoint,
        open=authorization == "NONE",
        route=route["routeKey"],
        stage=stage,
        parameters=parameters,
    )
    function = apigateway._extract_lambda_ref_from_integration_uri(integration["integrationUri"])
    seconds = int(integration["timeoutInMillis"]) / 1000
    return _Target(endpoint, function, path, cors, seconds)


async def _serve(request: Request, target: _Target, source_ip: str) -> Reply:
    endpoint, now, request_id = target.endpoint, datetime.now(UTC), str(uuid4())
    if endpoint.kind == FUNCTION_URL and target.cors and is_preflight(request):
        return _numbered(preflight(target.cors, request, endpoint), endpoint, request_id)
    caller = None
    try:
        if not endpoint.open:
            caller = sigv4.verify(
                request, known, region=endpoint.region, service=endpoint.service, now=now
            )
    except (sigv4.UnsignedError, sigv4.SignatureError) as error:
        answer = refused(error, endpoint)
        return _numbered(with_cors(answer, target.cors, request), endpoint, request_id)
    if not lets_in(caller, endpoint, target.function, request.method, target.path):
        answer = forbidden(endpoint)
    elif not may_invoke(endpoint, target.function):
        answer = failed(endpoint)
    else:
        own = url_rewriting.inbound(request, endpoint, target.path)
        made = payload.event(
            own, endpoint, caller, source_ip=source_ip, request_id=request_id, now=now
        )
        answer = payload.too_large(own, made, endpoint) or await _invoke(target, made)
        answer = url_rewriting.outbound(answer, request, endpoint, target.path)
    return _numbered(with_cors(answer, target.cors, request), endpoint, request_id)


async def _invoke(target: _Target, made: payload.Event) -> Reply:
    endpoint = target.endpoint
    function, config, _ = lambda_svc._get_func_record_for_ref_in_scope(
        target.function, account_id=endpoint.account, region=endpoint.region
    )
    if function is None or config is None:
        return failed(endpoint)
    record = lambda_svc._execution_record_for_config(function, config)
    run = asyncio.ensure_future(
        run_reentrant(lambda_svc._execute_function_with_config_scope, record, made)
    )
    done, _ = await asyncio.wait({run}, timeout=target.seconds)
    if not done:
        _going_on.add(run)
        run.add_done_callback(_going_on.discard)
        return not_waited_for()
    result = run.result()
    if result.get("throttle"):
        return throttled(result["body"]["Reason"], endpoint)
    return failed(endpoint) if result.get("error") else payload.answer(result["body"], endpoint)


# Functions whose endpoint no longer waits; the loop itself keeps no reference to them.
_going_on: set[asyncio.Future[Any]] = set()


def _numbered(answer: Reply, endpoint: Endpoint, request_id: str) -> Reply:
    number = base64.b64encode(secrets.token_bytes(11)).decode()
    added = {FUNCTION_URL: ("x-amzn-RequestId", request_id), HTTP_API: ("apigw-requestid", number)}
    return replace(answer, headers=(*answer.headers, added[endpoint.kind]))


async def _read(receive: Receive) -> bytes | None:
    """The body; None when the caller went away."""
    parts = []
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)


async def _send(answer: Reply, send: Send) -> None:
    headers = (*answer.headers, ("date", formatdate(usegmt=True)))
    start = {
        "type": "http.response.start",
        "status": int(answer.status),
        "headers": [(name.encode(), value.encode()) for name, value in headers],
    }
    await send(start)
    await send({"type": "http.response.body", "body": answer.body})
