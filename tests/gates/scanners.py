"""The scanners, each a program in an environment of its own, and what each says of templates.

None reaches the network. Each takes a folder that has nothing but templates, by name.
"""

import json
import platform
import re
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.gates.findings import Finding, resource_path
from tests.gates.resolved import as_text, in_whole_numbers, resolved, without_paths
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
    with _copy(templates, without_paths) as copies:
        said = _run(
            "checkov", "checkov", "--directory", ".", "--framework", "cloudformation",
            "--skip-download", "--quiet", "--compact", "--output", "json",
            at=copies,
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


def cfn_guard(folder: Path, templates: Templates) -> list[Finding]:
    """AWS Control Tower's proactive controls, of the types that the templates have.

    The package has the program and the rules in an archive for Node.
    """
    types = {each["Type"] for body in templates.values() for each in body["Resources"].values()}
    with _copy(templates, resolved) as copies, tempfile.TemporaryDirectory() as name:
        unpacked = Path(name).resolve()
        rules = unpacked / "rules"
        _unpack_guard(unpacked, types)
        said = _run(
            "cfn-guard", str(unpacked / "cfn-guard"), "validate", "--rules", str(rules),
            "--data", ".", "--output-format", "json", "--structured", "--show-summary", "none",
            at=copies,
        )  # fmt: skip
    reports = json.loads(said)
    assert {report["name"].rpartition("/")[2] for report in reports} == set(templates)
    return [
        Finding("cfn-guard", control, resource_path(templates, file, logical_id), text)
        for report in reports
        for file in [report["name"].rpartition("/")[2]]
        for rule in report["not_compliant"]
        for control, text in [_control(rule)]
        for logical_id in sorted(_resources(rule) or {""})
    ]


def cfripper(folder: Path, templates: Templates) -> list[Finding]:
    """Skyscanner's rules of principals, wildcards, groups, encryption and escalation."""
    names = sorted(templates)
    with (
        _copy(templates, lambda body: in_whole_numbers(resolved(body))) as copies,
        tempfile.TemporaryDirectory() as reports,
    ):
        _run(
            "cfripper", "cfripper", "--resolve", "--format", "json", "--logging", "ERROR",
            "--aws-account-id", "123456789012", "--output-folder", reports, *names,
            at=copies, silent=True,
        )  # fmt: skip
        said = {
            name: json.loads((Path(reports) / f"{name}.cfripper.results.json").read_text())
            for name in names
        }
    assert not [report for report in said.values() if report["exceptions"]], said
    return [
        Finding(
            "cfripper",
            failure["rule"],
            resource_path(templates, name, logical_id),
            failure["reason"],
        )
        for name, report in said.items()
        for failure in report["failures"]
        for logical_id in sorted(failure["resource_ids"]) or [None]
    ]


def cloudsplaining(folder: Path, templates: Templates) -> list[Finding]:
    """Salesforce's risks of policies: escalation, exfiltration, exposure, modification."""
    policies = {
        json.dumps([name, logical_id, number]): policy
        for name, body in templates.items()
        for logical_id, resource in body["Resources"].items()
        for number, policy in enumerate(_policies(resource))
    }
    scan = Path(__file__).with_name("cloudsplaining_scan.py")
    said = _run("cloudsplaining", "python", "-I", str(scan), at=folder, told=json.dumps(policies))
    report = json.loads(said)
    assert set(report) == set(policies)
    return [
        Finding("cloudsplaining", risk, resource_path(templates, name, logical_id), str(what))
        for policy, risks in report.items()
        for name, logical_id, _ in [json.loads(policy)]
        for risk, what in risks.items()
    ]


Scanner = Callable[[Path, Templates], list[Finding]]
# The longest first: as many run at once as there are cores.
SCANNERS: dict[str, Scanner] = {
    "checkov": checkov,
    "cfn-lint": cfn_lint,
    "cfn-guard": cfn_guard,
    "cfripper": cfripper,
    "cloudsplaining": cloudsplaining,
}


@contextmanager
def _copy(templates: Templates, change: Callable[[Json], Json]) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        for file, body in templates.items():
            (folder / file).write_text(json.dumps(change(body), indent=1))
        yield folder


def _unpack_guard(folder: Path, types: set[str]) -> None:
    """Unpack the program for this machine, and the rules that report on one of the types."""
    system = {"Linux": "ubuntu", "Darwin": "macos"}[platform.system()]
    machine = {"arm64": "aarch64"}.get(platform.machine(), platform.machine())
    packed = next((ENVIRONMENTS / "cfn-guard").rglob("cdk-validator-cfnguard@*.jsii.tgz"))
    (folder / "rules").mkdir()
    with tarfile.open(packed) as archive:
        for member in archive:
            if member.name.endswith(f"/bin/{system}/{machine}/cfn-guard"):
                _extract(archive, member, folder / "cfn-guard").chmod(0o755)
            elif member.name.endswith(".guard"):
                rule = _extract(archive, member, folder / "rules" / Path(member.name).name)
                if types.isdisjoint(re.findall(r"AWS::\w+::\w+", rule.read_text())):
                    rule.unlink()


def _extract(archive: tarfile.TarFile, member: tarfile.TarInfo, file: Path) -> Path:
    content = archive.extractfile(member)
    assert content, member.name
    file.write_bytes(content.read())
    return file


def _control(rule: Json) -> tuple[str, str]:
    """Return a control's number and sentence, as its message has them."""
    found = re.search(r"\[(CT\.[A-Z0-9.]+)\]: (.*?)\\n", json.dumps(rule))
    assert found, rule
    return found[1], found[2]


def _resources(said: Json) -> set[str]:
    """Return the logical ids in what guard says of a rule, which nests as the rule does."""
    match said:
        case {"path": str(path)} if path.startswith("/Resources/"):
            return {path.split("/")[2]}
        case dict():
            return set().union(*map(_resources, said.values()))
        case list():
            return set().union(*map(_resources, said))
    return set()


def _policies(resource: Json) -> Iterator[Json]:
    """Yield the identity policies of a resource, with text for what a deployment fills in."""
    properties = resource.get("Properties", {})
    inline = properties.get("Policies", []) if resource["Type"] == "AWS::IAM::Role" else []
    if resource["Type"] in {"AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"}:
        inline = [properties]
    for policy in inline:
        yield {
            "Version": "2012-10-17",
            "Statement": [
                {
                    key: list(map(as_text, each if isinstance(each, list) else [each]))
                    if key in {"Action", "NotAction", "NotResource", "Resource"}
                    else each
                    for key, each in statement.items()
                }
                for statement in policy["PolicyDocument"]["Statement"]
            ],
        }


def _place(templates: Templates, file: str, path: list[str | int]) -> str:
    match path:
        case ["Resources", str(logical_id), *_]:
            return resource_path(templates, file, logical_id)
    return f"{file}:{'/'.join(map(str, path))}"


def _run(
    gate: str, program: str, *arguments: str, at: Path, told: str = "", silent: bool = False
) -> str:
    """Run a program of a gate's environment, and return what it printed; findings are no error.

    One that is `silent` writes what it found into files.
    """
    environment = ENVIRONMENTS / gate / "bin"
    command = [str(environment / program), *arguments]
    done = subprocess.run(
        command,
        cwd=at,
        capture_output=True,
        text=True,
        check=False,
        input=told,
        # Nothing of the user's: no configuration, no proxy, no token for a service in the web.
        env={"PATH": str(environment), "HOME": str(at), "LOG_LEVEL": "ERROR"},
    )
    if not silent and not done.stdout.strip():
        raise SystemExit(f"{gate} said nothing, and ended with {done.returncode}: {done.stderr}")
    return done.stdout
