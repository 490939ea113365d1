"""The constructs with other values than the stages have."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_

from drive.configuration import Configuration, parse
from drive.quota import Limits
from stacks.data_stack import DataStack
from stacks.function.dead_letters import DeadLetters
from stacks.function.function_role import SharedRights
from stacks.function.layer import RUNTIME
from stacks.function.mounted_function import (
    FunctionSize,
    Mount,
    MountedFunction,
    Placement,
)
from stacks.function.package import Package
from stacks.settings import Settings
from stacks.shared.choices import Egress
from stacks.shared.log_group import Logs
from stacks.stage import DriveStage
from tests.baseline import DEV
from tests.infra import templates
from tests.infra.functions import functions, schedules, url_permissions
from tests.infra.networks import groups, rules, subnets
from tests.infra.synthesis import TEMPLATES_ALONE
from tests.infra.templates import Json, Template, as_list

LAYER = "arn:aws:lambda:eu-west-1:123456789012:layer:other:"


def synthesise(settings: Settings, folder: Path) -> templates.StageTemplates:
    """Synthesise one stage with the given settings, in this process."""
    app = App(context=TEMPLATES_ALONE, outdir=str(folder), tree_metadata=False)
    DriveStage(app, settings)
    app.synth()
    return templates.load(folder, settings.name)


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., Template]:
    """A mounted function with the given parameters, in a stack of its own."""

    def make(**parameters: Any) -> Template:  # noqa: ANN401 - any parameter of the construct
        app = App(context=TEMPLATES_ALONE, outdir=str(tmp_path / "out"), tree_metadata=False)
        data = DataStack(app, "Data", settings=DEV)
        stack = Stack(app, "Service")
        count = parameters.pop("layers", 0)
        network, group = data.network, data.storage.client_group
        key = kms.Key(stack, "Key")
        topic = data.alarm_topic
        dead_letters = DeadLetters(topic_arn=topic.arn, key_arn=topic.key.key_arn)
        rights = SharedRights(
            stack,
            "Rights",
            subnets=network.function_subnets,
            subnet_account=network.subnet_account,
            group=group,
            key=key,
            dead_letters=dead_letters,
        )
        mount = {"path": "/mnt/lambda", "access": "read-write"}
        size: dict[str, Any] = {"memory_mb": 128, "ephemeral_storage_mib": 10_240}

        def given(usual: dict[str, Any]) -> dict[str, Any]:
            return {name: parameters.get(name, value) for name, value in usual.items()}

        MountedFunction(
            stack,
            "Function",
            package=Package(
                code=lambda_.Code.from_inline("def handler(event, context): pass"),
                handler="index.handler",
                layers=[
                    lambda_.LayerVersion.from_layer_version_arn(stack, f"L{n}", f"{LAYER}{n}")
                    for n in range(1, count + 1)
                ],
                architecture="arm64",
            ),
            size=FunctionSize(**given(size | {"timeout_seconds": 900})),
            mount=Mount(access_point=data.storage.access_point, **given(mount)),
            placement=Placement(
                vpc=network.vpc, subnets=network.function_subnets, group=group, ipv6=False
            ),
            environment=parameters.get("environment", {}),
            dead_letters=dead_letters,
            shared_rights=rights.policy,
            logs=Logs(key=key, retention_days=1, retain=False),
        )
        assembly = app.synth()
        return Template(assembly.get_stack_by_name("Service").template)

    return make


def mount_actions(template: Template) -> list[str]:
    """Return what the function's role may do with the file system."""
    return [
        action
        for policy in template.of_type("AWS::IAM::ManagedPolicy").values()
        for statement in policy["PolicyDocument"]["Statement"]
        for action in as_list(statement["Action"])
        if action.startswith("elasticfilesystem:")
    ]


def test_a_reader_may_mount_and_no_more(make: Callable[..., Template]) -> None:
    template = make(access="read-only")
    assert mount_actions(template) == ["elasticfilesystem:ClientMount"]
    _, function = template.only("AWS::Lambda::Function")
    assert function["Environment"]["Variables"]["MOUNT_ACCESS"] == "read-only"


def test_a_deployment_does_not_take_an_operators_key(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="'LOG_LEVEL' is an operator key of this function"):
        synthesise(replace(DEV, environment={"LOG_LEVEL": "ERROR"}), tmp_path)


