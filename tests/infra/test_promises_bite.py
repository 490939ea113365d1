"""Every promise can be broken, and is then noticed: single regressions, each in one template.

Most of them no scanner sees (docs/decisions/0006-gates.md).
"""

import inspect
import pickle
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.infra import (
    test_everything,
    test_function,
    test_network,
    test_operator_keys,
    test_schedule,
    test_stage_tag,
    test_storage,
)
from tests.infra.templates import Drive, Json, Template, as_list

Break = Callable[[Drive], None]

PROMISES = [
    promise
    for module in (
        test_network,
        test_storage,
        test_function,
        test_operator_keys,
        test_schedule,
        test_everything,
        test_stage_tag,
    )
    for name, promise in inspect.getmembers(module, inspect.isfunction)
    if name.startswith("test_") and promise.__module__ == module.__name__
]

FS = "AWS::EFS::FileSystem"
AP = "AWS::EFS::AccessPoint"
TARGET = "AWS::EFS::MountTarget"
INGRESS = "AWS::EC2::SecurityGroupIngress"
EGRESS = "AWS::EC2::SecurityGroupEgress"
GROUP = "AWS::EC2::SecurityGroup"
FUNCTION = "AWS::Lambda::Function"
POLICY = "AWS::IAM::ManagedPolicy"
ROLE = "AWS::IAM::Role"
KEY = "AWS::KMS::Key"
LOGS = "AWS::Logs::LogGroup"
URL = "AWS::Lambda::Url"
LAYER = "AWS::Lambda::LayerVersion"
PERMISSION = "AWS::Lambda::Permission"
RULE = "AWS::Events::Rule"
PARAMETER = "AWS::SSM::Parameter"
STAGE_GROUP = "AWS::ResourceGroups::Group"
SUBNET = "AWS::EC2::Subnet"


def first_id(template: Template, resource_type: str, of: str = "") -> str:
    """Return the logical id of the first resource of the type, among those of a construct."""
    return next(found for found in template.of_type(resource_type) if found.startswith(of))


def first(template: Template, resource_type: str, of: str = "") -> Json:
    """Return its properties."""
    return template.of_type(resource_type)[first_id(template, resource_type, of)]


def resource(template: Template, resource_type: str) -> Json:
    """Return the whole first resource of the type."""
    return template.body["Resources"][first_id(template, resource_type)]


def put(stack: str, resource_type: str, path: str, value: Json, of: str = "") -> Break:
    """Set a property of the first resource of the type; `path` is dotted, with list indices."""

    def apply(drive: Drive) -> None:
        node = first(getattr(drive, stack), resource_type, of)
        *steps, last = [int(step) if step.isdecimal() else step for step in path.split(".")]
        for step in steps:
            node = node[step]
        assert last not in node or node[last] != value, "this changes nothing"
        node[last] = value

    return apply


def drop(stack: str, resource_type: str, path: str, of: str = "") -> Break:
    """Remove a property of the first resource of the type."""

    def apply(drive: Drive) -> None:
        node = first(getattr(drive, stack), resource_type, of)
        *steps, last = [int(step) if step.isdecimal() else step for step in path.split(".")]
        for step in steps:
            node = node[step]
        del node[last]

    return apply


def remove(stack: str, resource_type: str, of: str = "") -> Break:
    """Remove the first resource of the type."""

    def apply(drive: Drive) -> None:
        template: Template = getattr(drive, stack)
        del template.body["Resources"][first_id(template, resource_type, of)]

    return apply


def retain(stack: str, resource_type: str, attribute: str) -> Break:
    """Turn what happens to the first resource of the type at its end around."""

    def apply(drive: Drive) -> None:
        node = resource(getattr(drive, stack), resource_type)
        node[attribute] = "Retain" if node[attribute] == "Delete" else "Delete"

    return apply


def left_behind(stack: str, resource_type: str) -> Break:
    """Keep the first resource of the type even when its own creation failed."""

    def apply(drive: Drive) -> None:
        resource(getattr(drive, stack), resource_type)["DeletionPolicy"] = "Retain"

    return apply


