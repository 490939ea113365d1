"""Mutants of a stage's templates: each differs in one place, and something must notice it.

python -m tests.infra.mutants           the score, and who survived
python -m tests.infra.mutants --all     every mutant, and what noticed it

Nobody picks them: they are made of whatever the templates say, so that a promise that nobody
thought of shows as a survivor. What notices are the invariants of each synth and the promises of
the template tests, and never a comparison with the reference, which would notice everything.
"""

import argparse
import pickle
import re
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from drive_tools.cloud_assembly import find_stage
from stacks.invariants.check import INVARIANTS, Invariant
from stacks.invariants.declared import Declared
from tests.baseline import DEV, PROD
from tests.infra import synthesis, templates
from tests.infra.promises import broken_promises
from tests.infra.templates import StageTemplates

Path_ = tuple[str | int, ...]
# The script makes so many of each kind, in other resources of the type. The test makes one.
MOST_OF_A_KIND = 3

# What no promise is about, by the kind of a mutant, with the reason.
UNPROMISED = {
    r"(Group)?Description |DisplayName |Metrics\.\*\.Label ": "words for a person",
    r"\.Sid ": "a name of a statement",
    r"Tags[ .]": "tags other than the stage's, which has tests of its own",
    r"Targets\.\*\.Id ": "a name of a target",
    r"Policies\.\*\.PolicyName |IAM::Policy Properties\.PolicyName ": "a name of a policy",
    r"ManagedPolicy Properties\.Path ": "the default, which CDK writes",
    r"EC2::EIP Properties\.Domain ": "the default of every account of today, which CDK writes",
    r"EC2::VPC Properties\.InstanceTenancy removed": "the default, which CDK writes",
    r"(Code|Content)[ .]": "the asset, which the assembly's own tests hold",
    r"^Custom::\w+ (DeletionPolicy|UpdateReplacePolicy) ": "nothing is deleted with it",
    r"AWS::EC2::VPCEndpoint Properties\.RouteTableIds\.\*": "of a subnet with no function",
}
# What CloudFormation itself refuses, as cfn-lint says it (E3003 and others): required properties.
REQUIRED = re.compile(
    r"(AWS::Lambda::Function Properties\.(Code|Role|Handler|Runtime)"
    r"|AWS::Lambda::LayerVersion Properties\.Content"
    r"|AWS::EC2::\w+ Properties\.(CidrBlock|VpcId)"
    r"|Custom::\w+ Properties\.ServiceToken) removed$"
)
# CDK's own provider, in which nothing is ours but its role and its log.
OF_THE_CDK = re.compile(
    r"CustomVpcRestrictDefaultSG\w*Handler\w* Properties\.(?!Role|LoggingConfig)"
)


@dataclass(frozen=True)
class Mutant:
    """One change: where, and what."""

    stack: str
    logical_id: str
    resource_type: str
    path: Path_
    operator: str
    change: Callable[[Any, Any], None]  # takes the parent and the last step

    @property
    def kind(self) -> str:
        """What mutants have in common that differ only in the resource."""
        steps = ["*" if isinstance(step, int) else step for step in self.path]
        return f"{self.resource_type} {'.'.join(map(str, steps))} {self.operator}"

    def __str__(self) -> str:
        """Return where and what."""
        where = ".".join(map(str, self.path))
        return f"{self.stack} {self.logical_id} {where}: {self.operator}"

    def applied(self, drive: StageTemplates) -> StageTemplates:
        """Return the stage with this change."""
        mutated: StageTemplates = pickle.loads(pickle.dumps(drive))
        at: Any = getattr(mutated, self.stack).body["Resources"]
        *steps, last = (self.logical_id, *self.path)
        for step in steps:
            at = at[step]
        self.change(at, last)
        return mutated


def mutants(drive: StageTemplates, *, most: int = MOST_OF_A_KIND) -> Iterator[Mutant]:
    """Yield the mutants of a stage that must be noticed, the same in each run."""
    seen: Counter[str] = Counter()
    for mutant in changes(drive):
        if not _unpromised(mutant):
            seen[mutant.kind] += 1
            if seen[mutant.kind] <= most:
                yield mutant


def changes(drive: StageTemplates) -> Iterator[Mutant]:
    """Yield every single change of a stage that is known here."""
    for stack in ("data", "service"):
        for logical_id, resource in getattr(drive, stack).body["Resources"].items():
            for path, operator, change in _changes(resource):
                yield Mutant(stack, logical_id, resource["Type"], path, operator, change)


