"""A stage of a function, a disk and a gateway, and what may change in it."""

import json
from collections.abc import Callable
from typing import Any

from stacks.costs.estimate import METADATA, metadata
from stacks.costs.lines import Estimate

CAPS: dict[str, Any] = {"monthly_ceiling": 300, "daily_brake": 2.0, "account_concurrency": 1000}
Templates = dict[str, dict[str, Any]]
Change = Callable[[Templates], object]


def data() -> dict[str, Any]:
    """What of a stack `Data` costs, and what bounds use."""
    limits = {"max_drive_bytes": None, "max_file_bytes": None, "upload_expiry_hours": 24}
    resources: dict[str, Any] = {
        "Gateway": ("AWS::EC2::NatGateway", {}),
        "Address": ("AWS::EC2::EIP", {}),
        "DataKey": ("AWS::KMS::Key", {}),
        "Flows": ("AWS::EC2::FlowLog", {}),
        "FileSystem": ("AWS::EFS::FileSystem", {"ThroughputMode": "elastic"}),
        "Target1": ("AWS::EFS::MountTarget", {}),
        "Target2": ("AWS::EFS::MountTarget", {}),
        "Other": ("AWS::SSM::Parameter", {"Value": "INFO"}),
        "Limits": ("AWS::SSM::Parameter", {"Value": json.dumps(limits)}),
    }
    return template(resources)


def service() -> dict[str, Any]:
    """What of a stack `Service` costs, and what bounds use."""
    mounted = {"Architectures": ["arm64"], "FileSystemConfigs": [{}], "Timeout": 900}
    files = {"MemorySize": 1024, "ReservedConcurrentExecutions": 10}
    resources: dict[str, Any] = {
        "ServiceKey": ("AWS::KMS::Key", {}),
        "Files": ("AWS::Lambda::Function", mounted | files),
        "Url": ("AWS::Lambda::Url", {"TargetFunctionArn": {"Fn::GetAtt": ["Files", "Arn"]}}),
    }
    for name, expression in (("Janitor", "rate(1 day)"), ("Usage", "rate(6 hours)")):
        targets = [{"Arn": {"Fn::GetAtt": [name, "Arn"]}, "Id": "Function"}]
        rule = {"ScheduleExpression": expression, "Targets": targets}
        resources[name] = ("AWS::Lambda::Function", mounted | {"MemorySize": 512})
        resources[f"{name}Rule"] = ("AWS::Events::Rule", rule)
    return template(resources) | {"Metadata": {METADATA: metadata(**CAPS)}}


def template(resources: dict[str, Any]) -> dict[str, Any]:
    return {
        "Resources": {
            name: {"Type": kind, "Properties": dict(properties)}
            for name, (kind, properties) in resources.items()
        }
    }


def of_type(templates: Templates, kind: str) -> list[dict[str, Any]]:
    """The properties of each resource of a type."""
    return [
        resource["Properties"]
        for body in templates.values()
        for resource in body["Resources"].values()
        if resource["Type"] == kind
    ]


def added(kind: str, **properties: Any) -> Change:  # noqa: ANN401 - a template's JSON
    """A resource more in `Data`."""

    def change(templates: Templates) -> None:
        templates["Dev-Data"]["Resources"]["Added"] = {"Type": kind, "Properties": properties}

    return change


def with_properties(kind: str, **properties: Any) -> Change:  # noqa: ANN401
    """Other properties of each resource of a type."""

    def change(templates: Templates) -> None:
        for found in of_type(templates, kind):
            found.update(properties)

    return change


def caps(**changed: float | None) -> Change:
    """Other settings that no resource shows."""

    def change(templates: Templates) -> None:
        templates["Dev-Service"]["Metadata"] = {METADATA: metadata(**(CAPS | changed))}

    return change


def worst(found: Estimate, what: str) -> float:
    """The dollars of a line that begins like this."""
    [dollars] = [line.dollars for line in found.worst if line.what.startswith(what)]
    return dollars
