"""A stage comes back from its backups, and leaves the local cloud with them.

Lambda lets go of subnets and groups as late as AWS's.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.validate import ParamValidator

from ops.local import INTERFACE_LOOKS
from tests.local.conftest import PROJECT, LocalCloud
from tests.patience import PATIENCE_SECONDS, until

STACKS = ["Dev-Data", "Dev-Service"]
LOOKS = 4  # of the plain deletion: a subnet each in two zones, and the functions' group


@pytest.fixture(scope="module")
def deployed(request: pytest.FixtureRequest) -> Iterator[LocalCloud]:
    """A stage whose interfaces outlive its functions."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(INTERFACE_LOOKS, str(LOOKS))
        ready: LocalCloud = request.getfixturevalue("ready")
        ready.deploy()
        yield ready


def _assembly(cloud: LocalCloud) -> tuple[str, str]:
    return "--assembly", str(cloud.folder / "cdk.out")


def command(cloud: LocalCloud, *options: str) -> list[str]:
    return [sys.executable, "-m", "ops", "destroy", "Dev", *_assembly(cloud), *options]


def destroy(cloud: LocalCloud, *options: str) -> subprocess.CompletedProcess[str]:
    return cloud.ops("destroy", "Dev", *_assembly(cloud), "--every", "0.05", *options)


def stacks(cloud: LocalCloud) -> dict[str, str]:
    """The stacks of the stage that are there, and how they are."""
    return {
        stack["StackName"]: stack["StackStatus"]
        for stack in cloud.client("cloudformation").describe_stacks()["Stacks"]
        if stack["StackName"].startswith("Dev-")
    }


def attached(cloud: LocalCloud) -> list[bool]:
    """Whether each function of the stage is in a VPC, and has its disk; the key watch never is."""
    functions = cloud.client("lambda").list_functions()["Functions"]
    mine = [
        each
        for each in functions
        if each["FunctionName"].startswith("Dev-Service-")
        and each["Handler"] != "key_watch.handler.handler"
    ]
    places = [bool(each.get("VpcConfig", {}).get("SubnetIds")) for each in mine]
    disks = [bool(each.get("FileSystemConfigs")) for each in mine]
    assert places == disks, "Lambda refuses a disk to a function in no VPC"
    return places


CONTENT = {
    "a.txt": b"a",
    "photos/2024/one.bin": os.urandom(300_000),
    "photos/2024/two.bin": bytes(range(256)),
    "photos/three.bin": b"3" * 1000,
}


def judged(cloud: LocalCloud) -> Any:  # noqa: ANN401 - boto3 makes its types at run time
    """A client of AWS Backup that holds each answer to AWS's model, to its names and types."""
    client = cloud.client("backup")

    def check(model: Any, http_response: Any, parsed: Any, **_: object) -> None:  # noqa: ANN401
        shape = model.output_shape
        if shape is None or "Error" in parsed:
            return
        told = {name: each for name, each in parsed.items() if name != "ResponseMetadata"}
        assert not ParamValidator().validate(told, shape).has_errors()
        assert _unknown(json.loads(http_response.content or b"{}"), shape) == set(), model.name

    client.meta.events.register("after-call.backup", check)
    return client


def _unknown(told: Any, shape: Any) -> set[str]:  # noqa: ANN401 - JSON, and a shape of botocore
    """The names in an answer that AWS's model does not have."""
    if shape.type_name == "list":
        return {name for each in told for name in _unknown(each, shape.member)}
    if shape.type_name != "structure":
        return set()
    below = [
        _unknown(each, shape.members[name]) for name, each in told.items() if name in shape.members
    ]
    return {name for name in told if name not in shape.members}.union(*below)


