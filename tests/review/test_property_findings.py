"""What a review says of single properties: how much runs, who notices, what is kept."""

import pytest

from ops.review.findings import Topic, Weight
from tests.review.apps import Json, compared, resource

FUNCTION = "AWS::Lambda::Function"
ALARM = "AWS::CloudWatch::Alarm"
STOP, LOOK, NOTE = Weight.STOP, Weight.LOOK, Weight.NOTE

# The type, its properties before and after, the topic, the weight, and words of the sentence.
CASES: list[tuple[str, Json, Json, Topic, Weight, str]] = [
    (
        FUNCTION,
        {"ReservedConcurrentExecutions": 5},
        {"ReservedConcurrentExecutions": 0},
        "availability",
        STOP,
        "may run no longer",
    ),
    (FUNCTION, {"ReservedConcurrentExecutions": 5}, {}, "availability", LOOK, "none (the account"),
    (
        FUNCTION,
        {"ReservedConcurrentExecutions": 5},
        {"ReservedConcurrentExecutions": 9},
        "availability",
        LOOK,
        "of 9, and had 5",
    ),
    (FUNCTION, {"Timeout": 9}, {"Timeout": 5}, "availability", LOOK, "seconds of 5, and had 9"),
    (FUNCTION, {}, {"Timeout": 5}, "availability", LOOK, "of 5, and had 3"),
    (FUNCTION, {"MemorySize": 128}, {"MemorySize": 256}, "availability", NOTE, "of 256"),
    (
        FUNCTION,
        {"Runtime": "python3.12"},
        {"Runtime": "python3.13"},
        "availability",
        LOOK,
        "runtime python3.13, and had python3.12",
    ),
    (
        FUNCTION,
        {"VpcConfig": {"SubnetIds": ["a", "b"]}},
        {"VpcConfig": {"SubnetIds": ["a"]}},
        "availability",
        LOOK,
        "is in 1 subnets, and was in 2",
    ),
    (
        "AWS::RDS::DBInstance",
        {"MultiAZ": True},
        {"MultiAZ": False},
        "availability",
        LOOK,
        "no standby in another zone",
    ),
    ("AWS::RDS::DBInstance", {"MultiAZ": True}, {}, "availability", LOOK, "no standby"),
    (
        "AWS::RDS::DBInstance",
        {"BackupRetentionPeriod": 7},
        {"BackupRetentionPeriod": 0},
        "data",
        STOP,
        "backups for as many days as 0, and had 7",
    ),
    (
        "AWS::RDS::DBInstance",
        {"DeletionProtection": True},
        {},
        "data",
        STOP,
        "no longer protected against deletion",
    ),
    ("AWS::RDS::DBInstance", {}, {"DeletionProtection": True}, "data", NOTE, "is protected"),
    (
        "AWS::S3::Bucket",
        {"VersioningConfiguration": {"Status": "Enabled"}},
        {},
        "data",
        STOP,
        "keeps no old versions",
    ),
    (
        "AWS::S3::Bucket",
        {"VersioningConfiguration": {"Status": "Enabled"}},
        {"VersioningConfiguration": {"Status": "Suspended"}},
        "data",
        STOP,
        "keeps no old versions",
    ),
    (
        "AWS::DynamoDB::Table",
        {"PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True}},
        {"PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": False}},
        "data",
        STOP,
        "no longer be brought back",
    ),
    (
        "AWS::EFS::FileSystem",
        {"BackupPolicy": {"Status": "ENABLED"}},
        {"BackupPolicy": {"Status": "DISABLED"}},
        "data",
        LOOK,
        "no backups of EFS",
    ),
    (
        "AWS::Backup::BackupPlan",
        {"BackupPlan": {"a": 1}},
        {"BackupPlan": {"a": 2}},
        "data",
        LOOK,
        "other rules of backups: BackupPlan.a is 2, and was 1",
    ),
    (
        ALARM,
        {"ActionsEnabled": True},
        {"ActionsEnabled": False},
        "operations",
        LOOK,
        "tells nobody",
    ),
    (ALARM, {}, {"ActionsEnabled": False}, "operations", LOOK, "tells nobody"),
    (
        ALARM,
        {"AlarmActions": ["a"]},
        {"AlarmActions": []},
        "operations",
        LOOK,
        "has 0 AlarmActions, and had 1",
    ),
    (ALARM, {"Threshold": 5}, {"Threshold": 10}, "operations", LOOK, "threshold 10, and had 5"),
    (
        "AWS::Logs::LogGroup",
        {"RetentionInDays": 30},
        {"RetentionInDays": 7},
        "operations",
        LOOK,
        "as many days as 7, and had 30",
    ),
    (
        "AWS::Logs::LogGroup",
        {"RetentionInDays": 30},
        {"RetentionInDays": 365},
        "operations",
        NOTE,
        "365",
    ),
    (
        "AWS::Events::Rule",
        {"State": "ENABLED"},
        {"State": "DISABLED"},
        "operations",
        LOOK,
        "no longer runs by itself",
    ),
    (
        "AWS::Events::Rule",
        {"ScheduleExpression": "rate(1 day)"},
        {"ScheduleExpression": "rate(1 hour)"},
        "operations",
        LOOK,
        "the schedule rate(1 hour)",
    ),
    (
        FUNCTION,
        {"DeadLetterConfig": {"TargetArn": "a"}},
        {},
        "operations",
        LOOK,
        "no longer keeps what it could not do",
    ),
    # What no rule knows is said as it is.
    (
        FUNCTION,
        {"Environment": {"Variables": {"A": "1", "B": "2"}}},
        {"Environment": {"Variables": {"A": "1", "B": "3"}}},
        "operations",
        NOTE,
        "Environment.Variables.B is 3, and was 2",
    ),
    ("Custom::Thing", {"A": 1}, {"A": 2}, "operations", NOTE, "A is 2, and was 1"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0][5:]} {case[5][:30]}")
