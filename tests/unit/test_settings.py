"""Every bad setting fails by name, with what it may be and what it was."""

import re
from typing import Any

import pytest

from stacks.settings import Domain, Settings
from stacks.shared import aws_limits
from tests.baseline import DEV

CERTIFICATE = "arn:aws:acm:eu-west-1:123456789012:certificate/0a1b2c3d"

PINNED = {"account": "123456789012", "region": "eu-west-3"}
VPC = "vpc-0123456789abcdef0"
COPIES = "arn:aws:backup:eu-west-3:123456789012:backup-vault:copies"


def in_virginia(*zones: object) -> dict[str, object]:
    """A stage in us-east-1, in these zones."""
    return {"account": "123456789012", "region": "us-east-1", "zones": zones}


BAD: list[tuple[dict[str, Any], str]] = [
    ({"name": "dev"}, "name must be a capital letter.*got 'dev'"),
    ({"name": "De-v"}, "name must be a capital letter.*got 'De-v'"),
    ({"name": ""}, "name must be a capital letter.*got ''"),
    ({"name": "A" * 17}, "name must be a capital letter, then up to 15 letters.*got 'AAAAAAAAAAA"),
    ({"account": "123456789012"}, "account and region must be set together.*region=None"),
    ({"region": "eu-west-1"}, "account and region must be set together.*account=None"),
    ({"account": "1234", "region": "eu-west-1"}, "account must be 12 digits, got '1234'"),
    ({"account": "123456789012", "region": "Ireland"}, "region must look like.*got 'Ireland'"),
    *(
        (
            {"account": "123456789012", "region": region},
            rf"region must be one with {what} \(.*\), got '{region}'",
        )
        for what, regions in (
            ("function URLs", aws_limits.REGIONS_WITHOUT_FUNCTION_URLS),
            ("EFS for Lambda", ("mx-central-1",)),
        )
        for region in sorted(regions)
    ),
    *(
        ({"zones": value}, rf"zones must be 2\.\.3 \(or a tuple of their names\), got {shown}$")
        for value, shown in (
            *((1, "1"), (4, "4"), (6, "6"), (True, "True"), (2.5, r"2\.5"), (None, "None")),
            ("us-east-1a", "'us-east-1a'"),
            (["us-east-1a", "us-east-1b"], r"\['us-east-1a', 'us-east-1b'\]"),
        )
    ),
    (
        {"zones": ("us-east-1a", "us-east-1b")},
        r"account and region must be set with the names of zones.*got \('us-east-1a'.* alone",
    ),
    *(
        (
            in_virginia(*zones),
            rf"zones must be 2\.\.6 names, each once, got {re.escape(str(zones))}",
        )
        for zones in ((), ("us-east-1a",), tuple(f"us-east-1{letter}" for letter in "abcdefg"))
    ),
    *(
        (
            in_virginia("us-east-1a", zone),
            rf"zones must be names such as us-east-1a, of region, got {re.escape(repr(zone))}",
        )
        for zone in (
            *(
                "us-west-1a",
                "us-east-1",
                "use1-az1",
                "US-EAST-1B",
                "us-east-1ab",
                "us-east-1b ",
                "",
            ),
            *("us-east-1-bos-1a", "us-east-1-wl1-bos-wlz-1", 2, None),
        )
    ),
    *(
        ({"backup_days": value}, rf"backup_days must be 1\.\.36500 \(AWS.*\), got {value!r}$")
        for value in (0, -1, 36_501, 1.5, True, None)
    ),
    (
        {"backup_days": 6, "retain": True},
        "backup_days must be 7 or more in a stage with retain.*got 6$",
    ),
    ({"backup_lock": "yes"}, "backup_lock must be one of none, governance, compliance, got 'yes'"),
    *(
        (
            {"backup_lock": lock, "retain": False},
            f"backup_lock must be none in a stage without retain.*got '{lock}'",
        )
        for lock in ("governance", "compliance")
    ),
    *(
        ({"backup_copy_to": value}, rf"backup_copy_to must be the ARN of a vault.*got {value!r}$")
        for value in ("eu-west-3", "", 3, f"{COPIES[:-6]}", COPIES.replace(":123456789012", ":"))
    ),
    (
        PINNED | {"backup_copy_to": COPIES},
        f"backup_copy_to must be a vault of another region or account.*got '{COPIES}'",
    ),
    (in_virginia("us-east-1a", "us-east-1a"), "zones must name each one once, got 'us-east-1a'"),
    ({"egress": "vpn"}, "egress must be one of nat, nat-per-zone, .*, ipv6, isolated, got 'vpn'"),
    ({"egress": None}, "egress must be one of nat, .*, isolated, got None"),
    (
        {"egress": "isolated", "egress_ports": (443, 22)},
        r"egress_ports must be left out with egress 'isolated'.*got \(443, 22\)",
    ),
    ({"vpc_cidr": "10.0.0.0"}, r"vpc_cidr must be /16\.\./23 .*got '10\.0\.0\.0'"),
    ({"vpc_cidr": "10.0.0.0/8"}, r"vpc_cidr must be /16\.\./23 .*got '10\.0\.0\.0/8'"),
    ({"vpc_cidr": "10.0.0.0/24"}, r"vpc_cidr must be /16\.\./23 .*got '10\.0\.0\.0/24'"),
    ({"vpc_cidr": "10.0.0.1/16"}, r"vpc_cidr must be an IPv4 network .*got '10\.0\.0\.1/16'"),
    ({"vpc_cidr": "home"}, "vpc_cidr must be an IPv4 network .*got 'home'"),
    ({"egress_ports": ()}, r"egress_ports must include 443, on which functions .*got \(\)"),
    ({"egress_ports": (8443,)}, r"egress_ports must include 443, .*got \(8443,\)"),
    ({"egress_ports": (443, 0)}, r"egress_ports must be 1\.\.65535 .*got 0"),
    (
        {"egress_ports": tuple(range(443, 443 + 60))},
        r"egress_ports must be at most 59 \(a security group has 60 rules, .*NFS\), got 60",
    ),
    ({**PINNED, "vpc_id": "main"}, "vpc_id must look like vpc-0123.*got 'main'"),
    ({"vpc_id": VPC}, f"account and region must be set with vpc_id.*got '{VPC}' alone"),
    *(
        ({**PINNED, "vpc_id": VPC} | value, f"{name} must be left out with vpc_id.*got {shown}")
        for name, value, shown in (
            ("zones", {"zones": 3}, "3"),
            ("vpc_cidr", {"vpc_cidr": "10.0.0.0/16"}, "'10.0.0.0/16'"),
            ("egress", {"egress": "ipv6"}, "'ipv6'"),
        )
    ),
    *(
        (
            {"throughput": value},
            rf"throughput must be elastic, bursting, or 1\.\.3414 .*got {value!r}",
        )
        for value in ("fast", 0, 3415, True, 1.5, None)
    ),
    ({"replication_region": "Paris"}, "replication_region must look like .*got 'Paris'"),
    (
        {"account": "123456789012", "region": "eu-west-3", "replication_region": "eu-west-3"},
        "replication_region must be another than region, got 'eu-west-3'",
    ),
    ({"mount_path": "/data"}, "mount_path must be /mnt/<name>.*got '/data'"),
    ({"architecture": "riscv"}, "architecture must be one of arm64, x86_64, got 'riscv'"),
    ({"memory_mb": 127}, r"memory_mb must be 128\.\.10240 \(MB\), got 127"),
    ({"memory_mb": 10_241}, r"memory_mb must be 128\.\.10240 \(MB\), got 10241"),
    ({"timeout_seconds": 0}, r"timeout_seconds must be 1\.\.900 .*got 0"),
    ({"timeout_seconds": 901}, r"timeout_seconds must be 1\.\.900 .*got 901"),
    ({"timeout_seconds": 1.5}, r"timeout_seconds must be 1\.\.900 .*got 1\.5"),
    ({"ephemeral_storage_mib": 511}, r"ephemeral_storage_mib must be 512\.\.10240 .*got 511"),
    ({"ephemeral_storage_mib": 10_241}, r"ephemeral_storage_mib must be .*got 10241"),
    ({"environment": {"AWS_REGION": "x"}}, "'AWS_REGION' is reserved by Lambda"),
    ({"environment": {"BIG": "x" * 4096}}, "environment must be at most 4096 bytes as J.*got 4106"),
    ({"permissions_boundary": ""}, "permissions_boundary must be the name of a policy.*got ''"),
    ({"permissions_boundary": "a b"}, "permissions_boundary must be the name.*got 'a b'"),
    ({"permissions_boundary": "/a"}, "permissions_boundary must be the name.*got '/a'"),
    (
        {"permissions_boundary": "arn:aws:iam::123456789012:policy/a"},
        "permissions_boundary must be the name of a policy.*got 'arn:aws:iam::123456789012:pol",
    ),
    ({"packaging": "rpm"}, "packaging must be one of zip, image, got 'rpm'"),
    ({"reserved_concurrency": -1}, r"reserved_concurrency must be 0\.\..*\(0 stops it\), got -1"),
    ({"subscribers": ("nobody",)}, "subscribers must be e-mail addresses, .* got 'nobody'"),
    ({"subscribers": ("http://a.example",)}, "subscribers must be .* got 'http://a.example'"),
    ({"subscribers": ("arn:aws:sns:eu-west-1:123456789012:t",)}, "subscribers must be .*:t'"),
    ({"subscribers": ("arn:aws:sqs:eu-west-1:123456789012:a.fifo",)}, "no FIFO.*a.fifo'"),
    ({"subscribers": (1,)}, "subscribers must be .* got 1"),
    ({"subscribers": ("a@b.example",) * 2}, "subscribers must name each one once, got 'a@b.ex"),
    ({"daily_brake": 0}, r"daily_brake must be 0\.1\.\.100000 \(dollars\), got 0"),
    ({"daily_brake": float("nan")}, r"daily_brake must be 0\.1\.\..*got nan"),
    ({"daily_brake": None}, r"daily_brake must be 0\.1\.\..*got None"),
    ({"daily_brake": True}, r"daily_brake must be 0\.1\.\..*got True"),
    ({"monthly_ceiling": 0}, r"monthly_ceiling must be 1\.\.1000000 .*got 0"),
    ({"monthly_ceiling": 1.5}, r"monthly_ceiling must be 1\.\.1000000 .*got 1\.5"),
    ({"reserved_concurrency": 1.5}, r"reserved_concurrency must be 0\.\..*got 1\.5"),
    ({"account_concurrency": 0}, r"account_concurrency must be 1\.\..*got 0"),
    ({"account_concurrency": None}, r"account_concurrency must be 1\.\..*got None"),
    ({"function_folder": ""}, "function_folder must be a folder with a function's code.*got ''"),
    (
        {"function_handler": "app.handler"},
        "function_handler must be set together with function_folder.*got 'app.handler' alone",
    ),
    *(
        (
            {"function_folder": "f", "function_handler": handler},
            f"function_handler must be <module>.<function>, such as app.handler, got {handler!r}",
        )
        for handler in ("", "handler", "app:handler", "app.py.", "../app.handler", "1a.handler")
    ),
    *(
        (
            {"function_folder": "f", name: value},
            f"{name} is the file service's, .*must be {default}, got {value}",
        )
        for name, default, value in (
            ("max_drive_bytes", None, 10**12),
            ("max_file_bytes", None, 10**9),
            ("upload_expiry_hours", 24, 48),
            ("trash_days", 7, 0),
            ("usage_hours", 6, 1),
        )
    ),
    ({"max_drive_bytes": 0}, r"max_drive_bytes must be 1\.\.9223372036854775807 .*got 0"),
    ({"max_drive_bytes": 1e12}, r"max_drive_bytes must be 1\.\..*got 1000000000000\.0"),
    ({"max_file_bytes": 0}, r"max_file_bytes must be 1\.\.52673613135872 \(EFS's limit\), got 0"),
    ({"max_file_bytes": 52_673_613_135_873}, r"max_file_bytes must be .*got 52673613135873"),
    ({"upload_expiry_hours": 0}, r"upload_expiry_hours must be 1\.\.720 \(30 days\), got 0"),
    ({"upload_expiry_hours": 721}, r"upload_expiry_hours must be 1\.\.720 \(30 days\), got 721"),
    *(
        ({"trash_days": days}, rf"trash_days must be 0\.\.365 \(0: no trash\), got {days!r}")
        for days in (-1, 366, 1.5, True, None, "7")
    ),
    *(
        ({"usage_hours": hours}, rf"usage_hours must be 1\.\.24 \(from one .*got {hours!r}")
        for hours in (0, 25, 1.5, True, None, "6")
    ),
    ({"url_invokers": ("*",)}, "url_invokers must be ARNs of IAM users.*got '\\*'"),
    (
        {"url_invokers": ("arn:aws:iam::123456789012:role/team/*",)},
        "url_invokers must be ARNs of IAM users.*got 'arn:aws:iam::123456789012:role/team/\\*'",
    ),
    ({"url_invokers": ("arn:aws:s3:::x",)}, "url_invokers must be ARNs.*got 'arn:aws:s3:::x'"),
    (
        {"url_invokers": ("arn:aws:iam::123456789012:root",) * 2},
        "url_invokers must name each one once, got 'arn:aws:iam::123456789012:root' again",
    ),
    *(
        ({"cors_origins": (origin,)}, f'cors_origins must be "\\*", https://.*got {origin!r}')
        for origin in (
            *("", "app.example", "http://app.example", "https://", "https://app.example/"),
            *("https://App.example", "https://a b", "https://app.example:", "file://localhost"),
        )
    ),
    ({"cors_origins": ("https://" + "a" * 246,)}, "cors_origins must be .*at most 253 characters"),
    (
        {"cors_origins": ("https://a.example",) * 2},
        "cors_origins must name each one once, got 'https://a.example' again",
    ),
    (
        {"cors_origins": tuple(f"https://{number}.example" for number in range(101))},
        "cors_origins must be at most 100, got 101",
    ),
    ({"url_auth": "none"}, "url_auth must be one of iam, token, got 'none'"),
    ({"url_auth": None}, "url_auth must be one of iam, token, got None"),
    ({"log_level": "loud"}, "log_level must be one of DEBUG, INFO, WARNING, ERROR, got 'loud'"),
    *(
        (
            {"domain": lambda name=name: Domain(name, CERTIFICATE)},
            f"domain.name .*got {re.escape(repr(name))}",
        )
        for name in (
            *("", "example", "Drive.example.com", "*.example.com", "https://drive.example.com"),
            *("drive.example.com/", "drive.example.com.", "drive..com", "-a.example.com"),
            *("a_b.example.com", "a" * 64 + ".example.com", "a." * 127 + "com", "10.0.0.1"),
        )
    ),
    *(
        (
            {"domain": lambda arn=arn: Domain("drive.example.com", arn)},
            f"domain.certificate_arn must be the ARN .*got {re.escape(repr(arn))}",
        )
        for arn in (
            *("", "0a1b", "arn:aws:iam::123456789012:server-certificate/x"),
            *("arn:aws:acm:eu-west-1:1234:certificate/0a1b", f"{CERTIFICATE}*"),
        )
    ),
    *(
        (
            {"domain": lambda zone=zone: Domain("drive.example.com", CERTIFICATE, zone)},
            f"domain.hosted_zone_id must be the id .*got {zone!r}",
        )
        for zone in ("", "example.com", "/hostedzone/Z012", "Z" + "0" * 32)
    ),
    *(
        (
            {"domain": lambda rate=rate: Domain("a.example", CERTIFICATE, None, rate)},
            rf"domain.requests_per_second must be 1\.\.10000 .*got {rate}",
        )
        for rate in (0, 10_001, 1.5, True)
    ),
    ({"domain": "drive.example.com"}, "domain must be a Domain, got 'drive.example.com'"),
    *(
        (
            {"domain": Domain("a.example", CERTIFICATE), "account": account, "region": region},
            f"domain.certificate_arn must be of a certificate in {region} of account {account}",
        )
        for account, region in (("123456789012", "us-east-1"), ("210987654321", "eu-west-1"))
    ),
    ({"log_retention_days": 8}, "log_retention_days must be one of 1, 3, 5, .*got 8"),
]


