"""The settings of one stage."""

import re
from dataclasses import dataclass, field

from drive_tools.environment import lambda_limits
from stacks import settings_checks
from stacks.shared import aws_limits
from stacks.shared.choices import (
    Architecture,
    BackupLock,
    Egress,
    LogLevel,
    LogRetentionDays,
    Packaging,
    ThroughputMode,
    UrlAuth,
)
from stacks.shared.egress import WAYS_OUT

_HTTPS = 443
# The numbers that may be, each with the reason; a setting may be left as it is as well.
_RANGES = (
    ("account_concurrency", (1, aws_limits.CONCURRENCY[1]), "a quota of the account"),
    ("monthly_ceiling", (1, 10**6), "dollars"),
    ("max_drive_bytes", (1, 2**63 - 1), "bytes"),
    ("max_file_bytes", (1, aws_limits.FILE_BYTES), "EFS's limit"),
    ("upload_expiry_hours", (1, 720), "30 days"),
    ("trash_days", (0, 365), "0: no trash"),
    ("backup_days", (1, aws_limits.BACKUP_DAYS), "AWS Backup's limit"),
    ("usage_hours", (1, 24), "from one look to the next"),
)


@dataclass(frozen=True)
class Domain:
    """An address of your own for the function. A bad value raises `ValueError`."""

    name: str
    """Host name in small letters, such as `drive.example.com`."""
    certificate_arn: str
    """ARN of its certificate in ACM, of the region of the stage."""
    hosted_zone_id: str | None = None
    """Id of its hosted zone in Route 53, in which the stack then makes the DNS records."""
    requests_per_second: int = 100
    """Requests per second of all callers together, 1..10000."""

    def __post_init__(self) -> None:
        label = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
        if not re.fullmatch(rf"(?=.{{1,253}}$)({label}\.)+[a-z]({label})?", self.name):
            raise ValueError(
                "domain.name must be a host name in small letters, such as drive.example.com, of"
                f" at most 253 characters, got {self.name!r}"
            )
        if not settings_checks.certificate_place(self.certificate_arn):
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
    """One stage. A bad value raises `ValueError` at synth, before any AWS call.

    `make reference` writes the descriptions of the fields into the README's table.
    """

    name: str
    """Name of the stage: a capital letter, then up to 15 letters or digits. Its stacks are
    `<name>-Data` and `<name>-Service`."""
    retain: bool
    """Whether files, keys and logs stay when a stack is deleted (but for a first deployment that
    fails), and `Data` is protected from deletion. Prod: yes."""
    account: str | None = None
    """The account of the stage, that of the credentials by default. Set it together with
    `region`."""
    region: str | None = None
    """The region of the stage, that of the credentials by default.
    [Where a drive can be](docs/operations/deploying.md#first-deployment)."""
    permissions_boundary: str | None = None
    """Name of a policy of the account: the boundary of every role, those of CDK's own providers
    among them."""

    zones: int | tuple[str, ...] = 2
    """Availability zones: 2 or 3, or their names, such as `("us-east-1a", "us-east-1d")`, which
    need `account` and `region`. One more later replaces nothing;
    [one less, and names later](docs/operations/network.md#zones)."""
    vpc_cidr: str = "10.42.0.0/16"
    """IPv4 network of the VPC, /16../23."""
    egress_ports: tuple[int, ...] = (443,)
    """TCP ports on which functions may call the world. 443 must be one, for their parameters."""
    egress: Egress = "nat"
    """How functions call the world: by `nat` (one gateway), `nat-per-zone` (Prod), `nat-regional`,
    `nat-instance` (a small machine) or `ipv6` (no NAT, and nothing that has IPv4 only), or not at
    all: `isolated` (AWS by endpoints).
    [What each means](docs/operations/network.md#the-way-to-the-world)."""
    vpc_id: str | None = None
    """Id of a VPC that is there already, instead of a new one. It needs `account` and `region`.
    [How](docs/operations/network.md#a-vpc-that-is-there-already)."""

    throughput: ThroughputMode | int = "elastic"
    """Throughput of the file system: `elastic`, `bursting`, or a number: MiB/s provisioned,
    1..3414."""
    replication_region: str | None = None
    """Region in which EFS keeps a copy of the files that nobody can write to."""
    backup_days: int = 35
    """Days for which each day's [backup](docs/operations/backups.md) is kept, 1..36500; with
    `retain` 7 or more."""
    backup_lock: BackupLock = "none"
    """Whether a backup can be deleted before its time: `none`, by whoever may; `governance`, after
    somebody took the lock away; `compliance`, by nobody, and no one can undo that setting 30 days
    after it was deployed. [Read this first](docs/operations/backups.md#the-lock)."""
    backup_copy_to: str | None = None
    """ARN of a vault in another region or account that gets a copy of each backup.
    [How to make it](docs/operations/backups.md#a-copy-in-another-region)."""

    mount_path: str = "/mnt/lambda"
    """Path at which the function finds its disk."""
    architecture: Architecture = "arm64"
    """Processor of the functions: `arm64` or `x86_64`."""
    memory_mb: int = 1024
    """Memory of the function in MB, 128..10240."""
    timeout_seconds: int = 60
    """Seconds after which Lambda ends a call, 1..900."""
    ephemeral_storage_mib: int = 512
    """Size of `/tmp` in MiB, 512..10240."""
    environment: dict[str, str] = field(default_factory=dict)
    """Further environment variables of the files function: 4 KB as JSON, names checked."""
    packaging: Packaging = "zip"
    """Package of the functions: `zip`, or `image`: one container image for all functions, which a
    deployment builds ([how](docs/operations/functions.md#container-images))."""
    reserved_concurrency: int | None = 10
    """Instances that are kept for files, and its most. 0 stops it. None keeps none: then
    `account_concurrency` is its most. From 1 on every other function on the drive has one too."""
    function_folder: str | None = None
    """Folder of a function of your own in place of files:
    [My Lambda with a disk](#my-lambda-with-a-disk)."""
    function_handler: str = "handler.handler"
    """Handler of that function, `<module>.<function>`."""

    subscribers: tuple[str, ...] = ()
    """Who hears the alarms: e-mail addresses, `https://` addresses, ARNs of functions of Lambda and
    queues of SQS. A stage with `retain` is not deployed without one.
    [How](docs/operations/brake.md#who-is-told)."""
    daily_brake: float = 2.0
    """Dollars of use in 24 hours at which the [brake](docs/operations/brake.md) stops the URL;
    earlier if much of it comes at once."""
    monthly_ceiling: int = 400
    """Dollars. A synth fails if the stage may cost more a month, idle and at worst (`make cost`).
    AWS Budgets tells of 50, 80 and 100 % of it, hours later."""
    account_concurrency: int = aws_limits.ACCOUNT_CONCURRENCY
    """Instances of all functions of the account, its quota: the most of a function that reserves
    none. A new account: 10."""

    max_drive_bytes: int | None = None
    """Bytes that the drive may hold. Above it a write answers `507`. This and the next two are in a
    parameter, which
    [can be changed while the drive runs](docs/operations/running.md#limits)."""
    max_file_bytes: int | None = None
    """Bytes that one file may hold."""
    upload_expiry_hours: int = 24
    """Hours for which an unfinished upload is kept, 1..720."""
    trash_days: int = 7
    """Days for which a file that was deleted or replaced [can be restored](docs/http.md#trash),
    0..365; 0: not at all. It counts as long as that. Prod: 30."""
    usage_hours: int = 6
    """Hours from one measurement of the drive to the next, 1..24;
    [each costs](docs/operations/running.md#what-runs-by-itself)."""

    url_invokers: tuple[str, ...] = ()
    """ARNs of IAM users, roles or accounts that may call the URL without a policy of their own:
    about twenty, as many as fit into the policy of a function."""
    cors_origins: tuple[str, ...] = ()
    """Origins of pages that may call the URL, with credentials of their own:
    `https://app.example`, or `*`."""
    url_auth: UrlAuth = "iam"
    """Who may call the URL: `iam`, signed calls only; `token`, everybody who sends
    `Authorization: Bearer` and the token that the stack makes. The URL is public then, and an
    output says so."""
    log_level: LogLevel = "INFO"
    """Level of the logs: `DEBUG` (Dev), `INFO` (Prod), `WARNING` or `ERROR`. That of files is an
    operator's until it changes here."""
    log_retention_days: LogRetentionDays = 365
    """Days for which logs are kept, one of those that CloudWatch Logs takes."""
    domain: Domain | None = None
    """A `Domain`: `https://<name>/` beside the function URL, through an API Gateway HTTP API that
    waits 30 s."""

    def __post_init__(self) -> None:
        settings_checks.check_choices(self)
        settings_checks.check_name(self.name)
        settings_checks.check_place(self.account, self.region)
        settings_checks.check_boundary(self.permissions_boundary)
        settings_checks.check_zones(self.zones, self.region)
        settings_checks.check_cidr(self.vpc_cidr)
        for port in self.egress_ports:
            aws_limits.check_range("egress_ports", port, (1, 65_535), "TCP ports")
        if self.vpc_id is not None:
            _check_vpc(self.vpc_id, self)
        settings_checks.check_egress(self.egress, self.egress_ports)
        if _HTTPS not in self.egress_ports and WAYS_OUT[self.egress].leads_out:
            raise ValueError(
                f"egress_ports must include {_HTTPS}, on which functions read their parameters and"
                f" secrets, got {self.egress_ports}"
            )
        settings_checks.check_throughput(self.throughput)
        settings_checks.check_replication(self.replication_region, self.region)
        settings_checks.check_backup_days(self.backup_days, retain=self.retain)
        settings_checks.check_backup_lock(self.backup_lock, retain=self.retain)
        settings_checks.check_backup_copy(self.backup_copy_to, (self.region, self.account))
        aws_limits.check_mount_path(self.mount_path)
        aws_limits.check_function_size(
            memory_mb=self.memory_mb,
            timeout_seconds=self.timeout_seconds,
            ephemeral_storage_mib=self.ephemeral_storage_mib,
        )
        lambda_limits.check_environment(self.environment)
        for address in self.subscribers:
            settings_checks.check_subscriber(address)
        settings_checks.check_once("subscribers", self.subscribers)
        settings_checks.check_dollars("daily_brake", self.daily_brake)
        _check_own_function(self)
        if self.reserved_concurrency is not None:
            aws_limits.check_range(
                "reserved_concurrency",
                self.reserved_concurrency,
                aws_limits.CONCURRENCY,
                "0 stops it",
            )
        for name, allowed, reason in _RANGES:
            if (value := getattr(self, name)) is not getattr(Settings, name):
                aws_limits.check_range(name, value, allowed, reason)
        for arn in self.url_invokers:
            settings_checks.check_principal(arn)
        settings_checks.check_once("url_invokers", self.url_invokers)
        aws_limits.check_url_invokers(self.url_invokers)
        settings_checks.check_origins(self.cors_origins)
        _check_domain(self.domain, self.account, self.region)

    @property
    def zone_count(self) -> int:
        """How many zones there are, named or not."""
        return self.zones if isinstance(self.zones, int) else len(self.zones)


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
        *("max_drive_bytes", "max_file_bytes", "upload_expiry_hours", "trash_days"),
        *("usage_hours", "url_auth"),
    ):
        value, default = getattr(settings, name), Settings.__dataclass_fields__[name].default
        if value != default:
            raise ValueError(
                f"{name} is the file service's, which function_folder takes the place of:"
                f" it must be {default!r}, got {value!r}"
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


def _check_domain(domain: object, account: str | None, region: str | None) -> None:
    if domain is None:
        return
    if not isinstance(domain, Domain):
        raise ValueError(f"domain must be a Domain, got {domain!r}")  # noqa: TRY004 - as all others
    place = settings_checks.certificate_place(domain.certificate_arn)
    if account is not None and place != (region, account):
        raise ValueError(
            f"domain.certificate_arn must be of a certificate in {region} of account {account},"
            f" where the stage is, got {domain.certificate_arn!r}"
        )
