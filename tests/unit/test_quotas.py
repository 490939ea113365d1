"""What a service answers when a quota of the account is used up."""

import pytest

from ops.local.rules import quotas
from ops.local.rules.resource_refusal import ResourceRefusal


@pytest.mark.parametrize(
    ("wanted", "others", "account", "fits"),
    [
        (0, [], 10, True),  # stops the function, and takes nothing from others
        (1, [], 10, False),
        (990, [], 1000, True),
        (991, [], 1000, False),
        (900, [90], 1000, True),
        (900, [91], 1000, False),
    ],
)
def test_what_is_reserved_leaves_the_least_that_is_unreserved(
    wanted: int, others: list[int], account: int, *, fits: bool
) -> None:
    if fits:
        quotas.check_reserved(wanted, others, account=account, unreserved=10)
        return
    with pytest.raises(ResourceRefusal, match=r"below its minimum value of \[10\]") as caught:
        quotas.check_reserved(wanted, others, account=account, unreserved=10)
    assert caught.value.name == "InvalidParameterValueException"


def test_the_last_that_is_allowed_passes() -> None:
    quotas.check_memory(3008, most=3008)
    quotas.check_addresses(4, most=5)
    quotas.check_vpcs(4, most=5)
    quotas.check_builds(most=1)


def test_one_more_is_refused_by_name() -> None:
    with pytest.raises(ResourceRefusal, match="less than or equal to 3008"):
        quotas.check_memory(3009, most=3008)
    with pytest.raises(ResourceRefusal, match="AddressLimitExceeded"):
        quotas.check_addresses(5, most=5)
    with pytest.raises(ResourceRefusal, match="VpcLimitExceeded"):
        quotas.check_vpcs(5, most=5)
    with pytest.raises(ResourceRefusal, match="Cannot have more than 0 builds in queue"):
        quotas.check_builds(most=0)
