"""Who calls the local cloud, with the policies and condition keys of the credentials.

Roles, users, groups, sessions and managed policies are those of MiniStack's stores.
"""

import json
import logging
from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id, get_region
from ministack.services import iam, sts

from ops.local.rules.policies import Principal
from ops.local.rules.policy_documents import Kind, MalformedPolicyError, Policy, policy
from ops.local.rules.roles import Role

Keys = Mapping[str, tuple[str, ...]]
# Addresses and networks here are not those that a caller would have in AWS, and nobody knows of
# which organization the account would be.
UNKNOWN = frozenset(
    ("aws:PrincipalOrgID", "aws:PrincipalOrgPaths", "aws:Referer", "aws:ResourceOrgID")
    + ("aws:ResourceOrgPaths", "aws:SourceIp", "aws:SourceOrgID", "aws:SourceOrgPaths")
    + ("aws:SourceVpc", "aws:SourceVpcArn", "aws:SourceVpce", "aws:UserAgent", "aws:VpcSourceIp")
    + ("aws:VpceAccount", "aws:VpceOrgID", "aws:VpceOrgPaths")
)
_log = logging.getLogger("ministack")


@dataclass(frozen=True, kw_only=True)
class JudgedCaller:
    """A principal with its own policies, and the condition keys that its credentials bring."""

    principal: Principal
    identity: tuple[Policy, ...] = ()
    boundary: Policy | None = None
    session: tuple[Policy, ...] = ()
    keys: Keys = field(default_factory=dict)
    endpoint: Policy | None = None  # of the VPC endpoint by which the call comes


@dataclass(frozen=True, kw_only=True)
class UsedEndpoint:
    """The VPC endpoint by which a call comes: its policy, and the condition keys that it brings.

    https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
    """

    policy: Policy
    keys: Keys


# That of the current call; most come by none.
used_endpoint: ContextVar[UsedEndpoint | None] = ContextVar("used_endpoint", default=None)
ANYBODY = JudgedCaller(principal=Principal(arn="*"))


def common_keys() -> dict[str, tuple[str, ...]]:
    """Return the condition keys that every request has now, in this account and region.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
    """
    now = datetime.now(UTC)
    return {
        "aws:CurrentTime": (now.isoformat(),),
        "aws:EpochTime": (str(int(now.timestamp())),),
        "aws:RequestedRegion": (get_region(),),
        "aws:SecureTransport": ("true",),  # of AWS's endpoints; here HTTP stays on this machine
        "aws:ViaAWSService": ("false",),  # also of what a service does with a role that it assumes
    }


def service(name: str) -> JudgedCaller:
    """Return an AWS service as a caller, such as `apigateway.amazonaws.com`."""
    return JudgedCaller(principal=Principal(arn=name))


def caller_of(access_key: str) -> JudgedCaller:
    """Return the caller with an access key, which was checked, of the request's account."""
    credential = iam_evaluator.resolve_credential(access_key, get_account_id())
    keys = {
        key: values_of(value) for key, value in iam_evaluator._principal_keys(credential).items()
    }
    arn, account = credential.principal_arn, credential.account_id
    match credential.principal_type:
        case "User":
            user = iam._users.get_scoped(account, None, credential.principal_name) or {}
            return JudgedCaller(
                principal=Principal(arn=arn),
                identity=tuple(_of_user(account, credential.principal_name, user)),
                boundary=_boundary(account, user),
                keys=keys,
            )
        case "AssumedRole":
            session = sts._sessions[access_key]
            name = arn.split("/")[1]
            role = iam._roles.get_scoped(account, None, name) or {}
            if "SourceFunctionArn" in session:
                keys["lambda:SourceFunctionArn"] = (session["SourceFunctionArn"],)
            return JudgedCaller(
                principal=Principal(
                    arn=arn, role=role.get("Arn", f"arn:aws:iam::{account}:role/{name}")
                ),
                identity=tuple(_attached(account, role, role.get("InlinePolicies") or {})),
                boundary=_boundary(account, role),
                session=tuple(_of_session(account, session.get("SessionPolicies") or {})),
                keys=keys,
            )
    return JudgedCaller(principal=Principal(arn=f"arn:aws:iam::{account}:root"), keys=keys)


