"""cdk-nag, and CDK's own validation, over every value of every switch: what `make check` holds.

All are stages of one app, in one synth, so that the engines start once; and a bad stage beside them
proves that they did. An engine takes as long for a stage as its synth: a stage has a value of each
switch here, and `make gates-all` has one for each value.
"""

from dataclasses import replace
from typing import Any

import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_sns as sns

from stacks.settings import Settings
from stacks.shared.notes import note
from stacks.stage import DriveStage
from tests.baseline import DEV, PROD
from tests.infra import nag
from tests.settings.switches import SWITCHES
from tests.settings.test_backups import LOCKS

PLANTED = "Planted"
AGAIN = "Together1"  # so begin the names of those that have each value a second time
NOTED = "Noted"  # it has a note, to which no gate objects


def stages() -> dict[str, dict[str, Any]]:
    """One stage for each value that is no default, by a telling name: what is switched in it.

    And what only two values together bring: the routes of a domain that need no signature, and the
    functions of a new account.
    """
    domain = SWITCHES["domain"][1]
    return {
        f"{name.title().replace('_', '')[:15]}{number}": {name: value}
        for name, values in SWITCHES.items()
        for number, value in enumerate(values)
        if number
    } | {
        "DomainToken": {"domain": domain, "url_auth": "token"},
        "NewAccount": {"reserved_concurrency": None, "account_concurrency": 10},
        "DomainCors": {"domain": domain, "cors_origins": ("https://app.example",)},
    }


def together() -> dict[str, dict[str, Any]]:
    """Stages with a value of each switch, each value twice: with others beside it each time.

    `make test` has each value once; the second turn is weekly.
    """
    most = max(map(len, SWITCHES.values()))
    return {
        f"Together{turn}{number}": {
            name: values[(number + turn * place) % len(values)]
            for place, (name, values) in enumerate(SWITCHES.items())
        }
        for turn in range(2)
        for number in range(most)
    } | {name: each for name, each in stages().items() if len(each) > 1}


def others() -> list[Settings]:
    """Stages of what is no switch: the defaults, a function of one's own, and locked backups."""
    own = replace(DEV, function_folder="examples/guest_book")
    return [
        replace(DEV, name=NOTED),
        replace(own, name="Own"),
        replace(own, name="OwnImage", packaging="image"),
        replace(own, name="OwnIsolated", egress="isolated"),
        replace(DEV, name="TokenIsolated", url_auth="token", egress="isolated"),
        *(replace(PROD, name=f"Lock{number}", **lock) for number, lock in enumerate(LOCKS)),
    ]


@pytest.fixture(scope="module")
def found(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What the gate objects to, over all of them that this run tries, and the bad one."""
    here = [item for item in request.session.items if item.path == request.path]
    weekly = any(item.get_closest_marker("weekly") for item in here)
    gated = nag.app(str(tmp_path_factory.mktemp("gated")))
    planted = replace(DEV, name=PLANTED)
    all_settings = [
        *(
            replace(DEV, name=stage, **switched)
            for stage, switched in together().items()
            if weekly or not stage.startswith(AGAIN)
        ),
        *others(),
    ]
    for settings in all_settings:
        stage = DriveStage(gated, settings)
        if settings.name == NOTED:
            note(stage.service, "Planted", "words that were planted")
    bad = DriveStage(gated, planted).service
    sns.Topic(bad, "Topic")
    ec2.CfnSecurityGroupIngress(bad, "Rule", group_id="sg-0123456789abcdef0", ip_protocol="tcp")
    return nag.findings(gated, [*all_settings, planted])


@pytest.mark.parametrize(
    "stage",
    [
        pytest.param(stage, marks=pytest.mark.weekly if stage.startswith(AGAIN) else ())
        for stage in (*together(), *(settings.name for settings in others()))
    ],
)
def test_no_value_of_a_switch_opens_what_the_gate_closes(stage: str, found: list[str]) -> None:
    assert [finding for finding in found if finding.startswith(f"{stage}/")] == []


def test_the_gate_is_alive_and_speaks_of_these_stages_only(found: list[str]) -> None:
    planted = "\n".join(line for line in found if line.startswith(f"{PLANTED}/"))
    assert f"{PLANTED}/Service/Topic/Resource: cdk-nag AwsSolutions-SNS3" in planted
    assert f"{PLANTED}/Service/Rule: cdk F3014" in planted
    gated = {*together(), *(settings.name for settings in others())}
    assert {line.partition("/")[0] for line in found} <= {PLANTED, *gated}


def test_each_value_of_each_switch_is_in_two_stages() -> None:
    stages = [each for each in together().values() if len(each) == len(SWITCHES)]
    for name, values in SWITCHES.items():
        for value in values:
            assert len([each for each in stages if each[name] == value]) >= 2


def test_each_value_of_each_switch_is_gated_in_make_test() -> None:
    stages = [each for name, each in together().items() if not name.startswith(AGAIN)]
    for name, values in SWITCHES.items():
        for value in values:
            assert any(each.get(name) == value for each in stages if len(each) == len(SWITCHES))


def test_no_two_values_share_a_stage() -> None:
    single = [switched for switched in stages().values() if len(switched) == 1]
    assert len(single) == sum(len(values) - 1 for values in SWITCHES.values())
