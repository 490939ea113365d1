"""A customer-managed KMS key."""

from aws_cdk import Stack
from aws_cdk import aws_kms as kms
from constructs import Construct

from stacks.shared.permissions import Statement, policy_document
from stacks.shared.removal import removal_policy

# `kms:*` without what this project has no use for: grants to anything but AWS services, imported
# key material, and copies in other regions or key stores.
_ADMINISTRATION = (
    "kms:CancelKeyDeletion",
    "kms:CreateAlias",
    "kms:DeleteAlias",
    "kms:DescribeKey",
    "kms:DisableKey",
    "kms:DisableKeyRotation",
    "kms:EnableKey",
    "kms:EnableKeyRotation",
    "kms:GetKeyPolicy",
    "kms:GetKeyRotationStatus",
    "kms:ListAliases",
    "kms:ListGrants",
    "kms:ListKeyPolicies",
    "kms:ListKeyRotations",
    "kms:ListResourceTags",
    "kms:PutKeyPolicy",
    "kms:RetireGrant",
    "kms:RevokeGrant",
    "kms:RotateKeyOnDemand",
    "kms:ScheduleKeyDeletion",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:UpdateAlias",
    "kms:UpdateKeyDescription",
)
_USE = (
    "kms:Decrypt",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
)


class EncryptionKey(Construct):
    """A key that rotates yearly, and that IAM policies of this account govern.

    Grants go to AWS services only
    (https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html#key-policy-service-integration),
    and CloudWatch Logs may use it for log groups whose names begin with `log_groups`, those of this
    stack by default.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        description: str,
        retain: bool,
        log_groups: str | None = None,
    ) -> None:
        super().__init__(scope, id)
        stack = Stack.of(self)
        account = {"AWS": f"arn:{stack.partition}:iam::{stack.account}:root"}
        self.key = kms.Key(
            self,
            "Key",
            description=description,
            enable_key_rotation=True,
            removal_policy=removal_policy(retain=retain),
            policy=policy_document(
                _statement("AccountAdministersByIam", account, _ADMINISTRATION),
                _statement("AccountUsesByIam", account, _USE),
                _statement(
                    "AccountGrantsToAwsServicesOnly",
                    account,
                    ("kms:CreateGrant",),
                    {"Bool": {"kms:GrantIsForAWSResource": "true"}},
                ),
                _log_groups(stack, log_groups or f"{stack.stack_name}-"),
                # Whatever other policies come to allow.
                _statement(
                    "NobodyGrantsToOthers",
                    {"AWS": "*"},
                    ("kms:CreateGrant",),
                    {
                        "BoolIfExists": {
                            "aws:PrincipalIsAWSService": "false",
                            "kms:GrantIsForAWSResource": "false",
                        }
                    },
                    "Deny",
                ),
            ),
        )


def _log_groups(stack: Stack, named: str) -> Statement:
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
    groups = stack.format_arn(service="logs", resource=f"log-group:{named}*", resource_name=None)
    return _statement(
        "LogGroupsOfThisStack",
        {"Service": f"logs.{stack.region}.amazonaws.com"},
        ("kms:DescribeKey", *_USE),
        {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": groups}},
    )


def _statement(
    sid: str,
    principal: dict[str, str],
    actions: tuple[str, ...],
    conditions: dict[str, dict[str, str]] | None = None,
    effect: str = "Allow",
) -> Statement:
    statement: Statement = {"Sid": sid, "Effect": effect, "Principal": principal}
    # In a key policy "*" means this key (.../developerguide/key-policy-overview.html).
    statement |= {"Action": list(actions), "Resource": "*"}
    return statement | {"Condition": conditions} if conditions else statement
