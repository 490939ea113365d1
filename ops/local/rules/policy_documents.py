"""Policies in JSON, as IAM's grammar has them.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from ops.local.rules.conditions import Condition, UnsuitableConditionError, condition
from ops.local.rules.patterns import Keys, UnknownKeyError, arn_like, like, plain, replaced

Kind = Literal["identity", "resource"]
Effect = Literal["Allow", "Deny"]

_EFFECTS: dict[str, Effect] = {"Allow": "Allow", "Deny": "Deny"}
_VERSIONS = ("2008-10-17", "2012-10-17")
_ELEMENTS = frozenset(
    ("Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction")
    + ("Resource", "NotResource", "Condition")
)
_PRINCIPALS = ("AWS", "Service", "Federated", "CanonicalUser")


class MalformedPolicyError(ValueError):
    """A document is no policy of its kind. The text says which policy, where, and what is there."""


@dataclass(frozen=True, kw_only=True)
class Statement:
    """A statement of a policy. `name` is its Sid, or which one it is, such as `statement 2`.

    `principals` are pairs of a kind (AWS, Service, Federated, CanonicalUser) and a name; None in a
    policy of an identity. `resources` is None where a policy of a resource leaves them out: then
    the resource itself is meant.
    """

    name: str
    effect: Effect
    actions: tuple[str, ...]
    not_actions: bool
    resources: tuple[str, ...] | None
    not_resources: bool
    principals: tuple[tuple[str, str], ...] | None
    not_principals: bool
    conditions: tuple[Condition, ...]
    variables: bool

    def has_action(self, action: str) -> bool:
        """Say whether the statement is about an action, without regard to case."""
        named = any(like(action, plain(each), ignore_case=True) for each in self.actions)
        return named != self.not_actions

    def has_resource(self, resource: str, keys: Keys) -> bool:
        """Say whether the statement is about a resource.

        With a variable that has no value it matches none: in NotResource it takes nothing out.
        """
        if self.resources is None:
            return True
        named = False
        for each in self.resources:
            pattern = replaced(each, keys) if self.variables else plain(each)
            named = named or (pattern is not None and arn_like(resource, pattern))
        return named != self.not_resources

    def unmet(self, keys: Keys) -> tuple[str, ...] | None:
        """Return None if a condition is not met, else the keys that would have to be known."""
        unknown = []
        for each in self.conditions:
            try:
                if not each.holds(keys, variables=self.variables):
                    return None
            except UnknownKeyError as error:
                unknown.append(error.key)
        return tuple(unknown)


@dataclass(frozen=True)
class Policy:
    """A policy by its name or ARN, with its statements."""

    name: str
    statements: tuple[Statement, ...]


def policy(name: str, document: str | Mapping[str, object], kind: Kind = "identity") -> Policy:
    """Read a policy from JSON, or from what JSON was read to.

    A policy of an identity has resources and no principals, one of a resource has principals. An
    element that IAM does not have, or has not there, is MalformedPolicyError.
    """
    read = _Reader(name, kind)
    content: object = document
    if isinstance(document, str):
        try:
            content = json.loads(document)
        except ValueError as error:
            raise read.malformed("the document", f"is no JSON ({error})") from None
    members = read.members("the document", content, {"Version", "Id", "Statement"})
    version = members.get("Version", _VERSIONS[0])
    if version not in _VERSIONS:
        raise read.malformed("Version", f"must be one of {', '.join(_VERSIONS)}, got {version!r}")
    statements = members.get("Statement")
    listed = statements if isinstance(statements, list) else [statements]
    if not listed:
        raise read.malformed("Statement", "must have a statement, got []")
    return Policy(
        name,
        tuple(
            read.statement(number, each, variables=version == _VERSIONS[1])
            for number, each in enumerate(listed, start=1)
        ),
    )


@dataclass(frozen=True)
class _Reader:
    """Reads the parts of one policy, whose name the errors say."""

    name: str
    kind: Kind

    def malformed(self, where: str, what: str) -> MalformedPolicyError:
        return MalformedPolicyError(f"policy {self.name}: {where} {what}")

    def members(
        self, where: str, content: object, names: frozenset[str] | set[str]
    ) -> dict[str, object]:
        if not isinstance(content, Mapping):
            raise self.malformed(where, f"must be an object, got {content!r}")
        other = [key for key in content if key not in names]
        if other:
            raise self.malformed(
                where, f"must have none but {', '.join(sorted(names))}, got {other}"
            )
        return dict(content)

    def statement(self, number: int, content: object, *, variables: bool) -> Statement:
        where = f"statement {number}"
        members = self.members(where, content, _ELEMENTS)
        effect = _EFFECTS.get(str(members.get("Effect")))
        if effect is None:
            got = members.get("Effect")
            raise self.malformed(where, f"must have the Effect Allow or Deny, got {got!r}")
        actions = self._either(where, members, "Action")
        if actions is None:
            raise self.malformed(where, "must have an Action or a NotAction")
        for action in actions:
            if action != "*" and not all(action.partition(":")):
                raise self.malformed(where, f"must name actions as service:Action, got {action!r}")
        resources = self._either(where, members, "Resource")
        if self.kind == "identity" and resources is None:
            raise self.malformed(where, "must have a Resource or a NotResource")
        named = {"Principal", "NotPrincipal"} & members.keys()
        if len(named) != (0 if self.kind == "identity" else 1):
            wanted = "no principal" if self.kind == "identity" else "a Principal or a NotPrincipal"
            raise self.malformed(where, f"must have {wanted}, got {sorted(named)}")
        return Statement(
            name=str(members.get("Sid") or where),
            effect=effect,
            actions=actions,
            not_actions="NotAction" in members,
            resources=resources,
            not_resources="NotResource" in members,
            principals=self._principals(where, members[named.pop()]) if named else None,
            not_principals="NotPrincipal" in members,
            conditions=self._conditions(where, members.get("Condition", {})),
            variables=variables,
        )

    def _either(
        self, where: str, members: Mapping[str, object], element: str
    ) -> tuple[str, ...] | None:
        found = [name for name in (element, f"Not{element}") if name in members]
        if len(found) > 1:
            raise self.malformed(where, f"must have one of {found}, not both")
        return self._texts(f"{where}, {found[0]},", members[found[0]]) if found else None

    def _texts(self, where: str, content: object) -> tuple[str, ...]:
        listed = content if isinstance(content, list) else [content]
        if not listed or not all(isinstance(each, str) and each for each in listed):
            raise self.malformed(where, f"must be text or a list of texts, got {content!r}")
        return tuple(listed)

    def _principals(self, where: str, content: object) -> tuple[tuple[str, str], ...]:
        if content == "*":
            return (("AWS", "*"),)
        members = self.members(f"{where}, Principal,", content, set(_PRINCIPALS))
        return tuple(
            (kind, name)
            for kind, names in members.items()
            for name in self._texts(f"{where}, {kind},", names)
        )

    def _conditions(self, where: str, content: object) -> tuple[Condition, ...]:
        if not isinstance(content, Mapping):
            raise self.malformed(f"{where}, Condition,", f"must be an object, got {content!r}")
        made = []
        for operator, asked in content.items():
            if not isinstance(asked, Mapping) or not asked:
                raise self.malformed(f"{where}, {operator},", f"must have a key, got {asked!r}")
            for key, values in asked.items():
                listed = values if isinstance(values, list) else [values]
                try:
                    made.append(condition(operator, key, tuple(map(_written, listed))))
                except UnsuitableConditionError as error:
                    raise self.malformed(where, f"has a bad condition: {error}") from None
        return tuple(made)


def _written(value: object) -> str:
    """Write a value of a condition as IAM does, which takes numbers and booleans without quotes."""
    match value:
        case bool():
            return str(value).lower()
        case str() | int() | float():
            return str(value)
    raise UnsuitableConditionError(f"a value must be text, a number or a boolean, got {value!r}")
