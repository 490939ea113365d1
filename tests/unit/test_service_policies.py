"""The policies of keys and of file systems by the examples of the KMS and the EFS guides."""

from collections.abc import Mapping

import pytest

from ops.local.rules.keys import Key, decide
from ops.local.rules.mounts import Mount, Rights, check_mount
from ops.local.rules.policies import Policies, Principal
from ops.local.rules.policy_documents import Policy, policy
from ops.local.rules.roles import Role, ServiceRefusal

HERE, THERE = "111122223333", "444455556666"
KEY_ARN = f"arn:aws:kms:us-west-2:{HERE}:key/1234abcd"
ALL_OF_KMS = policy(
    "Own", {"Statement": {"Effect": "Allow", "Action": "kms:*", "Resource": "*"}}, "identity"
)
NOTHING = Policies()
ALLOWED = Policies(identity=(ALL_OF_KMS,))


def _user(name: str, account: str = HERE) -> Principal:
    return Principal(arn=f"arn:aws:iam::{account}:user/{name}")


def _session(role: str) -> Principal:
    return Principal(
        arn=f"arn:aws:sts::{HERE}:assumed-role/{role}/session",
        role=f"arn:aws:iam::{HERE}:role/{role}",
    )


def _key(*statements: Mapping[str, object]) -> Key:
    filled = [{"Effect": "Allow", "Resource": "*", **statement} for statement in statements]
    document = {"Version": "2012-10-17", "Statement": filled}
    return Key(arn=KEY_ARN, policy=policy("Key", document, "resource"))


# https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
DEFAULT = _key(
    {
        "Sid": "Enable IAM policies",
        "Principal": {"AWS": f"arn:aws:iam::{HERE}:root"},
        "Action": "kms:*",
    }
)
USES = _key(
    {
        "Sid": "Allow use of the key",
        "Principal": {
            "AWS": [
                f"arn:aws:iam::{HERE}:user/ExampleUser",
                f"arn:aws:iam::{HERE}:role/ExampleRole",
                f"arn:aws:iam::{THERE}:root",
            ]
        },
        "Action": ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*"],
    }
)


@pytest.mark.parametrize(
    ("key", "principal", "own", "allowed"),
    [
        # "doesn't give any IAM users or roles permission": it lets the account's IAM give it.
        (DEFAULT, _user("ExampleUser"), NOTHING, False),
        (DEFAULT, _user("ExampleUser"), ALLOWED, True),
        (DEFAULT, Principal(arn=f"arn:aws:iam::{HERE}:root"), NOTHING, True),
        # Without that statement "IAM policies that allow access to the key are ineffective".
        (USES, _user("ExampleUser"), NOTHING, True),
        (USES, _session("ExampleRole"), NOTHING, True),
        (USES, _user("Other"), ALLOWED, False),
        (USES, Principal(arn=f"arn:aws:iam::{HERE}:root"), ALLOWED, False),
        # The other account's users need both.
        (USES, _user("Somebody", THERE), ALLOWED, True),
        (USES, _user("Somebody", THERE), NOTHING, False),
    ],
)
def test_a_keys_policy_gives_or_lets_iam_give(
    key: Key, principal: Principal, own: Policies, *, allowed: bool
) -> None:
    assert decide(key, "kms:Decrypt", principal, own)[1].allowed is allowed


# https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html
APP = _session("RoleForExampleApp")
OF_APP = {"Principal": {"AWS": APP.role}, "Action": "kms:GenerateDataKey"}
WITH_NAME = {"StringEquals": {"kms:EncryptionContext:AppName": "ExampleApp"}}
ONLY_NAME = {"ForAllValues:StringEquals": {"kms:EncryptionContextKeys": ["AppName"]}}


@pytest.mark.parametrize(
    ("key", "context", "allowed"),
    [
        (_key({**OF_APP, "Condition": WITH_NAME}), {"AppName": "ExampleApp"}, True),
        (_key({**OF_APP, "Condition": WITH_NAME}), {"AppName": "ExampleApp", "Stage": "x"}, True),
        (_key({**OF_APP, "Condition": WITH_NAME}), {"appname": "ExampleApp"}, True),
        (_key({**OF_APP, "Condition": WITH_NAME}), {"AppName": "exampleapp"}, False),
        (_key({**OF_APP, "Condition": WITH_NAME}), {}, False),
        (_key({**OF_APP, "Condition": WITH_NAME | ONLY_NAME}), {"AppName": "ExampleApp"}, True),
        (
            _key({**OF_APP, "Condition": WITH_NAME | ONLY_NAME}),
            {"AppName": "ExampleApp", "Stage": "x"},
            False,
        ),
        (_key({**OF_APP, "Condition": WITH_NAME | ONLY_NAME}), {}, False),
        (_key({**OF_APP, "Condition": ONLY_NAME}), {}, True),
        *(
            (
                _key(
                    OF_APP,
                    {
                        **OF_APP,
                        "Effect": "Deny",
                        "Condition": {
                            "StringEquals": {"kms:EncryptionContext:Stage": "Restricted"}
                        },
                    },
                ),
                {"Stage": stage},
                stage == "Test",
            )
            for stage in ("Restricted", "Test")
        ),
    ],
)
def test_a_key_may_ask_for_an_encryption_context(
    key: Key, context: dict[str, str], *, allowed: bool
) -> None:
    decision = decide(key, "kms:GenerateDataKey", APP, NOTHING, context=context)[1]
    assert decision.allowed is allowed


