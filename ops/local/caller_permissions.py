"""Whether a caller of the local cloud may do what it asks: each call is judged for its principal.

MiniStack verifies signatures and refuses in the words of each API (its mode AUTH); `called_actions`
says which actions a request needs. The decision is that of `rules.policies`, over the roles, users
and resource policies that MiniStack's stores hold. What MiniStack does by itself, as the
provisioning of CloudFormation, is no call and is not judged.
"""

import logging
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import replace
from functools import lru_cache
from typing import Any

from ministack.core import iam_actions, iam_evaluator, lambda_runtime
from ministack.core.responses import get_account_id
from ministack.services import iam, sts, tagging

from ops.local import called_actions
from ops.local.callers import (
    ANYBODY,
    UNKNOWN,
    JudgedCaller,
    Keys,
    caller_of,
    common_keys,
    read,
    used_endpoint,
    values_of,
)
from ops.local.rules.policies import (
    AccessRequest,
    Decision,
    Policies,
    PolicyKind,
    Principal,
    evaluate,
)
from ops.local.rules.policy_documents import Policy

# Of these services' keys, and of these keys, it is known that a request does not have them.
_KNOWN_SERVICES = frozenset({"s3", "sts"})
_KNOWN = frozenset(
    ("iam:passedtoservice", "kms:viaservice", "kms:grantisforawsresource")
    + ("lambda:functionurlauthtype", "lambda:invokedviafunctionurl", "lambda:sourcefunctionarn")
)
# https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
_KEY_POLICY = (
    '{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Action": "kms:*",'
    ' "Resource": "*", "Principal": {{"AWS": "arn:aws:iam::{}:root"}}}}]}}'
)
_log = logging.getLogger("ministack")
# The words of this request's last denial, for MiniStack's answer.
_denied: ContextVar[str] = ContextVar("denied", default="")


def judge_calls() -> None:
    """Judge each call to MiniStack's APIs by the policies of its caller."""
    called_actions.correct()
    iam_evaluator.enforce = _enforce
    iam_evaluator.evaluate_trust_policy = _trusts
    iam_evaluator.resource_policy_allows = _was_judged
    iam_actions.identity_denial_message = _said(iam_actions.identity_denial_message)
    iam_actions.access_denied_response = _answered(iam_actions.access_denied_response)
    lambda_runtime.execution_credentials = _of_function(lambda_runtime.execution_credentials)


def asked(
    caller: JudgedCaller, action: str, resource: str, keys: Keys | None = None
) -> tuple[AccessRequest, Policies]:
    """Return the request to a resource of this account and region, and the policies for it."""
    single = [each for each in (caller.boundary, caller.endpoint) if each]
    own = (*caller.identity, *caller.session, *single)
    of_resource, kind = _of_resource(action, resource)
    known = {
        **common_keys(),
        "s3:ResourceAccount": (get_account_id(),),
        **caller.keys,
        **(keys or {}),
    }
    conditions = _condition_keys((*own, *([of_resource] if of_resource else [])))
    if any(key.startswith(("aws:resourcetag/", "iam:resourcetag/")) for key in conditions):
        known = _tags(resource) | known
    request = AccessRequest(
        principal=caller.principal,
        action=action,
        resource=resource,
        account=get_account_id(),
        keys=known,
        unknown=_unknown(action, conditions, known),
    )
    policies = Policies(
        identity=caller.identity,
        boundary=caller.boundary,
        session=caller.session,
        resource=of_resource,
        resource_kind=kind,
        resource_decides=(action.startswith("kms:") and of_resource is not None)
        or kind is PolicyKind.TRUST,
        endpoint=caller.endpoint,
    )
    return request, policies


def refusal(
    caller: JudgedCaller, action: str, resource: str, keys: Keys | None = None
) -> tuple[Decision, str] | None:
    """Return None if the caller may do it, else the decision and its sentence."""
    request, policies = asked(caller, action, resource, keys)
    decision = evaluate(request, policies)
    if not decision.allowed:
        return decision, decision.message(request)
    if decision.assumed:
        _log.info("%s allowed, if %s holds", action, ", ".join(sorted(decision.assumed)))
    return None


def _enforce(
    access_key: str,
    action: str,
    service: str,
    _region: str,
    *,
    resource_arn: str = "*",
    service_context: Mapping[str, object] | None = None,
) -> object:
    """Return None if the call is allowed, else what MiniStack makes an error of."""
    _denied.set("")
    if iam_evaluator._anonymous.get():
        if iam_evaluator._served_unsigned(service, action):
            return None
        if service != "s3":
            message = iam_actions.anonymous_denial_message(service, action, resource_arn)
            return iam_evaluator.AuthError("MissingAuthenticationToken", message)
        caller = ANYBODY
    else:
        failure = iam_evaluator.check_credentials(access_key, service)
        if failure:
            return failure
        caller = caller_of(access_key)
    given = {key: values_of(value) for key, value in (service_context or {}).items()}
    keys = {key: values for key, values in given.items() if values}
    by = used_endpoint.get()
    by_endpoint = (
        replace(caller, endpoint=by.policy, keys={**caller.keys, **by.keys}) if by else caller
    )
    for each in called_actions.needed(action, resource_arn):
        # What the service does in the caller's name comes by no endpoint of the caller's.
        itself = each.action.partition(":")[0] == action.partition(":")[0]
        asking = by_endpoint if itself else caller
        refused = refusal(asking, each.action, each.resource, {**keys, **each.keys})
        if refused:
            decision, message = refused
            _denied.set(each.refusal or message)
            return iam_evaluator.EvalResult(
                "Deny" if decision.explicit else "ImplicitDeny", caller.principal.arn
            )
    return None


