"""What settings say in words at synth: read by the deployer, in nobody's way."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App, Stage

from drive_tools.cloud_assembly import find_stage
from ops.deployment import unknown_types
from stacks.invariants.check import violations
from stacks.invariants.declared import Declared
from stacks.shared.notes import note
from stacks.stage import DriveStage
from tests.baseline import DEV
from tests.infra.cdk_synth import synthesise
from tests.infra.flags import FLAGS
from tests.infra.synthesis import notes, warnings

FOUR_ZONES: dict[str, Any] = {
    "account": "123456789012",
    "region": "us-east-1",
    "zones": ("us-east-1a", "us-east-1b", "us-east-1c", "us-east-1d"),
}


def said(folder: Path, **settings: Any) -> dict[str, str]:  # noqa: ANN401
    """Synthesise Dev with these settings, and return the texts of its notes, by id."""
    app = App(context=FLAGS, outdir=str(folder))
    DriveStage(app, replace(DEV, **settings))
    app.synth()
    return notes(folder)


def test_a_note_is_printed_by_the_cli_and_stops_nothing(tmp_path: Path) -> None:
    app = App(context=FLAGS, outdir=str(tmp_path))
    note(DriveStage(app, DEV).service, "Planted", "words that were planted")
    app.synth()
    printed = synthesise(tmp_path / "unused", "--app", str(tmp_path), "--strict").printed
    assert printed.count("words that were planted") == 1
    assert notes(tmp_path) == {"Planted": "words that were planted"}
    assert warnings(tmp_path) == []


def test_a_note_that_nobody_would_print_is_refused() -> None:
    with pytest.raises(RuntimeError, match="should be created in the scope of a Stack"):
        note(Stage(App(), "Stage"), "Planted", "words that were planted")


def test_where_cloudformation_knows_no_budget_none_is_made_and_it_is_said(tmp_path: Path) -> None:
    found = said(tmp_path, account="123456789012", region="eu-north-1")
    assert found == {
        "NoBudget": "region is eu-north-1: CloudFormation makes no budget there, so this stage has"
        " none; docs/operations/brake.md says how to make one by hand"
    }
    stacks = find_stage(tmp_path, "Dev").stacks
    assert unknown_types.unknown(stacks, "eu-north-1") == []
    assert list(violations(Declared.of(find_stage(tmp_path, "Dev")))) == []


def test_usual_settings_say_nothing(tmp_path: Path) -> None:
    assert said(tmp_path) == {}


@pytest.mark.parametrize(
    ("settings", "note_id", "words"),
    [
        ({"memory_mb": 3008}, "NewAccountMemory", None),
        (
            {"memory_mb": 3009},
            "NewAccountMemory",
            "memory_mb is 3009: a new account may take 3008 at most, and the deployment of Service"
            " then fails at the function; AWS raises that by itself as the account is used, and not"
            " on request",
        ),
        ({"egress": "nat-per-zone", "zones": 3}, "ElasticAddresses", None),
        ({"egress": "nat", **FOUR_ZONES}, "ElasticAddresses", None),
        ({"egress": "ipv6", **FOUR_ZONES}, "ElasticAddresses", None),
        (
            {"egress": "nat-per-zone", **FOUR_ZONES},
            "ElasticAddresses",
            "egress is nat-per-zone: it takes 4 Elastic IP addresses; an account has 5 in a region",
        ),
        (
            {"egress": "nat-regional", **FOUR_ZONES},
            "ElasticAddresses",
            "egress is nat-regional: it takes 4 Elastic IP addresses; an account has 5",
        ),
    ],
    ids=str,
)
def test_what_a_new_account_may_refuse_is_said(
    settings: dict[str, Any], note_id: str, words: str | None, tmp_path: Path
) -> None:
    found = said(tmp_path, **settings).get(note_id)
    if words is None:
        assert found is None
    else:
        assert found is not None
        assert found.startswith(words)


def test_what_settings_cost_is_said_by_the_stack_of_each(tmp_path: Path) -> None:
    costly = {"throughput": 64, "url_auth": "token", "usage_hours": 1}
    words = said(tmp_path, **costly)
    assert words["CostOfThroughput"].startswith("throughput is 64: MiB/s provisioned, $384.00 a")
    assert words["CostOfUrlAuth"].startswith("url_auth is token: a secret, $0.40 a month")
    assert "CostOfUsageHours" not in words, "calls are billed with elastic throughput alone"
