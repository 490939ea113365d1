"""What a stage costs a month, from its templates: each line by hand, and the ceiling."""

import ast
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from drive_tools.cloud_assembly import StackArtifact, StageAssembly
from stacks.costs import use
from stacks.costs.ceiling import above_ceiling
from stacks.costs.estimate import METADATA, estimate, metadata
from stacks.costs.lines import Estimate
from tests.url import Url

PROJECT = Path(__file__).resolve().parents[2]
CAPS: dict[str, Any] = {"monthly_ceiling": 300, "daily_brake": 2.0, "account_concurrency": 1000}

Templates = dict[str, dict[str, Any]]
Change = Callable[[Templates], object]


def data() -> dict[str, Any]:
    """What of a stack `Data` costs, and what bounds use."""
    limits = {"max_drive_bytes": None, "max_file_bytes": None, "upload_expiry_hours": 24}
    resources: dict[str, Any] = {
        "Gateway": ("AWS::EC2::NatGateway", {}),
        "Address": ("AWS::EC2::EIP", {}),
        "DataKey": ("AWS::KMS::Key", {}),
        "Flows": ("AWS::EC2::FlowLog", {}),
        "FileSystem": ("AWS::EFS::FileSystem", {"ThroughputMode": "elastic"}),
        "Target1": ("AWS::EFS::MountTarget", {}),
        "Target2": ("AWS::EFS::MountTarget", {}),
        "Other": ("AWS::SSM::Parameter", {"Value": "INFO"}),
        "Limits": ("AWS::SSM::Parameter", {"Value": json.dumps(limits)}),
    }
    return _template(resources)


def service() -> dict[str, Any]:
    """What of a stack `Service` costs, and what bounds use."""
    mounted = {"Architectures": ["arm64"], "FileSystemConfigs": [{}], "Timeout": 900}
    files = {"MemorySize": 1024, "ReservedConcurrentExecutions": 10}
    resources: dict[str, Any] = {
        "ServiceKey": ("AWS::KMS::Key", {}),
        "Files": ("AWS::Lambda::Function", mounted | files),
        "Url": ("AWS::Lambda::Url", {"TargetFunctionArn": {"Fn::GetAtt": ["Files", "Arn"]}}),
    }
    for name, expression in (("Janitor", "rate(1 day)"), ("Usage", "rate(6 hours)")):
        targets = [{"Arn": {"Fn::GetAtt": [name, "Arn"]}, "Id": "Function"}]
        rule = {"ScheduleExpression": expression, "Targets": targets}
        resources[name] = ("AWS::Lambda::Function", mounted | {"MemorySize": 512})
        resources[f"{name}Rule"] = ("AWS::Events::Rule", rule)
    return _template(resources) | {"Metadata": {METADATA: metadata(**CAPS)}}


def _template(resources: dict[str, Any]) -> dict[str, Any]:
    return {
        "Resources": {
            name: {"Type": kind, "Properties": dict(properties)}
            for name, (kind, properties) in resources.items()
        }
    }


@pytest.fixture
def costs(tmp_path: Path) -> Callable[..., Estimate]:
    """Estimate a small stage, after a change of its templates."""

    def found(change: Change | None = None, *, region: str | None = None) -> Estimate:
        templates = {"Dev-Data": data(), "Dev-Service": service()}
        if change:
            change(templates)
        stacks = []
        for name, body in templates.items():
            file = tmp_path / f"{name}.template.json"
            file.write_text(json.dumps(body))
            stacks.append(StackArtifact(name, file, None, region, None, None, False, ()))
        return estimate("Dev", StageAssembly(tmp_path, tuple(stacks)))

    return found


def of_type(templates: Templates, kind: str) -> list[dict[str, Any]]:
    """The properties of each resource of a type."""
    return [
        resource["Properties"]
        for body in templates.values()
        for resource in body["Resources"].values()
        if resource["Type"] == kind
    ]


def added(kind: str, **properties: Any) -> Change:  # noqa: ANN401 - a template's JSON
    """A resource more in `Data`."""

    def change(templates: Templates) -> None:
        templates["Dev-Data"]["Resources"]["Added"] = {"Type": kind, "Properties": properties}

    return change


def with_properties(kind: str, **properties: Any) -> Change:  # noqa: ANN401
    """Other properties of each resource of a type."""

    def change(templates: Templates) -> None:
        for found in of_type(templates, kind):
            found.update(properties)

    return change


def caps(**changed: float | None) -> Change:
    """Other settings that no resource shows."""

    def change(templates: Templates) -> None:
        templates["Dev-Service"]["Metadata"] = {METADATA: metadata(**(CAPS | changed))}

    return change


