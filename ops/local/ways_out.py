"""A function's call to a service of AWS is answered only where its network leads there.

The local cloud knows whose call it is by the session of the function's role, and which service is
called by what was signed. In AWS, nothing answers a packet that a route, a group or a network ACL
drops: the caller waits until its own timeout. So does it here. The log of the local cloud says
which link lacks, and so does `python -m ops reach`. The policy of a VPC endpoint on the way is one
more that must allow the call (`caller_permissions`).

A call that leaves the machine is none of an AWS API, and is not seen.
"""

import logging
import re
from collections.abc import Awaitable, Callable
from typing import Any

from ministack.core.responses import request_scope
from ministack.services import lambda_svc, sts

from ops.local import network_state, vpc_endpoints
from ops.local.callers import UsedEndpoint, used_endpoint
from ops.local.rules.reach import Way, to_service

Message = dict[str, Any]  # of ASGI: https://asgi.readthedocs.io/en/latest/specs/www.html
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-authentication-methods.html
_SIGNED = re.compile(rb"Credential=([^/,\s]+)/\d{8}/([^/,\s]+)/([^/,\s]+)/aws4_request")
_log = logging.getLogger("ministack")
# Of a call that no function makes: nothing closes its way, and it comes by no endpoint.
_NOBODYS: tuple[str, UsedEndpoint | None] = ("", None)


def before(inner: Application) -> Application:
    """Return an application that leaves calls which lead nowhere without an answer."""

    async def gate(scope: Message, receive: Receive, send: Send) -> None:
        closed, endpoint = _judged(scope) if scope["type"] == "http" else _NOBODYS
        if closed:
            _log.warning("%s", closed)
            while (await receive())["type"] != "http.disconnect":
                pass
            return
        before = used_endpoint.set(endpoint)
        try:
            await inner(scope, receive, send)
        finally:
            used_endpoint.reset(before)

    return gate


def _judged(scope: Message) -> tuple[str, UsedEndpoint | None]:
    """Return what a function does not reach, and why; or the endpoint by which it gets there."""
    headers = dict(scope["headers"])
    signed = _SIGNED.search(headers.get(b"authorization", b""))
    if signed is None:
        return _NOBODYS
    key, region, service = (part.decode("latin-1") for part in signed.groups())
    session = sts._sessions.get(key)
    # arn:aws:sts::<account>:assumed-role/<role>/<function>: Lambda names sessions after functions.
    arn = session["Arn"].split(":") if session else []
    if not arn or not arn[-1].startswith("assumed-role/"):
        return _NOBODYS
    with request_scope(arn[4], region):
        config = _configuration(arn[-1])
        if config is None:
            return _NOBODYS
        way = way_of(config, service)
        if not way.open:
            return f"{config['FunctionName']} to {service}: {way}", None
        return "", vpc_endpoints.used(way.endpoint) if way.endpoint else None


def _configuration(assumed_role: str) -> dict[str, Any] | None:
    """Return the configuration of the function whose session it is, if it is in a VPC."""
    _, role, name = assumed_role.split("/", 2)
    function = lambda_svc._functions.get(name)
    if function is None:
        return None
    config: dict[str, Any] = function["config"]
    own_role = config["Role"].rpartition("/")[2] == role
    return config if own_role and (config.get("VpcConfig") or {}).get("SubnetIds") else None


def way_of(config: dict[str, Any], service: str) -> Way:
    """Return the way of a function to a service: a closed one, if it has such from any subnet.

    An instance of a function is in any of its subnets, and a part of its calls would fail. So would
    it by an endpoint that only one of the subnets leads to, which comes next.
    """
    network = network_state.network()
    ways = [to_service(network, caller, service) for caller in network_state.callers(config)]
    return min(ways, key=lambda way: (way.open, not way.endpoint))
