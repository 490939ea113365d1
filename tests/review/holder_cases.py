"""Pairs of versions in which holders may do another thing, or others may become them."""

from typing import Any

from ops.review.findings import Weight
from tests.review.policies import managed, role, statement

Json = Any
STOP, LOOK, NOTE, NONE = Weight.STOP, Weight.LOOK, Weight.NOTE, Weight.NONE
GET = statement("s3:GetObject", "arn:aws:s3:::b/*")
EVERYBODY = {"AWS": "*"}
OTHER_ACCOUNT = {"AWS": "arn:aws:iam::111122223333:root"}
OWN_ACCOUNT = {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}}
OIDC = "arn:aws:iam::1:oidc-provider/token.actions.githubusercontent.com"


def trust(principal: Json, **more: Json) -> dict[str, Json]:
    return {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal, **more}


def roles(*inline: Json, **more: Json) -> dict[str, Json]:
    return {"Role": role(*inline, **more)}


def attached(policy: Json, *names: str) -> dict[str, Json]:
    return {
        "Role": role(),
        "Policy": {
            **policy,
            "Properties": {**policy["Properties"], "Roles": [{"Ref": each} for each in names]},
        },
    }


def home(version: str) -> dict[str, Json]:
    stated = [statement("s3:GetObject", "arn:aws:s3:::b/${aws:username}")]
    policy = {"PolicyName": "a", "PolicyDocument": {"Version": version, "Statement": stated}}
    return {"Role": role(Policies=[policy])}


GRANTS = managed(GET)


