"""What CloudFormation refuses, by the rules alone (tests/local/test_refusals.py: on the cloud)."""

from collections.abc import Callable

import pytest

from ops.local.rules import creations, deletions, exports
from ops.local.rules.deletions import NetworkUses
from ops.local.rules.exports import ExportError
from ops.local.rules.resource_refusal import ResourceRefusal

NONE: frozenset[str] = frozenset()


def of(*ids: str) -> frozenset[str]:
    return frozenset(ids)


USES = NetworkUses(
    named={"sg-self": of("sg-self"), "sg-server": of("sg-client")},
    worn={"fsmt-1": of("sg-server")},
    inside={"fsmt-1": of("subnet-1"), "nat-1": of("subnet-1")},
    attached={"igw-1": of("vpc-1"), "igw-2": NONE},
    mapped={"vpc-1": of("nat-1")},
    routed={"rtb-1": of("subnet-1"), "rtb-2": NONE},
)


@pytest.mark.parametrize(
    ("check", "held", "free", "holders"),
    [
        (deletions.check_group, "sg-client", "sg-self", ("sg-server",)),
        (deletions.check_group, "sg-server", "sg-other", ("fsmt-1",)),
        (deletions.check_subnet, "subnet-1", "subnet-2", ("fsmt-1", "nat-1")),
        (deletions.check_internet_gateway, "igw-1", "igw-2", ("vpc-1",)),
        (deletions.check_route_table, "rtb-1", "rtb-2", ("subnet-1",)),
    ],
)
def test_what_is_in_use_stays(
    check: Callable[[NetworkUses, str], None], held: str, free: str, holders: tuple[str, ...]
) -> None:
    with pytest.raises(ResourceRefusal) as caught:
        check(USES, held)
    assert (caught.value.name, caught.value.holders) == ("DependencyViolation", holders)
    assert caught.value.in_a_stack().endswith(f"; in the way: {', '.join(holders)}")
    check(USES, free)


def test_a_gateway_is_detached_where_no_address_is_mapped() -> None:
    with pytest.raises(ResourceRefusal, match="Network vpc-1 has some mapped public address"):
        deletions.check_attachment(USES, "igw-1", "vpc-1")
    deletions.check_attachment(USES, "igw-1", "vpc-2")
    deletions.check_attachment(USES, "igw-2", "vpc-1")  # another gateway's addresses


def test_an_address_of_a_gateway_stays() -> None:
    gateways = {"nat-1": of("eipalloc-1")}
    with pytest.raises(ResourceRefusal, match="AuthFailure: You do not have permission") as caught:
        deletions.check_address(gateways, "eipalloc-1")
    assert caught.value.holders == ("nat-1",)
    deletions.check_address(gateways, "eipalloc-2")


@pytest.mark.parametrize("left", ["attached", "inline"])
def test_a_role_goes_with_its_own_policies_only(left: str) -> None:
    own = {"attached": of("a"), "inline": of("i"), "own_attached": of("a"), "own_inline": of("i")}
    deletions.check_role(**own)
    with pytest.raises(ResourceRefusal, match="Cannot delete entity") as caught:
        deletions.check_role(**(own | {left: of("a", "i", "other")}))
    assert "other" in caught.value.holders
    assert "Status Code: 409; Error Code: DeleteConflict" in caught.value.in_a_stack()


def test_a_bucket_goes_when_it_is_empty() -> None:
    deletions.check_bucket([])
    with pytest.raises(ResourceRefusal, match="is not empty") as caught:
        deletions.check_bucket("dcba")
    assert caught.value.holders == ("a", "b", "c")


@pytest.mark.parametrize(
    ("after", "others", "refused"),
    [
        ({"used": "1"}, {}, None),
        ({"used": "1", "free": "2", "new": "3"}, {}, None),
        ({"used": "2"}, {}, "Cannot update export used as it is in use by One and Two."),
        ({}, {}, "Cannot delete export used as it is in use by One and Two."),
        ({"used": "1", "new": "1"}, {"new": "Other"}, "new is already exported by stack Other"),
    ],
)
def test_an_export_in_use_stays(
    after: dict[str, str], others: dict[str, str], refused: str | None
) -> None:
    before, importers = {"used": "1", "free": "1"}, {"used": {"Two", "One"}}
    if refused is None:
        exports.check_update(before, after, importers, others)
        return
    with pytest.raises(ExportError, match=refused):
        exports.check_update(before, after, importers, others)


def test_a_stack_of_which_nothing_is_imported_may_go() -> None:
    exports.check_deletion(["free"], {"used": {"One"}})
    with pytest.raises(ExportError, match="used cannot be deleted as it is in use by One"):
        exports.check_deletion(["free", "used"], {"used": {"One"}})


@pytest.mark.parametrize(
    ("protocol", "ports", "shown"),
    [
        ("tcp", (1, 2), "peer: any, TCP, from port: 1, to port: 2, ALLOW"),
        ("-1", None, "peer: any, ALL, ALLOW"),
    ],
)
def test_a_rule_is_there_once(protocol: str, ports: tuple[int, int] | None, shown: str) -> None:
    creations.check_group_rule(peer="any", protocol=protocol, ports=ports, there=False)
    with pytest.raises(ResourceRefusal, match=shown):
        creations.check_group_rule(peer="any", protocol=protocol, ports=ports, there=True)
