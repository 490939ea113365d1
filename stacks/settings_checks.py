"""Checks of single settings. Each raises `ValueError`, which shows the value and what it may be."""

import functools
import re
from ipaddress import IPv4Network
from typing import Literal, get_args, get_origin, get_type_hints

from stacks.shared import aws_limits
from stacks.shared.choices import BackupLock, Egress, ThroughputMode, check_choice
from stacks.shared.egress import WAYS_OUT

# The least that backups of a stage with `retain` are kept.
RETAINED_BACKUP_DAYS = 7


def check_choices(settings: object) -> None:
    """Check each field of a dataclass whose type is a `Literal`."""
    of: type = type(settings)
    for name, kind in _choices(of).items():
        check_choice(name, getattr(settings, name), kind)


@functools.cache
def _choices(of: type) -> dict[str, object]:
    """Return the fields of a dataclass whose type is a `Literal`. To find them takes 4 ms."""
    hints = get_type_hints(of)
    return {name: kind for name, kind in hints.items() if get_origin(kind) is Literal}


def check_name(name: str) -> None:
    if not re.fullmatch(rf"[A-Z][A-Za-z0-9]{{0,{aws_limits.STAGE_CHARACTERS - 1}}}", name):
        raise ValueError(
            f"name must be a capital letter, then up to {aws_limits.STAGE_CHARACTERS - 1} letters"
            " or digits (stack names begin with it, and the names of what CloudFormation makes,"
            f" which it cuts), got {name!r}"
        )


def check_place(account: str | None, region: str | None) -> None:
    if (account is None) != (region is None):
        raise ValueError(
            "account and region must be set together, or both left out to follow the"
            f" credentials, got account={account!r}, region={region!r}"
        )
    if account is not None and not re.fullmatch(r"\d{12}", account):
        raise ValueError(f"account must be 12 digits, got {account!r}")
    check_region("region", region)
    if region is not None:
        aws_limits.check_region(region)


def check_region(name: str, region: str | None) -> None:
    if region is not None and not re.fullmatch(r"[a-z]{2}(-[a-z]+)+-\d", region):
        raise ValueError(f"{name} must look like eu-central-1, got {region!r}")


def check_zones(zones: object, region: str | None) -> None:
    if not isinstance(zones, tuple):
        aws_limits.check_range(
            "zones", zones, aws_limits.NUMBERED_ZONES, "or a tuple of their names"
        )
        return
    fewest, most = aws_limits.NUMBERED_ZONES[0], aws_limits.REGION_ZONES
    if not fewest <= len(zones) <= most:
        raise ValueError(f"zones must be {fewest}..{most} names, each once, got {zones!r}")
    if region is None:
        raise ValueError(
            "account and region must be set with the names of zones, which mean others elsewhere,"
            f" got {zones!r} alone"
        )
    for zone in zones:
        # No id (use1-az1), and no Local Zone (us-east-1-bos-1a), which has neither Lambda nor EFS.
        if not isinstance(zone, str) or not re.fullmatch(rf"{region}[a-z]", zone):
            raise ValueError(f"zones must be names such as {region}a, of region, got {zone!r}")
    check_once("zones", zones)


def check_boundary(name: str | None) -> None:
    # https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html, after its path
    if name is not None and not re.fullmatch(
        r"([A-Za-z0-9_+=,.@-]+/)*[A-Za-z0-9_+=,.@-]{1,128}", name
    ):
        raise ValueError(
            "permissions_boundary must be the name of a policy of the account, after its path if it"
            f" has one, such as boundaries/developer, got {name!r}"
        )


def check_cidr(cidr: str) -> None:
    try:
        network = IPv4Network(cidr)
    except ValueError as error:
        raise ValueError(
            f"vpc_cidr must be an IPv4 network such as 10.42.0.0/16, got {cidr!r}"
        ) from (error)
    largest = aws_limits.VPC_PREFIXES[0]
    smallest = aws_limits.SUBNET_PREFIX - (3 * aws_limits.REGION_ZONES - 1).bit_length()
    if not largest <= network.prefixlen <= smallest:
        raise ValueError(
            f"vpc_cidr must be /{largest}../{smallest} (three subnets in each of up to"
            f" {aws_limits.REGION_ZONES} zones), got {cidr!r}"
        )


def check_egress(egress: Egress, ports: tuple[int, ...]) -> None:
    most = aws_limits.SECURITY_GROUP_RULES - 1
    if len(set(ports)) > most:
        raise ValueError(
            f"egress_ports must be at most {most} (a security group has"
            f" {aws_limits.SECURITY_GROUP_RULES} rules, one of them for NFS), got {len(set(ports))}"
        )
    if not WAYS_OUT[egress].leads_out and ports not in {(), (443,)}:
        raise ValueError(
            f"egress_ports must be left out with egress {egress!r}, which calls nobody, got {ports}"
        )