def test_a_property(case: tuple[str, Json, Json, Topic, Weight, str]) -> None:
    kind, before, after, topic, weight, words = case
    path = "Dev/Data/Thing/Resource"
    report = compared({"T": resource(kind, path, **before)}, {"T": resource(kind, path, **after)})
    [found] = [each for each in report.findings if words in each.sentence]
    assert (found.topic, found.weight) == (topic, weight)
    assert found.sentence.startswith("Data/Thing")
    # The same is not said twice; a database may be replaced for it as well.
    assert {each.topic for each in report.findings} <= {topic, "data"}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0][5:]} {case[5][:30]}")
def test_values_that_only_a_deployment_knows(
    case: tuple[str, Json, Json, Topic, Weight, str],
) -> None:
    """Nothing crashes on a function of CloudFormation, and no change is taken for none."""
    kind, before, after, *_ = case
    for name in (*before, *after):
        odd = {"Fn::If": ["Large", before.get(name), {"Ref": "AWS::NoValue"}]}
        report = compared(
            {"T": resource(kind, **before)}, {"T": resource(kind, **{**after, name: odd})}
        )
        assert report.findings


def test_what_is_removed_that_told_or_kept() -> None:
    gone = {
        "A": resource(ALARM, "Dev/Data/Alarm"),
        "S": resource("AWS::SNS::Subscription", "Dev/Data/Mail"),
        "B": resource("AWS::Backup::BackupSelection", "Dev/Data/Backups"),
        "M": resource("AWS::EFS::MountTarget", "Dev/Data/Target"),
    }
    found = {each.sentence: each.weight for each in compared(gone, {}).findings}
    found.pop("It costs $0.00 a month while nobody calls, $0.10 less than before")
    assert found == {
        "Data/Alarm is removed: nobody is told any more of what it watched": LOOK,
        "Data/Mail is removed: it told somebody": LOOK,
        "Data/Backups is removed: nothing is backed up by it any more": STOP,
        "Data/Target is removed: nothing in its zone can mount there": LOOK,
    }


def test_many_of_one_kind_are_one_sentence() -> None:
    new = {f"Q{n}": resource("AWS::Events::EventBus", f"Dev/Data/Buses/Bus{n}") for n in range(3)}
    [found] = compared({}, new).findings
    assert found.sentence == "Data/Buses has 3 new Events EventBus: Bus0, Bus1, Bus2"


def test_a_layer_with_other_content_is_not_a_replacement() -> None:
    before, after = (
        resource("AWS::Lambda::LayerVersion", "Dev/Data/Layer", Content={"S3Key": digit * 64})
        for digit in "ab"
    )
    assert compared({"L": before}, {"L": after}).findings == ()


def test_an_alarm_that_goes_with_what_it_watched() -> None:
    alarm = resource(ALARM, "Dev/Data/Silent", Dimensions=[{"Name": "A", "Value": {"Ref": "N"}}])
    report = compared({"A": alarm, "N": resource("AWS::EC2::NatGateway", "Dev/Data/Nat")}, {})
    [found] = [each for each in report.findings if each.path == "Data/Silent"]
    assert found.sentence == "Data/Silent is removed, as Data/Nat is, which it watched"
    assert found.weight is NOTE


def test_of_two_lists_only_what_comes_and_goes_is_said() -> None:
    before, after = (
        resource("Custom::Thing", "Dev/Data/T", Of=of) for of in (["a", "b"], ["b", "c"])
    )
    [found] = compared({"T": before}, {"T": after}).findings
    assert found.sentence == "Data/T: Of has c more and no longer has a"


def test_an_alarm_that_computes_otherwise_of_the_same() -> None:
    function = resource(FUNCTION, "Dev/Data/Function")
    of = [{"Name": "FunctionName", "Value": {"Ref": "F"}}]
    before = resource(ALARM, "Dev/Data/Failed", MetricName="Errors", Period=60, Dimensions=of)
    metric = {"MetricStat": {"Metric": {"MetricName": "Errors", "Dimensions": of}}}
    after = resource(ALARM, "Dev/Data/Failed", Metrics=[metric])
    report = compared({"F": function, "A": before}, {"F": function, "A": after})
    assert [each.sentence for each in report.findings if each.topic == "operations"] == [
        "Data/Failed computes its value otherwise"
    ]


def test_an_alarm_that_watches_something_else() -> None:
    functions = {name: resource(FUNCTION, f"Dev/Data/{name}") for name in ("F", "G")}
    before, after = (
        resource(ALARM, "Dev/Data/Failed", Dimensions=[{"Value": {"Ref": name}}]) for name in "FG"
    )
    [found] = compared({**functions, "A": before}, {**functions, "A": after}).findings
    assert found.sentence == "Data/Failed watches Data/G and no longer watches Data/F"
    assert found.weight is LOOK
