"""The page of a review in a browser: from disk, on phone and desktop, by keyboard, when dark."""

import copy
import json
from functools import partial
from pathlib import Path

import pytest

from ops.project import PROJECT
from ops.review.app_version import AppVersion, ReviewedStack
from ops.review.changes import changes
from ops.review.page import as_page
from ops.review.picture import draw
from ops.review.python_lines import PythonLine
from ops.review.report import NO_CHANGE, Report, report_of
from tests.browser import MISSING, browser
from tests.browser.look import Seen, look
from tests.review import hostile
from tests.review.apps import Json

pytestmark = pytest.mark.slow

REFERENCE = PROJECT / "tests" / "infra" / "reference"


def version(name: str, **changed: Json) -> AppVersion:
    """The references, with other properties of each resource of a type."""
    stacks = {}
    for file in sorted(REFERENCE.glob("*.json")):
        template = copy.deepcopy(json.loads(file.read_text()))
        for resource in template["Resources"].values():
            resource.get("Properties", {}).update(changed.get(resource["Type"].split("::")[-1], {}))
        lines = {each: PythonLine("stacks/storage.py", 68) for each in template["Resources"]}
        stacks[file.stem] = ReviewedStack(file.stem, file.stem.split("-")[0], template, lines)
    return AppVersion(name, stacks)


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> list[Seen]:
    if browser() is None:
        pytest.skip(MISSING)
    changed = changes(
        version("main"),
        version(
            "working tree",
            FileSystem={"Encrypted": False, "BackupPolicy": {"Status": "DISABLED"}},
            Url={"AuthType": "NONE"},
            SecurityGroupIngress={"FromPort": 0, "ToPort": 65535},
            Alarm={"Threshold": 7},
            LogGroup={"RetentionInDays": 1},
        ),
    )
    folder = tmp_path_factory.mktemp("pages")
    written = {
        "change": as_page(report_of(changed), partial(draw, changed), lambda _: "../a.py#L1"),
        "hostile": as_page(hostile.report()),
        "none": as_page(Report("main", "working tree", (), ("A moves to B (Dev)",))),
    }
    for name, page in written.items():
        (folder / f"{name}.html").write_text(page, encoding="utf-8")
    return look([folder / f"{name}.html" for name in written])


def test_it_opens_from_disk_and_asks_nobody_for_anything(seen: list[Seen]) -> None:
    for each in seen:
        assert each["requests"] == [Path(each["page"]).as_uri()], each["screen"]
        assert not each["messages"], each["screen"]


def test_the_worst_is_on_the_first_screen(seen: list[Seen]) -> None:
    for each in seen:
        first = each["first_screen"].splitlines()[0]
        assert each["title"] == f"Review: {first}"
        assert (first == NO_CHANGE) == each["page"].endswith("none.html")
        if each["page"].endswith("change.html"):
            assert "to stop at" in each["first_screen"]
            assert "stacks/storage.py:68" in each["first_screen"] or "phone" in each["screen"]


def test_the_keyboard_reaches_all_and_opens_what_is_folded(seen: list[Seen]) -> None:
    for each in seen:
        assert each["reached"] == each["controls"], each["screen"]
        assert not each["unmarked"], each["screen"]
        assert not each["closed"], each["screen"]


def test_nothing_is_wider_than_the_screen(seen: list[Seen]) -> None:
    """With all that is folded open."""
    assert not [each for each in seen if each["overflow"] > 0]


def test_it_is_dark_where_the_reader_wants_that_and_always_readable(seen: list[Seen]) -> None:
    grounds = {each["screen"].split(", ")[1]: each["background"] for each in seen}
    assert grounds == {"light": "rgb(252, 252, 251)", "dark": "rgb(21, 24, 28)"}
    for each in seen:
        assert each["contrast"]["ratio"] >= 4.5, (each["screen"], each["contrast"])


def test_what_is_folded_is_printed(seen: list[Seen]) -> None:
    assert not [each for each in seen if each["folded_in_print"]]


def test_axe_core_finds_nothing(seen: list[Seen]) -> None:
    assert not {each["screen"]: each["findings"] for each in seen if each["findings"]}
