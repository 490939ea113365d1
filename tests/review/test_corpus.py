"""The first sentence of a review is right, of changes to the settings and the code of this app."""

from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

from ops.review.report import NO_CHANGE, Report, review
from ops.review.sources import from_assembly
from tests.review.corpus import CHANGES
from tests.review.test_public_apps import with_lines

pytestmark = pytest.mark.slow

# What `make test` synthesises, a second each: a change of each topic and weight, by settings and by
# code, and of each reason why one means nothing.
EACH_TIME = (
    *("a third zone", "a zone less", "longer logs", "the function stopped", "a public URL"),
    *("a higher ceiling", "a third stage", "the key renamed", "nothing is backed up"),
    *("NFS from anywhere", "NFS from another port", "keys that no longer rotate"),
    *("backups are kept for a week", "an alarm that goes"),
    *("a comment", "other code of a function", "one statement as two", "an alarm that moves"),
)


def changes(*, mean_something: bool) -> list[ParameterSet]:
    """Return the names of the changes that do, or do not; each week it is those of all."""
    return [
        pytest.param(name, marks=() if name in EACH_TIME else pytest.mark.weekly)
        for name, change in CHANGES.items()
        if bool(change.first) is mean_something
    ]


@pytest.fixture(scope="module")
def names(request: pytest.FixtureRequest) -> list[str]:
    """The changes that this run tries."""
    here = [item for item in request.session.items if item.path == request.path]
    all_ = any(item.get_closest_marker("weekly") for item in here)
    return [name for name in CHANGES if all_ or name in EACH_TIME]


@pytest.fixture(scope="module")
def folder(names: list[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The assemblies, made in one process."""
    made = tmp_path_factory.mktemp("corpus")
    with_lines("tests.review.corpus", made, *names)
    return made


@pytest.fixture(scope="module")
def reports(names: list[str], folder: Path) -> dict[str, Report]:
    """The report of each change."""
    found = {}
    for name in names:
        before, after = (
            from_assembly(folder / name / when, when, folder / "source")
            for when in ("before", "after")
        )
        found[name] = review(before, after)
    return found


@pytest.mark.parametrize("name", changes(mean_something=True))
def test_the_first_sentence_is_right(name: str, reports: dict[str, Report]) -> None:
    report, first = reports[name], CHANGES[name].first
    assert first
    finding = report.findings[0]
    assert (finding.topic, finding.weight) == (first.topic, first.weight), report.verdict
    assert first.words in report.verdict
    assert str(finding.line).startswith("stacks/") or finding.key is None


@pytest.mark.parametrize("name", changes(mean_something=False))
def test_what_means_nothing_is_no_change(name: str, reports: dict[str, Report]) -> None:
    assert reports[name].verdict == NO_CHANGE


def test_there_are_enough() -> None:
    assert len(CHANGES) >= 40
    assert sum(change.first is None for change in CHANGES.values()) >= 10


def test_each_topic_and_weight_is_tried_each_time() -> None:
    firsts = {name: change.first for name, change in CHANGES.items() if change.first}
    kinds = {name: (first.topic, first.weight) for name, first in firsts.items()}
    assert {kinds[name] for name in EACH_TIME if name in kinds} == {*kinds.values()}
    assert {*EACH_TIME} < CHANGES.keys()


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
