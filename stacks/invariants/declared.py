"""What the templates of a stage declare, with the references between its stacks resolved."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from drive_tools.cloud_assembly import StageAssembly, Template

Json = Any  # a value of a template: text, number, list, mapping


def inner(value: Json) -> list[Json]:
    """Return the mappings and lists right below a value: what may have a reference in it."""
    match value:
        case dict():
            return [each for each in value.values() if isinstance(each, dict | list)]
        case list():
            return [each for each in value if isinstance(each, dict | list)]
    return []


@dataclass(frozen=True, eq=False)
class Declaration:
    """One resource of a template."""

    stack: str
    logical_id: str
    resource: Mapping[str, Any]

    @property
    def kind(self) -> str:
        """Its CloudFormation type."""
        kind: str = self.resource["Type"]
        return kind

    @property
    def properties(self) -> Mapping[str, Any]:
        """Its properties; none if the template gives it none."""
        properties: Mapping[str, Any] = self.resource.get("Properties", {})
        return properties

    def __str__(self) -> str:
        """Return the stack and the logical id, by which a person finds it."""
        return f"{self.stack} {self.logical_id}"


@dataclass(frozen=True, eq=False)
class Declared:
    """All resources of a stage."""

    templates: Mapping[str, Template]
    """By the names of the stacks."""
    retained: bool
    """Whether the stage keeps its data: a stack of it is protected from deletion."""
    waits_for: Mapping[str, tuple[str, ...]]
    """The stacks that are deployed before a stack, by its name."""

    @classmethod
    def of(cls, stage: StageAssembly) -> "Declared":
        """Read a stage as it was synthesised."""
        return cls(
            templates={stack.name: stack.body() for stack in stage.stacks},
            retained=any(stack.termination_protection for stack in stage.stacks),
            waits_for={stack.name: stack.needs for stack in stage.stacks},
        )

    @cached_property
    def all(self) -> dict[tuple[str, str], Declaration]:
        """Each resource, by its stack and its logical id."""
        return {
            (stack, logical_id): Declaration(stack, logical_id, resource)
            for stack, template in self.templates.items()
            for logical_id, resource in template.get("Resources", {}).items()
        }

    def of_type(self, *kinds: str) -> list[Declaration]:
        """Return the resources of some types."""
        return [each for kind in dict.fromkeys(kinds) for each in self._by_type.get(kind, [])]

    def find(self, value: Json, stack: str) -> Declaration | None:
        """Return what a `Ref`, `Fn::GetAtt` or `Fn::ImportValue` in a template of `stack` means.

        None for any other value, such as the id of a subnet that is there already.
        """
        if not isinstance(value, dict):
            return None
        if "Fn::ImportValue" in value:
            exported = self._exports.get(str(value["Fn::ImportValue"]))
            return self.find(exported[1], exported[0]) if exported else None
        name = value["Fn::GetAtt"][0] if "Fn::GetAtt" in value else value.get("Ref")
        return self.all.get((stack, str(name)))

    def referred(self, value: Json, stack: str) -> Iterator[Declaration]:
        """Yield each resource that is named anywhere in a value."""
        found = self.find(value, stack)
        if found:
            yield found
        else:
            for each in inner(value):
                yield from self.referred(each, stack)

    def imports(self, value: Json) -> Iterator[str]:
        """Yield the name of each export that a value imports."""
        if isinstance(value, dict) and isinstance(value.get("Fn::ImportValue"), str):
            yield value["Fn::ImportValue"]
        for each in inner(value):
            yield from self.imports(each)

    def waited_for(self, declaration: Declaration) -> set[Declaration]:
        """Return what exists before a resource: by references, `DependsOn`, and theirs."""
        found: set[Declaration] = set()
        left = [declaration]
        while left:
            each = left.pop()
            named = each.resource.get("DependsOn", [])
            names = [named] if isinstance(named, str) else named
            before = [self.all.get((each.stack, name)) for name in names]
            before += self.referred(each.properties, each.stack)
            for other in before:
                if other is not None and other not in found:
                    found.add(other)
                    left.append(other)
        return found

    @cached_property
    def _by_type(self) -> dict[str, list[Declaration]]:
        found: dict[str, list[Declaration]] = {}
        for each in self.all.values():
            found.setdefault(each.kind, []).append(each)
        return found

    @cached_property
    def exports(self) -> frozenset[str]:
        """The names of all exports of the stage."""
        return frozenset(self._exports)

    @cached_property
    def _exports(self) -> dict[str, tuple[str, Json]]:
        return {
            str(output["Export"]["Name"]): (stack, output["Value"])
            for stack, template in self.templates.items()
            for output in template.get("Outputs", {}).values()
            if "Export" in output
        }


def as_list(value: Json) -> list[Json]:
    """Return a value of a policy as a list: IAM takes one without brackets."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
