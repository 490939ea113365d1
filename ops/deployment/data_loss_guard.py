"""What a deployment would replace or remove that holds data, or that another stack still uses.

It is stopped before it starts.

python -m ops guard Dev                                     compare cdk.out with what is deployed
python -m ops guard Dev --replace-data StorageFileSystem1A  let this one go
python -m ops guard Prod --assembly some/cdk.out --json     for scripts

exit codes: 0 nothing is lost that is not named, nothing in use goes; 1 refused, or not known;
2 wrong usage
"""

import argparse
import json
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from drive_tools.errors import ToolError
from ops.deployment import assembly
from ops.deployment.assembly import Template
from ops.deployment.exports_in_use import Change, Pair, in_use, refusal

if TYPE_CHECKING:
    from ops.deployment.parameter_overwrites import ParameterWrite

# What holds something that a new one would not have. Whatever its policy tells to retain or to
# snapshot is among them as well.
STATEFUL = {
    "AWS::Backup::BackupVault": "backups are in it",
    "AWS::DynamoDB::Table": "its items",
    "AWS::EC2::VPC": "EFS's mount targets, and with them every function, are tied to it",
    "AWS::EFS::AccessPoint": "it says which directory and which owner functions see",
    "AWS::EFS::FileSystem": "the files",
    "AWS::KMS::Key": "what it encrypted is readable by it alone",
    "AWS::S3::Bucket": "its objects",
    "AWS::SSM::Parameter": "what an operator set is in it",
    "AWS::SecretsManager::Secret": "callers were given it",
}
_MUST_SURVIVE = ("Retain", "RetainExceptOnCreate", "Snapshot")
_REFUSED = {
    "WILL_REPLACE": "would be replaced by a new one",
    "MAY_REPLACE": "may be replaced by a new one",
    "WILL_DESTROY": "would be deleted",
    "WILL_ORPHAN": "would stay in AWS, but no longer be this stack's",
}
_OVERWRITTEN = "WILL_OVERWRITE"
_SCRIPT = Path(__file__).with_suffix(".mjs")


@dataclass(frozen=True)
class Loss:
    """One resource that holds data, and what a deployment would do to it."""

    stack: str
    logical_id: str
    type: str
    path: str | None
    impact: str
    properties: tuple[str, ...]
    set_meanwhile: str | None = None

    def __str__(self) -> str:
        """Return the line that a person reads."""
        what = f"{self.type}, {self.path}" if self.path else self.type
        why = f", because of {' and '.join(self.properties)}" if self.properties else ""
        comes = _REFUSED.get(self.impact) or (
            f"somebody set it to {self.set_meanwhile!r}, which would be written over unless the"
            " settings say so"
        )
        return f"{self.stack} {self.logical_id} ({what}): {comes}{why}"


