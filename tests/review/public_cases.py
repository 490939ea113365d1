"""Pairs of versions in which a bucket or a key is opened, by what AWS takes for public.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status
https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-resources.html
"""

from typing import Any

from ops.review.findings import Weight
from tests.review.policies import ACCOUNT, ROLE_ARN, bucket, key, role, statement

Json = Any
STOP, LOOK, NOTE, NONE = Weight.STOP, Weight.LOOK, Weight.NOTE, Weight.NONE
OTHER_ACCOUNT = {"AWS": "arn:aws:iam::111122223333:root"}
OWN_ACCOUNT = {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}}
READ = {"Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}
DENY = {"Effect": "Deny", **READ, "Principal": "*"}


def opened(principal: Json, **condition: Json) -> dict[str, Json]:
    """A bucket that some may read."""
    conditions = {"Condition": condition} if condition else {}
    return bucket({"Effect": "Allow", "Principal": principal, **READ, **conditions})


def only(key_: str, value: Json, operator: str = "StringEquals") -> dict[str, Json]:
    return opened("*", **{operator: {key_: value}})


BLOCK = {
    "PublicAccessBlockConfiguration": {"BlockPublicPolicy": True, "RestrictPublicBuckets": True}
}


# Before, after, the worst weight after, words of its sentence, and the worst weight of the reverse.
CASES: dict[str, tuple[Json, Json, Weight, str, Weight | None]] = {
    "a bucket for everybody": (
        bucket(),
        opened("*"),
        STOP,
        "Data/Bucket lets anybody in the world s3:GetObject",
        NOTE,
    ),
    "a bucket for another account": (bucket(), opened(OTHER_ACCOUNT), STOP, "111122223333", NOTE),
    "a bucket for its own role": (
        {**bucket(), "Role": role()},
        {**opened({"AWS": ROLE_ARN}), "Role": role()},
        LOOK,
        "Data/Bucket lets Data/Role s3:GetObject",
        NOTE,
    ),
    "an owner that is a user of S3": (
        bucket(),
        opened(
            {"CanonicalUser": "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"}
        ),
        STOP,
        "79a59df",
        NOTE,
    ),
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
    "a fixed VPC": (bucket(), only("aws:SourceVpc", "vpc-1"), LOOK, "lets anybody", NOTE),
    "any VPC": (bucket(), only("aws:SourceVpc", "vpc-*", "StringLike"), STOP, "world", NOTE),
    "a narrow network": (
        bucket(),
        only("aws:SourceIp", "54.0.0.0/24", "IpAddress"),
        LOOK,
        "",
        NOTE,
    ),
    "every network": (bucket(), only("aws:SourceIp", "0.0.0.0/0", "IpAddress"), STOP, "", NOTE),
    "half of the networks": (
        bucket(),
        only("aws:SourceIp", "0.0.0.0/1", "IpAddress"),
        STOP,
        "",
        NOTE,
    ),
    "all but one network": (
        bucket(),
        only("aws:SourceIp", "1.2.3.4", "NotIpAddress"),
        STOP,
        "",
        NOTE,
    ),
    "an organisation": (bucket(), only("aws:PrincipalOrgID", "o-1"), LOOK, "", NOTE),
    "an organisation if there is one": (
        bucket(),
        only("aws:PrincipalOrgID", "o-1", "StringEqualsIfExists"),
        STOP,
        "world",
        NOTE,
    ),
    "an organisation, vacuously": (
        bucket(),
        only("aws:PrincipalOrgPaths", "o-1/*", "ForAllValues:StringLike"),
        STOP,
        "world",
        NOTE,
    ),
    "some path of an organisation": (
        bucket(),
        only("aws:PrincipalOrgPaths", "o-1/*", "ForAnyValue:StringLike"),
        LOOK,
        "",
        NOTE,
    ),
    "everybody but an organisation": (
        bucket(),
        only("aws:PrincipalOrgID", "o-1", "StringNotEquals"),
        STOP,
        "world",
        NOTE,
    ),
    "encrypted calls only": (
        bucket(),
        only("aws:SecureTransport", "true", "Bool"),
        STOP,
        "world",
        NOTE,
    ),
    "a referrer": (bucket(), only("aws:Referer", "https://a/*", "StringLike"), STOP, "world", NOTE),
    "a user agent": (bucket(), only("aws:UserAgent", "secret"), STOP, "world", NOTE),
    "the account itself": (bucket(), only("aws:PrincipalAccount", ACCOUNT), LOOK, "", NOTE),
    "another account by a condition": (
        bucket(),
        only("aws:PrincipalAccount", "111122223333"),
        STOP,
        "",
        NOTE,
    ),
    "everybody but who a denial keeps out": (
        bucket(),
        bucket(
            {"Effect": "Allow", "Principal": "*", **READ},
            {**DENY, "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}},
        ),
        LOOK,
        "lets anybody",
        LOOK,
    ),
    "a denial that kept the world out goes": (
        bucket(
            {"Effect": "Allow", "Principal": "*", **READ},
            {**DENY, "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}},
        ),
        opened("*"),
        STOP,
        "no longer denies everybody to s3:GetObject",
        NOTE,
    ),
    "everybody but one": (
        bucket(),
        bucket({"Effect": "Allow", "NotPrincipal": OTHER_ACCOUNT, **READ}),
        STOP,
        "everybody but the account",
        NOTE,
    ),
    "a public access list": (
        bucket(),
        bucket(AccessControl="PublicRead"),
        STOP,
        "Data/Bucket may be read by anybody in the world from now on",
        NOTE,
    ),
    "nothing keeps a bucket closed": (bucket(**BLOCK), bucket(), LOOK, "is no longer kept", NOTE),
    "nothing keeps an open bucket closed": (
        bucket({"Effect": "Allow", "Principal": "*", **READ}, **BLOCK),
        opened("*"),
        STOP,
        "(BlockPublicPolicy and RestrictPublicBuckets), and is open by its policy",
        NOTE,
    ),
    "the policy of a key as KMS would make it": (
        {"Key": key()},
        {
            "Key": key(
                {"Effect": "Allow", "Principal": OWN_ACCOUNT, "Action": "kms:*", "Resource": "*"}
            )
        },
        NONE,
        "",
        NONE,
    ),
    "a key for everybody of the account": (
        {"Key": key()},
        {
            "Key": key(
                {"Effect": "Allow", "Principal": OWN_ACCOUNT, "Action": "kms:*", "Resource": "*"},
                statement(
                    "kms:Decrypt",
                    Principal="*",
                    Condition={"StringEquals": {"kms:CallerAccount": ACCOUNT}},
                ),
            )
        },
        LOOK,
        "Data/Key lets anybody kms:Decrypt if kms:CallerAccount is its own account",
        NOTE,
    ),
    "a key by way of a service": (
        {"Key": key()},
        {
            "Key": key(
                statement(
                    "kms:Decrypt",
                    Principal="*",
                    Condition={"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}},
                )
            )
        },
        STOP,
        "lets anybody in the world kms:Decrypt",
        LOOK,
    ),
    "a role in place of its account, which needed a policy of its own": (
        {"Role": role(), **opened(OWN_ACCOUNT)},
        {"Role": role(), **opened({"AWS": ROLE_ARN})},
        LOOK,
        "Data/Bucket lets Data/Role s3:GetObject",
        LOOK,
    ),
    "a denial to the account in place of a role": (
        {"Role": role(), **bucket({**READ, "Effect": "Deny", "Principal": OWN_ACCOUNT})},
        {"Role": role(), **bucket({**READ, "Effect": "Deny", "Principal": {"AWS": ROLE_ARN}})},
        LOOK,
        "Data/Bucket no longer denies its own account",
        NOTE,
    ),
}
