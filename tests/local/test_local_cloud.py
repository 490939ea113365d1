"""The real CLI deploys the unchanged Dev stage to a fresh local cloud, and files survive.

The tests of this file tell one story, in order.
"""

import base64
import json
import os
import re
import signal
import socket
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from urllib.request import ProxyHandler, Request, build_opener

import pytest
from botocore.exceptions import ClientError

from drive_tools.cloud_assembly import resources
from drive_tools.errors import ToolError
from ops.local.printed_help import ONLY_RECORDED
from tests.baseline import DEV
from tests.infra.cdk_synth import BASELINE
from tests.local.assemblies import OTHER_SETTINGS, assembly_of, baseline, edited
from tests.local.conftest import PROJECT, TARGET, LocalCloud
from tests.local.small_stacks import Stacks, function, made, make_role
from tests.patience import PATIENCE_SECONDS, until
from tests.recipe import AWS, JQ

CONTENT = os.urandom(1024 * 1024) + bytes(range(256))

# Types of the templates that do here what they do in AWS, each shown by a test of this file; those
# of backups by test_destroy.py.
REAL = {
    "AWS::Backup::BackupSelection",
    "AWS::Backup::BackupVault",
    "AWS::CloudWatch::Alarm",
    "AWS::EFS::AccessPoint",
    "AWS::Events::Rule",
    "AWS::Lambda::Function",
    "AWS::Lambda::LayerVersion",
    "AWS::Lambda::Url",
    "AWS::SNS::Topic",
    "AWS::SNS::TopicPolicy",
    "AWS::SSM::Parameter",
    "Custom::VpcRestrictDefaultSG",
}


MEMORY_BY_HAND = 1234


