"""Each invariant of a stage holds for the stages as they are, and fails a synth when it is broken.

The examples that break them are in `tests/infra/invariants`.
"""

from pathlib import Path

import pytest

from drive_tools.cloud_assembly import find_stage
from stacks.invariants.check import INVARIANTS, check_invariants, promise, violations
from stacks.invariants.declared import Declared
from tests.infra.cdk_synth import PROJECT, synthesise_program


@pytest.mark.parametrize("stage", ["Dev", "Prod"])
def test_a_stage_as_it_is_breaks_none(stage: str, baseline: Path) -> None:
    assert violations(Declared.of(find_stage(baseline, stage))) == []


@pytest.mark.slow
def test_what_a_pipeline_ships_breaks_none(shipped: Path) -> None:
    """Its stages have a role for the pipeline's test beside them."""
    check_invariants(shipped)


def test_each_invariant_has_a_promise_of_its_own() -> None:
    assert len(INVARIANTS) >= 25
    promises = [promise(invariant) for invariant in INVARIANTS]
    assert all(each.endswith(".") for each in promises)
    assert len(set(promises)) == len(promises)


def test_the_invariants_of_each_room_have_examples() -> None:
    rooms = {each.__module__.rpartition(".")[2] for each in INVARIANTS}
    files = (Path(__file__).parent / "invariants").glob("test_*.py")
    assert rooms == {file.stem.removeprefix("test_") for file in files}


# The app, with a stage in which somebody took the backups away.
_APP = """\
import runpy
from stacks.backups import Backups
made = Backups.__init__
def without_backups(self, *arguments, **named):
    made(self, *arguments, **named)
    self.node.try_remove_child("Selection")
Backups.__init__ = without_backups
runpy.run_path({file!r}, run_name="__main__")
"""


@pytest.mark.slow
def test_a_synth_that_breaks_one_fails_and_says_where(tmp_path: Path) -> None:
    result = synthesise_program(tmp_path, _APP.format(file=str(PROJECT / "app.py")))
    assert result.returncode == 1
    [dev, *_] = [line for line in result.stderr.splitlines() if "plans of backups" in line]
    assert dev == (
        "Dev: Dev-Data StorageFileSystemFFD87EE1 is in 0 plans of backups."
        " Each file system is in one plan of backups, and EFS makes none beside it."
    )
    assert "Traceback" not in result.stderr
