"""Data: what is replaced or deleted with what it holds, and what no longer keeps it."""

from collections import defaultdict
from collections.abc import Iterator

from ops.review.app_version import Json
from ops.review.changes import Changes, ResourceChange
from ops.review.findings import Finding, Weight, about, place
from ops.review.property_rules import Judged, PropertyRule, number, other, switch
from ops.review.property_rules import findings as by_rules
from ops.review.stateful import FIRST, held, kept, precious

_POLICIES = {
    "DeletionPolicy": "when its stack is deleted or no longer has it",
    "UpdateReplacePolicy": "when it is replaced",
}


_TABLES = ("AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable")
_DATABASES = (
    "AWS::RDS::DBInstance",
    "AWS::RDS::DBCluster",
    "AWS::DocDB::DBCluster",
    "AWS::Neptune::DBCluster",
)
_BACKUPS = ("AWS::Backup::BackupPlan", "AWS::Backup::BackupSelection")


def _emptied(_: Json, after: Json) -> Judged:
    if after == "true":
        return Weight.LOOK, "is deleted with its images if its stack no longer has it"
    return Weight.NOTE, "is not deleted while it has images"


_RULES = (
    PropertyRule(
        "BackupPolicy.Status",
        switch("has backups of EFS", "has no backups of EFS", weight_off=Weight.LOOK),
        ("AWS::EFS::FileSystem",),
    ),
    PropertyRule(
        "VersioningConfiguration.Status",
        switch("keeps old versions", "keeps no old versions", weight_off=Weight.STOP),
        ("AWS::S3::Bucket",),
    ),
    PropertyRule(
        "PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled",
        switch(
            "can be brought back to a point in time",
            "can no longer be brought back to a point in time",
            weight_off=Weight.STOP,
        ),
        _TABLES,
    ),
    PropertyRule(
        "BackupRetentionPeriod",
        number("backups for as many days as", less=Weight.STOP, more=Weight.NOTE, absent="1"),
        _DATABASES,
    ),
    *(
        PropertyRule(
            name,
            switch(
                "is protected against deletion",
                "is no longer protected against deletion",
                weight_off=Weight.STOP,
            ),
        )
        for name in ("DeletionProtection", "DeletionProtectionEnabled")
    ),
    PropertyRule("BackupPlan", other(Weight.LOOK, "rules of backups"), _BACKUPS[:1]),
    PropertyRule("BackupSelection", other(Weight.LOOK, "resources to back up"), _BACKUPS[1:]),
    PropertyRule(
        "LockConfiguration", other(Weight.LOOK, "locks of backups"), ("AWS::Backup::BackupVault",)
    ),
    PropertyRule(
        "LifecycleConfiguration",
        other(Weight.LOOK, "rules that delete or move objects"),
        ("AWS::S3::Bucket",),
    ),
    PropertyRule("TimeToLiveSpecification", other(Weight.LOOK, "rules that delete items"), _TABLES),
    PropertyRule(
        "LifecyclePolicy",
        other(Weight.LOOK, "rules that delete images"),
        ("AWS::ECR::Repository",),
    ),
    PropertyRule(
        "EmptyOnDelete",
        _emptied,
        ("AWS::ECR::Repository",),
    ),
    PropertyRule(
        "LifecyclePolicies",
        other(Weight.NOTE, "rules that move files"),
        ("AWS::EFS::FileSystem",),
    ),
)


def findings(changed: Changes) -> Iterator[Finding]:
    """Yield what a deployment does to data."""
    for each in changed.resources:
        holds = held((each.before or each.resource).body)
        if holds is None or each.before is None:
            continue
        if each.new_identity:
            yield _lost(changed, each, holds)
        if each.after:
            yield from _policies(each)
    yield from by_rules(changed, "data", _RULES)
    yield from _backups_gone(changed)
    yield from _unprotected(changed)


def _lost(changed: Changes, each: ResourceChange, holds: str) -> Finding:
    resource, became = each.resource, _BECOMES[each.impact]
    name = resource.name
    if each.moved:
        assert each.before
        sentence = (
            f"{each.before.name} moves to {name}: AWS makes a new one there, and the old one"
            f" {became} ({holds})"
        )
    else:
        sentence = f"{name} {became} ({holds}){_why(changed, each)}"
    lost = each.impact != "kept outside" and precious((each.before or resource).body)
    weight = Weight.STOP if lost else Weight.LOOK
    # Of one that is there afterwards, whatever else changes has its own finding.
    said = ("=", *(cause.attribute for cause in each.causes)) if each.after else ("*",)
    follows = all(cause.through for cause in each.causes) if each.causes else False
    rank = int(follows) + int(resource.type not in FIRST)
    return about(resource, "data", weight, sentence, *said, rank=rank)


_BECOMES = {
    "replaced": "is replaced by a new one",
    "perhaps replaced": "may be replaced by a new one",
    "deleted": "is deleted",
    "kept outside": "stays in AWS, but is no longer the stack's",
}


def _why(changed: Changes, each: ResourceChange) -> str:
    said = []
    for cause in each.causes:
        through = (
            f", since {changed.after.named(cause.through)} is replaced" if cause.through else ""
        )
        said.append(f"its {cause.attribute} changes{through}")
    return f": {' and '.join(said)}" if said else ""


def _policies(each: ResourceChange) -> Iterator[Finding]:
    found: dict[tuple[Weight, str], list[str]] = defaultdict(list)
    for name in _POLICIES:
        difference = each.difference(name)
        if difference is not None:
            before, after = kept(difference.before), kept(difference.after)
            if before and not after:
                found[Weight.STOP, "is no longer kept"].append(name)
            elif after and not before:
                found[Weight.NOTE, "is kept from now on"].append(name)
            else:
                words = f"is treated as {difference.after}, and was as {difference.before},"
                found[Weight.LOOK, words].append(name)
    for (weight, words), names in found.items():
        when = " or ".join(_POLICIES[name] for name in names)
        sentence = f"{each.resource.name} {words} {when}"
        rank = int(each.type not in FIRST)
        yield about(each.resource, "data", weight, sentence, *names, rank=rank)


def _backups_gone(changed: Changes) -> Iterator[Finding]:
    for each in changed.of_type(*_BACKUPS):
        if each.after is None and not each.moved:
            sentence = f"{each.resource.name} is removed: nothing is backed up by it any more"
            yield about(each.resource, "data", Weight.STOP, sentence)


def _unprotected(changed: Changes) -> Iterator[Finding]:
    """Termination protection of a stack is in its assembly alone."""
    for name, after in changed.after.stacks.items():
        before = changed.before.stacks.get(name)
        if not (before and before.artifact and after.artifact):
            continue
        was, is_ = (
            each.artifact.termination_protection for each in (before, after) if each.artifact
        )
        if was != is_:
            yield Finding(
                topic="data",
                weight=Weight.STOP if was else Weight.NOTE,
                sentence=f"The stack {name} is {'no longer' if was else 'from now on'} protected"
                " against its deletion",
                stage=place(after),
                path=name,
            )
