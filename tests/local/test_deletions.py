"""What CloudFormation and the services refuse to delete, in their words."""

import json
from collections.abc import Callable

import pytest
from botocore.exceptions import ClientError

from tests.infra.templates import Json
from tests.local.small_stacks import (
    INLINE,
    VPC,
    Stacks,
    group,
    made,
    ref,
    role,
    subnet,
)


class Disk:
    """A stack with a network and a disk in it, of which parts cannot be deleted."""

    RESOURCES: Json = {  # noqa: RUF012 - never changed
        "Vpc": VPC,
        "Subnet": subnet(),
        "Table": made("AWS::EC2::RouteTable", VpcId=ref("Vpc")),
        "Routed": made(
            "AWS::EC2::SubnetRouteTableAssociation",
            SubnetId=ref("Subnet"),
            RouteTableId=ref("Table"),
        ),
        "Group": group(),
        "Client": group(),
        "Named": made(
            "AWS::EC2::SecurityGroupIngress",
            GroupId=ref("Group"),
            IpProtocol="tcp",
            FromPort=2049,
            ToPort=2049,
            SourceSecurityGroupId=ref("Client"),
        ),
        "Files": made("AWS::EFS::FileSystem"),
        "Target": made(
            "AWS::EFS::MountTarget",
            FileSystemId=ref("Files"),
            SubnetId=ref("Subnet"),
            SecurityGroups=[ref("Group")],
        ),
        "Gateway": made("AWS::EC2::InternetGateway"),
        "Attached": made(
            "AWS::EC2::VPCGatewayAttachment", VpcId=ref("Vpc"), InternetGatewayId=ref("Gateway")
        ),
        "Address": {**made("AWS::EC2::EIP", Domain="vpc"), "DependsOn": "Attached"},
        "Nat": made(
            "AWS::EC2::NatGateway",
            SubnetId=ref("Subnet"),
            AllocationId={"Fn::GetAtt": ["Address", "AllocationId"]},
        ),
    }


@pytest.fixture(scope="module")
def disk(stacks: Stacks) -> Callable[[str], str]:
    """Return the physical ids of a stack with a network and a disk in it."""
    assert stacks.deploy("disk", Disk.RESOURCES) == "CREATE_COMPLETE"
    return lambda logical_id: stacks.resource("disk", logical_id)


def _allocation(stacks: Stacks, address: str) -> str:
    [found] = stacks.client("ec2").describe_addresses(PublicIps=[address])["Addresses"]
    allocation: str = found["AllocationId"]
    return allocation


DELETIONS = {
    "Subnet": "delete_subnet",
    "Group": "delete_security_group",
    "Client": "delete_security_group",
    "Table": "delete_route_table",
    "Gateway": "delete_internet_gateway",
    "Vpc": "delete_vpc",
}
IDS = {"Client": "GroupId", "Table": "RouteTableId", "Gateway": "InternetGatewayId"}


@pytest.mark.parametrize("part", DELETIONS)
def test_what_is_in_use_is_not_deleted(
    stacks: Stacks, disk: Callable[[str], str], part: str
) -> None:
    delete = getattr(stacks.client("ec2"), DELETIONS[part])
    with pytest.raises(ClientError, match=r"has (dependencies|a dependent object)") as caught:
        delete(**{IDS.get(part, f"{part}Id"): disk(part)})
    assert caught.value.response["Error"]["Code"] == "DependencyViolation"


def test_a_gateway_stays_while_addresses_are_mapped(
    stacks: Stacks, disk: Callable[[str], str]
) -> None:
    ec2 = stacks.client("ec2")
    with pytest.raises(ClientError, match="has some mapped public address"):
        ec2.detach_internet_gateway(InternetGatewayId=disk("Gateway"), VpcId=disk("Vpc"))
    allocation = _allocation(stacks, disk("Address"))
    with pytest.raises(ClientError, match="AuthFailure"):
        ec2.release_address(AllocationId=allocation)


def test_a_file_system_stays_while_it_has_mount_targets(
    stacks: Stacks, disk: Callable[[str], str]
) -> None:
    with pytest.raises(ClientError, match="FileSystemInUse"):
        stacks.client("efs").delete_file_system(FileSystemId=disk("Files"))


def test_a_stack_that_is_used_from_outside_stays_with_what_is_used(
    stacks: Stacks, disk: Callable[[str], str]
) -> None:
    """And is deleted once nothing uses it, in the order in which its parts use each other."""
    user = made("AWS::EC2::SecurityGroup", VpcId=disk("Vpc"), GroupDescription="any")
    user["Properties"]["SecurityGroupEgress"] = [
        {
            "IpProtocol": "tcp",
            "FromPort": 2049,
            "ToPort": 2049,
            "DestinationSecurityGroupId": disk("Client"),
        }
    ]
    stacks.deploy("user", {"User": user})
    client, holder = disk("Client"), stacks.resource("user", "User")
    said = stacks.delete("disk")
    assert said.startswith("DELETE_FAILED")
    assert (
        f"DELETE_FAILED Client: resource {client} has a dependent object (Service: Ec2;"
        f" Status Code: 400; Error Code: DependencyViolation); in the way: {holder}"
    ) in said
    assert "The following resource(s) failed to delete: [Client, Vpc]." in said
    assert stacks.delete("user") == "DELETE_COMPLETE"
    assert stacks.delete("disk") == "DELETE_COMPLETE"


def test_a_role_stays_with_policies_of_others(stacks: Stacks, name: str) -> None:
    own = [{"PolicyName": "own", "PolicyDocument": INLINE}]
    stacks.deploy(name, {"Resource": role(Policies=own)})
    iam, physical_id = stacks.client("iam"), stacks.resource(name)
    other = {"RoleName": physical_id, "PolicyName": "other"}
    iam.put_role_policy(**other, PolicyDocument=json.dumps(INLINE))
    said = stacks.delete(name)
    assert "Cannot delete entity, must delete policies first." in said
    assert "Error Code: DeleteConflict); in the way: other" in said
    iam.delete_role_policy(**other)
    assert stacks.delete(name) == "DELETE_COMPLETE"


def test_a_bucket_stays_with_its_objects(stacks: Stacks, name: str) -> None:
    stacks.deploy(name, {"Resource": made("AWS::S3::Bucket")})
    bucket = {"Bucket": stacks.resource(name), "Key": "kept"}
    s3 = stacks.client("s3")
    s3.put_object(**bucket, Body=b"")
    assert "The bucket you tried to delete is not empty" in stacks.delete(name)
    s3.delete_object(**bucket)
    assert stacks.delete(name) == "DELETE_COMPLETE"


def test_a_key_that_will_be_deleted_encrypts_nothing(stacks: Stacks, name: str) -> None:
    usable = {"Effect": "Allow", "Principal": {"AWS": "000000000000"}, "Action": "kms:*"}
    policy = {"Version": "2012-10-17", "Statement": [usable | {"Resource": "*"}]}
    stacks.deploy(name, {"Resource": made("AWS::KMS::Key", KeyPolicy=policy)})
    key = stacks.resource(name)
    kms = stacks.client("kms")
    kms.schedule_key_deletion(KeyId=key)
    with pytest.raises(ClientError, match="KMSInvalidStateException"):
        kms.encrypt(KeyId=key, Plaintext=b"any")
