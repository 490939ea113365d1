"""Stop a deployment that would replace or remove data, or an export that another stack uses.

It also stops one of a stage that keeps its data, and whose alarms nobody hears; and one that
CloudFormation would refuse, since it does not know a type in the region.

python -m ops guard Dev                                     compare cdk.out with what is deployed
python -m ops guard Dev --replace-data StorageFileSystem1A  permit the loss of this one
python -m ops guard Prod --assembly some/cdk.out --json     for scripts
"""

import json
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from drive_tools.cloud_assembly import Resource, Template, construct_path, resources
from drive_tools.command_line import argument, flag
from drive_tools.errors import ToolError
from ops.deployment import unheard_alarms, unknown_types
from ops.deployment.exports_in_use import in_use, refusal
from ops.deployment.template_differences import Pair, ResourceImpact, differences
from ops.options import StageOptions
from ops.review.stateful import precious

if TYPE_CHECKING:
    from ops.deployment.parameter_overwrites import ParameterWrite

_REFUSED = {
    "WILL_REPLACE": "would be replaced by a new one",
    "MAY_REPLACE": "may be replaced by a new one",
    "WILL_DESTROY": "would be deleted",
    "WILL_ORPHAN": "would stay in AWS, but no longer be this stack's",
}
_OVERWRITTEN = "WILL_OVERWRITE"


@dataclass(frozen=True)
class Loss:
    """One resource that holds data, and the impact of a deployment on it."""

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


@dataclass(frozen=True, kw_only=True)
class DataOptions(StageOptions):
    """The stage, and the resources that may be replaced or removed."""

    replace_data: tuple[str, ...] = argument(
        "--replace-data",
        action="append",
        default=[],
        metavar="LOGICAL_ID",
        help="a resource that may be replaced or removed; can be given again",
    )


@dataclass(frozen=True, kw_only=True)
class GuardOptions(DataOptions):
    """What is guarded, and the form of the output."""

    json: bool = flag("--json", help="print what was found as JSON")


def run(options: GuardOptions) -> int:
    """Compare the stage with its deployed stacks, and fail if data would be lost that is not named.

    It also fails if a stack would remove or change an export that another stack uses, if nobody
    hears the alarms of a stage whose data must stay, or if CloudFormation does not know a type in
    the region.
    """
    from ops.deployment.bootstrap_roles import deployed_template, region_of  # noqa: PLC0415 - with boto3; not for --help
    from ops.deployment.parameter_overwrites import parameter_writes, set_meanwhile  # noqa: PLC0415 - so is this
    from ops.deployment.subnet_zones import with_zone_names  # noqa: PLC0415 - and this

    stacks = options.find().stacks
    unheard = unheard_alarms.unheard(stacks)
    region = region_of(stacks[0])
    unknown = unknown_types.unknown(stacks, region)
    pairs = [
        (stack.name, with_zone_names(stack, deployed, synthesised), synthesised)
        for stack in stacks
        for synthesised in [stack.body()]
        if (deployed := deployed_template(stack)) is not None
    ]
    changed = differences(pairs)
    found, used = losses(pairs, changed), in_use(pairs, changed)
    named_stacks = {stack.name: stack for stack in stacks}
    for name, deployed, synthesised in pairs:
        writes = parameter_writes(deployed, synthesised)
        found += overwritten(name, deployed, writes, set_meanwhile(named_stacks[name], writes))
    named = set(options.replace_data)
    unnamed = [loss for loss in found if loss.logical_id not in named]
    if options.json:
        shown = {"losses": list(map(asdict, found)), "in_use": list(map(asdict, used))}
        refused = bool(unnamed or used or unheard or unknown)
        more = {"unheard": unheard, "unknown_types": unknown}
        print(json.dumps({**shown, **more, "refused": refused}))
        return 1 if refused else 0
    for loss in found:
        if loss not in unnamed:
            print(f"named, and so permitted: {loss}")
    for name in sorted(named - {loss.logical_id for loss in found}):
        print(f"{name} is named, and would lose nothing: take the name back")
    said = [
        *([unknown_types.refusal(options.stage, unknown, region)] if unknown else []),
        *([unheard_alarms.refusal(options.stage)] if unheard else []),
        *([_refusal(options.stage, unnamed, options.replace_data)] if unnamed else []),
        *([refusal(options.stage, used)] if used else []),
    ]
    if said:
        raise ToolError("\n".join(said))
    but = " but what was named" if found else ""
    print(
        f"guard: {options.stage} loses no data{but} ({len(pairs)} of {len(stacks)} stacks are"
        " deployed, and were compared)"
    )
    return 0


def losses(pairs: list[Pair], changed: list[dict[str, ResourceImpact]]) -> list[Loss]:
    """Return the losses of each pair of templates, as deployed and as synthesised."""
    return [
        _loss(stack, logical_id, resource, change.impact, change.properties)
        for (stack, deployed, _), changes in zip(pairs, changed, strict=True)
        for logical_id, change in sorted(changes.items())
        if change.impact in _REFUSED
        for resource in [resources(deployed).get(logical_id)]
        if resource is not None and precious(resource)
    ]


def overwritten(
    stack: str, deployed: Template, writes: "dict[str, ParameterWrite]", values: dict[str, str]
) -> list[Loss]:
    """Return a loss for each parameter in which somebody set one of `values`, by logical id."""
    return [
        replace(
            _loss(stack, logical_id, resource, _OVERWRITTEN, writes[logical_id].because),
            set_meanwhile=value,
        )
        for logical_id, value in sorted(values.items())
        for resource in [resources(deployed)[logical_id]]
    ]


def _loss(
    stack: str, logical_id: str, resource: Resource, impact: str, properties: tuple[str, ...]
) -> Loss:
    kind, path = resource["Type"], construct_path(resource)
    return Loss(stack, logical_id, kind, path, impact, properties)


def _refusal(stage: str, refused: list[Loss], named: tuple[str, ...]) -> str:
    lines = "".join(f"\n  {loss}" for loss in refused)
    names = " ".join([*named, *(loss.logical_id for loss in refused)])
    return (
        f"{stage} would lose data, so nothing was deployed:{lines}\n"
        "If this is meant, after a backup, name what may go:"
        f" make deploy STAGE={stage} REPLACE_DATA='{names}'"
    )
