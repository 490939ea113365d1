"""What no other topic said: each change that is left, so that none is taken for no change."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from ops.review.app_version import STACK_SETTINGS, AppVersion, Key, ReviewedStack, export_name
from ops.review.changes import Changes, Difference, ResourceChange, TemplateDifference
from ops.review.equality import same
from ops.review.findings import Finding, Weight, about, place
from ops.review.stateful import held
from ops.review.words import kind, leaves, said, text

# These say nothing to AWS that changes what a resource does.
WITHOUT_WEIGHT = frozenset(("Description", "GroupDescription"))
# CloudFormation makes a new one of these with each change, and nothing that runs stops for it.
_MADE_ANEW = frozenset(
    (
        *("AWS::ApiGateway::Deployment", "AWS::EC2::LaunchTemplate", "AWS::ECS::TaskDefinition"),
        *("AWS::IAM::ManagedPolicy", "AWS::IAM::Policy", "AWS::Lambda::LayerVersion"),
        *("AWS::Lambda::Permission", "AWS::Lambda::Version"),
    )
)
_MANY = 3
_BY_PLACE = ("assumeRoleArn", "cloudFormationExecutionRoleArn")  # account and region are in it


def findings(changed: Changes, known: frozenset[tuple[Key, str]]) -> Iterator[Finding]:
    """Yield a finding for each attribute, resource and section that `known` does not have."""
    yield from _stacks(changed)
    yield from _settings(changed)
    whole = []
    for each in changed.resources:
        key = each.resource.key
        if (key, "*") in known:
            continue
        if each.before is None or each.after is None:
            if not _of_whole_stack(changed, each):
                whole.append(each)
            continue
        if each.new_identity and not each.moved and (key, "=") not in known and not _as_meant(each):
            yield _replaced(changed, each)
        for difference in each.differences:
            if not difference.only_hashes and difference.name not in WITHOUT_WEIGHT:
                yield from _attributes(changed, each, difference, known)
    yield from _grouped(whole)
    for beside in changed.beside:
        if _matters(changed, beside):
            yield _section(changed, beside)


def without_weight(changed: Changes) -> list[str]:
    """Return what changed without weight, a line each: hashes, descriptions, moves, exports."""
    found: dict[str, set[str]] = defaultdict(set)
    for each in changed.resources:
        name = each.resource.name
        if each.moved and each.before:
            found[
                f"{each.before.name} moves to {name}"
                if each.before.name != name
                else f"{name} has another logical id"
            ].add(place(each.resource.stack))
        for difference in each.differences:
            if difference.only_hashes:
                found[f"{name}: other content ({difference.name})"].add(place(each.resource.stack))
            elif difference.name in WITHOUT_WEIGHT:
                found[f"{name}: other {difference.name}"].add(place(each.resource.stack))
    for beside in changed.beside:
        if not _matters(changed, beside):
            stack = changed.after.stacks[beside.stack]
            found[f"{beside.section} {beside.name} of {beside.stack}"].add(place(stack))
    return [f"{line} ({', '.join(sorted(stages))})" for line, stages in found.items()]


def _stacks(changed: Changes) -> Iterator[Finding]:
    """Say first which stages, or stacks outside of stages, come and go."""
    for names, version, verb in (
        (changed.new_stacks, changed.after, "is new"),
        (
            changed.gone_stacks,
            changed.before,
            "is no longer in the app; CloudFormation leaves it as it is until somebody deletes it",
        ),
    ):
        for stacks in _together(version, names):
            found = [each for stack in stacks for each in stack.resources.values()]
            types = Counter(kind(each.type) for each in found)
            what = ", ".join(stack.name for stack in stacks)
            yield Finding(
                topic="operations",
                weight=Weight.LOOK,
                sentence=f"{what} {verb}: {len(found)} resources",
                stage=place(stacks[0]),
                path=what,
                details=tuple(f"{count} {each}" for each, count in types.most_common()),
                rank=-1,
            )


def _settings(changed: Changes) -> Iterator[Finding]:
    """Say what differs in how a stack is deployed: where to, as whom, with which tags.

    What follows the credentials (`unknown-account`) is known to no assembly.
    """
    for name, after in changed.after.stacks.items():
        before = changed.before.stacks.get(name)
        if before is None or not before.settings or not after.settings:
            continue
        elsewhere = before.settings.get("environment") != after.settings.get("environment")
        for setting, words in STACK_SETTINGS.items():
            one, other = (each.settings.get(setting) for each in (before, after))
            if same(one, other):
                continue
            if setting == "environment" and any("unknown-" in str(each) for each in (one, other)):
                continue
            if setting in _BY_PLACE and elsewhere:
                continue
            was, is_ = (
                text(version, name, value, setting)
                for version, value in ((changed.before, one), (changed.after, other))
            )
            weight = Weight.NOTE if setting == "tags" else Weight.LOOK
            sentence = f"The stack {name} {words} {is_}, and before: {was}"
            yield Finding(
                topic="operations",
                weight=weight,
                sentence=sentence,
                stage=place(after),
                path=name,
                rank=-1,
            )


def _together(version: AppVersion, names: frozenset[str]) -> list[list[ReviewedStack]]:
    """Return the stacks of these names, those of one stage together."""
    found: dict[str, list[ReviewedStack]] = defaultdict(list)
    for name in sorted(names):
        stack = version.stacks[name]
        found[place(stack)].append(stack)
    return list(found.values())


def _of_whole_stack(changed: Changes, each: ResourceChange) -> bool:
    name = each.resource.stack.name
    return name in (changed.new_stacks if each.before is None else changed.gone_stacks)


def _grouped(whole: list[ResourceChange]) -> Iterator[Finding]:
    """Yield one finding for those of one type in one construct, if they are many."""
    groups: dict[tuple[Key, str, str, bool], list[ResourceChange]] = defaultdict(list)
    for each in whole:
        parent = each.resource.name.rpartition("/")[0]
        where = (each.resource.stack.name, parent)
        groups[where, parent, each.type, each.before is None].append(each)
    for (_, parent, resource_type, new), group in groups.items():
        verb = "new" if new else "removed"
        if len(group) < _MANY or not parent:
            for each in group:
                sentence = f"{each.resource.name} is {verb} ({kind(resource_type)})"
                yield about(each.resource, "operations", Weight.NOTE, sentence)
        else:
            names = ", ".join(each.resource.name.rpartition("/")[2] for each in group)
            sentence = f"{parent} has {len(group)} {verb} {kind(resource_type)}: {names}"
            yield about(group[0].resource, "operations", Weight.NOTE, sentence)


def _as_meant(each: ResourceChange) -> bool:
    """Say whether a new one is made with each change, or for other content alone."""
    if held(each.resource.body):
        return False
    return each.type in _MADE_ANEW or (
        all(difference.only_hashes for difference in each.differences)
        and not any(cause.through for cause in each.causes)
    )


def _replaced(changed: Changes, each: ResourceChange) -> Finding:
    perhaps = "may be" if each.impact == "perhaps replaced" else "is"
    because = [
        cause.attribute
        + (f" (through {changed.after.named(cause.through)})" if cause.through else "")
        for cause in each.causes
    ]
    why = f", because of {' and '.join(because)}" if because else ""
    sentence = f"{each.resource.name} {perhaps} replaced by a new one{why}"
    return about(each.resource, "availability", Weight.LOOK, sentence, "=")


def _attributes(
    changed: Changes,
    each: ResourceChange,
    difference: Difference,
    known: frozenset[tuple[Key, str]],
) -> Iterator[Finding]:
    key = each.resource.key
    for name, words in _said(changed, each, difference):
        if not any((key, begun) in known for begun in _beginnings(name)):
            sentence = f"{each.resource.name}: {words}"
            yield about(each.resource, "operations", Weight.NOTE, sentence, name)


def _beginnings(name: str) -> Iterator[str]:
    """Yield a name with dots, and what it is inside of."""
    while name:
        yield name
        name = name.rpartition(".")[0]


def _said(
    changed: Changes, each: ResourceChange, difference: Difference
) -> Iterator[tuple[str, str]]:
    assert each.before
    stacks = (each.before.stack.name, each.resource.stack.name)
    for leaf in leaves(difference.before, difference.after, difference.name):
        yield leaf[0], said((changed.before, changed.after), stacks, leaf)


def _matters(changed: Changes, beside: TemplateDifference) -> bool:
    """Outputs do nothing by themselves; one that is gone may be read by somebody.

    Who imports one in the app has findings of its own.
    """
    if beside.section != "Outputs":
        return True
    if beside.before is None:
        return False
    name = export_name(beside.before)
    return name is None or not (name in changed.before.exports and name in changed.before.imports)


def _section(changed: Changes, beside: TemplateDifference) -> Finding:
    before = text(changed.before, beside.stack, beside.before)
    after = text(changed.after, beside.stack, beside.after)
    return Finding(
        topic="operations",
        weight=Weight.NOTE if beside.section == "Outputs" else Weight.LOOK,
        sentence=f"{beside.section.removesuffix('s')} {beside.name} is {after}, and was {before}",
        stage=place(changed.after.stacks[beside.stack]),
        path=f"{beside.stack}/{beside.name}",
    )
