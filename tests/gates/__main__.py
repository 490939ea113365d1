"""`python -m tests.gates` runs cdk-nag and the scanners over all that the project deploys.

With `--all` also over every value of every switch; then each exception must be needed. Among the
templates is a bad one: a scanner that finds nothing in it is off. Prints each finding that no
exception covers, and returns 1 if there is one.

`--sarif FILE` writes all findings, those with an exception among them. With a VERSION of an app, as
`python -m ops review` takes it (a cloud assembly, a folder with cdk.json, or a git revision), it
does nothing else: the scanners read the templates of that version, without cdk-nag, which reads
constructs, and 1 says that a scanner is off.
"""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from aws_cdk import App

from drive_tools.errors import ToolError
from ops.review.sources import local_folder
from stacks.settings import Settings
from stacks.shipping.github_stack import GitHubStack
from stacks.stage import DriveStage
from tests.baseline import DEV
from tests.gates.exceptions import EXCUSES
from tests.gates.findings import Finding, dead, distinct, needless, unexcused
from tests.gates.planted import FILE, PLANTED, TEMPLATE
from tests.gates.sarif import as_sarif
from tests.gates.scanners import SCANNERS, Templates
from tests.infra import nag
from tests.infra.flags import OF_THE_CLI
from tests.infra.templates import Json
from tests.settings.test_switch_gate import stages


def scan(templates: Templates) -> list[Finding]:
    """Return what the scanners find in the templates, and in the bad one."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        scanned = {**templates, FILE: TEMPLATE}
        for file, body in scanned.items():
            (folder / file).write_text(json.dumps(body, indent=1))
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            said = pool.map(lambda scanner: scanner(folder, scanned), SCANNERS.values())
            return [finding for findings in said for finding in findings]


def judge(
    findings: list[Finding], stages: Iterable[Settings], *, everything: bool = False
) -> list[str]:
    """Return what of the findings no exception covers, and which scanners are off.

    When these are the findings in everything, also the exceptions that nothing needs.
    """
    rest = _without_planted(findings)
    return [
        *dead(set(findings) - set(rest), PLANTED),
        *unexcused(rest, EXCUSES, stages),
        *(needless(rest, EXCUSES) if everything else []),
    ]


def _without_planted(findings: list[Finding]) -> list[Finding]:
    return [finding for finding in findings if not finding.construct.startswith(FILE)]


def templates_of(assembly: Path) -> dict[str, Json]:
    """Return the templates of an assembly, each content once, by a name for a flat folder."""
    read = distinct(sorted(assembly.rglob("*.template.json"), key=lambda file: len(file.parts)))
    return {file.name: body for file, body in read.items()}


def main() -> int:
    """Run them."""
    parser = argparse.ArgumentParser(prog="python -m tests.gates", description=__doc__)
    parser.add_argument("--all", action="store_true", help="also every value of every switch")
    parser.add_argument("--sarif", type=Path, metavar="FILE", help="write all findings as SARIF")
    parser.add_argument("version", nargs="?", metavar="VERSION", help="write those of a version")
    options = parser.parse_args()
    if options.version:
        if options.all or not options.sarif:
            parser.error(f"with a version, {options.version!r}, --sarif is needed, and no --all")
        return _of_version(options.version, options.sarif)
    everything = options.all
    with tempfile.TemporaryDirectory() as folder:
        shipped = nag.app(folder, nag.looked_up() | OF_THE_CLI)
        nag.declare(shipped)
        switched = _declare_switches(shipped) if everything else []
        found = nag.everything_found(shipped)
        templates = templates_of(Path(folder))
    found += scan(templates)
    if options.sarif:
        _write(options.sarif, found, ["cdk-nag", *SCANNERS])
    told = judge(found, [*nag.stages(), *switched], everything=everything)
    gates = ", ".join(["cdk-nag", *SCANNERS])
    print("\n".join([*told, f"{gates}: {len(told)} findings in {len(templates)} templates"]))
    return 1 if told else 0


def _of_version(version: str, sarif: Path) -> int:
    """Write what the scanners find in a version of an app."""
    try:
        with local_folder(version, print) as folder:
            # Each stage's own, or what is left out here would be new where it is not left out.
            files = sorted(folder.rglob("*.template.json"))
            templates = {file.name: json.loads(file.read_text()) for file in files}
    except ToolError as error:
        raise SystemExit(str(error)) from error
    found = scan(templates)
    _write(sarif, found, SCANNERS)
    off = dead(found, PLANTED)
    print("\n".join([*off, f"{version}: {len(_without_planted(found))} findings in {sarif}"]))
    return 1 if off else 0


def _write(sarif: Path, found: list[Finding], gates: Iterable[str]) -> None:
    sarif.parent.mkdir(parents=True, exist_ok=True)
    log = as_sarif(_without_planted(found), EXCUSES, gates)
    sarif.write_text(f"{json.dumps(log, indent=1)}\n", encoding="utf-8")


def _declare_switches(shipped: App) -> list[Settings]:
    declared = [replace(DEV, name=name, **switched) for name, switched in stages().items()]
    for stage in declared:
        DriveStage(shipped, stage)
        # What a smoke test may do hangs on these.
        if stage.domain or stage.url_auth != DEV.url_auth:
            github = replace(nag.SOME_GITHUB, stages=(stage,))
            GitHubStack(shipped, f"{stage.name}-GitHub", settings=github, stage=stage)
    return declared


if __name__ == "__main__":
    sys.exit(main())
