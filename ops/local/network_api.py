"""What EC2's API shows and changes of a network, and MiniStack's does not.

IPv6 blocks, ports and subnets of network ACLs, routes to other destinations than IPv4 blocks, the
check of a machine that forwards; and rules of security groups are found again as EC2 finds them.
NAT gateways are in `nat_gateways`, endpoints in `vpc_endpoints`.
"""

import itertools
import re
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from ministack.services import ec2
from ministack.services.cloudformation import provisioners

Answer = tuple[int, dict[str, str], bytes]
Parameters = dict[str, list[str]]
Record = dict[str, Any]
Action = Callable[[Parameters], Answer]


def teach() -> None:
    """Add it to MiniStack's EC2."""
    for name, more in {
        "_vpc_fields_xml": _ipv6_blocks,
        "_subnet_fields_xml": _ipv6_blocks,
    }.items():
        setattr(ec2, name, with_more(getattr(ec2, name), more))
    entry = ec2._network_acl_entry_xml
    ec2._network_acl_entry_xml = lambda each: _into(entry(each), "item", _ports(each))
    ec2._strip_descriptions = _as_compared
    ec2._parse_ip_permissions = _with_every_peer(ec2._parse_ip_permissions)
    actions = ec2._ACTION_MAP
    for action in ("CreateNetworkAclEntry", "ReplaceNetworkAclEntry"):
        actions[action] = _with_ports(actions[action])
    actions["DescribeNetworkAcls"] = _associated(actions["DescribeNetworkAcls"])
    actions["ReplaceNetworkAclAssociation"] = _replace_acl_association
    actions["CreateRoute"] = _create_route
    actions["ReplaceRoute"] = _replace_route
    actions["DeleteRoute"] = _delete_route
    actions["ModifyInstanceAttribute"] = _modify_instance_attribute


def created_id(answer: Answer, tag: str) -> str:
    """Return the text of `tag` in an answer of EC2. Raises `ValueError` if it refused."""
    status, _, body = answer
    found = re.search(f"<{tag}>([^<]+)</{tag}>", body.decode())
    if status >= HTTPStatus.BAD_REQUEST or not found:
        raise ValueError(body.decode())
    return found[1]


def _with_every_peer(parse: Callable[..., list[Record]]) -> Callable[..., list[Record]]:
    """Read prefix lists of rules as well, and the ids of groups that a request names.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html
    """

    def parsed(parameters: Parameters, prefix: str) -> list[Record]:
        rules = parse(parameters, prefix)
        for number, rule in enumerate(rules, start=1):
            listed = f"{prefix}.{number}.PrefixListIds"
            for place in itertools.count(1):
                name = ec2._p(parameters, f"{listed}.{place}.PrefixListId")
                if not name:
                    break
                said = ec2._p(parameters, f"{listed}.{place}.Description")
                described = {"Description": said} if said else {}
                rule["PrefixListIds"].append({"PrefixListId": name, **described})
            for pair in rule["UserIdGroupPairs"]:
                pair.setdefault("GroupId", _group_named(pair.get("GroupName", "")))
        return rules

    return parsed


def _group_named(name: str) -> str:
    """Return the id of a group; only groups of the default VPC are named in rules."""
    groups = ec2._security_groups.values()
    in_default = [each for each in groups if each["VpcId"] == ec2._DEFAULT_VPC_ID]
    return next((str(each["GroupId"]) for each in in_default if each["GroupName"] == name), name)


def associate_acls() -> None:
    """Associate each subnet that has no network ACL with that of its VPC, as AWS does."""
    associated = set()
    for acl in ec2._network_acls.values():
        acl["Associations"][:] = [
            each for each in acl["Associations"] if each["SubnetId"] in ec2._subnets
        ]
        associated |= {each["SubnetId"] for each in acl["Associations"]}
    defaults = {acl["VpcId"]: acl for acl in ec2._network_acls.values() if acl["IsDefault"]}
    for subnet in ec2._subnets.values():
        default = defaults.get(subnet["VpcId"])
        if default and subnet["SubnetId"] not in associated:
            default["Associations"].append(_acl_association(default, subnet["SubnetId"]))


def _acl_association(acl: Record, subnet: str) -> Record:
    """Return an association; its id is another one with each other ACL."""
    number = hash((acl["NetworkAclId"], subnet)) % 16**17
    return {"NetworkAclAssociationId": f"aclassoc-{number:017x}", "SubnetId": subnet}


def _replace_acl_association(parameters: Parameters) -> Answer:
    associate_acls()
    name, to = ec2._p(parameters, "AssociationId"), ec2._p(parameters, "NetworkAclId")
    if to not in ec2._network_acls:
        return _error("InvalidNetworkAclID.NotFound", f"The networkAcl ID '{to}' does not exist")
    for acl in ec2._network_acls.values():
        for each in list(acl["Associations"]):
            if each["NetworkAclAssociationId"] == name:
                acl["Associations"].remove(each)
                new = _acl_association(ec2._network_acls[to], each["SubnetId"])
                ec2._network_acls[to]["Associations"].append(new)
                return _xml(
                    "ReplaceNetworkAclAssociation",
                    f"<newAssociationId>{new['NetworkAclAssociationId']}</newAssociationId>",
                )
    return _error("InvalidAssociationID.NotFound", f"The association ID '{name}' does not exist")


def _xml(action: str, body: str = "<return>true</return>") -> Answer:
    answer: Answer = ec2._xml(HTTPStatus.OK, f"{action}Response", body)
    return answer


