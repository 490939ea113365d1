"""Who may call a function by its URL.

Since October 2025 it takes two permissions: lambda:InvokeFunctionUrl and lambda:InvokeFunction.
https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
"""

from collections.abc import Mapping, Sequence
from typing import Literal

from ops.local.rules.policies import AccessRequest, Decision, Policies, Principal, evaluate
from ops.local.rules.policy_documents import Policy

AuthType = Literal["AWS_IAM", "NONE"]


def may_call(
    auth_type: AuthType,
    function_arn: str,
    function_policy: Policy | None,
    caller: Principal,
    own: Policies,
    *,
    keys: Mapping[str, Sequence[str]] | None = None,
    unknown: frozenset[str] = frozenset(),
) -> tuple[AccessRequest, Decision]:
    """Decide about a call of a URL: by the first permission that is missing, else by the last.

    `own` are the caller's policies, `keys` and `unknown` further condition keys, as in
    AccessRequest. With NONE nobody is asked who they are, so all are unknown, and the function's
    policy must allow everybody.
    """
    nobody = auth_type == "NONE"
    policies = Policies(
        identity=() if nobody else own.identity,
        boundary=None if nobody else own.boundary,
        session=() if nobody else own.session,
        resource=function_policy,
    )
    for action, key, value in (
        ("lambda:InvokeFunctionUrl", "lambda:FunctionUrlAuthType", auth_type),
        ("lambda:InvokeFunction", "lambda:InvokedViaFunctionUrl", "true"),
    ):
        request = AccessRequest(
            principal=Principal(arn="*") if nobody else caller,
            action=action,
            resource=function_arn,
            keys={**(keys or {}), key: (value,)},
            unknown=unknown,
        )
        decision = evaluate(request, policies)
        if not decision.allowed:
            break
    return request, decision