def test_functions_run_on_the_newest_python_of_the_library() -> None:
    known = {
        int(name.removeprefix("PYTHON_3_"))
        for name in dir(lambda_.Runtime)
        if name.startswith("PYTHON_3_")
    }
    assert RUNTIME.name == f"python3.{max(known)}"


def test_five_layers_of_others_are_taken(make: Callable[..., Template]) -> None:
    _, function = make(layers=5).only("AWS::Lambda::Function")
    assert len(function["Layers"]) == 5


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"layers": 6}, "a function takes at most 5 layers, got 6"),
        ({"path": "/data"}, "mount_path must be /mnt/<name>.*got '/data'"),
        ({"access": "write"}, "access must be one of read-only, read-write, got 'write'"),
        ({"memory_mb": 1}, r"memory_mb must be 128\.\.10240 \(MB\), got 1"),
        ({"timeout_seconds": 901}, r"timeout_seconds must be 1\.\.900 \(Lambda's limit\), got 901"),
        ({"ephemeral_storage_mib": 511}, r"ephemeral_storage_mib must be 512\.\.10240 .*got 511"),
        ({"environment": {"AWS_REGION": "x"}}, "'AWS_REGION' is reserved by Lambda"),
        ({"environment": {"A-B": "x"}}, "environment variable names are .*got 'A-B'"),
        ({"environment": {"BIG": "x" * 4090}}, "environment must be at most 4096 bytes.*got 41"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_lambda_refuses_fails_at_synth(
    make: Callable[..., Template], parameters: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        make(**parameters)


def test_a_principal_is_granted_both_permissions_that_a_url_needs(tmp_path: Path) -> None:
    callers = ("arn:aws:iam::123456789012:role/uploader", "arn:aws:iam::210987654321:root")
    drive = synthesise(replace(DEV, url_invokers=callers), tmp_path)
    files, _ = functions(drive)["files"]
    permissions = [
        {key: value for key, value in permission.items() if key != "FunctionName"}
        for permission in url_permissions(drive).values()
    ]
    assert permissions == [
        permission
        for caller in callers
        for permission in (
            {
                "Action": "lambda:InvokeFunctionUrl",
                "FunctionUrlAuthType": "AWS_IAM",
                "Principal": caller,
            },
            {
                "Action": "lambda:InvokeFunction",
                "InvokedViaFunctionUrl": True,
                "Principal": caller,
            },
        )
    ]
    for permission in url_permissions(drive).values():
        assert drive.target(permission["FunctionName"]) == files


def test_a_principal_that_goes_leaves_its_neighbours_as_they_are(tmp_path: Path) -> None:
    first, second = "arn:aws:iam::123456789012:role/first", "arn:aws:iam::123456789012:role/second"
    both = synthesise(replace(DEV, url_invokers=(first, second)), tmp_path / "both")
    one = synthesise(replace(DEV, url_invokers=(second,)), tmp_path / "one")
    before, after = url_permissions(both), url_permissions(one)
    assert len(after) == 2
    assert after == {logical_id: before[logical_id] for logical_id in after}


def test_a_third_zone_leaves_the_first_two_as_they_are(tmp_path: Path) -> None:
    two = synthesise(DEV, tmp_path / "two")
    three = synthesise(replace(DEV, zones=3, egress="nat-per-zone"), tmp_path / "three")
    assert sorted(subnets(three, "Isolated").values()) == [0, 1, 2]
    for resource_type in ("AWS::EC2::VPC", "AWS::EC2::Subnet", "AWS::EFS::MountTarget"):
        before, after = two.data.of_type(resource_type), three.data.of_type(resource_type)
        assert before == {logical_id: after[logical_id] for logical_id in before}


def test_other_ports_and_sizes_are_taken_from_the_settings(tmp_path: Path) -> None:
    settings = replace(
        DEV,
        egress_ports=(443, 5432),
        architecture="x86_64",
        environment={"COLOUR": "blue"},
        mount_path="/mnt/drive",
    )
    drive = synthesise(settings, tmp_path)
    server, client = groups(drive)
    assert rules(drive, client, "Egress") == [
        ("tcp", 443, 443, "0.0.0.0/0"),
        ("tcp", 2049, 2049, server),
        ("tcp", 5432, 5432, "0.0.0.0/0"),
    ]
    _, layer = drive.service.only("AWS::Lambda::LayerVersion")
    for name, (_, function) in functions(drive).items():
        variables = function["Environment"]["Variables"]
        assert function["Architectures"] == layer["CompatibleArchitectures"] == ["x86_64"]
        assert variables.get("COLOUR") == ("blue" if name == "files" else None)
        assert variables["MOUNT_PATH"] == "/mnt/drive"
        assert function["FileSystemConfigs"][0]["LocalMountPath"] == "/mnt/drive"


def test_limits_reach_the_parameter_and_nothing_else(tmp_path: Path) -> None:
    settings = replace(DEV, max_drive_bytes=10**12, max_file_bytes=10**9, upload_expiry_hours=720)
    usual, other = synthesise(DEV, tmp_path / "usual"), synthesise(settings, tmp_path / "other")
    # What is told and shown of them.
    told = {"AlarmsDriveNearlyFull", "Dashboard"}
    before, after = (
        {
            name: resource
            for name, resource in drive.service.body["Resources"].items()
            if name[:-8] not in told
        }
        for drive in (usual, other)
    )
    assert before == after
    assert len(other.service.body["Resources"]) == len(after) + len(told)
    values = [
        {
            parameter["Name"]: parameter["Value"]
            for parameter in drive.data.of_type("AWS::SSM::Parameter").values()
        }
        for drive in (usual, other)
    ]
    name = "/lambda-drive/Dev/limits"
    assert values[0] | {name: values[1][name]} == values[1]
    found = parse(values[1][name])
    assert found == Configuration(Limits(10**12, 10**9), 720 * 3600)


@pytest.mark.parametrize(("hours", "rate"), [(1, "rate(1 hour)"), (24, "rate(24 hours)")])
def test_usage_is_measured_as_often_as_is_set(hours: int, rate: str, tmp_path: Path) -> None:
    drive = synthesise(replace(DEV, usage_hours=hours), tmp_path)
    assert schedules(drive)["usage"][1]["ScheduleExpression"] == rate


def test_pages_that_are_named_may_call_the_url_with_all_that_it_understands(
    tmp_path: Path,
) -> None:
    origins = ("https://app.example", "http://localhost:8080")
    _, url = synthesise(replace(DEV, cors_origins=origins), tmp_path).service.only(
        "AWS::Lambda::Url"
    )
    cors = url["Cors"]
    assert url["AuthType"] == "AWS_IAM"
    assert cors["AllowOrigins"] == list(origins)
    assert sorted(cors["AllowMethods"]) == ["DELETE", "GET", "HEAD", "PATCH", "POST", "PUT"]
    assert not cors.get("AllowCredentials")
    sent = "authorization x-amz-date if-match range destination upload-offset tus-resumable"
    assert set(sent.split()) <= set(cors["AllowHeaders"])
    read = "etag content-range location upload-offset upload-expires retry-after tus-max-size"
    assert set(read.split()) <= set(cors["ExposeHeaders"])
    # `*` would not stand for authorization, and AWS takes 100 of each.
    for headers in (cors["AllowHeaders"], cors["ExposeHeaders"]):
        assert "*" not in headers
        assert len(set(headers)) == len(headers) <= 100


def test_a_pinned_environment_needs_no_look_up(tmp_path: Path) -> None:
    pinned = replace(DEV, account="123456789012", region="eu-central-1", zones=3)
    drive = synthesise(pinned, tmp_path)
    assert sorted(subnets(drive, "Private").values()) == [0, 1, 2]
    for stack in drive.stacks.values():
        assert stack["environment"] == "aws://123456789012/eu-central-1"


@pytest.mark.parametrize("egress", ["nat-per-zone", "nat-instance"])
def test_zones_by_name_change_where_the_subnets_are_and_no_other_line(
    egress: Egress, tmp_path: Path
) -> None:
    """So a stage that was deployed with a number names the same zones, and nothing moves."""
    names = ("eu-central-1c", "eu-central-1a", "eu-central-1b")
    pinned = replace(
        DEV, account="123456789012", region="eu-central-1", zones=len(names), egress=egress
    )
    numbered = synthesise(pinned, tmp_path / "numbered")
    named = synthesise(replace(pinned, zones=names), tmp_path / "named")

    def by_number(value: Json) -> Json:
        match value:
            case dict():
                return {name: by_number(each) for name, each in value.items()}
            case list():
                return [by_number(each) for each in value]
            case str() if value in names:
                return {"Fn::Select": [names.index(value), {"Fn::GetAZs": ""}]}
        return value

    assert named.data.body != numbered.data.body
    assert by_number(named.data.body) == numbered.data.body
    assert named.service.body == numbered.service.body
