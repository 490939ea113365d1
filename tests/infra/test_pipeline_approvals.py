"""Where the pipeline waits for a person, and what it tells that person."""

import json

import pytest

from stacks.invariants import alarms, queues, records
from stacks.invariants.declared import Declared
from stacks.shipping import sentences
from tests.infra import nag
from tests.infra.pipelines import STACK, Synthesised
from tests.infra.templates import Json, as_list

KEY_USE = ["kms:Decrypt", "kms:GenerateDataKey"]


def test_production_waits_for_a_person_after_dev_was_proved(pipeline: Synthesised) -> None:
    names = [f"{each.stage}/{each.name}" for step in pipeline.steps for each in step]
    approve = names.index("Prod/Approve")
    assert pipeline.action("Prod", "Approve").provider == "Manual"
    assert names.index("Dev/Smoke") < approve < names.index("Prod/Data.Prepare")


@pytest.mark.parametrize("stage", ["Dev", "Prod"])
def test_what_broadens_permissions_waits_for_a_person(pipeline: Synthesised, stage: str) -> None:
    """By an approval that the look beside it gives, and nobody and nothing else's."""
    assert pipeline.action(stage, "ApprovePermissions").provider == "Manual"
    look = pipeline.action(stage, "Permissions")
    assert look.build is not None
    assert (
        f'-m ops permissions {stage} --assembly cdk.out --approve "${{CODEBUILD_INITIATOR#*/}}'
        f'/{stage}/ApprovePermissions" --execution "$EXECUTION"'
        f" --self-approval {pipeline.self_approval} "
    ) in look.build.commands[-1]
    role = pipeline.role_of(look)
    place = pipeline.place(pipeline.dev)
    arn = f"arn:aws:codepipeline:{place[13:]}:{place[:12]}:{pipeline.read.name}"
    assert pipeline.may(role, "codepipeline:PutApprovalResult") == [
        f"{arn}/{stage}/ApprovePermissions"
    ]
    assert pipeline.may(role, "codepipeline:GetPipelineState") == [arn]
    approving = [
        other
        for other in pipeline.of_type("AWS::IAM::Role")
        if pipeline.may(other, "codepipeline:PutApprovalResult")
    ]
    assert len(approving) == 2


def test_an_approval_that_waits_tells_whom_it_should(pipeline: Synthesised) -> None:
    """By an encrypted topic; the look tells of its own approval, and only where that waits."""
    [topic] = pipeline.of_type("AWS::SNS::Topic")
    subscribed = {
        each["Endpoint"]: each["Protocol"]
        for each in pipeline.of_type("AWS::SNS::Subscription").values()
        if each["TopicArn"]["Ref"] == topic
    }
    assert {*subscribed} == {*pipeline.subscribers}
    for address, protocol in subscribed.items():
        assert protocol == ("sqs" if ":sqs:" in address else "email")
    approve = pipeline.action("Prod", "Approve")
    looks = [pipeline.action(stage, "Permissions") for stage in ("Dev", "Prod")]
    telling = {approve.role, *map(pipeline.role_of, looks)}
    for role in pipeline.of_type("AWS::IAM::Role"):
        assert pipeline.may(role, "sns:Publish") == ([topic] if role in telling else [])
    [key] = pipeline.of_type("AWS::KMS::Key")
    for role in telling:
        for action in ("kms:Decrypt", "kms:GenerateDataKey"):
            assert pipeline.may(role, action) == [key]
    assert approve.configuration.get("NotificationArn") == topic
    for look in looks:
        approval = pipeline.action(look.stage, "ApprovePermissions")
        by_itself = {
            "nothing-broader": "Without anything broader or a port opened, this is approved by",
            "no-change": "Without a change in meaning, this is approved by itself.",
            "never": "A person gives it, whatever the review says.",
        }[pipeline.self_approval]
        assert by_itself in approval.configuration["CustomData"]
        assert "NotificationArn" not in approval.configuration
        assert look.build is not None
        assert look.build.commands[-1].endswith(' --tell "$MESSAGES_TOPIC"')
        assert look.build.environment["MESSAGES_TOPIC"] == topic


def test_its_topic_and_alarm_keep_what_is_promised_of_those_of_a_stage(
    pipeline: Synthesised,
) -> None:
    """Encrypted, by TLS, and of services only alarms of this account: so no EventBridge."""
    declared = Declared({STACK: {"Resources": pipeline.resources}}, retained=True, waits_for={})
    assert declared.of_type("AWS::SNS::Topic")
    for invariant in (
        alarms.every_alarm_is_heard,
        alarms.a_topic_takes_messages_of_the_account_alone,
        queues.what_nobody_took_goes_to_a_queue,
        queues.a_queue_takes_messages_of_the_account_alone,
        queues.what_is_in_a_queue_is_kept_and_heard,
        records.every_key_is_administered_used_and_lent_by_the_account,
    ):
        assert list(invariant(declared)) == []
    [policy] = pipeline.of_type("AWS::SNS::TopicPolicy").values()
    [key] = pipeline.of_type("AWS::KMS::Key").values()
    documents = (policy["PolicyDocument"], key["KeyPolicy"])
    for document, actions in zip(documents, (["sns:Publish"], KEY_USE), strict=True):
        [statement] = [
            each
            for each in document["Statement"]
            if "cloudwatch.amazonaws.com" in str(each["Principal"])
        ]
        assert as_list(statement["Action"]) == actions
        account = pipeline.dev.account or {"Ref": "AWS::AccountId"}
        assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": account}
        arn = pipeline.read.text(statement["Condition"]["ArnLike"]["aws:SourceArn"])
        place = pipeline.place(pipeline.dev)
        assert arn == f"arn:aws:cloudwatch:{place[13:]}:{place[:12]}:alarm:{STACK}-*"
    assert "events.amazonaws.com" not in str(documents)


