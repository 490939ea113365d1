"""Notes on the monthly cost of settings, beyond that of the settings that the project comes with.

For whoever synthesises; the README has what the stages cost as they come. Prices are of us-east-1.
"""

from stacks.settings import Settings
from stacks.shared import prices
from stacks.shared.choices import ThroughputMode
from stacks.shared.egress import WAYS_OUT

_USUAL = Settings(name="Usual", retain=False)


def of_data(settings: Settings, *, endpoints: int) -> dict[str, str]:
    """Return what to say of settings of `Data` that cost, by the id of the note.

    `endpoints` is how many services have interface endpoints in each zone of an isolated network.
    """
    return _notes(
        settings,
        egress=_egress(settings, endpoints),
        throughput=_throughput(settings.throughput),
        replication_region=_replication(settings.replication_region),
        backup_copy_to=_backup_copy(settings.backup_copy_to),
    )


def of_service(settings: Settings) -> dict[str, str]:
    """Return what to say of settings of `Service` that cost, by the id of the note."""
    api = f"an HTTP API, ${prices.HTTP_API_MILLION:.2f} for each million requests"
    secret = f"a secret, ${prices.SECRET_MONTH:.2f} a month"
    return _notes(
        settings,
        usage_hours=_usage(settings),
        domain=api if settings.domain else None,
        url_auth=secret if settings.url_auth == "token" else None,
    )


def _notes(settings: Settings, **said: str | None) -> dict[str, str]:
    return {
        f"CostOf{name.title().replace('_', '')}": f"{name} is {_shown(settings, name)}: {text}"
        f" (us-east-1, {prices.READ_ON})"
        for name, text in said.items()
        if text
    }


def _shown(settings: Settings, name: str) -> str:
    value = getattr(settings, name)
    return str(getattr(value, "name", value))  # of a domain its name


def _egress(settings: Settings, endpoints: int) -> str | None:
    if settings.vpc_id is not None:
        return None  # somebody else's gateways
    way_out = WAYS_OUT[settings.egress]
    if not way_out.leads_out and endpoints:
        number = endpoints * settings.zone_count
        month = number * prices.INTERFACE_ENDPOINT_HOUR * prices.HOURS_A_MONTH
        return f"{number} interface endpoints, ${month:.2f} a month"
    # Prod comes with two gateways, Dev with one.
    if not way_out.in_each_zone or settings.zone_count <= (2 if settings.retain else 1):
        return None
    month = settings.zone_count * prices.nat_gateway_month()
    return f"NAT in {settings.zone_count} zones, ${month:.2f} a month without traffic"


def _throughput(throughput: ThroughputMode | int) -> str | None:
    if not isinstance(throughput, int):
        return None
    month = throughput * prices.EFS_PROVISIONED_MIBPS_MONTH
    return (
        f"MiB/s provisioned, ${month:,.2f} a month, used or not, but for what the stored files"
        " bring (1 MiB/s for each 20 GiB)"
    )


def _replication(region: str | None) -> str | None:
    if region is None:
        return None
    return (
        f"a copy there, ${prices.EFS_STANDARD_GB_MONTH:.2f} a month for each GB, and"
        f" ${prices.TO_ANOTHER_REGION_GB:.2f} for each GB sent"
    )


def _backup_copy(vault: str | None) -> str | None:
    if vault is None:
        return None
    return (
        f"a copy of each backup there, ${prices.BACKUP_GB_MONTH:.2f} a month for each GB, and"
        f" ${prices.TO_ANOTHER_REGION_GB:.2f} for each GB sent"
    )


def _usage(settings: Settings) -> str | None:
    if settings.usage_hours >= _USUAL.usage_hours or settings.throughput != "elastic":
        return None
    month = prices.HOURS_A_MONTH / settings.usage_hours * prices.look_over_a_million_files()
    return f"up to ${month:.0f} a month for each million files"
