"""The scanners of `make gates`: what is excused, what is not, and what shows that one is off."""

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.gates import __main__ as gates
from tests.gates import scanners
from tests.gates.exceptions import EXCUSES, Excuse
from tests.gates.findings import Finding, dead, distinct, needless, resource_path, unexcused
from tests.gates.planted import FILE, PLANTED, TEMPLATE
from tests.infra.templates import Json

FOUND = Finding("checkov", "CKV_1", "Dev/Service/Files/Function", "a queue is missing")
EXCUSE = Excuse("Service/Files/Function", ("checkov CKV_1",), "Because.")


def test_what_no_exception_covers_is_told_in_a_line() -> None:
    assert unexcused([FOUND], []) == [
        "Dev/Service/Files/Function: checkov CKV_1: a queue is missing"
    ]


def test_an_exception_excuses_its_own_finding_in_every_stage() -> None:
    shipped = Finding("checkov", "CKV_1", f"LambdaDrivePipeline/{FOUND.construct}")
    assert unexcused([FOUND, shipped], [EXCUSE]) == []


@pytest.mark.parametrize(
    "other",
    [
        Finding("checkov", "CKV_2", FOUND.construct),
        Finding("cfn-lint", "CKV_1", FOUND.construct),
        Finding("checkov", "CKV_1", "Dev/Service/Usage/Function"),
        Finding("checkov", "CKV_1", "Dev/Service/MyFiles/Function"),
        Finding("checkov", "CKV_1", f"{FOUND.construct}/Resource"),
    ],
)
def test_an_exception_excuses_nothing_else(other: Finding) -> None:
    assert unexcused([FOUND, other], [EXCUSE]) == [str(other)]


def test_an_exception_that_nothing_needs_is_told() -> None:
    assert needless([FOUND], [EXCUSE]) == []
    assert needless([], [EXCUSE]) == [
        "Service/Files/Function: checkov CKV_1 finds nothing: remove its exception"
    ]


def test_a_gate_that_does_not_find_what_is_planted_is_off() -> None:
    planted = {"checkov": "CKV_1", "cfn-lint": "E1"}
    assert dead([FOUND], planted) == ["cfn-lint did not find E1, which is planted: it is off"]


def test_every_gate_has_something_planted_for_it() -> None:
    assert set(PLANTED) == set(scanners.SCANNERS)


def said_by(found: list[Finding]) -> scanners.Scanner:
    def scan(folder: Path, templates: Mapping[str, Json]) -> list[Finding]:
        assert {file.name for file in folder.iterdir()} == set(templates)
        assert json.loads((folder / FILE).read_text()) == TEMPLATE
        return found

    return scan


def test_a_run_is_good_only_when_each_gate_found_the_fault_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A gate that is silently off says what one says that finds nothing."""
    faults = {name: Finding(name, rule, f"{FILE}#Topic") for name, rule in PLANTED.items()}
    monkeypatch.setattr(gates, "EXCUSES", (EXCUSE,))
    unneeded = "Service/Files/Function: checkov CKV_1 finds nothing: remove its exception"
    other = Finding("checkov", "CKV_2", "Dev/Data/Network")
    for name, fault in faults.items():
        monkeypatch.setitem(scanners.SCANNERS, name, said_by([fault]))
    for found, told in (
        ([faults["checkov"], FOUND], []),
        ([FOUND], [f"checkov did not find {PLANTED['checkov']}, which is planted: it is off"]),
        ([faults["checkov"], FOUND, other], [str(other)]),
        ([faults["checkov"]], [unneeded]),
    ):
        monkeypatch.setitem(scanners.SCANNERS, "checkov", said_by(found))
        assert gates.judge({}, everything=True) == told
    assert gates.judge({}) == []


def test_a_program_that_says_nothing_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "cfn-lint/bin/cfn-lint"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\necho broken >&2\nexit 3\n")
    program.chmod(0o755)
    monkeypatch.setattr(scanners, "ENVIRONMENTS", tmp_path)
    with pytest.raises(SystemExit, match="cfn-lint said nothing, and ended with 3: broken"):
        scanners.cfn_lint(tmp_path, {})


def test_the_same_template_is_scanned_once(tmp_path: Path) -> None:
    for name, path, size in (("a", "Dev/A", 1), ("b", "Pipeline/Dev/A", 1), ("c", "Prod/A", 2)):
        body = {"Resources": {"A": {"Size": size, "Metadata": {"aws:cdk:path": path}}}}
        (tmp_path / name).write_text(json.dumps(body))
    read = distinct(tmp_path / name for name in "abc")
    assert [file.name for file in read] == ["a", "c"]
    assert resource_path({"a": read[tmp_path / "a"]}, "a", "A") == "Dev/A"


def test_exceptions_are_few_and_say_why() -> None:
    assert len(EXCUSES) <= 9
    assert max(Counter(excuse.construct for excuse in EXCUSES).values()) == 1
    for excuse in EXCUSES:
        assert excuse.because.endswith(".")
        assert excuse.rules
        assert {rule.partition(" ")[0] for rule in excuse.rules} <= set(scanners.SCANNERS)
