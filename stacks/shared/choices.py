"""The values of each setting that is a choice: mypy and the checks at synth read the same lists."""

from typing import Literal, get_args

Architecture = Literal["arm64", "x86_64"]
Packaging = Literal["zip", "image"]
Egress = Literal["nat", "nat-per-zone", "nat-regional", "nat-instance", "ipv6", "isolated"]
ThroughputMode = Literal["elastic", "bursting"]
UrlAuth = Literal["iam", "token"]
BackupLock = Literal["none", "governance", "compliance"]
LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR"]
SelfApproval = Literal["nothing-broader", "no-change", "never"]
Access = Literal["read-only", "read-write"]
# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
# fmt: off
LogRetentionDays = Literal[
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365,
    400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
]
# fmt: on


def check_choice(name: str, value: object, choice: object) -> None:
    """Raise `ValueError` if `value` is not among the values of the `Literal` type `choice`."""
    allowed = get_args(choice)
    if value not in allowed:
        raise ValueError(f"{name} must be one of {', '.join(map(str, allowed))}, got {value!r}")
