"""What settings and stages cost, in words: the same prices everywhere."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from stacks import cost_notes
from stacks.settings import Domain, Settings
from stacks.shared import prices
from tests.baseline import DEV, PROD

PROJECT = Path(__file__).resolve().parents[2]
CERTIFICATE = "arn:aws:acm:eu-west-1:123456789012:certificate/0a1b2c3d"

# What is said of settings, up to what follows.
COSTLY: list[tuple[dict[str, Any], str]] = [
    ({"throughput": 1}, "throughput is 1: MiB/s provisioned, $6.00 a month"),
    ({"throughput": 3414}, "throughput is 3414: MiB/s provisioned, $20,484.00 a month"),
    ({"egress": "nat-per-zone"}, "egress is nat-per-zone: NAT in 2 zones, $73.00 a month"),
    ({"egress": "nat-regional", "zones": 3}, "egress is nat-regional: NAT in 3 zones, $109.50"),
    ({"egress": "isolated"}, "egress is isolated: 2 interface endpoints, $14.60 a month"),
    ({"egress": "isolated", "zones": 3}, "egress is isolated: 3 interface endpoints, $21.90 a"),
    ({"replication_region": "eu-west-3"}, "replication_region is eu-west-3: a copy there, $0.30"),
    ({"url_auth": "token"}, "url_auth is token: a secret, $0.40 a month"),
    ({"usage_hours": 1}, "usage_hours is 1: up to $90 a month for each million files"),
    (
        {"domain": Domain("drive.example.com", CERTIFICATE)},
        "domain is drive.example.com: an HTTP API, $1.00 for each million requests",
    ),
]
FREE: list[dict[str, Any]] = [
    {},
    {"zones": 3},
    {"egress": "nat-instance"},
    {"egress": "ipv6"},
    {"throughput": "bursting"},
    {"throughput": "bursting", "usage_hours": 1},  # which bills no calls
    {"usage_hours": 24},
    {"reserved_concurrency": 5},
    {"log_retention_days": 365},
    {"vpc_id": "vpc-0123456789abcdef0", "account": "123456789012", "region": "eu-west-3"},
]


def words(settings: Settings, *, endpoints: int = 1) -> list[str]:
    """All that is said of a stage."""
    notes = cost_notes.of_data(settings, endpoints=endpoints) | cost_notes.of_service(settings)
    return list(notes.values())


@pytest.mark.parametrize(("switched", "said"), COSTLY, ids=lambda value: str(value)[:40])
def test_a_setting_that_costs_says_what(switched: dict[str, Any], said: str) -> None:
    [found] = words(replace(DEV, **switched))
    assert found.startswith(said)
    assert found.endswith(f" (us-east-1, {prices.READ_ON})")


@pytest.mark.parametrize("switched", FREE, ids=str)
def test_a_setting_that_costs_nothing_more_says_nothing(switched: dict[str, Any]) -> None:
    assert words(replace(DEV, **switched)) == []


def test_prod_says_what_it_costs_beyond_its_two_gateways() -> None:
    assert words(PROD) == []
    [found] = words(replace(PROD, zones=3))
    assert found.startswith("egress is nat-per-zone: NAT in 3 zones, $109.50 a month")


def test_an_isolated_stage_that_calls_no_service_pays_for_no_endpoint() -> None:
    assert words(replace(DEV, egress="isolated"), endpoints=0) == []


def readme(heading: str) -> str:
    """A section of the README, without its line breaks."""
    text = (PROJECT / "README.md").read_text()
    section = text.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    assert section
    return " ".join(section.split())


def test_the_readme_says_what_the_prices_say() -> None:
    nat = prices.nat_gateway_month()
    look = prices.look_over_a_million_files()
    month = prices.HOURS_A_MONTH
    page = prices.DASHBOARD_MONTH
    alarms = {gateways: (51 + 7 * gateways) * prices.ALARM_METRIC_MONTH for gateways in (1, 2)}
    said = (
        f"Dev ${nat + 3 * prices.KEY_MONTH + alarms[1] + page:.2f} a month",
        f"a NAT gateway with its address (${nat:.2f})",
        f"three keys (${prices.KEY_MONTH:.2f} each)",
        f"its alarms (${alarms[1]:.2f})",
        f"a dashboard](docs/operations/dashboard.md) (${page:.2f}; three of an account are free)",
        f"Prod, with two NAT gateways, ${2 * nat + 3 * prices.KEY_MONTH + alarms[2] + page:.2f}",
        f"| ${prices.EFS_STANDARD_GB_MONTH:.2f} a GB-month;"
        f" ${prices.EFS_INFREQUENT_GB_MONTH:.3f} after 30 days unread |",
        f"| ${prices.EFS_ELASTIC_READ_GB:.2f} a GB read, ${prices.EFS_ELASTIC_WRITE_GB:.2f} a GB",
        f"| ${prices.BACKUP_GB_MONTH:.2f} a GB-month, in each vault |",
        f"| ${prices.RESTORE_GB:.2f} a GB |",
        f"| ${look:.2f} a run and million files at most",
        f"${look * month / 6:.0f} a month for `usage` every 6 hours,"
        f" ${look * month / 24:.0f} for `janitor`",
        f"| ${prices.EFS_STANDARD_GB_MONTH:.2f} a GB-month there,"
        f" ${prices.TO_ANOTHER_REGION_GB:.2f} a GB sent |",
        f"| ${prices.LAMBDA_MILLION:.2f} a million requests,"
        f" ${prices.LAMBDA_GB_SECOND * 3600:.3f} a GB-hour while one is answered |",
        f"| ${prices.LOGS_GB:.2f} a GB written, ${prices.LOGS_GB_MONTH:.2f} a GB-month kept |",
        f"| ${6 * prices.METRIC_MONTH / 6:.2f} a month,"
        f" beyond the ten metrics that an account has free |",
    )
    section = readme("What it costs")
    for words in said:
        assert words in section
    named = re.findall(r"\$[\d.,]*\d", " ".join(said))
    assert sorted(re.findall(r"\$[\d.,]*\d", section)) == sorted(named), "each from prices.py"


def operations() -> str:
    """All of its pages, without their line breaks."""
    pages = (PROJECT / "docs" / "operations").glob("*.md")
    return " ".join(" ".join(page.read_text() for page in pages).split())


def test_operations_show_the_sum_of_a_look_over_all_files() -> None:
    text = operations()
    size = 1_000_000 * prices.EFS_METADATA_BYTES / 10**9
    look = prices.look_over_a_million_files()
    assert (
        f"1,000,000 times 4 KiB = {size:.1f} GB, times ${prices.EFS_ELASTIC_READ_GB:.2f}"
        f" = ${look:.2f}" in text
    )
    for hours in (1, 6, 24):
        assert f"| {hours} | ${look * prices.HOURS_A_MONTH / hours:.0f} |" in text


def test_operations_say_what_the_prices_say() -> None:
    text = operations()
    endpoint = prices.INTERFACE_ENDPOINT_HOUR * prices.HOURS_A_MONTH
    for words in (
        f"| one NAT gateway | ${prices.nat_gateway_month():.2f} |",
        f"| a gateway in each zone | ${prices.nat_gateway_month():.2f} for each |",
        f"| ${endpoint:.2f} for each service and zone |",
        f"about ${prices.EFS_PROVISIONED_MIBPS_MONTH:.0f} a month for each",
        f"The secret costs ${prices.SECRET_MONTH:.2f} a month",
    ):
        assert words in text