def add(stack: str, resource_type: str, properties: Json) -> Break:
    """Add a resource."""

    def apply(drive: Drive) -> None:
        getattr(drive, stack).body["Resources"]["Added"] = {
            "Type": resource_type,
            "Properties": properties,
        }

    return apply


def rename(stack: str, resource_type: str) -> Break:
    """Give the first resource of the type another logical id, everywhere."""

    def apply(drive: Drive) -> None:
        template: Template = getattr(drive, stack)
        old = first_id(template, resource_type)

        def renamed(node: Json) -> Json:
            if isinstance(node, dict):
                return {key.replace(old, "Renamed"): renamed(v) for key, v in node.items()}
            if isinstance(node, list):
                return [renamed(item) for item in node]
            return node.replace(old, "Renamed") if isinstance(node, str) else node

        body = renamed(template.body)
        template.body.clear()
        template.body.update(body)

    return apply


def grant(action: str, resource: Json = "*", of: str = "") -> Break:
    """Let a role do one thing more."""

    def apply(drive: Drive) -> None:
        first(drive.service, POLICY, of)["PolicyDocument"]["Statement"].append(
            {"Effect": "Allow", "Action": action, "Resource": resource}
        )

    return apply


def revoke(action: str, of: str) -> Break:
    """Take one right from a role."""

    def apply(drive: Drive) -> None:
        for statement in first(drive.service, POLICY, of)["PolicyDocument"]["Statement"]:
            actions = statement["Action"]
            if statement["Effect"] == "Allow" and action in actions:
                statement["Action"] = (
                    [a for a in actions if a != action] if isinstance(actions, list) else []
                )

    return apply


def on_mount(change: Callable[[Json], None], of: str) -> Break:
    """Change the statement that lets a role mount."""

    def apply(drive: Drive) -> None:
        for statement in first(drive.service, POLICY, of)["PolicyDocument"]["Statement"]:
            if "elasticfilesystem:ClientMount" in as_list(statement["Action"]):
                change(statement)

    return apply


def no_waiting(drive: Drive) -> None:
    """Let the service start before the data."""
    service = drive.stacks[f"{drive.name}-Service"]
    service["dependencies"].remove(drive.stacks[f"{drive.name}-Data"]["id"])


def unready_flow_log(drive: Drive) -> None:
    """Make the flow log before its role may write."""
    del resource(drive.data, "AWS::EC2::FlowLog")["DependsOn"]


def no_protection(drive: Drive) -> None:
    """Turn termination protection around."""
    properties = drive.stacks[f"{drive.name}-Data"]["properties"]
    properties["terminationProtection"] = not properties["terminationProtection"]


def no_stack_tag(drive: Drive) -> None:
    """Leave one of the stacks without the stage's tag."""
    drive.stacks[f"{drive.name}-Service"]["properties"]["tags"] = {}


def same_subnet_twice(drive: Drive) -> None:
    """Put both mount targets into one zone."""
    one, two = drive.data.of_type(TARGET).values()
    two["SubnetId"] = one["SubnetId"]


def target_in_private_subnet(drive: Drive) -> None:
    """Put a mount target where functions are."""
    [name, *_] = test_network.subnets(drive, "Private")
    first(drive.data, TARGET)["SubnetId"] = {"Ref": name}


def target_in_wrong_group(drive: Drive) -> None:
    """Open a mount target to what the client group admits."""
    _, client = test_storage.groups(drive)
    first(drive.data, TARGET)["SecurityGroups"] = [{"Fn::GetAtt": [client, "GroupId"]}]


def in_public_subnet(of: str) -> Break:
    """Take a function's way to the world: Lambda gives no public address."""

    def apply(drive: Drive) -> None:
        [name, *_] = test_network.subnets(drive, "Public")
        drive.data.body["Outputs"]["Added"] = {"Value": {"Ref": name}, "Export": {"Name": "Added"}}
        subnets = first(drive.service, FUNCTION, of)["VpcConfig"]["SubnetIds"]
        subnets[0] = {"Fn::ImportValue": "Added"}

    return apply


