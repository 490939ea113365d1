"""What the function, its rights, its layer and its URL promise."""

import zipfile
from pathlib import Path

from stacks import limits
from tests.infra.templates import Drive, Json, as_list
from tests.infra.test_network import SETTINGS, subnets
from tests.infra.test_storage import MOUNT, WRITE, groups


def files_function(drive: Drive) -> tuple[str, Json]:
    """Return the logical id and the properties of the files function."""
    return drive.service.only("AWS::Lambda::Function")


def statements(drive: Drive) -> list[Json]:
    """Return all that the function's role may and may not do."""
    _, policy = drive.service.only("AWS::IAM::ManagedPolicy")
    found: list[Json] = policy["PolicyDocument"]["Statement"]
    return found


def allowed(drive: Drive, action: str) -> list[tuple[list[str], Json]]:
    """Return (resources, condition) of each statement that allows the action."""
    return [
        (sorted(map(drive.text, as_list(statement["Resource"]))), statement.get("Condition"))
        for statement in statements(drive)
        if statement["Effect"] == "Allow" and action in as_list(statement["Action"])
    ]


def test_the_disk_is_mounted_where_the_function_looks_for_it(drive: Drive) -> None:
    access_point, _ = drive.data.only("AWS::EFS::AccessPoint")
    _, function = files_function(drive)
    [mount] = function["FileSystemConfigs"]
    arn = "arn:<Partition>:elasticfilesystem:<Region>:<AccountId>:access-point/"
    assert drive.text(mount["Arn"]) == f"{arn}<{access_point}>"
    assert mount["LocalMountPath"] == "/mnt/lambda"
    variables = function["Environment"]["Variables"]
    assert variables["MOUNT_PATH"] == mount["LocalMountPath"]
    assert variables["MOUNT_ACCESS"] == "read-write"


def test_the_function_starts_when_mount_targets_and_rules_are_ready(drive: Drive) -> None:
    data = drive.stacks[f"{drive.name}-Data"]
    service = drive.stacks[f"{drive.name}-Service"]
    assert data["id"] in service["dependencies"]
    assert not drive.service.of_type("AWS::EC2::SecurityGroup")
    assert not drive.service.of_type("AWS::EC2::SecurityGroupEgress")
    assert not drive.service.of_type("AWS::EC2::SecurityGroupIngress")


def test_the_function_lives_in_the_private_subnets_as_a_client_of_the_drive(drive: Drive) -> None:
    _, function = files_function(drive)
    network = function["VpcConfig"]
    assert {drive.target(subnet) for subnet in network["SubnetIds"]} == set(
        subnets(drive, "Private")
    )
    _, client = groups(drive)
    assert [drive.target(group) for group in network["SecurityGroupIds"]] == [client]


def test_the_function_is_of_the_size_that_is_set(drive: Drive) -> None:
    settings = SETTINGS[drive.name]
    _, function = files_function(drive)
    assert function["Runtime"] == "python3.14"
    assert function["Handler"] == "handler.handler"
    assert function["Architectures"] == [settings.architecture]
    assert function["MemorySize"] == settings.memory_mb
    assert function["Timeout"] == settings.timeout_seconds
    assert function["EphemeralStorage"] == {"Size": settings.ephemeral_storage_mib}
    assert function["TracingConfig"] == {"Mode": "Active"}


def test_environment_variables_are_encrypted_with_a_key_the_role_may_use(drive: Drive) -> None:
    _, function = files_function(drive)
    key = drive.target(function["KmsKeyArn"])
    assert key in drive.service.of_type("AWS::KMS::Key")
    assert allowed(drive, "kms:Decrypt") == [([f"<{key}>"], None)]


def test_environment_variables_are_what_the_function_reads(drive: Drive) -> None:
    _, function = files_function(drive)
    variables = function["Environment"]["Variables"]
    assert set(variables) == {
        "LOG_LEVEL",
        "MAINTENANCE_MODE",
        "MOUNT_ACCESS",
        "MOUNT_PATH",
        "POWERTOOLS_SERVICE_NAME",
    }
    assert variables["MAINTENANCE_MODE"] == "0"
    assert variables["LOG_LEVEL"] == SETTINGS[drive.name].log_level
    limits.check_environment(variables)


def test_the_role_mounts_this_access_point_and_writes_through_it(drive: Drive) -> None:
    file_system, _ = drive.data.only("AWS::EFS::FileSystem")
    access_point, _ = drive.data.only("AWS::EFS::AccessPoint")
    for action in (MOUNT, WRITE):
        [(resources, condition)] = allowed(drive, action)
        assert resources == [f"<{file_system}>"]
        assert set(condition) == {"ArnEquals", "Bool"}
        [(key, arn)] = condition["ArnEquals"].items()
        assert key == "elasticfilesystem:AccessPointArn"
        assert drive.text(arn).endswith(f":access-point/<{access_point}>")
        assert condition["Bool"] == {"elasticfilesystem:AccessedViaMountTarget": "true"}


