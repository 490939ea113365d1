"""Where the pipeline waits for a person, and what it tells that person."""

import pytest

from tests.infra.pipelines import Synthesised


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
    topics = pipeline.of_type("AWS::SNS::Topic")
    subscribed = {
        each["Endpoint"]
        for each in pipeline.of_type("AWS::SNS::Subscription").values()
        if each["Protocol"] == "email" and each["TopicArn"]["Ref"] in topics
    }
    assert subscribed == {*pipeline.notify}
    approve = pipeline.action("Prod", "Approve")
    looks = [pipeline.action(stage, "Permissions") for stage in ("Dev", "Prod")]
    telling = {approve.role, *map(pipeline.role_of, looks)}
    for role in pipeline.of_type("AWS::IAM::Role"):
        expected = [*topics] if role in telling else []
        assert pipeline.may(role, "sns:Publish") == expected
    [key] = pipeline.of_type("AWS::KMS::Key")
    for topic in topics.values():
        assert topic["KmsMasterKeyId"] == {"Fn::GetAtt": [key, "Arn"]}
        for role in telling:
            for action in ("kms:Decrypt", "kms:GenerateDataKey"):
                assert pipeline.may(role, action) == [key]
    assert approve.configuration.get("NotificationArn") == (next(iter(topics)) if topics else None)
    for look in looks:
        approval = pipeline.action(look.stage, "ApprovePermissions")
        assert "NotificationArn" not in approval.configuration
        assert look.build is not None
        tells = look.build.commands[-1].endswith(' --tell "$APPROVALS_TOPIC"')
        assert tells == bool(topics)
        assert look.build.environment.get("APPROVALS_TOPIC") == next(iter(topics), None)


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
