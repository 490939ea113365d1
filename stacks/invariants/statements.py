"""The statements of the policies that a template declares."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from stacks.invariants.declared import Declaration, Declared, Json, as_list


@dataclass(frozen=True, eq=False)
class Statement:
    """One statement, with its lists as lists."""

    where: str
    """The resource that has it."""
    sid: str
    effect: str
    actions: tuple[str, ...]
    resources: tuple[Json, ...]
    principal: Json
    condition: Mapping[str, Any]

    def __str__(self) -> str:
        """Return what finds it: the resource, and its name or its actions."""
        return f"{self.where} ({self.sid or ', '.join(self.actions)})"

    @property
    def services(self) -> list[str]:
        """The services of AWS among its principals."""
        return as_list(self.principal.get("Service")) if isinstance(self.principal, dict) else []

    def covers(self, *actions: str) -> bool:
        """Say whether it is about one of these actions, also by a `*`."""
        return any(
            fnmatchcase(action.lower(), pattern.lower())
            for action in actions
            for pattern in self.actions
        )


def statements(document: Json, *, where: str) -> list[Statement]:
    """Return the statements of a policy; none of what is no policy."""
    found = document.get("Statement") if isinstance(document, dict) else None
    return [
        Statement(
            where=where,
            sid=each.get("Sid", ""),
            effect=each["Effect"],
            actions=tuple(as_list(each.get("Action"))) or ("*",),  # NotAction: all but some
            resources=tuple(as_list(each.get("Resource"))),
            principal=each.get("Principal"),
            condition=each.get("Condition", {}),
        )
        for each in as_list(found)
    ]


def of_policies(declaration: Declaration) -> Iterator[Statement]:
    """Yield the statements of a policy, or those that a role has in itself."""
    properties = declaration.properties
    documents = [properties.get("PolicyDocument")]
    documents += [each["PolicyDocument"] for each in as_list(properties.get("Policies"))]
    for document in documents:
        yield from statements(document, where=str(declaration))


def policies_of(stage: Declared, role: Declaration) -> Iterator[Declaration]:
    """Yield what holds the rights of a role: itself, and its policies beside it."""
    yield role
    yield from stage.referred(role.properties.get("ManagedPolicyArns", []), role.stack)
    for policy in stage.of_type("AWS::IAM::ManagedPolicy", "AWS::IAM::Policy"):
        if role in set(stage.referred(policy.properties.get("Roles", []), policy.stack)):
            yield policy


def allowed(stage: Declared, role: Declaration | None, on: Declaration | None) -> set[str]:
    """Return the actions that a role of the stage is allowed on a resource, as they are written.

    That is: on what names it, or on `*`. Conditions and denials are not looked at.
    """
    if role is None:
        return set()
    return {
        action
        for policy in policies_of(stage, role)
        for statement in of_policies(policy)
        if statement.effect == "Allow"
        and (
            "*" in statement.resources
            or on in set(stage.referred(list(statement.resources), policy.stack))
        )
        for action in statement.actions
    }


def is_this_account(value: Json) -> bool:
    """Say whether a condition names one account: the stack's own, or one by its number."""
    return value == {"Ref": "AWS::AccountId"} or str(value).isdecimal()