def _trusts(document: str | Mapping[str, object], caller: str, context: Any) -> bool:  # noqa: ANN401 - MiniStack has no types
    """Say whether a role's trust policy lets somebody assume it.

    Of a caller with keys it was judged as one with its own policies (`_enforce`); what is left are
    a token of an identity provider, and the tags of a session.
    """
    if context.action == "sts:AssumeRole":
        return True
    federated = context.action.startswith("sts:AssumeRoleWith")
    trust = read("trust policy", document, "resource")
    principal = Principal(arn=caller)
    if not federated:
        name = caller.split("/")[1] if ":assumed-role/" in caller else None
        role = iam._roles.get_scoped(principal.account, None, name) if name else None
        principal = Principal(arn=caller, role=role["Arn"] if role else None)
    given = {**common_keys(), **context.principal_keys, **context.service_context}
    given |= {f"aws:RequestTag/{key}": value for key, value in context.request_tags.items()}
    given["aws:TagKeys"] = context.tag_keys
    request = AccessRequest(
        principal=principal,
        action=context.action,
        resource=context.resource_arn,
        keys={key: values_of(value) for key, value in given.items() if value is not None},
        unknown=UNKNOWN,
    )
    policies = Policies(resource=trust, resource_kind=PolicyKind.TRUST, resource_decides=True)
    return evaluate(request, policies).allowed


def _was_judged(*_: object) -> bool:
    """Let a service ask for its resource's policy once more: `_enforce` has asked."""
    return True


def _said(words: Callable[..., str]) -> Callable[..., str]:
    """Return MiniStack's words of a denial, or those of the decision if there is one."""

    def said(*arguments: object, **named: object) -> str:
        return _denied.get() or words(*arguments, **named)

    return said


def _answered(answer: Callable[..., Any]) -> Callable[..., Any]:
    """Answer a denial in the words of the decision."""

    def answered(service: str, *arguments: object, **named: Any) -> Any:  # noqa: ANN401 - as above
        denied = "" if named.get("error_code") else _denied.get()
        if denied:
            named["message"] = called_actions.words_of(service, denied)
        status, headers, body = answer(service, *arguments, **named)
        # JSON 1.1: https://docs.aws.amazon.com/kms/latest/APIReference/CommonErrors.html
        json_of_target = denied and service in {"kms", "secretsmanager"}
        return (400 if json_of_target else status), headers, body

    return answered


def _of_function(credentials: Callable[..., dict[str, str]]) -> Callable[..., dict[str, str]]:
    """Let the calls of a function's code say which function it is.

    https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html
    """

    def given(config: dict[str, Any]) -> dict[str, str]:
        made = credentials(config)
        arn = ":".join(config["FunctionArn"].split(":")[:7])
        sts._sessions[made["AWS_ACCESS_KEY_ID"]]["SourceFunctionArn"] = arn
        return made

    return given


def _tags(resource: str) -> dict[str, tuple[str, ...]]:
    """Return the condition keys of a resource's tags; those of roles and users have two names."""
    if ":role/" in resource:
        role = iam._roles.get_scoped(resource.split(":")[4], None, resource.rpartition("/")[2])
        tags = {each["Key"]: each["Value"] for each in (role or {}).get("Tags") or []}
    else:
        tags = tagging.resource_tags(resource) or {}
    return {
        f"{prefix}:ResourceTag/{key}": (value,)
        for key, value in tags.items()
        for prefix in ("aws", "iam")
    }


def _of_resource(action: str, resource: str) -> tuple[Policy | None, PolicyKind]:
    """Return the policy of the resource, if its service keeps one, and what kind it is."""
    if action in {"sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"}:
        account, _, name = resource.removeprefix("arn:aws:iam::").partition(":role/")
        role = iam._roles.get_scoped(account, None, name.rpartition("/")[2])
        trust = read(name, role["AssumeRolePolicyDocument"], "resource") if role else None
        return trust, PolicyKind.TRUST
    prefix = action.partition(":")[0]
    found = iam_evaluator._resource_policy(prefix, resource)
    document = found[0] if found else None
    if found and prefix == "kms" and not document:
        document = _KEY_POLICY.format(found[1])
    return (
        read(resource, document, "resource") if document else None,
        PolicyKind.RESOURCE,
    )


@lru_cache(maxsize=1024)
def _condition_keys(policies: tuple[Policy, ...]) -> frozenset[str]:
    """The condition keys that policies ask for, in lower case."""
    return frozenset(
        condition.key.lower()
        for each in policies
        for statement in each.statements
        for condition in statement.conditions
    )


def _unknown(
    action: str, conditions: frozenset[str], known: Mapping[str, object]
) -> frozenset[str]:
    """The condition keys of which nobody here knows whether AWS's request would have them."""
    prefix = action.partition(":")[0].lower()
    has = {key.lower() for key in known}
    of_service = (
        key
        for key in conditions
        if key.startswith(f"{prefix}:")
        and prefix not in _KNOWN_SERVICES
        and key not in _KNOWN | has
    )
    return UNKNOWN.union(of_service)
