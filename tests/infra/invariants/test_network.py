"""What must be true of the network in every stage, and examples that break it."""

import pytest

from stacks.invariants import network
from stacks.invariants.check import Invariant
from stacks.invariants.declared import Declared
from tests.infra.invariants.changes import (
    DOCUMENT,
    FLOWS,
    GROUP,
    POLICY,
    ROLE,
    SUBNET,
    WORLD,
    Change,
    added,
    cases,
    check_that_it_is_said,
    gone,
    of,
    part,
    resources,
    with_,
)

BROKEN: list[tuple[Invariant, Change]] = [
    (
        network.every_zone_of_a_function_has_a_mount_target,
        gone("AWS::EFS::MountTarget", "StorageFileSystemEfsMountTargetIsolatedSubnet1"),
    ),
    (network.nfs_leads_from_each_function_to_each_mount_target, gone(f"{GROUP}Ingress")),
    (network.nfs_leads_from_each_function_to_each_mount_target, gone(f"{GROUP}Egress")),
    (
        network.nfs_leads_from_each_function_to_each_mount_target,
        with_(f"{GROUP}Ingress", FromPort=2050, ToPort=2050),
    ),
    (
        network.nfs_leads_from_each_function_to_each_mount_target,
        with_(f"{GROUP}Egress", IpProtocol="udp"),
    ),
    (
        network.a_mount_target_takes_nfs_from_its_clients_alone,
        with_(f"{GROUP}Ingress", FromPort=0, ToPort=65_535),
    ),
    (
        network.a_mount_target_takes_nfs_from_its_clients_alone,
        with_(GROUP, "StorageServerGroup", SecurityGroupIngress=[WORLD | {"CidrIp": "10.0.0.0/8"}]),
    ),
    (
        network.nobody_in_the_world_is_let_in,
        with_(GROUP, "StorageClientGroup", SecurityGroupIngress=[WORLD]),
    ),
    (
        network.nobody_in_the_world_is_let_in,
        with_(GROUP, SecurityGroupIngress=[{**WORLD, "CidrIp": None, "CidrIpv6": "::/0"}]),
    ),
    (
        network.a_function_has_no_public_subnet,
        with_(
            "AWS::EC2::Route",
            "NetworkVpcPrivateSubnet1",
            GatewayId={"Ref": "NetworkVpcIGW6BEA7B02"},
        ),
    ),
    (
        network.nat_waits_for_the_attachment_of_the_internet_gateway,
        lambda templates: (
            [
                resource.pop("DependsOn", None)
                for resource in resources(templates, "AWS::EC2::NatGateway").values()
            ]
            and None
        ),
    ),
    (network.every_vpc_logs_its_flows, gone("AWS::EC2::FlowLog")),
    (network.every_vpc_logs_its_flows, with_("AWS::EC2::FlowLog", TrafficType="REJECT")),
    (network.every_default_group_is_emptied, gone("Custom::VpcRestrictDefaultSG")),
    (network.every_vpc_logs_its_flows, with_("AWS::EC2::FlowLog", LogDestinationType="s3")),
    *(
        (
            network.every_vpc_logs_its_flows,
            part(POLICY, *DOCUMENT, *path, value=value, prefix=FLOWS),
        )
        for path, value in (
            (("Statement", 0, "Effect"), "Deny"),
            (("Statement", 0, "Action", 0), "logs:GetLogEvents"),
            (("Statement", 0, "Resource"), {"Ref": "DataKey2A0DE9E6"}),
        )
    ),
    (
        network.every_default_group_is_emptied,
        part(ROLE, "Properties", "Policies", value=[], prefix="CustomVpc"),
    ),
    (network.every_default_group_is_emptied, with_("Custom::VpcRestrictDefaultSG", Account="*")),
    *(
        (network.the_parts_of_a_network_are_of_its_vpc, change)
        for change in (
            with_(SUBNET, VpcId="vpc-1"),
            with_(GROUP, VpcId="vpc-1"),
            with_("AWS::EC2::VPCEndpoint", VpcId={"Ref": "AWS::AccountId"}),
            added("-Data", "AWS::EC2::VPC", CidrBlock="10.0.0.0/16"),
        )
    ),
    *(
        (network.subnets_share_out_their_vpc, with_(SUBNET, CidrBlock=network_))
        for network_ in ("10.43.0.0/20", "10.42.0.0/16", "10.42.0.0", "nothing")
    ),
    (
        network.no_vpc_is_on_machines_of_its_own,
        with_("AWS::EC2::VPC", InstanceTenancy="dedicated"),
    ),
]


@pytest.mark.parametrize(**cases(BROKEN))
def test_what_breaks_it_is_said(invariant: Invariant, change: Change, prod: Declared) -> None:
    check_that_it_is_said(invariant, change, prod)


def test_each_invariant_has_an_example_that_breaks_it() -> None:
    assert {invariant for invariant, _ in BROKEN} == of(network)