def _error(code: str, message: str) -> Answer:
    answer: Answer = ec2._error(code, message, HTTPStatus.BAD_REQUEST)
    return answer


def _into(xml: str, tag: str, more: str) -> str:
    return xml.rstrip().removesuffix(f"</{tag}>") + f"{more}</{tag}>"


def with_more(shown: Callable[..., str], more: Callable[[Record], str]) -> Callable[..., str]:
    """Return what shows a record as XML, with more at its end."""

    def shown_with_more(record: Record, tag: str = "item") -> str:
        return _into(shown(record, tag), tag, more(record))

    return shown_with_more


def _associated(action: Action) -> Action:
    def act(parameters: Parameters) -> Answer:
        associate_acls()
        return action(parameters)

    return act


def _ipv6_blocks(record: Record) -> str:
    items = "".join(
        f"<item><associationId>{each['AssociationId']}</associationId>"
        f"<ipv6CidrBlock>{each['Ipv6CidrBlock']}</ipv6CidrBlock>"
        "<ipv6CidrBlockState><state>associated</state></ipv6CidrBlockState></item>"
        for each in record.get("Ipv6CidrBlockAssociationSet", ())
    )
    return f"<ipv6CidrBlockAssociationSet>{items}</ipv6CidrBlockAssociationSet>"


def _ports(entry: Record) -> str:
    ports = entry.get("PortRange")
    if not ports:
        return ""
    return f"<portRange><from>{ports['From']}</from><to>{ports['To']}</to></portRange>"


def _with_ports(action: Action) -> Action:
    def act(parameters: Parameters) -> Answer:
        answer = action(parameters)
        acl = ec2._network_acls.get(ec2._p(parameters, "NetworkAclId"))
        first, last = (ec2._p(parameters, f"PortRange.{end}") for end in ("From", "To"))
        if acl and first and last:
            acl["Entries"][-1]["PortRange"] = {"From": int(first), "To": int(last)}
        return answer

    return act


def _as_compared(rule: Record) -> Record:
    """Return a rule of a security group with only what makes it another rule."""

    def only(name: str, key: str) -> list[str]:
        return sorted(each[key] for each in rule.get(name, ()) if key in each)

    return {
        "IpProtocol": rule.get("IpProtocol"),
        "FromPort": rule.get("FromPort"),
        "ToPort": rule.get("ToPort"),
        "IpRanges": only("IpRanges", "CidrIp"),
        "Ipv6Ranges": only("Ipv6Ranges", "CidrIpv6"),
        "PrefixListIds": only("PrefixListIds", "PrefixListId"),
        "UserIdGroupPairs": only("UserIdGroupPairs", "GroupId"),
    }


def _route_of(parameters: Parameters) -> tuple[Record | None, Record, tuple[str, str]]:
    """Return the table of a call about a route, what it says of it, and its destination."""
    names = (*provisioners._EC2_ROUTE_DESTINATIONS, *provisioners._EC2_ROUTE_TARGETS)
    said = {name: ec2._p(parameters, name) for name in names}
    table = ec2._route_tables.get(ec2._p(parameters, "RouteTableId"))
    return table, said, provisioners._ec2_route_destination(said)


def _has_route(table: Record, to: tuple[str, str]) -> bool:
    return any(route.get(to[0]) == to[1] for route in table["Routes"])


def _no_table(parameters: Parameters) -> Answer:
    name = ec2._p(parameters, "RouteTableId")
    return _error("InvalidRouteTableID.NotFound", f"The routeTable ID '{name}' does not exist")


def _create_route(parameters: Parameters) -> Answer:
    table, said, to = _route_of(parameters)
    if table is None:
        return _no_table(parameters)
    if _has_route(table, to):
        return _error("RouteAlreadyExists", f"The route identified by {to[1]} already exists.")
    provisioners._ec2_route_put(table, said, to)
    return _xml("CreateRoute")


def _replace_route(parameters: Parameters) -> Answer:
    table, said, to = _route_of(parameters)
    if table is None:
        return _no_table(parameters)
    if not _has_route(table, to):
        return _error("InvalidParameterValue", f"There is no route defined for '{to[1]}' in it.")
    provisioners._ec2_route_put(table, said, to)
    return _xml("ReplaceRoute")


def _delete_route(parameters: Parameters) -> Answer:
    table, _, to = _route_of(parameters)
    if table is None:
        return _no_table(parameters)
    if not _has_route(table, to):
        return _error("InvalidRoute.NotFound", f"no route with destination-cidr-block {to[1]}")
    table["Routes"] = [route for route in table["Routes"] if route.get(to[0]) != to[1]]
    return _xml("DeleteRoute")


def _modify_instance_attribute(parameters: Parameters) -> Answer:
    name = ec2._p(parameters, "InstanceId")
    instance = ec2._instances.get(name)
    if instance is None:
        return _error("InvalidInstanceID.NotFound", f"The instance ID '{name}' does not exist")
    check = ec2._p(parameters, "SourceDestCheck.Value")
    if check:
        instance["SourceDestCheck"] = check == "true"
    groups = ec2._parse_member_list(parameters, "GroupId")
    if groups:
        instance["SecurityGroups"] = [
            {
                "GroupId": each,
                "GroupName": ec2._security_groups.get(each, {}).get("GroupName", each),
            }
            for each in groups
        ]
    return _xml("ModifyInstanceAttribute")
