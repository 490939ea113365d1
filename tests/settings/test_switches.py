"""Every value of every switch, and every pair of them: what no switch may change."""

import itertools
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import Annotations, App

from stacks.stage import DriveStage
from tests.baseline import DEV
from tests.infra import alarms, templates, test_stages
from tests.infra.flags import FLAGS
from tests.infra.functions import functions
from tests.infra.synthesis import synthesise, warnings
from tests.settings.switches import PROMISES, SWITCHES, cases, combinations, each_value, stateful


@pytest.fixture(scope="module")
def default(tmp_path_factory: pytest.TempPathFactory) -> templates.StageTemplates:
    return synthesise(tmp_path_factory.mktemp("default"))[0]


def assert_mounted_and_guarded(drive: templates.StageTemplates, switched: dict[str, Any]) -> None:
    """Each function has its disk where it looks for it, and each door the guard that is set."""
    for _, function in functions(drive).values():
        [mount] = function["FileSystemConfigs"]
        assert mount["LocalMountPath"] == switched["mount_path"]
        assert function["Environment"]["Variables"]["MOUNT_PATH"] == switched["mount_path"]
    public = switched["url_auth"] == "token"
    _, url = drive.service.only("AWS::Lambda::Url")
    assert url["AuthType"] == ("NONE" if public else "AWS_IAM")
    routes = drive.service.of_type("AWS::ApiGatewayV2::Route").values()
    assert bool(routes) is bool(switched["domain"])
    for route in routes:
        # A browser asks without a signature, whatever the door asks of other calls.
        asks = route["RouteKey"].startswith("OPTIONS ") and bool(switched["cors_origins"])
        assert route["AuthorizationType"] == ("NONE" if public or asks else "AWS_IAM")
    # Where Lambda or the API let everybody in, the function has the token to ask for.
    [files] = [f for name, (_, f) in functions(drive).items() if name == "files"]
    assert ("TOKEN_SECRET" in files["Environment"]["Variables"]) is public


@pytest.mark.parametrize("switched", cases(), ids=lambda switched: str(len(switched)))
def test_every_two_switches_go_together(
    switched: dict[str, Any], default: templates.StageTemplates, tmp_path: Path
) -> None:
    drive, said = synthesise(tmp_path, **switched)
    assert said == []
    # What is held of a project's own stages is what no switch changes.
    for promise in {*PROMISES, *test_stages.PROMISES}:
        promise(drive)
    assert_mounted_and_guarded(drive, switched)
    alarms.check(drive, replace(DEV, **switched))
    known = stateful(default)
    # Beside a new zone's mount target nothing comes, and nothing goes or changes.
    assert {name: stateful(drive).get(name) for name in known} == known


def test_a_warning_would_be_seen(tmp_path: Path) -> None:
    app = App(context=FLAGS, outdir=str(tmp_path))
    Annotations.of(DriveStage(app, DEV).service).add_warning_v2("planted", "planted")
    app.synth()
    assert ["planted" in line for line in warnings(tmp_path)] == [True]


def test_each_value_is_tried_in_make_test() -> None:
    daily = each_value()
    assert sum(not case.marks for case in cases()) == len(daily) < len(combinations()) / 2
    for name, values in SWITCHES.items():
        for value in values:
            assert any(switched[name] == value for switched in daily)


def test_pairs_are_all_there() -> None:
    together = combinations()
    for one, other in itertools.combinations(SWITCHES, 2):
        for pair in itertools.product(SWITCHES[one], SWITCHES[other]):
            assert any((each[one], each[other]) == pair for each in together)
