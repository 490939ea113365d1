"""The policies of our stages, as in tests/infra/reference, with names in place of references."""

from collections.abc import Mapping
from typing import Literal

import pytest

from ops.local.rules.mounts import Mount
from ops.local.rules.policy_documents import Kind, Policy, policy
from ops.local.rules.roles import Role, ServiceRefusal

ACCOUNT, REGION = "111122223333", "eu-west-1"
FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:Dev-Service-Files"
KEY_ARN = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234abcd"
FILE_SYSTEM = f"arn:aws:elasticfilesystem:{REGION}:{ACCOUNT}:file-system/fs-1"
POINT = f"arn:aws:elasticfilesystem:{REGION}:{ACCOUNT}:access-point/fsap-1"
EC2 = f"arn:aws:ec2:{REGION}:{ACCOUNT}"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
Statement = Mapping[str, object]


def policy_of(kind: Kind, *statements: Statement) -> Policy:
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


def role_of(
    *statements: Statement, trust: Statement = TRUST, boundary: Policy | None = None
) -> Role:
    document = {name: value for name, value in trust.items() if name != "Resource"}
    return Role(
        arn=f"arn:aws:iam::{ACCOUNT}:role/Dev-Service-FilesRole",
        trust=policy("Trust", {"Statement": {"Effect": "Allow", **document}}, "resource"),
        policies=(policy_of("identity", *statements),) if statements else (),
        boundary=boundary,
    )


OURS = role_of(*INTERFACES, DECRYPT, MOUNT)
EVERYTHING_ELSE = policy_of(
    "identity", {"NotAction": ["kms:*", "elasticfilesystem:Client*", "ec2:*"]}
)


def is_refused(name: str, *sentence: str) -> pytest.RaisesExc[ServiceRefusal]:
    return pytest.RaisesExc(
        ServiceRefusal,
        check=lambda error: error.name == name and all(part in error.message for part in sentence),
    )


THE_MOUNT = Mount(file_system_arn=FILE_SYSTEM, access_point_arn=POINT)
CLIENT = [f"elasticfilesystem:Client{name}" for name in ("Mount", "Write", "RootAccess")]


def denied(name: str, operator: Literal["Bool", "Null"], key: str, value: str) -> Statement:
    return {
        "Sid": name,
        "Effect": "Deny",
        "Action": CLIENT,
        "Principal": {"AWS": "*"},
        "Condition": {operator: {key: value}},
    }


FILE_SYSTEM_POLICY = policy_of(
    "resource",
    denied("DenyPlaintext", "Bool", "aws:SecureTransport", "false"),
    denied("DenyWithoutAccessPoint", "Null", "elasticfilesystem:AccessPointArn", "true"),
    {"Effect": "Deny", "Action": CLIENT[2], "Principal": {"AWS": "*"}, "Sid": "DenyRoot"},
)
