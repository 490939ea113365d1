"""Routes, security groups and network ACLs, each against every packet of a small world."""

from ipaddress import IPv4Address, IPv4Network

from hypothesis import given
from hypothesis import strategies as st

from ops.local.rules.network import AclRule, RouteTable, admits, refusal, route_to
from tests.unit.networks import BASE, S3, rule, to

# A world of 16 addresses and 16 ports, in which each packet can be tried.
BLOCKS = st.integers(0, 15).flatmap(
    lambda first: st.sampled_from((28, 29, 30, 31, 32)).map(
        lambda length: IPv4Network(f"10.0.0.{first}/{length}", strict=False)
    )
)
PORTS = st.tuples(st.integers(0, 15), st.integers(0, 15)).map(sorted)
ACL_RULES = st.lists(
    st.builds(
        lambda number, allow, block, ports: AclRule(
            number=number, allow=allow, block=block, first=ports[0], last=ports[1]
        ),
        st.integers(1, 99),
        st.booleans(),
        BLOCKS,
        PORTS,
    ),
    max_size=6,
    unique_by=lambda rule: rule.number,
)


@given(ACL_RULES, BLOCKS, PORTS)
def test_a_network_acl_refuses_a_block_when_it_refuses_a_packet(
    rules: list[AclRule], block: IPv4Network, ports: list[int]
) -> None:
    def allowed(address: IPv4Address, port: int) -> bool:
        fitting = [
            rule for rule in rules if address in rule.block and rule.first <= port <= rule.last
        ]
        return bool(fitting) and min(fitting, key=lambda rule: rule.number).allow

    first, last = ports
    packets = [(address, port) for address in block for port in range(first, last + 1)]
    refused = refusal(rules, block, first, last)
    assert (refused is None) == all(allowed(*packet) for packet in packets)


@given(st.lists(BLOCKS, max_size=5), BLOCKS)
def test_rules_of_a_group_admit_a_block_when_they_admit_each_address(
    blocks: list[IPv4Network], block: IPv4Network
) -> None:
    rules = [rule(443, each) for each in blocks]
    each_is = all(any(address in allowed for allowed in blocks) for address in block)
    assert admits(BASE, rules, 443, block, frozenset()) == each_is


@given(st.lists(BLOCKS, max_size=6, unique=True), st.integers(0, 15))
def test_the_longest_prefix_wins(blocks: list[IPv4Network], last: int) -> None:
    routes = tuple(to(f"eni-{block}", block) for block in blocks)
    address = IPv4Address(f"10.0.0.{last}")
    found = route_to(BASE, RouteTable(id="rtb-1", routes=routes), IPv4Network(str(address)))
    fitting = [block for block in blocks if address in block]
    longest = max(fitting, key=lambda block: block.prefixlen) if fitting else None
    assert (found.destination if found else None) == longest


def test_a_block_is_before_a_prefix_list_of_the_same_length() -> None:
    routes = (to("vpce-1", "pl-s3"), to("nat-1", S3))
    found = route_to(BASE, RouteTable(id="rtb-1", routes=routes), IPv4Network("52.216.0.1/32"))
    assert found
    assert found.target == "nat-1"
