"""What two versions of an app differ in: each resource that CloudFormation would touch, and how.

A resource that is replaced gets a new physical id. So whatever refers to it changes too, and is
replaced itself if the property that refers to it says so, in its own stack and in others.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-update-behaviors.html
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from ops.review.app_version import (
    NESTED_STACK,
    AppVersion,
    DeclaredResource,
    Json,
    Key,
    cfn_init,
    is_resource,
    section,
)
from ops.review.equality import canonical, without_hashes
from ops.review.matching import Matches, match
from ops.review.replacement_rules import replaces

Impact = Literal[
    "added", "updated", "replaced", "perhaps replaced", "deleted", "kept outside", "none"
]

# What stands in a resource beside its attributes: the rest says something to CloudFormation, or to
# a macro of the template.
_NO_ATTRIBUTES = frozenset(("Type", "Properties", "Metadata"))
_KEPT = ("Retain", "RetainExceptOnCreate")


@dataclass(frozen=True)
class Difference:
    """One attribute of a resource before and after: a property, or what stands beside them.

    None means that it is not there. `only_hashes` says that assets have other content, and that
    nothing else differs.
    """

    name: str
    before: Json
    after: Json
    only_hashes: bool = False


@dataclass(frozen=True)
class Cause:
    """Why a resource is replaced: by which property, and by which resource that is replaced."""

    attribute: str
    through: Key | None = None


@dataclass(frozen=True, eq=False)
class ResourceChange:
    """The change of one resource. One of both is None if it is new or gone."""

    before: DeclaredResource | None
    after: DeclaredResource | None
    impact: Impact
    differences: tuple[Difference, ...] = ()
    causes: tuple[Cause, ...] = ()
    moved: bool = False

    @property
    def resource(self) -> DeclaredResource:
        """The resource as it will be, or as it was if it is gone."""
        found = self.after or self.before
        assert found
        return found

    @property
    def type(self) -> str:
        """The type of the resource."""
        return self.resource.type

    @property
    def new_identity(self) -> bool:
        """Whether AWS would have another resource afterwards, or none."""
        return self.impact in {"replaced", "perhaps replaced", "deleted", "kept outside"}

    def difference(self, name: str) -> Difference | None:
        """Return the difference of one attribute, if it differs in more than hashes."""
        return next(
            (each for each in self.differences if each.name == name and not each.only_hashes), None
        )


@dataclass(frozen=True, eq=False)
class Changes:
    """All changes between two versions."""

    before: AppVersion
    after: AppVersion
    matches: Matches
    resources: tuple[ResourceChange, ...] = ()
    beside: tuple["TemplateDifference", ...] = ()

    @cached_property
    def by_key(self) -> Mapping[Key, ResourceChange]:
        """The changes by the place of the resource, after the change if it is there then."""
        return {each.resource.key: each for each in self.resources}

    def of_type(self, *types: str) -> Iterator[ResourceChange]:
        """Yield the changes of resources of some types."""
        return (each for each in self.resources if each.type in types)

    @cached_property
    def new_stacks(self) -> frozenset[str]:
        """The names of the stacks that are not there before."""
        return frozenset(self.after.stacks) - frozenset(self.before.stacks)

    @cached_property
    def gone_stacks(self) -> frozenset[str]:
        """The names of the stacks that are not there after."""
        return frozenset(self.before.stacks) - frozenset(self.after.stacks)


@dataclass(frozen=True)
class TemplateDifference:
    """A section of a template beside its resources, of which one entry differs."""

    stack: str
    section: str
    name: str
    before: Json
    after: Json


# In each section an entry can change what a stack does, but in these. Outputs that are exports are
# followed as references; CDK adds a rule and a parameter of its own.
_SAY_NOTHING = frozenset(("AWSTemplateFormatVersion", "Description", "Metadata"))
_CDKS_OWN = {
    ("Parameters", "BootstrapVersion"),
    ("Rules", "CheckBootstrapVersion"),
    ("Conditions", "CDKMetadataAvailable"),
}


def changes(before: AppVersion, after: AppVersion) -> Changes:
    """Compare two versions."""
    matches = match(before, after)
    compared = Changes(before, after, matches)
    found = [
        *(_compared(compared, *pair, moved=False) for pair in matches.kept),
        *(_compared(compared, *pair, moved=True) for pair in matches.moved),
        *(ResourceChange(each, None, _end(each)) for each in matches.gone),
        *(ResourceChange(None, each, "added") for each in matches.new),
    ]
    touched = _followed(compared, found)
    return replace(compared, resources=tuple(touched), beside=tuple(_beside(compared)))


def _compared(
    compared: Changes, before: DeclaredResource, after: DeclaredResource, *, moved: bool
) -> ResourceChange:
    if before.type != after.type:
        return ResourceChange(
            before,
            after,
            "replaced",
            (Difference("Type", before.type, after.type),),
            (Cause("Type"),),
            moved,
        )
    found = tuple(_differences(compared, before, after))
    if moved:  # it is made anew at another place, and the old one goes
        return ResourceChange(before, after, _end(before), found, (), moved)
    impact: Impact = "updated" if found else "none"
    causes = []
    for each in found:
        answer = replaces(after.type, each.name)
        if answer != "no":
            causes.append(Cause(each.name))
            impact = "replaced" if answer == "yes" or impact == "replaced" else "perhaps replaced"
    return ResourceChange(before, after, impact, found, tuple(causes), moved)


def _end(resource: DeclaredResource) -> Impact:
    """What CloudFormation does with a resource that a template no longer has."""
    return "kept outside" if resource.body.get("DeletionPolicy") in _KEPT else "deleted"


def _differences(
    compared: Changes, before: DeclaredResource, after: DeclaredResource
) -> Iterator[Difference]:
    olds, news = _attributes(before), _attributes(after)
    places, alike = compared.matches.places, before.key == after.key
    for name in dict.fromkeys((*olds, *news)):
        old, new = olds.get(name), news.get(name)
        if old == new and alike and not places:
            continue
        resolve = _waits if name == "DependsOn" else _resolved
        one = canonical({name: resolve(compared.before, places, before.stack.name, old)})
        other = canonical({name: resolve(compared.after, {}, after.stack.name, new)})
        if one == other:
            continue
        only = canonical(one, text=without_hashes) == canonical(other, text=without_hashes)
        if after.type == NESTED_STACK:  # its content is compared only where it is in both versions
            only = only and all(
                "/".join(each.key) in version.stacks
                for each, version in ((before, compared.before), (after, compared.after))
            )
        yield Difference(name, old, new, only_hashes=only)


def _attributes(resource: DeclaredResource) -> dict[str, Json]:
    beside = {name: each for name, each in resource.body.items() if name not in _NO_ATTRIBUTES}
    return {**resource.properties, **beside, **cfn_init(resource.body)}


def _resolved(version: AppVersion, places: Mapping[Key, Key], stack: str, value: Json) -> Json:
    """Return a value whose references have one form, with imports by what they are of.

    `places` has the place after of each resource that moved.
    """
    match value:
        case {"Ref": str(name)} if (stack, name) in version.resources:
            return {"Ref": "/".join(places.get((stack, name), (stack, name)))}
        case {"Fn::GetAtt": [str(name), attribute]} if (stack, name) in version.resources:
            return {"Fn::GetAtt": ["/".join(places.get((stack, name), (stack, name))), attribute]}
        case {"Fn::ImportValue": str(name)} if name in version.exports:
            return _resolved(version, places, *version.exports[name])
        case dict():
            return {name: _resolved(version, places, stack, each) for name, each in value.items()}
        case list():
            return [_resolved(version, places, stack, each) for each in value]
        case _:
            return value


def _waits(version: AppVersion, places: Mapping[Key, Key], stack: str, names: Json) -> list[str]:
    """Return for whom a resource waits, without those that are no longer there by this name."""
    listed = names if isinstance(names, list) else [names] if names else []
    return ["/".join(places.get((stack, each), (stack, each))) for each in listed]


def _followed(compared: Changes, found: Iterable[ResourceChange]) -> list[ResourceChange]:
    """Add what replacements do to those that refer to them, and leave out what stays as it is."""
    by_key = {each.resource.key: each for each in found}
    waiting = deque(
        key
        for key, each in by_key.items()
        if each.after and (each.moved or each.impact in {"replaced", "perhaps replaced"})
    )
    seen = set(waiting)
    while waiting:
        key = waiting.popleft()
        cause = by_key[key]
        for referring, reference in compared.after.referring.get(key, ()):
            there = by_key[referring]
            if there.impact in {"added"} or there.moved or reference.attribute == "DependsOn":
                continue
            answer = replaces(there.type, reference.attribute)
            certain = answer == "yes" and cause.impact != "perhaps replaced"
            impact: Impact = "updated"
            if there.impact == "replaced" or certain:
                impact = "replaced"
            elif there.impact == "perhaps replaced" or answer != "no":
                impact = "perhaps replaced"
            causes = (Cause(reference.attribute, key),) if answer != "no" else ()
            if impact == "updated" and there.impact == "none":
                impact = "none"  # it points to the new one, and stays what it is
            worse = impact not in {there.impact, "updated"}
            by_key[referring] = replace(
                there, impact=impact, causes=tuple(dict.fromkeys((*there.causes, *causes)))
            )
            if worse or (impact in {"replaced", "perhaps replaced"} and referring not in seen):
                seen.add(referring)
                waiting.append(referring)
    return [each for each in by_key.values() if each.impact != "none"]


def _beside(compared: Changes) -> Iterator[TemplateDifference]:
    before, after = compared.before, compared.after
    for name in sorted(before.stacks.keys() & after.stacks.keys()):
        old, new = before.stacks[name].template, after.stacks[name].template
        for kind in dict.fromkeys((*old, *new)):
            if kind in _SAY_NOTHING:
                continue
            olds, news = _entries(old, kind), _entries(new, kind)
            for entry in dict.fromkeys((*olds, *news)):
                if (kind, entry) in _CDKS_OWN or olds.get(entry) == news.get(entry):
                    continue
                one = _resolved(before, compared.matches.places, name, olds.get(entry))
                other = _resolved(after, {}, name, news.get(entry))
                if canonical(one) != canonical(other):
                    yield TemplateDifference(name, kind, entry, olds.get(entry), news.get(entry))


def _entries(template: Mapping[str, Json], name: str) -> Mapping[str, Json]:
    """Return the entries of a section; of the resources what is none of them: macros."""
    entries = section(template, name)
    if name != "Resources":
        return entries
    return {each: body for each, body in entries.items() if not is_resource(body)}
