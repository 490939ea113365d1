"""Assemblies that tests deploy: each is made once in a run of the tests, for all its workers."""

import atexit
import functools
import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from drive_tools.cloud_assembly import Template, find_stage
from stacks.settings import Settings
from tests.baseline import DEV, PROD
from tests.infra import synthesis
from tests.made_once import made_once

# Dev after somebody changed its settings.
OTHER_SETTINGS = replace(
    DEV,
    environment={"COLOUR": "blue"},
    cors_origins=("https://app.example",),
    log_level="ERROR",
    egress_ports=(443, 8443),
    egress="nat-per-zone",
)
_shared: list[Path] = []


def share(root: Path) -> None:
    """Keep them in this folder, which the workers share."""
    _shared.append(root)


@functools.cache
def _root() -> Path:
    """Where assemblies are: in the folder of the run, or in one of this process."""
    if _shared:
        return _shared[-1]
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder)
    return folder


def assembly_of(*stages: Settings) -> Path:
    """Return an assembly of these stages, which is made once in a run of the tests; do not edit it.

    It is what the CLI would make of them (tests/infra/test_synth.py).
    """
    name = hashlib.sha256(repr(stages).encode()).hexdigest()[:16]
    return made_once(
        _root(), f"assembly-{name}", lambda folder: synthesis.assembly(folder, *stages)
    )


def baseline() -> Path:
    """Return an assembly of the stages that tests vary: that of tests/infra."""
    return made_once(_root(), "baseline", lambda folder: synthesis.assembly(folder, DEV, PROD))


def shipped() -> Path:
    """Return an assembly of a pipeline that ships both: that of tests/infra."""
    return made_once(_root(), "shipped", synthesis.shipped)


@contextmanager
def edited(folder: Path, stack: str) -> Iterator[Template]:
    """Give a template of Dev in `folder`, a copy of the baseline, and write what is made of it."""
    if not folder.exists():
        shutil.copytree(baseline(), folder)
    [found] = [each for each in find_stage(folder, "Dev").stacks if each.name == f"Dev-{stack}"]
    template = found.body()
    yield template
    found.template.write_text(json.dumps(template))


def baseline_app() -> str:
    """Return an app that gives the same assembly."""
    return f'cp -R "{baseline()}/." "$CDK_OUTDIR"'
