"""What the tests of the estimate share."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from drive_tools.cloud_assembly import StackArtifact, StageAssembly
from stacks.costs.estimate import estimate
from stacks.costs.lines import Estimate
from tests.unit.estimate.stage import Change, data, service


@pytest.fixture
def costs(tmp_path: Path) -> Callable[..., Estimate]:
    """Estimate a small stage, after a change of its templates."""

    def found(change: Change | None = None, *, region: str | None = None) -> Estimate:
        templates = {"Dev-Data": data(), "Dev-Service": service()}
        if change:
            change(templates)
        stacks = []
        for name, body in templates.items():
            file = tmp_path / f"{name}.template.json"
            file.write_text(json.dumps(body))
            stacks.append(StackArtifact(name, file, None, region, None, None, False, ()))
        return estimate("Dev", StageAssembly(tmp_path, tuple(stacks)))

    return found
