"""The variables of a function in a synthesised template, compared with the live ones."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from drive_tools.cloud_assembly import all_stacks, construct_path, resources
from drive_tools.environment.variables import OPERATOR, Owners
from drive_tools.errors import RefusedError

STACK_TAG = "aws:cloudformation:stack-name"
LOGICAL_ID_TAG = "aws:cloudformation:logical-id"

SAME = "same"
DRIFT = "drift"
MISSING = "missing"
EXTRA = "extra"
NOT_COMPARABLE = "not comparable"
KEPT = "operator setting"
NOT_KEPT = "operator setting, not kept"


@dataclass(frozen=True)
class TemplateFunction:
    """A function of a template; a value that only a deployment knows is None."""

    stack: str
    logical_id: str
    path: str
    function_name: str | None
    variables: dict[str, str | None] = field(repr=False)

    def __str__(self) -> str:
        return f"{self.stack} {self.logical_id}" + (f" ({self.path})" if self.path else "")


def find(
    folder: Path, function: str, tags: Mapping[str, str], wanted: str | None
) -> TemplateFunction:
    """The function of that name in a cdk.out folder.

    `wanted` is its logical id or its path in the app; without it CloudFormation's tags say which
    one it is, or its name, which CloudFormation makes of stack and logical id.
    """
    resources = list(_functions(folder))
    if wanted:
        matches = [
            each
            for each in resources
            if wanted in {each.logical_id, each.path, each.path.removesuffix("/Resource")}
        ]
    elif LOGICAL_ID_TAG in tags:
        identity = tags.get(STACK_TAG), tags[LOGICAL_ID_TAG]
        matches = [each for each in resources if (each.stack, each.logical_id) == identity]
    else:
        matches = [
            each
            for each in resources
            if function == each.function_name
            or function.startswith(f"{each.stack}-{each.logical_id}-")
        ]
    if len(matches) == 1:
        return matches[0]
    found = "".join(f"\n  {each}" for each in matches or resources) or " none"
    raise RefusedError(
        f"{folder}: {'several functions' if matches else 'no function'} of it can be {function};"
        f" say which by --resource. It has:{found}"
    )


def compare(
    live: Mapping[str, str],
    resource: TemplateFunction,
    which: Owners,
    parameters: Mapping[str, str],
) -> dict[str, str]:
    """Return the state of each variable: whether the next deployment keeps it, or what it does."""
    states = {}
    for name in sorted(live.keys() | resource.variables.keys()):
        declared = resource.variables.get(name)
        if which.of(name) == OPERATOR and name in live:
            state = KEPT if parameters.get(name) == live[name] else NOT_KEPT
        elif name not in resource.variables:
            state = EXTRA
        elif name not in live:
            state = MISSING
        elif declared is None:
            state = NOT_COMPARABLE
        else:
            state = SAME if declared == live[name] else DRIFT
        states[name] = state
    return states


def _functions(folder: Path) -> Iterator[TemplateFunction]:
    """Yield the Lambda functions of an assembly, and of those that are nested in it."""
    for stack in all_stacks(folder):
        for logical_id, function in resources(stack.body(), "AWS::Lambda::Function").items():
            properties = function.get("Properties", {})
            variables = properties.get("Environment", {}).get("Variables", {})
            name = properties.get("FunctionName")
            yield TemplateFunction(
                stack.name,
                logical_id,
                construct_path(function) or "",
                name if isinstance(name, str) else None,
                {key: _literal(value) for key, value in variables.items()},
            )


def _literal(value: object) -> str | None:
    """A value that stands in the template as it will be; None for references."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | int | float) and "{{resolve:" not in str(value):
        return str(value)
    return None