# As https://docs.aws.amazon.com/codepipeline/latest/userguide/detect-state-changes-cloudwatch-events.html
# has the event of a stage.
EVENT: Json = {
    "version": "0",
    "id": "01234567-EXAMPLE",
    "detail-type": "CodePipeline Stage Execution State Change",
    "source": "aws.codepipeline",
    "account": "123456789012",
    "time": "2020-01-24T22:03:07Z",
    "region": "us-east-1",
    "resources": ["arn:aws:codepipeline:us-east-1:123456789012:myPipeline"],
    "detail": {
        "pipeline": "myPipeline",
        "version": 1.0,
        "execution-id": "12345678-1234-5678-abcd-12345678abcd",
        "start-time": "2023-10-26T13:49:39.208Z",
        "stage": "Prod",
        "state": "STARTED",
        "pipeline-execution-attempt": 1.0,
    },
}


def matches(pattern: Json, event: Json) -> bool:
    """Whether an event has, of each field of a pattern, one of its values.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
    """
    return all(
        matches(value, event.get(name, {})) if isinstance(value, dict) else event.get(name) in value
        for name, value in pattern.items()
    )


def test_a_failed_stage_is_matched_counted_and_told(pipeline: Synthesised) -> None:
    """By its own pipeline and no other's; with what to do, of each failure anew."""
    [(rule, matched)] = pipeline.of_type("AWS::Events::Rule").items()
    assert matched["State"] == "ENABLED"
    assert "Targets" not in matched
    pattern = json.loads(
        json.dumps(matched["EventPattern"]).replace(
            json.dumps({"Ref": pipeline.read.name}), '"myPipeline"'
        )
    )

    def matches_with(**detail: str) -> bool:
        return matches(pattern, EVENT | {"detail": EVENT["detail"] | detail})

    assert matches_with(state="FAILED")
    assert matches_with(state="FAILED", stage="Source")
    for state in ("STARTED", "SUCCEEDED", "RESUMED", "CANCELED"):
        assert not matches_with(state=state)
    assert not matches_with(state="FAILED", pipeline="another")
    whole = "CodePipeline Pipeline Execution State Change"
    assert not matches(pattern, EVENT | {"detail-type": whole, "detail": {"state": "FAILED"}})
    alarms_ = {a["MetricName"]: a for a in pipeline.of_type("AWS::CloudWatch::Alarm").values()}
    assert {*alarms_} == {"MatchedEvents", "ApproximateNumberOfMessagesVisible"}
    alarm = alarms_["MatchedEvents"]
    assert (alarm["Namespace"], alarm["MetricName"]) == ("AWS/Events", "MatchedEvents")
    assert alarm["Dimensions"] == [{"Name": "RuleName", "Value": {"Ref": rule}}]
    assert (alarm["Statistic"], alarm["Period"], alarm["EvaluationPeriods"]) == ("Sum", 60, 1)
    assert alarm["ComparisonOperator"] == "GreaterThanOrEqualToThreshold"
    assert (alarm["Threshold"], alarm["TreatMissingData"]) == (1, "notBreaching")
    assert alarm["AlarmDescription"] == sentences.FAILED


def test_each_message_says_what_to_do_as_the_documentation_does(pipeline: Synthesised) -> None:
    said = {name: text for name, text in vars(sentences).items() if name.isupper()}
    page = (nag.PROJECT / "docs/operations/shipping.md").read_text()
    for text in said.values():
        assert page.count(f"| {text} |") == 1
        assert text.endswith(".")
    assert len(said) == 4
    assert (
        pipeline.action("Prod", "Approve").configuration["CustomData"].startswith(sentences.APPROVE)
    )


def test_an_approval_says_what_waits_behind_it(pipeline: Synthesised) -> None:
    """By the rules of the mode that the pipeline has, which is the default.

    https://docs.aws.amazon.com/codepipeline/latest/userguide/concepts-how-it-works.html
    """
    [properties] = pipeline.of_type("AWS::CodePipeline::Pipeline").values()
    assert properties.get("ExecutionMode", "SUPERSEDED") == "SUPERSEDED"
    approvals = [each for step in pipeline.steps for each in step if each.provider == "Manual"]
    assert len(approvals) == 3
    for approval in approvals:
        said = approval.configuration["CustomData"]
        assert said.endswith(
            f" newer commits wait before {approval.stage}; of those only the newest goes on."
        )
        assert len(said) <= 1000
