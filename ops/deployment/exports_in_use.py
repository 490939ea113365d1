"""Exports that a deployment would remove or change while another deployed stack imports them.

CloudFormation refuses that, but only in the middle of a deployment: the stack with the export is
deployed first, since the other one needs it.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-exports.html
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from drive_tools.cloud_assembly import Template, construct_path, resources
from ops.deployment.template_differences import Pair, ResourceImpact

_SHOWN = 3
_SAID = {
    "deleted": "would no longer be exported",
    "replaced": "would be replaced by a new one",
    "changed": "would have another value",
}


@dataclass(frozen=True)
class InUse:
    """One export that a deployment would delete or change, and the stack that imports it."""

    stack: str
    export: str
    resource: str
    impact: str
    why: tuple[str, ...]
    user: str
    used_by: tuple[str, ...]
    alone: bool  # whether the importing stack can be deployed first, by itself

    def __str__(self) -> str:
        """Return the line that a person reads."""
        because = f", because of {' and '.join(self.why)}" if self.why else ""
        more = f" and {len(self.used_by) - _SHOWN} more" if len(self.used_by) > _SHOWN else ""
        users = f"{', '.join(self.used_by[:_SHOWN])}{more}"
        return (
            f"{self.stack} {self.resource}: {_SAID[self.impact]}{because}; {self.user} uses it:"
            f" {users}"
        )


def in_use(pairs: list[Pair], changes: list[dict[str, ResourceImpact]]) -> list[InUse]:
    """Return the exports that would be removed or changed while a deployed stack imports them.

    `changes` are of the resources of each pair, by logical id.
    """
    offered = {name for _, deployed, _ in pairs for name in _exports(deployed)}
    return [
        InUse(
            stack=stack,
            export=export,
            resource=_resource(value, deployed),
            impact=impact,
            why=why,
            user=user,
            used_by=tuple(users),
            alone=impact == "deleted" and export not in wanted and wanted <= offered,
        )
        for (stack, deployed, synthesised), changed in zip(pairs, changes, strict=True)
        for export, value, impact, why in _touched(deployed, synthesised, changed)
        for user, theirs, next_one in pairs
        if user != stack and (users := _importers(theirs, export))
        for wanted in [_imports(next_one)]
    ]


def refusal(stage: str, found: list[InUse]) -> str:
    """Return the message: the exports in use, and a way to deploy the change if there is one."""
    lines = "".join(f"\n  {each}" for each in found)
    text = (
        f"{stage} would take from a stack what it still uses, which CloudFormation refuses in the"
        f" middle, so nothing was deployed:{lines}"
    )
    if all(each.alone for each in found):
        users = sorted({each.user for each in found})
        paths = " ".join(f"'{stage}/{user.removeprefix(f'{stage}-')}'" for user in users)
        return (
            f"{text}\nWhat is synthesised of {' and '.join(users)} no longer uses it: deploy that"
            f" first, alone, then all of it: cdk deploy --exclusively {paths} && make deploy"
            f" STAGE={stage}"
        )
    return (
        f"{text}\nLeave it as it is; or take two deployments: one after which nothing uses it, and"
        " one that changes it"
    )


def _touched(
    deployed: Template, synthesised: Template, changes: dict[str, ResourceImpact]
) -> Iterator[tuple[str, object, str, tuple[str, ...]]]:
    after = _exports(synthesised)
    for export, value in _exports(deployed).items():
        change = changes.get(_referred(value) or "")
        if export not in after:
            yield export, value, "deleted", ()
        elif after[export] != value:
            yield export, value, "changed", ()
        elif change and change.impact == "WILL_REPLACE":
            yield export, value, "replaced", change.properties


def _exports(template: Template) -> dict[str, object]:
    """Return each export's value by its name. A name that a function makes is its JSON."""
    return {
        _name(output["Export"]["Name"]): output["Value"]
        for output in template.get("Outputs", {}).values()
        if "Export" in output
    }


def _name(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True)


def _referred(value: object) -> str | None:
    """Return the logical id of the resource to which a value refers."""
    match value:
        case {"Ref": str(logical_id)} | {"Fn::GetAtt": [str(logical_id), *_]}:
            return logical_id
    return None


def _resource(value: object, template: Template) -> str:
    logical_id = _referred(value)
    resource = resources(template).get(logical_id or "")
    if resource is None:
        return json.dumps(value)
    path = construct_path(resource)
    return f"{logical_id} ({resource['Type']}{f', {path}' if path else ''})"


def _imports(value: object) -> set[str]:
    """Return the names of all exports that are imported anywhere in a value."""
    match value:
        case {"Fn::ImportValue": name}:
            return {_name(name)}
        case dict():
            return {name for each in value.values() for name in _imports(each)}
        case list():
            return {name for each in value for name in _imports(each)}
    return set()


def _importers(template: Template, export: str) -> list[str]:
    """Return the logical ids of the resources (or outputs) that import an export."""
    return [
        logical_id
        for section in ("Resources", "Outputs")
        for logical_id, each in template.get(section, {}).items()
        if export in _imports(each)
    ]
