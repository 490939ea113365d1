"""The statements of the policies that a template declares."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from stacks.invariants.declared import Declaration, Json, as_list


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
