"""What stands before a deployment, and goes back to the one before: on a drive that is deployed.

`make deploy` as it is, with assemblies that were made before, as a pipeline has them.
"""

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from drive_tools.cloud_assembly import find_stage
from ops.pipeline_walk.approval_server import ApprovalServer
from tests.infra.templates import Json, Template
from tests.local.assemblies import OTHER_SETTINGS, assembly_of, baseline, edited, shipped
from tests.local.conftest import TARGET, LocalCloud

EXECUTION = "11111111-2222-4333-8444-555555555555"


@pytest.fixture(scope="module")
def deployed(ready: LocalCloud) -> LocalCloud:
    """A drive with a file in it."""
    ready.deploy()
    assert ready.drive("PUT", "/files/kept.txt", b"kept").status_code == 201
    return ready


class Changed:
    """A copy of the deployed assembly in which a pull request changed something."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.copytree(baseline(), folder)

    def edit(self, stack: str) -> AbstractContextManager[Json]:
        """Give a template of the stage, and write it back."""
        return edited(self.folder, stack)


@pytest.fixture
def changed(tmp_path: Path) -> Changed:
    return Changed(tmp_path / "changed")


def ops(
    cloud: LocalCloud, tool: str, folder: Path, *options: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    return cloud.ops(*(tool, "Dev", "--assembly", str(folder), *options), environment=environment)


def make_deploy(cloud: LocalCloud, folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return cloud.call(
        *("make", "--no-print-directory", "deploy", "STAGE=Dev", f"ASSEMBLY={folder}"),
        *("YES=1", *options),
    )


def state(cloud: LocalCloud) -> list[tuple[str, str, object]]:
    """What CloudFormation says of the stacks: another one after each deployment."""
    return [
        (stack["StackName"], stack["StackStatus"], stack.get("LastUpdatedTime"))
        for stack in cloud.client("cloudformation").describe_stacks()["Stacks"]
        if stack["StackName"].startswith("Dev-")
    ]


def rename_the_file_system(template: Json) -> None:
    name, _ = Template(template).only("AWS::EFS::FileSystem")
    renamed = json.loads(json.dumps(template).replace(name, "OtherFileSystem"))
    template.clear()
    template.update(renamed)


def change_the_key(template: Json) -> None:
    name, _ = Template(template).only("AWS::EFS::FileSystem")
    template["Resources"]["OtherKey"] = {"Type": "AWS::KMS::Key", "Properties": {}}
    properties = template["Resources"][name]["Properties"]
    properties["KmsKeyId"] = {"Fn::GetAtt": ["OtherKey", "Arn"]}


def remove_the_access_point(template: Json) -> None:
    name, _ = Template(template).only("AWS::EFS::AccessPoint")
    del template["Resources"][name]
    outputs = template["Outputs"]
    for output in [each for each in outputs if name in json.dumps(outputs[each])]:
        del outputs[output]


@pytest.mark.parametrize(
    ("change", "lost", "why"),
    [
        (rename_the_file_system, "AWS::EFS::FileSystem", "would be deleted"),
        (
            change_the_key,
            "AWS::EFS::FileSystem",
            "would be replaced by a new one, because of KmsKeyId",
        ),
        (remove_the_access_point, "AWS::EFS::AccessPoint", "would be deleted"),
    ],
)
def test_what_would_lose_data_is_said_and_fails(
    change: Callable[[Json], None], lost: str, why: str, changed: Changed, deployed: LocalCloud
) -> None:
    with changed.edit("Data") as template:
        name, _ = Template(template).only(lost)
        change(template)
    result = ops(deployed, "guard", changed.folder)
    assert result.returncode == 1, result.stdout + result.stderr
    assert "guard: Dev would lose data, so nothing was deployed:" in result.stderr
    assert f"Dev-Data {name} ({lost}" in result.stderr
    assert why in result.stderr
    assert "make deploy STAGE=Dev REPLACE_DATA='" in result.stderr


def test_a_deployment_that_loses_data_is_refused_before_it_starts(
    changed: Changed, deployed: LocalCloud
) -> None:
    before = state(deployed)
    with changed.edit("Data") as template:
        remove_the_access_point(template)
    result = make_deploy(deployed, changed.folder)
    assert result.returncode == 2, result.stdout + result.stderr
    assert "guard: Dev would lose data, so nothing was deployed:" in result.stderr
    assert "Traceback" not in result.stderr
    assert state(deployed) == before
    assert deployed.drive("GET", "/files/kept.txt").content == b"kept"


def test_only_all_that_would_be_lost_by_name_lets_it_go(
    changed: Changed, deployed: LocalCloud
) -> None:
    """Of what no other stack uses, since that is refused by any name."""
    with changed.edit("Data") as template:
        named = [
            name
            for name, parameter in sorted(Template(template).of_type("AWS::SSM::Parameter").items())
            if "/files/" in parameter["Name"]
        ]
        for name in named:
            template["Resources"][name]["Properties"]["Name"] += "_RENAMED"
    one = ops(deployed, "guard", changed.folder, "--replace-data", named[0])
    assert one.returncode == 1
    assert f"named, and so permitted: Dev-Data {named[0]} " in one.stdout
    assert f"Dev-Data {named[1]} " in one.stderr
    assert f"REPLACE_DATA='{' '.join(named)}'" in one.stderr
    options = [word for name in named for word in ("--replace-data", name)]
    every = ops(deployed, "guard", changed.folder, *options)
    assert every.returncode == 0, every.stderr
    assert "guard: Dev loses no data but what was named" in every.stdout
    dry = deployed.call(
        *("make", "--dry-run", "deploy", f"REPLACE_DATA={' '.join(named)}"),
    )
    assert f"--replace-data '{named[0]}' --replace-data '{named[1]}'" in dry.stdout


def test_what_another_stack_uses_is_not_taken_from_it(
    changed: Changed, deployed: LocalCloud
) -> None:
    """Refused as what loses data is; CloudFormation would refuse it in the middle."""
    with changed.edit("Data") as template:
        exported = {
            name: output["Value"]["Ref"]
            for name, output in template["Outputs"].items()
            if "PrivateSubnet2" in name
        }
        [(output, subnet)] = exported.items()
        del template["Outputs"][output]
    result = ops(deployed, "guard", changed.folder)
    assert result.returncode == 1, result.stdout + result.stderr
    assert "guard: Dev would take from a stack what it still uses" in result.stderr
    assert f"Dev-Data {subnet} (AWS::EC2::Subnet" in result.stderr
    assert "Dev-Service uses it: " in result.stderr
    found = json.loads(ops(deployed, "guard", changed.folder, "--json").stdout)
    assert (found["losses"], found["refused"]) == ([], True)
    assert [each["impact"] for each in found["in_use"]] == ["deleted"]


def test_zones_may_be_named_as_they_are_and_not_otherwise(
    changed: Changed, deployed: LocalCloud
) -> None:
    """A subnet stays where it is: with its addresses it cannot be anywhere else."""
    zones = {
        subnet["CidrBlock"]: subnet["AvailabilityZone"]
        for subnet in deployed.client("ec2").describe_subnets()["Subnets"]
    }
    with changed.edit("Data") as template:
        subnets = list(Template(template).of_type("AWS::EC2::Subnet").values())
        for subnet in subnets:
            subnet["AvailabilityZone"] = zones[subnet["CidrBlock"]]
    same = ops(deployed, "guard", changed.folder)
    assert same.returncode == 0, same.stdout + same.stderr
    assert len({subnet["AvailabilityZone"] for subnet in subnets}) == 2
    with changed.edit("Data") as template:
        for subnet in Template(template).of_type("AWS::EC2::Subnet").values():
            subnet["AvailabilityZone"] = f"{TARGET.region}f"
    other = ops(deployed, "guard", changed.folder)
    assert other.returncode == 1
    assert (
        "would be replaced by a new one, because of AvailabilityZone; Dev-Service" in other.stderr
    )


def test_what_is_named_in_vain_is_said(deployed: LocalCloud) -> None:
    """A name that is left in the settings would let the next loss pass unseen."""
    result = ops(deployed, "guard", deployed.folder / "cdk.out", "--replace-data", "Nothing")
    assert result.returncode == 0, result.stderr
    assert "Nothing is named, and would lose nothing: take the name back" in result.stdout


def test_a_region_whose_cloudformation_refuses_the_templates_is_said_before(
    deployed: LocalCloud,
) -> None:
    result = ops(deployed, "guard", deployed.folder / "cdk.out", AWS_REGION="eu-north-1")
    assert result.returncode == 1
    assert "CloudFormation does not know AWS::Budgets::Budget in eu-north-1" in result.stderr
    assert 'account and region="eu-north-1" for Dev in environments.py' in result.stderr


def test_scripts_read_what_would_be_lost(changed: Changed, deployed: LocalCloud) -> None:
    with changed.edit("Data") as template:
        name, _ = Template(template).only("AWS::EFS::AccessPoint")
        remove_the_access_point(template)
    result = ops(deployed, "guard", changed.folder, "--json")
    assert result.returncode == 1
    found = json.loads(result.stdout)
    assert found["refused"] is True
    assert [(loss["stack"], loss["logical_id"]) for loss in found["losses"]] == [("Dev-Data", name)]


def test_a_guard_that_cannot_look_refuses(deployed: LocalCloud) -> None:
    """Without an answer nothing is deployed; an unknown stage is wrong usage."""
    folder = deployed.folder / "cdk.out"
    nowhere = ops(
        deployed, "guard", folder, AWS_ENDPOINT_URL="http://127.0.0.1:9", AWS_MAX_ATTEMPTS="1"
    )
    assert nowhere.returncode == 1
    assert "guard: cannot reach AWS with these credentials: " in nowhere.stderr
    assert "Traceback" not in nowhere.stderr
    unknown = deployed.ops("guard", "Test", "--assembly", str(folder))
    assert unknown.returncode == 2
    assert "has no stage 'Test', its stages are: Dev, Prod" in unknown.stderr


def test_what_somebody_set_in_a_parameter_is_not_written_over_unseen(
    changed: Changed, deployed: LocalCloud
) -> None:
    """A deployment writes the whole document when one limit of it changes in the settings."""
    parameter, client = "/lambda-drive/Dev/limits", deployed.client("ssm")
    before = client.get_parameter(Name=parameter)["Parameter"]["Value"]

    def write(value: str) -> None:
        client.put_parameter(Name=parameter, Value=value, Type="String", Overwrite=True)

    with changed.edit("Data") as template:
        [(name, properties)] = [
            (each, found)
            for each, found in Template(template).of_type("AWS::SSM::Parameter").items()
            if found["Name"] == parameter
        ]
        after = before.replace("24", "48")
        properties["Value"] = after
    for unset in (before, after):
        write(unset)
        assert ops(deployed, "guard", changed.folder).returncode == 0
    operators = before.replace("null", "1000")
    write(operators)
    try:
        refused = ops(deployed, "guard", changed.folder)
        assert refused.returncode == 1
        assert f"Dev-Data {name} (AWS::SSM::Parameter, " in refused.stderr
        assert f"somebody set it to {operators!r}, which would be written over" in refused.stderr
        assert f"REPLACE_DATA='{name}'" in refused.stderr
        named = ops(deployed, "guard", changed.folder, "--replace-data", name)
        assert named.returncode == 0, named.stderr
        assert ops(deployed, "guard", deployed.folder / "cdk.out").returncode == 0
    finally:
        write(before)


@pytest.fixture
def approvals() -> Iterator[tuple[ApprovalServer, dict[str, str]]]:
    """A pipeline in which Dev waits for the approval, and how it is reached."""
    pipeline = ApprovalServer(EXECUTION, waiting={"Dev/ApprovePermissions"})
    with pipeline.served() as address:
        yield pipeline, {"AWS_ENDPOINT_URL_CODEPIPELINE": address}


APPROVE = ("--approve", "Pipeline/Dev/ApprovePermissions", "--execution", EXECUTION)


def test_a_change_that_permits_nothing_more_is_approved_by_itself(
    changed: Changed, deployed: LocalCloud, approvals: tuple[ApprovalServer, dict[str, str]]
) -> None:
    pipeline, reached = approvals
    with changed.edit("Service") as template:
        for function in Template(template).of_type("AWS::Lambda::Function").values():
            function["MemorySize"] = 2048
    result = ops(deployed, "permissions", changed.folder, *APPROVE, **reached)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "permissions: approved Pipeline/Dev/ApprovePermissions" in result.stdout
    assert list(pipeline.given) == ["Dev/ApprovePermissions"]


def open_a_port(template: Json) -> None:
    group = next(iter(Template(template).of_type("AWS::EC2::SecurityGroup")))
    template["Resources"]["Opened"] = {
        "Type": "AWS::EC2::SecurityGroupIngress",
        "Properties": {
            "GroupId": {"Fn::GetAtt": [group, "GroupId"]},
            "IpProtocol": "tcp",
            "FromPort": 22,
            "ToPort": 22,
            "CidrIp": "0.0.0.0/0",
        },
    }


def broaden_a_policy(template: Json) -> None:
    policy = next(iter(Template(template).of_type("AWS::IAM::ManagedPolicy").values()))
    policy["PolicyDocument"]["Statement"].append(
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
    )


def allow_what_was_denied(template: Json) -> None:
    _, file_system = Template(template).only("AWS::EFS::FileSystem")
    statements = file_system["FileSystemPolicy"]["Statement"]
    statements[:] = [each for each in statements if each["Sid"] != "DenyRoot"]


@pytest.mark.parametrize(
    ("change", "shown"),
    [
        (open_a_port, "may now be reached on tcp 22 from anywhere in the world"),
        (broaden_a_policy, "may s3:GetObject on everything"),
        (
            allow_what_was_denied,
            "no longer denies everybody to elasticfilesystem:ClientRootAccess",
        ),
    ],
)
def test_a_change_that_permits_more_waits_for_a_person(
    change: Callable[[Json], None],
    shown: str,
    changed: Changed,
    deployed: LocalCloud,
    approvals: tuple[ApprovalServer, dict[str, str]],
) -> None:
    pipeline, reached = approvals
    with changed.edit("Service" if change is broaden_a_policy else "Data") as template:
        change(template)
    result = ops(deployed, "permissions", changed.folder, *APPROVE, **reached)
    assert result.returncode == 0, result.stdout + result.stderr
    assert shown in result.stdout
    assert "permissions: Dev waits for a person's approval" in result.stdout
    assert pipeline.given == {}


def test_a_person_is_asked_about_a_change_that_permits_more(
    changed: Changed, deployed: LocalCloud
) -> None:
    """On a laptop; and nothing is deployed when nobody answers."""
    before = state(deployed)
    with changed.edit("Data") as template:
        open_a_port(template)
    unasked = make_deploy(deployed, changed.folder, "YES=")
    assert unasked.returncode == 2
    assert "may now be reached on tcp 22 from anywhere in the world" in unasked.stdout
    assert "review: nobody answers; with YES=1 make deploy does not ask" in unasked.stderr
    assert state(deployed) == before


def test_an_approval_that_is_not_known_to_be_due_is_not_given(
    deployed: LocalCloud, approvals: tuple[ApprovalServer, dict[str, str]]
) -> None:
    pipeline, reached = approvals
    nowhere = {"AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_MAX_ATTEMPTS": "1"}
    folder = deployed.folder / "cdk.out"
    result = ops(deployed, "permissions", folder, *APPROVE, **nowhere, **reached)
    assert result.returncode == 1
    assert "permissions: cannot reach AWS with these credentials: " in result.stderr
    assert pipeline.given == {}


def test_protection_is_as_synthesised(changed: Changed, deployed: LocalCloud) -> None:
    """Which the actions of a pipeline leave as it is."""

    def protected() -> dict[str, bool]:
        return {
            stack["StackName"]: bool(stack.get("EnableTerminationProtection"))
            for stack in deployed.client("cloudformation").describe_stacks()["Stacks"]
            if stack["StackName"].startswith("Dev-")
        }

    manifest = find_stage(changed.folder, "Dev").folder / "manifest.json"
    wanted = json.loads(manifest.read_text())
    for artifact in wanted["artifacts"].values():
        if artifact.get("properties", {}).get("stackName") == "Dev-Data":
            artifact["properties"]["terminationProtection"] = True
    manifest.write_text(json.dumps(wanted))
    try:
        result = ops(deployed, "protect", changed.folder)
        assert result.returncode == 0, result.stderr
        assert "Dev-Data: protected from deletion" in result.stdout
        assert protected() == {"Dev-Data": True, "Dev-Service": False}
    finally:
        assert ops(deployed, "protect", deployed.folder / "cdk.out").returncode == 0
    assert protected() == {"Dev-Data": False, "Dev-Service": False}


def test_a_stage_goes_back_to_what_a_pipeline_made_before(
    deployed: LocalCloud,
) -> None:
    """In a hurry, with the artifact of an execution; the files stay."""

    def variables() -> dict[str, str]:
        name = deployed.outputs["Dev-Service"]["FilesFunctionName"]
        found = deployed.client("lambda").get_function_configuration(FunctionName=name)
        values: dict[str, str] = found["Environment"]["Variables"]
        return values

    before = variables()
    deployed.deploy(assembly_of(OTHER_SETTINGS))
    assert variables() == before | {
        "COLOUR": "blue",
        "LOG_LEVEL": "ERROR",
        "OPERATOR_DEFAULTS": "LOG_LEVEL=ERROR MAINTENANCE_MODE=0",
    }
    assert deployed.drive("PUT", "/files/newer.txt", b"newer").status_code == 201
    artifact = shipped()
    compared = deployed.call(
        *("make", "--no-print-directory", "diff", "STAGE=Dev", f"ASSEMBLY={artifact}")
    )
    assert compared.returncode == 0, compared.stdout + compared.stderr
    assert "COLOUR" in compared.stdout + compared.stderr  # by CI the CLI chooses
    back = make_deploy(deployed, artifact)
    assert back.returncode == 0, back.stdout + back.stderr
    assert variables() == before
    assert deployed.drive("GET", "/files/kept.txt").content == b"kept"
    assert deployed.drive("GET", "/files/newer.txt").content == b"newer"
