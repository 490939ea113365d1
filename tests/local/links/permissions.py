"""Links of permissions: of the function's role, of the file system, and of who calls the URL."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from botocore.credentials import Credentials

from tests.local.links.deployed import Broken, Deployed, Json

Change = Callable[[list[Json]], list[Json]]


@contextmanager
def role_says(deployed: Deployed, change: Change) -> Iterator[None]:
    """Put a changed copy of the role's statements in the place of all its policies."""
    iam, role = deployed("iam"), {"RoleName": deployed.role}
    arns = [
        each["PolicyArn"] for each in iam.list_attached_role_policies(**role)["AttachedPolicies"]
    ]
    inline = {
        name: iam.get_role_policy(**role, PolicyName=name)["PolicyDocument"]
        for name in iam.list_role_policies(**role)["PolicyNames"]
    }
    before = json.loads(json.dumps(deployed.policies()))
    after = change(json.loads(json.dumps(before)))
    assert after != before
    for arn in arns:
        iam.detach_role_policy(**role, PolicyArn=arn)
    for name in inline:
        iam.delete_role_policy(**role, PolicyName=name)
    document = json.dumps({"Version": "2012-10-17", "Statement": after})
    iam.put_role_policy(**role, PolicyName="Changed", PolicyDocument=document)
    yield
    iam.delete_role_policy(**role, PolicyName="Changed")
    for arn in arns:
        iam.attach_role_policy(**role, PolicyArn=arn)
    for name, kept in inline.items():
        iam.put_role_policy(**role, PolicyName=name, PolicyDocument=json.dumps(kept))


def listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def without(action: str) -> Change:
    """Take an action from each Allow."""

    def change(statements: list[Json]) -> list[Json]:
        for each in statements:
            if each["Effect"] == "Allow":
                each["Action"] = [name for name in listed(each["Action"]) if name != action]
        return [each for each in statements if each["Action"]]

    return change


def denying(action: str) -> Change:
    return lambda statements: [
        *statements,
        {"Effect": "Deny", "Action": action, "Resource": "*"},
    ]


def only_if(action: str, condition: Json) -> Change:
    """Let an action be allowed under one more condition."""

    def change(statements: list[Json]) -> list[Json]:
        for each in statements:
            if each["Effect"] == "Allow" and action in listed(each["Action"]):
                for operator, keys in condition.items():
                    known = each.setdefault("Condition", {}).setdefault(operator, {})
                    known.update(keys)
        return statements

    return change


def on(action: str, resource: str) -> Change:
    """Let an action be allowed on another resource only."""

    def change(statements: list[Json]) -> list[Json]:
        for each in statements:
            if each["Effect"] == "Allow" and action in listed(each["Action"]):
                each["Resource"] = resource
        return statements

    return change


@contextmanager
def boundary(deployed: Deployed, *actions: str) -> Iterator[None]:
    """Bound the role to all but these actions."""
    iam = deployed("iam")
    statement = {"Effect": "Allow", "NotAction": list(actions), "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    made = iam.create_policy(PolicyName="Boundary", PolicyDocument=document)["Policy"]["Arn"]
    iam.put_role_permissions_boundary(RoleName=deployed.role, PermissionsBoundary=made)
    yield
    iam.delete_role_permissions_boundary(RoleName=deployed.role)
    iam.delete_policy(PolicyArn=made)


@contextmanager
def trust(deployed: Deployed, **changes: Json) -> Iterator[None]:
    iam, role = deployed("iam"), deployed.role
    before = iam.get_role(RoleName=role)["Role"]["AssumeRolePolicyDocument"]
    statement = before["Statement"][0] | changes
    for document in (before | {"Statement": [statement]}, before):
        iam.update_assume_role_policy(RoleName=role, PolicyDocument=json.dumps(document))
        if document != before:
            yield


@contextmanager
def file_system_policy(deployed: Deployed, **statement: Json) -> Iterator[None]:
    """Add a statement to the policy of the file system."""
    efs, named = deployed("efs"), {"FileSystemId": deployed.file_system}
    before = json.loads(efs.describe_file_system_policy(**named)["Policy"])
    after = {
        **before,
        "Statement": [*before["Statement"], {"Principal": {"AWS": "*"}, **statement}],
    }
    for document in (after, before):
        efs.put_file_system_policy(**named, Policy=json.dumps(document))
        if document is after:
            yield


@contextmanager
def caller(deployed: Deployed, *statements: Json, active: bool = True) -> Iterator[Credentials]:
    """Make a user with these statements, and give the credentials."""
    iam, user = deployed("iam"), {"UserName": "caller"}
    iam.create_user(**user)
    key = iam.create_access_key(**user)["AccessKey"]
    document = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    if statements:
        iam.put_user_policy(**user, PolicyName="Calls", PolicyDocument=document)
    if not active:
        iam.update_access_key(**user, AccessKeyId=key["AccessKeyId"], Status="Inactive")
    yield Credentials(key["AccessKeyId"], key["SecretAccessKey"])
    iam.delete_access_key(**user, AccessKeyId=key["AccessKeyId"])
    if statements:
        iam.delete_user_policy(**user, PolicyName="Calls")
    iam.delete_user(**user)


def role(change: Change) -> Broken:
    return lambda deployed: role_says(deployed, change)


def unless(action: str, operator: str, key: str, value: str) -> Broken:
    """Allow the action under one more condition, which does not hold."""
    return role(only_if(action, {operator: {key: value}}))


def bound(actions: str) -> Broken:
    return lambda deployed: boundary(deployed, actions)


def disk_denies(action: str, **condition: Json) -> Broken:
    given = {"Condition": condition} if condition else {}
    return lambda deployed: file_system_policy(deployed, Effect="Deny", Action=action, **given)


def trusts(**changes: Json) -> Broken:
    return lambda deployed: trust(deployed, **changes)


def allow(*actions: str, resource: str = "*", **condition: Json) -> Json:
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": resource}
    return {**statement, "Condition": condition} if condition else statement
