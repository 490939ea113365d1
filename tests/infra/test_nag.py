"""The gate is alive: a clean report looks the same as one in which no pack ran."""

import ast
import sys
from pathlib import Path

import pytest
from aws_cdk import Acknowledgment, App, Stack, Stage, Validations
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_

from tests.gates import __main__ as gates
from tests.infra import nag


def bad_stage(app: App) -> tuple[iam.ManagedPolicy, lambda_.Function]:
    """Plant one offence for each pack, inside a stage as the project's stacks are."""
    stack = Stack(Stage(app, "Planted"), "Bad")
    policy = iam.ManagedPolicy(
        stack,
        "Policy",
        statements=[iam.PolicyStatement(actions=["s3:GetObject"], resources=["*"])],
    )
    function = lambda_.Function(
        stack,
        "Function",
        runtime=lambda_.Runtime.PYTHON_3_14,
        handler="index.handler",
        code=lambda_.Code.from_inline("def handler(event, context): pass"),
    )
    return policy, function


def test_a_template_that_aws_would_refuse_is_found(tmp_path: Path) -> None:
    app = nag.app(str(tmp_path))
    stack = Stack(Stage(app, "Planted"), "Bad")
    ec2.CfnSecurityGroupIngress(stack, "Rule", group_id="sg-0123456789abcdef0", ip_protocol="tcp")
    found = "\n".join(nag.findings(app))
    assert "Planted/Bad/Rule: F3014" in found


def test_each_pack_finds_what_is_planted(tmp_path: Path) -> None:
    app = nag.app(str(tmp_path))
    bad_stage(app)
    found = "\n".join(nag.findings(app))
    assert "Planted/Bad/Policy/Resource: AwsSolutions-IAM5[Resource::*]" in found
    assert "Planted/Bad/Function/Resource: Serverless-LambdaDLQ" in found


def test_make_gates_tells_what_it_finds(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["gates"])
    monkeypatch.setattr(nag, "declare", bad_stage)
    monkeypatch.setattr(gates, "judge", lambda *_, **__: [])
    assert gates.main() == 1
    assert "Planted/Bad/Function/Resource: Serverless-LambdaDLQ" in capsys.readouterr().out


def test_an_acknowledgement_excuses_its_own_finding_only(tmp_path: Path) -> None:
    app = nag.app(str(tmp_path))
    policy, _ = bad_stage(app)
    Validations.of(policy).acknowledge(
        Acknowledgment(id="AwsSolutions::AwsSolutions-IAM5[Resource::*]", reason="planted")
    )
    found = "\n".join(nag.findings(app))
    assert "AwsSolutions-IAM5" not in found
    assert "Serverless-LambdaDLQ" in found


def test_acknowledgements_say_why_and_are_few() -> None:
    """cdk-nag takes empty reasons and unknown ids in silence; these are all there are."""
    sources = [path.read_text() for path in (nag.PROJECT / "stacks").rglob("*.py")]
    assert sum(source.count("Acknowledgment(") for source in sources) == 1
    excuses = [
        [ast.unparse(argument) for argument in call.args]
        for source in sources
        for call in ast.walk(ast.parse(source))
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "acknowledge"
    ]
    assert len(excuses) == 11
    assert not [excuse for excuse in excuses if len(excuse) != 3 or excuse[2] in {"''", "None"}]
