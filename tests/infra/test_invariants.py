"""Each invariant of a stage: it holds for the stages as they are, and fails when it is broken."""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from drive_tools.cloud_assembly import find_stage
from stacks.invariants import (
    access,
    alarms,
    backups,
    functions,
    network,
    queues,
    records,
    storage,
)
from stacks.invariants.check import INVARIANTS, Invariant, check_invariants, promise, violations
from stacks.invariants.declared import Declared
from stacks.settings_checks import RETAINED_BACKUP_DAYS
from tests.infra import synthesis
from tests.infra.cdk_synth import PROJECT, synthesise_program

Templates = dict[str, dict[str, Any]]
Change = Callable[[Templates], object]
WORLD = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIp": "0.0.0.0/0"}
ANYBODY = {"Effect": "Allow", "Action": "*", "Resource": "*", "Principal": {"AWS": "*"}}


def resources(templates: Templates, kind: str, prefix: str = "") -> dict[str, dict[str, Any]]:
    """The resources of a type in all stacks, by logical ids that begin like this."""
    found = {
        logical_id: resource
        for template in templates.values()
        for logical_id, resource in template["Resources"].items()
        if resource["Type"] == kind and logical_id.startswith(prefix)
    }
    assert found, f"no {kind} {prefix}"
    return found


def gone(kind: str, prefix: str = "") -> Change:
    """Without the resources of a type, or the first with such an id."""

    def change(templates: Templates) -> None:
        names = list(resources(templates, kind, prefix))
        for template in templates.values():
            for name in names:
                template["Resources"].pop(name, None)

    return change


def without(kind: str, *names: str, prefix: str = "") -> Change:
    """Without some properties of each resource of a type."""

    def change(templates: Templates) -> None:
        for resource in resources(templates, kind, prefix).values():
            for name in names:
                del resource["Properties"][name]

    return change


def with_(kind: str, prefix: str = "", **properties: Any) -> Change:  # noqa: ANN401 - JSON
    """With other properties of the first resource of a type."""

    def change(templates: Templates) -> None:
        resource = next(iter(resources(templates, kind, prefix).values()))
        resource["Properties"].update(properties)

    return change


def added(stack: str, kind: str, **properties: Any) -> Change:  # noqa: ANN401 - JSON
    """One resource more."""

    def change(templates: Templates) -> None:
        [template] = [body for name, body in templates.items() if name.endswith(stack)]
        template["Resources"]["Added"] = {"Type": kind, "Properties": properties}

    return change


def part(kind: str, *path: str | int, value: object, prefix: str = "") -> Change:
    """With another value deep in the first resource of a type; None takes it away."""

    def change(templates: Templates) -> None:
        at: Any = next(iter(resources(templates, kind, prefix).values()))
        for step in path[:-1]:
            at = at[step]
        if value is None:
            del at[path[-1]]
        else:
            at[path[-1]] = value

    return change


def statement(kind: str, document: str, prefix: str = "", **changed: object) -> Change:
    """With one statement more in a policy."""

    def change(templates: Templates) -> None:
        resource = next(iter(resources(templates, kind, prefix).values()))
        resource["Properties"][document]["Statement"].append(ANYBODY | changed)

    return change


FUNCTION, ROLE, KEY = "AWS::Lambda::Function", "AWS::IAM::Role", "AWS::KMS::Key"
FILES, POLICY = "AWS::EFS::FileSystem", "AWS::IAM::ManagedPolicy"
VAULT, PLAN = "AWS::Backup::BackupVault", "AWS::Backup::BackupPlan"
SELECTION = "AWS::Backup::BackupSelection"
GROUP, PERMISSION = "AWS::EC2::SecurityGroup", "AWS::Lambda::Permission"
SUBNET, FLOWS = "AWS::EC2::Subnet", "NetworkFlowLogPolicy"
DOCUMENT = ("Properties", "PolicyDocument")
TRUST = ("Properties", "AssumeRolePolicyDocument", "Statement")
QUEUE, RULE = "AWS::SQS::Queue", "AWS::Events::Rule"
ALARM, TOPIC, BUDGET = "AWS::CloudWatch::Alarm", "AWS::SNS::Topic", "AWS::Budgets::Budget"
DENIALS = ("Properties", "FileSystemPolicy", "Statement")
MOUNT = {"Action": "elasticfilesystem:ClientMount", "Resource": "arn"}
BY_ACCESS_POINT = {"ArnEquals": {"elasticfilesystem:AccessPointArn": "arn"}}
BY_TARGET = {"Bool": {"elasticfilesystem:AccessedViaMountTarget": "true"}}


