"""Who may call a function by its URL or its HTTP API, and whether that API may invoke it."""

from urllib.parse import unquote

from ministack.core.responses import request_scope

from ops.local.caller_permissions import asked, refusal
from ops.local.callers import ANYBODY, caller_of, service
from ops.local.endpoint import FUNCTION_URL, Endpoint
from ops.local.rules.function_urls import may_call
from ops.local.sigv4 import Credentials


def lets_in(
    signed: Credentials | None, endpoint: Endpoint, function: str, method: str, path: str
) -> bool:
    """Say whether the endpoint lets the caller in, who is anybody without a signature.

    A URL needs two permissions, from the caller's policies or the function's:
    https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html. An HTTP API has no policy:
    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-access-control-iam.html.
    """
    if signed is None and endpoint.kind != FUNCTION_URL:
        return True
    with request_scope(signed.account if signed else endpoint.account, endpoint.region):
        caller = caller_of(signed.access_key) if signed else ANYBODY
    with request_scope(endpoint.account, endpoint.region):
        if endpoint.kind != FUNCTION_URL:
            called = _api_arn(endpoint, f"{method}/{unquote(path).lstrip('/')}")
            return refusal(caller, "execute-api:Invoke", called) is None
        arn = _function_arn(endpoint, function)
        request, policies = asked(caller, "lambda:InvokeFunctionUrl", arn)
        _, decision = may_call(
            "NONE" if endpoint.open else "AWS_IAM",
            arn,
            policies.resource,
            caller.principal,
            policies,
            keys=request.keys,
            unknown=request.unknown,
        )
        return decision.allowed


def may_invoke(endpoint: Endpoint, function: str) -> bool:
    """Say whether an HTTP API may invoke the function for the route that was called.

    https://docs.aws.amazon.com/lambda/latest/dg/services-apigateway.html#apigateway-permissions
    """
    if endpoint.kind == FUNCTION_URL:
        return True
    method, _, path = endpoint.route.partition(" ")
    route = f"{'*' if method == 'ANY' else method}{path}"
    keys = {
        "aws:SourceArn": (_api_arn(endpoint, route),),
        "aws:SourceAccount": (endpoint.account,),
    }
    with request_scope(endpoint.account, endpoint.region):
        gateway = service("apigateway.amazonaws.com")
        arn = _function_arn(endpoint, function)
        return refusal(gateway, "lambda:InvokeFunction", arn, keys) is None


def _function_arn(endpoint: Endpoint, function: str) -> str:
    name = function.partition(":function:")[2] or function
    return f"arn:aws:lambda:{endpoint.region}:{endpoint.account}:function:{name}"


def _api_arn(endpoint: Endpoint, called: str) -> str:
    """Return the ARN of a call or of a route; that of the route `$default` has no method."""
    api = f"arn:aws:execute-api:{endpoint.region}:{endpoint.account}:{endpoint.id}"
    return f"{api}/{endpoint.stage}/{called}"