def test_a_gateway_and_two_keys_cost_by_the_month(costs: Callable[..., Estimate]) -> None:
    assert [(line.what, line.dollars) for line in costs().idle] == [
        ("NAT gateway", pytest.approx(32.85)),
        ("public IPv4 address", pytest.approx(3.65)),
        ("KMS key", 1.00),
        ("KMS key", 1.00),
    ]


def test_each_line_names_a_resource_that_is_there(costs: Callable[..., Estimate]) -> None:
    known: set[str] = set()

    def remember(templates: Templates) -> None:
        known.update(
            f"{name} {key}" for name, body in templates.items() for key in body["Resources"]
        )

    found = costs(remember)
    named = {line.resource for line in (*found.idle, *found.worst)}
    assert named - {""} <= known


REGIONAL = {"AvailabilityMode": "regional", "VpcId": "vpc"}
IDLE: list[tuple[Change, str, float, str | None]] = [
    (
        with_properties("AWS::EFS::FileSystem", ProvisionedThroughputInMibps=256),
        "provisioned throughput, used or not",
        1536.00,
        "throughput",
    ),
    (
        added("AWS::EC2::NatGateway", **REGIONAL),
        "regional NAT gateway with its addresses",
        2 * 36.50,
        "egress",
    ),
    (
        added("AWS::EC2::VPCEndpoint", VpcEndpointType="Interface", SubnetIds=["a", "b", "c"]),
        "interface endpoint",
        21.90,
        "egress",
    ),
    (
        added("AWS::EC2::Instance", InstanceType="t4g.nano"),
        "t4g.nano machine, its public IPv4 address and its disk",
        730 * 0.0092 + 8 * 0.08,
        "egress",
    ),
    (added("AWS::SecretsManager::Secret"), "secret", 0.40, "url_auth"),
    (added("AWS::CloudWatch::Dashboard"), "dashboard", 3.00, None),
]


@pytest.mark.parametrize(
    ("change", "what", "dollars", "setting"), IDLE, ids=lambda it: it if isinstance(it, str) else ""
)
def test_what_is_there_costs_by_the_month(
    change: Change, what: str, dollars: float, setting: str | None, costs: Callable[..., Estimate]
) -> None:
    before, after = costs(), costs(change)
    [line] = [line for line in after.idle if line.what == what and line not in before.idle]
    assert line.dollars == pytest.approx(dollars)
    assert line.setting == setting
    assert after.idle_dollars == pytest.approx(before.idle_dollars + dollars)


@pytest.mark.parametrize(
    ("metrics", "dollars"),
    [
        ({"MetricName": "Errors"}, 0.10),
        ({"Metrics": [{"Expression": "a+b"}, {"MetricStat": {}}, {"MetricStat": {}}]}, 0.20),
    ],
    ids=["of one metric", "of an expression over two"],
)
def test_an_alarm_costs_by_its_metrics(
    metrics: dict[str, Any], dollars: float, costs: Callable[..., Estimate]
) -> None:
    added_dollars = costs(added("AWS::CloudWatch::Alarm", **metrics)).idle_dollars
    assert added_dollars - costs().idle_dollars == pytest.approx(dollars)


def test_what_has_no_price_here_is_named_and_not_taken_for_free(
    costs: Callable[..., Estimate],
) -> None:
    found = costs(added("AWS::RDS::DBInstance"))
    [line] = [each for each in found.uncapped if "RDS" in each.what]
    assert line.what == "AWS::RDS::DBInstance (Dev-Data Added)"


def worst(found: Estimate, what: str) -> float:
    """The dollars of a line that begins like this."""
    [dollars] = [line.dollars for line in found.worst if line.what.startswith(what)]
    return dollars


def test_the_brake_bounds_use(costs: Callable[..., Estimate]) -> None:
    found = costs()
    assert worst(found, "use that the brake lets pass") == pytest.approx(2 * (730 / 24 + 0.25))
    # 10 instances, 10 requests a second each, in six minutes, of 6 MiB read and sent.
    sent = 10 * 10 * 360 * 6 * 1024**2 / 10**9 * (0.03 + 0.09)
    assert worst(found, "bytes read and sent, in the 6 minutes") == pytest.approx(sent)
    assert worst(found, "Lambda's time") == pytest.approx(10 * 360 * 0.0000133334)


def test_without_the_brake_the_caps_hold_all_month(costs: Callable[..., Estimate]) -> None:
    found = costs(caps(daily_brake=None))
    assert not [line for line in found.worst if "brake" in line.what]
    six_minutes = worst(costs(), "Lambda's time")
    assert worst(found, "Lambda's time, all month") == pytest.approx(six_minutes * 730 * 10)


