"""The role in which GitHub deploys: who gets it, and what it may."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from stacks.settings import Settings
from stacks.shipping.github_stack import GitHubStack
from stacks.shipping.settings import GitHub
from tests.infra import nag
from tests.infra.stage_tag import assert_tagged
from tests.infra.templates import Json, Template, as_list, text

CLAIM = "token.actions.githubusercontent.com"
DEV = Settings(name="Dev", retain=False)
PROD = Settings(name="Prod", retain=True, account="222222222222", region="eu-central-1")
GITHUB = GitHub(
    repository="you/drive", owner_id=12, repository_id=34, branch="release", stages=(DEV, PROD)
)


def synthesise(folder: Path, stage: Settings) -> tuple[Template, list[str]]:
    gated = nag.app(str(folder))
    GitHubStack(gated, f"{stage.name}-GitHub", settings=GITHUB, stage=stage)
    found = nag.findings(gated, GITHUB.stages)
    template = json.loads((folder / f"{stage.name}-GitHub.template.json").read_text())
    return Template(template), found


@pytest.fixture(scope="module", params=[DEV, PROD], ids=lambda stage: stage.name)
def made(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Settings, Template]:
    template, found = synthesise(tmp_path_factory.mktemp("github"), request.param)
    assert found == []
    return request.param, template


def test_only_jobs_of_the_stage_on_the_branch_of_the_repository_get_it(
    made: tuple[Settings, Template],
) -> None:
    stage, template = made
    _, role = template.only("AWS::IAM::Role")
    [trust] = role["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Action"] == "sts:AssumeRoleWithWebIdentity"
    assert text(trust["Principal"]["Federated"]).endswith(f":oidc-provider/{CLAIM}")
    assert trust["Condition"] == {
        "StringEquals": {
            f"{CLAIM}:aud": "sts.amazonaws.com",
            f"{CLAIM}:environment": stage.name,
            f"{CLAIM}:ref": "refs/heads/release",
            f"{CLAIM}:repository": "you/drive",
            f"{CLAIM}:repository_id": "34",
            f"{CLAIM}:sub": [
                f"repo:you/drive:environment:{stage.name}",
                f"repo:you@12/drive@34:environment:{stage.name}",
            ],
        }
    }
    assert role["MaxSessionDuration"] == 3600


def test_it_may_become_the_roles_of_cdk_and_call_the_url_and_nothing_else(
    made: tuple[Settings, Template],
) -> None:
    _, template = made
    _, role = template.only("AWS::IAM::Role")
    policies = template.of_type("AWS::IAM::ManagedPolicy")
    assert {reference["Ref"] for reference in role["ManagedPolicyArns"]} == set(policies)
    statements = [s for p in policies.values() for s in p["PolicyDocument"]["Statement"]]
    assert {action for statement in statements for action in as_list(statement["Action"])} == {
        "cloudformation:DescribeStacks",
        "lambda:InvokeFunction",
        "lambda:InvokeFunctionUrl",
        "sts:AssumeRole",
    }
    [assume] = [s["Resource"] for s in statements if s["Action"] == "sts:AssumeRole"]
    assert [text(arn).rpartition("cdk-hnb659fds-")[2].partition("-role-")[0] for arn in assume] == [
        "deploy",
        "file-publishing",
        "lookup",
    ]
    assert all("*" not in text(arn) for arn in assume)


def test_it_has_the_tag_of_its_stage(made: tuple[Settings, Template]) -> None:
    stage, template = made
    assert_tagged(template.body, stage.name)


def test_images_have_a_role_of_their_own_and_a_boundary_holds_here_too(tmp_path: Path) -> None:
    other = replace(DEV, packaging="image", permissions_boundary="boundaries/developer")
    template, found = synthesise(tmp_path, other)
    assert found == []
    _, role = template.only("AWS::IAM::Role")
    assert text(role["PermissionsBoundary"]).endswith(":policy/boundaries/developer")
    assert "-image-publishing-role-" in json.dumps(template.body)


def test_in_one_account_whoever_deploys_a_stage_can_change_the_other() -> None:
    """By what `cdk bootstrap` makes, whatever its qualifier: docs/operations/shipping.md says so.

    When this fails, a newer CDK may have drawn a border, and the words may be taken back.
    """
    bootstrap = nag.PROJECT / "node_modules/aws-cdk/lib/api/bootstrap/bootstrap-template.yaml"
    roles: Json = yaml.safe_load(bootstrap.read_text())["Resources"]
    [deploy] = [
        statement
        for policy in roles["DeploymentActionRole"]["Properties"]["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]
        if statement.get("Sid") == "DeployPermissions"
    ]
    assert {"cloudformation:ExecuteChangeSet", "cloudformation:UpdateStack"} <= {*deploy["Action"]}
    assert deploy["Resource"] == "*"
    executes = roles["CloudFormationExecutionRole"]["Properties"]["ManagedPolicyArns"]
    assert "iam::aws:policy/AdministratorAccess" in json.dumps(executes)
