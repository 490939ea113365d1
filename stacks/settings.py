"""What differs from one environment to the next, and nothing else."""

import re
from dataclasses import dataclass, field
from ipaddress import IPv4Network

from drive_tools.environment import lambda_limits
from stacks.shared import aws_limits

_HTTPS = 443


@dataclass(frozen=True)
class Domain:
    """An address of one's own, with its certificate in ACM, of the region of the stage.

    With `hosted_zone_id` the stack makes its DNS records; without, you do.
    """

    name: str
    certificate_arn: str
    hosted_zone_id: str | None = None
    requests_per_second: int = 100

    def __post_init__(self) -> None:
        label = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
        if not re.fullmatch(rf"(?=.{{1,253}}$)({label}\.)+[a-z]({label})?", self.name):
            raise ValueError(
                "domain.name must be a host name in small letters, such as drive.example.com, of"
                f" at most 253 characters, got {self.name!r}"
            )
        if not _certificate_place(self.certificate_arn):
            raise ValueError(
                "domain.certificate_arn must be the ARN of a certificate in ACM, such as"
                " arn:aws:acm:eu-central-1:123456789012:certificate/0a1b,"
                f" got {self.certificate_arn!r}"
            )
        if self.hosted_zone_id is not None and not re.fullmatch(
            r"Z[A-Z0-9]{1,31}", self.hosted_zone_id
        ):
            raise ValueError(
                "domain.hosted_zone_id must be the id of a hosted zone in Route 53, such as"
                f" Z0123456789ABCDEFGHIJ, got {self.hosted_zone_id!r}"
            )
        aws_limits.check_range(
            "domain.requests_per_second",
            self.requests_per_second,
            (1, aws_limits.HTTP_API_REQUESTS_PER_SECOND),
            "of all callers together",
        )


@dataclass(frozen=True, kw_only=True)
class Settings:
    """One environment. A bad value raises `ValueError` at synth, before any AWS call.

    Every field is explained in the README's settings table.
    """

    name: str
    retain: bool
    account: str | None = None
    region: str | None = None
    permissions_boundary: str | None = None

    zones: int | tuple[str, ...] = 2
    vpc_cidr: str = "10.42.0.0/16"
    egress_ports: tuple[int, ...] = (443,)
    egress: str = "nat"
    vpc_id: str | None = None

    throughput: str | int = "elastic"
    replication_region: str | None = None

    mount_path: str = "/mnt/lambda"
    architecture: str = "arm64"
    memory_mb: int = 1024
    timeout_seconds: int = 60
    ephemeral_storage_mib: int = 512
    environment: dict[str, str] = field(default_factory=dict)
    packaging: str = "zip"
    reserved_concurrency: int | None = None
    function_folder: str | None = None
    function_handler: str = "handler.handler"

    max_drive_bytes: int | None = None
    max_file_bytes: int | None = None
    upload_expiry_hours: int = 24
    usage_hours: int = 6

    url_invokers: tuple[str, ...] = ()
    cors_origins: tuple[str, ...] = ()
    url_auth: str = "iam"
    log_level: str = "INFO"
    log_retention_days: int = 30
    domain: Domain | None = None

    def __post_init__(self) -> None:
        _check_name(self.name)
        _check_place(self.account, self.region)
        _check_boundary(self.permissions_boundary)
        _check_zones(self.zones, self.region)
        _check_cidr(self.vpc_cidr)
        for port in self.egress_ports:
            aws_limits.check_range("egress_ports", port, (1, 65_535), "TCP ports")
        if self.vpc_id is not None:
            _check_vpc(self.vpc_id, self)
        _check_egress(self.egress, self.egress_ports)
        if _HTTPS not in self.egress_ports and self.egress != "isolated":
            raise ValueError(
                f"egress_ports must include {_HTTPS}, on which functions read their parameters and"
                f" secrets, got {self.egress_ports}"
            )
        _check_throughput(self.throughput)
        _check_replication(self.replication_region, self.region)
        aws_limits.check_mount_path(self.mount_path)
        _check_choice("architecture", self.architecture, ("arm64", "x86_64"))
        aws_limits.check_function_size(
            memory_mb=self.memory_mb,
            timeout_seconds=self.timeout_seconds,
            ephemeral_storage_mib=self.ephemeral_storage_mib,
        )
        lambda_limits.check_environment(self.environment)
        _check_choice("packaging", self.packaging, ("zip", "image"))
        if self.reserved_concurrency is not None:
            aws_limits.check_range(
                "reserved_concurrency",
                self.reserved_concurrency,
                aws_limits.CONCURRENCY,
                "0 stops it",
            )
        _check_own_function(self)
        if self.max_drive_bytes is not None:
            aws_limits.check_range("max_drive_bytes", self.max_drive_bytes, (1, 2**63 - 1), "bytes")
        if self.max_file_bytes is not None:
            aws_limits.check_range(
                "max_file_bytes", self.max_file_bytes, (1, aws_limits.FILE_BYTES), "EFS's limit"
            )
        aws_limits.check_range("upload_expiry_hours", self.upload_expiry_hours, (1, 720), "30 days")
        aws_limits.check_range(
            "usage_hours", self.usage_hours, (1, 24), "from one look to the next"
        )
        for arn in self.url_invokers:
            _check_principal(arn)
        _check_once("url_invokers", self.url_invokers)
        aws_limits.check_url_invokers(self.url_invokers)
        _check_origins(self.cors_origins)
        _check_choice("url_auth", self.url_auth, ("iam", "token"))
        _check_choice("log_level", self.log_level, ("DEBUG", "INFO", "WARNING", "ERROR"))
        _check_choice("log_retention_days", self.log_retention_days, aws_limits.LOG_RETENTION_DAYS)
        _check_domain(self.domain, self.account, self.region)

    @property
    def zone_count(self) -> int:
        """How many zones there are, named or not."""
        return self.zones if isinstance(self.zones, int) else len(self.zones)