def test_a_key_may_ask_for_a_service_on_the_way() -> None:
    key = _key(
        {
            "Principal": {"AWS": APP.role},
            "Action": ["kms:Encrypt", "kms:Decrypt"],
            "Condition": {"StringEquals": {"kms:ViaService": "ec2.us-west-2.amazonaws.com"}},
        }
    )
    for via, allowed in (("ec2", True), ("lambda", False), (None, False)):
        assert decide(key, "kms:Decrypt", APP, NOTHING, via=via)[1].allowed is allowed


# https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html (its three examples)
# https://docs.aws.amazon.com/efs/latest/ug/efs-access-points.html (the roles app1 and app2)
FILE_SYSTEM = f"arn:aws:elasticfilesystem:us-east-2:{HERE}:file-system/fs-12345678"
POINT = f"arn:aws:elasticfilesystem:us-east-2:{HERE}:access-point/fsap-01234567"
OTHER_POINT = f"arn:aws:elasticfilesystem:us-east-2:{HERE}:access-point/fsap-89abcdef"
CLIENT = [f"elasticfilesystem:Client{each}" for each in ("Mount", "Write", "RootAccess")]


def _allow(principal: object, actions: object, **members: object) -> dict[str, object]:
    return {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": actions, **members}


def _arn(role: str) -> str:
    return f"arn:aws:iam::{HERE}:role/{role}"


def _of_point(point: str) -> dict[str, object]:
    return {"StringEquals": {"elasticfilesystem:AccessPointArn": point}}


def _file_system(*statements: dict[str, object]) -> Policy:
    return policy("FileSystem", {"Statement": list(statements)}, "resource")


EVERYBODY_BY_MOUNT_TARGET = _file_system(
    _allow(
        "*",
        CLIENT,
        Resource=FILE_SYSTEM,
        Condition={"Bool": {"elasticfilesystem:AccessedViaMountTarget": "true"}},
    ),
    _allow(_arn("Testing_Role"), CLIENT[:2], Resource=FILE_SYSTEM),
)
READ_ONLY = _file_system(_allow(_arn("EfsReadOnly"), CLIENT[:1], Resource=FILE_SYSTEM))
ONE_POINT = _file_system(
    _allow(
        _arn("EfsAccessPointFullAccess"),
        "elasticfilesystem:Client*",
        Resource=FILE_SYSTEM,
        Condition=_of_point(POINT),
    )
)
TWO_APPS = _file_system(  # which leaves the resource out
    _allow(_arn("app1"), CLIENT[:2], Condition=_of_point(POINT)),
    _allow(_arn("app2"), CLIENT[:2], Condition=_of_point(OTHER_POINT)),
)


@pytest.mark.parametrize(
    ("of_file_system", "role", "point", "by_mount_target", "rights"),
    [
        (EVERYBODY_BY_MOUNT_TARGET, "Other", POINT, True, Rights(write=True, root=True)),
        (EVERYBODY_BY_MOUNT_TARGET, "Other", POINT, False, None),
        (EVERYBODY_BY_MOUNT_TARGET, "Testing_Role", POINT, False, Rights(write=True, root=False)),
        (READ_ONLY, "EfsReadOnly", POINT, True, Rights(write=False, root=False)),
        (READ_ONLY, "Other", POINT, True, None),
        (ONE_POINT, "EfsAccessPointFullAccess", POINT, True, Rights(write=True, root=True)),
        (ONE_POINT, "EfsAccessPointFullAccess", OTHER_POINT, True, None),
        (TWO_APPS, "app1", POINT, True, Rights(write=True, root=False)),
        (TWO_APPS, "app1", OTHER_POINT, True, None),
        (TWO_APPS, "app2", OTHER_POINT, True, Rights(write=True, root=False)),
    ],
)
def test_a_file_system_says_who_may_mount(
    of_file_system: Policy, role: str, point: str, *, by_mount_target: bool, rights: Rights | None
) -> None:
    mount = Mount(
        file_system_arn=FILE_SYSTEM, access_point_arn=point, by_mount_target=by_mount_target
    )
    client = Role(arn=_arn(role), trust=Policy("Trust", ()))
    if rights is not None:
        assert check_mount(mount, client, of_file_system) == rights
        return
    with pytest.raises(ServiceRefusal, match="EFSMountFailureException"):
        check_mount(mount, client, of_file_system)
