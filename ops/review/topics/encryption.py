"""Encryption: at rest and in transit, its keys, and secrets that are in plain text."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ops.review.app_version import AppVersion, Json
from ops.review.changes import Changes, Difference, ResourceChange
from ops.review.encryption_values import Values, judged_transit, judged_value
from ops.review.findings import Finding, Weight, about, place
from ops.review.network.subnets import identity
from ops.review.plain_secrets import is_plain_secret
from ops.review.property_rules import PropertyRule, changed_to, inside, number, switch
from ops.review.property_rules import findings as by_rules
from ops.review.words import text

LOOK, NOTE, STOP = Weight.LOOK, Weight.NOTE, Weight.STOP

_KEY = ("AWS::KMS::Key", "AWS::KMS::ReplicaKey")
_RULES = (
    PropertyRule(
        "EnableKeyRotation",
        switch("is rotated by AWS", "is no longer rotated by AWS", weight_off=LOOK),
        _KEY,
    ),
    PropertyRule(
        "RotationPeriodInDays",
        number("a rotation in days of", less=NOTE, more=LOOK, absent="365"),
        _KEY,
    ),
    PropertyRule(
        "PendingWindowInDays",
        number("days before it is deleted for good:", less=LOOK, more=NOTE, absent="30"),
        _KEY,
    ),
    PropertyRule(
        "Enabled",
        switch(
            "may be used",
            "is disabled: what it encrypted cannot be read",
            weight_off=STOP,
            default=True,
        ),
        _KEY,
    ),
    PropertyRule("TargetKeyId", changed_to(LOOK, "the key"), ("AWS::KMS::Alias",)),
)
# Of these types AWS encrypts nothing unless the template says so; the pages of each property say it
# (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/).
_ASKS = {
    "AWS::EFS::FileSystem": "Encrypted",
    "AWS::EC2::Volume": "Encrypted",
    "AWS::RDS::DBInstance": "StorageEncrypted",
    "AWS::RDS::DBCluster": "StorageEncrypted",
    "AWS::DocDB::DBCluster": "StorageEncrypted",
    "AWS::Neptune::DBCluster": "StorageEncrypted",
    "AWS::ElastiCache::ReplicationGroup": "AtRestEncryptionEnabled",
    "AWS::OpenSearchService::Domain": "EncryptionAtRestOptions.Enabled",
}
# What has these takes its encryption from somewhere else.
_TAKEN = ("DBClusterIdentifier", "SourceDBInstanceIdentifier", "DBSnapshotIdentifier", "SnapshotId")


def findings(changed: Changes) -> Iterator[Finding]:
    """Yield what a deployment does to encryption, and secrets that it puts into plain text."""
    yield from by_rules(changed, "encryption", _RULES)
    for each in changed.resources:
        if each.type not in _KEY and each.before and each.after:
            for difference in each.differences:
                yield from _of(changed, each, difference)
        elif each.before is None:
            yield from _new(each)
        yield from _secrets(each)
    yield from _parameters(changed)


def _of(changed: Changes, each: ResourceChange, difference: Difference) -> Iterator[Finding]:
    assert each.before
    assert each.after
    olds = dict(_leaves(difference.name, difference.before))
    news = dict(_leaves(difference.name, difference.after))
    for path in dict.fromkeys((*news, *olds)):
        values = Values(each.type, path, olds.get(path), news.get(path))
        if values.before == values.after:
            continue
        judged = _judged(changed, each, values)
        if judged:
            weight, words = judged
            covered = ".".join(map(str, path))
            yield about(each.after, "encryption", weight, f"{each.after.name} {words}", covered)


Path_ = tuple[str | int, ...]


def _leaves(name: str, value: Json, before: Path_ = ()) -> Iterator[tuple[Path_, Json]]:
    """Yield each innermost value by its path; a function of CloudFormation is a value."""
    path = (*before, name) if name else before
    if isinstance(value, dict) and value and not _is_function(value):
        for each, inner in value.items():
            yield from _leaves(str(each), inner, path)
    elif isinstance(value, list) and any(isinstance(each, dict) for each in value):
        for number_, inner in enumerate(value):
            yield from _leaves("", inner, (*path, number_))
    else:
        yield path, value


def _is_function(value: Mapping[str, Json]) -> bool:
    return any(name == "Ref" or name.startswith("Fn::") for name in value)


def _judged(changed: Changes, each: ResourceChange, values: Values) -> tuple[Weight, str] | None:
    if values.name in _names("key") or (values.name == "KeyId" and values.of_encryption):
        return _key(changed, each, values)
    shown = values.worded(changed, each)
    return judged_value(shown, on=_names("on"), off=_names("off")) or judged_transit(shown)


def _key(changed: Changes, each: ResourceChange, values: Values) -> tuple[Weight, str] | None:
    assert each.before
    old = _KmsKey.of(changed.before, each.before.stack.name, values.before, changed)
    new = _KmsKey.of(changed.after, each.resource.stack.name, values.after, None)
    where = f" ({values.name})"
    if old.known == new.known:
        return None
    if new.is_own and old.is_own:
        return LOOK, f"is encrypted with {new.name}, and was with {old.name}{where}"
    if new.is_own:
        return NOTE, f"is encrypted with the key {new.name} from now on{where}"
    if each.type == "AWS::SNS::Topic" and values.after is None:  # which has no key by itself
        return STOP, f"is no longer encrypted, and was with {old.name}{where}"
    return LOOK, f"is no longer encrypted with {old.name}, but with a key of AWS at most{where}"


@dataclass(frozen=True)
class _KmsKey:
    known: str
    name: str
    is_own: bool

    @classmethod
    def of(cls, version: AppVersion, stack: str, value: Json, moved: Changes | None) -> "_KmsKey":
        """Return the key that a value names: one's own, or AWS's if it names none."""
        for key, _ in version.targets(stack, value):
            places = moved.matches.places if moved else {}
            return cls(identity(places, key), version.named(key), is_own=True)
        shown = text(version, stack, value)
        owned = value is None or "alias/aws/" in shown or shown.upper().startswith("AWS_OWNED")
        return cls("" if owned else shown, shown, is_own=not owned)


@cache
def _names(kind: str) -> frozenset[str]:
    """Return names of properties from CloudFormation's own list, by what they do."""
    table = Path(__file__).parents[1] / "encryption_properties.json"
    found: dict[str, list[str]] = json.loads(table.read_text())
    return frozenset(found[kind])


