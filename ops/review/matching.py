"""Which resource of one version is which of the other: by its logical id, or because it moved.

To CloudFormation a resource under another logical id, or in another stack, is a new one. A reviewer
must see that it is the same construct, at another place.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from ops.review.app_version import AppVersion, DeclaredResource, Json, Key
from ops.review.equality import without_any_hash


@dataclass(frozen=True)
class Matches:
    """The pairs of resources of two versions, and what is in one of them only."""

    kept: tuple[tuple[DeclaredResource, DeclaredResource], ...]
    moved: tuple[tuple[DeclaredResource, DeclaredResource], ...]
    gone: tuple[DeclaredResource, ...]
    new: tuple[DeclaredResource, ...]
    places: Mapping[Key, Key] = field(default_factory=dict)
    """The place after, by the place before, of each that moved."""


def match(before: AppVersion, after: AppVersion) -> Matches:
    """Match the resources of two versions."""
    kept = [
        (each, after.resources[key])
        for key, each in before.resources.items()
        if key in after.resources
    ]
    gone = {key: each for key, each in before.resources.items() if key not in after.resources}
    new = {key: each for key, each in after.resources.items() if key not in before.resources}
    moved = []
    # First those that are the same in all, then those of which the place tells it, if so much of
    # their properties is the same: the last name of CDK's constructs is often the same word.
    for sign, share in ((_whole, 1), (_shape, 1), (_sibling, 0.5), (_ending, 0.8)):
        for old, there in _pairs(sign, (before, gone.values()), (after, new.values())):
            if share == 1 or _alike(before, old, after, there) >= share:
                moved.append((old, there))
                del gone[old.key], new[there.key]
    places = {old.key: there.key for old, there in moved}
    return Matches(tuple(kept), tuple(moved), tuple(gone.values()), tuple(new.values()), places)


def _pairs(
    sign: Callable[[AppVersion, DeclaredResource], str],
    one: tuple[AppVersion, Iterable[DeclaredResource]],
    other: tuple[AppVersion, Iterable[DeclaredResource]],
) -> list[tuple[DeclaredResource, DeclaredResource]]:
    """Return those whose signature is one resource's in each version."""
    signed: list[dict[str, list[DeclaredResource]]] = []
    for version, resources in (one, other):
        found = defaultdict(list)
        for each in resources:
            # Nothing moves from one stage to another: one loses it, and the other has its own.
            stage = each.stack.stage.rpartition("/")[2]
            found[f"{stage} {sign(version, each)}"].append(each)
        signed.append(found)
    first, second = signed
    return [
        (olds[0], second[text][0])
        for text, olds in first.items()
        if len(olds) == 1 and len(second.get(text, ())) == 1
    ]


def _whole(version: AppVersion, resource: DeclaredResource) -> str:
    """The type, the end of the path and all properties; references by the type of their target."""
    return f"{_ending(version, resource)} {_shape(version, resource)}"


def _shape(version: AppVersion, resource: DeclaredResource) -> str:
    """The type and all properties."""
    shown = _abstract(version, resource.stack.name, dict(resource.properties))
    return f"{resource.type} {json.dumps(shown, sort_keys=True)}"


def _sibling(_: AppVersion, resource: DeclaredResource) -> str:
    """The type and the construct that it is in."""
    return f"{resource.type} {resource.stack.name} {resource.name.rpartition('/')[0]}"


def _ending(_: AppVersion, resource: DeclaredResource) -> str:
    """The type and the last name of the path."""
    return f"{resource.type} {resource.name.rpartition('/')[2]}"


def _alike(
    before: AppVersion, old: DeclaredResource, after: AppVersion, there: DeclaredResource
) -> float:
    """Return the share of the properties that are the same."""
    one = _abstract(before, old.stack.name, dict(old.properties))
    other = _abstract(after, there.stack.name, dict(there.properties))
    names = one.keys() | other.keys()
    same = sum(bool(one.get(name) == other.get(name)) for name in names)
    return same / len(names) if names else 1


def _abstract(version: AppVersion, stack: str, value: Json) -> Json:
    """Return a value in which each reference is the type of its target, and no hash stands."""
    match value:
        case dict() if len(value) == 1:
            targets = list(version.targets(stack, value))
            [name] = value
            if targets and name in {"Ref", "Fn::GetAtt", "Fn::ImportValue", "Fn::GetStackOutput"}:
                return [f"{version.resources[key].type} {of}" for key, of in targets]
            return {name: _abstract(version, stack, value[name])}
        case dict():
            return {
                name: _abstract(version, stack, each)
                for name, each in value.items()
                if name not in {"Tags", "Description"}
            }
        case list():
            return [_abstract(version, stack, each) for each in value]
        case str():
            return without_any_hash(value)
        case _:
            return value
