"""Changes of a stage's templates that an invariant must refuse, and how it is tried."""

import pickle
from collections.abc import Callable
from types import ModuleType
from typing import Any

from stacks.invariants.check import INVARIANTS, Invariant, promise, violations
from stacks.invariants.declared import Declared

Templates = dict[str, dict[str, Any]]
Change = Callable[[Templates], object]
WORLD = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIp": "0.0.0.0/0"}
ANYBODY = {"Effect": "Allow", "Action": "*", "Resource": "*", "Principal": {"AWS": "*"}}


def resources(templates: Templates, kind: str, prefix: str = "") -> dict[str, dict[str, Any]]:
    """The resources of a type in all stacks, by logical ids that begin like this."""
    found = {
        logical_id: resource
        for template in templates.values()
        for logical_id, resource in template["Resources"].items()
        if resource["Type"] == kind and logical_id.startswith(prefix)
    }
    assert found, f"no {kind} {prefix}"
    return found


def gone(kind: str, prefix: str = "") -> Change:
    """Without the resources of a type, or the first with such an id."""

    def change(templates: Templates) -> None:
        names = list(resources(templates, kind, prefix))
        for template in templates.values():
            for name in names:
                template["Resources"].pop(name, None)

    return change


def without(kind: str, *names: str, prefix: str = "") -> Change:
    """Without some properties of each resource of a type."""

    def change(templates: Templates) -> None:
        for resource in resources(templates, kind, prefix).values():
            for name in names:
                del resource["Properties"][name]

    return change


def with_(kind: str, prefix: str = "", **properties: Any) -> Change:  # noqa: ANN401 - JSON
    """With other properties of the first resource of a type."""

    def change(templates: Templates) -> None:
        resource = next(iter(resources(templates, kind, prefix).values()))
        resource["Properties"].update(properties)

    return change


def added(stack: str, kind: str, **properties: Any) -> Change:  # noqa: ANN401 - JSON
    """One resource more."""

    def change(templates: Templates) -> None:
        [template] = [body for name, body in templates.items() if name.endswith(stack)]
        template["Resources"]["Added"] = {"Type": kind, "Properties": properties}

    return change


def part(kind: str, *path: str | int, value: object, prefix: str = "") -> Change:
    """With another value deep in the first resource of a type; None takes it away."""

    def change(templates: Templates) -> None:
        at: Any = next(iter(resources(templates, kind, prefix).values()))
        for step in path[:-1]:
            at = at[step]
        if value is None:
            del at[path[-1]]
        else:
            at[path[-1]] = value

    return change


def statement(kind: str, document: str, prefix: str = "", **changed: object) -> Change:
    """With one statement more in a policy."""

    def change(templates: Templates) -> None:
        resource = next(iter(resources(templates, kind, prefix).values()))
        resource["Properties"][document]["Statement"].append(ANYBODY | changed)

    return change


FUNCTION, ROLE, KEY = "AWS::Lambda::Function", "AWS::IAM::Role", "AWS::KMS::Key"
FILES, POLICY = "AWS::EFS::FileSystem", "AWS::IAM::ManagedPolicy"
VAULT, PLAN = "AWS::Backup::BackupVault", "AWS::Backup::BackupPlan"
SELECTION = "AWS::Backup::BackupSelection"
GROUP, PERMISSION = "AWS::EC2::SecurityGroup", "AWS::Lambda::Permission"
SUBNET, FLOWS = "AWS::EC2::Subnet", "NetworkFlowLogPolicy"
DOCUMENT = ("Properties", "PolicyDocument")
TRUST = ("Properties", "AssumeRolePolicyDocument", "Statement")
QUEUE, RULE = "AWS::SQS::Queue", "AWS::Events::Rule"
ALARM, TOPIC, BUDGET = "AWS::CloudWatch::Alarm", "AWS::SNS::Topic", "AWS::Budgets::Budget"
DENIALS = ("Properties", "FileSystemPolicy", "Statement")
MOUNT = {"Action": "elasticfilesystem:ClientMount", "Resource": "arn"}
BY_ACCESS_POINT = {"ArnEquals": {"elasticfilesystem:AccessPointArn": "arn"}}
BY_TARGET = {"Bool": {"elasticfilesystem:AccessedViaMountTarget": "true"}}


def of(room: ModuleType) -> set[Invariant]:
    """The invariants of a module of `stacks/invariants`."""
    return {each for each in INVARIANTS if each.__module__ == room.__name__}


def cases(broken: list[tuple[Invariant, Change]]) -> dict[str, Any]:
    """The examples, as `pytest.mark.parametrize` takes them."""
    return {
        "argnames": ("invariant", "change"),
        "argvalues": broken,
        "ids": [f"{invariant.__name__}-{number}" for number, (invariant, _) in enumerate(broken)],
    }


def check_that_it_is_said(invariant: Invariant, change: Change, prod: Declared) -> None:
    """Prod as it is keeps the invariant; with the change it does not, and the error says where."""
    assert list(invariant(prod)) == []
    # In half the time that `copy.deepcopy` takes.
    templates: Templates = pickle.loads(pickle.dumps(dict(prod.templates)))
    change(templates)
    broken = Declared(templates, retained=True, waits_for=prod.waits_for)
    found = list(invariant(broken))
    assert found
    assert any(stack in found[0] for stack in broken.templates), "where it is"
    assert any(promise(invariant) in line for line in violations(broken))
