"""`make cost`, and a synth that fails above the ceiling."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from drive_tools.cloud_assembly import find_stage
from ops.__main__ import main
from stacks.costs.ceiling import above_ceiling, check_ceilings
from stacks.costs.estimate import estimate
from tests.infra.cdk_synth import PROJECT, run_app


def test_each_stage_is_shown_line_by_line(
    baseline: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["cost", "--assembly", str(baseline)]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith(
        "Dev, in a region that the credentials name, with the prices of us-east-1 ("
    )
    assert "\n\nProd, in a region" in printed
    gateway = "       32.85  NAT gateway  [egress]\n              730 h x $0.045  (Dev-Data Network"
    assert gateway in printed
    for part in ("while nobody calls, in all", "by use, at most, in all", "without a cap:"):
        assert printed.count(part) == 2
    assert printed.index("in all (ceiling 400)") < printed.index("in all (ceiling 550)")


def test_a_script_reads_the_same(baseline: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cost", "Prod", "--json", "--assembly", str(baseline)]) == 0
    [stage] = json.loads(capsys.readouterr().out)
    assert (stage["stage"], stage["region"], stage["monthly_ceiling"]) == ("Prod", None, 550)
    total = sum(line["dollars"] for part in ("idle", "worst") for line in stage[part])
    assert stage["dollars"] == round(total, 2)
    [first, second] = [line for line in stage["idle"] if line["what"] == "NAT gateway"]
    assert (first["dollars"], first["setting"]) == (pytest.approx(32.85), "egress")
    assert first["resource"] != second["resource"]


@pytest.mark.parametrize("arguments", [["Nothing"], []], ids=["of no such name", "of none"])
def test_what_is_not_there_is_wrong_usage(
    arguments: list[str], baseline: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = baseline if arguments else tmp_path
    assert main(["cost", *arguments, "--assembly", str(folder)]) == 2
    said = "has no stage 'Nothing'" if arguments else "is not a cloud assembly; first: make synth"
    assert said in capsys.readouterr().err


def test_the_stages_of_the_tests_are_below_their_ceilings(baseline: Path) -> None:
    check_ceilings(baseline)


# Both apps, with a stage in place of those of environments.py.
_APP = """\
import runpy, environments
from dataclasses import replace
from stacks.shipping.settings import Pipeline
from tests.baseline import CONNECTION, DEV, PROD
dear = replace(PROD, throughput=256)
environments.STAGES = (replace(DEV, monthly_ceiling=30), dear)
environments.PIPELINE = Pipeline(
    connection_arn=CONNECTION, repository="a/b", stages=(DEV, dear), subscribers=("a@b.example",)
)
runpy.run_path({file!r}, run_name="__main__")
"""


@pytest.mark.slow
@pytest.mark.parametrize("file", ["app.py", "pipeline.py"])
def test_a_synth_above_the_ceiling_fails_and_names_what_mends_it(file: str, tmp_path: Path) -> None:
    result = run_app(tmp_path, _APP.format(file=str(PROJECT / file)))
    assert result.returncode == 1
    said = [line for line in result.stderr.splitlines() if " may cost $" in line]
    assert all("Traceback" not in line for line in result.stderr.splitlines())
    dear = "; monthly_ceiling is $550. Change what costs most: throughput ($1,536.00)"
    assert dear in said[-1]
    assert said[-1].startswith("Prod may cost $1,")
    if file == "app.py":
        assert "; monthly_ceiling is $30. Change what costs most: " in said[0]
        assert len(said) == 2
    else:
        assert len(said) == 1


@pytest.mark.parametrize("region", ["us-east-1", "eu-central-1", "ap-northeast-1", "sa-east-1"])
def test_the_settings_that_the_project_comes_with_fit_in_any_region(
    region: str, baseline: Path
) -> None:
    for name in ("Dev", "Prod"):
        stage = find_stage(baseline, name)
        there = tuple(replace(stack, region=region) for stack in stage.stacks)
        found = estimate(name, replace(stage, stacks=there))
        assert found.region == region
        assert above_ceiling(found) is None
