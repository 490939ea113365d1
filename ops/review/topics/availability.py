"""Availability: how much of a service runs at once, for how long, and in how many zones."""

from collections.abc import Iterator

from ops.review.app_version import Json
from ops.review.changes import Changes, ResourceChange
from ops.review.findings import Finding, Weight, about
from ops.review.property_rules import Judged, PropertyRule, changed_to, inside, number, switch
from ops.review.property_rules import findings as by_rules

_FUNCTION = ("AWS::Lambda::Function", "AWS::Serverless::Function")
_DATABASES = ("AWS::RDS::DBInstance", "AWS::RDS::DBCluster", "AWS::DMS::ReplicationInstance")


def _reserved(before: Json, after: Json) -> Judged:
    """https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html."""
    if str(after) == "0":
        return Weight.STOP, "may run no longer: its reserved concurrency is 0"
    return number(
        "a reserved concurrency of",
        less=Weight.LOOK,
        more=Weight.LOOK,
        absent="none (the account's limit)",
    )(before, after)


_RULES = (
    PropertyRule("ReservedConcurrentExecutions", _reserved, _FUNCTION),
    PropertyRule(
        "Timeout",
        number("a timeout in seconds of", less=Weight.LOOK, more=Weight.NOTE, absent="3"),
        _FUNCTION,
    ),
    PropertyRule(
        "MemorySize",
        number("a memory in MB of", less=Weight.LOOK, more=Weight.NOTE, absent="128"),
        _FUNCTION,
    ),
    PropertyRule("Runtime", changed_to(Weight.LOOK, "the runtime"), ("AWS::Lambda::Function",)),
    PropertyRule(
        "Architectures", changed_to(Weight.LOOK, "the architecture"), ("AWS::Lambda::Function",)
    ),
    PropertyRule(
        "MultiAZ",
        switch(
            "has a standby in another zone",
            "has no standby in another zone",
            weight_off=Weight.LOOK,
        ),
        _DATABASES,
    ),
    PropertyRule(
        "DesiredCount",
        number("a desired count of tasks of", less=Weight.LOOK, more=Weight.NOTE, absent="1"),
        ("AWS::ECS::Service",),
    ),
    PropertyRule(
        "MinSize",
        number("at least as many machines as", less=Weight.LOOK, more=Weight.NOTE, absent="0"),
        ("AWS::AutoScaling::AutoScalingGroup",),
    ),
    PropertyRule(
        "ThroughputMode", changed_to(Weight.LOOK, "the throughput mode"), ("AWS::EFS::FileSystem",)
    ),
    PropertyRule(
        "ProvisionedThroughputInMibps",
        number(
            "a provisioned throughput in MiB/s of",
            less=Weight.LOOK,
            more=Weight.NOTE,
            absent="none",
        ),
        ("AWS::EFS::FileSystem",),
    ),
    PropertyRule(
        "MessageRetentionPeriod",
        number(
            "a retention of messages in seconds of",
            less=Weight.LOOK,
            more=Weight.NOTE,
            absent="345600",
        ),
        ("AWS::SQS::Queue",),
    ),
)
_SUBNETS = {
    "AWS::Lambda::Function": "VpcConfig.SubnetIds",
    "AWS::EC2::VPCEndpoint": "SubnetIds",
    "AWS::RDS::DBSubnetGroup": "SubnetIds",
    "AWS::ElasticLoadBalancingV2::LoadBalancer": "Subnets",
    "AWS::AutoScaling::AutoScalingGroup": "VPCZoneIdentifier",
}


def findings(changed: Changes) -> Iterator[Finding]:
    """Yield what a change does to the availability of what runs."""
    yield from by_rules(changed, "availability", _RULES)
    for each in changed.resources:
        if each.type == "AWS::EFS::MountTarget" and each.after is None and not each.moved:
            sentence = f"{each.resource.name} is removed: nothing in its zone can mount there"
            yield about(each.resource, "availability", Weight.LOOK, sentence)
        yield from _fewer_subnets(each)
        yield from _waits_no_longer(each)


def _fewer_subnets(each: ResourceChange) -> Iterator[Finding]:
    path = _SUBNETS.get(each.type)
    if path is None or each.before is None or each.after is None:
        return
    old, new = (inside(side.properties, path) for side in (each.before, each.after))
    if isinstance(old, list) and isinstance(new, list) and 0 < len(new) < len(old):
        sentence = f"{each.after.name} is in {len(new)} subnets, and was in {len(old)}"
        yield about(each.after, "availability", Weight.LOOK, sentence, path)


def _waits_no_longer(each: ResourceChange) -> Iterator[Finding]:
    difference = each.difference("DependsOn")
    if difference is None or each.after is None:
        return
    old, new = (_names(value) for value in (difference.before, difference.after))
    if gone := sorted(old - new):
        sentence = f"{each.after.name} waits in a deployment no longer for {', '.join(gone)}"
        yield about(each.after, "availability", Weight.NOTE, sentence, "DependsOn")
    elif added := sorted(new - old):
        sentence = f"{each.after.name} waits in a deployment for {', '.join(added)}"
        yield about(each.after, "availability", Weight.NOTE, sentence, "DependsOn")


def _names(value: Json) -> set[str]:
    return {str(each) for each in (value if isinstance(value, list) else [value] if value else [])}
