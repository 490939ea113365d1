"""`python -m ops reach`: a line for each way, and an exit code that says whether all is reached."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from drive_tools.errors import UsageError
from ops.deployment import reach
from ops.deployment.described_network import VpcFunction
from ops.local.rules.mount_network import Disks
from ops.local.rules.network import Network
from tests.unit.networks import BASE, FUNCTION, IPV6, changed, without
from tests.unit.test_mount_network import ARN, DISKS

FILES = VpcFunction(
    name="Dev-Files-1",
    subnets=("subnet-private",),
    groups=frozenset({FUNCTION}),
    ipv6=False,
    variables={"LIMITS_PARAMETER": "/limits", "POWERTOOLS_SERVICE_NAME": "files"},
    access_points=(ARN,),
)
OTHER = VpcFunction(
    name="other",
    subnets=("subnet-private",),
    groups=frozenset({FUNCTION}),
    ipv6=False,
    variables={},
    access_points=(),
)
OPTIONS = reach.ReachOptions(
    names=(), service=(), local=None, profile=None, region=None, json=False
)
SECOND = replace(BASE.subnets["subnet-private"], id="subnet-second", name="Dev/Vpc/PrivateSubnet2")
TWO = replace(BASE, subnets={**BASE.subnets, SECOND.id: SECOND})
IN_TWO = replace(FILES, subnets=("subnet-private", "subnet-second"))

Ran = Callable[..., tuple[int, str]]


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Ran:
    """Run the command on a described network; return its exit code and what it printed."""

    def run(
        network: Network = BASE,
        disks: Disks = DISKS,
        functions: tuple[VpcFunction, ...] = (FILES, OTHER),
        **options: object,
    ) -> tuple[int, str]:
        monkeypatch.setattr(reach, "_clients", lambda _: None)
        monkeypatch.setattr(reach, "functions", lambda _: list(functions))
        monkeypatch.setattr(reach, "network", lambda _: network)
        monkeypatch.setattr(reach, "disks", lambda _: disks)
        code = reach.run(reach.ReachOptions(**vars(OPTIONS) | options))
        return code, capsys.readouterr().out

    return run


def test_a_line_says_by_which_hops_each_thing_is_reached(ran: Ran) -> None:
    assert ran() == (
        0,
        "files to its disk: private subnet 1 > mount target: yes\n"
        "files to ssm: private subnet 1 > nat gateway > internet gateway: yes\n"
        "files to the world: private subnet 1 > nat gateway > internet gateway: yes\n",
    )


def test_ways_from_several_subnets_are_one_line(ran: Ran) -> None:
    _, printed = ran(TWO, functions=(IN_TWO,))
    assert "files to ssm: private subnet 1, private subnet 2 > nat gateway >" in printed
    assert printed.count("\n") == 3


def test_a_subnet_with_another_way_has_its_own_line(ran: Ran) -> None:
    network = changed(TWO, "subnets", "subnet-second", route_table="rtb-isolated")
    code, printed = ran(network, functions=(IN_TWO,))
    assert code == 1
    assert "files to ssm: private subnet 1 > nat gateway > internet gateway: yes\n" in printed
    assert "files to ssm: private subnet 2: no, rtb-isolated" in printed


@pytest.mark.parametrize(
    ("network", "disks", "code"),
    [
        (without(BASE, "nat_gateways", "nat-1"), DISKS, 1),
        (BASE, replace(DISKS, mount_targets={}), 1),
        (BASE, replace(DISKS, access_points={}), 1),
    ],
)
def test_it_fails_when_something_needed_is_not_reached(
    ran: Ran, network: Network, disks: Disks, code: int
) -> None:
    assert ran(network, disks)[0] == code


def test_the_world_is_not_needed(ran: Ran) -> None:
    files = replace(FILES, variables={})
    code, printed = ran(without(BASE, "nat_gateways", "nat-1"), functions=(files,))
    assert code == 0
    assert "Dev-Files-1 to the world: private subnet 1: no, the route to 0.0.0.0/0" in printed


def test_a_service_that_is_named_is_needed(ran: Ran) -> None:
    closed = without(BASE, "nat_gateways", "nat-1")
    code, printed = ran(closed, names=["other"], service=["kms"])
    assert code == 1
    assert printed.startswith("other to kms: private subnet 1: no, ")


def test_services_with_ipv6_addresses_are_reached_over_ipv6(ran: Ran) -> None:
    variables = {**FILES.variables, "AWS_USE_DUALSTACK_ENDPOINT": "true"}
    files = replace(FILES, ipv6=True, variables=variables)
    code, printed = ran(IPV6, functions=(files,))
    assert code == 0
    assert "files to ssm: private subnet 1 > egress-only internet gateway: yes\n" in printed


def test_a_drive_with_a_token_calls_secrets_manager(ran: Ran) -> None:
    files = replace(FILES, variables={**FILES.variables, "TOKEN_SECRET": "arn"})
    assert "files to secretsmanager: " in ran(functions=(files,))[1]


def test_json_has_every_hop(ran: Ran) -> None:
    disk, *_ = json.loads(ran(json=True)[1])
    assert disk == {
        "function": "files",
        "subnet": "subnet-private",
        "to": "its disk",
        "needed": True,
        "reached": True,
        "hops": ["private subnet 1", "mount target"],
        "missing": "",
    }


def test_a_name_that_no_function_has_is_wrong_usage(ran: Ran) -> None:
    with pytest.raises(UsageError, match="no function in a VPC has the name 'nobody'"):
        ran(names=["nobody"])


def test_no_function_with_a_disk_is_wrong_usage(ran: Ran) -> None:
    with pytest.raises(UsageError, match="no function there has a disk"):
        ran(functions=(OTHER,))
