"""What functions in a VPC reach: their disk, the services that they call, the world.

It reads the network, as EC2, EFS and Lambda describe it, in AWS or in the local cloud, and follows
routes, security groups, network ACLs, NAT and endpoints from each subnet of a function. It sends
no packet. Where a way is closed, it names the first link that lacks.

python -m ops reach                      all functions with a disk, in the region of the AWS CLI
python -m ops reach --local              those of the local cloud
python -m ops reach NAME --service kms   a function by its name, and one more service that it needs
python -m ops reach --json               every hop, for programs

A drive's functions need their disk and the services; the world is shown, and not needed. The tool
fails when something that is needed is not reached.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from drive_tools.aws_defaults import NO_CREDENTIALS, usual_region
from drive_tools.command_line import argument, flag
from drive_tools.errors import ToolError, UsageError
from ops.deployment.described_network import Clients, VpcFunction, disks, functions, network
from ops.local.rules.mount_network import Disks, way_to_disk
from ops.local.rules.network import Network
from ops.local.rules.reach import Caller, Way, to_service, to_world
from ops.project import PROJECT

# What a drive's functions call, by the variables that name something of it.
_SERVICES = {"LIMITS_PARAMETER": "ssm", "TOKEN_SECRET": "secretsmanager"}


@dataclass(frozen=True, kw_only=True)
class ReachOptions:
    """The functions, and where they are: in AWS, or in the local cloud of a folder."""

    names: tuple[str, ...] = argument(
        nargs="*", metavar="FUNCTION", help="names (those with a disk)"
    )
    service: tuple[str, ...] = argument(
        "--service", action="append", default=[], help="a further service that they need"
    )
    local: Path | None = argument(
        "--local",
        type=Path,
        nargs="?",
        const=PROJECT / ".local",
        metavar="FOLDER",
        help="in the local cloud of a folder (.local/)",
    )
    profile: str | None = argument("--profile", help="as for the AWS CLI")
    region: str | None = argument("--region", help="as for the AWS CLI")
    json: bool = flag("--json", help="print JSON")


@dataclass(frozen=True)
class Reached:
    """What one function reaches from one of its subnets."""

    function: str
    subnet: str
    to: str
    needed: bool
    way: Way


def run(options: ReachOptions) -> int:
    """Print what is reached, a line for each way."""
    from botocore.exceptions import (  # noqa: PLC0415 - not for --help
        BotoCoreError,
        ClientError,
        NoCredentialsError,
    )

    clients = _clients(options)
    try:
        found = _chosen(functions(clients), options.names)
        deployed, mounted = network(clients), disks(clients)
    except NoCredentialsError as error:
        raise UsageError(NO_CREDENTIALS) from error
    except (BotoCoreError, ClientError) as error:
        raise ToolError(str(error)) from error
    reached = [
        each for function in found for each in judged(function, deployed, mounted, options.service)
    ]
    print(_json(reached) if options.json else "\n".join(lines(reached)))
    return int(any(each.needed and not each.way.open for each in reached))


def judged(
    function: VpcFunction, deployed: Network, mounted: Disks, services: Sequence[str]
) -> Iterator[Reached]:
    """Yield what a function reaches, from each of its subnets."""
    called = [name for variable, name in _SERVICES.items() if variable in function.variables]
    label = function.variables.get("POWERTOOLS_SERVICE_NAME") or function.name
    for subnet in function.subnets:
        caller = Caller(
            subnet=subnet,
            groups=function.groups,
            ipv6=function.ipv6,
            dual_stack_names=function.variables.get("AWS_USE_DUALSTACK_ENDPOINT") == "true",
        )
        for arn in function.access_points:
            point = mounted.access_points.get(arn)
            way = (
                way_to_disk(deployed, mounted, caller, point)
                if point
                else Way((subnet,), f"{arn} is not there")
            )
            yield Reached(label, subnet, "its disk", needed=True, way=way)
        for service in dict.fromkeys((*called, *services)):
            way = to_service(deployed, caller, service)
            yield Reached(label, subnet, service, needed=True, way=way)
        yield Reached(label, subnet, "the world", needed=False, way=to_world(deployed, caller))


def lines(reached: list[Reached]) -> list[str]:
    """Return a line for each way; ways that differ by their first subnets only are one."""
    merged: dict[tuple[str, str, tuple[str, ...], str], list[str]] = {}
    for each in reached:
        first, *rest = each.way.hops or (each.subnet,)
        key = (each.function, each.to, tuple(rest), each.way.missing)
        merged.setdefault(key, []).append(first)
    return [
        f"{function} to {to}: {Way((', '.join(subnets), *rest), missing)}"
        for (function, to, rest, missing), subnets in merged.items()
    ]


def _json(reached: list[Reached]) -> str:
    return json.dumps(
        [
            {
                "function": each.function,
                "subnet": each.subnet,
                "to": each.to,
                "needed": each.needed,
                "reached": each.way.open,
                "hops": each.way.hops,
                "missing": each.way.missing,
            }
            for each in reached
        ],
        indent=2,
    )


def _chosen(found: list[VpcFunction], names: Sequence[str]) -> list[VpcFunction]:
    known = {each.name: each for each in found}
    if unknown := [name for name in names if name not in known]:
        raise UsageError(f"no function in a VPC has the name {unknown[0]!r}")
    chosen = [known[name] for name in names] or [each for each in found if each.access_points]
    if not chosen:
        raise UsageError("no function there has a disk; name those to look at")
    return chosen


def _clients(options: ReachOptions) -> Clients:
    import boto3  # noqa: PLC0415 - slow, and not for --help
    from botocore.exceptions import BotoCoreError  # noqa: PLC0415
    from botocore.session import Session  # noqa: PLC0415

    if options.local is None:
        core = Session(profile=options.profile)
        try:
            region = options.region or usual_region(core)
        except BotoCoreError as error:
            raise UsageError(str(error)) from error
        if not region:
            raise UsageError("no region; set AWS_REGION, or give --region")
        session = boto3.Session(botocore_session=core, region_name=region)
        return session.client  # type: ignore[return-value]  # any service
    from ops.local.cdk_cli import Target  # noqa: PLC0415
    from ops.local.cloud import Cloud  # noqa: PLC0415

    running = Cloud(options.local).running()
    if running is None:
        raise ToolError("the local cloud does not run; start it: make local")
    region = options.region or Target().region

    def client(service: str) -> Any:  # noqa: ANN401 - of boto3
        return running.client(service, account=running.account, region=region)

    return client
