"""What whoever types `cdk synth` sees."""

import filecmp
import json
import re
from pathlib import Path

from tests.infra.conftest import BASELINE, PROJECT, Synth, synthesise


def test_synth_prints_no_warning(baseline: Synth) -> None:
    printed = re.sub(r"\x1b\[[0-9;]*m", "", baseline.printed)
    unexpected = [
        line
        for line in printed.splitlines()
        if line.strip()
        and not line.startswith(("Successfully synthesized to ", "Supply a stack id "))
    ]
    assert unexpected == []


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
    templates = sorted(
        path.relative_to(baseline.assembly) for path in baseline.assembly.rglob("*.template.json")
    )
    assert len(templates) == 4
    for template in templates:
        assert filecmp.cmp(baseline.assembly / template, second.assembly / template, shallow=False)
    assets = [sorted(path.name for path in s.assembly.glob("asset.*")) for s in (baseline, second)]
    assert assets[0] == assets[1]


def test_the_makefile_knows_the_stages_of_the_app(synth: Synth) -> None:
    stages = {path.name.removeprefix("assembly-") for path in synth.assembly.glob("assembly-*")}
    makefile = (PROJECT / "Makefile").read_text()
    [known] = re.findall(r"^STAGES := (.*)$", makefile, re.MULTILINE)
    [destroyable] = re.findall(r"^DESTROYABLE := (.*)$", makefile, re.MULTILINE)
    assert set(known.split()) == stages
    assert set(destroyable.split()) < stages


def test_synth_looks_nothing_up(synth: Synth) -> None:
    """But what is committed in `cdk.context.json`; the fixture runs without credentials."""
    manifests = list(synth.assembly.rglob("manifest.json"))
    assert manifests
    assert not [file for file in manifests if "missing" in json.loads(file.read_text())]
