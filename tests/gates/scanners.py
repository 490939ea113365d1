"""The scanners, each a program in an environment of its own, and what each says of templates.

None reaches the network. Each takes a folder that has nothing but templates, by name.
"""

import json
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.gates.findings import Finding, resource_path
from tests.infra.templates import Json

PROJECT = Path(__file__).resolve().parents[2]
ENVIRONMENTS = PROJECT / ".venv" / "gates"

Templates = Mapping[str, Json]  # by file name


def cfn_lint(folder: Path, templates: Templates) -> list[Finding]:
    """CloudFormation's schemas and good practice: errors, warnings and informational rules."""
    names = sorted(templates)
    said = _run(
        "cfn-lint", "cfn-lint", "--include-checks", "I", "--format", "json", "--", *names, at=folder
    )
    return [
        Finding(
            "cfn-lint",
            match["Rule"]["Id"],
            _place(templates, match["Filename"], match["Location"].get("Path") or []),
            match["Message"],
        )
        for match in json.loads(said)
    ]


def checkov(folder: Path, templates: Templates) -> list[Finding]:
    """Checkov's checks of CloudFormation, without its service in the web."""
    said = _run(
        "checkov", "checkov", "--directory", ".", "--framework", "cloudformation",
        "--skip-download", "--quiet", "--compact", "--output", "json",
        at=folder,
    )  # fmt: skip
    report = json.loads(said)
    results = report["results"]
    assert report["summary"]["parsing_errors"] == 0, report["results"]["parsing_errors"]
    return [
        Finding(
            "checkov",
            failed["check_id"],
            resource_path(
                templates, failed["file_path"].lstrip("/"), failed["resource"].partition(".")[2]
            ),
            failed["check_name"],
        )
        for failed in results["failed_checks"]
    ]


Scanner = Callable[[Path, Templates], list[Finding]]
SCANNERS: dict[str, Scanner] = {"cfn-lint": cfn_lint, "checkov": checkov}


def _place(templates: Templates, file: str, path: list[str | int]) -> str:
    match path:
        case ["Resources", str(logical_id), *_]:
            return resource_path(templates, file, logical_id)
    return f"{file}:{'/'.join(map(str, path))}"


def _run(gate: str, program: str, *arguments: str, at: Path) -> str:
    """Run a program of a gate's environment, and return what it printed; findings are no error."""
    environment = ENVIRONMENTS / gate / "bin"
    command = [str(environment / program), *arguments]
    done = subprocess.run(
        command,
        cwd=at,
        capture_output=True,
        text=True,
        check=False,
        # Nothing of the user's: no configuration, no proxy, no token for a service in the web.
        env={"PATH": str(environment), "HOME": str(at), "LOG_LEVEL": "ERROR"},
    )
    if not done.stdout.strip():
        raise SystemExit(f"{gate} said nothing, and ended with {done.returncode}: {done.stderr}")
    return done.stdout