# Before, after, the worst weight after, words of its sentence, and the worst weight of the reverse.
CASES: dict[str, tuple[Json, Json, Weight, str, Weight | None]] = {
    "an action more": (
        roles(GET),
        roles(GET, statement("s3:PutObject", "arn:aws:s3:::b/*")),
        LOOK,
        "Data/Role may s3:PutObject on s3:b/*",
        NOTE,
    ),
    "a wildcard covers what was named": (
        roles(GET),
        roles(statement("s3:*", "arn:aws:s3:::b/*")),
        LOOK,
        "Data/Role may s3:* on s3:b/*",
        NOTE,
    ),
    "a resource covers what was named": (
        roles(GET),
        roles(statement("s3:GetObject")),
        LOOK,
        "may s3:GetObject on everything",
        NOTE,
    ),
    "an action of another case": (
        roles(GET),
        roles(statement("S3:getobject", GET["Resource"])),
        NONE,
        "",
        NONE,
    ),
    "everything": (roles(GET), roles(statement("*")), LOOK, "may do everything on", NOTE),
    "all but one action": (
        roles(GET),
        roles({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}),
        LOOK,
        "may do everything but iam:*",
        NOTE,
    ),
    "fewer exceptions": (
        roles({"Effect": "Allow", "NotAction": ["iam:*", "sts:*"], "Resource": "*"}),
        roles({"Effect": "Allow", "NotAction": ["iam:*"], "Resource": "*"}),
        LOOK,
        "everything but iam:*",
        NOTE,
    ),
    "an exception that was permitted": (
        roles({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}),
        roles(GET),
        NOTE,
        "may no longer do everything but iam:*",
        LOOK,
    ),
    "split": (
        roles(statement(["s3:GetObject", "s3:PutObject"], ["a", "b"])),
        roles(
            statement("s3:PutObject", ["b", "a"]),
            statement("s3:GetObject", "a"),
            statement("s3:GetObject", "b"),
        ),
        NONE,
        "",
        NONE,
    ),
    "from inline to managed": (
        roles(GET),
        {"Role": role(), **attached(GRANTS, "Role")},
        NONE,
        "",
        NONE,
    ),
    "from a holder's list to a role's": (
        attached(GRANTS, "Role"),
        {"Role": role(ManagedPolicyArns=[{"Ref": "Policy"}]), "Policy": GRANTS},
        NONE,
        "",
        NONE,
    ),
    "a managed policy of AWS": (
        roles(),
        roles(ManagedPolicyArns=["arn:aws:iam::aws:policy/AdministratorAccess"]),
        LOOK,
        "Data/Role has the managed policy AdministratorAccess from now on",
        NOTE,
    ),
    "a policy with a new holder": (
        {**attached(GRANTS, "Role"), "Other": role()},
        {**attached(GRANTS, "Role", "Other"), "Other": role()},
        LOOK,
        "may s3:GetObject on s3:b/*, by Data/Policy, which it has from now on",
        NOTE,
    ),
    "a denial that goes": (
        roles(GET, {"Effect": "Deny", "Action": "iam:*", "Resource": "*"}),
        roles(GET),
        LOOK,
        "is no longer denied to iam:* on everything",
        NOTE,
    ),
    "a denial of less": (
        roles({"Effect": "Deny", "Action": "iam:*", "Resource": "*"}),
        roles({"Effect": "Deny", "Action": "iam:Create*", "Resource": "*"}),
        LOOK,
        "is no longer denied to iam:* on",
        NOTE,
    ),
    "a boundary that goes": (
        roles(PermissionsBoundary="arn:aws:iam::1:policy/b"),
        roles(),
        STOP,
        "is no longer held within the boundary",
        NOTE,
    ),
    "another boundary": (
        roles(PermissionsBoundary="arn:aws:iam::1:policy/b"),
        roles(PermissionsBoundary="arn:aws:iam::1:policy/c"),
        LOOK,
        "is held within the boundary arn:aws:iam::1:policy/c, and no longer within",
        LOOK,
    ),
    "a boundary that lets more": (
        {"Role": role(PermissionsBoundary={"Ref": "Policy"}), "Policy": managed(GET)},
        {
            "Role": role(PermissionsBoundary={"Ref": "Policy"}),
            "Policy": managed(GET, statement("s3:PutObject", "b")),
        },
        LOOK,
        "may s3:PutObject on b, as far as its boundary is concerned",
        NOTE,
    ),
    "trust in another service": (
        roles(trust="lambda.amazonaws.com"),
        roles(trust=trust({"Service": ["lambda.amazonaws.com", "ec2.amazonaws.com"]})),
        LOOK,
        "Data/Role may be assumed by ec2.amazonaws.com",
        NOTE,
    ),
    "trust in another account": (
        roles(),
        roles(trust=trust(OTHER_ACCOUNT)),
        STOP,
        "may be assumed by the account 111122223333",
        LOOK,
    ),
    "trust in a role of another account": (
        roles(),
        roles(trust=trust({"AWS": "arn:aws:iam::111122223333:role/x"})),
        STOP,
        "role/x",
        LOOK,
    ),
    "trust in its own account": (roles(), roles(trust=trust(OWN_ACCOUNT)), LOOK, "its own", LOOK),
    "trust in everybody": (
        roles(),
        roles(trust=trust(EVERYBODY)),
        STOP,
        "may be assumed by anybody in the world",
        NOTE,
    ),
    "trust in everybody of an organisation": (
        roles(),
        roles(trust=trust("*", Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}})),
        LOOK,
        "may be assumed by anybody if aws:PrincipalOrgID is o-1",
        LOOK,
    ),
    "trust in a provider of identities": (
        roles(),
        roles(
            trust={
                "Effect": "Allow",
                "Action": "sts:AssumeRoleWithWebIdentity",
                "Principal": {"Federated": OIDC},
                "Condition": {
                    "StringLike": {"token.actions.githubusercontent.com:sub": "repo:a/b:*"}
                },
            }
        ),
        STOP,
        "sts:AssumeRoleWithWebIdentity",
        LOOK,
    ),
    "a wider sub of GitHub": (
        roles(
            trust=trust(
                {"Federated": OIDC}, Condition={"StringLike": {"x:sub": "repo:a/b:ref:main"}}
            )
        ),
        roles(trust=trust({"Federated": OIDC}, Condition={"StringLike": {"x:sub": "repo:a/*"}})),
        STOP,
        "passes now: x:sub like repo:a/*",
        NOTE,
    ),
    "a variable that becomes one": (
        home("2008-10-17"),
        home("2012-10-17"),
        LOOK,
        "may s3:GetObject on s3:b/${aws:username}",
        LOOK,
    ),
    "a statement beside another of the same under a condition": (
        roles({**GET, "Condition": {"StringEquals": {"aws:SourceVpc": "a"}}}),
        roles(
            {**GET, "Condition": {"StringEquals": {"aws:SourceVpc": "a"}}},
            {**GET, "Condition": {"StringEquals": {"aws:SourceVpce": "b"}}},
        ),
        LOOK,
        "Data/Role may s3:GetObject on s3:b/* if aws:SourceVpce is b",
        NOTE,
    ),
    "the first holder of a policy": (
        {"Role": role(), "Policy": GRANTS},
        attached(GRANTS, "Role"),
        LOOK,
        "Data/Role may s3:GetObject",
        LOOK,
    ),
}