def test_the_role_makes_interfaces_in_its_own_subnets_and_group(drive: Drive) -> None:
    _, client = groups(drive)
    ec2 = "arn:<Partition>:ec2:<Region>:<AccountId>:"
    assert allowed(drive, "ec2:CreateNetworkInterface") == [
        (
            sorted(
                [f"{ec2}network-interface/*", f"{ec2}security-group/<{client}>"]
                + [f"{ec2}subnet/<{subnet}>" for subnet in subnets(drive, "Private")]
            ),
            None,
        )
    ]
    for action in ("AssignPrivateIpAddresses", "DeleteNetworkInterface"):
        assert allowed(drive, f"ec2:{action}") == [([f"{ec2}*/*"], None)]


def test_the_code_itself_makes_no_interfaces(drive: Drive) -> None:
    [denial] = [statement for statement in statements(drive) if statement["Effect"] == "Deny"]
    may = {
        action
        for statement in statements(drive)
        for action in as_list(statement["Action"])
        if statement["Effect"] == "Allow" and action.startswith("ec2:")
    }
    assert set(denial["Action"]) == may
    assert denial["Resource"] == "*"
    [(operator, condition)] = denial["Condition"].items()
    assert operator == "ArnLike"
    assert {key: drive.text(value) for key, value in condition.items()} == {
        "lambda:SourceFunctionArn": "arn:<Partition>:lambda:<Region>:<AccountId>"
        f":function:{drive.name}-Service-*"
    }


def test_the_role_may_do_this_and_nothing_else(drive: Drive) -> None:
    may = {
        action
        for statement in statements(drive)
        for action in as_list(statement["Action"])
        if statement["Effect"] == "Allow"
    }
    assert may == {
        "ec2:AssignPrivateIpAddresses",
        "ec2:CreateNetworkInterface",
        "ec2:DeleteNetworkInterface",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSubnets",
        "ec2:UnassignPrivateIpAddresses",
        "elasticfilesystem:ClientMount",
        "elasticfilesystem:ClientWrite",
        "kms:Decrypt",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
        "xray:PutTelemetryRecords",
        "xray:PutTraceSegments",
    }


def test_the_role_is_the_functions_and_holds_one_policy_of_ours(drive: Drive) -> None:
    _, function = files_function(drive)
    role_id, role = drive.service.only("AWS::IAM::Role")
    policy, _ = drive.service.only("AWS::IAM::ManagedPolicy")
    assert drive.target(function["Role"]) == role_id
    assert [drive.target(arn) for arn in role["ManagedPolicyArns"]] == [policy]
    assert "Policies" not in role
    assert not drive.service.of_type("AWS::IAM::Policy")
    assert role["AssumeRolePolicyDocument"]["Statement"] == [
        {
            "Action": "sts:AssumeRole",
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
        }
    ]


def test_the_function_logs_where_its_role_may_write(drive: Drive) -> None:
    _, function = files_function(drive)
    group = drive.target(function["LoggingConfig"]["LogGroup"])
    assert group in drive.service.of_type("AWS::Logs::LogGroup")
    assert allowed(drive, "logs:PutLogEvents") == [([f"<{group}>"], None)]


def test_the_layer_is_built_for_the_function(drive: Drive) -> None:
    layer, properties = drive.service.only("AWS::Lambda::LayerVersion")
    _, function = files_function(drive)
    assert [drive.target(version) for version in function["Layers"]] == [layer]
    assert properties["CompatibleArchitectures"] == function["Architectures"]
    assert properties["CompatibleRuntimes"] == [function["Runtime"]]


def test_only_signed_calls_reach_the_url_and_nobody_is_let_in_unnamed(drive: Drive) -> None:
    function, _ = files_function(drive)
    _, url = drive.service.only("AWS::Lambda::Url")
    assert drive.target(url["TargetFunctionArn"]) == function
    assert url["AuthType"] == "AWS_IAM"
    assert url.get("InvokeMode", "BUFFERED") == "BUFFERED"
    assert "Cors" not in url
    assert not drive.service.of_type("AWS::Lambda::Permission")


def test_the_outputs_are_what_the_tools_look_for(drive: Drive) -> None:
    function, _ = files_function(drive)
    url, _ = drive.service.only("AWS::Lambda::Url")
    file_system, _ = drive.data.only("AWS::EFS::FileSystem")
    outputs = drive.service.body["Outputs"] | drive.data.body["Outputs"]
    assert outputs["FilesUrl"]["Value"] == {"Fn::GetAtt": [url, "FunctionUrl"]}
    assert outputs["FilesFunctionName"]["Value"] == {"Ref": function}
    assert outputs["FileSystemId"]["Value"] == {"Ref": file_system}


def test_the_assets_are_what_the_function_imports(drive: Drive, assembly: Path) -> None:
    resources = drive.service.body["Resources"]
    layer_id, _ = drive.service.only("AWS::Lambda::LayerVersion")
    function_id, _ = files_function(drive)

    def asset(logical_id: str) -> Path:
        path: str = resources[logical_id]["Metadata"]["aws:asset:path"]
        return (assembly / f"assembly-{drive.name}" / path).resolve()

    layer = set(zipfile.ZipFile(asset(layer_id)).namelist())
    assert "python/drive/files.py" in layer
    assert "python/aws_lambda_powertools/__init__.py" in layer
    assert not [name for name in layer if "__pycache__" in name or not name.startswith("python/")]
    assert [file.name for file in asset(function_id).iterdir()] == ["handler.py"]
