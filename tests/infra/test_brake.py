"""What stops a stage that costs too much, who is told, and who may do either."""

import json
import re
from pathlib import Path

from ops.local.rules import metric_math
from stacks.alarms import sentences
from tests.baseline import SETTINGS
from tests.infra.cdk_synth import PROJECT
from tests.infra.functions import brake, functions, topic_key
from tests.infra.templates import Json, StageTemplates, Template, as_list

ALARM = "AWS::CloudWatch::Alarm"
ACCOUNT = {"Ref": "AWS::AccountId"}
ALARMS = "arn:<Partition>:cloudwatch:<Region>:<AccountId>:alarm:"


def topic(drive: StageTemplates) -> str:
    """Return the logical id of the topic."""
    return drive.data.only("AWS::SNS::Topic")[0]


def counting(drive: StageTemplates) -> list[tuple[Template, Json]]:
    """Return the alarms that count dollars, with their templates."""
    return [
        (template, alarm)
        for template in drive.templates
        for logical_id, alarm in template.of_type(ALARM).items()
        if "Metrics" in alarm and not logical_id.startswith(("Alarms", "BrakeFailed"))
    ]


def metrics(alarm: Json) -> list[Json]:
    """Return the metrics of an alarm's expression."""
    return [each["MetricStat"] for each in alarm["Metrics"] if "MetricStat" in each]


def test_every_alarm_is_heard_and_those_on_use_stop_the_function_first(
    drive: StageTemplates,
) -> None:
    logical_id, function = brake(drive)
    called = "arn:<Partition>:lambda:<Region>:<AccountId>:function:" + function["FunctionName"]
    assert counting(drive)
    assert any(template is drive.service for template, _ in counting(drive))  # `Data`'s are of NAT
    for template in drive.templates:
        for alarm in template.of_type(ALARM).values():
            *first, last = alarm["AlarmActions"]
            assert drive.target(last) == topic(drive)
            assert alarm.get("ActionsEnabled", True)
            if any(alarm is other for _, other in counting(drive)):
                [action] = first
                assert drive.text(action) in {called, f"<{logical_id}>"}
            else:
                assert first == []


def test_a_day_and_five_minutes_are_counted_of_all_that_is_metered(drive: StageTemplates) -> None:
    """And the limits of all alarms on a day come to what is set."""
    limits, sudden = 0.0, 0.0
    names = set()
    for _, alarm in counting(drive):
        [period] = {each["Period"] for each in metrics(alarm)}
        assert (alarm["EvaluationPeriods"], alarm["TreatMissingData"]) == (1, "notBreaching")
        assert alarm["ComparisonOperator"] == "GreaterThanThreshold"
        assert len(metrics(alarm)) <= 10
        [watched] = [each for each in alarm["Metrics"] if each["ReturnData"]]
        for each in alarm["Metrics"]:
            if each is not watched:
                assert f"FILL({each['Id']}, 0)" in watched["Expression"]
        assert period in {300, 86_400}
        limits += alarm["Threshold"] if period == 86_400 else 0
        sudden += alarm["Threshold"] if period == 300 else 0
        if period == 300:
            names |= {
                (each["Metric"]["Namespace"], each["Metric"]["MetricName"], each["Stat"])
                for each in metrics(alarm)
            }
    assert round(limits, 6) == SETTINGS[drive.name].daily_brake
    assert round(sudden, 6) == SETTINGS[drive.name].daily_brake / 4
    assert names == {
        ("AWS/Lambda", "Duration", "Sum"),
        ("AWS/Lambda", "Invocations", "Sum"),
        ("AWS/Logs", "IncomingBytes", "Sum"),
        (f"LambdaDrive/{drive.name}", "BytesOut", "Sum"),
        ("AWS/EFS", "MeteredIOBytes", "Sum"),
        ("AWS/EFS", "DataWriteIOBytes", "Sum"),
        ("AWS/EFS", "DataWriteIOBytes", "SampleCount"),
        ("AWS/EFS", "DataReadIOBytes", "SampleCount"),
        ("AWS/NATGateway", "BytesInFromSource", "Sum"),
        ("AWS/NATGateway", "BytesInFromDestination", "Sum"),
    }


