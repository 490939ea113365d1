"""What scanners found, in SARIF of any maker: what is new is said first, what stays is folded."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from drive_tools.errors import ToolError
from drive_tools.exit_codes import DONE, FAILED, WRONG_USAGE
from ops.__main__ import main
from ops.review import terminal
from ops.review.app_version import AppVersion, ReviewedStack
from ops.review.changes import changes
from ops.review.findings import Weight
from ops.review.markdown import as_markdown
from ops.review.page import as_page
from ops.review.python_lines import PythonLine
from ops.review.report import NO_CHANGE, Report, as_json, digest, report_of
from ops.review.sarif import read_scans
from ops.review.words import printable
from tests.review import hostile
from tests.review.apps import Json, app, resource
from tests.review.test_commands import assembly

SQS = "AWS::SQS::Queue"
QUEUE = {"Q": resource(SQS, "Dev/Data/Queue/Resource", VisibilityTimeout=7)}
CHANGED = {"Q": resource(SQS, "Dev/Data/Queue/Resource", VisibilityTimeout=8)}
OTHER = {"P": resource(SQS, "Dev/Data/Other/Resource", DelaySeconds=3)}
PATH = "Dev/Data/Queue/Resource"
DIFFERS = "Data/Queue: VisibilityTimeout is 8, and was 7"


def result(rule: str, path: str = PATH, text: str = "encrypt it.", **more: Json) -> Json:
    """A result at a construct path."""
    return {
        "ruleId": rule,
        "message": {"text": text},
        "locations": [{"logicalLocations": [{"fullyQualifiedName": path}]}],
        **more,
    }


EXCUSED = [{"kind": "external", "justification": "it is empty"}]


def sarif(**tools: list[Json]) -> Json:
    """A log with a run of each tool."""
    runs = [
        {"tool": {"driver": {"name": name}}, "results": results} for name, results in tools.items()
    ]
    return {"version": "2.1.0", "runs": runs}


def reviewed(
    folder: Path,
    after: Json,
    before: Json | None,
    resources: tuple[Mapping[str, Json], Mapping[str, Json]] = (QUEUE, QUEUE),
) -> Report:
    """Review one stack with scans of both versions, or of the second alone."""
    scans = []
    for number, log in enumerate((after, before)):
        (folder / f"{number}.sarif").write_text(json.dumps(log))
        scans.append(read_scans([folder / f"{number}.sarif"]) if log else None)
    changed = changes(
        *(app(data, Data=data_of) for data, data_of in zip("ba", resources, strict=True))
    )
    return report_of(changed, *scans)


def said(report: Report) -> list[tuple[Weight, str]]:
    return [(each.weight, each.sentence) for each in report.findings]


def test_new_ones_stand_first_then_those_that_went_and_what_stays_is_folded(tmp_path: Path) -> None:
    before = sarif(
        checkov=[result("STAYS"), result("GOES"), result("KNOWN", suppressions=EXCUSED)],
        lint=[result("NEW")],  # of another tool: another finding
    )
    after = sarif(
        checkov=[result("STAYS"), result("NEW"), result("KNOWN", suppressions=EXCUSED)],
        lint=[result("NEW"), result("MEANT", suppressions=EXCUSED)],
    )
    report = reviewed(tmp_path, after, before)
    assert said(report) == [
        (Weight.LOOK, "Data/Queue: new finding of checkov NEW: encrypt it"),
        (Weight.NOTE, "Data/Queue: new finding of lint MEANT: encrypt it"),
        (Weight.NOTE, "Data/Queue: no longer found by checkov GOES: encrypt it"),
    ]
    assert report.findings[1].details == ("excused: it is empty",)
    assert report.verdict == "Dev: Data/Queue: new finding of checkov NEW: encrypt it. (2 more)"
    assert report.still_found == (
        "Data/Queue: finding of checkov KNOWN: encrypt it (excused) (Dev)",
        "Data/Queue: finding of checkov STAYS: encrypt it (Dev)",
        "Data/Queue: finding of lint NEW: encrypt it (Dev)",
    )
    assert report.failing(["scanners"]) == [report.findings[0]]
    assert {each.topic for each in report.findings} == {"scanners"}
    forms = (terminal.as_text(report), as_markdown(report), as_page(report), as_json(report))
    for form in forms:
        assert form.index("NEW") < form.index("GOES") < form.index("STAYS")
        assert all(each in form for each in ("checkov", "lint", "(excused)"))
    assert "3 further findings of checkov, lint" in terminal.first_screen(report)
    # Who deploys by the digest has no scans.
    assert digest(report) == digest(report_of(changes(app(Data=QUEUE), app(Data=QUEUE))))


def test_what_stays_alone_is_no_change_in_meaning(tmp_path: Path) -> None:
    log = sarif(checkov=[result("STAYS")])
    report = reviewed(tmp_path, log, log)
    assert report.verdict == NO_CHANGE
    assert not report.findings
    clean = reviewed(tmp_path, sarif(checkov=[]), sarif(checkov=[]))
    for form in (terminal.first_screen(clean), as_markdown(clean), as_page(clean)):
        assert "0 further findings of checkov" in form


@pytest.mark.parametrize(
    ("was", "now", "weight", "words"),
    [
        (EXCUSED, [], Weight.LOOK, "no longer excused, a finding of"),
        ([], EXCUSED, Weight.NOTE, "excused now, a finding of"),
        ([], [*EXCUSED, {"status": "underReview"}], None, ""),
        (EXCUSED, [{"status": "rejected"}], Weight.LOOK, "no longer excused, a finding of"),
    ],
    ids=["no-longer", "now", "under-review", "rejected"],
)
def test_an_exception_that_comes_or_goes_is_said(
    was: Json, now: Json, weight: Weight | None, words: str, tmp_path: Path
) -> None:
    logs = [sarif(checkov=[result("R", suppressions=each)]) for each in (now, was)]
    found = said(reviewed(tmp_path, *logs))
    assert found == ([(weight, f"Data/Queue: {words} checkov R: encrypt it")] if weight else [])


def test_one_more_of_the_same_rule_in_a_resource_is_new(tmp_path: Path) -> None:
    old, more = result("R", text="port 22"), result("R", text="port 3389")
    report = reviewed(tmp_path, sarif(nag=[old, more, old]), sarif(nag=[old]))
    assert said(report) == [(Weight.LOOK, "Data/Queue: new finding of nag R: port 3389")]
    less = reviewed(tmp_path, sarif(nag=[old]), sarif(nag=[old, more]))
    assert said(less) == [(Weight.NOTE, "Data/Queue: no longer found by nag R: port 3389")]
    # Other words alone are the same finding.
    assert reviewed(tmp_path, sarif(nag=[more]), sarif(nag=[old])).verdict == NO_CHANGE


def test_without_a_scan_of_before_what_the_change_touches_counts(tmp_path: Path) -> None:
    log = sarif(
        nag=[
            result("A"),
            result("B", suppressions=EXCUSED),
            result("C", "Dev/Data/Other/Resource"),
        ]
    )
    report = reviewed(tmp_path, log, None, (QUEUE, CHANGED))
    assert said(report)[0] == (Weight.LOOK, "Data/Queue: finding of nag A: encrypt it")
    assert report.findings[0].details == ("what this scanner found before the change is not known",)
    assert [each.sentence for each in report.findings[1:]] == [DIFFERS]
    assert len(report.still_found) == 2
    # So it is of a scanner that did not run before.
    unknown = "lint scanned before the change and not after it: what it finds now is not known"
    assert said(reviewed(tmp_path, log, sarif(lint=[result("L")]), (QUEUE, CHANGED))) == [
        (Weight.LOOK, unknown),
        (Weight.LOOK, "Data/Queue: finding of nag A: encrypt it"),
        (Weight.NOTE, DIFFERS),
    ]
    assert reviewed(tmp_path, log, None).verdict == NO_CHANGE


def test_a_finding_moves_and_goes_with_its_resource(tmp_path: Path) -> None:
    moved = {"M": resource(SQS, "Dev/Data/Inner/Queue/Resource", VisibilityTimeout=7)}
    before, after = sarif(nag=[result("A")]), sarif(nag=[result("A", "Dev/Data/Inner/Queue")])
    report = reviewed(tmp_path, after, before, (QUEUE, moved))
    assert not [each for each in report.findings if each.topic == "scanners"]
    assert report.still_found == ("Data/Inner/Queue: finding of nag A: encrypt it (Dev)",)
    gone = reviewed(tmp_path, sarif(nag=[]), before, (QUEUE, {}))
    assert not [each for each in gone.findings if each.topic == "scanners"]


def test_a_resource_is_found_by_path_logical_id_and_line(tmp_path: Path) -> None:
    folder = tmp_path / "a"
    both = {**QUEUE, **OTHER}
    assembly(folder, both)
    template = folder / "Data.template.json"
    text = json.dumps({"Parameters": {"X": {}}, "Resources": both}, indent=1)
    template.write_text(text)
    line = text.splitlines().index('  "P": {') + 3
    file = {"artifactLocation": {"uri": "some/where/Data.template.json"}}
    places: list[tuple[Json, str]] = [
        ({"logicalLocations": [{"fullyQualifiedName": "Dev/Data/Other"}]}, "Data/Other"),
        ({"logicalLocations": [{"fullyQualifiedName": "Dev-Data/P"}]}, "Data/Other"),
        ({"logicalLocations": [{"name": f"{SQS}.P"}], "physicalLocation": file}, "Data/Other"),
        ({"physicalLocation": {**file, "region": {"startLine": line}}}, "Data/Other"),
        (
            {"physicalLocation": {**file, "region": {"startLine": 1}}},
            "Data.template.json",
        ),
        (
            {"physicalLocation": {**file, "region": {"startLine": 3}}},
            "Data.template.json",
        ),
        ({"logicalLocations": [{"name": "P"}]}, "P"),  # of no known stack
        ({}, "the app"),
    ]
    results = [
        {**result(f"R{number}"), "locations": [each]} for number, (each, _) in enumerate(places)
    ]
    (tmp_path / "x.sarif").write_text(json.dumps(sarif(t=results)))
    (tmp_path / "none.sarif").write_text(json.dumps(sarif(t=[])))
    scans = ["--scans", str(tmp_path / "x.sarif"), "--scans-before", str(tmp_path / "none.sarif")]
    written = tmp_path / "written"
    assert main(["review", str(folder), str(folder), *scans, "--folder", str(written)]) == DONE
    found = json.loads((written / "review.json").read_text())["findings"]
    where = {each["sentence"].split(" t ")[1].partition(":")[0]: each["path"] for each in found}
    assert where == {f"R{number}": name for number, (_, name) in enumerate(places)}


def test_a_finding_has_the_line_of_python_of_its_resource(tmp_path: Path) -> None:
    (tmp_path / "x").write_text(json.dumps(sarif(nag=[result("A")])))
    (tmp_path / "none").write_text(json.dumps(sarif(nag=[])))
    line = PythonLine("stacks/storage.py", 68)
    stack = ReviewedStack("Dev-Data", "Dev", {"Resources": QUEUE}, {"Q": line})
    traced = changes(app(Data=QUEUE), AppVersion("after", {"Dev-Data": stack}))
    report = report_of(traced, read_scans([tmp_path / "x"]), read_scans([tmp_path / "none"]))
    assert [(each.line, each.key) for each in report.findings] == [(line, ("Dev-Data", "Q"))]


def test_a_tolerant_reader(tmp_path: Path) -> None:
    """What other tools leave out or write in another of the ways that the format has."""
    rules = [
        {
            "id": "ZERO",
            "shortDescription": {"text": "short"},
            "messageStrings": {"m": {"text": "kept"}},
        }
    ]
    driver = {"driver": {"name": "odd", "rules": rules}}
    odd: list[Json] = [
        *({"ruleIndex": 0}, {"ruleIndex": 0, "message": {"id": "m"}}, {"rule": {"id": "ONE"}}),
        *({"ruleIndex": 7}, {"ruleIndex": "x", "locations": [7]}, 7, None, [], {"message": "text"}),
        *({"locations": {"a": 1}, "suppressions": {"a": 1}}, {"suppressions": [7]}),
        *({"ruleId": 4}, {"ruleId": "PASS", "kind": "pass"}),
        {"ruleId": "GONE", "baselineState": "absent"},
        {"ruleId": "LINE", "message": {"text": "two\n lines"}},
    ]
    file = tmp_path / "odd.sarif"
    runs = [{"tool": driver, "results": odd}, {"results": None}, 7, {"tool": 7, "results": [{}]}]
    file.write_bytes(b"\xef\xbb\xbf" + json.dumps({"version": "2.1.0", "runs": runs}).encode())
    scan = read_scans([file])
    assert scan.tools == {"odd", "a scanner without a name"}
    texts = {(each.rule, each.text) for each in scan.results if each.tool == "odd"}
    assert texts == {
        *(("ZERO", "short"), ("ZERO", "kept"), ("ONE", ""), ("LINE", "two lines")),
        ("a rule without a name", ""),
    }
    report_of(changes(app(Data=QUEUE), app(Data=CHANGED)), scan, scan)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "is no JSON, so it is no SARIF"),
        ("[" * 100_000, "is no JSON, so it is no SARIF"),
        ("[]", "must be SARIF 2.1.0, with `runs`, got the version null"),
        ('{"version": "1.0.0", "runs": []}', 'got the version "1.0.0"'),
        ('{"version": "2.1.0", "runs": 7}', "must be SARIF 2.1.0, with `runs`"),
        (None, "cannot read"),
    ],
    ids=["broken", "deep", "list", "old", "no-runs", "missing"],
)
def test_a_broken_file_is_refused(content: str | None, words: str, tmp_path: Path) -> None:
    file = tmp_path / "x.sarif"
    if content is not None:
        file.write_text(content)
    with pytest.raises(ToolError) as error:
        read_scans([file])
    assert words in str(error.value)
    assert str(file) in str(error.value)


def test_hostile_texts_are_text_and_no_secret_is_shown(tmp_path: Path) -> None:
    key = "AKIA" + "Q" * 16
    results = [result(name, name, name) for name in hostile.NAMES]
    log = sarif(
        **{name: [] for name in hostile.NAMES}, t=[*results, result("KEY", text=f"has {key}")]
    )
    report = reviewed(tmp_path, log, log)
    new = reviewed(tmp_path, log, sarif(t=[]))
    for name in hostile.NAMES:
        assert any(printable(" ".join(name.split())) in each.sentence for each in new.findings)
    for each in (report, new):
        page, comment, text = as_page(each), as_markdown(each), terminal.as_text(each)
        assert "<script" not in page
        assert "<img" not in page + comment
        assert "](https://example.org" not in comment
        assert "@somebody" not in comment
        assert not set("\x1b\x9b\x07\u202e\u2066\u2028\ud800") & set(page + comment + text)
        assert key not in page + comment + text + as_json(each)


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    both = [assembly(tmp_path / "b", dict(QUEUE)), assembly(tmp_path / "a", dict(QUEUE))]
    for name, log in {
        "none": sarif(x=[], y=[]),
        "x": sarif(x=[result("R")]),
        "y": sarif(y=[]),
    }.items():
        (tmp_path / name).write_text(json.dumps(log))
    scans = ["--scans", str(tmp_path / "x"), "--scans", str(tmp_path / "y")]
    before = ["--scans-before", str(tmp_path / "none")]
    assert main(["review", *both, *scans, *before, "--fail-on", "scanners"]) == FAILED
    assert capsys.readouterr().out.startswith("Dev: Data/Queue: new finding of x R: encrypt it.")
    assert main(["review", *both, *scans, "--fail-on", "scanners"]) == DONE
    assert capsys.readouterr().out.startswith(NO_CHANGE)
    assert main(["review", *both, *before]) == WRONG_USAGE
    assert "--scans-before needs --scans" in capsys.readouterr().err