def stranger(of: str) -> Break:
    """Let anybody run a function."""

    def apply(drive: Drive) -> None:
        function = {"Fn::GetAtt": [first_id(drive.service, FUNCTION, of), "Arn"]}
        permission = {"Action": "lambda:InvokeFunction", "Principal": "*", "FunctionName": function}
        add("service", PERMISSION, permission)(drive)

    return apply


def second_schedule(of: str) -> Break:
    """Run a function twice as often."""

    def apply(drive: Drive) -> None:
        add("service", RULE, pickle.loads(pickle.dumps(first(drive.service, RULE, of))))(drive)

    return apply


def swapped(resource_type: str, path: str) -> Break:
    """Give the janitor what is the usage function's, and the other way round."""

    def apply(drive: Drive) -> None:
        one, other = (first(drive.service, resource_type, of) for of in ("Janitor", "Usage"))
        *steps, last = [int(step) if step.isdecimal() else step for step in path.split(".")]
        for step in steps:
            one, other = one[step], other[step]
        one[last], other[last] = other[last], one[last]

    return apply


def default_route_to_internet(drive: Drive) -> None:
    """Route a private subnet to the internet gateway instead of NAT."""
    internet, _ = drive.data.only("AWS::EC2::InternetGateway")
    for route in drive.data.of_type("AWS::EC2::Route").values():
        if route.pop("NatGatewayId", None):
            route["GatewayId"] = {"Ref": internet}
            return


def isolated_route(drive: Drive) -> None:
    """Give mount targets a way out."""
    [name, *_] = test_network.subnets(drive, "Isolated")
    gateway = next(iter(drive.data.of_type("AWS::EC2::NatGateway")))
    table = test_network.route_table(drive, name)
    properties = {
        "RouteTableId": {"Ref": table},
        "DestinationCidrBlock": "0.0.0.0/0",
        "NatGatewayId": {"Ref": gateway},
    }
    add("data", "AWS::EC2::Route", properties)(drive)


def allow_in_file_system_policy(drive: Drive) -> None:
    """What CDK appends by itself (https://github.com/aws/aws-cdk/issues/36224)."""
    first(drive.data, FS)["FileSystemPolicy"]["Statement"].append(
        {
            "Effect": "Allow",
            "Principal": {"AWS": "*"},
            "Action": ["elasticfilesystem:ClientWrite", "elasticfilesystem:ClientRootAccess"],
            "Condition": {"Bool": {"elasticfilesystem:AccessedViaMountTarget": "true"}},
        }
    )


