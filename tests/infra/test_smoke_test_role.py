"""The role in which a pipeline's smoke test calls a stage."""

import pytest

from drive_tools.cloud_assembly import find_stage
from tests.infra.pipelines import Synthesised
from tests.infra.stage_tag import TAG
from tests.infra.templates import Json, as_list


@pytest.mark.parametrize("stage", ["Dev", "Prod"])
def test_only_the_tester_of_the_pipeline_becomes_the_role_of_the_smoke_test(
    pipeline: Synthesised, stage: str
) -> None:
    template = smoke_resources(pipeline, stage)
    [role] = [r["Properties"] for r in template.values() if r["Type"] == "AWS::IAM::Role"]
    [trust] = role["AssumeRolePolicyDocument"]["Statement"]
    account = pipeline.dev.account or "999999999999"
    text = pipeline.read.text
    assert text(trust["Principal"]["AWS"]) == f"arn:aws:iam::{account}:root"
    tester = f"LambdaDrive-{stage}-{pipeline.dev.region or 'eu-west-1'}-SmokeTester"
    assert text(trust["Condition"]["ArnEquals"]["aws:PrincipalArn"]) == (
        f"arn:aws:iam::{account}:role/{tester}"
    )
    tested_by = pipeline.role_of(pipeline.action(stage, "Smoke"))
    assert text(pipeline.resources[tested_by]["Properties"]["RoleName"]) == tester
    settings = pipeline.dev if stage == "Dev" else pipeline.prod
    region = settings.region or "eu-west-1"
    assert text(role["RoleName"]) == f"LambdaDrive-{stage}-{region}-SmokeTest"


@pytest.mark.parametrize("stage", ["Dev", "Prod"])
def test_the_smoke_test_may_find_the_url_and_call_it(pipeline: Synthesised, stage: str) -> None:
    [policy] = [
        resource["Properties"]["PolicyDocument"]["Statement"]
        for resource in smoke_resources(pipeline, stage).values()
        if resource["Type"] == "AWS::IAM::ManagedPolicy"
    ]
    settings = pipeline.dev if stage == "Dev" else pipeline.prod
    assert {action for statement in policy for action in as_list(statement["Action"])} == {
        "cloudformation:DescribeStacks",
        *(
            ("secretsmanager:GetSecretValue", "kms:Decrypt")
            if settings.url_auth == "token"
            else ("lambda:InvokeFunctionUrl", "lambda:InvokeFunction")
        ),
        *(("execute-api:Invoke",) if settings.domain and settings.url_auth == "iam" else ()),
    }
    for statement in policy:
        resource = pipeline.read.text(statement["Resource"])
        assert resource != "*"
        if statement["Action"] == "lambda:InvokeFunction":
            assert statement["Condition"] == {"Bool": {"lambda:InvokedViaFunctionUrl": "true"}}
            assert f":function:{stage}-Service-Files" in resource
        if statement["Action"] in {"secretsmanager:GetSecretValue", "kms:Decrypt"}:
            # In one account the secrets of all stages have names that begin with the same.
            assert statement["Condition"]["StringEquals"][f"aws:ResourceTag/{TAG}"] == stage


def smoke_resources(pipeline: Synthesised, stage: str) -> dict[str, Json]:
    """The resources of the stack in which a stage's smoke test has its role."""
    [stack] = [
        stack
        for stack in find_stage(pipeline.folder, stage).stacks
        if stack.name == f"{stage}-Tester"
    ]
    found: dict[str, Json] = stack.body()["Resources"]
    return found
