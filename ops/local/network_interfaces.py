"""Lambda's network interfaces, as EC2 sees them; MiniStack has none.

A function in a VPC has an interface for each pair of its subnets and groups, shared by all
functions with the same pair. It outlives the last of them: it stays in use for a while, then is
`available`, and at last Lambda deletes it
(https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-attaching,
times seen in https://github.com/alchemy-run/alchemy/pull/937). Until then its subnet and its groups
cannot be deleted.

AWS takes 20 minutes for it. Here the time is a number of looks, so that no test waits: each listing
of interfaces, and each attempt to delete a subnet or a group, is one look.
"""

from collections.abc import Callable
from http import HTTPStatus
from threading import RLock
from typing import Any

from ministack.services import ec2, lambda_svc
from ministack.services.cloudformation import provisioners

DESCRIPTION = "AWS Lambda VPC ENI"

Answer = tuple[int, dict[str, str], bytes]
Pair = tuple[str, tuple[str, ...]]  # a subnet, and the groups in it

# What EC2 asks for by these names (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/
# API_DescribeNetworkInterfaces.html); others are refused here, since nobody would filter by them.
_FILTERS: dict[str, Callable[[dict[str, Any]], list[str]]] = {
    "group-id": lambda interface: [group["GroupId"] for group in interface["Groups"]],
    "subnet-id": lambda interface: [interface["SubnetId"]],
}


