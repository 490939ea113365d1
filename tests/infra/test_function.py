"""What the functions, their rights, their layer and the URL promise."""

import functools
import json
import zipfile
from pathlib import Path

from drive_tools.environment import lambda_limits
from ops.deployment import restore_jobs
from tests.baseline import SETTINGS
from tests.infra.functions import (
    ACCESS,
    LAMBDA_SRC,
    MOUNT,
    OUTSIDE,
    SHARED_RIGHTS,
    WRITE,
    access_point,
    all_allowed,
    allowed,
    functions,
    outside,
    statements,
)
from tests.infra.networks import groups, subnets
from tests.infra.templates import StageTemplates

SHARED_VARIABLES = {
    "LOG_LEVEL",
    "MOUNT_ACCESS",
    "MOUNT_PATH",
    "POWERTOOLS_METRICS_NAMESPACE",
    "POWERTOOLS_SERVICE_NAME",
}


def test_the_disk_is_mounted_where_each_function_looks_for_it(drive: StageTemplates) -> None:
    for name, (_, function) in functions(drive).items():
        [mount] = function["FileSystemConfigs"]
        arn = "arn:<Partition>:elasticfilesystem:<Region>:<AccountId>:access-point/"
        assert drive.text(mount["Arn"]) == f"{arn}<{access_point(drive, name)}>"
        assert mount["LocalMountPath"] == "/mnt/lambda"
        variables = function["Environment"]["Variables"]
        assert variables["MOUNT_PATH"] == mount["LocalMountPath"]
        assert variables["MOUNT_ACCESS"] == ACCESS[name]


def test_the_janitor_alone_has_the_root_in_which_backups_come_back(drive: StageTemplates) -> None:
    """It has the drive in it, and no URL."""
    _, whole = drive.service.only("AWS::EFS::AccessPoint")
    _, point = drive.data.only("AWS::EFS::AccessPoint")
    file_system, _ = drive.data.only("AWS::EFS::FileSystem")
    assert drive.target(whole["FileSystemId"]) == file_system
    assert whole["RootDirectory"] == {"Path": "/"}
    assert whole["PosixUser"] == point["PosixUser"]
    _, janitor = functions(drive)["janitor"]
    folder = janitor["Environment"]["Variables"]["DRIVE_FOLDER"]
    assert point["RootDirectory"]["Path"] == f"/{folder}"
    assert folder == restore_jobs.DRIVE_FOLDER


def test_functions_start_when_mount_targets_and_rules_are_ready(drive: StageTemplates) -> None:
    data = drive.stacks[f"{drive.name}-Data"]
    service = drive.stacks[f"{drive.name}-Service"]
    assert data["id"] in service["dependencies"]
    assert not drive.service.of_type("AWS::EC2::SecurityGroup")
    assert not drive.service.of_type("AWS::EC2::SecurityGroupEgress")
    assert not drive.service.of_type("AWS::EC2::SecurityGroupIngress")


def test_functions_live_in_the_private_subnets_as_clients_of_the_drive(
    drive: StageTemplates,
) -> None:
    _, client = groups(drive)
    for _, function in functions(drive).values():
        network = function["VpcConfig"]
        assert {drive.target(subnet) for subnet in network["SubnetIds"]} == set(
            subnets(drive, "Private")
        )
        assert [drive.target(group) for group in network["SecurityGroupIds"]] == [client]


def test_functions_run_the_same_python_on_the_architecture_that_is_set(
    drive: StageTemplates,
) -> None:
    for _, function in functions(drive).values():
        assert function["Runtime"] == "python3.14"
        assert function["Architectures"] == [SETTINGS[drive.name].architecture]
        assert function["TracingConfig"] == {"Mode": "Active"}


def test_the_files_function_is_of_the_size_that_is_set(drive: StageTemplates) -> None:
    settings = SETTINGS[drive.name]
    _, function = functions(drive)["files"]
    assert function["MemorySize"] == settings.memory_mb
    assert function["Timeout"] == settings.timeout_seconds
    assert function["EphemeralStorage"] == {"Size": settings.ephemeral_storage_mib}


def test_who_looks_after_the_drive_has_a_quarter_of_an_hour(drive: StageTemplates) -> None:
    for name in ("janitor", "usage"):
        _, function = functions(drive)[name]
        assert (function["Timeout"], function["MemorySize"]) == (900, 512)
        assert function["EphemeralStorage"] == {"Size": 512}