def add_parser(tools: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `guard` to the tools."""
    parser = tools.add_parser(
        "guard",
        help="stop a deployment that would lose data, or would fail in the middle",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(tool="guard", run=run)
    parser.add_argument("stage", help="the stage, as synthesised")
    parser.add_argument(
        "--assembly", type=Path, default=assembly.DEFAULT, help="where it is (cdk.out)"
    )
    parser.add_argument(
        "--replace-data",
        action="append",
        default=[],
        metavar="LOGICAL_ID",
        help="a resource that may be replaced or removed; can be given again",
    )
    parser.add_argument("--json", action="store_true", help="print what was found as JSON")


def run(options: argparse.Namespace) -> int:
    """Compare the stage with what is deployed, and fail if data would be lost unnamed.

    So it does if a stack would take from another what that still uses.
    """
    from ops.deployment.bootstrap_roles import deployed_template  # noqa: PLC0415 - with boto3; not for --help
    from ops.deployment.parameter_overwrites import parameter_writes, set_meanwhile  # noqa: PLC0415 - so is this
    from ops.deployment.subnet_zones import with_zone_names  # noqa: PLC0415 - and this

    stacks = assembly.find(options.assembly, options.stage).stacks
    pairs = [
        (stack.name, with_zone_names(stack, deployed, synthesised), synthesised)
        for stack in stacks
        for synthesised in [stack.body()]
        if (deployed := deployed_template(stack)) is not None
    ]
    changed = changes(pairs)
    found, used = losses(pairs, changed), in_use(pairs, changed)
    named_stacks = {stack.name: stack for stack in stacks}
    for name, deployed, synthesised in pairs:
        writes = parameter_writes(deployed, synthesised)
        found += overwritten(name, deployed, writes, set_meanwhile(named_stacks[name], writes))
    named = set(options.replace_data)
    unnamed = [loss for loss in found if loss.logical_id not in named]
    if options.json:
        shown = {"losses": list(map(asdict, found)), "in_use": list(map(asdict, used))}
        print(json.dumps({**shown, "refused": bool(unnamed or used)}))
        return 1 if unnamed or used else 0
    for loss in found:
        if loss not in unnamed:
            print(f"named, and so let go: {loss}")
    for name in sorted(named - {loss.logical_id for loss in found}):
        print(f"{name} is named, and would lose nothing: take the name back")
    if unnamed or used:
        said = [_refusal(options.stage, unnamed, options.replace_data)] if unnamed else []
        raise ToolError("\n".join([*said, *([refusal(options.stage, used)] if used else [])]))
    but = " but what was named" if found else ""
    print(
        f"guard: {options.stage} loses no data{but} ({len(pairs)} of {len(stacks)} stacks are"
        " deployed, and were compared)"
    )
    return 0


def losses(pairs: list[Pair], changed: list[dict[str, Change]]) -> list[Loss]:
    """Return what would be lost, of stacks by name, each as deployed and as synthesised."""
    return [
        Loss(
            stack=stack,
            logical_id=logical_id,
            type=resource["Type"],
            path=resource.get("Metadata", {}).get("aws:cdk:path"),
            impact=change["impact"],
            properties=tuple(change["properties"]),
        )
        for (stack, deployed, _), resources in zip(pairs, changed, strict=True)
        for logical_id, change in sorted(resources.items())
        if change["impact"] in _REFUSED
        for resource in [deployed.get("Resources", {}).get(logical_id)]
        if resource is not None and _holds_data(resource)
    ]


def overwritten(
    stack: str, deployed: Template, writes: "dict[str, ParameterWrite]", values: dict[str, str]
) -> list[Loss]:
    """Return the parameters of a stack in which somebody set `values`, by logical id."""
    return [
        Loss(
            stack=stack,
            logical_id=logical_id,
            type=resource["Type"],
            path=resource.get("Metadata", {}).get("aws:cdk:path"),
            impact=_OVERWRITTEN,
            properties=writes[logical_id].because,
            set_meanwhile=value,
        )
        for logical_id, value in sorted(values.items())
        for resource in [deployed["Resources"][logical_id]]
    ]


def _holds_data(resource: dict[str, Any]) -> bool:
    policies = (resource.get("DeletionPolicy"), resource.get("UpdateReplacePolicy"))
    return resource["Type"] in STATEFUL or any(policy in _MUST_SURVIVE for policy in policies)


def _refusal(stage: str, refused: list[Loss], named: list[str]) -> str:
    lines = "".join(f"\n  {loss}" for loss in refused)
    names = " ".join([*named, *(loss.logical_id for loss in refused)])
    return (
        f"{stage} would lose data, so nothing was deployed:{lines}\n"
        "If this is meant, after a backup, name what may go:"
        f" make deploy STAGE={stage} REPLACE_DATA='{names}'"
    )


def changes(pairs: list[Pair]) -> list[dict[str, Change]]:
    """Return what each resource that changes comes to, by logical id, for each of the pairs."""
    if not pairs:
        return []
    node = assembly.PROJECT / ".venv" / "bin" / "node"
    asked = [{"deployed": old, "synthesised": new} for _, old, new in pairs]
    try:
        result = subprocess.run(
            [str(node), str(_SCRIPT)],
            check=False,
            input=json.dumps(asked),
            capture_output=True,
            text=True,
        )
    except FileNotFoundError as error:
        raise ToolError(f"there is no {node}; run: make .venv/.base") from error
    if result.returncode:
        missing = "; run: make .venv/.base" if "ERR_MODULE_NOT_FOUND" in result.stderr else ""
        lines = [line for line in result.stderr.splitlines() if "Error" in line]
        raise ToolError(
            f"cannot compare the templates: {(lines or ['no reason given'])[0]}{missing}"
        )
    found: list[dict[str, Change]] = json.loads(result.stdout)
    return found