def role(arn: str) -> Role | None:
    """Return a role with its policies; None if it is not there."""
    account, name = arn.split(":")[4], arn.rpartition("/")[2]
    found = iam._roles.get_scoped(account, None, name)
    if found is None or found["Arn"] != arn:
        return None
    known = common_keys()
    tags = {f"aws:PrincipalTag/{tag['Key']}": (tag["Value"],) for tag in found.get("Tags") or ()}
    return Role(
        arn=arn,
        trust=read(name, found["AssumeRolePolicyDocument"], "resource"),
        policies=tuple(_attached(account, found, found.get("InlinePolicies") or {})),
        boundary=_boundary(account, found),
        keys=known,
        session_keys={
            "aws:MultiFactorAuthPresent": ("false",),
            "aws:TokenIssueTime": known["aws:CurrentTime"],
            **tags,
        },
        # Who assumes it names the session, and tags of the resource are not read.
        unknown=UNKNOWN | {"aws:ResourceTag/", "aws:userid"},
    )


def _of_user(account: str, name: str, user: Mapping[str, Any]) -> Iterable[Policy]:
    yield from _attached(account, user, iam._user_inline_policies.get(name) or {})
    for group_name, group in iam._groups.items():
        if name in group.get("Users", []):
            yield from _attached(account, group, iam._group_inline_policies.get(group_name) or {})


def _attached(
    account: str, owner: Mapping[str, Any], inline: Mapping[str, object]
) -> Iterable[Policy]:
    for name, document in inline.items():
        yield read(name, document, "identity")
    for arn in owner.get("AttachedPolicies", []):
        yield _managed(account, arn)


def _boundary(account: str, owner: Mapping[str, Any]) -> Policy | None:
    """Return the boundary; None if a template names one that is not in the account (yet)."""
    arn = owner.get("PermissionsBoundary")
    if not arn:
        return None
    own = not arn.startswith("arn:aws:iam::aws:")
    if own and iam_evaluator._resolve_managed_policy_document(arn, account) is None:
        _log_missing_boundary(arn)
        return None
    return _managed(account, arn)


def _of_session(account: str, passed: Mapping[str, Any]) -> Iterable[Policy]:
    if passed.get("Policy"):
        yield read("session policy", passed["Policy"], "identity")
    for arn in passed.get("PolicyArns", []):
        yield _managed(account, arn)


def _managed(account: str, arn: str) -> Policy:
    document = iam_evaluator._resolve_managed_policy_document(arn, account)
    if document is None:
        _log_unknown(arn)
    return read(arn, document, "identity")


@lru_cache(maxsize=1024)
def _log_unknown(arn: str) -> None:
    """Say once that a managed policy is not here."""
    _log.warning("%s is not here, so it allows nothing: write its statements in a policy", arn)


@lru_cache(maxsize=1024)
def _log_missing_boundary(arn: str) -> None:
    """Say once that a boundary is not here."""
    _log.warning("%s is not here, so it bounds no role; AWS would not make the role", arn)


def read(name: str, document: object, kind: Kind) -> Policy:
    text = document if isinstance(document, str) else json.dumps(document or {})
    return _parsed(name, text, kind)


@lru_cache(maxsize=1024)
def _parsed(name: str, text: str, kind: Kind) -> Policy:
    """Read a policy once; one that AWS would not have taken allows nothing, and the log says so."""
    try:
        return policy(name, text, kind)
    except MalformedPolicyError as error:
        if text not in {"{}", ""}:
            _log.warning("%s", error)
        return Policy(name, ())


def values_of(value: object) -> tuple[str, ...]:
    """Return the values of a condition key, as MiniStack has them."""
    match value:
        case None:
            return ()
        case bool():
            return (str(value).lower(),)
        case list() | tuple():
            return tuple(str(each) for each in value)
    return (str(value),)
