"""The detachment of functions from their VPC, and the end of Lambda's network interfaces.

Lambda has a network interface for each pair of a subnet and security groups of functions. It
deletes the interface within 20 minutes after the last function has left
(https://github.com/awslabs/aws-support-tools/pull/174), in the roles of the functions. So the roles
must stay until then, and the subnet and the groups cannot be deleted before.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from drive_tools.errors import ToolError

# A function is updated within minutes, and takes one change at a time.
_UPDATE_SECONDS = 600
# Lambda's interfaces have no owner to filter by, but this description
# (https://github.com/awslabs/aws-support-tools/tree/master/Lambda/FindEniMappings).
_DESCRIPTION = "AWS Lambda VPC ENI"

Client = Any  # botocore makes clients of Lambda and EC2 at run time


@dataclass(frozen=True)
class Polling:
    """The interval and the timeout of polling, in seconds."""

    interval_seconds: float
    timeout_seconds: float


def detach_functions(client: Client, names: list[str], polling: Polling) -> Iterator[str]:
    """Detach the functions from their VPC, and yield the name of each that was in one.

    The same call detaches the file system: Lambda refuses one for a function without a VPC.
    A function that is deleted or detached is skipped. Raises `ToolError` when Lambda refuses.
    """
    left = [name for name in names if _leave(client, name, polling)]
    for name in left:
        configuration = _until_updated(client, name, polling)
        if configuration.get("LastUpdateStatus") == "Failed":
            reason = configuration.get("LastUpdateStatusReason", "no reason given")
            raise ToolError(f"{name} does not leave its VPC: {reason}")
        yield name


def _leave(client: Client, name: str, polling: Polling) -> bool:
    try:
        configuration = _until_updated(client, name, polling)
        vpc = configuration.get("VpcConfig", {})
        if not vpc.get("SubnetIds"):
            return False
        _refuse_versions(client, name)
        nowhere: dict[str, object] = {"SubnetIds": [], "SecurityGroupIds": []}
        if vpc.get("Ipv6AllowedForDualStack"):
            nowhere["Ipv6AllowedForDualStack"] = False
        client.update_function_configuration(
            FunctionName=name, VpcConfig=nowhere, FileSystemConfigs=[]
        )
    except ClientError as error:
        if error.response["Error"]["Code"] == "ResourceNotFoundException":
            return False
        raise
    return True


def _until_updated(client: Client, name: str, polling: Polling) -> dict[str, Any]:
    """Return the configuration of a function when no change of it is in progress."""
    deadline = time.monotonic() + _UPDATE_SECONDS
    while True:
        found: dict[str, Any] = client.get_function_configuration(FunctionName=name)
        if found.get("LastUpdateStatus") != "InProgress":
            return found
        if time.monotonic() > deadline:
            raise ToolError(f"{name} is being changed for more than {_UPDATE_SECONDS} s; run again")
        time.sleep(min(polling.interval_seconds, 2))


def _refuse_versions(client: Client, name: str) -> None:
    """Raise `ToolError` for a published version in a VPC, which cannot leave it."""
    for page in client.get_paginator("list_versions_by_function").paginate(FunctionName=name):
        for version in page["Versions"]:
            number = version["Version"]
            if number != "$LATEST" and version.get("VpcConfig", {}).get("SubnetIds"):
                raise ToolError(
                    f"version {number} of {name}, which somebody published, keeps its interfaces;"
                    f" delete it: aws lambda delete-function --function-name {name}"
                    f" --qualifier {number}"
                )


def lambda_interfaces(
    client: Client, groups: list[str], subnets: list[str]
) -> list[dict[str, Any]]:
    """Return Lambda's interfaces in these groups or subnets, by id."""
    found = {
        interface["NetworkInterfaceId"]: interface
        for name, values in (("group-id", groups), ("subnet-id", subnets))
        if values
        for page in client.get_paginator("describe_network_interfaces").paginate(
            Filters=[{"Name": name, "Values": values}]
        )
        for interface in page["NetworkInterfaces"]
        if interface.get("Description", "").startswith(_DESCRIPTION)
    }
    return [found[name] for name in sorted(found)]


def wait_for_interfaces(
    client: Client,
    groups: list[str],
    subnets: list[str],
    polling: Polling,
    say: Callable[[str], None],
) -> None:
    """Wait until Lambda has no interface in these groups and subnets any more.

    An interface that Lambda has released (`available`) is deleted at once; Lambda would do it a
    quarter of an hour later (https://github.com/alchemy-run/alchemy/pull/937). `say` gets the
    remaining interfaces when they change, and each minute. Raises `ToolError` after the timeout.
    """
    begun = said_at = time.monotonic()
    said = ""
    while remaining := lambda_interfaces(client, groups, subnets):
        names = ", ".join(map(_shown, remaining))
        now = time.monotonic()
        if now - begun > polling.timeout_seconds:
            minutes = f"{polling.timeout_seconds / 60:.0f} min"
            raise ToolError(
                f"Lambda still has interfaces after {minutes}: {names}. A"
                " function that is named there and is not of the stage must leave; then run the"
                " same command again"
            )
        if names != said or now - said_at > 60:  # noqa: PLR2004 - a minute
            say(f"waiting for {names}; {(now - begun) / 60:.0f} min, of about 20")
            said, said_at = names, now
        if not _delete_available(client, remaining):
            time.sleep(polling.interval_seconds)


def _delete_available(client: Client, remaining: list[dict[str, Any]]) -> bool:
    """Return whether any was deleted. One that EC2 refuses to delete is left to Lambda."""
    deleted = False
    for interface in remaining:
        if interface["Status"] == "available":
            try:
                client.delete_network_interface(NetworkInterfaceId=interface["NetworkInterfaceId"])
            except ClientError:
                continue
            deleted = True
    return deleted


def _shown(interface: dict[str, Any]) -> str:
    function = interface["Description"].removeprefix(_DESCRIPTION).lstrip("-: ")
    return f"{interface['NetworkInterfaceId']} ({interface['Status']}, of {function})"
