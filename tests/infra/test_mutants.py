"""Any single change of a template is noticed, but for what no promise is about."""

import re
from pathlib import Path

import pytest

from tests.infra import templates
from tests.infra.mutants import UNPROMISED, changes, mutants, score, survivors


@pytest.mark.slow
@pytest.mark.parametrize(
    "removed",
    [True, pytest.param(False, marks=pytest.mark.weekly)],
    ids=["removed", "another value"],
)
def test_what_is_changed_in_one_place_is_noticed(baseline: Path, *, removed: bool) -> None:
    drive = templates.load(baseline, "Prod")
    tried = [each for each in mutants(drive, most=1) if (each.operator == "removed") == removed]
    found = survivors(drive, baseline, tried)
    assert [str(mutant) for mutant, noticed in found.items() if noticed is None] == []
    kinds = {mutant.kind for mutant in found}
    assert (len(found) >= 150, len(kinds) >= 60) == (True, True), score(found)


def test_each_exception_is_of_a_change_that_could_be_made(baseline: Path) -> None:
    kinds = {mutant.kind for mutant in changes(templates.load(baseline, "Prod"))}
    unused = [each for each in UNPROMISED if not any(re.search(each, kind) for kind in kinds)]
    assert unused == []