def _check_name(name: str) -> None:
    if not re.fullmatch(rf"[A-Z][A-Za-z0-9]{{0,{aws_limits.STAGE_CHARACTERS - 1}}}", name):
        raise ValueError(
            f"name must be a capital letter, then up to {aws_limits.STAGE_CHARACTERS - 1} letters"
            " or digits (stack names begin with it, and the names of what CloudFormation makes,"
            f" which it cuts), got {name!r}"
        )


def _check_place(account: str | None, region: str | None) -> None:
    if (account is None) != (region is None):
        raise ValueError(
            "account and region must be set together, or both left out to follow the"
            f" credentials, got account={account!r}, region={region!r}"
        )
    if account is not None and not re.fullmatch(r"\d{12}", account):
        raise ValueError(f"account must be 12 digits, got {account!r}")
    _check_region("region", region)
    if region is not None:
        aws_limits.check_region(region)


def _check_region(name: str, region: str | None) -> None:
    if region is not None and not re.fullmatch(r"[a-z]{2}(-[a-z]+)+-\d", region):
        raise ValueError(f"{name} must look like eu-central-1, got {region!r}")


def _check_zones(zones: object, region: str | None) -> None:
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
    _check_once("zones", zones)


def _check_boundary(name: str | None) -> None:
    # https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html, after its path
    if name is not None and not re.fullmatch(
        r"([A-Za-z0-9_+=,.@-]+/)*[A-Za-z0-9_+=,.@-]{1,128}", name
    ):
        raise ValueError(
            "permissions_boundary must be the name of a policy of the account, after its path if it"
            f" has one, such as boundaries/developer, got {name!r}"
        )


def _check_own_function(settings: "Settings") -> None:
    if not re.fullmatch(
        r"[A-Za-z_]\w*([./][A-Za-z_]\w*)*\.[A-Za-z_]\w*", settings.function_handler
    ):
        raise ValueError(
            "function_handler must be <module>.<function>, such as app.handler,"
            f" got {settings.function_handler!r}"
        )
    if settings.function_folder is None:
        if settings.function_handler != "handler.handler":
            raise ValueError(
                "function_handler must be set together with function_folder, whose code it names,"
                f" got {settings.function_handler!r} alone"
            )
        return
    if not settings.function_folder.strip():
        raise ValueError(
            "function_folder must be a folder with a function's code, such as"
            f" examples/guest_book, got {settings.function_folder!r}"
        )
    for name in (
        *("max_drive_bytes", "max_file_bytes", "upload_expiry_hours", "usage_hours"),
        "url_auth",
    ):
        value, default = getattr(settings, name), Settings.__dataclass_fields__[name].default
        if value != default:
            raise ValueError(
                f"{name} is the file service's, which function_folder takes the place of:"
                f" it must be {default!r}, got {value!r}"
            )