def test_a_function_that_reserves_nothing_may_take_what_the_account_has(
    costs: Callable[..., Estimate],
) -> None:
    def unreserved(templates: Templates) -> None:
        for function in of_type(templates, "AWS::Lambda::Function"):
            function.pop("ReservedConcurrentExecutions", None)

    ten, thousand = costs(), costs(unreserved)
    ratio = worst(thousand, "Lambda's time") / worst(ten, "Lambda's time")
    assert ratio == pytest.approx(100)

    def of_a_new_account(templates: Templates) -> None:
        unreserved(templates)
        caps(account_concurrency=10)(templates)

    assert costs(of_a_new_account).worst_dollars == pytest.approx(ten.worst_dollars)


USE: list[tuple[Change, str, Callable[[float], float]]] = [
    (
        with_properties("AWS::EFS::FileSystem", ThroughputMode="bursting"),
        "bytes sent",
        lambda sent: sent * 0.09 / 0.12,
    ),
    (
        with_properties("AWS::Lambda::Function", Architectures=["x86_64"]),
        "Lambda's time",
        lambda time: time * 0.0000166667 / 0.0000133334,
    ),
    (
        with_properties("AWS::Lambda::Function", EphemeralStorage={"Size": 1536}),
        "Lambda's time",
        lambda time: time + 3600 * 0.0000000309,
    ),
    (
        added("AWS::ApiGatewayV2::Api"),
        "requests, and traces",
        lambda requests: requests + 36_000 * 1.00 / 10**6,
    ),
]


@pytest.mark.parametrize(
    ("change", "what", "dollars"), USE, ids=lambda it: it if isinstance(it, str) else ""
)
def test_use_costs_by_what_the_function_is(
    change: Change,
    what: str,
    dollars: Callable[[float], float],
    costs: Callable[..., Estimate],
) -> None:
    before = worst(costs(), "bytes read and sent" if what == "bytes sent" else what)
    assert worst(costs(change), what) == pytest.approx(dollars(before))


@pytest.mark.parametrize(
    ("expression", "runs"), [("rate(1 hour)", 730), ("rate(6 hours)", 730 / 6)], ids=str
)
def test_a_schedule_costs_each_run_to_its_last_second(
    expression: str, runs: float, costs: Callable[..., Estimate]
) -> None:
    found = costs(with_properties("AWS::Events::Rule", ScheduleExpression=expression))
    time = 900 * 0.5 * 0.0000133334
    read = 900 / 0.00025 * 4096 / 10**9 * 0.03
    lines = [line.dollars for line in found.worst if line.what.startswith("runs by a schedule")]
    assert lines == [pytest.approx(runs * (time + read))] * 2
    free = costs(
        lambda templates: (
            with_properties("AWS::Events::Rule", ScheduleExpression=expression)(templates),
            with_properties("AWS::EFS::FileSystem", ThroughputMode="bursting")(templates),
        )[0]
    )
    lines = [line.dollars for line in free.worst if line.what.startswith("runs by a schedule")]
    assert lines == [pytest.approx(runs * time)] * 2


def test_a_rule_without_a_schedule_runs_nothing_by_itself(costs: Callable[..., Estimate]) -> None:
    rule = {"EventPattern": {"source": ["aws.cloudformation"]}, "Targets": [{"Arn": "arn"}]}
    assert costs(added("AWS::Events::Rule", **rule)).dollars == costs().dollars


def test_stored_files_are_capped_by_their_limit_alone(costs: Callable[..., Estimate]) -> None:
    assert any("stored files" in each.what for each in costs().uncapped)

    def limited(templates: Templates) -> None:
        for parameter in of_type(templates, "AWS::SSM::Parameter"):
            if "max_drive_bytes" in parameter["Value"]:
                limits = json.loads(parameter["Value"]) | {"max_drive_bytes": 10**11}
                parameter["Value"] = json.dumps(limits)

    found = costs(limited)
    assert worst(found, "stored files") == pytest.approx(100 * (0.30 + 0.05))
    assert not any("stored files" in each.what for each in found.uncapped)

    def replicated(templates: Templates) -> None:
        limited(templates)
        destinations = {"Destinations": [{"Region": "eu-west-1"}]}
        with_properties("AWS::EFS::FileSystem", ReplicationConfiguration=destinations)(templates)

    assert worst(costs(replicated), "stored files") == pytest.approx(100 * (2 * 0.30 + 0.05))


