"""Links of a deployed stage, each taken away by a call of an API, and put back."""

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from botocore.credentials import Credentials

from tests.local.conftest import TARGET, LocalCloud

Json = Any  # of policies and of what boto3 returns
NFS, HTTPS = 2049, 443

# It says what is on the disk, after acts that it is asked for, or reads a parameter.
HANDLER = """
import os
def handler(event, context):
    if event.get("parameter"):
        import boto3
        return boto3.client("ssm").get_parameter(Name=event["parameter"])["Parameter"]["Value"]
    disk = os.environ["MOUNT_PATH"]
    for act in event.get("acts", ()):
        exec(act, {"os": os, "disk": disk})
    return sorted(os.listdir(disk))
"""


def zipped() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("tiny.py", HANDLER)
    return buffer.getvalue()


@dataclass(frozen=True)
class Deployed:
    """A stage that is deployed; its janitor has the code above, with all rights of the janitor."""

    cloud: LocalCloud
    clients: dict[str, Any] = field(default_factory=dict)

    def __call__(self, service: str) -> Any:  # noqa: ANN401 - boto3 makes its types at run time
        if service not in self.clients:
            self.clients[service] = self.cloud.client(service)
        return self.clients[service]

    @cached_property
    def name(self) -> str:
        return self.cloud.outputs["Dev-Service"]["JanitorFunctionName"]

    @cached_property
    def config(self) -> Json:
        found = self("lambda").get_function_configuration(FunctionName=self.name)
        return {
            "Role": found["Role"],
            "KMSKeyArn": found["KMSKeyArn"],
            "FileSystemConfigs": found["FileSystemConfigs"],
            "VpcConfig": {
                key: found["VpcConfig"][key] for key in ("SubnetIds", "SecurityGroupIds")
            },
        }

    @cached_property
    def role(self) -> str:
        return str(self.config["Role"].rpartition("/")[2])

    @cached_property
    def log_group(self) -> str:
        found = self("lambda").get_function_configuration(FunctionName=self.name)
        return str(found["LoggingConfig"]["LogGroup"])

    @cached_property
    def limits(self) -> str:
        variables = self("lambda").get_function_configuration(FunctionName=self.name)
        return str(variables["Environment"]["Variables"]["LIMITS_PARAMETER"])

    @cached_property
    def file_system(self) -> str:
        [found] = self("efs").describe_file_systems()["FileSystems"]
        return str(found["FileSystemId"])

    @property
    def targets(self) -> list[Json]:
        found = self("efs").describe_mount_targets(FileSystemId=self.file_system)
        return list(found["MountTargets"])

    @cached_property
    def client_group(self) -> str:
        [found] = self.config["VpcConfig"]["SecurityGroupIds"]
        return str(found)

    @cached_property
    def disk_group(self) -> str:
        target = self.targets[0]["MountTargetId"]
        [found] = self("efs").describe_mount_target_security_groups(MountTargetId=target)[
            "SecurityGroups"
        ]
        return str(found)

    @cached_property
    def vpc(self) -> str:
        return str(self.targets[0]["VpcId"])

    def tables(self) -> list[Json]:
        found = self("ec2").describe_route_tables(Filters=self.in_vpc)["RouteTables"]
        return list(found)

    @property
    def in_vpc(self) -> list[Json]:
        return [{"Name": "vpc-id", "Values": [self.vpc]}]

    def start(self) -> None:
        """Have a new instance start, and call it."""
        self("lambda").update_function_code(FunctionName=self.name, ZipFile=CODE)
        self.call()

    def call(self) -> None:
        """Call an instance that runs."""
        called(self("lambda").invoke(FunctionName=self.name, Payload=b"{}"))

    def make_log_group(self) -> None:
        """Make a log group of a name that the key's policy knows."""
        logs, named = self("logs"), {"logGroupName": "Dev-Service-new"}
        logs.create_log_group(**named, kmsKeyId=self.config["KMSKeyArn"])
        logs.delete_log_group(**named)

    def make_other_log_group(self) -> None:
        logs, named = self("logs"), {"logGroupName": "Other-Service-new"}
        logs.create_log_group(**named, kmsKeyId=self.config["KMSKeyArn"])

    def give_key_to_log_group(self) -> None:
        self("logs").associate_kms_key(
            logGroupName=self.log_group, kmsKeyId=self.config["KMSKeyArn"]
        )

    def read_log(self) -> None:
        self("logs").filter_log_events(logGroupName=self.log_group)

    def write_log(self) -> None:
        logs, named = self("logs"), {"logGroupName": self.log_group, "logStreamName": "own"}
        with suppress(logs.exceptions.ResourceAlreadyExistsException):
            logs.create_log_stream(**named)
        logs.put_log_events(**named, logEvents=[{"timestamp": 0, "message": "one"}])

    def configure(self, **changes: Json) -> None:
        """Write the configuration that is there once more, or with changes."""
        self("lambda").update_function_configuration(
            FunctionName=self.name, **(self.config | changes)
        )

    def act(self, *acts: str) -> None:
        """Let the function run statements, in which `disk` is its mount."""
        payload = json.dumps({"acts": acts}).encode()
        called(self("lambda").invoke(FunctionName=self.name, Payload=payload))

    def read_limits(self) -> None:
        """Let the function itself call Parameter Store."""
        payload = json.dumps({"parameter": self.limits}).encode()
        called(self("lambda").invoke(FunctionName=self.name, Payload=payload))

    def policies(self) -> list[Json]:
        """The statements of the role's policies."""
        return [
            statement
            for each in self("iam").list_attached_role_policies(RoleName=self.role)[
                "AttachedPolicies"
            ]
            for statement in self._document(each["PolicyArn"])["Statement"]
        ] + [
            statement
            for name in self("iam").list_role_policies(RoleName=self.role)["PolicyNames"]
            for statement in self("iam").get_role_policy(RoleName=self.role, PolicyName=name)[
                "PolicyDocument"
            ]["Statement"]
        ]

    def _document(self, arn: str) -> Json:
        iam = self("iam")
        version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
        return iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]


