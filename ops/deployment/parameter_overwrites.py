"""Values that somebody set in a parameter, and that a deployment would overwrite.

A deployment writes a parameter's value whenever any property of it but its tags changes in the
template (docs/decisions/0012-operator-keys.md), even if somebody has set another value.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from drive_tools.cloud_assembly import StackArtifact, Template, resources
from ops.deployment.bootstrap_roles import reported, session

_PARAMETER = "AWS::SSM::Parameter"
_MOST = 10  # names in one GetParameters


@dataclass(frozen=True)
class ParameterWrite:
    """A parameter that a deployment will write: the value of the last deployment, and the next."""

    name: str
    before: str
    after: str
    because: tuple[str, ...]


def parameter_writes(deployed: Template, synthesised: Template) -> dict[str, ParameterWrite]:
    """Return the parameters whose value a deployment writes, by logical id.

    A parameter whose name or value CloudFormation generates is left out: nobody sets it.
    """
    found: dict[str, ParameterWrite] = {}
    next_ones = resources(synthesised, _PARAMETER)
    for logical_id, resource in resources(deployed, _PARAMETER).items():
        following = next_ones.get(logical_id)
        if following is None:
            continue
        old, new = resource["Properties"], following["Properties"]
        changed = tuple(
            name for name in sorted({*old, *new} - {"Tags"}) if old.get(name) != new.get(name)
        )
        name, before, after = (old.get("Name"), old.get("Value"), new.get("Value"))
        told = isinstance(name, str) and isinstance(before, str) and isinstance(after, str)
        if told and changed and "Name" not in changed:
            found[logical_id] = ParameterWrite(str(name), str(before), str(after), changed)
    return found


def set_meanwhile(stack: StackArtifact, writes: dict[str, ParameterWrite]) -> dict[str, str]:
    """Return the values that are neither the last nor the next of a deployment, by logical id.

    Raises `ToolError` if they cannot be read. Without `writes` AWS is not asked.
    """
    values = _values(stack, [write.name for write in writes.values()])
    return {
        logical_id: values[write.name]
        for logical_id, write in writes.items()
        if write.name in values and values[write.name] not in {write.before, write.after}
    }


def _values(stack: StackArtifact, names: list[str]) -> dict[str, str]:
    if not names:
        return {}
    client = session(stack, stack.lookup_role).client("ssm")
    with reported(f"cannot read what was set in {', '.join(names)}"):
        answers = [client.get_parameters(Names=some) for some in _in_parts(names)]
    return {found["Name"]: found["Value"] for each in answers for found in each["Parameters"]}


def _in_parts(names: list[str]) -> Iterable[list[str]]:
    return (names[first : first + _MOST] for first in range(0, len(names), _MOST))
