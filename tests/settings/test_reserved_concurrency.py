"""Instances that are kept for the functions on the drive, and their most."""

from pathlib import Path

import pytest

from tests.infra.functions import functions
from tests.infra.synthesis import synthesise


@pytest.mark.parametrize("reserved", [None, 0, 5])
def test_files_has_what_is_set_and_all_others_one_where_instances_are_kept(
    reserved: int | None, tmp_path: Path
) -> None:
    drive, _ = synthesise(tmp_path, reserved_concurrency=reserved)
    found = {
        name: function.get("ReservedConcurrentExecutions")
        for name, (_, function) in functions(drive).items()
    }
    # A new account can reserve none of its instances, and 0, which stops its drive, reserves none.
    others = 1 if reserved else None
    assert found == {"files": reserved, "janitor": others, "usage": others}