def back_up(cloud: LocalCloud) -> str:
    """Make a backup now, as the plan does each day; return its recovery point."""
    backup, outputs = judged(cloud), cloud.outputs["Dev-Data"]
    [plan] = backup.list_backup_plans()["BackupPlansList"]
    [chosen] = backup.list_backup_selections(BackupPlanId=plan["BackupPlanId"])[
        "BackupSelectionsList"
    ]
    selection = backup.get_backup_selection(
        BackupPlanId=plan["BackupPlanId"], SelectionId=chosen["SelectionId"]
    )["BackupSelection"]
    [resource] = selection["Resources"]
    job = backup.start_backup_job(
        BackupVaultName=outputs["BackupVaultName"],
        ResourceArn=resource,
        IamRoleArn=selection["IamRoleArn"],
    )["BackupJobId"]
    states: list[str] = []
    while not states or states[-1] not in {"COMPLETED", "FAILED"}:
        found = backup.describe_backup_job(BackupJobId=job)
        states.append(found["State"])
    assert states == ["RUNNING", "COMPLETED"], found.get("StatusMessage")
    return str(found["RecoveryPointArn"])


def restore(cloud: LocalCloud, *options: str) -> subprocess.CompletedProcess[str]:
    return cloud.ops("restore", "Dev", *_assembly(cloud), "--every", "0", *options)


def restored(cloud: LocalCloud, *options: str) -> dict[str, Any]:
    result = restore(cloud, "--json", *options)
    assert result.returncode == 0, result.stderr
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_the_drill_files_come_back_from_a_backup_and_live_ones_stay(deployed: LocalCloud) -> None:
    """Prints how much is lost (RPO), and how long it takes (RTO)."""
    drive = deployed.drive
    none = restore(deployed, "--item", "a.txt")
    assert (none.returncode, none.stdout) == (1, "")
    assert "there is no backup to restore from yet" in none.stderr
    for name, content in CONTENT.items():
        assert drive("PUT", f"/files/{name}", content).status_code == 201
    point = back_up(deployed)
    assert drive("PUT", "/files/late.txt", b"after the backup").status_code == 201
    assert drive("PUT", "/files/a.txt", b"changed").status_code in {200, 204}

    [disk] = deployed.folder.glob("efs/Dev-Data/StorageAccessPoint*")
    for file in disk.rglob("*"):  # past the drive, and so past its trash
        if file.is_file() and "photos" in file.parts:
            file.unlink()
    assert drive("GET", "/files/photos/three.bin").status_code == 404

    whole = restored(deployed, "--point", "latest")
    assert whole["point"] == point
    for name, content in CONTENT.items():
        assert drive("GET", f"/files/{whole['directory']}/{name}").content == content
    assert drive("GET", f"/files/{whole['directory']}/late.txt").status_code == 404
    assert drive("GET", "/files/a.txt").content == b"changed", "live files are not written over"
    size = sum(map(len, CONTENT.values()))
    print(f"\nRPO: what was written in {whole['age_seconds']} s (in AWS: up to 25 hours): late.txt")
    print(f"RTO: {whole['seconds']} s for {len(CONTENT)} files of {size:,} bytes")

    one = restored(deployed, "--item", "/photos/2024/", "--point", point.rpartition(":")[2])
    assert one["directory"] != whole["directory"]
    for name in ("one.bin", "two.bin"):
        path = f"photos/2024/{name}"
        assert drive("GET", f"/files/{one['directory']}/{path}").content == CONTENT[path]
    assert drive("GET", f"/files/{one['directory']}/photos/three.bin").status_code == 404
    assert not list(deployed.folder.glob("efs/Dev-Service/*/aws-backup-restore_*"))


def test_a_restore_that_cannot_be_says_why(deployed: LocalCloud) -> None:
    shown = restore(deployed)
    assert shown.returncode == 0
    assert shown.stdout.startswith("restore: 1 recovery points of Dev, latest first\n")
    [listed] = json.loads(restore(deployed, "--json").stdout)
    assert listed["bytes"] >= sum(map(len, CONTENT.values()))
    missing = restore(deployed, "--item", "photos/none.bin")
    assert missing.returncode == 1
    assert "no 'photos/none.bin' is in the backup of 20" in missing.stderr
    unknown = restore(deployed, "--point", "1EB3B5E7-9EB0-435A-A80B-108B488B0D45")
    assert unknown.returncode == 1
    assert "there is no recovery point '1EB3B5E7-9EB0" in unknown.stderr
    iam, role = deployed.client("iam"), deployed.outputs["Dev-Data"]["BackupRoleArn"]
    name = role.rpartition("/")[2]
    [attached_] = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
    iam.detach_role_policy(RoleName=name, PolicyArn=attached_["PolicyArn"])
    try:
        refused = restore(deployed, "--item", "a.txt")
    finally:
        iam.attach_role_policy(RoleName=name, PolicyArn=attached_["PolicyArn"])
    assert refused.returncode == 1
    assert "is FAILED: Access Denied trying to call elasticfilesystem:Restore" in refused.stderr


