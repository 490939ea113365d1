"""Operations: what is noticed and by whom, what is logged and for how long, what runs by itself."""

from collections.abc import Iterator
from dataclasses import replace

from ops.review.app_version import Json
from ops.review.changes import Changes, ResourceChange
from ops.review.findings import Finding, Weight, about
from ops.review.property_rules import PropertyRule, changed_to, number, switch
from ops.review.property_rules import findings as by_rules
from ops.review.words import leaves, said

_ALARMS = ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm")
_SCHEDULES = ("AWS::Events::Rule", "AWS::Scheduler::Schedule")
_FUNCTION = ("AWS::Lambda::Function",)
_HEARD = ("AWS::SNS::Subscription", "AWS::Budgets::Budget")

# Of what an alarm computes its value.
_SOURCES = (
    "Metrics",
    "MetricName",
    "Namespace",
    "Dimensions",
    "Statistic",
    "ExtendedStatistic",
    "Period",
)

_RULES = (
    PropertyRule(
        "ActionsEnabled",
        switch("tells somebody", "tells nobody", weight_off=Weight.LOOK, default=True),
        _ALARMS,
    ),
    *(
        PropertyRule(name, changed_to(Weight.LOOK, words), _ALARMS)
        for name, words in (
            ("Threshold", "the threshold"),
            ("ComparisonOperator", "the comparison"),
            ("EvaluationPeriods", "as many evaluation periods as"),
            ("DatapointsToAlarm", "as many data points to alarm as"),
            ("TreatMissingData", "for missing data"),
            ("AlarmRule", "the rule"),
        )
    ),
    PropertyRule(
        "RetentionInDays",
        number("logs for as many days as", less=Weight.LOOK, more=Weight.NOTE, absent="for ever"),
        ("AWS::Logs::LogGroup",),
    ),
    PropertyRule(
        "State",
        switch("runs by itself", "no longer runs by itself", weight_off=Weight.LOOK, default=True),
        _SCHEDULES,
    ),
    PropertyRule("ScheduleExpression", changed_to(Weight.LOOK, "the schedule"), _SCHEDULES),
    PropertyRule("EventPattern", changed_to(Weight.LOOK, "the pattern of events"), _SCHEDULES),
    PropertyRule(
        "TracingConfig.Mode",
        changed_to(Weight.NOTE, "the tracing"),
        _FUNCTION,
    ),
)


def findings(changed: Changes) -> Iterator[Finding]:
    """Yield what a change does to who notices what."""
    # What is watched is other for a reason, which comes first.
    for finding in by_rules(changed, "operations", _RULES):
        yield replace(finding, rank=1)
    for each in changed.resources:
        if each.type in _ALARMS:
            yield from _alarm(changed, each)
        elif each.type in _HEARD and each.after is None and not each.moved:
            sentence = f"{each.resource.name} is removed: it told somebody"
            yield about(each.resource, "operations", Weight.LOOK, sentence)
        yield from _dead_letters(each)


def _alarm(changed: Changes, each: ResourceChange) -> Iterator[Finding]:
    name = each.resource.name
    if each.after is None:
        references = changed.before.references[each.resource.key]
        gone = [
            changed.before.named(reference.to)
            for reference in references
            if (target := changed.by_key.get(reference.to)) and target.after is None
        ]
        if gone:
            sentence = f"{name} is removed, as {gone[0]} is, which it watched"
            yield about(each.resource, "operations", Weight.NOTE, sentence)
        else:
            sentence = f"{name} is removed: nobody is told any more of what it watched"
            yield about(each.resource, "operations", Weight.LOOK, sentence, rank=1)
    elif each.before is not None:
        yield from _watched(changed, each)
        for attribute in ("AlarmActions", "OKActions", "InsufficientDataActions"):
            difference = each.difference(attribute)
            if difference is None:
                continue
            old, new = _count(difference.before), _count(difference.after)
            heard = (
                f"has {new} {attribute}, and had {old}" if old != new else f"has other {attribute}"
            )
            worse = attribute == "AlarmActions" and new <= old
            weight = Weight.LOOK if worse else Weight.NOTE
            yield about(each.after, "operations", weight, f"{name} {heard}", attribute)


def _watched(changed: Changes, each: ResourceChange) -> Iterator[Finding]:
    """Say what an alarm watches more, or no longer, or whether it computes something else of it."""
    different = [name for name in _SOURCES if each.difference(name)]
    if each.before is None or each.after is None or not different:
        return
    old, new = (
        {
            version.named(key)
            for name in ("Metrics", "Dimensions")
            for key, _ in version.targets(side.stack.name, side.properties.get(name))
        }
        for version, side in ((changed.before, each.before), (changed.after, each.after))
    )
    gone = {each.before.name for each in changed.resources if each.before and not each.after}
    more = "" if old - new else " as well"
    words = [f"watches {', '.join(sorted(new - old))}{more}"] if new - old else []
    words += [f"no longer watches {', '.join(sorted(old - new))}"] if old - new else []
    weight = Weight.NOTE if words and old - new <= gone else Weight.LOOK
    sentence = f"{each.after.name} {' and '.join(words) or 'computes its value otherwise'}"
    versions = (changed.before, changed.after)
    stacks = (each.before.stack.name, each.after.stack.name)
    details = [
        said(versions, stacks, leaf)
        for difference in each.differences
        if difference.name in different
        for leaf in leaves(difference.before, difference.after, difference.name)
    ]
    yield about(each.after, "operations", weight, sentence, *different, details=details, rank=1)


def _dead_letters(each: ResourceChange) -> Iterator[Finding]:
    for name in ("DeadLetterConfig", "RedrivePolicy"):
        difference = each.difference(name)
        if difference is not None and each.before and each.after:
            if difference.after is None:
                words = "no longer keeps what it could not do (dead letters)"
                yield about(
                    each.after, "operations", Weight.LOOK, f"{each.after.name} {words}", name
                )
            elif difference.before is None:
                words = "keeps what it could not do from now on (dead letters)"
                yield about(
                    each.after, "operations", Weight.NOTE, f"{each.after.name} {words}", name
                )


def _count(value: Json) -> int:
    return len(value) if isinstance(value, list) else int(value is not None)
