"""Every promise can be broken, and is then noticed: single regressions, each in one template.

Most of them no scanner sees (docs/decisions/0006-gates.md).
"""

import pickle
from pathlib import Path

import pytest

from tests.infra.promises import PROMISES, broken_promises
from tests.infra.regressions import (
    ALARM,
    AP,
    BUDGET,
    EGRESS,
    FS,
    FUNCTION,
    GROUP,
    INGRESS,
    KEY,
    LAYER,
    LOGS,
    PARAMETER,
    PERMISSION,
    PLAN,
    ROLE,
    RULE,
    SELECTION,
    STAGE_GROUP,
    SUBNET,
    TARGET,
    TOPIC,
    TOPIC_POLICY,
    URL,
    VAULT,
    Break,
    add,
    allow_in_file_system_policy,
    default_route_to_internet,
    drop,
    grant,
    in_public_subnet,
    isolated_route,
    left_behind,
    no_protection,
    no_stack_tag,
    no_waiting,
    on_mount,
    put,
    remove,
    rename,
    retain,
    revoke,
    same_subnet_twice,
    second_schedule,
    stranger,
    swapped,
    target_in_private_subnet,
    target_in_wrong_group,
    unready_flow_log,
)
from tests.infra.templates import StageTemplates

ANY = {"AWS": "*"}
WORLD = {"IpProtocol": "tcp", "FromPort": 2049, "ToPort": 2049, "CidrIp": "0.0.0.0/0"}
BREAKS: dict[str, Break] = {
    "file system: not encrypted": put("data", FS, "Encrypted", False),
    "file system: AWS's key": drop("data", FS, "KmsKeyId"),
    "file system: bursting": put("data", FS, "ThroughputMode", "bursting"),
    "file system: backed up twice": put("data", FS, "BackupPolicy.Status", "ENABLED"),
    "backups: of nothing": remove("data", SELECTION),
    "backups: for a day": put(
        "data", PLAN, "BackupPlan.BackupPlanRule.0.Lifecycle.DeleteAfterDays", 1
    ),
    "backups: AWS's key": drop("data", VAULT, "EncryptionKeyArn"),
    "backups: locked unasked": put("data", VAULT, "LockConfiguration", {"MinRetentionDays": 35}),
    "backups: deletion": retain("data", VAULT, "DeletionPolicy"),
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
    "data key: grants to others": drop("data", KEY, "KeyPolicy.Statement.4"),
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
    "topic: in clear": drop("data", TOPIC, "KmsMasterKeyId"),
    "topic: gone": remove("data", TOPIC),
    "topic: anybody publishes": drop(
        "data", TOPIC_POLICY, "PolicyDocument.Statement.1.Condition.StringEquals"
    ),
    "topic: any alarm publishes": drop(
        "data", TOPIC_POLICY, "PolicyDocument.Statement.1.Condition.ArnLike"
    ),
    "topic: without TLS": drop("data", TOPIC_POLICY, "PolicyDocument.Statement.0"),
    "topic: alarms cannot encrypt": drop("data", KEY, "KeyPolicy.Statement.5", "AlarmTopicKey"),
    "topic: under the data key": put(
        "data", TOPIC, "KmsMasterKeyId", {"Fn::GetAtt": ["DataKey2A0DE9E6", "Arn"]}
    ),
    "topic's key: no rotation": put("data", KEY, "EnableKeyRotation", False, "AlarmTopicKey"),
    "topic's key: any log group": put(
        *("data", KEY, "KeyPolicy.Statement.3.Condition", {}, "AlarmTopicKey")
    ),
    "key watch: gone": remove("service", FUNCTION, "KeyWatch"),
    "key watch: in the VPC": put("service", FUNCTION, "VpcConfig", {"SubnetIds": []}, "KeyWatch"),
    "key watch: under a key that it watches": put(
        "service",
        LOGS,
        "KmsKeyId",
        {"Fn::GetAtt": ["ServiceKeyB85FF73C", "Arn"]},
        "KeyWatch",
    ),
    "key watch: asks of nothing": put(
        "service", RULE, "Targets.0.Input", '{"keys":[]}', "KeyWatch"
    ),
    "key watch: is not called": put("service", RULE, "State", "DISABLED", "KeyWatch"),
    "key watch: may not ask": revoke("kms:DescribeKey", "KeyWatch"),
    "key watch: may do more": grant("kms:EnableKey", of="KeyWatch"),
    "key watch: its failed calls are lost": drop(
        "service", FUNCTION, "DeadLetterConfig", "KeyWatch"
    ),
    "key watch: fails unheard": remove("service", ALARM, "AlarmsKeyUnusable"),
    "key watch: silent unheard": drop(
        "service", ALARM, "InsufficientDataActions", "AlarmsKeyUnusable"
    ),
    "topic: any account's alarms encrypt": drop(
        "data", KEY, "KeyPolicy.Statement.7.Condition.StringEquals", "AlarmTopicKey"
    ),
    "budget: gone": remove("data", BUDGET),
    "budget: of the whole account": drop("data", BUDGET, "Budget.CostFilters"),
    "budget: larger": put("data", BUDGET, "Budget.BudgetLimit.Amount", 10_000),
    "budget: tells nobody": drop("data", BUDGET, "NotificationsWithSubscribers.0.Subscribers"),
    "budget: no forecast": drop("data", BUDGET, "NotificationsWithSubscribers.3"),
    "mark: other words": put("data", PARAMETER, "Description", "x", "BrakeMark"),
    "mark: gone": remove("data", PARAMETER, "BrakeMark"),
    "brake: in the VPC": put("service", FUNCTION, "VpcConfig", {"SubnetIds": []}, "Brake"),
    "brake: gone": remove("service", FUNCTION, "Brake"),
    "brake: stops another": put(
        "service",
        FUNCTION,
        "Environment.Variables.FUNCTION",
        {"Ref": "JanitorFunction820277F8"},
        "Brake",
    ),
    "brake: cannot stop it": revoke("lambda:PutFunctionConcurrency", "Brake"),
    "brake: cannot say so": revoke("kms:GenerateDataKey", "Brake"),
    "brake: may stop any": grant("lambda:PutFunctionConcurrency", of="Brake"),
    "brake: alarms may not call it": remove("service", PERMISSION, "BrakeAlarms"),
    "brake: any account's alarms call it": drop(
        "service", PERMISSION, "SourceAccount", "BrakeAlarms"
    ),
    "brake: anybody calls it": put("service", PERMISSION, "Principal", "*", "BrakeAlarms"),
    "brake: released by a deployment": remove("service", RULE, "BrakeAfterDeployments"),
    "brake: looks after no deployment": put(
        "service", RULE, "State", "DISABLED", "BrakeAfterDeployments"
    ),
    "brake: looks after other stacks": drop(
        "service", RULE, "EventPattern.detail.stack-id", "BrakeAfterDeployments"
    ),
    "brake: its failed calls are lost": drop("service", FUNCTION, "DeadLetterConfig", "Brake"),
    "brake: fails silently": remove("service", ALARM, "BrakeFailed"),
    "use: not counted in a day": remove("service", ALARM, "UseSlow"),
    "use: not counted in minutes": remove("service", ALARM, "UseFast"),
    "use: stops nothing": drop("service", ALARM, "AlarmActions.0", "UseFast"),
    "use: tells nobody": drop("service", ALARM, "AlarmActions.1", "UseSlow"),
    "use: no actions": put("service", ALARM, "ActionsEnabled", False, "UseFast"),
    "use: a higher limit": put("service", ALARM, "Threshold", 100, "UseSlow"),
    "use: below the limit": put(
        "service", ALARM, "ComparisonOperator", "LessThanThreshold", "UseFast"
    ),
    "use: an alarm without data": put("service", ALARM, "TreatMissingData", "ignore", "UseFast"),
    "use: a metric less": drop("service", ALARM, "Metrics.1", "UseFast"),
    "use: of another function": put(
        "service",
        ALARM,
        "Metrics.1.MetricStat.Metric.Dimensions.0.Value",
        {"Ref": "JanitorFunction820277F8"},
        "UseFast",
    ),
    "use: says nothing": put("service", ALARM, "AlarmDescription", "x", "UseFast"),
    "nat: not counted": remove("data", ALARM, "NatUseFast"),
    "nat: calls another brake": put("data", ALARM, "AlarmActions.0", "arn:other", "NatUseFast"),
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


def test_as_it_is_every_promise_is_kept(drive: StageTemplates, assembly: Path) -> None:
    assert len(PROMISES) > 30
    assert list(broken_promises(drive, assembly)) == []


@pytest.fixture(scope="module")
def pickled(drive: StageTemplates) -> bytes:
    """The stage, from which a copy is read in half the time that `copy.deepcopy` takes."""
    return pickle.dumps(drive)


# Those of Prod, where more is promised; Dev's are templates of the same constructs.
@pytest.mark.slow
@pytest.mark.parametrize(
    "drive", [pytest.param("Dev", marks=pytest.mark.weekly), "Prod"], indirect=True
)
@pytest.mark.parametrize("what", BREAKS)
def test_a_regression_is_noticed(pickled: bytes, assembly: Path, what: str) -> None:
    worse: StageTemplates = pickle.loads(pickled)
    BREAKS[what](worse)
    assert any(broken_promises(worse, assembly))
