"""What scanners found, read from files of SARIF 2.1.0, in which scanners of any maker write it.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from drive_tools.errors import ToolError
from ops.review.app_version import Json

_VERSION = "2.1.0"
# Of a result's `kind` (section 3.27.9) these say that the scanner objects to nothing.
_NO_OBJECTION = frozenset(("pass", "notApplicable", "informational"))
_NOT_ACCEPTED = frozenset(("underReview", "rejected"))


@dataclass(frozen=True, order=True)
class ScanResult:
    """What a scanner objects to, and where."""

    tool: str
    rule: str
    text: str
    names: tuple[str, ...] = ()
    """The logical locations: construct paths, logical ids, or what the tool calls the place."""
    file: str = ""
    line: int = 0
    excused: bool = False
    because: str = ""
    """Why somebody excused it."""


@dataclass(frozen=True)
class Scan:
    """What was found in one version, and by whom it was scanned."""

    tools: frozenset[str]
    results: tuple[ScanResult, ...]


def read_scans(files: Iterable[Path]) -> Scan:
    """Read files as one scan. Raises `ToolError` if one cannot be read or is no SARIF 2.1.0."""
    tools, results = set[str](), set[ScanResult]()
    for file in files:
        for run in _runs(file):
            driver = _object(_object(run, "tool"), "driver")
            tool = _text(driver, "name") or "a scanner without a name"
            tools.add(tool)
            results.update(_result(tool, _list(driver, "rules"), each) for each in _objections(run))
    return Scan(frozenset(tools), tuple(sorted(results)))


def _runs(file: Path) -> list[Json]:
    try:
        content = json.loads(file.read_bytes())
    except OSError as error:
        raise ToolError(f"cannot read {file}: {error.strerror or error}") from error
    except (ValueError, RecursionError) as error:
        raise ToolError(f"{file} is no JSON, so it is no SARIF: {error}") from error
    found = content if isinstance(content, dict) else {}
    if found.get("version") != _VERSION or not isinstance(found.get("runs"), list):
        version = json.dumps(found.get("version"))[:40]
        raise ToolError(
            f"{file} must be SARIF {_VERSION}, with `runs`, got the version {version};"
            " most scanners write it with --format sarif or --output sarif"
        )
    return list(found["runs"])


def _objections(run: Json) -> Iterator[Json]:
    for each in _list(run, "results"):
        if _text(each, "kind") not in _NO_OBJECTION and _text(each, "baselineState") != "absent":
            yield each


def _result(tool: str, rules: list[Json], result: Json) -> ScanResult:
    rule = _rule_of(rules, result)
    name = _text(result, "ruleId") or _text(_object(result, "rule"), "id") or _text(rule, "id")
    location = next(iter(_list(result, "locations")), None)
    physical = _object(location, "physicalLocation")
    line = _object(physical, "region").get("startLine")
    accepted = _list(result, "suppressions")
    return ScanResult(
        tool=tool,
        rule=name or "a rule without a name",
        text=_message(rule, _object(result, "message")),
        names=tuple(_names(_list(location, "logicalLocations"))),
        file=unquote(_text(_object(physical, "artifactLocation"), "uri")),
        line=line if isinstance(line, int) else 0,
        # Of several suppressions each must be accepted, which is what one without a status is.
        excused=bool(accepted) and not any(_text(x, "status") in _NOT_ACCEPTED for x in accepted),
        because=" ".join(filter(None, (_text(each, "justification") for each in accepted))),
    )


def _rule_of(rules: list[Json], result: Json) -> dict[str, Json]:
    place = result.get("ruleIndex") if isinstance(result, dict) else None
    found = rules[place] if isinstance(place, int) and 0 <= place < len(rules) else None
    return found if isinstance(found, dict) else {}


def _message(rule: Json, message: Json) -> str:
    """Return the text of a message, or what the rule says, without breaks of lines."""
    kept = _object(_object(rule, "messageStrings"), _text(message, "id"))
    said = _text(message, "text") or _text(kept, "text")
    said = said or _text(_object(rule, "shortDescription"), "text")
    return " ".join(said.split())


def _names(locations: list[Json]) -> Iterator[str]:
    for each in locations:
        yield from filter(None, (_text(each, "fullyQualifiedName"), _text(each, "name")))


def _object(value: Json, name: str) -> dict[str, Json]:
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, dict) else {}


def _list(value: Json, name: str) -> list[Json]:
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, list) else []


def _text(value: Json, name: str) -> str:
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, str) else ""
