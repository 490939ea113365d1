"""Values of templates as text for people."""

import json
import unicodedata
from collections.abc import Iterator

from ops.review.app_version import AppVersion, Json
from ops.review.plain_secrets import without_secrets

_LONGEST = 120


def text(version: AppVersion, stack: str, value: Json, name: str = "") -> str:
    """Return a value as one line: references by the names of what they lead to.

    No secret is shown. `name` is what the value is called, with dots.
    """
    shown = _text(version, stack, without_secrets(value, name))
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


def printable(text: str) -> str:
    """Return a text as one line: what draws nothing or steers who shows it is escaped (`\\x1b`)."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        each.encode("unicode_escape").decode() if unicodedata.category(each) in _UNSEEN else each
        for each in text
    )


# Control characters, directions and joiners, halves of a character, and separators of lines.
_UNSEEN = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))


def kind(resource_type: str) -> str:
    """Return a resource type without its maker, as people say it: `EFS FileSystem`."""
    parts = resource_type.split("::")
    return " ".join(parts[1:]) if parts[0] == "AWS" else resource_type


def leaves(before: Json, after: Json, name: str) -> Iterator[tuple[str, Json, Json]]:
    """Yield each innermost difference of two values: its name with dots, before and after.

    Lists of as many entries are compared one by one; others are, as the functions of
    CloudFormation, compared as a whole.
    """
    sides = [each for each in (before, after) if each is not None]
    if any(sides) and all(isinstance(each, dict) and not _is_function(each) for each in sides):
        old, new = before or {}, after or {}
        for each in dict.fromkeys((*old, *new)):
            if old.get(each) != new.get(each):
                yield from leaves(old.get(each), new.get(each), f"{name}.{each}")
    elif _are_lists_of_objects(before, after):
        for place, (old, new) in enumerate(zip(before, after, strict=True)):
            if old != new:
                yield from leaves(old, new, f"{name}.{place}")
    else:
        yield name, before, after


def said(
    versions: tuple[AppVersion, AppVersion], stacks: tuple[str, str], leaf: tuple[str, Json, Json]
) -> str:
    """Say one innermost difference: what stands there now, and what stood there."""
    name, before, after = leaf
    old, new = (
        [_entry(version, stack, each, name) for each in value] if isinstance(value, list) else None
        for version, stack, value in zip(versions, stacks, (before, after), strict=True)
    )
    if old and new:  # of two lists only what comes and goes
        come = [each for each in new if each not in old]
        gone = [each for each in old if each not in new]
        parts = [f"has {', '.join(come)} more"] if come else []
        parts += [f"no longer has {', '.join(gone)}"] if gone else []
        if not parts and sorted(map(str, before)) != sorted(map(str, after)):
            return f"{name} is another"
        return f"{name} {' and '.join(parts) or 'has another order'}"
    was, is_ = (
        text(version, stack, value, name)
        for version, stack, value in zip(versions, stacks, (before, after), strict=True)
    )
    if was == is_:  # the difference is behind what fits into a line
        return f"{name} is another"
    if before is None:
        return f"{name} is {is_} from now on"
    if after is None:
        return f"{name} is no longer set, and was {was}"
    return f"{name} is {is_}, and was {was}"


def _entry(version: AppVersion, stack: str, value: Json, attribute: str) -> str:
    """Return an entry of a list by what names it, if something does."""
    if isinstance(value, dict):
        for name in _NAMES:
            if isinstance(value.get(name), str):
                return f"{name} {value[name]}"
    return text(version, stack, value, attribute)


# What names an entry of a list: of a metric, a statement, a tag, a rule, a key of a table.
_NAMES = ("Id", "Sid", "Key", "Name", "RuleName", "AttributeName")


def _are_lists_of_objects(before: Json, after: Json) -> bool:
    sides = (before, after)
    return all(isinstance(each, list) for each in sides) and (
        len(before) == len(after) and all(_is_object(each) for each in (*before, *after))
    )


def _is_object(value: Json) -> bool:
    """Say whether a value has parts by name; a pair of Name and Value is one thing."""
    return (
        isinstance(value, dict) and not _is_function(value) and not {"Name", "Value"} <= set(value)
    )


def _is_function(value: dict[str, Json]) -> bool:
    return any(name == "Ref" or name.startswith("Fn::") for name in value)