def public(**kept: bool) -> Change:
    """A URL without AWS_IAM, with those permissions of a public one that are kept."""

    def change(templates: Templates) -> None:
        [url] = resources(templates, "AWS::Lambda::Url").values()
        url["Properties"]["AuthType"] = "NONE"
        function = {"FunctionName": url["Properties"]["TargetFunctionArn"], "Principal": "*"}
        permissions: dict[str, dict[str, Any]] = {
            "url": {"Action": "lambda:InvokeFunctionUrl", "FunctionUrlAuthType": "NONE"},
            "function": {"Action": "lambda:InvokeFunction", "InvokedViaFunctionUrl": True},
            "open": {"Action": "lambda:InvokeFunction"},
        }
        for name in kept:
            added("-Service", PERMISSION, **function, **permissions[name])(templates)
            [template] = [it for it in templates.values() if "Added" in it["Resources"]]
            template["Resources"][f"Permission{name}"] = template["Resources"].pop("Added")

    return change


_ERRORS = "AlarmsFilesErrors"

BROKEN: list[tuple[Invariant, Change]] = [
    (
        network.every_zone_of_a_function_has_a_mount_target,
        gone("AWS::EFS::MountTarget", "StorageFileSystemEfsMountTargetIsolatedSubnet1"),
    ),
    (network.nfs_leads_from_each_function_to_each_mount_target, gone(f"{GROUP}Ingress")),
    (network.nfs_leads_from_each_function_to_each_mount_target, gone(f"{GROUP}Egress")),
    (
        network.nfs_leads_from_each_function_to_each_mount_target,
        with_(f"{GROUP}Ingress", FromPort=2050, ToPort=2050),
    ),
    (
        network.nfs_leads_from_each_function_to_each_mount_target,
        with_(f"{GROUP}Egress", IpProtocol="udp"),
    ),
    (
        network.a_mount_target_takes_nfs_from_its_clients_alone,
        with_(f"{GROUP}Ingress", FromPort=0, ToPort=65_535),
    ),
    (
        network.a_mount_target_takes_nfs_from_its_clients_alone,
        with_(GROUP, "StorageServerGroup", SecurityGroupIngress=[WORLD | {"CidrIp": "10.0.0.0/8"}]),
    ),
    (
        network.nobody_in_the_world_is_let_in,
        with_(GROUP, "StorageClientGroup", SecurityGroupIngress=[WORLD]),
    ),
    (
        network.nobody_in_the_world_is_let_in,
        with_(GROUP, SecurityGroupIngress=[{**WORLD, "CidrIp": None, "CidrIpv6": "::/0"}]),
    ),
    (
        network.a_function_has_no_public_subnet,
        with_(
            "AWS::EC2::Route",
            "NetworkVpcPrivateSubnet1",
            GatewayId={"Ref": "NetworkVpcIGW6BEA7B02"},
        ),
    ),
    (
        network.nat_waits_for_the_attachment_of_the_internet_gateway,
        lambda templates: (
            [
                resource.pop("DependsOn", None)
                for resource in resources(templates, "AWS::EC2::NatGateway").values()
            ]
            and None
        ),
    ),
    (network.every_vpc_logs_its_flows, gone("AWS::EC2::FlowLog")),
    (network.every_vpc_logs_its_flows, with_("AWS::EC2::FlowLog", TrafficType="REJECT")),
    (network.every_default_group_is_emptied, gone("Custom::VpcRestrictDefaultSG")),
    (network.every_vpc_logs_its_flows, with_("AWS::EC2::FlowLog", LogDestinationType="s3")),
    *(
        (
            network.every_vpc_logs_its_flows,
            part(POLICY, *DOCUMENT, *path, value=value, prefix=FLOWS),
        )
        for path, value in (
            (("Statement", 0, "Effect"), "Deny"),
            (("Statement", 0, "Action", 0), "logs:GetLogEvents"),
            (("Statement", 0, "Resource"), {"Ref": "DataKey2A0DE9E6"}),
        )
    ),
    (
        network.every_default_group_is_emptied,
        part(ROLE, "Properties", "Policies", value=[], prefix="CustomVpc"),
    ),
    (network.every_default_group_is_emptied, with_("Custom::VpcRestrictDefaultSG", Account="*")),
    *(
        (network.the_parts_of_a_network_are_of_its_vpc, change)
        for change in (
            with_(SUBNET, VpcId="vpc-1"),
            with_(GROUP, VpcId="vpc-1"),
            with_("AWS::EC2::VPCEndpoint", VpcId={"Ref": "AWS::AccountId"}),
            added("-Data", "AWS::EC2::VPC", CidrBlock="10.0.0.0/16"),
        )
    ),
    *(
        (network.subnets_share_out_their_vpc, with_(SUBNET, CidrBlock=network_))
        for network_ in ("10.43.0.0/20", "10.42.0.0/16", "10.42.0.0", "nothing")
    ),
    (
        network.no_vpc_is_on_machines_of_its_own,
        with_("AWS::EC2::VPC", InstanceTenancy="dedicated"),
    ),
    (storage.every_file_system_has_a_key_of_the_stage, without(FILES, "KmsKeyId")),
    (storage.every_file_system_has_a_key_of_the_stage, with_(FILES, Encrypted=False)),
    (backups.every_file_system_is_backed_up_once, without(FILES, "BackupPolicy")),
    (
        backups.every_file_system_is_backed_up_once,
        with_(FILES, BackupPolicy={"Status": "ENABLED"}),
    ),
    (backups.every_file_system_is_backed_up_once, gone(SELECTION)),
    (backups.every_file_system_is_backed_up_once, gone(PLAN)),
    (
        backups.every_file_system_is_backed_up_once,
        part(SELECTION, "Properties", "BackupSelection", "Resources", value=["*"]),
    ),
    *(
        (
            backups.every_plan_backs_up_each_day_for_long_enough,
            part(PLAN, "Properties", "BackupPlan", "BackupPlanRule", *path, value=value),
        )
        for path, value in (
            ((0,), None),
            ((0, "TargetBackupVault"), "Default"),
            ((0, "ScheduleExpression"), "cron(0 5 ? * 1 *)"),
            ((0, "ScheduleExpression"), None),
            ((0, "Lifecycle"), None),
            ((0, "Lifecycle", "DeleteAfterDays"), 6),
            ((0, "CopyActions"), [{"Lifecycle": {"DeleteAfterDays": 1}}]),
        )
    ),
    (
        backups.every_plan_backs_up_each_day_for_long_enough,
        with_(VAULT, LockConfiguration={"MinRetentionDays": 36}),
    ),
    (backups.every_vault_has_a_key_of_the_stage, without(VAULT, "EncryptionKeyArn")),
    (backups.every_vault_has_a_key_of_the_stage, with_(VAULT, EncryptionKeyArn="arn")),
    *(
        (
            backups.backups_are_made_by_a_role_that_does_nothing_else,
            part(ROLE, *TRUST, 0, name, value=value, prefix="BackupsRole"),
        )
        for name, value in (
            ("Principal", {"Service": "lambda.amazonaws.com"}),
            ("Effect", "Deny"),
            ("Action", "sts:TagSession"),
        )
    ),
    (
        backups.backups_are_made_by_a_role_that_does_nothing_else,
        part(SELECTION, "Properties", "BackupSelection", "IamRoleArn", value="arn"),
    ),
    (
        backups.backups_are_made_by_a_role_that_does_nothing_else,
        part(POLICY, *DOCUMENT, "Statement", 0, "Action", 0, value="x:y", prefix="BackupsPolicy"),
    ),
    (
        backups.backups_are_made_by_a_role_that_does_nothing_else,
        statement(
            POLICY, "PolicyDocument", "BackupsPolicy", Action="elasticfilesystem:DeleteFileSystem"
        ),
    ),
    (
        storage.no_file_system_policy_allows_anybody,
        statement(FILES, "FileSystemPolicy", Action="elasticfilesystem:ClientMount"),
    ),
    *(
        (storage.no_file_system_policy_allows_anybody, part(FILES, *DENIALS, number, value=None))
        for number in range(3)
    ),
    (storage.no_file_system_policy_allows_anybody, without(FILES, "FileSystemPolicy")),
    *(
        (
            storage.only_roles_of_functions_mount_and_by_the_access_point,
            statement(POLICY, "PolicyDocument", **MOUNT, Condition=condition),
        )
        for condition in (BY_ACCESS_POINT, BY_TARGET, {})
    ),
    (
        storage.only_roles_of_functions_mount_and_by_the_access_point,
        statement(
            POLICY,
            "PolicyDocument",
            Action="elasticfilesystem:ClientRoot*",
            Condition=BY_ACCESS_POINT | BY_TARGET,
        ),
    ),
    (
        storage.only_roles_of_functions_mount_and_by_the_access_point,
        part(
            ROLE,
            *("Properties", "AssumeRolePolicyDocument", "Statement", 0, "Principal"),
            value={"Service": "ec2.amazonaws.com"},
            prefix="FilesRightsRole",
        ),
    ),
    *(
        (
            storage.an_access_point_is_no_root_and_not_open_to_all,
            part("AWS::EFS::AccessPoint", "Properties", *path, value=value),
        )
        for path, value in (
            (("PosixUser", "Uid"), "0"),
            (("PosixUser", "Gid"), "0"),
            (("PosixUser",), None),
            (("RootDirectory", "Path"), "/"),
            (("RootDirectory", "CreationInfo", "Permissions"), "755"),
        )
    ),
    (
        storage.an_access_point_is_no_root_and_not_open_to_all,
        with_(
            "AWS::Lambda::Url",
            TargetFunctionArn={"Fn::GetAtt": ["JanitorFunction820277F8", "Arn"]},
        ),
    ),
    (
        storage.an_access_point_is_no_root_and_not_open_to_all,
        added(
            "-Service",
            "AWS::ApiGatewayV2::Integration",
            IntegrationUri={"Fn::GetAtt": ["JanitorFunction820277F8", "Arn"]},
        ),
    ),
    *(
        (storage.what_is_kept_is_retained, part(kind, name, value="Delete"))
        for kind in (FILES, KEY, VAULT, "AWS::Logs::LogGroup")
        for name in ("DeletionPolicy", "UpdateReplacePolicy")
    ),
    *(
        (
            storage.what_is_kept_is_retained,
            part(kind, "DeletionPolicy", value="Delete", prefix="Backups"),
        )
        for kind in (ROLE, POLICY)
    ),
    (
        functions.a_function_is_made_after_what_its_mount_needs,
        lambda templates: templates.update(
            {"Alone": {"Resources": templates.pop("Prod-Service")["Resources"]}}
        ),
    ),
    (
        functions.a_function_and_its_layers_have_one_architecture,
        with_(FUNCTION, "Files", Architectures=["x86_64"]),
    ),
    (
        functions.a_function_and_its_layers_have_one_architecture,
        with_(FUNCTION, "Files", Runtime="python3.13"),
    ),
    *(
        (
            functions.a_mount_path_is_one_that_lambda_takes,
            part(
                FUNCTION,
                *("Properties", "FileSystemConfigs", 0, "LocalMountPath"),
                value=path,
                prefix="Files",
            ),
        )
        for path in ("/data", "/mnt/other")
    ),
    (
        functions.variables_of_mounted_functions_are_encrypted_by_a_key_of_the_stage,
        without(FUNCTION, "KmsKeyArn", prefix="Files"),
    ),
    *(
        (
            functions.no_secret_is_in_a_variable,
            part(
                FUNCTION,
                *("Properties", "Environment", "Variables", "TOKEN"),
                value=value,
                prefix="Files",
            ),
        )
        for value in (
            "{{resolve:secretsmanager:drive:SecretString}}",
            {"Fn::Join": ["", ["{{resolve:ssm-secure:", "/drive/token}}"]]},
        )
    ),
    (
        functions.every_function_writes_a_log_of_its_own,
        without(FUNCTION, "LoggingConfig", prefix="Usage"),
    ),
    (
        functions.every_function_writes_a_log_of_its_own,
        with_(FUNCTION, "Usage", LoggingConfig={"LogGroup": {"Ref": "FilesLogsFFA73081"}}),
    ),
    (
        functions.every_function_writes_a_log_of_its_own,
        part(POLICY, *DOCUMENT, "Statement", 1, "Effect", value="Deny", prefix="Usage"),
    ),
    *(
        (
            functions.a_mounted_function_may_make_its_interfaces,
            part(POLICY, *DOCUMENT, "Statement", *path, value=value, prefix="SharedRights"),
        )
        for path, value in (
            ((0, "Action"), "ec2:CreateVpc"),
            ((0, "Resource"), []),
            ((2, "Action", 0), "ec2:DescribeVpcs"),
            ((2, "Resource"), "arn"),
        )
    ),
    (functions.every_function_ends, without(FUNCTION, "Timeout")),
    (functions.every_function_ends, without(FUNCTION, "MemorySize", prefix="Files")),
    (functions.a_schedule_may_call_its_function, gone(PERMISSION)),
    (functions.a_schedule_may_call_its_function, without(PERMISSION, "SourceArn")),
    *(
        (access.no_role_may_do_everything, statement(POLICY, "PolicyDocument", Action=action))
        for action in ("*", "s3:*", "s3:Get*")
    ),
    (
        access.only_what_has_no_resource_is_allowed_on_all,
        statement(POLICY, "PolicyDocument", Action="ssm:GetParameter"),
    ),
    *(
        (
            access.a_role_trusts_a_service_alone,
            statement(ROLE, "AssumeRolePolicyDocument", Principal=principal),
        )
        for principal in ("*", {"AWS": "arn:aws:iam::123456789012:root"}, {"Federated": "x"})
    ),
    *(
        (
            access.a_role_trusts_a_service_alone,
            statement(
                ROLE,
                "AssumeRolePolicyDocument",
                Principal={"AWS": "arn:aws:iam::123456789012:root"},
                Condition={operator: {"aws:PrincipalArn": told}},
            ),
        )
        for operator, told in (
            ("ArnEquals", "arn:aws:iam::123456789012:role/*"),
            ("ArnLike", "arn:aws:iam::123456789012:role/tester"),
            ("ArnEquals", "arn:aws:iam::123456789012:root"),
        )
    ),
    *(
        (
            access.a_role_is_assumed_by_who_uses_it,
            part(ROLE, *TRUST, *path, value=value, prefix=prefix),
        )
        for prefix in ("FilesRightsRole", "NetworkFlowLogRole")
        for path, value in (
            ((0, "Effect"), "Deny"),
            ((0, "Action"), "sts:TagSession"),
            ((0, "Principal"), {"Service": "ec2.amazonaws.com"}),
        )
    ),
    *(
        (
            access.a_role_is_assumed_by_who_uses_it,
            part(ROLE, *TRUST, 0, "Condition", value=value, prefix="NetworkFlowLogRole"),
        )
        for value in (None, {"StringEquals": {"aws:SourceAccount": "*"}})
    ),
    (access.a_role_is_assumed_by_who_uses_it, with_(FUNCTION, Role="*")),
    *(
        (access.every_policy_is_of_the_version_of_2012, part(kind, *path, "Version", value=value))
        for kind, path in (
            (POLICY, DOCUMENT),
            (ROLE, ("Properties", "AssumeRolePolicyDocument")),
            (KEY, ("Properties", "KeyPolicy")),
            (FILES, ("Properties", "FileSystemPolicy")),
        )
        for value in (None, "2008-10-17")
    ),
    (access.there_are_no_users, added("-Data", "AWS::IAM::User")),
    (access.there_are_no_users, added("-Service", "AWS::IAM::AccessKey")),
    (
        access.an_iam_url_is_for_nobody_by_default,
        added(
            "-Service",
            PERMISSION,
            Action="lambda:InvokeFunctionUrl",
            FunctionUrlAuthType="AWS_IAM",
            FunctionName={"Ref": "FilesFunction19643AD3"},
            Principal="*",
        ),
    ),
    (access.an_iam_url_is_for_nobody_by_default, public()),
    (access.an_iam_url_is_for_nobody_by_default, public(url=True)),
    (access.an_iam_url_is_for_nobody_by_default, public(function=True)),
    (
        access.an_iam_url_is_for_nobody_by_default,
        public(url=True, function=True, open=True),
    ),
    (
        access.a_service_calls_for_this_account_alone,
        without(PERMISSION, "SourceArn", prefix="JanitorSchedulePermission"),
    ),
    (access.no_key_policy_lets_strangers_in, statement(KEY, "KeyPolicy")),
    (access.no_key_policy_lets_strangers_in, statement(KEY, "KeyPolicy", Principal="*")),
    (
        access.no_key_policy_lets_strangers_in,
        statement(KEY, "KeyPolicy", Principal={"Service": "s3.amazonaws.com"}),
    ),
    (records.every_log_group_is_encrypted_and_ends, without("AWS::Logs::LogGroup", "KmsKeyId")),
    (
        records.every_log_group_is_encrypted_and_ends,
        without("AWS::Logs::LogGroup", "RetentionInDays"),
    ),
    (records.every_key_rotates, with_(KEY, EnableKeyRotation=False)),
    (records.every_key_rotates, without(KEY, "EnableKeyRotation")),
    *(
        (
            records.every_key_is_administered_used_and_lent_by_the_account,
            part(KEY, "Properties", "KeyPolicy", "Statement", *path, value=value),
        )
        for path, value in (
            ((0,), None),
            ((1,), None),
            ((2,), None),
            ((3,), None),
            ((4, "Action"), ["kms:CreateGrant", "kms:Decrypt"]),
            ((0, "Action", 0), "kms:Decrypt"),
            ((0, "Resource"), "arn"),
            ((2, "Condition"), {}),
            ((3, "Action", 0), "kms:ListGrants"),
        )
    ),
    *(
        (
            records.no_other_policy_may_lend_a_key,
            part(KEY, "Properties", "KeyPolicy", "Statement", *path, value=value),
        )
        for path, value in (
            ((4,), None),
            ((4, "Condition"), {}),
            ((4, "Effect"), "Allow"),
            ((4, "Principal"), {"AWS": "123456789012"}),
        )
    ),
    *(
        (records.what_is_named_is_there, gone("AWS::EC2::RouteTable", prefix))
        for prefix in ("NetworkVpcPrivateSubnet1", "NetworkVpcPublicSubnet2")
    ),
    (records.what_is_named_is_there, with_(FUNCTION, Role={"Fn::GetAtt": ["None", "Arn"]})),
    (
        records.every_secret_has_a_key_of_the_stage,
        added("-Service", "AWS::SecretsManager::Secret", GenerateSecretString={}),
    ),
    (
        records.every_secret_has_a_key_of_the_stage,
        added(
            "-Service",
            "AWS::SecretsManager::Secret",
            SecretString="hush",
            KmsKeyId={"Ref": "ServiceKeyB85FF73C"},
        ),
    ),
    (
        records.what_is_imported_is_exported,
        lambda templates: (
            [template.pop("Outputs") for name, template in templates.items() if "Data" in name]
            and None
        ),
    ),
    (alarms.every_alarm_is_heard, without(ALARM, "AlarmActions")),
    (alarms.every_alarm_is_heard, with_(ALARM, AlarmActions=["arn"])),
    (alarms.every_alarm_is_heard, with_(ALARM, ActionsEnabled=False)),
    (alarms.every_alarm_is_heard, without(ALARM, "AlarmDescription")),
    (alarms.every_alarm_is_heard, without(ALARM, "TreatMissingData")),
    (alarms.every_alarm_is_heard, with_(ALARM, TreatMissingData="good")),
    *(
        (alarms.every_alarm_that_is_quiet_without_data_has_a_partner_that_is_not, change)
        for change in (
            # The partner is gone, falls silent itself, or tells nobody of it.
            gone(ALARM, "AlarmsBackupMissing"),
            with_(ALARM, "AlarmsUsageUnfinished", TreatMissingData="notBreaching"),
            with_(ALARM, "AlarmsUsageUnfinished", TreatMissingData="ignore"),
            with_(ALARM, "AlarmsUsageUnfinished", InsufficientDataActions=["arn"]),
            without(ALARM, "InsufficientDataActions", prefix="AlarmsUsageUnfinished"),
            # One that nobody heard of, and one that does not say who hears.
            part(ALARM, "Metadata", value={}, prefix=_ERRORS),
            part(ALARM, "Metadata", "LambdaDriveAlarm", "Partners", value=[], prefix=_ERRORS),
            part(
                ALARM, "Metadata", "LambdaDriveAlarm", "Partners", value=["Nobody"], prefix=_ERRORS
            ),
            # Two of one name.
            part(ALARM, "Metadata", "LambdaDriveAlarm", "Name", value="BackupMissing"),
        )
    ),
    (alarms.a_function_that_an_alarm_calls_lets_alarms_in, gone(PERMISSION, "BrakeAlarms")),
    *(
        (
            alarms.a_function_that_an_alarm_calls_lets_alarms_in,
            without(PERMISSION, name, prefix="BrakeAlarms"),
        )
        for name in ("SourceAccount", "SourceArn")
    ),
    (alarms.a_topic_takes_messages_of_the_account_alone, without(TOPIC, "KmsMasterKeyId")),
    (alarms.a_topic_takes_messages_of_the_account_alone, gone(f"{TOPIC}Policy")),
    (
        alarms.a_topic_takes_messages_of_the_account_alone,
        statement(f"{TOPIC}Policy", "PolicyDocument"),
    ),
    *(
        (
            alarms.a_topic_takes_messages_of_the_account_alone,
            part(f"{TOPIC}Policy", *DOCUMENT, "Statement", *path, value=value),
        )
        for path, value in (((0,), None), ((1, "Condition", "StringEquals"), None))
    ),
    *(
        (alarms.every_key_is_asked_for_by_a_schedule, change)
        for change in (
            gone("AWS::Events::Rule", "KeyWatch"),
            with_("AWS::Events::Rule", "KeyWatch", State="DISABLED"),
            with_("AWS::Events::Rule", "KeyWatch", Targets=[]),
            part(POLICY, *DOCUMENT, "Statement", 0, "Action", value="kms:*", prefix="KeyWatch"),
        )
    ),
    *(
        (queues.what_nobody_took_goes_to_a_queue, change)
        for change in (
            without("AWS::SNS::Subscription", "RedrivePolicy"),
            part(RULE, "Properties", "Targets", 0, "DeadLetterConfig", value=None),
            part(RULE, "Properties", "Targets", 0, "DeadLetterConfig", "Arn", value="arn"),
            gone(f"{QUEUE}Policy"),
            part(f"{QUEUE}Policy", *DOCUMENT, "Statement", 1, "Effect", value="Deny"),
            # Without the statements of its key that let SNS and EventBridge in.
            part(KEY, "Properties", "KeyPolicy", "Statement", value=[], prefix="AlarmTopicKey"),
        )
    ),
    *(
        (queues.a_queue_takes_messages_of_the_account_alone, change)
        for change in (
            without(QUEUE, "KmsMasterKeyId"),
            gone(f"{QUEUE}Policy"),
            statement(f"{QUEUE}Policy", "PolicyDocument"),
            part(f"{QUEUE}Policy", *DOCUMENT, "Statement", 0, value=None),
            part(f"{QUEUE}Policy", *DOCUMENT, "Statement", 1, "Condition", "ArnLike", value=None),
        )
    ),
    (queues.what_is_in_a_queue_is_kept_and_heard, without(QUEUE, "MessageRetentionPeriod")),
    (queues.what_is_in_a_queue_is_kept_and_heard, gone(ALARM, "AlarmsUndelivered")),
    (alarms.a_budget_tells_a_topic, without(BUDGET, "NotificationsWithSubscribers")),
    (
        alarms.a_budget_tells_a_topic,
        part(
            BUDGET,
            *("Properties", "NotificationsWithSubscribers", 2, "Subscribers", 0, "Address"),
            value="arn",
        ),
    ),
    (
        records.data_stands_in_a_stack_of_its_own,
        lambda templates: templates["Prod-Data"]["Resources"].update(
            resources(templates, FUNCTION, "Files")
        ),
    ),
]


