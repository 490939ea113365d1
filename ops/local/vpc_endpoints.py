"""VPC endpoints, with what MiniStack's EC2 does not keep or show: groups, private DNS, a policy."""

import json
from collections.abc import Callable, Iterable
from html import escape
from http import HTTPStatus
from typing import Any

from ministack.services import ec2

from ops.local.callers import UsedEndpoint, read
from ops.local.network_api import created_id, with_more

Answer = tuple[int, dict[str, str], bytes]
Parameters = dict[str, list[str]]
Record = dict[str, Any]
Action = Callable[[Parameters], Answer]

# https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html#default-endpoint-policy
_FULL_ACCESS = {
    "Version": "2008-10-17",
    "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}],
}


def teach() -> None:
    """Add it to MiniStack's EC2."""
    ec2._vpce_fields_xml = with_more(ec2._vpce_fields_xml, _shown)
    actions = ec2._ACTION_MAP
    actions["CreateVpcEndpoint"] = _creating(actions["CreateVpcEndpoint"])
    actions["ModifyVpcEndpoint"] = _modifying(actions["ModifyVpcEndpoint"])


def used(id: str) -> UsedEndpoint:
    """Return an endpoint that a call comes by, as the call's permissions ask for it."""
    endpoint = ec2._vpc_endpoints[id]
    keys = {"aws:SourceVpce": (id,), "aws:SourceVpc": (endpoint["VpcId"],)}
    return UsedEndpoint(policy=read(id, _policy(endpoint), "resource"), keys=keys)


def _policy(endpoint: Record) -> str | Record:
    return endpoint.get("PolicyDocument") or _FULL_ACCESS


def _shown(endpoint: Record) -> str:
    groups = "".join(
        f"<item><groupId>{each}</groupId></item>" for each in endpoint.get("SecurityGroupIds", ())
    )
    private = "true" if endpoint.get("PrivateDnsEnabled") else "false"
    policy = _policy(endpoint)
    text = policy if isinstance(policy, str) else json.dumps(policy)
    return (
        f"<groupSet>{groups}</groupSet><privateDnsEnabled>{private}</privateDnsEnabled>"
        f"<policyDocument>{escape(text)}</policyDocument>"
    )


def _creating(create: Action) -> Action:
    """https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpcEndpoint.html."""

    def act(parameters: Parameters) -> Answer:
        endpoint = ec2._vpc_endpoints[created_id(create(parameters), "vpcEndpointId")]
        endpoint["PolicyDocument"] = ec2._p(parameters, "PolicyDocument")
        if endpoint["VpcEndpointType"] == "Interface":
            groups = ec2._parse_member_list(parameters, "SecurityGroupId")
            endpoint["SecurityGroupIds"] = groups or _default_group(endpoint["VpcId"])
            endpoint["PrivateDnsEnabled"] = ec2._p(parameters, "PrivateDnsEnabled") != "false"
        shown = ec2._vpce_fields_xml(endpoint, tag="vpcEndpoint")
        answer: Answer = ec2._xml(HTTPStatus.OK, "CreateVpcEndpointResponse", shown)
        return answer

    return act


def _default_group(vpc: str) -> list[str]:
    return [
        each["GroupId"]
        for each in ec2._security_groups.values()
        if each["VpcId"] == vpc and each["GroupName"] == "default"
    ]


def _modifying(modify: Action) -> Action:
    """https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyVpcEndpoint.html."""

    def act(parameters: Parameters) -> Answer:
        endpoint = ec2._vpc_endpoints.get(ec2._p(parameters, "VpcEndpointId"))
        if endpoint is not None:
            endpoint["SecurityGroupIds"] = _changed(
                endpoint.get("SecurityGroupIds", ()),
                ec2._parse_member_list(parameters, "AddSecurityGroupId"),
                ec2._parse_member_list(parameters, "RemoveSecurityGroupId"),
            )
            private = ec2._p(parameters, "PrivateDnsEnabled")
            if private:
                endpoint["PrivateDnsEnabled"] = private == "true"
            if ec2._p(parameters, "ResetPolicy") == "true":
                endpoint["PolicyDocument"] = None
        return modify(parameters)

    return act


def _changed(of: Iterable[str], added: Iterable[str], removed: Iterable[str]) -> list[str]:
    return [each for each in dict.fromkeys((*of, *added)) if each not in set(removed)]
