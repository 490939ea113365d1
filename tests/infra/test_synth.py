"""What whoever types `cdk synth` sees."""

import filecmp
import re
from pathlib import Path

from tests.infra.conftest import PROJECT, Synth, synthesise


def test_synth_prints_no_warning(synth: Synth) -> None:
    printed = re.sub(r"\x1b\[[0-9;]*m", "", synth.printed)
    unexpected = [
        line
        for line in printed.splitlines()
        if line.strip()
        and not line.startswith(("Successfully synthesized to ", "Supply a stack id "))
    ]
    assert unexpected == []


def test_a_second_synth_is_the_same_and_fetches_nothing(synth: Synth, tmp_path: Path) -> None:
    """Without a network, which a proxy that is not there stands for, and without uv's cache."""
    nowhere = "http://127.0.0.1:9"
    second = synthesise(
        tmp_path / "second",
        HTTP_PROXY=nowhere,
        HTTPS_PROXY=nowhere,
        UV_OFFLINE="1",
        UV_CACHE_DIR=str(tmp_path / "empty"),
    )
    assert not (tmp_path / "empty").exists()
    templates = sorted(
        path.relative_to(synth.assembly) for path in synth.assembly.rglob("*.template.json")
    )
    assert len(templates) == 4
    for template in templates:
        assert filecmp.cmp(synth.assembly / template, second.assembly / template, shallow=False)
    assets = [sorted(path.name for path in s.assembly.glob("asset.*")) for s in (synth, second)]
    assert assets[0] == assets[1]


def test_the_makefile_knows_the_stages_of_the_app(synth: Synth) -> None:
    stages = {path.name.removeprefix("assembly-") for path in synth.assembly.glob("assembly-*")}
    makefile = (PROJECT / "Makefile").read_text()
    [known] = re.findall(r"^STAGES := (.*)$", makefile, re.MULTILINE)
    [destroyable] = re.findall(r"^DESTROYABLE := (.*)$", makefile, re.MULTILINE)
    assert set(known.split()) == stages
    assert destroyable == "Dev"


def test_synth_looks_nothing_up(synth: Synth) -> None:
    """The fixture runs without credentials; a look-up would be cached here, or have failed."""
    assert synth.assembly.exists()
    assert not (PROJECT / "cdk.context.json").exists()