def test_environment_variables_are_encrypted_with_a_key_the_role_may_use(
    drive: StageTemplates,
) -> None:
    for _, function in functions(drive).values():
        key = drive.target(function["KmsKeyArn"])
        assert key in drive.service.of_type("AWS::KMS::Key")
        assert ([f"<{key}>"], None) in allowed(drive, function, "kms:Decrypt")


def test_environment_variables_are_what_the_functions_read(drive: StageTemplates) -> None:
    own = {
        "files": {"MAINTENANCE_MODE", "LIMITS_PARAMETER", "OPERATOR_DEFAULTS", "TRASH_DAYS"},
        "janitor": {"DRIVE_FOLDER", "LIMITS_PARAMETER", "TRASH_DAYS"},
        "usage": set(),
    }
    for name, (_, function) in functions(drive).items():
        variables = function["Environment"]["Variables"]
        assert set(variables) == SHARED_VARIABLES | own.get(name, set())
        if name != "files":  # whose level is an operator's
            assert variables["LOG_LEVEL"] == SETTINGS[drive.name].log_level
        assert variables["POWERTOOLS_SERVICE_NAME"] == name
        assert variables["POWERTOOLS_METRICS_NAMESPACE"] == f"LambdaDrive/{drive.name}"
        lambda_limits.check_environment(variables)


def test_roles_mount_this_access_point_and_write_through_it_where_they_may(
    drive: StageTemplates,
) -> None:
    file_system, _ = drive.data.only("AWS::EFS::FileSystem")
    for name, (_, function) in functions(drive).items():
        for action in (MOUNT, WRITE) if ACCESS[name] == "read-write" else (MOUNT,):
            [(resources, condition)] = allowed(drive, function, action)
            assert resources == [f"<{file_system}>"]
            assert set(condition) == {"ArnEquals", "Bool"}
            [(key, arn)] = condition["ArnEquals"].items()
            assert key == "elasticfilesystem:AccessPointArn"
            assert drive.text(arn).endswith(f":access-point/<{access_point(drive, name)}>")
            assert condition["Bool"] == {"elasticfilesystem:AccessedViaMountTarget": "true"}


def test_roles_make_interfaces_in_their_own_subnets_and_group(drive: StageTemplates) -> None:
    _, client = groups(drive)
    ec2 = "arn:<Partition>:ec2:<Region>:<AccountId>:"
    for _, function in functions(drive).values():
        assert allowed(drive, function, "ec2:CreateNetworkInterface") == [
            (
                sorted(
                    [f"{ec2}network-interface/*", f"{ec2}security-group/<{client}>"]
                    + [f"{ec2}subnet/<{subnet}>" for subnet in subnets(drive, "Private")]
                ),
                None,
            )
        ]
        for action in ("AssignPrivateIpAddresses", "DeleteNetworkInterface"):
            assert allowed(drive, function, f"ec2:{action}") == [([f"{ec2}*/*"], None)]


def test_the_code_itself_makes_no_interfaces_and_tells_the_topic_nothing(
    drive: StageTemplates,
) -> None:
    topic, found = drive.data.only("AWS::SNS::Topic")
    key = drive.target(found["KmsMasterKeyId"])
    for _, function in functions(drive).values():
        interfaces, messages = (
            statement for statement in statements(drive, function) if statement["Effect"] == "Deny"
        )
        may = {action for action in all_allowed(drive, function) if action.startswith("ec2:")}
        assert set(interfaces["Action"]) == may
        assert interfaces["Resource"] == "*"
        assert sorted(messages["Action"]) == ["kms:Decrypt", "kms:GenerateDataKey", "sns:Publish"]
        assert {*map(drive.text, messages["Resource"])} == {f"<{topic}>", f"<{key}>"}
        for denial in (interfaces, messages):
            [(operator, condition)] = denial["Condition"].items()
            assert operator == "ArnLike"
            assert {name: drive.text(value) for name, value in condition.items()} == {
                "lambda:SourceFunctionArn": "arn:<Partition>:lambda:<Region>:<AccountId>"
                f":function:{drive.name}-Service-*"
            }