CODE = zipped()


def called(answer: Json) -> None:
    said = json.loads(answer["Payload"].read())
    if "FunctionError" in answer:
        raise FunctionError(f"{said.get('errorType')}: {said.get('errorMessage')}")


class FunctionError(Exception):
    """What the function raised."""


# --- links of the network -----------------------------------------------------------------------


@contextmanager
def no_rule(deployed: Deployed, way: str, port: int, other: Json | None = None) -> Iterator[None]:
    """Take a rule from a group, and put another in its place if one is given."""
    group = deployed.client_group if way == "egress" else deployed.disk_group
    ec2 = deployed("ec2")
    kind = "IpPermissionsEgress" if way == "egress" else "IpPermissions"
    [found] = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"]
    rules = [each for each in found[kind] if each.get("FromPort") == port]
    assert rules
    revoke = getattr(ec2, f"revoke_security_group_{way}")
    authorize = getattr(ec2, f"authorize_security_group_{way}")
    instead = [{**rule, **other} for rule in rules] if other else []
    revoke(GroupId=group, IpPermissions=rules)
    if instead:
        authorize(GroupId=group, IpPermissions=instead)
    yield
    if instead:
        revoke(GroupId=group, IpPermissions=instead)
    authorize(GroupId=group, IpPermissions=rules)


def from_default_group(deployed: Deployed) -> Json:
    return {"UserIdGroupPairs": [{"GroupId": default_group(deployed)}]}


def default_group(deployed: Deployed) -> str:
    filters = [*deployed.in_vpc, {"Name": "group-name", "Values": ["default"]}]
    [found] = deployed("ec2").describe_security_groups(Filters=filters)["SecurityGroups"]
    return str(found["GroupId"])


@contextmanager
def acl_denies(deployed: Deployed, *, egress: bool, first: int, last: int) -> Iterator[None]:
    ec2 = deployed("ec2")
    acls = ec2.describe_network_acls(Filters=deployed.in_vpc)["NetworkAcls"]
    named = [
        {"NetworkAclId": each["NetworkAclId"], "RuleNumber": 1, "Egress": egress} for each in acls
    ]
    for each in named:
        ec2.create_network_acl_entry(
            **each,
            Protocol="6",
            RuleAction="deny",
            CidrBlock="0.0.0.0/0",
            PortRange={"From": first, "To": last},
        )
    yield
    for each in named:
        ec2.delete_network_acl_entry(**each)


@contextmanager
def no_mount_target(deployed: Deployed, *, zones: int = 1) -> Iterator[None]:
    efs, gone = deployed("efs"), deployed.targets[:zones]
    group = deployed.disk_group  # which is read of a target
    for target in gone:
        efs.delete_mount_target(MountTargetId=target["MountTargetId"])
    yield
    for target in gone:
        efs.create_mount_target(
            FileSystemId=deployed.file_system, SubnetId=target["SubnetId"], SecurityGroups=[group]
        )


@contextmanager
def targets_in_group(deployed: Deployed, group: Callable[[Deployed], str]) -> Iterator[None]:
    efs, before = deployed("efs"), deployed.disk_group
    for groups in ([group(deployed)], [before]):
        for target in deployed.targets:
            efs.modify_mount_target_security_groups(
                MountTargetId=target["MountTargetId"], SecurityGroups=groups
            )
        if groups != [before]:
            yield