def test_each_metric_of_an_alarm_counts_and_nothing_costs_nothing(drive: StageTemplates) -> None:
    """In its own expression, which is that of the other alarm on the same metrics."""
    for template, alarm in counting(drive):
        [watched] = [each for each in alarm["Metrics"] if each["ReturnData"]]
        assert re.fullmatch(r"[a-z]\w*", watched["Id"])
        ids = [each["Id"] for each in alarm["Metrics"] if each is not watched]
        assert all("MetricStat" in each for each in alarm["Metrics"] if each is not watched)
        expression = watched["Expression"]
        assert set(re.findall(r"FILL\((\w+), 0\)", expression)) == {*ids}
        nothing: dict[str, float | None] = dict.fromkeys(ids)
        assert metric_math.evaluate(expression, nothing) == 0
        for each in ids:
            found = metric_math.evaluate(expression, nothing | {each: 1e9})
            assert found, f"{each} counts nothing"
        [other] = [
            each["Metrics"]
            for where, each in counting(drive)
            if where is template and each["Threshold"] != alarm["Threshold"]
        ]
        assert [each["Id"] for each in other] == [each["Id"] for each in alarm["Metrics"]]


def test_what_is_counted_is_the_stages_own(drive: StageTemplates) -> None:
    files, function = functions(drive)["files"]
    file_system, _ = drive.data.only("AWS::EFS::FileSystem")
    gateways = {*drive.data.of_type("AWS::EC2::NatGateway")}
    of = {
        "FunctionName": {files},
        "LogGroupName": {drive.target(function["LoggingConfig"]["LogGroup"])},
        "FileSystemId": {file_system},
        "NatGatewayId": gateways,
    }
    seen: dict[str, set[str]] = {}
    for _, alarm in counting(drive):
        for each in metrics(alarm):
            [dimension] = each["Metric"]["Dimensions"]
            if dimension["Name"] == "service":
                variables = function["Environment"]["Variables"]
                assert dimension["Value"] == variables["POWERTOOLS_SERVICE_NAME"]
                namespace = each["Metric"]["Namespace"]
                assert namespace == variables["POWERTOOLS_METRICS_NAMESPACE"]
                continue
            seen.setdefault(dimension["Name"], set()).add(drive.target(dimension["Value"]))
    assert seen == of


def test_the_brake_may_stop_the_files_function_and_no_more(drive: StageTemplates) -> None:
    _, function = brake(drive)
    files, _ = functions(drive)["files"]
    role = drive.service.of_type("AWS::IAM::Role")[drive.target(function["Role"])]
    policies = drive.service.of_type("AWS::IAM::ManagedPolicy")
    [policy] = [policies[drive.target(arn)] for arn in role["ManagedPolicyArns"]]
    key, _ = topic_key(drive)
    service_key, _ = drive.service.only("AWS::KMS::Key")
    group = drive.target(function["LoggingConfig"]["LogGroup"])
    mark = f"arn:<Partition>:ssm:<Region>:<AccountId>:parameter/lambda-drive/{drive.name}/brake"
    may = {
        (action, drive.text(statement["Resource"]))
        for statement in policy["PolicyDocument"]["Statement"]
        for action in as_list(statement["Action"])
    }
    assert may == {
        ("lambda:GetFunctionConcurrency", f"<{files}>"),
        ("lambda:PutFunctionConcurrency", f"<{files}>"),
        ("ssm:GetParameter", mark),
        ("ssm:PutParameter", mark),
        ("sns:Publish", f"<{topic(drive)}>"),
        ("kms:Decrypt", f"<{key}>"),
        ("kms:GenerateDataKey", f"<{key}>"),
        ("kms:Decrypt", f"<{service_key}>"),
        ("logs:CreateLogStream", f"<{group}>"),
        ("logs:PutLogEvents", f"<{group}>"),
    }
    assert "Policies" not in role


def test_the_brake_needs_no_network_and_no_layer(drive: StageTemplates) -> None:
    _, function = brake(drive)
    for absent in ("VpcConfig", "FileSystemConfigs", "Layers", "ReservedConcurrentExecutions"):
        assert absent not in function
    assert (function["MemorySize"], function["Timeout"]) == (256, 60)  # it takes a second or two
    variables = function["Environment"]["Variables"]
    assert variables["STAGE"] == drive.name
    files, stopped = functions(drive)["files"]
    assert drive.target(variables["FUNCTION"]) == files
    assert drive.target(variables["TOPIC"]) == topic(drive)
    assert function["Runtime"] == stopped.get("Runtime", function["Runtime"])
    reserved = stopped.get("ReservedConcurrentExecutions")
    assert variables["RESERVED_CONCURRENCY"] == ("" if reserved is None else str(reserved))
    assert variables["MARK_PARAMETER"] == f"/lambda-drive/{drive.name}/brake"
    assert drive.target(function["KmsKeyArn"]) == drive.service.only("AWS::KMS::Key")[0]


