"""A deployment says so when it has images to build and nothing to build them with."""

import json
from pathlib import Path

import pytest

from ops.__main__ import main


@pytest.fixture
def assembly(tmp_path: Path) -> Path:
    """A stage Dev with an image for arm64, Prod without any, and Other with one for x86_64."""
    made: dict[str, dict[str, object]] = {
        "Dev": {"a": {"source": {"platform": "linux/arm64"}}},
        "Prod": {},
        "Other": {"b": {"source": {"platform": "linux/amd64"}}},
    }
    stages = {}
    for stage, images in made.items():
        folder = tmp_path / f"assembly-{stage}"
        folder.mkdir()
        (folder / "manifest.json").write_text(json.dumps({"artifacts": {}}))
        (folder / "Service.assets.json").write_text(json.dumps({"dockerImages": images}))
        named = {"directoryName": folder.name, "displayName": stage}
        stages[folder.name] = {"type": "cdk:cloud-assembly", "properties": named}
    (tmp_path / "manifest.json").write_text(json.dumps({"artifacts": stages}))
    return tmp_path


def engine(folder: Path, code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have an engine that answers with this exit code."""
    command = folder / "engine"
    command.write_text(f'#!/bin/sh\n[ "$*" = info ] && exit {code}\nexit 99\n')
    command.chmod(0o755)
    monkeypatch.setenv("CDK_DOCKER", str(command))


def check(assembly: Path, stage: str = "Dev") -> int:
    return main(["images", stage, "--assembly", str(assembly)])


def test_with_an_engine_it_goes_on(
    assembly: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    engine(assembly, 0, monkeypatch)
    assert check(assembly) == 0
    assert capsys.readouterr() == ("", "")


def test_without_an_engine_it_says_so_in_one_line(
    assembly: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    engine(assembly, 1, monkeypatch)
    assert check(assembly) == 1
    assert capsys.readouterr().err == (
        f'images: Dev has packaging = "image", and {assembly}/engine has no engine running to build'
        " it: start a container engine, name another in CDK_DOCKER (finch, podman), or set"
        ' packaging = "zip"\n'
    )


def test_without_docker_it_says_so(
    assembly: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("CDK_DOCKER", raising=False)
    monkeypatch.setenv("PATH", str(assembly))
    assert check(assembly) == 1
    assert "there is no docker to build it" in capsys.readouterr().err


def test_zips_need_no_engine(assembly: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CDK_DOCKER", "/nowhere/docker")
    assert check(assembly, "Prod") == 0


def test_images_are_built_on_their_own_architecture(
    assembly: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also where no engine is, as on the machine that synthesises."""
    engine(assembly, 1, monkeypatch)
    assert main(["runners", "--assembly", str(assembly)]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "Dev": "ubuntu-24.04-arm",
        "Other": "ubuntu-24.04",
        "Prod": "ubuntu-24.04",
    }


def test_the_runners_of_no_assembly_are_wrong_usage(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["runners", "--assembly", str(tmp_path)]) == 2
    assert "is not a cloud assembly; first: make synth" in capsys.readouterr().err


def test_a_stage_that_is_not_there_is_wrong_usage(
    assembly: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check(assembly, "Test") == 2
    assert "has no stage 'Test'" in capsys.readouterr().err
