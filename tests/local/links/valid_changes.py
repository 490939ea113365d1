"""Changes of what is deployed that AWS allows: each is made alone, and put back."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from tests.local.conftest import TARGET
from tests.local.links.deployed import Deployed
from tests.local.links.network import by_endpoint
from tests.local.links.permissions import role_says

_MANAGED = "arn:aws:iam::aws:policy"
_REGION = {"aws:RequestedRegion": TARGET.region}


def _everything(**condition: dict[str, str]) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition}


def _denied(**condition: dict[str, str]) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": condition}


# A role with one of these statements beside a right to everything, or in its place.
_STATEMENTS = {
    "in the region": _everything(StringEquals=_REGION),
    "not in other regions": _denied(StringNotEquals=_REGION),
    "after a date": _everything(DateGreaterThan={"aws:CurrentTime": "2020-01-01T00:00:00Z"}),
    "over TLS": _everything(Bool={"aws:SecureTransport": "true"}),
    "of a role's tag": _everything(StringEquals={"aws:PrincipalTag/team": "files"}),
    "of an organization": _everything(StringEquals={"aws:PrincipalOrgID": "o-abc1234567"}),
    "not of others": _denied(StringNotEquals={"aws:PrincipalOrgID": "o-abc1234567"}),
    "by the role itself": _everything(Bool={"aws:ViaAWSService": "false"}),
    "in the account": _everything(StringEquals={"aws:ResourceAccount": "${aws:PrincipalAccount}"}),
}
_POLICIES = (
    f"{_MANAGED}/service-role/AWSLambdaVPCAccessExecutionRole",
    f"{_MANAGED}/AmazonElasticFileSystemClientReadWriteAccess",
    f"{_MANAGED}/AmazonSSMReadOnlyAccess",
)


@contextmanager
def _with_statement(deployed: Deployed, statement: dict[str, Any]) -> Iterator[None]:
    iam, role = deployed("iam"), {"RoleName": deployed.role}
    more = [_everything()] if statement["Effect"] == "Deny" else []
    iam.tag_role(**role, Tags=[{"Key": "team", "Value": "files"}])
    with role_says(deployed, lambda _: [statement, *more]):
        yield
    iam.untag_role(**role, TagKeys=["team"])


@contextmanager
def _with_policies_of_aws(deployed: Deployed) -> Iterator[None]:
    iam, role = deployed("iam"), {"RoleName": deployed.role}
    key = {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}
    with role_says(deployed, lambda _: [key]):
        for arn in _POLICIES:
            iam.attach_role_policy(**role, PolicyArn=arn)
        yield
        for arn in _POLICIES:
            iam.detach_role_policy(**role, PolicyArn=arn)


# By an endpoint whose policy has these statements; without any it is AWS's, which allows all.
_ACCOUNT = {"aws:PrincipalAccount": TARGET.account, "aws:ResourceAccount": TARGET.account}
_ENDPOINTS: dict[str, list[dict[str, Any]]] = {
    "by an endpoint": [],
    "by an endpoint for the account": [
        {**_everything(StringEquals=_ACCOUNT), "Principal": "*"},
    ],
}
NAMES = (*_STATEMENTS, *_ENDPOINTS, "policies of AWS")


def valid(deployed: Deployed, name: str) -> AbstractContextManager[None]:
    """Make the change of this name."""
    if name in _STATEMENTS:
        return _with_statement(deployed, _STATEMENTS[name])
    if name in _ENDPOINTS:
        return by_endpoint(deployed, *_ENDPOINTS[name])
    return _with_policies_of_aws(deployed)
