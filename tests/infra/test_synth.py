"""What whoever types `cdk synth` sees."""

import json
import re
from pathlib import Path

import pytest

import environments
from tests.baseline import DEV, PROD
from tests.infra import reference, synthesis
from tests.infra.conftest import BASELINE, PROJECT, Synth, synthesise


@pytest.fixture(scope="module")
def baseline(tmp_path_factory: pytest.TempPathFactory) -> Synth:
    """Both stages by the settings of the tests, with CDK's own validation."""
    return synthesise(tmp_path_factory.mktemp("baseline"), "--app", BASELINE, CDK_VALIDATION="true")


def test_synth_prints_no_warning(baseline: Synth) -> None:
    printed = re.sub(r"\x1b\[[0-9;]*m", "", baseline.printed)
    unexpected = [
        line
        for line in printed.splitlines()
        if line.strip()
        and not line.startswith(("Successfully synthesized to ", "Supply a stack id "))
    ]
    assert unexpected == []


def made(assembly: Path) -> dict[str, bytes]:
    """The templates of an assembly, and the names of its assets."""
    return {
        **{
            str(file.relative_to(assembly)): file.read_bytes()
            for file in assembly.rglob("*.template.json")
        },
        **{file.name: b"" for file in assembly.glob("asset.*")},
    }


def test_the_other_tests_look_at_what_the_cli_makes(baseline: Synth, tmp_path: Path) -> None:
    assert made(synthesis.assembly(tmp_path / "here", DEV, PROD)) == made(baseline.assembly)


def test_a_second_synth_is_the_same_and_fetches_nothing(baseline: Synth, tmp_path: Path) -> None:
    """Without a network, which a proxy that is not there stands for, and without uv's cache."""
    nowhere = "http://127.0.0.1:9"
    second = synthesise(
        tmp_path / "second",
        *("--app", BASELINE),
        HTTP_PROXY=nowhere,
        HTTPS_PROXY=nowhere,
        UV_OFFLINE="1",
        UV_CACHE_DIR=str(tmp_path / "empty"),
    )
    assert not (tmp_path / "empty").exists()
    assert made(second.assembly) == made(baseline.assembly)


def test_every_stage_is_synthesised_kept_as_a_reference_and_known_to_make(synth: Synth) -> None:
    stages = {path.name.removeprefix("assembly-") for path in synth.assembly.glob("assembly-*")}
    assert stages == {stage.name for stage in environments.STAGES}
    assert {file.stem for file in reference.FOLDER.glob("*.json")} == {
        f"{stage}-{stack}" for stage in stages for stack in ("Data", "Service")
    }


def test_synth_looks_nothing_up(synth: Synth) -> None:
    """But what is committed in `cdk.context.json`; the fixture runs without credentials."""
    manifests = list(synth.assembly.rglob("manifest.json"))
    assert manifests
    assert not [file for file in manifests if "missing" in json.loads(file.read_text())]


def test_lambda_can_read_what_is_shipped(synth: Synth) -> None:
    """Though the fixture's umask keeps from others what it makes, and so what CDK unpacks."""
    files = [
        path for asset in synth.assembly.rglob("asset.*") for path in (asset, *asset.rglob("*"))
    ]
    assert len(files) > 20
    for path in files:
        wanted = 0o555 if path.is_dir() else 0o444
        assert path.stat().st_mode & wanted == wanted, path


def test_what_ships_the_stages_is_read_as_well() -> None:
    for app in ("app.py", "pipeline.py"):
        assert "app.synth()" not in (PROJECT / app).read_text(), "stacks/shared/assets.py has it"
