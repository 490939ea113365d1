"""The gate is alive: a clean report looks the same as one in which no pack ran."""

import json
import sys
from pathlib import Path

import cdk_nag
import pytest
from aws_cdk import Annotations, App, Stack, Stage
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_

from ops.review.sarif import read_scans
from tests.gates import __main__ as gates
from tests.gates.scanners import SCANNERS
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


@pytest.mark.slow
def test_a_template_that_aws_would_refuse_is_found(tmp_path: Path) -> None:
    app = nag.app(str(tmp_path))
    stack = Stack(Stage(app, "Planted"), "Bad")
    ec2.CfnSecurityGroupIngress(stack, "Rule", group_id="sg-0123456789abcdef0", ip_protocol="tcp")
    found = "\n".join(nag.findings(app, []))
    assert "Planted/Bad/Rule: cdk F3014" in found


def test_a_warning_is_a_finding(tmp_path: Path) -> None:
    app = nag.app(str(tmp_path))
    Annotations.of(Stack(Stage(app, "Planted"), "Bad")).add_warning_v2("planted", "Think again.")
    assert "Think again." in "\n".join(nag.findings(app, []))


def test_each_pack_finds_what_is_planted(tmp_path: Path) -> None:
    app = nag.app(str(tmp_path))
    bad_stage(app)
    found = "\n".join(nag.findings(app, []))
    assert "Planted/Bad/Policy/Resource: cdk-nag AwsSolutions-IAM5[Resource::*]" in found
    assert "Planted/Bad/Function/Resource: cdk-nag LambdaDLQ" in found
    report = json.loads((tmp_path / "validation-report.json").read_text())
    failed = {plugin["pluginName"]: plugin["conclusion"] for plugin in report["pluginReports"]}
    assert failed.items() >= dict.fromkeys(nag.PACKS, "failure").items()


def test_make_gates_tells_what_it_finds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sarif = tmp_path / "reports" / "gates.sarif"
    monkeypatch.setattr(sys, "argv", ["gates", "--sarif", str(sarif)])
    monkeypatch.setattr(nag, "declare", bad_stage)
    monkeypatch.setattr(gates, "scan", lambda *_: [])
    assert gates.main() == 1
    assert "Planted/Bad/Function/Resource: cdk-nag LambdaDLQ" in capsys.readouterr().out
    scan = read_scans([sarif])
    assert scan.tools == {"cdk-nag", *SCANNERS}
    dead_letters = [each for each in scan.results if each.rule == "LambdaDLQ"]
    # The packs say the same in words of their own.
    assert {each.names for each in dead_letters} == {("Planted/Bad/Function/Resource",)}
    assert all("dead letter" in each.text.lower().replace("-", " ") for each in dead_letters)


def test_these_are_all_packs() -> None:
    """What cdk-nag comes to have is run as well."""
    packs = {name for name in cdk_nag.__all__ if name.endswith("Checks")}
    assert packs == {pack.__name__ for pack in nag.PACKS.values()}


def test_nothing_is_acknowledged_in_the_stacks() -> None:
    """An acknowledgement is not among the exceptions, which are counted and tried."""
    sources = [path.read_text() for path in (nag.PROJECT / "stacks").rglob("*.py")]
    assert not [source for source in sources if "cknowledg" in source.replace("acknowledged", "")]