@pytest.fixture(scope="module")
def prod(baseline: Path) -> Declared:
    """Prod as it is."""
    return Declared.of(find_stage(baseline, "Prod"))


@pytest.mark.parametrize("stage", ["Dev", "Prod"])
def test_a_stage_as_it_is_breaks_none(stage: str, baseline: Path) -> None:
    assert violations(Declared.of(find_stage(baseline, stage))) == []


def test_what_a_pipeline_ships_breaks_none(tmp_path: Path) -> None:
    """Its stages have a role for the pipeline's test beside them."""
    check_invariants(synthesis.shipped(tmp_path))


@pytest.mark.parametrize(
    ("invariant", "change"),
    BROKEN,
    ids=[f"{invariant.__name__}-{number}" for number, (invariant, _) in enumerate(BROKEN)],
)
def test_what_breaks_it_is_said(invariant: Invariant, change: Change, prod: Declared) -> None:
    assert list(invariant(prod)) == []
    templates = copy.deepcopy(dict(prod.templates))
    change(templates)
    broken = Declared(templates, retained=True, waits_for=prod.waits_for)
    found = list(invariant(broken))
    assert found
    assert any(stack in found[0] for stack in broken.templates), "where it is"
    assert any(promise(invariant) in line for line in violations(broken))


def test_each_invariant_has_a_promise_and_an_example_that_breaks_it() -> None:
    assert len(INVARIANTS) >= 25
    of_dev = {backups.only_a_vault_that_is_kept_is_locked}
    assert {invariant for invariant, _ in BROKEN} | of_dev == set(INVARIANTS)
    promises = [promise(invariant) for invariant in INVARIANTS]
    assert all(each.endswith(".") for each in promises)
    assert len(set(promises)) == len(promises)


