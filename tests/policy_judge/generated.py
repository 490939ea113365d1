"""Requests and policies by chance, from so few names that they often meet."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import NamedTuple, TypeVar

from ops.local.rules.policies import AccessRequest, Policies, PolicyKind, Principal
from ops.local.rules.policy_documents import Kind, Policy, policy

Json = dict[str, object]
T = TypeVar("T")

HERE, THERE = "111122223333", "444455556666"
ROLE = f"arn:aws:iam::{HERE}:role/path/writer"
SESSION = f"arn:aws:sts::{HERE}:assumed-role/writer/session-1"
USER = f"arn:aws:iam::{HERE}:user/people/ann"
FEDERATED = f"arn:aws:sts::{HERE}:federated-user/bob"
ROOT = f"arn:aws:iam::{HERE}:root"
PRINCIPALS = (
    *(Principal(arn=SESSION, role=ROLE), Principal(arn=SESSION, role=ROLE)),
    *(Principal(arn=USER), Principal(arn=FEDERATED)),
)
SERVICES = (Principal(arn="lambda.amazonaws.com"), Principal(arn="logs.amazonaws.com"))
# Action and resource; whose account it is, is in the ARN.
TARGETS = (
    ("sqs:SendMessage", f"arn:aws:sqs:eu-west-1:{HERE}:queue-ann"),
    ("sqs:SendMessage", f"arn:aws:sqs:eu-west-1:{THERE}:queue-ann"),
    ("lambda:InvokeFunction", f"arn:aws:lambda:eu-west-1:{HERE}:function:files:live"),
    ("lambda:InvokeFunctionUrl", f"arn:aws:lambda:eu-west-1:{THERE}:function:files"),
    (
        "elasticfilesystem:ClientMount",
        f"arn:aws:elasticfilesystem:eu-west-1:{HERE}:file-system/fs-1",
    ),
    (
        "elasticfilesystem:ClientWrite",
        f"arn:aws:elasticfilesystem:eu-west-1:{HERE}:file-system/fs-1",
    ),
    ("ssm:GetParameter", f"arn:aws:ssm:eu-west-1:{HERE}:parameter/lambda-drive/limits"),
)
KEY = ("kms:Decrypt", f"arn:aws:kms:eu-west-1:{HERE}:key/1234abcd")
TRUST = ("sts:AssumeRole", f"arn:aws:iam::{HERE}:role/other")
ACTIONS = (
    *("*", "sqs:*", "sqs:Send*", "SQS:sendmessage", "lambda:Invoke*", "lambda:InvokeFunction"),
    *("lambda:InvokeFunction?rl", "elasticfilesystem:Client*", "elasticfilesystem:ClientMount"),
    *("ssm:Get*", "ssm:?etParameter", "kms:*", "kms:Decrypt", "sts:AssumeRole", "sts:*"),
)
RESOURCES = (
    *("*", "*", "*", f"arn:aws:sqs:*:{HERE}:queue-*", "arn:aws:sqs:eu-west-1:*:queue-???"),
    *(f"arn:aws:sqs:eu-*:{HERE}:queue-*n?", "arn:aws:sqs:*:*:Queue-ann"),
    *(
        "arn:aws:ssm:*:*:parameter/lambda-drive/${aws:PrincipalTag/team, 'limits'}",
        "arn:aws:lambda:*:*:function:files",
    ),
    *("arn:aws:lambda:*:*:function:*", f"arn:aws:lambda:eu-west-1:{HERE}:function:files:*"),
    *(
        "arn:aws:elasticfilesystem:*:*:file-system/fs-?",
        "arn:aws:elasticfilesystem:*:*:file-system/*",
    ),
    *(
        "arn:aws:ssm:*:*:parameter/*/${aws:RequestTag/team}",
        f"arn:aws:ssm:eu-west-1:{HERE}:parameter/lambda-drive/*",
    ),
    *(f"arn:aws:kms:*:{HERE}:key/*", f"arn:aws:iam::{HERE}:role/*"),
)
NAMED = (
    *("*", HERE, f"arn:aws:iam::{HERE}:root", ROLE, SESSION, USER, FEDERATED),
    *(f"{SESSION}2", f"{ROLE}2", THERE, f"arn:aws:iam::{THERE}:root"),
)
STRINGS = ("red", "Red", "green", "blue", "redder", "limits")


class Asked(NamedTuple):
    """A kind of operators with a key that they are for, and values of requests and of policies."""

    operators: tuple[str, ...]
    key: str
    given: tuple[str, ...]
    asked: tuple[str, ...]


def _ordered(kind: str) -> tuple[str, ...]:
    signs = ("Equals", "NotEquals", "LessThan", "LessThanEquals")
    return tuple(f"{kind}{sign}" for sign in (*signs, "GreaterThan", "GreaterThanEquals"))


SINGLE = (
    Asked(
        (
            *("StringEquals", "StringNotEquals"),
            *("StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"),
        ),
        "aws:PrincipalTag/team",
        STRINGS,
        (*STRINGS, "r*", "${aws:RequestTag/team}"),
    ),
    Asked(
        ("StringLike", "StringNotLike"),
        "aws:RequestTag/team",
        STRINGS,
        (*STRINGS, "r*", "?ed", "*e*", "${aws:PrincipalTag/team}*", "${*}"),
    ),
    Asked(
        _ordered("Numeric"),
        "aws:MultiFactorAuthAge",
        ("1", "2", "10", "2.5"),
        ("1", "2", "10", "3"),
    ),
    Asked(
        _ordered("Date"),
        "aws:CurrentTime",
        ("2026-11-27T10:00:00Z", "2026-11-28T00:00:00Z"),
        ("2026-11-27T10:00:00Z", "2026-11-27T12:00:00Z", "2026-11-28T00:00:00Z"),
    ),
    Asked(("Bool",), "aws:SecureTransport", ("true", "false"), ("true", "false")),
    Asked(
        ("IpAddress", "NotIpAddress"),
        "aws:SourceIp",
        ("10.0.0.7", "192.0.2.1"),
        ("10.0.0.0/8", "192.0.2.1", "192.0.2.0/31", "203.0.113.0/24"),
    ),
    Asked(
        ("ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"),
        "aws:SourceArn",
        (
            f"arn:aws:events:eu-west-1:{HERE}:rule/nightly",
            f"arn:aws:lambda:eu-west-1:{HERE}:function:files",
        ),
        (
            *(f"arn:aws:events:*:{HERE}:rule/*", f"arn:aws:*:*:{HERE}:*"),
            *("arn:aws:lambda:*:function:files:x", "arn:aws:events:eu-west-?:*:rule/nightly"),
        ),
    ),
    Asked(("Null",), "aws:TokenIssueTime", ("2026-11-27T10:00:00Z",), ("true", "false")),
)
SETS = Asked(
    ("StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIgnoreCase"),
    "aws:TagKeys",
    ("stage", "team", "owner", "Stage"),
    ("stage", "team", "t*", "*"),
)


@dataclass(frozen=True)
class Case:
    """A request for ours, and the same for the judge."""

    request: AccessRequest
    policies: Policies
    simulation: Json


class Cases:
    """Makes cases; the same seed makes the same."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def case(self) -> Case:
        """Make a request and what applies to it."""
        decides = self._chance(20)
        action, resource = self._one((KEY, TRUST) if decides else TARGETS)
        principal = self._one(SERVICES if self._chance(8) else PRINCIPALS)
        keys = self._keys()
        own = bool(principal.account)
        identity = self._policies("identity", self._one((0, 1, 1, 2)) if own else 0)
        boundary = self._policies("identity", int(own and self._chance(25)))
        limited = principal.arn in {SESSION, FEDERATED} and self._chance(25)
        session = self._policies("identity", int(limited))
        of_resource = self._policies("resource", int(decides or self._chance(50)))
        request = AccessRequest(principal=principal, action=action, resource=resource, keys=keys)
        policies = Policies(
            identity=_read("identity", identity),
            boundary=next(iter(_read("identity", boundary)), None),
            session=_read("identity", session),
            resource=next(iter(_read("resource", of_resource)), None),
            resource_kind=PolicyKind.TRUST if action == TRUST[0] else PolicyKind.RESOURCE,
            resource_decides=decides,
        )
        simulation: Json = {
            "request": {
                "principal": principal.arn,
                "action": action,
                "resource": {"resource": resource, "accountId": request.owner},
                "contextVariables": {
                    key: list(values) if key == SETS.key else values[0]
                    for key, values in {**principal.keys, **keys}.items()
                },
            },
            "identityPolicies": _listed(identity),
            "permissionBoundaryPolicies": _listed(boundary) if boundary else None,
            "sessionPolicy": session[0] if session else None,
            "resourcePolicy": of_resource[0] if of_resource else None,
            "serviceControlPolicies": [],
            "resourceControlPolicies": [],
        }
        present = {name: value for name, value in simulation.items() if value is not None}
        return Case(request, policies, present)

    def _chance(self, percent: int) -> bool:
        return self.random.randrange(100) < percent

    def _one(self, values: Sequence[T]) -> T:
        return self.random.choice(values)

    def _some(self, values: Sequence[T]) -> list[T]:
        return self.random.sample(values, k=self.random.randint(1, 3))

    def _keys(self) -> dict[str, tuple[str, ...]]:
        keys: dict[str, tuple[str, ...]] = {
            each.key: (self._one(each.given),) for each in SINGLE if self._chance(70)
        }
        if self._chance(70):
            keys[SETS.key] = tuple(self._some(SETS.given))
        return keys

    def _policies(self, kind: Kind, number: int) -> list[Json]:
        return [
            {
                "Version": "2012-10-17" if self._chance(90) else "2008-10-17",
                "Statement": [self._statement(kind) for _ in range(self.random.randint(1, 3))],
            }
            for _ in range(number)
        ]

    def _statement(self, kind: Kind) -> Json:
        statement: Json = {"Effect": "Deny" if self._chance(20) else "Allow"}
        statement["NotAction" if self._chance(15) else "Action"] = self._some(ACTIONS)
        statement["NotResource" if self._chance(15) else "Resource"] = self._some(RESOURCES)
        if kind == "resource":
            names = [name for name in self._some(NAMED) if name != "*"]
            principal: object = {
                "AWS": names or "*",
                **({"Service": self._one(SERVICES).arn} if self._chance(30) else {}),
            }
            statement["Principal"] = "*" if self._chance(20) else principal
        if self._chance(50):
            statement["Condition"] = dict(
                self._condition() for _ in range(self.random.randint(1, 2))
            )
        return statement

    def _condition(self) -> tuple[str, Json]:
        asked = self._one((*SINGLE, SETS))
        operator = self._one(asked.operators)
        if asked is SETS:
            operator = f"{self._one(('ForAllValues', 'ForAnyValue'))}:{operator}"
        if operator == "Null":
            return operator, {asked.key: self._one(asked.asked)}
        if self._chance(20):
            operator += "IfExists"
        one = operator.startswith("Bool")
        return operator, {asked.key: self._one(asked.asked) if one else self._some(asked.asked)}


def _read(kind: Kind, documents: Sequence[Json]) -> tuple[Policy, ...]:
    return tuple(policy(f"{kind} {n}", each, kind) for n, each in enumerate(documents))


def _listed(documents: Sequence[Json]) -> list[Json]:
    return [{"name": f"policy {n}", "policy": each} for n, each in enumerate(documents)]
