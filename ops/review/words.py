"""Values of templates as text for people."""

import json
from collections.abc import Iterator

from ops.review.app_version import AppVersion, Json

_LONGEST = 120


def text(version: AppVersion, stack: str, value: Json) -> str:
    """Return a value as one line: references by the names of what they lead to."""
    shown = _text(version, stack, value)
    return shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 1]}…"


def _text(version: AppVersion, stack: str, value: Json) -> str:  # noqa: PLR0911 - one a kind of value
    match value:
        case None:
            return "nothing"
        case bool():
            return "true" if value else "false"
        case str():
            return value
        case int() | float():
            return str(value)
        case {"Ref": str(name)} if name.startswith("AWS::"):
            return f"<{_PSEUDO.get(name, name)}>"
        case {"Fn::Join": [str(separator), list(parts)]}:
            return separator.join(_text(version, stack, each) for each in parts)
        case {"Fn::Sub": str(template)}:
            return template
        case {"Ref": _} | {"Fn::GetAtt": _} | {"Fn::ImportValue": _} | {"Fn::GetStackOutput": _}:
            for key, of in version.targets(stack, value):
                name = version.named(key)
                return name if of in {"Ref", "Arn"} else f"{of} of {name}"
            [inner] = value.values()
            return inner if isinstance(inner, str) else json.dumps(inner, sort_keys=True)
        case list():
            return ", ".join(_text(version, stack, each) for each in value) or "nothing"
        case _:
            return json.dumps(value, sort_keys=True)


_PSEUDO = {
    "AWS::AccountId": "account",
    "AWS::Region": "region",
    "AWS::Partition": "partition",
    "AWS::StackName": "stack name",
    "AWS::StackId": "stack id",
    "AWS::URLSuffix": "domain of AWS",
    "AWS::NoValue": "default",
}


def kind(resource_type: str) -> str:
    """Return a resource type without its maker, as people say it: `EFS FileSystem`."""
    parts = resource_type.split("::")
    return " ".join(parts[1:]) if parts[0] == "AWS" else resource_type


def leaves(before: Json, after: Json, name: str) -> Iterator[tuple[str, Json, Json]]:
    """Yield each innermost difference of two values: its name with dots, before and after.

    Lists are compared as a whole, and so are the functions of CloudFormation.
    """
    sides = [each for each in (before, after) if each is not None]
    if any(sides) and all(isinstance(each, dict) and not _is_function(each) for each in sides):
        old, new = before or {}, after or {}
        for each in dict.fromkeys((*old, *new)):
            if old.get(each) != new.get(each):
                yield from leaves(old.get(each), new.get(each), f"{name}.{each}")
    else:
        yield name, before, after


def _is_function(value: dict[str, Json]) -> bool:
    return any(name == "Ref" or name.startswith("Fn::") for name in value)
