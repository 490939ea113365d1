"""A log group that is encrypted and forgets."""

from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct

from stacks.shared.removal import removal_policy


class EncryptedLogGroup(logs.LogGroup):
    """A log group under a customer-managed key that keeps events for `retention_days`."""

    def __init__(
        self, scope: Construct, id: str, *, key: kms.IKey, retention_days: int, retain: bool
    ) -> None:
        super().__init__(
            scope,
            id,
            encryption_key=key,
            removal_policy=removal_policy(retain=retain),
        )
        resource = self.node.default_child
        assert isinstance(resource, logs.CfnLogGroup)
        resource.retention_in_days = retention_days  # the L2 takes an enum, settings hold days
