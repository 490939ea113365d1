"""A stage above its ceiling is told what mends it; other regions cost more."""

from collections.abc import Callable

import pytest

from stacks.costs.ceiling import above_ceiling
from stacks.costs.lines import Estimate
from tests.unit.estimate.stage import Templates, caps, with_properties, worst


@pytest.mark.parametrize(
    ("region", "factor"),
    [
        *((region, 1.0) for region in (None, "us-east-1", "us-east-2", "us-west-2")),
        *(("us-west-1", 1.3), ("eu-central-1", 1.3), ("ca-central-1", 1.3)),
        *(("ap-northeast-1", 1.6), ("sa-east-1", 2.1), ("af-south-1", 2.1), ("me-south-1", 2.1)),
    ],
    ids=str,
)
def test_another_region_costs_at_most_that_much_more(
    region: str | None, factor: float, costs: Callable[..., Estimate]
) -> None:
    here, there = costs(), costs(region=region)
    assert there.idle_dollars == pytest.approx(here.idle_dollars * factor)
    braked = worst(here, "use that the brake lets pass")  # dollars, wherever they are spent
    assert there.worst_dollars == pytest.approx((here.worst_dollars - braked) * factor + braked)


def test_a_stage_below_its_ceiling_passes_and_one_above_is_told_what_mends_it(
    costs: Callable[..., Estimate],
) -> None:
    assert above_ceiling(costs()) is None
    assert above_ceiling(costs(caps(monthly_ceiling=None, daily_brake=None))) is None

    def fast(templates: Templates) -> None:
        with_properties("AWS::EFS::FileSystem", ProvisionedThroughputInMibps=256)(templates)

    found = costs(fast)
    said = above_ceiling(found)
    assert said is not None
    assert said.startswith(
        f"Dev may cost ${found.dollars:,.2f} a month, idle ${found.idle_dollars:,.2f}"
    )
    assert "monthly_ceiling is $300. Change what costs most: throughput ($1,536.00)" in said
    needed = int(found.dollars) + 1
    assert f"monthly_ceiling={needed} or more" in said

    def raised(templates: Templates) -> None:
        fast(templates)
        caps(monthly_ceiling=needed)(templates)

    assert above_ceiling(costs(raised)) is None

    def almost(templates: Templates) -> None:
        fast(templates)
        caps(monthly_ceiling=needed - 1)(templates)

    assert above_ceiling(costs(almost)) is not None