def _check_cidr(cidr: str) -> None:
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


def _check_egress(egress: str, ports: tuple[int, ...]) -> None:
    modes = ("nat", "nat-per-zone", "nat-regional", "nat-instance", "ipv6", "isolated")
    _check_choice("egress", egress, modes)
    most = aws_limits.SECURITY_GROUP_RULES - 1
    if len(set(ports)) > most:
        raise ValueError(
            f"egress_ports must be at most {most} (a security group has"
            f" {aws_limits.SECURITY_GROUP_RULES} rules, one of them for NFS), got {len(set(ports))}"
        )
    if egress == "isolated" and ports not in {(), (443,)}:
        raise ValueError(
            f"egress_ports must be left out with egress 'isolated', which calls nobody, got {ports}"
        )


def _check_vpc(vpc_id: str, settings: Settings) -> None:
    if not re.fullmatch(r"vpc-([0-9a-f]{8}|[0-9a-f]{17})", vpc_id):
        raise ValueError(f"vpc_id must look like vpc-0123456789abcdef0, got {vpc_id!r}")
    if settings.account is None:
        raise ValueError(
            f"account and region must be set with vpc_id, to look it up there, got {vpc_id!r} alone"
        )
    for name in ("zones", "vpc_cidr", "egress"):
        value = getattr(settings, name)
        if value != getattr(Settings, name):
            raise ValueError(
                f"{name} must be left out with vpc_id, whose VPC is as it is, got {value!r}"
            )


def _check_throughput(throughput: str | int) -> None:
    low, high = aws_limits.PROVISIONED_THROUGHPUT_MIBPS
    if isinstance(throughput, int) and not isinstance(throughput, bool):
        known = low <= throughput <= high
    else:
        known = throughput in ("elastic", "bursting")
    if not known:
        raise ValueError(
            f"throughput must be elastic, bursting, or {low}..{high} (MiB/s, provisioned),"
            f" got {throughput!r}"
        )


def _check_replication(to: str | None, region: str | None) -> None:
    _check_region("replication_region", to)
    if to is not None and to == region:
        raise ValueError(f"replication_region must be another than region, got {to!r}")


def _check_choice(name: str, value: str | int, allowed: tuple[str | int, ...]) -> None:
    if value not in allowed:
        raise ValueError(f"{name} must be one of {', '.join(map(str, allowed))}, got {value!r}")


def _check_principal(arn: str) -> None:
    # A policy names each principal whole
    # (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html).
    if not re.fullmatch(r"arn:aws[a-z-]*:iam::\d{12}:(root|(user|role)/[^\s*?]+)", arn):
        raise ValueError(
            "url_invokers must be ARNs of IAM users, roles or an account's root, such as"
            f" arn:aws:iam::123456789012:role/uploader, got {arn!r}"
        )


def _check_origins(origins: tuple[str, ...]) -> None:
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
    _check_once("cors_origins", origins)


def _certificate_place(arn: str) -> tuple[str, str] | None:
    """The region and the account of a certificate in ACM, or None if the ARN is none of one."""
    found = re.fullmatch(
        r"arn:aws[a-z-]*:acm:([a-z]{2}(?:-[a-z]+)+-\d):(\d{12}):certificate/[0-9a-f-]+", arn
    )
    return (found[1], found[2]) if found else None


def _check_domain(domain: object, account: str | None, region: str | None) -> None:
    if domain is None:
        return
    if not isinstance(domain, Domain):
        raise ValueError(f"domain must be a Domain, got {domain!r}")  # noqa: TRY004 - as all others
    if account is not None and _certificate_place(domain.certificate_arn) != (region, account):
        raise ValueError(
            f"domain.certificate_arn must be of a certificate in {region} of account {account},"
            f" where the stage is, got {domain.certificate_arn!r}"
        )


def _check_once(name: str, values: tuple[str, ...]) -> None:
    for value in values:
        if values.count(value) > 1:
            raise ValueError(f"{name} must name each one once, got {value!r} again")