@pytest.mark.parametrize(
    ("values", "message"), BAD, ids=[" and ".join(values) for values, _ in BAD]
)
def test_a_bad_value_is_named_with_what_it_may_be(values: dict[str, Any], message: str) -> None:
    wanted: dict[str, Any] = {"name": "Test", "retain": False} | values
    with pytest.raises(ValueError, match=message) as caught:
        Settings(**{name: value() if callable(value) else value for name, value in wanted.items()})
    assert "\n" not in str(caught.value)


def test_settings_do_not_change() -> None:
    with pytest.raises(AttributeError):
        DEV.zones = 3  # type: ignore[misc]  # that it cannot be assigned is the point


def test_a_pinned_environment_with_everything_set_is_taken() -> None:
    Settings(
        name="Everything",
        retain=True,
        account="123456789012",
        region="us-gov-west-1",
        permissions_boundary="boundaries/developer",
        zones=3,
        egress="nat-per-zone",
        vpc_cidr="10.0.0.0/23",
        egress_ports=(443, 5432),
        throughput=3414,
        replication_region="us-gov-east-1",
        mount_path="/mnt/x",
        architecture="x86_64",
        memory_mb=10_240,
        timeout_seconds=900,
        ephemeral_storage_mib=10_240,
        environment={"COLOUR": "blue"},
        packaging="image",
        reserved_concurrency=0,
        subscribers=(
            "ops@example.com",
            "https://hooks.example.com/alarms?of=drive",
            "arn:aws-us-gov:lambda:us-gov-west-1:123456789012:function:tell",
            "arn:aws-us-gov:sqs:us-gov-west-1:123456789012:alarms",
        ),
        daily_brake=100_000,
        account_concurrency=10,
        monthly_ceiling=10**6,
        max_drive_bytes=10**15,
        max_file_bytes=52_673_613_135_872,
        upload_expiry_hours=720,
        trash_days=365,
        usage_hours=24,
        cors_origins=("*", "https://app.example", "https://a.b:8443", "http://localhost:8080"),
        url_invokers=("arn:aws:iam::123456789012:role/team/uploader",),
        url_auth="token",
        log_level="ERROR",
        log_retention_days=3653,
        domain=Domain(
            "drive.example.com",
            "arn:aws-us-gov:acm:us-gov-west-1:123456789012:certificate/0a1b-2c",
            "Z0123456789",
            10_000,
        ),
    )