def test_roles_may_do_this_and_nothing_else(drive: StageTemplates) -> None:
    for name, (_, function) in functions(drive).items():
        own = {MOUNT, WRITE, "ssm:GetParameter"} if ACCESS[name] == "read-write" else {MOUNT}
        assert all_allowed(drive, function) == SHARED_RIGHTS | own


def test_each_function_tells_the_topic_of_a_call_that_failed(drive: StageTemplates) -> None:
    """Lambda does so, by the role of the function, which may use the topic's key and no other."""
    topic, found = drive.data.only("AWS::SNS::Topic")
    key = drive.target(found["KmsMasterKeyId"])
    own, _ = drive.service.only("AWS::KMS::Key")
    for _, function in functions(drive).values():
        assert drive.target(function["DeadLetterConfig"]["TargetArn"]) == topic
        assert allowed(drive, function, "sns:Publish") == [([f"<{topic}>"], None)]
        assert allowed(drive, function, "kms:GenerateDataKey") == [([f"<{key}>"], None)]
        decrypts = allowed(drive, function, "kms:Decrypt")
        assert sorted(decrypts) == sorted([([f"<{own}>"], None), ([f"<{key}>"], None)])


def test_versions_stay_for_as_long_as_is_set(drive: StageTemplates) -> None:
    days = str(SETTINGS[drive.name].trash_days)
    for folder, access in ACCESS.items():
        _, function = functions(drive)[folder]
        variable = function["Environment"]["Variables"].get("TRASH_DAYS")
        assert variable == (days if access == "read-write" else None)


def test_who_writes_goes_by_the_limits_in_the_parameter_and_may_read_no_other(
    drive: StageTemplates,
) -> None:
    name = f"/lambda-drive/{drive.name}/limits"
    settings = SETTINGS[drive.name]
    [parameter] = [
        found
        for found in drive.data.of_type("AWS::SSM::Parameter").values()
        if found["Name"] == name
    ]
    assert parameter["Type"] == "String"
    assert json.loads(parameter["Value"]) == {
        "max_drive_bytes": settings.max_drive_bytes,
        "max_file_bytes": settings.max_file_bytes,
        "upload_expiry_hours": settings.upload_expiry_hours,
    }
    for folder, access in ACCESS.items():
        _, function = functions(drive)[folder]
        variable = function["Environment"]["Variables"].get("LIMITS_PARAMETER")
        reads = allowed(drive, function, "ssm:GetParameter")
        if access == "read-write":
            assert variable == name
            assert reads == [([f"arn:<Partition>:ssm:<Region>:<AccountId>:parameter{name}"], None)]
        else:
            assert (variable, reads) == (None, [])


def test_who_only_reads_may_not_write(drive: StageTemplates) -> None:
    """Said once more by itself: the file system refuses it, whatever the code tries."""
    _, usage = functions(drive)["usage"]
    assert [a for a in all_allowed(drive, usage) if a.startswith("elasticfilesystem:")] == [MOUNT]


def test_each_function_has_a_role_of_its_own_with_policies_of_ours(drive: StageTemplates) -> None:
    roles = drive.service.of_type("AWS::IAM::Role")
    policies = drive.service.of_type("AWS::IAM::ManagedPolicy")
    held = [drive.target(function["Role"]) for _, function in functions(drive).values()]
    # With a policy of their own: test_brake.py, test_key_watch.py.
    others = [drive.target(outside(drive, name)[1]["Role"]) for name in OUTSIDE]
    assert sorted([*held, *others]) == sorted(roles)
    attached = [{drive.target(arn) for arn in roles[role]["ManagedPolicyArns"]} for role in held]
    [shared] = set.intersection(*attached)
    assert [len(arns) for arns in attached] == [2] * len(held)
    own = [drive.target(arn) for role in others for arn in roles[role]["ManagedPolicyArns"]]
    assert {*set.union(*attached), *own} == set(policies)
    assert len(policies) == len({shared}) + len(held) + len(others)
    assert not drive.service.of_type("AWS::IAM::Policy")
    for role in roles.values():
        assert "Policies" not in role
        assert role["AssumeRolePolicyDocument"]["Statement"] == [
            {
                "Action": "sts:AssumeRole",
                "Effect": "Allow",
                "Principal": {"Service": "lambda.amazonaws.com"},
            }
        ]


