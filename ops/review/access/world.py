"""Whom a grant is for: anybody in the world, another account, or somebody of the account's own.

What narrows `*` is what AWS takes for a policy that is not public: a fixed value of one of these
keys.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status
https://docs.aws.amazon.com/efs/latest/ug/access-control-block-public-access.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-resources.html
"""

import ipaddress
from collections.abc import Iterable
from typing import Literal

from ops.review.access.grants import ANYBODY, Grant, account_of_principal
from ops.review.access.requests import Atom

Whose = Literal["world", "another account", "federated", "own"]

_ACCOUNT_KEYS = {
    "aws:principalaccount",
    "aws:sourceaccount",
    "aws:sourceowner",
    "kms:calleraccount",
}
_NARROWING = _ACCOUNT_KEYS | {
    "aws:principalarn",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:principalservicename",
    "aws:principalservicenameslist",
    "aws:sourcearn",
    "aws:sourceip",
    "aws:sourceorgid",
    "aws:sourceorgpaths",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:userid",
    "aws:vpcsourceip",
    "lambda:eventsourcetoken",
    "s3:dataaccesspointaccount",
    "s3:dataaccesspointarn",
    "s3:x-amz-server-side-encryption-aws-kms-key-id",
}
_TRUE = {"aws:principalisawsservice", "elasticfilesystem:accessedviamounttarget"}
_EQUALITIES = {"stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike"}
_OPPOSITES = {
    "stringnotequals": "stringequals",
    "stringnotequalsignorecase": "stringequals",
    "stringnotlike": "stringlike",
    "arnnotequals": "arnlike",
    "arnnotlike": "arnlike",
    "notipaddress": "ipaddress",
}
_WIDEST = {4: 8, 6: 32}  # of a network that S3 does not take for everybody


def whose(grant: Grant, denials: Iterable[Grant] = ()) -> Whose:
    """Say for whom a single grant is; `denials` are those that hold together with it."""
    if grant.who is None or grant.scope.kind == "endpoint":
        return "own"
    if grant.who.all_but or ANYBODY in grant.who.values:
        narrowing = [each for each in grant.when if _narrows(each)]
        narrowing += [
            opposite
            for each in denials
            if not each.allow and each.contains(grant)
            for opposite in [_otherwise(each)]
            if opposite and _narrows(opposite)
        ]
        if not narrowing:
            return "world"
        of_accounts = [each for each in narrowing if each.name in _ACCOUNT_KEYS]
        foreign = of_accounts and not any(
            _own(value) for each in of_accounts for value in each.values
        )
        return "another account" if foreign else "own"
    if any(each.startswith("Federated ") for each in grant.who.values):
        return "federated"
    accounts = {account_of_principal(each) for each in grant.who.values}
    canonical = any(
        each.startswith("CanonicalUser ") and "<" not in each for each in grant.who.values
    )
    return "another account" if canonical or any(map(_foreign, accounts)) else "own"


def _own(account: str) -> bool:
    return not account.isdigit()


def _foreign(account: str) -> bool:
    return account.isdigit()


def _narrows(atom: Atom) -> bool:
    """Say whether a condition lets only known callers pass."""
    quantifier, _, operator = atom.operator.rpartition(":")
    if atom.of_template or quantifier == "forallvalues" or not atom.values:
        return False  # to ForAllValues a key that is absent passes, as to IfExists
    if atom.name in _TRUE:
        return operator in {"bool", "stringequals"} and set(atom.values) <= {"true"}
    if atom.name not in _NARROWING:
        return False
    if operator == "ipaddress":
        return all(map(_narrow_network, atom.values))
    return operator in _EQUALITIES and all(_fixed(each) for each in atom.values)


def _fixed(value: str) -> bool:
    """Say whether a value names somebody: no wildcard, or an ARN of one account."""
    if "*" not in value and "?" not in value:
        return True
    parts = value.split(":", 5)
    if parts[0] == "arn" and len(parts) > 4:  # noqa: PLR2004 - the fifth part is the account
        return bool(parts[4]) and "*" not in parts[4] and "?" not in parts[4]
    return value.startswith("o-") and "*" not in value.partition("/")[0]


def _narrow_network(value: str) -> bool:
    try:
        network = ipaddress.ip_network(value, strict=False)
    except ValueError:
        return "*" not in value
    return network.prefixlen >= _WIDEST[network.version]


def _otherwise(denial: Grant) -> Atom | None:
    """Return what a request must have, lest the denial meets it: of one condition that negates."""
    if len(denial.when) != 1:
        return None
    [atom] = denial.when
    quantifier, _, operator = atom.operator.rpartition(":")
    opposite = _OPPOSITES.get(operator.removesuffix("ifexists"))
    if quantifier == "foranyvalue" or opposite is None:
        return None
    return Atom(opposite, atom.name, atom.values, atom.key)
