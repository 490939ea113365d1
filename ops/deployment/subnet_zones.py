"""The zones of the subnets of a deployed stack.

A template may leave the zones to CloudFormation (`Fn::GetAZs`). When the next template names the
zones, only EC2 knows whether they are the same. CloudFormation compares the zones, not the text.
"""

import copy

from drive_tools.cloud_assembly import Resource, StackArtifact, Template, resources
from ops.deployment.bootstrap_roles import reported, session

_SUBNET = "AWS::EC2::Subnet"


def with_zone_names(stack: StackArtifact, deployed: Template, synthesised: Template) -> Template:
    """Return the deployed template with the names of zones where the synthesised one has names.

    Raises `ToolError` if they cannot be read. AWS is asked only if a subnet needs it.
    """
    unknown = [
        logical_id
        for logical_id, subnet in resources(deployed, _SUBNET).items()
        if not isinstance(_zone(subnet), str)
        and isinstance(_zone(resources(synthesised).get(logical_id, {})), str)
    ]
    if not unknown:
        return deployed
    named = copy.deepcopy(deployed)
    for logical_id, zone in _zones(stack, unknown).items():
        named["Resources"][logical_id]["Properties"]["AvailabilityZone"] = zone
    return named


def _zone(subnet: Resource) -> object:
    return subnet.get("Properties", {}).get("AvailabilityZone")


def _zones(stack: StackArtifact, logical_ids: list[str]) -> dict[str, str]:
    aws = session(stack, stack.lookup_role)
    with reported(f"cannot read in which zones {stack.name} is"):
        pages = aws.client("cloudformation").get_paginator("list_stack_resources")
        ids = {
            resource["PhysicalResourceId"]: resource["LogicalResourceId"]
            for page in pages.paginate(StackName=stack.name)
            for resource in page["StackResourceSummaries"]
            if resource["LogicalResourceId"] in logical_ids
        }
        subnets = aws.client("ec2").describe_subnets(SubnetIds=list(ids))["Subnets"]
    return {ids[subnet["SubnetId"]]: subnet["AvailabilityZone"] for subnet in subnets}
