"""The functions of a stage's templates, and what their roles may."""

from tests.infra.cdk_synth import PROJECT
from tests.infra.templates import Json, StageTemplates, as_list

LAMBDA_SRC = PROJECT / "lambda_src"

# What each function may do with the disk.
ACCESS = {
    "files": "read-write",
    "janitor": "read-write",
    "usage": "read-only",
}

# Those without a disk, outside of the VPC.
OUTSIDE = {"brake", "key_watch"}

# What all functions may do, whatever they do with the disk.
SHARED_RIGHTS = {
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
    "kms:Decrypt",
    "kms:GenerateDataKey",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "sns:Publish",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
}

MOUNT = "elasticfilesystem:ClientMount"

WRITE = "elasticfilesystem:ClientWrite"


def handler(function: Json) -> str:
    """Return what the function runs, be it a zip or an image."""
    found: str
    [found] = function.get("ImageConfig", {}).get("Command") or [function["Handler"]]
    return found


def functions(drive: StageTemplates) -> dict[str, tuple[str, Json]]:
    """Return the logical id and the properties of each function with a disk, by its folder.

    Brake and key watch have none (`test_brake.py`, `test_key_watch.py`).
    """
    found = {
        handler(function).removesuffix(".handler.handler"): (logical_id, function)
        for logical_id, function in drive.service.of_type("AWS::Lambda::Function").items()
    }
    known = {*ACCESS, *OUTSIDE}
    assert set(found) == known, f"ACCESS must name each function, found {sorted(found)}"
    assert len(drive.service.of_type("AWS::Lambda::Function")) == len(found)
    return {name: found[name] for name in found if name not in OUTSIDE}


def access_point(drive: StageTemplates, name: str) -> str:
    """Return the logical id of the access point by which a function has its disk."""
    template = drive.service if name == "janitor" else drive.data
    found, _ = template.only("AWS::EFS::AccessPoint")
    return found


def brake(drive: StageTemplates) -> tuple[str, Json]:
    """Return the logical id and the properties of the brake."""
    return outside(drive, "brake")


def outside(drive: StageTemplates, folder: str) -> tuple[str, Json]:
    """Return the logical id and the properties of a function outside of the VPC."""
    assert folder in OUTSIDE
    [found] = [
        (logical_id, function)
        for logical_id, function in drive.service.of_type("AWS::Lambda::Function").items()
        if handler(function) == f"{folder}.handler.handler"
    ]
    return found


def topic_key(drive: StageTemplates) -> tuple[str, Json]:
    """Return the logical id and the properties of the key that is the topic's own."""
    _, topic = drive.data.only("AWS::SNS::Topic")
    found = drive.target(topic["KmsMasterKeyId"])
    return found, drive.data.of_type("AWS::KMS::Key")[found]


def data_key(drive: StageTemplates) -> str:
    """Return the logical id of the key of files and flow logs."""
    [found] = drive.data.of_type("AWS::KMS::Key").keys() - {topic_key(drive)[0]}
    return found


def statements(drive: StageTemplates, function: Json) -> list[Json]:
    """Return all that the function's role may and may not do."""
    role = drive.service.of_type("AWS::IAM::Role")[drive.target(function["Role"])]
    policies = drive.service.of_type("AWS::IAM::ManagedPolicy")
    return [
        statement
        for arn in role["ManagedPolicyArns"]
        for statement in policies[drive.target(arn)]["PolicyDocument"]["Statement"]
    ]


def allowed(drive: StageTemplates, function: Json, action: str) -> list[tuple[list[str], Json]]:
    """Return (resources, condition) of each statement that allows the action."""
    return [
        (sorted(map(drive.text, as_list(statement["Resource"]))), statement.get("Condition"))
        for statement in statements(drive, function)
        if statement["Effect"] == "Allow" and action in as_list(statement["Action"])
    ]


def all_allowed(drive: StageTemplates, function: Json) -> set[str]:
    """Return every action that the function's role may do."""
    return {
        action
        for statement in statements(drive, function)
        for action in as_list(statement["Action"])
        if statement["Effect"] == "Allow"
    }


def schedules(drive: StageTemplates) -> dict[str, tuple[str, Json]]:
    """Return the logical id and the properties of each rule, by what its one target runs."""
    names = {
        logical_id: handler(function).removesuffix(".handler.handler")
        for logical_id, function in drive.service.of_type("AWS::Lambda::Function").items()
    }
    rules = {
        logical_id: rule
        for logical_id, rule in drive.service.of_type("AWS::Events::Rule").items()
        if "ScheduleExpression" in rule
    }
    found = {}
    for logical_id, rule in rules.items():
        [target] = rule["Targets"]
        found[names[drive.target(target["Arn"])]] = (logical_id, rule)
    assert len(found) == len(rules)
    return found


def url_permissions(drive: StageTemplates) -> dict[str, Json]:
    """Return who may call the URL, by logical id."""
    return {
        logical_id: permission
        for logical_id, permission in drive.service.of_type("AWS::Lambda::Permission").items()
        if "SourceArn" not in permission
    }