def check_throughput(throughput: object) -> None:
    low, high = aws_limits.PROVISIONED_THROUGHPUT_MIBPS
    modes = get_args(ThroughputMode)
    if isinstance(throughput, int) and not isinstance(throughput, bool):
        known = low <= throughput <= high
    else:
        known = throughput in modes
    if not known:
        raise ValueError(
            f"throughput must be {', '.join(modes)}, or {low}..{high} (MiB/s, provisioned),"
            f" got {throughput!r}"
        )


def check_replication(to: str | None, region: str | None) -> None:
    check_region("replication_region", to)
    if to is not None and to == region:
        raise ValueError(f"replication_region must be another than region, got {to!r}")


def check_backup_days(days: int, *, retain: bool) -> None:
    if retain and days < RETAINED_BACKUP_DAYS:
        raise ValueError(
            f"backup_days must be {RETAINED_BACKUP_DAYS} or more in a stage with retain, whose"
            f" losses may be seen a week later, got {days!r}"
        )


def check_backup_lock(lock: BackupLock, *, retain: bool) -> None:
    if lock != "none" and not retain:
        raise ValueError(
            "backup_lock must be none in a stage without retain, whose deletion takes its backups"
            f" with it, got {lock!r}"
        )


def check_backup_copy(arn: object, place: tuple[str | None, str | None]) -> None:
    # https://docs.aws.amazon.com/aws-backup/latest/devguide/API_CreateBackupVault.html
    if arn is None:
        return
    found = isinstance(arn, str) and re.fullmatch(
        r"arn:aws[a-z-]*:backup:([a-z]{2}(?:-[a-z]+)+-\d):(\d{12}):backup-vault:[A-Za-z0-9_-]{2,50}",
        arn,
    )
    if not found:
        raise ValueError(
            "backup_copy_to must be the ARN of a vault of AWS Backup, such as"
            f" arn:aws:backup:eu-west-3:123456789012:backup-vault:drive-copies, got {arn!r}"
        )
    if place == (found[1], found[2]):
        raise ValueError(
            "backup_copy_to must be a vault of another region or account than the stage's,"
            f" got {arn!r}"
        )


def check_principal(arn: str) -> None:
    # A policy names each principal whole
    # (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html).
    if not re.fullmatch(r"arn:aws[a-z-]*:iam::\d{12}:(root|(user|role)/[^\s*?]+)", arn):
        raise ValueError(
            "url_invokers must be ARNs of IAM users, roles or an account's root, such as"
            f" arn:aws:iam::123456789012:role/uploader, got {arn!r}"
        )


def check_subscriber(address: object) -> None:
    # https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html
    mail, host = r"[^\s@:/]+@[^\s@:/]+\.[^\s@:/]+", r"https://[a-z0-9.-]+(:\d{1,5})?(/\S*)?"
    place = r"arn:aws[a-z-]*:(lambda:[a-z0-9-]+:\d{12}:function|sqs:[a-z0-9-]+:\d{12})"
    name = r"[A-Za-z0-9_-]{1,140}"
    if not isinstance(address, str) or not re.fullmatch(f"{mail}|{host}|{place}:{name}", address):
        raise ValueError(
            "subscribers must be e-mail addresses, https:// addresses, or ARNs of functions of"
            f" Lambda or queues of SQS (no FIFO), got {address!r}"
        )


def check_dollars(name: str, value: object) -> None:
    low, high = 0.1, 100_000
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not low <= float(str(value)) <= high:
        raise ValueError(f"{name} must be {low}..{high} (dollars), got {value!r}")


def check_origins(origins: tuple[str, ...]) -> None:
    if len(origins) > aws_limits.CORS_ORIGINS:
        raise ValueError(
            f"cors_origins must be at most {aws_limits.CORS_ORIGINS}, got {len(origins)};"
            ' "*" lets any page call'
        )
    for origin in origins:
        # As browsers send it: in small letters, without a path.
        known = re.fullmatch(r"\*|(https://[a-z0-9.-]+|http://localhost)(:\d{1,5})?", origin)
        if not known or len(origin) > aws_limits.CORS_ORIGIN_CHARACTERS:
            raise ValueError(
                'cors_origins must be "*", https://<host> or http://localhost, with a port if need'
                f" be, and at most {aws_limits.CORS_ORIGIN_CHARACTERS} characters, got {origin!r}"
            )
    check_once("cors_origins", origins)


def certificate_place(arn: str) -> tuple[str, str] | None:
    """The region and the account of a certificate in ACM, or None if the ARN is none of one."""
    found = re.fullmatch(
        r"arn:aws[a-z-]*:acm:([a-z]{2}(?:-[a-z]+)+-\d):(\d{12}):certificate/[0-9a-f-]+", arn
    )
    return (found[1], found[2]) if found else None


def check_once(name: str, values: tuple[str, ...]) -> None:
    for value in values:
        if values.count(value) > 1:
            raise ValueError(f"{name} must name each one once, got {value!r} again")
