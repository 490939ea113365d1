"""Findings, and which of them are excused: pure functions over what the scanners said."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.gates.exceptions import Excuse
from tests.infra.templates import Json


@dataclass(frozen=True, order=True)
class Finding:
    """What a gate objects to in one resource; of a whole template, `construct` is its file."""

    gate: str
    rule: str
    construct: str
    text: str = ""

    def __str__(self) -> str:
        """Write it as one line."""
        return f"{self.construct}: {self.gate} {self.rule}: {self.text}"


def resource_path(templates: Mapping[str, Json], file: str, logical_id: str | None) -> str:
    """Return the construct path of a resource, as CDK wrote it into the template."""
    resource = templates[file].get("Resources", {}).get(logical_id, {})
    path: str = resource.get("Metadata", {}).get("aws:cdk:path", f"{file}#{logical_id}")
    return path


def distinct(files: Iterable[Path]) -> dict[Path, Json]:
    """Read templates, each content once: a pipeline's stages are those that a person deploys."""
    seen: dict[str, Path] = {}
    templates = {}
    for file in files:
        body = json.loads(file.read_text())
        content = json.dumps(_without_metadata(body), sort_keys=True)
        if content not in seen:
            seen[content] = file
            templates[file] = body
    return templates


def _without_metadata(value: Json) -> Json:
    match value:
        case dict():
            return {k: _without_metadata(v) for k, v in value.items() if k != "Metadata"}
        case list():
            return list(map(_without_metadata, value))
    return value


def unexcused(findings: Iterable[Finding], excuses: Iterable[Excuse]) -> list[str]:
    """Return what no excuse covers, one line each."""
    listed = list(excuses)
    return [
        str(finding)
        for finding in sorted(set(findings))
        if not any(_covers(excuse, rule, finding) for excuse in listed for rule in excuse.rules)
    ]


def needless(findings: Iterable[Finding], excuses: Iterable[Excuse]) -> list[str]:
    """Return the rules of excuses that no finding needs, one line each.

    To be asked over all settings: one that a deployer chose may mend what another excuses.
    """
    found = list(findings)
    return [
        f"{excuse.construct}: {rule} finds nothing: remove its exception"
        for excuse in excuses
        for rule in excuse.rules
        if not any(_covers(excuse, rule, finding) for finding in found)
    ]


def dead(findings: Iterable[Finding], planted: Mapping[str, str]) -> list[str]:
    """Return the gates that did not find what was planted for them, by rule."""
    found = {(each.gate, each.rule) for each in findings}
    return [
        f"{gate} did not find {rule}, which is planted: it is off"
        for gate, rule in planted.items()
        if (gate, rule) not in found
    ]


def _covers(excuse: Excuse, rule: str, finding: Finding) -> bool:
    return rule == f"{finding.gate} {finding.rule}" and f"/{finding.construct}".endswith(
        f"/{excuse.construct}"
    )
