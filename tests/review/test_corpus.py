"""The first sentence of a review is right, of changes to the settings and the code of this app."""

from pathlib import Path

import pytest

from ops.review.report import NO_CHANGE, Report, review
from ops.review.sources import from_assembly
from tests.review.corpus import CHANGES
from tests.review.test_public_apps import with_lines

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The assemblies, made in one process."""
    made = tmp_path_factory.mktemp("corpus")
    with_lines("tests.review.corpus", made)
    return made


@pytest.fixture(scope="module")
def reports(folder: Path) -> dict[str, Report]:
    """The report of each change."""
    found = {}
    for number, name in enumerate(CHANGES):
        before, after = (
            from_assembly(folder / str(number) / when, when, folder / "source")
            for when in ("before", "after")
        )
        found[name] = review(before, after)
    return found


@pytest.mark.parametrize("name", [name for name, change in CHANGES.items() if change.first])
def test_the_first_sentence_is_right(name: str, reports: dict[str, Report]) -> None:
    report, first = reports[name], CHANGES[name].first
    assert first
    finding = report.findings[0]
    assert (finding.topic, finding.weight) == (first.topic, first.weight), report.verdict
    assert first.words in report.verdict
    assert str(finding.line).startswith("stacks/") or finding.key is None


@pytest.mark.parametrize("name", [name for name, change in CHANGES.items() if not change.first])
def test_what_means_nothing_is_no_change(name: str, reports: dict[str, Report]) -> None:
    assert reports[name].verdict == NO_CHANGE


def test_there_are_enough(reports: dict[str, Report]) -> None:
    assert len(reports) >= 40
    assert sum(report.verdict == NO_CHANGE for report in reports.values()) >= 10


def test_a_longer_retention_needs_no_look(reports: dict[str, Report]) -> None:
    assert not [each for each in reports["longer logs"].findings if each.weight > 1]


def test_a_finding_of_a_removed_resource_has_the_line_that_made_it(
    reports: dict[str, Report],
) -> None:
    finding = reports["nothing is backed up"].findings[0]
    assert str(finding.line).startswith("stacks/backups.py:")


def test_each_resource_of_this_app_has_its_line(folder: Path) -> None:
    """Of both stages, and of the pipeline that ships them."""
    version = from_assembly(folder / "pipeline", "pipeline", folder / "source")
    assert {"Dev-Data", "Dev-Service", "Prod-Data", "Prod-Service"} < version.stacks.keys()
    lines = {each.name: each.line for each in version.resources.values()}
    assert not [name for name, line in lines.items() if line is None]
    assert all(line.file.startswith("stacks/") for line in lines.values() if line)
