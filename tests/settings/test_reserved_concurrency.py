"""Instances that are kept for the files function, and its most."""

from pathlib import Path

import pytest

from tests.infra.functions import functions
from tests.infra.synthesis import synthesise


@pytest.mark.parametrize("reserved", [None, 0, 5])
def test_files_and_nothing_else_has_what_is_set(reserved: int | None, tmp_path: Path) -> None:
    drive, _ = synthesise(tmp_path, reserved_concurrency=reserved)
    found = {
        name: function.get("ReservedConcurrentExecutions")
        for name, (_, function) in functions(drive).items()
    }
    assert found == {**dict.fromkeys(found), "files": reserved}