ANY = {"AWS": "*"}
WORLD = {"IpProtocol": "tcp", "FromPort": 2049, "ToPort": 2049, "CidrIp": "0.0.0.0/0"}
BREAKS: dict[str, Break] = {
    "file system: not encrypted": put("data", FS, "Encrypted", False),
    "file system: AWS's key": drop("data", FS, "KmsKeyId"),
    "file system: bursting": put("data", FS, "ThroughputMode", "bursting"),
    "file system: no backup": put("data", FS, "BackupPolicy.Status", "DISABLED"),
    "file system: no lifecycle": put("data", FS, "LifecyclePolicies", []),
    "file system: policy gone": put("data", FS, "FileSystemPolicy", {"Statement": []}),
    "file system: plaintext": drop("data", FS, "FileSystemPolicy.Statement.0"),
    "file system: no access point": drop("data", FS, "FileSystemPolicy.Statement.1"),
    "file system: root": drop("data", FS, "FileSystemPolicy.Statement.2"),
    "file system: denies the wrong way": put(
        "data", FS, "FileSystemPolicy.Statement.0.Condition.Bool", {"aws:SecureTransport": "true"}
    ),
    "file system: anonymous allow": allow_in_file_system_policy,
    "file system: replaced": rename("data", FS),
    "file system: deletion": retain("data", FS, "DeletionPolicy"),
    "file system: replacement": retain("data", FS, "UpdateReplacePolicy"),
    "access point: root user": put("data", AP, "PosixUser.Uid", "0"),
    "access point: root group": put("data", AP, "PosixUser.Gid", "0"),
    "access point: other owner": put("data", AP, "RootDirectory.CreationInfo.OwnerUid", "1001"),
    "access point: mode 777": put("data", AP, "RootDirectory.CreationInfo.Permissions", "777"),
    "access point: whole file system": put("data", AP, "RootDirectory.Path", "/"),
    "access point: replaced": rename("data", AP),
    "mount target: one gone": remove("data", TARGET),
    "mount target: two in one zone": same_subnet_twice,
    "mount target: among functions": target_in_private_subnet,
    "mount target: wrong group": target_in_wrong_group,
    "nfs: rule gone": remove("data", INGRESS),
    "nfs: wrong port": put("data", INGRESS, "ToPort", 2050),
    "nfs: more ports": put("data", INGRESS, "FromPort", 0),
    "nfs: every protocol": put("data", INGRESS, "IpProtocol", "-1"),
    "nfs: from the world": put("data", GROUP, "SecurityGroupIngress", [WORLD]),
    "nfs: one more rule": add(
        "data", INGRESS, {**WORLD, "GroupId": {"Fn::GetAtt": ["StorageServerGroup66A17663", "x"]}}
    ),
    "nfs: no way to it": remove("data", EGRESS),
    "group: mount targets call out": put("data", GROUP, "SecurityGroupEgress", [WORLD]),
    "vpc: replaced": rename("data", "AWS::EC2::VPC"),
    "vpc: no names": put("data", "AWS::EC2::VPC", "EnableDnsHostnames", False),
    "vpc: default group": remove("data", "Custom::VpcRestrictDefaultSG"),
    "vpc: flow log": remove("data", "AWS::EC2::FlowLog"),
    "vpc: flow log before its right": unready_flow_log,
    "vpc: rejected flows only": put("data", "AWS::EC2::FlowLog", "TrafficType", "REJECT"),
    "vpc: no S3": remove("data", "AWS::EC2::VPCEndpoint"),
    "vpc: public addresses": put("data", SUBNET, "MapPublicIpOnLaunch", True),
    "vpc: subnet gone": remove("data", SUBNET),
    "nat: gone": remove("data", "AWS::EC2::NatGateway"),
    "nat: bypassed": default_route_to_internet,
    "nat: for mount targets": isolated_route,
    "data key: no rotation": put("data", KEY, "EnableKeyRotation", False),
    "data key: everything": put("data", KEY, "KeyPolicy.Statement.0.Action", "kms:*"),
    "data key: everybody": put("data", KEY, "KeyPolicy.Statement.1.Principal", ANY),
    "data key: any grant": drop("data", KEY, "KeyPolicy.Statement.2.Condition"),
    "data key: any log group": drop("data", KEY, "KeyPolicy.Statement.3.Condition"),
    "data key: left behind": left_behind("data", KEY),
    "flow logs: left behind": left_behind("data", LOGS),
    "file system: left behind": left_behind("data", FS),
    "data key: deletion": retain("data", KEY, "DeletionPolicy"),
    "data key: replaced": rename("data", KEY),
    "service key: no rotation": put("service", KEY, "EnableKeyRotation", False),
    "service key: deletion": retain("service", KEY, "DeletionPolicy"),
    "service key: replaced": rename("service", KEY),
    "logs: flow logs in clear": drop("data", LOGS, "KmsKeyId"),
    "logs: of CDK's provider": drop("data", FUNCTION, "LoggingConfig"),
    "function: in maintenance": put(
        "service", FUNCTION, "Environment.Variables.MAINTENANCE_MODE", "0"
    ),
    "function: tells of no operator": drop("service", FUNCTION, "Tags"),
    "function: an operator elsewhere": put("service", FUNCTION, "Tags.1.Value", "/elsewhere"),
    "stage group: gone": remove("data", STAGE_GROUP),
    "stage group: of any stage": drop(
        "data", STAGE_GROUP, "ResourceQuery.Query.TagFilters.0.Values"
    ),
    "stage tag: not on the files": drop("data", FS, "FileSystemTags.0"),
    "stage tag: not on a function": drop("service", FUNCTION, "Tags.2"),
    "stage tag: not on CDK's role": drop("data", ROLE, "Tags", "Custom"),
    "stage tag: not on a stack": no_stack_tag,
    "operator keys: gone": remove("data", PARAMETER, "FilesOperatorKeys"),
    "operator keys: another name": put(
        "data", PARAMETER, "Name", "/elsewhere/LOG_LEVEL", "FilesOperatorKeys"
    ),
    "operator keys: another value": put("data", PARAMETER, "Value", "NONE", "FilesOperatorKeys"),
    "operator keys: other words": put("data", PARAMETER, "Description", "x", "FilesOperatorKeys"),
    "operator keys: checked by SSM": put(
        "data", PARAMETER, "AllowedPattern", "[01]", "FilesOperatorKeys"
    ),
    "operator keys: a first value that the function does not see": drop(
        "service", FUNCTION, "Environment.Variables.OPERATOR_DEFAULTS", "Files"
    ),
    "limits: other words": put("data", PARAMETER, "Description", "x", "Limits"),
    "limits: a dearer tier": put("data", PARAMETER, "Tier", "Advanced", "Limits"),
    "limits: gone": remove("data", PARAMETER, "Limits"),
    "limits: none": put("data", PARAMETER, "Value", "{}", "Limits"),
    "limits: in another parameter": put(
        "service", FUNCTION, "Environment.Variables.LIMITS_PARAMETER", "/elsewhere", "Files"
    ),
    "limits: the janitor's in another": put(
        "service", FUNCTION, "Environment.Variables.LIMITS_PARAMETER", "/elsewhere", "Janitor"
    ),
    "limits: every parameter": grant("ssm:GetParameter", of="Files"),
    "limits: cannot read": revoke("ssm:GetParameter", "Janitor"),
    "functions: do not wait": no_waiting,
    "layer: other architecture": put("service", LAYER, "CompatibleArchitectures", ["x86_64"]),
    "roles: cannot make interfaces": revoke("ec2:CreateNetworkInterface", "SharedRights"),
    "roles: cannot decrypt": revoke("kms:Decrypt", "SharedRights"),
    "roles: write the disk": grant("elasticfilesystem:ClientWrite", of="SharedRights"),
    "roles: every key": grant("kms:Decrypt", of="SharedRights"),
    "url: public": put("service", URL, "AuthType", "NONE"),
    "url: from any page": put("service", URL, "Cors", {"AllowOrigins": ["*"]}),
    "url: of another function": put(
        "service", URL, "TargetFunctionArn", {"Fn::GetAtt": ["Usage", "Arn"]}
    ),
    "schedule: swapped": swapped(RULE, "ScheduleExpression"),
    "schedule: swapped targets": swapped(RULE, "Targets"),
    "schedule: swapped permissions": swapped(PERMISSION, "SourceArn"),
    "schedule: swapped functions": swapped(PERMISSION, "FunctionName"),
    "role: one for two": swapped(FUNCTION, "Role"),
    "logs: of another": swapped(FUNCTION, "LoggingConfig"),
    "usage: writes": grant("elasticfilesystem:ClientWrite", of="Usage"),
    "usage: says that it writes": put(
        "service", FUNCTION, "Environment.Variables.MOUNT_ACCESS", "read-write", "Usage"
    ),
    "stack: protection": no_protection,
}


