"""Keys of environments and logs: our policies pass, and each link alone is missed."""

from dataclasses import replace

import pytest

from ops.local.rules.keys import (
    Key,
    KeyState,
    check_configuration,
    check_environment,
    check_log_group,
)
from ops.local.rules.mounts import check_mount
from ops.local.rules.roles import Role, ServiceRefusal, check_assumable, check_interfaces
from tests.unit.our_policies import (
    ACCOUNT,
    DECRYPT,
    EVERYTHING_ELSE,
    FILE_SYSTEM_POLICY,
    FUNCTION,
    INTERFACES,
    KEY_ARN,
    MOUNT,
    OURS,
    REGION,
    ROOT,
    THE_MOUNT,
    TRUST,
    Statement,
    is_refused,
    policy_of,
    role_of,
)

LOG_GROUP = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:Dev-Service-Logs"
BY_IAM: Statement = {"Action": ["kms:Decrypt", "kms:Encrypt"], "Principal": {"AWS": ROOT}}
LOGS: Statement = {
    "Action": ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"],
    "Condition": {
        "ArnLike": {
            "kms:EncryptionContext:aws:logs:arn": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:Dev-*"
        }
    },
    "Principal": {"Service": f"logs.{REGION}.amazonaws.com"},
}


def _key(*statements: Statement, state: KeyState = "Enabled") -> Key:
    return Key(arn=KEY_ARN, policy=policy_of("resource", *statements), state=state)


@pytest.mark.parametrize(
    ("key", "role"),
    [
        (_key(BY_IAM, LOGS), OURS),
        (_key({"Action": "kms:*", "Principal": {"AWS": OURS.arn}}), role_of()),
        (
            _key(
                {
                    **BY_IAM,
                    "Condition": {
                        "StringEquals": {"kms:ViaService": f"lambda.{REGION}.amazonaws.com"},
                        "ForAllValues:StringEquals": {
                            "kms:EncryptionContextKeys": "aws:lambda:FunctionArn"
                        },
                        "ArnLike": {"kms:EncryptionContext:aws:lambda:FunctionArn": FUNCTION},
                    },
                }
            ),
            OURS,
        ),
    ],
)
def test_the_environment_is_decrypted_by_key_policy_and_role(key: Key, role: Role) -> None:
    check_environment(key, role, FUNCTION)


@pytest.mark.parametrize(
    ("key", "role", "name", "sentence"),
    [
        (None, OURS, "KMSNotFoundException", "the KMS key was not found"),
        (_key(BY_IAM, state="Disabled"), OURS, "KMSDisabledException", "used is disabled"),
        (
            _key(BY_IAM, state="PendingDeletion"),
            OURS,
            "KMSInvalidStateException",
            "not valid for Decrypt",
        ),
        (
            _key(BY_IAM),
            role_of(*INTERFACES, MOUNT),
            "KMSAccessDeniedException",
            "because no identity-based policy allows the kms:Decrypt action",
        ),
        (
            _key(LOGS),
            OURS,
            "KMSAccessDeniedException",
            "because no resource-based policy allows the kms:Decrypt action",
        ),
        (
            _key(BY_IAM, {"Effect": "Deny", "Action": "kms:Decrypt", "Principal": "*"}),
            OURS,
            "KMSAccessDeniedException",
            "with an explicit deny in a resource-based policy",
        ),
        (
            _key(BY_IAM),
            role_of(DECRYPT, boundary=EVERYTHING_ELSE),
            "KMSAccessDeniedException",
            "because no permissions boundary allows the kms:Decrypt action",
        ),
    ],
)
def test_an_environment_that_cannot_be_decrypted_is_refused(
    key: Key | None, role: Role, name: str, sentence: str
) -> None:
    with is_refused(name, "Lambda was unable to decrypt the environment variables", sentence):
        check_environment(key, role, FUNCTION)


def test_cloudwatch_logs_uses_the_key_for_log_groups_that_the_key_names() -> None:
    check_log_group(_key(BY_IAM, LOGS), LOG_GROUP)
    other = LOG_GROUP.replace("Dev-", "Prod-")
    refusals = (
        (_key(BY_IAM), LOG_GROUP),
        (_key(BY_IAM, LOGS), other),
        (_key({**LOGS, "Principal": {"Service": "logs.us-east-1.amazonaws.com"}}), LOG_GROUP),
        (_key({**LOGS, "Action": "kms:Encrypt"}), LOG_GROUP),
    )
    for key, log_group in refusals:
        with is_refused("AccessDeniedException", "not allowed to be used with Arn", log_group):
            check_log_group(key, log_group)