@contextmanager
def no_route(deployed: Deployed, target: str) -> Iterator[None]:
    """Take the default routes to a kind of target from all tables."""
    ec2 = deployed("ec2")
    gone = [
        (table["RouteTableId"], route[target])
        for table in deployed.tables()
        for route in table["Routes"]
        if route.get("DestinationCidrBlock") == "0.0.0.0/0"
        and route.get(target, "local").startswith(("nat-", "igw-"))
    ]
    assert gone
    for table, _ in gone:
        ec2.delete_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0")
    yield
    for table, to in gone:
        ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", **{target: to})


@contextmanager
def by_endpoint(deployed: Deployed, *statements: Json) -> Iterator[None]:
    """Let the function call Parameter Store by an endpoint; its policy has these statements."""
    ec2 = deployed("ec2")
    group = ec2.create_security_group(
        VpcId=deployed.vpc, GroupName="Endpoint", Description="of an endpoint"
    )["GroupId"]
    https = {"IpProtocol": "tcp", "FromPort": HTTPS, "ToPort": HTTPS}
    admitted = {"UserIdGroupPairs": [{"GroupId": deployed.client_group}]}
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[https | admitted])
    endpoint = ec2.create_vpc_endpoint(
        VpcId=deployed.vpc,
        VpcEndpointType="Interface",
        ServiceName=f"com.amazonaws.{TARGET.region}.ssm",
        SubnetIds=deployed.config["VpcConfig"]["SubnetIds"],
        SecurityGroupIds=[group],
    )["VpcEndpoint"]["VpcEndpointId"]
    if statements:
        document = json.dumps({"Version": "2012-10-17", "Statement": statements})
        ec2.modify_vpc_endpoint(VpcEndpointId=endpoint, PolicyDocument=document)
    yield
    ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint])
    ec2.delete_security_group(GroupId=group)


# --- links of permissions -----------------------------------------------------------------------


@contextmanager
def role_says(deployed: Deployed, change: Callable[[list[Json]], list[Json]]) -> Iterator[None]:
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


def without(action: str) -> Callable[[list[Json]], list[Json]]:
    """Take an action from each Allow."""

    def change(statements: list[Json]) -> list[Json]:
        for each in statements:
            if each["Effect"] == "Allow":
                each["Action"] = [name for name in listed(each["Action"]) if name != action]
        return [each for each in statements if each["Action"]]

    return change


def denying(action: str) -> Callable[[list[Json]], list[Json]]:
    return lambda statements: [
        *statements,
        {"Effect": "Deny", "Action": action, "Resource": "*"},
    ]


def only_if(action: str, condition: Json) -> Callable[[list[Json]], list[Json]]:
    """Let an action be allowed under one more condition."""

    def change(statements: list[Json]) -> list[Json]:
        for each in statements:
            if each["Effect"] == "Allow" and action in listed(each["Action"]):
                for operator, keys in condition.items():
                    known = each.setdefault("Condition", {}).setdefault(operator, {})
                    known.update(keys)
        return statements

    return change


def on(action: str, resource: str) -> Callable[[list[Json]], list[Json]]:
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


# --- links of keys ------------------------------------------------------------------------------


@contextmanager
def key_disabled(deployed: Deployed) -> Iterator[None]:
    key = deployed.config["KMSKeyArn"]
    deployed("kms").disable_key(KeyId=key)
    yield
    deployed("kms").enable_key(KeyId=key)


@contextmanager
def key_to_be_deleted(deployed: Deployed) -> Iterator[None]:
    key = deployed.config["KMSKeyArn"]
    deployed("kms").schedule_key_deletion(KeyId=key)
    yield
    deployed("kms").cancel_key_deletion(KeyId=key)
    deployed("kms").enable_key(KeyId=key)


@contextmanager
def key_says(deployed: Deployed, change: Callable[[list[Json]], list[Json]]) -> Iterator[None]:
    """Put changed statements in the key's policy."""
    kms, key = deployed("kms"), {"KeyId": deployed.config["KMSKeyArn"], "PolicyName": "default"}
    before = kms.get_key_policy(**key)["Policy"]
    statements = change(json.loads(before)["Statement"])
    document = json.dumps({"Version": "2012-10-17", "Statement": statements})
    assert json.loads(document) != json.loads(before)
    for policy in (document, before):
        kms.put_key_policy(**key, Policy=policy)
        if policy is document:
            yield


def key_of_nobody(deployed: Deployed) -> AbstractContextManager[None]:
    """Leave only those in the key's policy who manage it."""
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{TARGET.account}:root"},
        "Action": ["kms:PutKeyPolicy", "kms:GetKeyPolicy"],
        "Resource": "*",
    }
    return key_says(deployed, lambda _: [statement])


def key_without_logs(deployed: Deployed) -> AbstractContextManager[None]:
    """Take from the key's policy what it says of CloudWatch Logs."""
    return key_says(
        deployed, lambda said: [each for each in said if "Service" not in each["Principal"]]
    )


# --- links of who calls a URL -------------------------------------------------------------------


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
