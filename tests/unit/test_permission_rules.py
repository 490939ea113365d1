"""Keys, roles, mounts and URLs: the policies of our stages pass, and each link alone is missed.

The policies are those of tests/infra/reference, with names in place of references.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

import pytest

from ops.local.rules.function_urls import AuthType, may_call
from ops.local.rules.keys import (
    Key,
    KeyState,
    check_configuration,
    check_environment,
    check_log_group,
)
from ops.local.rules.mounts import Directory, Mount, Rights, User, check_directory, check_mount
from ops.local.rules.policies import AccessRequest, Policies, Principal
from ops.local.rules.policy_documents import Kind, Policy, policy
from ops.local.rules.roles import Role, ServiceRefusal, check_assumable, check_interfaces, trusted

ACCOUNT, REGION = "111122223333", "eu-west-1"
FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:Dev-Service-Files"
KEY_ARN = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234abcd"
FILE_SYSTEM = f"arn:aws:elasticfilesystem:{REGION}:{ACCOUNT}:file-system/fs-1"
POINT = f"arn:aws:elasticfilesystem:{REGION}:{ACCOUNT}:access-point/fsap-1"
LOG_GROUP = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:Dev-Service-Logs"
EC2 = f"arn:aws:ec2:{REGION}:{ACCOUNT}"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
Statement = Mapping[str, object]


def _policy(kind: Kind, *statements: Statement) -> Policy:
    filled = [{"Effect": "Allow", "Resource": "*", **statement} for statement in statements]
    return policy("A", {"Version": "2012-10-17", "Statement": filled}, kind)


INTERFACES: tuple[Statement, ...] = (
    {
        "Action": "ec2:CreateNetworkInterface",
        "Resource": [
            *(f"{EC2}:subnet/subnet-1", f"{EC2}:subnet/subnet-2"),
            *(f"{EC2}:security-group/sg-1", f"{EC2}:network-interface/*"),
        ],
    },
    {
        "Action": ["ec2:DeleteNetworkInterface", "ec2:AssignPrivateIpAddresses"],
        "Resource": f"{EC2}:*/*",
    },
    {"Action": ["ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets"]},
    {
        "Sid": "NotTheCodeItself",
        "Effect": "Deny",
        "Action": ["ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces"],
        "Condition": {
            "ArnLike": {
                "lambda:SourceFunctionArn": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:Dev-*"
            }
        },
    },
)
DECRYPT: Statement = {"Action": "kms:Decrypt", "Resource": KEY_ARN}
MOUNT: Statement = {
    "Action": ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"],
    "Resource": FILE_SYSTEM,
    "Condition": {
        "ArnEquals": {"elasticfilesystem:AccessPointArn": POINT},
        "Bool": {"elasticfilesystem:AccessedViaMountTarget": "true"},
    },
}
TRUST: Statement = {"Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}


def _role(*statements: Statement, trust: Statement = TRUST, boundary: Policy | None = None) -> Role:
    document = {name: value for name, value in trust.items() if name != "Resource"}
    return Role(
        arn=f"arn:aws:iam::{ACCOUNT}:role/Dev-Service-FilesRole",
        trust=policy("Trust", {"Statement": {"Effect": "Allow", **document}}, "resource"),
        policies=(_policy("identity", *statements),) if statements else (),
        boundary=boundary,
    )


OURS = _role(*INTERFACES, DECRYPT, MOUNT)
EVERYTHING_ELSE = _policy(
    "identity", {"NotAction": ["kms:*", "elasticfilesystem:Client*", "ec2:*"]}
)


def _refused(name: str, *sentence: str) -> pytest.RaisesExc[ServiceRefusal]:
    return pytest.RaisesExc(
        ServiceRefusal,
        check=lambda error: error.name == name and all(part in error.message for part in sentence),
    )


# --- roles: https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html


@pytest.mark.parametrize(
    ("trust", "assumable"),
    [
        (TRUST, True),
        ({**TRUST, "Principal": {"Service": ["edgelambda.amazonaws.com"]}}, False),
        ({**TRUST, "Principal": {"AWS": ROOT}}, False),
        ({**TRUST, "Action": "sts:TagSession"}, False),
        ({**TRUST, "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}}}, True),
        ({**TRUST, "Condition": {"StringEquals": {"aws:SourceAccount": "444455556666"}}}, False),
        ({**TRUST, "Condition": {"ArnLike": {"aws:SourceArn": f"{FUNCTION}*"}}}, True),
        ({**TRUST, "Condition": {"StringEquals": {"sts:ExternalId": "x"}}}, False),
    ],
)
def test_lambda_must_be_trusted(trust: Statement, *, assumable: bool) -> None:
    role = _role(trust=trust)
    if assumable:
        check_assumable(role, FUNCTION)
        return
    with _refused("InvalidParameterValueException", "cannot be assumed by Lambda"):
        check_assumable(role, FUNCTION)


def test_github_is_trusted_by_its_token() -> None:
    provider = f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"
    role = _role(
        trust={
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Principal": {"Federated": provider},
            "Condition": {
                "StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"},
                "StringLike": {"token.actions.githubusercontent.com:sub": "repo:o/r:environment:*"},
            },
        }
    )

    def allowed(subject: str, caller: str = provider) -> bool:
        request = AccessRequest(
            principal=Principal(arn=caller),
            action="sts:AssumeRoleWithWebIdentity",
            resource=role.arn,
            keys={
                "token.actions.githubusercontent.com:aud": ("sts.amazonaws.com",),
                "token.actions.githubusercontent.com:sub": (subject,),
            },
        )
        return trusted(role, request).allowed

    assert allowed("repo:o/r:environment:Dev")
    assert not allowed("repo:o/other:environment:Dev")
    assert not allowed("repo:o/r:environment:Dev", provider + "x")


def test_the_role_may_make_interfaces_in_its_subnets_and_groups_only() -> None:
    check_interfaces(OURS, REGION, ["subnet-1", "subnet-2"], ["sg-1"])
    for subnets, groups in ((["subnet-1", "subnet-9"], ["sg-1"]), (["subnet-1"], ["sg-1", "sg-9"])):
        with _refused("InvalidParameterValueException", "call CreateNetworkInterface on EC2"):
            check_interfaces(OURS, REGION, subnets, groups)


@pytest.mark.parametrize(
    ("role", "action"),
    [
        (_role(), "CreateNetworkInterface"),
        (_role(*INTERFACES[:2]), "DescribeNetworkInterfaces"),
        (_role(*INTERFACES, boundary=EVERYTHING_ELSE), "CreateNetworkInterface"),
        (_role(*INTERFACES, {"Effect": "Deny", "Action": "ec2:*"}), "CreateNetworkInterface"),
    ],
)
def test_a_role_that_makes_no_interfaces_is_refused(role: Role, action: str) -> None:
    sentence = f"The provided execution role does not have permissions to call {action} on EC2"
    with _refused("InvalidParameterValueException", sentence):
        check_interfaces(role, REGION, ["subnet-1"], ["sg-1"])


# --- keys: https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html

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
    return Key(arn=KEY_ARN, policy=_policy("resource", *statements), state=state)


@pytest.mark.parametrize(
    ("key", "role"),
    [
        (_key(BY_IAM, LOGS), OURS),
        (_key({"Action": "kms:*", "Principal": {"AWS": OURS.arn}}), _role()),
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
            _role(*INTERFACES, MOUNT),
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
            _role(DECRYPT, boundary=EVERYTHING_ELSE),
            "KMSAccessDeniedException",
            "because no permissions boundary allows the kms:Decrypt action",
        ),
    ],
)
def test_an_environment_that_cannot_be_decrypted_is_refused(
    key: Key | None, role: Role, name: str, sentence: str
) -> None:
    with _refused(name, "Lambda was unable to decrypt the environment variables", sentence):
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
        with _refused("AccessDeniedException", "not allowed to be used with Arn", log_group):
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
    with _refused("InvalidParameterException", sentence):
        check_log_group(key, LOG_GROUP)


# --- mounts: https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html

THE_MOUNT = Mount(file_system_arn=FILE_SYSTEM, access_point_arn=POINT)
CLIENT = [f"elasticfilesystem:Client{name}" for name in ("Mount", "Write", "RootAccess")]


def _denied(name: str, operator: Literal["Bool", "Null"], key: str, value: str) -> Statement:
    return {
        "Sid": name,
        "Effect": "Deny",
        "Action": CLIENT,
        "Principal": {"AWS": "*"},
        "Condition": {operator: {key: value}},
    }


FILE_SYSTEM_POLICY = _policy(
    "resource",
    _denied("DenyPlaintext", "Bool", "aws:SecureTransport", "false"),
    _denied("DenyWithoutAccessPoint", "Null", "elasticfilesystem:AccessPointArn", "true"),
    {"Effect": "Deny", "Action": CLIENT[2], "Principal": {"AWS": "*"}, "Sid": "DenyRoot"},
)


def test_the_role_mounts_and_writes_and_is_not_root() -> None:
    assert check_mount(THE_MOUNT, OURS, FILE_SYSTEM_POLICY) == Rights(write=True, root=False)
    read_only = _role({**MOUNT, "Action": CLIENT[0]})
    assert check_mount(THE_MOUNT, read_only, FILE_SYSTEM_POLICY) == Rights(write=False, root=False)


def test_without_a_policy_of_the_file_system_everybody_may_everything() -> None:
    assert check_mount(THE_MOUNT, _role(), None) == Rights(write=True, root=True)


def test_the_file_system_may_allow_in_place_of_the_role() -> None:
    allow = _policy("resource", {"Action": CLIENT[:2], "Principal": {"AWS": OURS.arn}})
    assert check_mount(THE_MOUNT, _role(), allow) == Rights(write=True, root=False)
    everybody = _policy("resource", {"Action": CLIENT, "Principal": "*"})
    assert check_mount(THE_MOUNT, _role(), everybody) == Rights(write=True, root=True)


@pytest.mark.parametrize(
    ("mount", "role", "sentence"),
    [
        (THE_MOUNT, _role(), "because no identity-based policy allows"),
        (
            Mount(file_system_arn=FILE_SYSTEM, access_point_arn=POINT + "x"),
            OURS,
            "because no identity-based policy allows",
        ),
        (
            Mount(file_system_arn=FILE_SYSTEM + "x", access_point_arn=POINT),
            OURS,
            "because no identity-based policy allows",
        ),
        (
            Mount(file_system_arn=FILE_SYSTEM, access_point_arn=POINT, by_mount_target=False),
            OURS,
            "because no identity-based policy allows",
        ),
        (
            Mount(file_system_arn=FILE_SYSTEM, access_point_arn=POINT, encrypted=False),
            OURS,
            "with an explicit deny in a resource-based policy",
        ),
        (
            THE_MOUNT,
            _role(MOUNT, boundary=EVERYTHING_ELSE),
            "because no permissions boundary allows the elasticfilesystem:ClientMount action",
        ),
    ],
)
def test_a_mount_that_is_not_allowed_is_refused(mount: Mount, role: Role, sentence: str) -> None:
    with _refused("EFSMountFailureException", "could not mount", sentence):
        check_mount(mount, role, FILE_SYSTEM_POLICY)


@pytest.mark.parametrize(
    ("user", "directory", "enters"),
    [
        (User(uid=1000, gid=1000), Directory(owner_uid=1000, owner_gid=1000, mode=0o750), True),
        (User(uid=1001, gid=1000), Directory(owner_uid=1000, owner_gid=1000, mode=0o750), True),
        (User(uid=1001, gid=1), Directory(owner_uid=1000, owner_gid=1000, mode=0o750), False),
        (User(uid=1001, gid=1), Directory(owner_uid=1000, owner_gid=1000, mode=0o755), True),
        (
            User(uid=1001, gid=1, secondary_gids=(1000,)),
            Directory(owner_uid=1000, owner_gid=1000, mode=0o750),
            True,
        ),
        # The class that the user is of decides, also where the others may more.
        (User(uid=1000, gid=1000), Directory(owner_uid=1000, owner_gid=1000, mode=0o077), False),
        (User(uid=1000, gid=1000), Directory(owner_uid=1000, owner_gid=1000, mode=0o600), False),
        # Root is nobody without ClientRootAccess.
        (User(uid=0, gid=0), Directory(owner_uid=0, owner_gid=0, mode=0o700), False),
        (User(uid=0, gid=0), Directory(owner_uid=0, owner_gid=0, mode=0o755), True),
        (User(uid=1000, gid=1000), None, False),
    ],
)
def test_the_access_points_user_must_enter_its_directory(
    user: User, directory: Directory | None, *, enters: bool
) -> None:
    if enters:
        check_directory(THE_MOUNT, user, directory, root_allowed=False)
        return
    with _refused("EFSMountFailureException", "root directory"):
        check_directory(THE_MOUNT, user, directory, root_allowed=False)


def test_root_enters_everywhere_where_it_is_allowed() -> None:
    closed = Directory(owner_uid=1000, owner_gid=1000, mode=0o700)
    check_directory(THE_MOUNT, User(uid=0, gid=0), closed, root_allowed=True)


# --- URLs: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html

USER = Principal(arn=f"arn:aws:iam::{ACCOUNT}:user/caller")
THERE = Principal(arn="arn:aws:iam::444455556666:role/example")


def _both(principal: object, auth_type: AuthType) -> tuple[Statement, Statement]:
    """Return the two statements of the page's examples."""
    return (
        {
            "Principal": principal,
            "Action": "lambda:InvokeFunctionUrl",
            "Resource": FUNCTION,
            "Condition": {"StringEquals": {"lambda:FunctionUrlAuthType": auth_type}},
        },
        {
            "Principal": principal,
            "Action": "lambda:InvokeFunction",
            "Resource": FUNCTION,
            "Condition": {"Bool": {"lambda:InvokedViaFunctionUrl": "true"}},
        },
    )