def test_backups_of_what_changes_have_no_cap_but_their_days(costs: Callable[..., Estimate]) -> None:
    def planned(*copies: str) -> Change:
        rule: dict[str, Any] = {"Lifecycle": {"DeleteAfterDays": 35}}
        if copies:
            rule["CopyActions"] = [{"DestinationBackupVaultArn": copy} for copy in copies]

        def change(templates: Templates) -> None:
            plan = {"BackupPlan": {"BackupPlanRule": [rule]}}
            templates["Dev-Data"]["Resources"]["Plan"] = {
                "Type": "AWS::Backup::BackupPlan",
                "Properties": plan,
            }

        return change

    def further(change: Change) -> tuple[str, str]:
        [found] = [it for it in costs(change).uncapped if "further backups" in it.what]
        return found.what, found.bound

    what, bound = further(planned())
    assert what == "further backups of what changes, $0.05 a GB-month"
    assert bound.startswith("each day's changes, kept for 35 days (backup_days)")
    what, _ = further(planned("arn"))
    assert what == "further backups of what changes, $0.10 a GB-month, and $0.02 a GB sent"
    [stored] = [it.what for it in costs(planned("arn")).uncapped if "stored files" in it.what]
    assert stored == "stored files with one backup, in two vaults, $0.40 a GB-month"


@pytest.mark.parametrize(
    ("region", "factor"),
    [
        *((region, 1.0) for region in (None, "us-east-1", "us-east-2", "us-west-2")),
        *(("us-west-1", 1.3), ("eu-central-1", 1.3), ("ca-central-1", 1.3)),
        *(("ap-northeast-1", 1.6), ("sa-east-1", 2.1), ("af-south-1", 2.1), ("me-south-1", 2.1)),
    ],
    ids=str,
)
def test_another_region_costs_at_most_that_much_more(
    region: str | None, factor: float, costs: Callable[..., Estimate]
) -> None:
    here, there = costs(), costs(region=region)
    assert there.idle_dollars == pytest.approx(here.idle_dollars * factor)
    braked = worst(here, "use that the brake lets pass")  # dollars, wherever they are spent
    assert there.worst_dollars == pytest.approx((here.worst_dollars - braked) * factor + braked)


def test_a_stage_below_its_ceiling_passes_and_one_above_is_told_what_mends_it(
    costs: Callable[..., Estimate],
) -> None:
    assert above_ceiling(costs()) is None
    assert above_ceiling(costs(caps(monthly_ceiling=None, daily_brake=None))) is None

    def fast(templates: Templates) -> None:
        with_properties("AWS::EFS::FileSystem", ProvisionedThroughputInMibps=256)(templates)

    found = costs(fast)
    said = above_ceiling(found)
    assert said is not None
    assert said.startswith(
        f"Dev may cost ${found.dollars:,.2f} a month, idle ${found.idle_dollars:,.2f}"
    )
    assert "monthly_ceiling is $300. Change what costs most: throughput ($1,536.00)" in said
    needed = int(found.dollars) + 1
    assert f"monthly_ceiling={needed} or more" in said

    def raised(templates: Templates) -> None:
        fast(templates)
        caps(monthly_ceiling=needed)(templates)

    assert above_ceiling(costs(raised)) is None

    def almost(templates: Templates) -> None:
        fast(templates)
        caps(monthly_ceiling=needed - 1)(templates)

    assert above_ceiling(costs(almost)) is not None


def test_the_functions_send_no_more_metrics_than_are_counted(url: Url) -> None:
    names = {
        call.args[0].value
        for file in (PROJECT / "lambda_src").rglob("*.py")
        for call in ast.walk(ast.parse(file.read_text()))
        if isinstance(call, ast.Call)
        and getattr(call.func, "attr", getattr(call.func, "id", ""))
        in {"add_metric", "single_metric"}
        and isinstance(call.args[0], ast.Constant)
    }
    kinds = len(url.module.web.PROBLEMS) + 1  # and that of GET /health
    assert "Errors" in names
    assert len(names - {"Errors"}) + kinds <= use.CUSTOM_METRICS


# As many as the first line of a request of an HTTP API may have, with its headers
# (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html).
_LONGEST_LINE = 10_240
_LINES_OF_LAMBDA = 600  # START, END, REPORT


@pytest.mark.parametrize("letter", ["a", "ü", "\U0001f600", "\x01"], ids=ascii)
def test_a_request_logs_no_more_bytes_than_are_counted(
    letter: str, url: Url, capsys: pytest.CaptureFixture[str]
) -> None:
    encoded = len(letter.encode()) * 3 if letter != "a" else 1
    url("GET", f"/files/{letter * (_LONGEST_LINE // encoded)}")
    printed = len(capsys.readouterr().out.encode()) + len(url.log.getvalue().encode())
    assert printed > len(letter)
    assert printed + _LINES_OF_LAMBDA <= use.LOG_BYTES_A_REQUEST
