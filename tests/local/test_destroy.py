"""A stage leaves the local cloud, whose Lambda lets go of subnets and groups as late as AWS's."""

import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from ops.local import INTERFACE_LOOKS
from tests.local.conftest import PROJECT, LocalCloud
from tests.patience import PATIENCE_SECONDS

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


def command(cloud: LocalCloud, *options: str) -> list[str]:
    folder = str(cloud.folder / "cdk.out")
    return [sys.executable, "-m", "ops", "destroy", "Dev", "--assembly", folder, *options]


def destroy(cloud: LocalCloud, *options: str) -> subprocess.CompletedProcess[str]:
    return cloud.call(*command(cloud, "--every", "0.05", *options))


def stacks(cloud: LocalCloud) -> dict[str, str]:
    """The stacks of the stage that are there, and how they are."""
    return {
        stack["StackName"]: stack["StackStatus"]
        for stack in cloud.client("cloudformation").describe_stacks()["Stacks"]
        if stack["StackName"].startswith("Dev-")
    }


def attached(cloud: LocalCloud) -> list[bool]:
    """Whether each function of the stage is in a VPC, and has its disk."""
    functions = cloud.client("lambda").list_functions()["Functions"]
    mine = [each for each in functions if each["FunctionName"].startswith("Dev-Service-")]
    places = [bool(each.get("VpcConfig", {}).get("SubnetIds")) for each in mine]
    disks = [bool(each.get("FileSystemConfigs")) for each in mine]
    assert places == disks, "Lambda refuses a disk to a function in no VPC"
    return places


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
    asked = destroy(deployed)  # and nobody answers
    assert asked.returncode == 1
    assert "destroy: nobody answers; with YES=1 make destroy does not ask" in asked.stderr
    assert "Dev-Service, Dev-Data will be deleted, with 0.0 GB of files." in asked.stdout
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
    """`cdk destroy` deletes the functions, and then fails at what their interfaces are in."""
    deployed.deploy()
    cdk = str(PROJECT / ".venv" / "bin" / "cdk")
    folder = str(deployed.folder / "cdk.out")
    plain = deployed.call(cdk, "destroy", "--force", "--app", folder, "Dev/*")
    assert plain.returncode != 0
    assert "has a dependent object" in plain.stdout + plain.stderr
    assert stacks(deployed) == {"Dev-Data": "DELETE_FAILED"}
    mended = destroy(deployed, "--yes")
    assert mended.returncode == 0, mended.stdout + mended.stderr
    assert stacks(deployed) == {}