@pytest.fixture(scope="module")
def by_hand(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An assembly of Dev in which somebody changed the memory of the files function."""
    folder = tmp_path_factory.mktemp("by-hand") / "cdk.out"
    with edited(folder, "Service") as template:
        for found in resources(template, "AWS::Lambda::Function").values():
            if "FileSystemConfigs" in found["Properties"]:
                found["Properties"]["MemorySize"] = MEMORY_BY_HAND
    return folder


@pytest.fixture(scope="module")
def fitting() -> Path:
    """An assembly of Dev that a new account takes."""
    return assembly_of(replace(DEV, reserved_concurrency=None, account_concurrency=10))


@pytest.fixture(scope="module")
def printed(cloud: LocalCloud) -> str:
    """What the first `up` printed, of the app as users run it, with CDK's validation."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("CDK_VALIDATION")
        return cloud.up("--app", BASELINE)


def test_up_deploys_and_prints_a_url_that_answers(cloud: LocalCloud, printed: str) -> None:
    assert f"\n  {cloud.url}\n" in printed
    assert re.search(r"^Dev answers after \d+ s:$", printed, re.MULTILINE)
    assert cloud.drive("GET", "/health").status_code == 200
    assert cloud.run("status").stdout.endswith(f"\nthe function answers at {cloud.url}\n")


def test_the_printed_lines_work_when_they_are_pasted(cloud: LocalCloud, printed: str) -> None:
    lines = [line.strip() for line in printed.splitlines() if line.startswith("  curl ")]
    put, get, listing = (_paste(line) for line in lines)
    assert put == b""
    assert get == (PROJECT / "README.md").read_bytes()
    assert b'"name": "README.md"' in listing
    assert cloud.drive.unsigned("GET", "/files/README.md").status_code == 403


def test_the_client_lists_what_is_there_as_it_is_printed(printed: str) -> None:
    lines = [line.strip() for line in printed.splitlines()]
    script = [
        line for line in lines if line.startswith(("export ", ".venv/bin/python -m ops drive ls"))
    ]
    listed = subprocess.check_output(
        ["sh", "-ec", "\n".join(script)], cwd=PROJECT, timeout=PATIENCE_SECONDS
    )
    assert b"README.md" in listed


def test_the_page_opens_as_it_is_printed(printed: str) -> None:
    """With a program as the browser that opens nothing."""
    lines = [line.strip() for line in printed.splitlines()]
    [ui] = [line for line in lines if line.startswith(".venv/bin/python -m ops drive ui")]
    script = [*(line for line in lines if line.startswith("export ")), f"exec {ui}"]
    with subprocess.Popen(
        ["sh", "-ec", "\n".join(script)],
        cwd=PROJECT,
        env={**os.environ, "BROWSER": "true"},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        with build_opener(ProxyHandler({})).open(process.stdout.readline().strip()) as page:
            assert b"<title>Lambda Drive" in page.read()
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE_SECONDS) == 0


def test_the_variables_are_shown_as_it_is_printed(cloud: LocalCloud, printed: str) -> None:
    lines = [line.strip() for line in printed.splitlines()]
    script = [line for line in lines if line.startswith(("export ", ".venv/bin/python -m ops env"))]
    shown = subprocess.check_output(
        ["sh", "-ec", "\n".join(script)], cwd=PROJECT, timeout=PATIENCE_SECONDS, text=True
    )
    assert f" env get {cloud.outputs['Dev-Service']['FilesFunctionName']} " in script[-1]
    assert "MAINTENANCE_MODE=********" in shown.splitlines()


def test_the_account_has_the_instances_that_the_stage_reserves(
    cloud: LocalCloud, tmp_path: Path
) -> None:
    """It has reserved them already, so that few others are left."""
    functions = cloud.client("lambda")
    limit = functions.get_account_settings()["AccountLimit"]
    assert limit["UnreservedConcurrentExecutions"] == limit["ConcurrentExecutions"] - 12
    most = limit["ConcurrentExecutions"] - 100 - 2
    for reserved, refused in ((10, False), (most, False), (most + 1, True)):
        asked = _concurrency(cloud, _reserving(tmp_path / str(reserved), reserved))
        assert asked.returncode == refused
        assert ("and 100 must stay so" in asked.stderr) == refused


def test_up_again_changes_nothing(cloud: LocalCloud) -> None:
    before, url = cloud.process.running(), cloud.url
    updated = _updated(cloud)
    again = cloud.up()
    assert cloud.process.running() == before
    assert cloud.url == url
    assert "start the local cloud" not in again
    assert _updated(cloud) == updated


@pytest.mark.weekly
@pytest.mark.usefixtures("printed")
def test_the_cli_finds_nothing_to_change_in_what_it_would_bootstrap(cloud: LocalCloud) -> None:
    updated = _updated(cloud)
    cdk = str(PROJECT / ".venv" / "bin" / "cdk")
    place = f"aws://{TARGET.account}/{TARGET.region}"
    again = cloud.call(cdk, "bootstrap", place, "--app", str(baseline()), "--ci")
    assert again.returncode == 0, again.stdout + again.stderr
    assert "bootstrapped (no changes)" in again.stdout
    assert _updated(cloud) == updated
    with pytest.raises(ToolError, match=r"cannot bootstrap the local cloud .*AlreadyExists"):
        cloud.bootstrap()


def test_the_tests_deploy_as_the_cli_does(cloud: LocalCloud) -> None:
    """What it deployed is what their shorter way would deploy, and has the same outputs."""
    outputs, updated = cloud.outputs, _updated(cloud)
    cloud.deploy()
    assert cloud.outputs == outputs
    assert _updated(cloud) == updated


@pytest.mark.weekly
@pytest.mark.usefixtures("printed")
def test_the_smoke_test_passes(cloud: LocalCloud) -> None:
    result = cloud.smoke("--url", cloud.url)
    assert result.returncode == 0, result.stdout
    assert "6 passed" in result.stdout


def test_the_smoke_test_finds_the_url_of_a_stage(cloud: LocalCloud) -> None:
    """By the stack's outputs, as `make smoke` does."""
    result = cloud.smoke("--stage", "Dev", environment={"DRIVE_URL": ""})
    assert result.returncode == 0, result.stdout
    assert "6 passed" in result.stdout


def test_what_is_only_recorded_is_listed(cloud: LocalCloud, printed: str) -> None:
    deployed = {
        resource["ResourceType"]
        for stack in ("Dev-Data", "Dev-Service")
        for page in cloud.client("cloudformation")
        .get_paginator("list_stack_resources")
        .paginate(StackName=stack)
        for resource in page["StackResourceSummaries"]
    }
    recorded = {resource_type for types in ONLY_RECORDED.values() for resource_type in types}
    listed = set(re.findall(r"AWS::\w+::\w+", printed))
    assert deployed == listed | REAL
    assert listed <= recorded  # others belong to settings that Dev does not have


def test_ec2_shows_the_network_as_deployed(cloud: LocalCloud) -> None:
    ec2 = cloud.client("ec2")
    groups = {
        group["GroupName"]: group for group in ec2.describe_security_groups()["SecurityGroups"]
    }
    server = next(group for name, group in groups.items() if "ServerGroup" in name)
    client = next(group for name, group in groups.items() if "ClientGroup" in name)
    [rule] = server["IpPermissions"]
    assert (rule["IpProtocol"], rule["FromPort"], rule["ToPort"]) == ("tcp", 2049, 2049)
    assert [pair["GroupId"] for pair in rule["UserIdGroupPairs"]] == [client["GroupId"]]
    assert {rule["FromPort"] for rule in client["IpPermissionsEgress"]} == {443, 2049}
    [gateway] = ec2.describe_nat_gateways()["NatGateways"]
    assert gateway["State"] == "available"
    assert len(ec2.describe_addresses()["Addresses"]) == 1
    [flow_log] = ec2.describe_flow_logs()["FlowLogs"]
    assert flow_log["ResourceId"] == client["VpcId"]
    vpc = {"Name": "vpc-id", "Values": [client["VpcId"]]}
    [default] = [
        group
        for group in ec2.describe_security_groups(Filters=[vpc])["SecurityGroups"]
        if group["GroupName"] == "default"
    ]
    assert default["IpPermissions"] == default["IpPermissionsEgress"] == []


def test_the_function_is_configured_as_the_template_says(cloud: LocalCloud) -> None:
    name = cloud.outputs["Dev-Service"]["FilesFunctionName"]
    function = cloud.client("lambda").get_function_configuration(FunctionName=name)
    assert function["Environment"]["Variables"]["MOUNT_PATH"] == "/mnt/lambda"
    [mount] = function["FileSystemConfigs"]
    assert mount["LocalMountPath"] == "/mnt/lambda"
    assert function["KMSKeyArn"].startswith("arn:aws:kms:")


@pytest.mark.parametrize("name", ["Janitor", "Usage"])
def test_what_runs_by_itself_can_be_run_by_hand(cloud: LocalCloud, name: str) -> None:
    function = cloud.outputs["Dev-Service"][f"{name}FunctionName"]
    answer = cloud.client("lambda").invoke(FunctionName=function)
    report = json.loads(answer["Payload"].read())
    assert "FunctionError" not in answer, report
    assert report["finished"] is True


def test_a_file_survives_a_redeployment_with_another_environment(cloud: LocalCloud) -> None:
    assert cloud.drive("PUT", "/files/a/kept.bin", CONTENT).status_code == 201
    url = cloud.url
    cloud.deploy(assembly_of(OTHER_SETTINGS))
    assert cloud.url == url
    name = cloud.outputs["Dev-Service"]["FilesFunctionName"]
    function = cloud.client("lambda").get_function_configuration(FunctionName=name)
    assert function["Environment"]["Variables"]["COLOUR"] == "blue"
    assert function["Environment"]["Variables"]["LOG_LEVEL"] == "ERROR"
    ec2 = cloud.client("ec2")
    assert len(ec2.describe_nat_gateways()["NatGateways"]) == 2
    assert len(ec2.describe_addresses()["Addresses"]) == 2
    groups = ec2.describe_security_groups()["SecurityGroups"]
    client = next(group for group in groups if "ClientGroup" in group["GroupName"])
    assert {r["FromPort"] for r in client["IpPermissionsEgress"]} == {443, 2049, 8443}
    assert cloud.drive("GET", "/files/a/kept.bin").content == CONTENT


def test_a_page_that_is_named_may_call_the_url(cloud: LocalCloud) -> None:
    """As deployed by the test before; what a browser asks first is not signed."""

    def ask(origin: str) -> Mapping[str, str]:
        asked = {
            "Origin": origin,
            "Access-Control-Request-Method": "PATCH",
            "Access-Control-Request-Headers": "authorization,upload-offset",
        }
        request = Request(f"{cloud.url}/uploads/1", method="OPTIONS", headers=asked)
        with build_opener(ProxyHandler({})).open(request, timeout=PATIENCE_SECONDS) as answer:
            headers: Mapping[str, str] = answer.headers
        return headers

    allowed = ask("https://app.example")
    assert allowed["Access-Control-Allow-Origin"] == "https://app.example"
    assert "PATCH" in allowed["Access-Control-Allow-Methods"].split(",")
    assert {"authorization", "upload-offset"} <= set(
        allowed["Access-Control-Allow-Headers"].split(",")
    )
    assert "Access-Control-Allow-Origin" not in ask("https://other.example")


def test_what_an_operator_set_outlives_a_deployment(
    cloud: LocalCloud, by_hand: Path, tmp_path: Path
) -> None:
    name = cloud.outputs["Dev-Service"]["FilesFunctionName"]
    state = {"XDG_STATE_HOME": str(tmp_path)}

    def operate(mode: str) -> None:
        done = cloud.ops("env", "set", name, f"MAINTENANCE_MODE={mode}", environment=state)
        assert done.returncode == 0, done.stderr

    def variables() -> dict[str, str]:
        function = cloud.client("lambda").get_function_configuration(FunctionName=name)
        values: dict[str, str] = function["Environment"]["Variables"]
        return values

    assert variables()["MAINTENANCE_MODE"] == "0"
    operate("1")
    # What the usual recipe shows of the function.
    get = f"{AWS} lambda get-function-configuration --function-name {name} --output json"
    script = f"{get} | {JQ} -c .Environment.Variables.MAINTENANCE_MODE"
    assert cloud.call("sh", "-c", script).stdout.strip() == '"1"'
    assert cloud.drive("GET", "/files/").status_code == 503
    cloud.up("--assembly", str(by_hand))  # Dev again, after the test above had other settings
    assert "COLOUR" not in variables()
    diff = ("env", "diff", name, "--template", str(cloud.folder / "cdk.out"))
    told = cloud.ops(*diff, environment=state).stdout.splitlines()
    assert [line.split()[0] for line in told] == ["LOG_LEVEL", "MAINTENANCE_MODE"]
    assert all(line.endswith("operator setting: its parameter keeps it") for line in told)
    assert variables()["MAINTENANCE_MODE"] == "1"
    assert cloud.drive("GET", "/files/").status_code == 503
    operate("0")
    assert variables()["MAINTENANCE_MODE"] == "0"
    assert cloud.drive("GET", "/files/").status_code == 200


def test_an_assembly_that_was_changed_by_hand_is_deployed(cloud: LocalCloud) -> None:
    """By the test before; the template as it was is in the bucket since the first deployment."""
    name = cloud.outputs["Dev-Service"]["FilesFunctionName"]
    function = cloud.client("lambda").get_function_configuration(FunctionName=name)
    assert function["MemorySize"] == MEMORY_BY_HAND


def test_a_schedule_calls_its_function(cloud: LocalCloud) -> None:
    """With the hour of the template made a minute, which is the least that AWS takes."""
    events, logs = cloud.client("events"), cloud.client("logs")
    function = cloud.outputs["Dev-Service"]["UsageFunctionName"]
    config = cloud.client("lambda").get_function_configuration(FunctionName=function)
    group = config["LoggingConfig"]["LogGroup"]

    def runs() -> int:
        found = logs.filter_log_events(logGroupName=group, filterPattern='"UsageFinished"')
        return len(found["events"])

    before = runs()
    arn = config["FunctionArn"]
    [rule] = events.list_rule_names_by_target(TargetArn=arn)["RuleNames"]
    assert events.describe_rule(Name=rule)["ScheduleExpression"] == "rate(6 hours)"
    events.put_rule(Name=rule, ScheduleExpression="rate(1 minute)")
    until(lambda: runs() > before, seldom=True)
    events.put_rule(Name=rule, ScheduleExpression="rate(6 hours)")


def test_a_file_survives_the_death_of_the_local_cloud(cloud: LocalCloud, fitting: Path) -> None:
    """And whoever has the URL goes on with it, in the middle of an upload; in a new account."""
    running = cloud.process.running()
    assert running is not None
    url, upload = cloud.url, Upload(cloud, "half.bin")
    upload.send(CONTENT[:1000])
    os.killpg(running.pid, signal.SIGKILL)
    assert "does not run" in cloud.run("status").stdout
    assert (cloud.folder / "cloud.json").exists(), "a stale file, as a crash leaves it"
    refused = cloud.run("up", "--new-account")
    assert refused.returncode == 1
    assert (
        "Dev reserves 12 instances (reserved_concurrency, and one for each other function on the"
        " drive), and this account has 10 in the local cloud, of which 10 are unreserved and 10"
        " must stay so. Set in environments.py, for Dev, reserved_concurrency=None,"
        " account_concurrency=10, or ask for more"
    ) in refused.stderr
    cloud.up("--new-account", "--assembly", str(fitting))
    revived = cloud.process.running()
    assert revived is not None
    assert revived.pid != running.pid
    assert cloud.url == url
    assert cloud.drive("GET", "/files/a/kept.bin").content == CONTENT
    upload.send(CONTENT[1000:])
    assert cloud.drive("GET", "/files/half.bin").content == CONTENT


def test_another_port_than_the_one_it_runs_on_is_refused(cloud: LocalCloud) -> None:
    running = cloud.process.running()
    assert running is not None
    result = cloud.run("up", "--port", str(running.port + 1))
    assert result.returncode == 1
    [line] = result.stderr.splitlines()
    assert f"it runs on port {running.port} already" in line
    assert cloud.process.running() == running


def test_a_new_account_refuses_what_is_beyond_its_quotas(cloud: LocalCloud, tmp_path: Path) -> None:
    """As started by the test before."""
    name = cloud.outputs["Dev-Service"]["FilesFunctionName"]
    functions, ec2 = cloud.client("lambda"), cloud.client("ec2")
    reserved = (
        "Specified ReservedConcurrentExecutions for function decreases account's"
        " UnreservedConcurrentExecution below its minimum value of [10]."
    )
    with pytest.raises(ClientError, match=f"InvalidParameterValueException.*{re.escape(reserved)}"):
        functions.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=1)
    with pytest.raises(ClientError, match="Member must have value less than or equal to 3008"):
        functions.update_function_configuration(FunctionName=name, MemorySize=3009)
    limit = functions.get_account_settings()["AccountLimit"]
    assert limit["ConcurrentExecutions"] == 10
    for instances, refused in ((10, True), (None, False)):
        asked = _concurrency(cloud, _reserving(tmp_path / str(instances), instances))
        assert asked.returncode == refused
        assert ("Dev reserves 10 instances" in asked.stderr) == refused
        assert ("this account has 10 in us-east-1, of which 10 are" in asked.stderr) == refused
    stacks = Stacks(cloud.client)
    make_role(cloud.client("iam"))
    said = stacks.deploy("reserved", {"Resource": function(ReservedConcurrentExecutions=1)})
    assert f"CREATE_FAILED Resource: {reserved}" in said
    assert stacks.deploy("stopped", {"Resource": function(ReservedConcurrentExecutions=0)}) == (
        "CREATE_COMPLETE"
    )
    allowed = [
        ec2.allocate_address(Domain="vpc")["AllocationId"]
        for _ in range(5 - len(ec2.describe_addresses()["Addresses"]))
    ]
    with pytest.raises(ClientError, match="AddressLimitExceeded"):
        ec2.allocate_address(Domain="vpc")
    said = stacks.deploy("addresses", {"Resource": made("AWS::EC2::EIP", Domain="vpc")})
    assert "The maximum number of addresses has been reached." in said
    for allocation in allowed:
        ec2.release_address(AllocationId=allocation)
    builds = cloud.client("codebuild")
    builds.create_project(
        name="project",
        source={"type": "NO_SOURCE", "buildspec": "version: 0.2"},
        artifacts={"type": "NO_ARTIFACTS"},
        environment={
            "type": "LINUX_CONTAINER",
            "image": "any",
            "computeType": "BUILD_GENERAL1_SMALL",
        },
        serviceRole="arn:aws:iam::000000000000:role/any",
    )
    with pytest.raises(ClientError, match="Cannot have more than 0 builds in queue"):
        builds.start_build(projectName="project")