def test_an_interrupted_restore_goes_on_with_the_same_job(deployed: LocalCloud) -> None:
    outputs = deployed.outputs["Dev-Data"]
    backup = judged(deployed)
    [point] = json.loads(restore(deployed, "--json").stdout)
    slow = restore(deployed, "--item", "a.txt", "--at-most", "0")  # as if it were interrupted
    assert slow.returncode == 1
    assert "run the same command again to go on with it" in slow.stderr
    other = restore(deployed, "--item", "photos")
    assert other.returncode == 1
    assert "another restore is under way, " in other.stderr
    before = backup.list_restore_jobs_by_protected_resource(ResourceArn=point["resource"])
    found = restored(deployed, "--item", "a.txt")
    after = backup.list_restore_jobs_by_protected_resource(ResourceArn=point["resource"])
    assert len(after["RestoreJobs"]) == len(before["RestoreJobs"])
    assert found["job"] == after["RestoreJobs"][0]["RestoreJobId"]
    content = deployed.drive("GET", f"/files/{found['directory']}/a.txt").content
    assert content == CONTENT["a.txt"]
    named = {"BackupVaultName": outputs["BackupVaultName"], "RecoveryPointArn": point["arn"]}
    metadata = backup.get_recovery_point_restore_metadata(**named)["RestoreMetadata"]
    assert metadata == {"file-system-id": outputs["FileSystemId"]}
    assert backup.describe_recovery_point(**named)["Status"] == "COMPLETED"
    pages = backup.get_paginator("list_recovery_points_by_resource")
    [only] = pages.paginate(ResourceArn=point["resource"], PaginationConfig={"PageSize": 1})
    assert [each["RecoveryPointArn"] for each in only["RecoveryPoints"]] == [point["arn"]]
    assert backup.describe_restore_job(RestoreJobId=found["job"])["Status"] == "COMPLETED"
    with pytest.raises(backup.exceptions.ResourceNotFoundException):
        backup.describe_recovery_point(**named | {"RecoveryPointArn": f"{point['arn']}0"})
    with pytest.raises(backup.exceptions.InvalidParameterValueException, match="ItemsToRestore"):
        backup.start_restore_job(
            RecoveryPointArn=point["arn"],
            IamRoleArn=outputs["BackupRoleArn"],
            Metadata={"file-system-id": "fs-1", "newFileSystem": "false", "ItemsToRestore": "x"},
        )
    with pytest.raises(backup.exceptions.InvalidRequestException, match="contains 1 recovery poi"):
        backup.delete_backup_vault(BackupVaultName=outputs["BackupVaultName"])


def test_a_function_has_an_interface_in_each_of_its_subnets(deployed: LocalCloud) -> None:
    found = deployed.client("ec2").describe_network_interfaces()["NetworkInterfaces"]
    mine = [each for each in found if each["Description"].startswith("AWS Lambda VPC ENI")]
    assert len(mine) == 2, "one for each subnet, shared by all functions"
    assert {each["Status"] for each in mine} == {"in-use"}
    ec2 = deployed.client("ec2")
    [group] = mine[0]["Groups"]
    with pytest.raises(ec2.exceptions.ClientError, match="DependencyViolation"):
        ec2.delete_subnet(SubnetId=mine[0]["SubnetId"])
    with pytest.raises(ec2.exceptions.ClientError, match="DependencyViolation"):
        ec2.delete_security_group(GroupId=group["GroupId"])
    with pytest.raises(ec2.exceptions.ClientError, match="currently in use"):
        ec2.delete_network_interface(NetworkInterfaceId=mine[0]["NetworkInterfaceId"])