def test_each_function_logs_to_a_group_of_its_own_where_its_role_may_write(
    drive: StageTemplates,
) -> None:
    used = []
    for _, function in functions(drive).values():
        group = drive.target(function["LoggingConfig"]["LogGroup"])
        assert allowed(drive, function, "logs:PutLogEvents") == [([f"<{group}>"], None)]
        used.append(group)
    used += [drive.target(outside(drive, name)[1]["LoggingConfig"]["LogGroup"]) for name in OUTSIDE]
    assert sorted(used) == sorted(drive.service.of_type("AWS::Logs::LogGroup"))


def test_the_layer_is_built_for_the_functions(drive: StageTemplates) -> None:
    layer, properties = drive.service.only("AWS::Lambda::LayerVersion")
    for _, function in functions(drive).values():
        assert [drive.target(version) for version in function["Layers"]] == [layer]
        assert properties["CompatibleArchitectures"] == function["Architectures"]
        assert properties["CompatibleRuntimes"] == [function["Runtime"]]


def test_only_signed_calls_reach_the_url_and_nobody_is_let_in_unnamed(
    drive: StageTemplates,
) -> None:
    files, _ = functions(drive)["files"]
    _, url = drive.service.only("AWS::Lambda::Url")
    assert drive.target(url["TargetFunctionArn"]) == files
    assert url["AuthType"] == "AWS_IAM"
    assert url.get("InvokeMode", "BUFFERED") == "BUFFERED"
    for permission in drive.service.of_type("AWS::Lambda::Permission").values():
        assert drive.target(permission["FunctionName"]) != files


def test_a_url_takes_signed_calls_only_unless_its_function_has_a_token(
    drive: StageTemplates,
) -> None:
    _, files = functions(drive)["files"]
    _, url = drive.service.only("AWS::Lambda::Url")
    public = "TOKEN_SECRET" in files["Environment"]["Variables"]
    assert url["AuthType"] == ("NONE" if public else "AWS_IAM")


def test_no_page_may_call_the_url_unless_it_is_named(drive: StageTemplates) -> None:
    _, url = drive.service.only("AWS::Lambda::Url")
    assert "Cors" not in url


def test_the_outputs_are_what_the_tools_look_for(drive: StageTemplates) -> None:
    url, _ = drive.service.only("AWS::Lambda::Url")
    file_system, _ = drive.data.only("AWS::EFS::FileSystem")
    outputs = drive.service.body["Outputs"] | drive.data.body["Outputs"]
    assert outputs["FilesUrl"]["Value"] == {"Fn::GetAtt": [url, "FunctionUrl"]}
    assert outputs["FileSystemId"]["Value"] == {"Ref": file_system}
    for name, (function, _) in functions(drive).items():
        assert outputs[f"{name.capitalize()}FunctionName"]["Value"] == {"Ref": function}


# Read once: this is asked of hundreds of templates with the same assets (test_promises_bite.py).
@functools.cache
def files_of_archive(path: Path) -> frozenset[str]:
    with zipfile.ZipFile(path) as archive:
        return frozenset(archive.namelist())


@functools.cache
def files_of(folder: Path) -> frozenset[Path]:
    return frozenset(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())


@functools.cache
def sources_of(name: str) -> frozenset[Path]:
    return frozenset(
        path.relative_to(LAMBDA_SRC)
        for path in (LAMBDA_SRC / name).rglob("*.*")
        if "__pycache__" not in path.parts
    )


def test_the_assets_are_what_the_functions_import(drive: StageTemplates, assembly: Path) -> None:
    resources = drive.service.body["Resources"]

    def asset(logical_id: str) -> Path:
        path: str = resources[logical_id]["Metadata"]["aws:asset:path"]
        return (assembly / f"assembly-{drive.name}" / path).resolve()

    layer_id, _ = drive.service.only("AWS::Lambda::LayerVersion")
    layer = files_of_archive(asset(layer_id))
    assert "python/aws_lambda_powertools/__init__.py" in layer
    assert not [name for name in layer if name.startswith("python/drive/")]
    assert not [name for name in layer if "__pycache__" in name or not name.startswith("python/")]
    for name, (function_id, _) in functions(drive).items():
        shipped = files_of(asset(function_id))
        sources = sources_of(name) | sources_of("drive")
        assert {Path(name, "handler.py"), Path("drive", "file_reads.py")} <= shipped
        assert shipped == sources
