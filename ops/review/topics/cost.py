"""Cost: what the app costs a month before and after, by the estimate of `python -m ops cost`."""

from collections.abc import Iterator

from drive_tools.cloud_assembly import Resource
from ops.review.app_version import AppVersion, ReviewedStack, section
from ops.review.changes import Changes
from ops.review.findings import Finding, Weight, place
from stacks.costs import estimate, idle
from stacks.costs.lines import Estimate, Line, Uncapped

_CENT = 0.005
_ODD = (KeyError, TypeError, ValueError, AttributeError)
_SEEN = 1.0  # dollars more in a month that somebody must want


def findings(changed: Changes) -> Iterator[Finding]:
    """Yield a finding for each sum of a stage that differs."""
    before, after = _estimates(changed.before), _estimates(changed.after)
    for stage, new in after.items():
        old = before.get(stage)
        yield from _sums(changed, stage, old, new)
        if old and old.monthly_ceiling != new.monthly_ceiling:
            yield _ceiling(stage, old.monthly_ceiling, new.monthly_ceiling)


def _sums(changed: Changes, stage: str, old: Estimate | None, new: Estimate) -> Iterator[Finding]:
    if old is None:
        yield _sum(changed, stage, "while nobody calls", None, new.idle)
        if new.worst:
            yield _sum(changed, stage, "at most by use", None, new.worst)
        return
    for words, before, after in (
        ("while nobody calls", old.idle, new.idle),
        ("at most by use", old.worst, new.worst),
    ):
        # A version that does not say what bounds its use has no worst case to compare.
        known = bool(before) or words != "at most by use"
        if abs(_dollars(after) - _dollars(before)) >= _CENT:
            yield _sum(changed, stage, words, before if known else None, after)


def _sum(
    changed: Changes, stage: str, words: str, before: list[Line] | None, after: list[Line]
) -> Finding:
    is_, was = _dollars(after), _dollars(before or [])
    more = "more" if is_ > was else "less"
    compared = f", ${abs(is_ - was):,.2f} {more} than before" if before is not None else ""
    return Finding(
        topic="cost",
        weight=Weight.LOOK if is_ - was >= _SEEN else Weight.NOTE,
        sentence=f"It costs ${is_:,.2f} a month {words}{compared}",
        stage=stage,
        details=tuple(_different(changed, before or [], after)),
        rank=2,  # it follows from what else is other
    )


def _dollars(lines: list[Line]) -> float:
    return sum(line.dollars for line in lines)


def _ceiling(stage: str, before: float | None, after: float | None) -> Finding:
    shown = ["none" if each is None else f"${each:,.0f}" for each in (before, after)]
    lower = after is not None and (before is None or after < before)
    return Finding(
        topic="cost",
        weight=Weight.NOTE if lower else Weight.LOOK,
        sentence=f"Its ceiling of a month is {shown[1]}, and was {shown[0]}",
        stage=stage,
    )


def _different(changed: Changes, before: list[Line], after: list[Line]) -> Iterator[str]:
    olds, news = ({(each.what, each.resource): each for each in side} for side in (before, after))
    for key in dict.fromkeys((*olds, *news)):
        old, new = olds.get(key), news.get(key)
        was, is_ = old.dollars if old else 0, new.dollars if new else 0
        if abs(is_ - was) >= _CENT:
            where = f" ({_name(changed, key[1])})" if key[1] else ""
            yield f"{key[0]}{where}: ${is_:,.2f}, before ${was:,.2f}"


def _name(changed: Changes, billed: str) -> str:
    """Return the name for people of what a line names by its stack and its logical id."""
    stack, _, logical_id = billed.partition(" ")
    for version in (changed.after, changed.before):
        if (stack, logical_id) in version.resources:
            return version.resources[stack, logical_id].name
    return billed


def _estimates(version: AppVersion) -> dict[str, Estimate]:
    stages: dict[str, list[ReviewedStack]] = {}
    for stack in version.stacks.values():
        stages.setdefault(place(stack), []).append(stack)
    return {stage: _estimate(stage, stacks) for stage, stacks in stages.items()}


def _estimate(stage: str, stacks: list[ReviewedStack]) -> Estimate:
    """Return the estimate of a stage that says what bounds it; of another what it costs idle."""
    templates = {stack.name: stack.template for stack in stacks}
    region = next((each.artifact.region for each in stacks if each.artifact), None)
    if any(estimate.METADATA in section(each, "Metadata") for each in templates.values()):
        try:
            return estimate.of_templates(stage, templates, region)
        except _ODD:
            pass  # a template that CloudFormation refuses, or a value that only a deployment knows
    found = Estimate(stage=stage, region=region, monthly_ceiling=None)
    for name, template in templates.items():
        for logical_id, resource in section(template, "Resources").items():
            found.idle.extend(_priced(name, logical_id, resource))
    return found


def _priced(stack: str, logical_id: str, resource: Resource) -> Iterator[Line]:
    try:
        for line in idle.lines(stack, {logical_id: resource}, zones=1):
            if not isinstance(line, Uncapped):
                yield line
    except _ODD:
        return  # of a size that has no price here, or that only a deployment knows