def test_backups_are_kept_for_as_long_as_the_settings_demand() -> None:
    assert backups.LEAST_DAYS == RETAINED_BACKUP_DAYS


def test_a_locked_vault_is_none_that_would_be_deleted(baseline: Path) -> None:
    dev = Declared.of(find_stage(baseline, "Dev"))
    assert list(backups.only_a_vault_that_is_kept_is_locked(dev)) == []
    templates = copy.deepcopy(dict(dev.templates))
    with_(VAULT, LockConfiguration={"MinRetentionDays": 35})(templates)
    locked = Declared(templates, retained=False, waits_for=dev.waits_for)
    [found] = backups.only_a_vault_that_is_kept_is_locked(locked)
    assert found.startswith("Dev-Data BackupsVault")
    kept = Declared(templates, retained=True, waits_for=dev.waits_for)
    assert list(backups.only_a_vault_that_is_kept_is_locked(kept)) == []


def test_dev_may_lose_its_data(baseline: Path) -> None:
    dev = Declared.of(find_stage(baseline, "Dev"))
    assert not dev.retained
    assert list(storage.what_is_kept_is_retained(dev)) == []


# The app, with a stage in which somebody took the backups away.
_APP = """\
import runpy
from stacks.backups import Backups
made = Backups.__init__
def without_backups(self, *arguments, **named):
    made(self, *arguments, **named)
    self.node.try_remove_child("Selection")
Backups.__init__ = without_backups
runpy.run_path({file!r}, run_name="__main__")
"""


def test_a_synth_that_breaks_one_fails_and_says_where(tmp_path: Path) -> None:
    result = synthesise_program(tmp_path, _APP.format(file=str(PROJECT / "app.py")))
    assert result.returncode == 1
    [dev, *_] = [line for line in result.stderr.splitlines() if "plans of backups" in line]
    assert dev == (
        "Dev: Dev-Data StorageFileSystemFFD87EE1 is in 0 plans of backups."
        " Each file system is in one plan of backups, and EFS makes none beside it."
    )
    assert "Traceback" not in result.stderr