OWN: tuple[Statement, Statement] = (
    {"Action": "lambda:InvokeFunctionUrl", "Resource": FUNCTION},
    {"Action": "lambda:InvokeFunction", "Resource": FUNCTION},
)


@pytest.mark.parametrize(
    ("auth_type", "caller", "own", "granted", "allowed"),
    [
        # In one account either is enough, and each permission may come from another policy.
        ("AWS_IAM", USER, OWN, (), True),
        ("AWS_IAM", USER, (), _both({"AWS": USER.arn}, "AWS_IAM"), True),
        ("AWS_IAM", USER, OWN[:1], _both({"AWS": USER.arn}, "AWS_IAM")[1:], True),
        # Both permissions are needed.
        ("AWS_IAM", USER, OWN[:1], (), False),
        ("AWS_IAM", USER, OWN[1:], (), False),
        ("AWS_IAM", USER, (), _both({"AWS": USER.arn}, "AWS_IAM")[:1], False),
        # What is granted for another type of authentication is not for this one.
        ("AWS_IAM", USER, (), _both({"AWS": USER.arn}, "NONE"), False),
        # From another account both the caller's and the function's policy must allow.
        ("AWS_IAM", THERE, OWN, _both({"AWS": THERE.arn}, "AWS_IAM"), True),
        ("AWS_IAM", THERE, (), _both({"AWS": THERE.arn}, "AWS_IAM"), False),
        ("AWS_IAM", THERE, OWN, (), False),
        # Without authentication the function's policy must let everybody in.
        ("NONE", USER, OWN, (), False),
        ("NONE", USER, (), _both("*", "NONE"), True),
        ("NONE", USER, ({"Effect": "Deny", "Action": "lambda:*"},), _both("*", "NONE"), True),
        ("NONE", USER, (), _both("*", "NONE")[:1], False),
        ("NONE", USER, (), _both({"AWS": USER.arn}, "NONE"), False),
    ],
)
def test_who_may_call_a_url(
    auth_type: AuthType,
    caller: Principal,
    own: tuple[Statement, ...],
    granted: tuple[Statement, ...],
    *,
    allowed: bool,
) -> None:
    request, decision = may_call(
        auth_type,
        FUNCTION,
        _policy("resource", *granted) if granted else None,
        caller,
        Policies(identity=(_policy("identity", *own),) if own else ()),
    )
    assert decision.allowed is allowed
    assert request.resource == FUNCTION
    assert request.principal.arn == ("*" if auth_type == "NONE" else caller.arn)


# --- what every request has: a function's role has it where AWS calls with it, and its tags


IN_REGION = {"aws:RequestedRegion": (REGION,)}
ABOUT_REQUESTS: dict[str, dict[str, object]] = {
    "the region": {"StringEquals": {"aws:RequestedRegion": REGION}},
    "a tag": {"StringEquals": {"aws:PrincipalTag/team": "files"}},
    "what nobody knows": {"StringEquals": {"aws:PrincipalOrgID": "o-abc1234567"}},
    "a tag of the resource": {"StringEquals": {"aws:ResourceTag/team": "files"}},
}


def _asking(condition: dict[str, object], *, known: bool) -> Role:
    trust = {**TRUST, "Condition": {"StringEquals": {"aws:RequestedRegion": REGION}}}
    role = _role({"Action": "*", "Condition": condition}, trust=trust)
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
    key = Key(arn=KEY_ARN, policy=_policy("resource", statement))
    if allowed:
        check_environment(key, OURS, FUNCTION)
        return
    with _refused("KMSAccessDeniedException"):
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
    with _refused("InvalidParameterValueException", says):
        check_configuration(arn, key)
    check_configuration(KEY_ARN, _key(BY_IAM))