def test_nobody_but_alarms_of_the_stage_and_its_deployments_call_the_brake(
    drive: StageTemplates,
) -> None:
    logical_id, _ = brake(drive)
    permissions = [
        each
        for each in drive.service.of_type("AWS::Lambda::Permission").values()
        if drive.target(each["FunctionName"]) == logical_id
    ]
    rule, _ = deployments(drive)
    assert {
        (each["Principal"], each["Action"], drive.text(each["SourceArn"])) for each in permissions
    } == {
        (
            "lambda.alarms.cloudwatch.amazonaws.com",
            "lambda:InvokeFunction",
            f"{ALARMS}{drive.name}-*",
        ),
        ("events.amazonaws.com", "lambda:InvokeFunction", f"<{rule}>"),
    }
    for each in permissions:
        assert drive.text(each["SourceAccount"]) == "<AccountId>"


def deployments(drive: StageTemplates) -> tuple[str, Json]:
    """Return the rule on deployments."""
    [found] = [
        (logical_id, rule)
        for logical_id, rule in drive.service.of_type("AWS::Events::Rule").items()
        if "EventPattern" in rule
    ]
    return found


def test_the_brake_looks_after_each_deployment_that_may_have_released_it(
    drive: StageTemplates,
) -> None:
    _, rule = deployments(drive)
    files, _ = functions(drive)["files"]
    assert rule["State"] == "ENABLED"
    assert rule["EventPattern"] == {
        "source": ["aws.cloudformation"],
        "detail": {
            "stack-id": [{"Ref": "AWS::StackId"}],
            "logical-resource-id": [files, {"exists": False}],
            "status-details": {
                "status": ["CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"]
            },
        },
    }
    [target] = rule["Targets"]
    assert drive.target(target["Arn"]) == brake(drive)[0]


def test_a_brake_that_fails_is_told_of(drive: StageTemplates) -> None:
    _, function = brake(drive)
    assert drive.target(function["DeadLetterConfig"]["TargetArn"]) == topic(drive)
    [alarm] = [
        alarm
        for logical_id, alarm in drive.service.of_type(ALARM).items()
        if logical_id.startswith("BrakeFailed")
    ]
    watched, *failures = alarm["Metrics"]
    assert watched["Expression"] == "FILL(errors, 0) + FILL(throttles, 0)"
    assert watched["ReturnData"]
    for metric, name in zip(failures, ("Errors", "Throttles"), strict=True):
        assert metric["Id"] == name.lower()
        assert (metric["ReturnData"], metric["MetricStat"]["Stat"]) == (False, "Sum")
        assert metric["MetricStat"]["Period"] == 300  # the newest minute has no data yet
        of_it = metric["MetricStat"]["Metric"]
        assert (of_it["Namespace"], of_it["MetricName"]) == ("AWS/Lambda", name)
        [dimension] = of_it["Dimensions"]
        assert dimension["Name"] == "FunctionName"
        assert drive.target(dimension["Value"]) == brake(drive)[0]
    assert alarm["TreatMissingData"] == "notBreaching"
    assert (alarm["Threshold"], alarm["EvaluationPeriods"]) == (1, 1)
    assert alarm["ComparisonOperator"] == "GreaterThanOrEqualToThreshold"


def test_the_mark_is_released_by_no_deployment(drive: StageTemplates) -> None:
    [mark] = [
        {**parameter}
        for parameter in drive.data.of_type("AWS::SSM::Parameter").values()
        if parameter["Name"] == f"/lambda-drive/{drive.name}/brake"
    ]
    assert mark.pop("Tags")
    # Changing one of these writes the parameter, and so releases a brake that is on.
    assert mark == {
        "Name": f"/lambda-drive/{drive.name}/brake",
        "Type": "String",
        "Value": "released",
        "Description": "Written by the brake, and by: make resume",
    }