def test_a_function_cannot_leave_its_vpc_and_keep_its_disk(deployed: LocalCloud) -> None:
    name = deployed.outputs["Dev-Service"]["FilesFunctionName"]
    client = deployed.client("lambda")
    nowhere: dict[str, list[str]] = {"SubnetIds": [], "SecurityGroupIds": []}
    with pytest.raises(client.exceptions.InvalidParameterValueException, match="in a VPC to ref"):
        client.update_function_configuration(FunctionName=name, VpcConfig=nowhere)


def test_nothing_goes_that_nobody_agreed_to(deployed: LocalCloud) -> None:
    asked = deployed.call(*command(deployed))  # and nobody answers
    assert asked.returncode == 1
    assert "destroy: nobody answers; with YES=1 make destroy does not ask" in asked.stderr
    assert (
        "Dev-Service, Dev-Data will be deleted, with 0.0 GB of files and 1 backups" in asked.stdout
    )
    assert "keys that AWS deletes in 30 days, for free until then: " in asked.stdout
    assert all(attached(deployed))
    assert sorted(stacks(deployed)) == STACKS


def test_a_protected_stage_is_refused_before_anything_leaves(deployed: LocalCloud) -> None:
    client = deployed.client("cloudformation")
    client.update_termination_protection(StackName="Dev-Data", EnableTerminationProtection=True)
    try:
        result = destroy(deployed, "--yes")
    finally:
        client.update_termination_protection(
            StackName="Dev-Data", EnableTerminationProtection=False
        )
    assert result.returncode == 1
    assert "destroy: Dev-Data is protected from deletion, so nothing was deleted" in result.stderr
    assert all(attached(deployed))
    assert sorted(stacks(deployed)) == STACKS


def test_an_interrupted_destruction_goes_on(deployed: LocalCloud) -> None:
    """Interrupted while it waits for interfaces, and run again."""
    process = subprocess.Popen(
        command(deployed, "--yes", "--every", "600"),
        cwd=PROJECT,
        env=deployed.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    for line in process.stdout:
        if "waiting for eni-" in line:
            break
    process.send_signal(signal.SIGINT)
    printed, failed = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 130
    assert "Run the same command again to complete it." in printed
    assert failed == "destroy: interrupted\n"
    assert attached(deployed) == [False] * 3
    assert sorted(stacks(deployed)) == STACKS, "roles stay as long as interfaces do"

    again = destroy(deployed, "--yes")
    assert again.returncode == 0, again.stdout + again.stderr
    assert "has left its VPC" not in again.stdout, "they had left before"
    assert "(available, of Dev-Service-" in again.stdout
    order = [
        again.stdout.index(line)
        for line in (
            "Lambda has no network interface there any more",
            "Dev-Service deleted AWS::Lambda::Function ",
            "Dev-Service is deleted",
            "1 backups in lambda-drive-Dev-",
            "Dev-Data deleted AWS::EFS::FileSystem ",
            "Dev-Data is deleted",
            "destroy: Dev is gone",
        )
    ]
    assert order == sorted(order)
    assert stacks(deployed) == {}


def test_what_is_gone_is_no_error(deployed: LocalCloud) -> None:
    result = destroy(deployed, "--yes")
    assert result.returncode == 0, result.stderr
    assert result.stdout == "destroy: Dev is not deployed, so there is nothing to delete\n"


def test_it_mends_what_the_plain_deletion_left(deployed: LocalCloud) -> None:
    """That deletes the functions, and then fails at what their interfaces are in."""
    deployed.deploy()
    client = deployed.client("cloudformation")
    # As `cdk destroy` calls it.
    client.delete_stack(StackName="Dev-Service")
    until(lambda: stacks(deployed).keys() == {"Dev-Data"})
    client.delete_stack(StackName="Dev-Data")
    until(lambda: stacks(deployed) == {"Dev-Data": "DELETE_FAILED"})
    events = client.describe_stack_events(StackName="Dev-Data")["StackEvents"]
    said = [each.get("ResourceStatusReason", "") for each in events]
    assert [each for each in said if "has a dependent object" in each]
    mended = destroy(deployed, "--yes")
    assert mended.returncode == 0, mended.stdout + mended.stderr
    assert stacks(deployed) == {}