# What every function promises, broken for one of them at a time.
for name in ("Files", "Janitor", "Usage"):
    BREAKS |= {
        f"{name}: {what}": break_
        for what, break_ in {
            "no mount": put("service", FUNCTION, "FileSystemConfigs", [], name),
            "mounted elsewhere": put(
                "service", FUNCTION, "FileSystemConfigs.0.LocalMountPath", "/mnt/other", name
            ),
            "looks elsewhere": put(
                "service", FUNCTION, "Environment.Variables.MOUNT_PATH", "/mnt/other", name
            ),
            "one variable more": put("service", FUNCTION, "Environment.Variables.X1", "", name),
            "counts elsewhere": drop(
                "service", FUNCTION, "Environment.Variables.POWERTOOLS_METRICS_NAMESPACE", name
            ),
            "x86 with an arm layer": put("service", FUNCTION, "Architectures", ["x86_64"], name),
            "old runtime": put("service", FUNCTION, "Runtime", "python3.9", name),
            "other code": put("service", FUNCTION, "Handler", "handler.handler", name),
            "other size": put("service", FUNCTION, "MemorySize", 128, name),
            "other timeout": put("service", FUNCTION, "Timeout", 3, name),
            "no layer": put("service", FUNCTION, "Layers", [], name),
            "no key": drop("service", FUNCTION, "KmsKeyArn", name),
            "no network": put("service", FUNCTION, "VpcConfig.SubnetIds", [], name),
            "no group": put("service", FUNCTION, "VpcConfig.SecurityGroupIds", [], name),
            "public subnet": in_public_subnet(name),
            "anybody may run it": stranger(name),
            "no trace": drop("service", FUNCTION, "TracingConfig", name),
            "a name": put("service", FUNCTION, "FunctionName", "mine", name),
            "logs in clear": drop("service", LOGS, "KmsKeyId", name),
            "logs for ever": drop("service", LOGS, "RetentionInDays", name),
            "cannot mount": revoke("elasticfilesystem:ClientMount", name),
            "cannot log": revoke("logs:PutLogEvents", name),
            "root on the disk": grant("elasticfilesystem:ClientRootAccess", of=name),
            "everything of S3": grant("s3:*", of=name),
            "every file system": on_mount(lambda mount: mount.update(Resource="*"), name),
            "every access point": on_mount(lambda mount: mount["Condition"].pop("ArnEquals"), name),
            "not by mount target": on_mount(lambda mount: mount["Condition"].pop("Bool"), name),
            "policy of AWS": put(
                *("service", ROLE, "ManagedPolicyArns"),
                *(["arn:aws:iam::aws:policy/AdministratorAccess"], name),
            ),
            "role for anybody": put(
                *("service", ROLE, "AssumeRolePolicyDocument.Statement.0.Principal"),
                *({"AWS": "*"}, name),
            ),
            "inline policy": put(
                "service", ROLE, "Policies", [{"PolicyDocument": {"Statement": []}}], name
            ),
        }.items()
    }