@pytest.mark.parametrize(
    "region",
    sorted(aws_limits.REGIONS_WITHOUT_FUNCTION_URLS | aws_limits.REGIONS_WITHOUT_EFS_FOR_LAMBDA),
)
def test_a_copy_may_be_where_no_drive_can_be(region: str) -> None:
    # https://docs.aws.amazon.com/efs/latest/ug/API_CreateReplicationConfiguration.html
    copied = Settings(name="Test", retain=False, replication_region=region)
    assert copied.replication_region == region


@pytest.mark.parametrize(
    "zones",
    [
        ("eu-central-1a", "eu-central-1b"),
        ("eu-central-1c", "eu-central-1a", "eu-central-1b"),
        tuple(f"eu-central-1{letter}" for letter in "abcdef"),
    ],
)
def test_zones_are_taken_by_name_in_any_order(zones: tuple[str, ...]) -> None:
    settings = Settings(
        name="Test", retain=False, account="123456789012", region="eu-central-1", zones=zones
    )
    assert settings.zones == zones


def test_a_function_of_ones_own_is_taken_with_a_handler_anywhere_in_its_folder() -> None:
    Settings(name="Own", retain=False, function_folder="/srv/app", function_handler="a.b_c.run")


def roles(count: int, length: int) -> tuple[str, ...]:
    """Return the ARNs of as many roles, each with a name as long."""
    return tuple(
        f"arn:aws:iam::123456789012:role/{number:02}{'r' * (length - 2)}" for number in range(count)
    )


@pytest.mark.parametrize("length", [2, 20, 64])
def test_more_invokers_than_a_functions_policy_takes_are_refused(length: int) -> None:
    """Lambda would refuse one of the last ones, in the middle of a deployment."""
    most = max(count for count in range(60) if accepted({"url_invokers": roles(count, length)}))
    assert 15 <= most <= 25
    with pytest.raises(
        ValueError, match=rf"url_invokers must fit into .* 20480 bytes.*got {most + 1} of them"
    ):
        Settings(name="Dev", retain=False, url_invokers=roles(most + 1, length))


def accepted(settings: dict[str, Any]) -> bool:
    """Whether the settings are taken."""
    try:
        Settings(name="Dev", retain=False, **settings)
    except ValueError:
        return False
    return True