@pytest.mark.parametrize(
    ("key", "sentence"),
    [
        (None, "The specified KMS Key Id could not be found."),
        (_key(BY_IAM, LOGS, state="Disabled"), "Disabled"),
        (_key(BY_IAM, LOGS, state="PendingDeletion"), "PendingDeletion"),
    ],
)
def test_a_log_group_has_a_key_that_is_there_and_enabled(key: Key | None, sentence: str) -> None:
    with is_refused("InvalidParameterException", sentence):
        check_log_group(key, LOG_GROUP)


IN_REGION = {"aws:RequestedRegion": (REGION,)}
ABOUT_REQUESTS: dict[str, dict[str, object]] = {
    "the region": {"StringEquals": {"aws:RequestedRegion": REGION}},
    "a tag": {"StringEquals": {"aws:PrincipalTag/team": "files"}},
    "what nobody knows": {"StringEquals": {"aws:PrincipalOrgID": "o-abc1234567"}},
    "a tag of the resource": {"StringEquals": {"aws:ResourceTag/team": "files"}},
}


def _asking(condition: dict[str, object], *, known: bool) -> Role:
    trust = {**TRUST, "Condition": {"StringEquals": {"aws:RequestedRegion": REGION}}}
    role = role_of({"Action": "*", "Condition": condition}, trust=trust)
    if not known:
        return role
    return replace(
        role,
        keys=IN_REGION,
        session_keys={"aws:PrincipalTag/team": ("files",)},
        unknown=frozenset({"aws:PrincipalOrgID", "aws:ResourceTag/"}),
    )


@pytest.mark.parametrize("condition", ABOUT_REQUESTS)
def test_a_role_may_ask_for_what_every_request_has(condition: str) -> None:
    role = _asking(ABOUT_REQUESTS[condition], known=True)
    check_assumable(role, FUNCTION)
    check_interfaces(role, REGION, ["subnet-1"], ["sg-1"])
    check_environment(_key(BY_IAM), role, FUNCTION)
    check_mount(THE_MOUNT, role, FILE_SYSTEM_POLICY)
    other = _asking(ABOUT_REQUESTS[condition], known=False)
    for refused in (
        lambda: check_assumable(other, FUNCTION),
        lambda: check_interfaces(other, REGION, ["subnet-1"], ["sg-1"]),
        lambda: check_mount(THE_MOUNT, other, FILE_SYSTEM_POLICY),
    ):
        with pytest.raises(ServiceRefusal):
            refused()


@pytest.mark.parametrize(("account", "allowed"), [(ACCOUNT, True), ("444455556666", False)])
def test_a_key_may_ask_for_the_callers_account(account: str, *, allowed: bool) -> None:
    condition = {"StringEquals": {"kms:CallerAccount": account}}
    statement = {"Action": "kms:*", "Principal": {"AWS": "*"}, "Condition": condition}
    key = Key(arn=KEY_ARN, policy=policy_of("resource", statement))
    if allowed:
        check_environment(key, OURS, FUNCTION)
        return
    with is_refused("KMSAccessDeniedException"):
        check_environment(key, OURS, FUNCTION)


CONFIGURED = "unable to configure access to your environment variables because the KMS key"


@pytest.mark.parametrize(
    ("arn", "state", "says"),
    [
        (
            KEY_ARN,
            "Disabled",
            f"{CONFIGURED} used is disabled. Please check your KMS key settings.",
        ),
        (KEY_ARN, "PendingDeletion", f"{KEY_ARN} is in the state PendingDeletion."),
        (KEY_ARN, None, f"KMS Exception: NotFoundException KMS Message: Key '{KEY_ARN}' does not"),
        (
            KEY_ARN.replace("key/", "alias/"),
            None,
            "InvalidArnException KMS Message: Key Aliases are not supported for this operation.",
        ),
    ],
)
def test_lambda_takes_no_key_with_which_it_cannot_encrypt(
    arn: str, state: KeyState | None, says: str
) -> None:
    key = Key(arn=arn, policy=_key(BY_IAM).policy, state=state) if state else None
    with is_refused("InvalidParameterValueException", says):
        check_configuration(arn, key)
    check_configuration(KEY_ARN, _key(BY_IAM))
