"""What whoever types `cdk synth` sees."""

import re
from pathlib import Path

import pytest

from tests.infra.cdk_synth import BASELINE, PROJECT, Synth, synthesise


@pytest.fixture(scope="module")
def by_the_cli(baseline: Path, tmp_path_factory: pytest.TempPathFactory) -> Synth:
    """The baseline by the CLI, with CDK's own validation, once all that it needs was built.

    Without a network, which a proxy that is not there stands for, and without uv's cache.
    """
    assert baseline.exists()
    folder = tmp_path_factory.mktemp("by_the_cli")
    nowhere = "http://127.0.0.1:9"
    found = synthesise(
        folder / "assembly",
        *("--app", BASELINE),
        CDK_VALIDATION="true",
        HTTP_PROXY=nowhere,
        HTTPS_PROXY=nowhere,
        UV_OFFLINE="1",
        UV_CACHE_DIR=str(folder / "empty"),
    )
    assert not (folder / "empty").exists()
    return found


@pytest.mark.slow
def test_synth_prints_no_warning(by_the_cli: Synth) -> None:
    printed = re.sub(r"\x1b\[[0-9;]*m", "", by_the_cli.printed)
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


@pytest.mark.slow
def test_a_second_synth_is_the_same_and_fetches_nothing(baseline: Path, by_the_cli: Synth) -> None:
    """So the other tests look at what the CLI makes."""
    assert made(by_the_cli.assembly) == made(baseline)


def test_what_ships_the_stages_is_read_as_well() -> None:
    for app in ("app.py", "pipeline.py"):
        assert "app.synth()" not in (PROJECT / app).read_text(), "stacks/shared/assets.py has it"