def test_destroy_takes_everything_but_the_files(cloud: LocalCloud) -> None:
    cdk = PROJECT / ".venv" / "bin" / "cdk"
    subprocess.run(
        [str(cdk), "destroy", "Dev/*", "--force", "--app", str(cloud.folder / "cdk.out")],
        check=True,
        cwd=PROJECT,
        env={**cloud.environment, "PATH": f"{cdk.parent}{os.pathsep}{os.environ['PATH']}"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=PATIENCE_SECONDS,
    )
    ec2 = cloud.client("ec2")
    gateways = ec2.describe_nat_gateways()["NatGateways"]
    assert {gateway["State"] for gateway in gateways} == {"deleted"}
    assert ec2.describe_addresses()["Addresses"] == []
    assert ec2.describe_flow_logs()["FlowLogs"] == []
    groups = ec2.describe_security_groups()["SecurityGroups"]
    assert not [group for group in groups if "Storage" in group["GroupName"]]


def test_down_stops_it_with_its_functions_and_keeps_the_files(
    cloud: LocalCloud, fitting: Path
) -> None:
    """After a stage was deployed again, which finds the files of the one that was deleted."""
    cloud.deploy(fitting)
    assert cloud.drive("GET", "/files/a/kept.bin").content == CONTENT
    running = cloud.process.running()
    assert running is not None
    result = cloud.run("down")
    assert (result.returncode, result.stdout) == (
        0,
        f"stopped; files stay in {cloud.folder / 'efs'}/\n",
    )
    until(lambda: not _group_lives(running.pid))  # somebody else's children by now
    assert cloud.run("down").stdout == "it was not running\n"
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", running.port))
        other.listen()
        taken = cloud.run("up")
    assert taken.returncode == 1
    assert f"port {running.port} is taken by another program" in taken.stderr
    assert "choose another port, with which the URL is another: make local PORT=" in taken.stderr


def test_a_file_lies_where_it_outlives_the_ids_of_the_emulator(cloud: LocalCloud) -> None:
    kept = list(cloud.folder.glob("efs/*/*/a/kept.bin"))
    assert [path.relative_to(cloud.folder).parts[1:3] for path in kept] == [
        ("Dev-Data", "StorageAccessPointB746CF38")
    ]
    assert Path(kept[0]).read_bytes() == CONTENT


def _updated(cloud: LocalCloud) -> dict[str, object]:
    """When each stack was made or changed; another one after each deployment that finds changes."""
    return {
        stack["StackName"]: stack.get("LastUpdatedTime", stack["CreationTime"])
        for stack in cloud.client("cloudformation").describe_stacks()["Stacks"]
    }


def _reserving(folder: Path, instances: int | None) -> Path:
    """Write the stages that tests vary; in Dev, instances are kept for the files function alone."""
    with edited(folder, "Service") as template:
        for function in resources(template, "AWS::Lambda::Function").values():
            found = function["Properties"].pop("ReservedConcurrentExecutions", None)
            if found == DEV.reserved_concurrency and instances is not None:
                function["Properties"]["ReservedConcurrentExecutions"] = instances
    return folder


def _concurrency(cloud: LocalCloud, assembly: Path) -> subprocess.CompletedProcess[str]:
    """Ask what `make deploy` asks first."""
    return cloud.ops("concurrency", "Dev", "--assembly", str(assembly))


class Upload:
    """A resumable upload, as a client that knows nothing but its address goes on with it."""

    def __init__(self, cloud: LocalCloud, path: str) -> None:
        self._drive = cloud.drive
        name = base64.b64encode(path.encode()).decode()
        described = {"Upload-Length": str(len(CONTENT)), "Upload-Metadata": f"filename {name}"}
        made = self._drive("POST", "/uploads", b"", {"Tus-Resumable": "1.0.0", **described})
        assert made.status_code == 201
        self._address = f"/uploads/{made.headers['Location'].rpartition('/')[2]}"
        self._offset = 0

    def send(self, part: bytes) -> None:
        headers = {
            "Tus-Resumable": "1.0.0",
            "Upload-Offset": str(self._offset),
            "Content-Type": "application/offset+octet-stream",
        }
        assert self._drive("PATCH", self._address, part, headers).status_code == 204
        self._offset += len(part)


def _group_lives(pid: int) -> bool:
    try:
        os.killpg(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _paste(line: str) -> bytes:
    """Run a printed line in a shell, with the machine's curl."""
    shell = ["sh", "-c", f"{line} --fail-with-body --silent --show-error"]
    result = subprocess.run(
        shell, check=False, cwd=PROJECT, capture_output=True, timeout=PATIENCE_SECONDS
    )
    assert result.returncode == 0, (result.stdout, result.stderr)
    return result.stdout