for name in ("Files", "Janitor"):
    BREAKS[f"{name}: cannot write"] = revoke("elasticfilesystem:ClientWrite", name)
for name in ("Janitor", "Usage"):
    BREAKS |= {
        f"{name}: {what}": break_
        for what, break_ in {
            "never runs": put("service", RULE, "State", "DISABLED", name),
            "runs always": put("service", RULE, "ScheduleExpression", "rate(1 minute)", name),
            "schedule gone": remove("service", RULE, name),
            "runs nothing": put("service", RULE, "Targets", [], name),
            "rule may not run it": remove("service", PERMISSION, name),
            "any rule may run it": drop("service", PERMISSION, "SourceArn", name),
            "any service may run it": put("service", PERMISSION, "Principal", "*", name),
            "runs twice": second_schedule(name),
            "rule may do anything": put("service", PERMISSION, "Action", "lambda:*", name),
        }.items()
    }


def broken_promises(drive: Drive, assembly: Path) -> Iterator[str]:
    """Give the names of the promises that the stage does not keep."""
    for promise in PROMISES:
        needs = inspect.signature(promise).parameters
        arguments = {"drive": drive, "assembly": assembly}
        try:
            promise(**{name: arguments[name] for name in needs})
        except (AssertionError, KeyError, TypeError, ValueError):
            yield promise.__name__


def test_as_it_is_every_promise_is_kept(drive: Drive, assembly: Path) -> None:
    assert len(PROMISES) > 30
    assert list(broken_promises(drive, assembly)) == []


@pytest.mark.parametrize("what", BREAKS)
def test_a_regression_is_noticed(drive: Drive, assembly: Path, what: str) -> None:
    worse: Drive = pickle.loads(pickle.dumps(drive))  # copy.deepcopy takes twice as long
    BREAKS[what](worse)
    assert any(broken_promises(worse, assembly))