def test_the_topic_is_encrypted_and_takes_messages_of_alarms_and_budgets_only(
    drive: StageTemplates,
) -> None:
    logical_id = topic(drive)
    key, properties = topic_key(drive)
    for other, other_key in drive.data.of_type("AWS::KMS::Key").items():
        if other != key:
            assert "Publish" not in str(other_key["KeyPolicy"]), "the data key is not the topic's"
    _, policy = drive.data.only("AWS::SNS::TopicPolicy")
    assert [drive.target(each) for each in policy["Topics"]] == [logical_id]
    denied, *allowed = policy["PolicyDocument"]["Statement"]
    for statement in (denied, *allowed):
        assert drive.target(statement["Resource"]) == logical_id
    assert (denied["Effect"], denied["Principal"], denied["Action"]) == ("Deny", "*", "sns:Publish")
    assert denied["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    sources = {
        "cloudwatch.amazonaws.com": f"{ALARMS}{drive.name}-*",
        "budgets.amazonaws.com": "arn:<Partition>:budgets::<AccountId>:*",
    }
    uses = [each for each in properties["KeyPolicy"]["Statement"] if "Publish" in each["Sid"]]
    for statements, actions in (
        (allowed, ["sns:Publish"]),
        (uses, ["kms:Decrypt", "kms:GenerateDataKey"]),
    ):
        assert {each["Principal"]["Service"] for each in statements} == {*sources}
        for each in statements:
            assert (each["Effect"], as_list(each["Action"])) == ("Allow", actions)
            condition = each["Condition"]
            assert {*condition} == {"StringEquals", "ArnLike"}
            account = condition["StringEquals"]["aws:SourceAccount"]
            assert drive.text(account) == "<AccountId>"
            source = drive.text(condition["ArnLike"]["aws:SourceArn"])
            assert source == sources[each["Principal"]["Service"]]


def test_a_budget_tells_the_topic_as_the_month_is_used_up(drive: StageTemplates) -> None:
    _, found = drive.data.only("AWS::Budgets::Budget")
    budget = found["Budget"]
    assert (budget["BudgetType"], budget["TimeUnit"]) == ("COST", "MONTHLY")
    assert budget["BudgetLimit"] == {
        "Amount": SETTINGS[drive.name].monthly_ceiling,
        "Unit": "USD",
    }
    assert budget["CostFilters"] == {"TagKeyValue": [f"user:lambda-drive:stage${drive.name}"]}
    told = set()
    for each in found["NotificationsWithSubscribers"]:
        notification = each["Notification"]
        assert notification["ComparisonOperator"] == "GREATER_THAN"
        assert notification["ThresholdType"] == "PERCENTAGE"
        told.add((notification["NotificationType"], notification["Threshold"]))
        [subscriber] = each["Subscribers"]
        assert subscriber["SubscriptionType"] == "SNS"
        assert drive.target(subscriber["Address"]) == topic(drive)
    assert told == {("ACTUAL", 50), ("ACTUAL", 80), ("ACTUAL", 100), ("FORECASTED", 100)}


def test_subscribers_are_those_that_are_set(drive: StageTemplates) -> None:
    found = drive.data.of_type("AWS::SNS::Subscription").values()
    assert {each["Endpoint"] for each in found} == {*SETTINGS[drive.name].subscribers}
    for each in found:
        assert drive.target(each["TopicArn"]) == topic(drive)
        of_kind = {"email": "@", "https": "https://", "sqs": ":sqs:", "lambda": ":lambda:"}
        assert of_kind[each["Protocol"]] in each["Endpoint"]


def test_each_alarm_says_what_to_do_and_the_docs_say_the_same(drive: StageTemplates) -> None:
    known = {sentences.FAST, sentences.SLOW, sentences.FAILED}
    said = {
        alarm["AlarmDescription"]
        for template in drive.templates
        for logical_id, alarm in template.of_type(ALARM).items()
        if not logical_id.startswith("Alarms")
    }
    assert said == known
    page = " ".join((PROJECT / "docs" / "operations" / "brake.md").read_text().split())
    for sentence in known:
        assert sentence in page


def test_the_code_of_the_brake_is_its_own_folder(drive: StageTemplates, assembly: Path) -> None:
    logical_id, _ = brake(drive)
    resource = drive.service.body["Resources"][logical_id]
    code = assembly / resource["Metadata"]["aws:asset:path"]
    if not code.exists():
        code = assembly / f"assembly-{drive.name}" / resource["Metadata"]["aws:asset:path"]
    names = {path.relative_to(code).as_posix() for path in code.rglob("*") if path.is_file()}
    assert names == {"brake/handler.py"}
    assert "boto3" not in json.dumps(resource["Properties"])
