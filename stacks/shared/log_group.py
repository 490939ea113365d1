"""A log group that is encrypted and forgets."""

from dataclasses import dataclass

from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as cloudwatch_logs
from constructs import Construct

from stacks.shared.removal import removal_policy


@dataclass(frozen=True, kw_only=True)
class Logs:
    """How logs are kept: under `key`, for `retention_days`, and with `retain` after their stack."""

    key: kms.IKey
    retention_days: int
    retain: bool


class EncryptedLogGroup(cloudwatch_logs.LogGroup):
    """A log group that keeps its events as `logs` says."""

    def __init__(self, scope: Construct, id: str, *, logs: Logs) -> None:
        super().__init__(
            scope,
            id,
            encryption_key=logs.key,
            removal_policy=removal_policy(retain=logs.retain),
        )
        resource = self.node.default_child
        assert isinstance(resource, cloudwatch_logs.CfnLogGroup)
        resource.retention_in_days = logs.retention_days  # the L2 takes an enum, settings hold days