class NetworkInterfaces:
    """Lambda's interfaces. Each outlives its last function by `looks` in each of two states."""

    def __init__(self, looks: int) -> None:
        self._looks = looks
        self._left: dict[str, int] = {}
        self._alone = RLock()  # MiniStack makes functions in threads of their own

    def teach(self) -> None:
        """Add them to MiniStack's EC2, Lambda and CloudFormation."""
        self._teach_cloudformation()
        update = lambda_svc._update_config

        def update_config(name: str, data: dict[str, Any]) -> Answer:
            refused = _disk_without_vpc(name, data)
            return refused or update(name, data)

        lambda_svc._update_config = update_config
        ec2._ACTION_MAP["DescribeNetworkInterfaces"] = self._describe
        for action, name in (("DeleteSubnet", "SubnetId"), ("DeleteSecurityGroup", "GroupId")):
            ec2._ACTION_MAP[action] = self._refusing_in_use(ec2._ACTION_MAP[action], name)
        delete = ec2._ACTION_MAP["DeleteNetworkInterface"]

        def delete_interface(parameters: dict[str, Any]) -> Answer:
            interface = ec2._network_interfaces.get(ec2._p(parameters, "NetworkInterfaceId"), {})
            if interface.get("InterfaceType") == "lambda":
                text = f"Network interface '{interface['NetworkInterfaceId']}' is currently in use."
                refused: Answer = ec2._error("InvalidParameterValue", text, HTTPStatus.BAD_REQUEST)
                return refused
            deleted: Answer = delete(parameters)
            return deleted

        ec2._ACTION_MAP["DeleteNetworkInterface"] = delete_interface

    def _teach_cloudformation(self) -> None:
        handlers = provisioners._RESOURCE_HANDLERS
        function = handlers["AWS::Lambda::Function"]

        def create(logical_id: str, properties: dict[str, Any], stack_name: str) -> object:
            created = function["create"](logical_id, properties, stack_name)
            self._attach(created[0], properties)
            return created

        def update(physical_id: str, old: object, new: dict[str, Any], *rest: object) -> object:
            updated = function["update"](physical_id, old, new, *rest)
            self._attach(updated[0], new)
            return updated

        handlers["AWS::Lambda::Function"] = {**function, "create": create, "update": update}
        for kind in ("AWS::EC2::Subnet", "AWS::EC2::SecurityGroup"):
            handlers[kind] = {**handlers[kind], "delete": self._held(handlers[kind]["delete"])}

    def _attach(self, name: str, properties: dict[str, Any]) -> None:
        config = lambda_svc._functions[name]["config"]
        config["VpcConfig"] = lambda_svc._vpc_config_with_id(properties.get("VpcConfig"))
        with self._alone:
            self._settle()

    def _held(self, delete: Callable[..., None]) -> Callable[..., None]:
        def delete_unless_in_use(physical_id: str, *rest: object) -> None:
            if self._is_in_use(physical_id):
                raise ValueError(_dependent(physical_id))
            delete(physical_id, *rest)

        return delete_unless_in_use

    def _refusing_in_use(self, delete: Callable[..., Answer], name: str) -> Callable[..., Answer]:
        def delete_unless_in_use(parameters: dict[str, Any]) -> Answer:
            held = ec2._p(parameters, name)
            if self._is_in_use(held):
                refused: Answer = ec2._error(
                    "DependencyViolation", _dependent(held), HTTPStatus.BAD_REQUEST
                )
                return refused
            return delete(parameters)

        return delete_unless_in_use

    def _is_in_use(self, held: str) -> bool:
        self._look()
        return any(
            held in read(interface) for interface in self._own() for read in _FILTERS.values()
        )

    def _describe(self, parameters: dict[str, Any]) -> Answer:
        self._look()
        ids = ec2._parse_member_list(parameters, "NetworkInterfaceId")
        filters = ec2._parse_filters(parameters)
        if unknown := filters.keys() - _FILTERS.keys():
            raise NotImplementedError(f"filters must be of {', '.join(_FILTERS)}, got {unknown}")
        items = "".join(
            ec2._eni_fields_xml(interface)
            for interface in ec2._network_interfaces.values()
            if (not ids or interface["NetworkInterfaceId"] in ids)
            and all(set(_FILTERS[name](interface)) & set(filters[name]) for name in filters)
        )
        body = f"<networkInterfaceSet>{items}</networkInterfaceSet>"
        answer: Answer = ec2._xml(HTTPStatus.OK, "DescribeNetworkInterfacesResponse", body)
        return answer

    def _look(self) -> None:
        """Count one look for the interfaces whose functions have left."""
        with self._alone:
            self._settle()
            for interface in self._own():
                name = interface["NetworkInterfaceId"]
                if name in self._left:
                    self._left[name] -= 1
                    self._age(interface)

    def _age(self, interface: dict[str, Any]) -> None:
        """Age an interface without functions: it is in use, then available, then deleted."""
        name = interface["NetworkInterfaceId"]
        if self._left[name] <= 0:
            del ec2._network_interfaces[name], self._left[name]
        elif self._left[name] <= self._looks:
            interface.update(Status="available", InterfaceType="interface")

    def _settle(self) -> None:
        """Make the interfaces that functions need, and note those that no function needs."""
        wanted = _wanted()
        for interface in self._own():
            name = interface["NetworkInterfaceId"]
            pair = (interface["SubnetId"], tuple(_FILTERS["group-id"](interface)))
            if pair in wanted and interface["InterfaceType"] == "lambda":
                del wanted[pair]
                self._left.pop(name, None)
            elif name not in self._left:
                self._left[name] = 2 * self._looks
                self._age(interface)
        for (subnet, groups), function in wanted.items():
            parameters = {
                "SubnetId": [subnet],
                "Description": [f"{DESCRIPTION}-{function}-0"],
                **{f"SecurityGroupId.{number}": [group] for number, group in enumerate(groups, 1)},
            }
            before = set(ec2._network_interfaces)
            ec2._create_network_interface(parameters)
            [made] = set(ec2._network_interfaces) - before
            ec2._network_interfaces[made].update(Status="in-use", InterfaceType="lambda")

    def _own(self) -> list[dict[str, Any]]:
        return [
            interface
            for interface in ec2._network_interfaces.values()
            if interface["Description"].startswith(DESCRIPTION)
        ]


def _wanted() -> dict[Pair, str]:
    """The pairs of subnet and groups in which functions are, each with one of the functions."""
    found = {}
    for name, function in lambda_svc._functions.items():
        vpc = function["config"].get("VpcConfig") or {}
        groups = tuple(vpc.get("SecurityGroupIds") or ())
        found.update({(subnet, groups): name for subnet in vpc.get("SubnetIds") or ()})
    return found


def _dependent(held: str) -> str:
    return f"resource {held} has a dependent object (Error Code: DependencyViolation)"


def _disk_without_vpc(name: str, data: dict[str, Any]) -> Answer | None:
    """Return Lambda's refusal of a function with a file system and without a VPC, or None."""
    config = lambda_svc._functions[name]["config"] if name in lambda_svc._functions else {}
    after = {**config, **data}
    disks = after.get("FileSystemConfigs") or []
    if not disks or (after.get("VpcConfig") or {}).get("SubnetIds"):
        return None
    refused: Answer = lambda_svc.error_response_json(
        "InvalidParameterValueException",
        "Function must be configured to execute in a VPC to reference access point"
        f" {disks[0]['Arn']}. Please update the function configuration to include VPC subnets and"
        " security groups.",
        HTTPStatus.BAD_REQUEST,
    )
    return refused