def _unpromised(mutant: Mutant) -> bool:
    return bool(
        any(re.search(each, mutant.kind) for each in UNPROMISED)
        or REQUIRED.search(mutant.kind)
        or OF_THE_CDK.search(str(mutant))
    )


def survivors(
    drive: StageTemplates, assembly: Path, of: Iterable[Mutant]
) -> dict[Mutant, str | None]:
    """Return what noticed each of the mutants: None if nothing did."""
    stage = Declared.of(find_stage(assembly, drive.name))
    invariants = [*INVARIANTS]
    return {mutant: _noticed(mutant.applied(drive), stage, assembly, invariants) for mutant in of}


def _noticed(
    mutated: StageTemplates, stage: Declared, assembly: Path, invariants: list[Invariant]
) -> str | None:
    """Return what notices it. The invariant goes first of all: the next mutant is much like it."""
    bodies = {
        f"{mutated.name}-Data": mutated.data.body,
        f"{mutated.name}-Service": mutated.service.body,
    }
    declared = Declared(bodies, stage.retained, stage.waits_for)
    for invariant in invariants:
        try:
            broken = next(invariant(declared), None)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            broken = f"an invariant: {type(error).__name__}"
        if broken:
            invariants.remove(invariant)
            invariants.insert(0, invariant)
            return broken
    return next(broken_promises(mutated, assembly), None)


def _changes(resource: dict[str, Any]) -> Iterator[tuple[Path_, str, Callable[[Any, Any], None]]]:
    yield (), "removed", _remove
    for name in ("DependsOn", "DeletionPolicy", "UpdateReplacePolicy"):
        if name in resource:
            yield (name,), "removed", _remove
    for path, value in _values(resource.get("Properties", {}), ("Properties",)):
        yield path, "removed", _remove
        for operator, other in _others(value):
            yield path, operator, _set_to(other)


def _values(value: Any, path: Path_) -> Iterator[tuple[Path_, Any]]:  # noqa: ANN401 - JSON
    """Yield each value below a property, but for the inside of CloudFormation's functions."""
    if isinstance(value, dict) and not _is_function(value):
        for name, each in value.items():
            yield (*path, name), each
            yield from _values(each, (*path, name))
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield (*path, number), each
            yield from _values(each, (*path, number))


def _is_function(value: dict[str, Any]) -> bool:
    return len(value) == 1 and next(iter(value)).startswith(("Fn::", "Ref"))


def _others(value: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - JSON
    match value:
        case bool():
            yield "the opposite", not value
        case int():
            yield "another number", value + 1
        case "Allow":
            yield "the opposite", "Deny"
        case "Deny":
            yield "the opposite", "Allow"
        case "true" | "false":
            yield "the opposite", "true" if value == "false" else "false"
        case str():
            yield "another text", f"{value}x"
        case list() if value:
            yield "empty", []
        case {"AWS": _} | {"Service": _}:
            if value != {"AWS": "*"}:
                yield "anybody", {"AWS": "*"}
        case {"Fn::Join": _} | {"Fn::GetAtt": _} | {"Ref": _} | {"Fn::ImportValue": _}:
            yield "anything", "*"


def _remove(parent: Any, last: Any) -> None:  # noqa: ANN401 - JSON
    del parent[last]


def _set_to(value: Any) -> Callable[[Any, Any], None]:  # noqa: ANN401 - JSON
    def change(parent: Any, last: Any) -> None:  # noqa: ANN401 - JSON
        parent[last] = value

    return change


def main() -> int:
    """Print the score of Prod of the tests' own settings; fail if one survived."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        assembly = synthesis.assembly(Path(folder) / "cdk.out", DEV, PROD)
        drive = templates.load(assembly, "Prod")
        found = survivors(drive, assembly, mutants(drive))
    for mutant, noticed in found.items():
        if options.all or noticed is None:
            print(f"{mutant} -> {noticed or 'SURVIVED'}")
    print(score(found))
    return 1 if None in found.values() else 0


def score(found: dict[Mutant, str | None]) -> str:
    """Return how many were noticed."""
    left = sum(noticed is None for noticed in found.values())
    kinds = len({mutant.kind for mutant in found})
    return f"{len(found) - left} of {len(found)} mutants of {kinds} kinds noticed"


if __name__ == "__main__":
    raise SystemExit(main())
