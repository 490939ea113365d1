"""Findings, and which of them are excused: pure functions over what the scanners said."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from stacks.settings import Settings
from tests.gates.exceptions import Choice, Excuse
from tests.infra.templates import Json

# Those of a stage. A pipeline may have parts with the name of a stage.
_STACKS = {"Data", "Service"}


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
    """Read templates, each content once.

    A pipeline's stages are those that a person deploys, and of two stages that differ in a setting
    most templates differ in nothing but the name of their stage.
    """
    seen: dict[str, Path] = {}
    templates = {}
    for file in files:
        body = json.loads(file.read_text())
        content = _content(body)
        if content not in seen:
            seen[content] = file
            templates[file] = body
    return templates


def _content(body: Json) -> str:
    """Return what a template says, without the name of its stage, which is in its description.

    A name that CDK makes of a path begins with the pipeline's, where that ships the stage.
    """
    content = json.dumps(_without_metadata(body), sort_keys=True)
    stage, of_stage, _ = str(body.get("Description", "")).partition(" drive: ")
    if not of_stage:
        return content
    resources = body.get("Resources", {}).values()
    paths = (str(each.get("Metadata", {}).get("aws:cdk:path", "")) for each in resources)
    shipped = {path.partition(f"{stage}/")[0] for path in paths if f"{stage}/" in path}
    before = max(shipped, default="")
    return re.sub(rf"({re.escape(before)})?\b{re.escape(stage)}\b", "…", content)


def _without_metadata(value: Json) -> Json:
    match value:
        case dict():
            return {k: _without_metadata(v) for k, v in value.items() if k != "Metadata"}
        case list():
            return list(map(_without_metadata, value))
    return value


def unexcused(
    findings: Iterable[Finding], excuses: Iterable[Excuse], stages: Iterable[Settings]
) -> list[str]:
    """Return what no excuse covers in stages with these settings, one line each."""
    listed, settings = list(excuses), list(stages)
    lines = []
    for finding in sorted(set(findings)):
        excuse = excuse_of(finding, listed)
        if excuse is None:
            lines.append(str(finding))
        elif excuse.choice and not _made(excuse.choice, finding, settings):
            lines.append(f"{finding} (excused with {excuse.choice.words} alone)")
    return lines


def excuse_of(finding: Finding, excuses: Iterable[Excuse]) -> Excuse | None:
    """Return the excuse that covers a finding, in a stage that made its choice if it has one."""
    return next(
        (each for each in excuses if any(covers(*pair, finding) for pair in each.pairs())), None
    )


def _made(choice: Choice, finding: Finding, stages: list[Settings]) -> bool:
    """Return whether the stage of a finding made a choice; of what is in none, whether any did."""
    names = {each.name for each in stages}
    parts = pairwise(finding.construct.split("/"))
    stage = next((part for part, stack in parts if part in names and stack in _STACKS), None)
    return any(choice.made(each) for each in stages if stage in {None, each.name})


def needless(findings: Iterable[Finding], excuses: Iterable[Excuse]) -> list[str]:
    """Return what of the excuses no finding needs, one line for each resource and rule.

    To be asked over all settings: one that a deployer chose may mend what another excuses.
    """
    found = list(findings)
    return [
        f"{resource}: {rule} finds nothing: remove its exception"
        for excuse in excuses
        for resource, rule in excuse.pairs()
        if not any(covers(resource, rule, finding) for finding in found)
    ]


def dead(findings: Iterable[Finding], planted: Mapping[str, Sequence[str]]) -> list[str]:
    """Return what was planted for a gate and not found by it."""
    found = {(each.gate, each.rule) for each in findings}
    return [
        f"{gate} did not find {rule}, which is planted: it is off"
        for gate, rules in planted.items()
        for rule in rules
        if (gate, rule) not in found
    ]


def covers(resource: str, rule: str, finding: Finding) -> bool:
    """Return whether an excuse of this resource and rule is one for this finding."""
    return _fits(rule, f"{finding.gate} {finding.rule}") and _fits(
        f"…/{resource}", f"/{finding.construct}"
    )


def _fits(pattern: str, text: str) -> bool:
    return re.fullmatch(".*".join(map(re.escape, pattern.split("…"))), text) is not None