def _new(each: ResourceChange) -> Iterator[Finding]:
    asked = _ASKS.get(each.type)
    properties = each.resource.properties
    if asked is None or any(name in properties for name in _TAKEN):
        return
    said = inside(properties, asked)
    if said is None or str(said).lower() == "false":
        sentence = f"{each.resource.name} is new, and its template asks for no encryption ({asked})"
        yield about(each.resource, "encryption", LOOK, sentence, asked)


def _secrets(each: ResourceChange) -> Iterator[Finding]:
    """Yield variables whose value is a secret in plain text, if it was not one before."""
    if each.after is None:
        return
    before = dict(_variables(each.before.properties)) if each.before else {}
    for path, value in _variables(each.after.properties):
        name = path.rpartition(".")[2]
        if is_plain_secret(name, value) and not is_plain_secret(name, before.get(path)):
            sentence = (
                f"{each.after.name} has a secret in plain text, which everybody reads who reads the"
                f" template or the configuration: {name}"
            )
            yield about(each.after, "encryption", LOOK, sentence, path)


def _variables(value: Json, path: str = "") -> Iterator[tuple[str, Json]]:
    """Yield each text by its path; a pair of Name and Value as what has this name."""
    if isinstance(value, dict):
        if isinstance(value.get("Name"), str) and isinstance(value.get("Value"), str):
            yield f"{path}.{value['Name']}", value["Value"]
            return
        for name, each in value.items():
            if name not in _NO_VALUES:
                yield from _variables(each, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list):
        for each in value:
            yield from _variables(each, path)
    elif isinstance(value, str):
        yield path, value


# What is in these is a name or a rule, and no value.
_NO_VALUES = {
    "Tags",
    "PolicyDocument",
    "Policies",
    "AssumeRolePolicyDocument",
    "Description",
    "Ref",
}


def _parameters(changed: Changes) -> Iterator[Finding]:
    for each in changed.beside:
        before, after = _no_echo(each.before), _no_echo(each.after)
        if each.section == "Parameters" and after and not before:
            yield Finding(
                topic="encryption",
                weight=LOOK,
                sentence=f"The parameter {each.name} is not shown by AWS (NoEcho), but its default"
                " stands in the template in plain text",
                stage=place(changed.after.stacks[each.stack]),
                path=f"{each.stack}/{each.name}",
            )


def _no_echo(value: Json) -> bool:
    hidden = isinstance(value, dict) and str(value.get("NoEcho")).lower() == "true"
    return bool(hidden and value.get("Default"))
