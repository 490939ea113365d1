"""Values of templates as one text each, by which two versions are compared.

A reference is a token with the place of what it leads to, `<stack/logical id|attribute>`, also
through exports; what nobody can know before a deployment is a token too. So a text in which
something refers is compared like any other text.
"""

import json
import re
from collections.abc import Callable, Mapping

from ops.review.app_version import AppVersion, Json, Key

_TOKEN = re.compile(r"<([^<>|]+)/([^<>|/]+)\|([^<>|]*)>")
_SUBSTITUTED = re.compile(r"\$\{(!?)([^}]*)\}")
_OWN_ARN = re.compile(r"arn:aws:([a-z0-9-]+):(?:<region>)?:(?:<account>)?:")
ACCOUNT = "<account>"  # the stack's own
_PSEUDO = {
    "AWS::Partition": "aws",  # of nearly all; so a partition that is written out is the same
    "AWS::URLSuffix": "amazonaws.com",
    "AWS::AccountId": ACCOUNT,
    "AWS::Region": "<region>",
    "AWS::StackName": "<stack name>",
    "AWS::StackId": "<stack id>",
}


class Names:
    """The texts of one version. `places` has the place after of each resource that moved.

    `accounts` are those of the stacks, as far as they are known: `<account>` stands for each.
    """

    def __init__(
        self, version: AppVersion, places: Mapping[Key, Key], accounts: Mapping[str, str]
    ) -> None:
        self.version = version
        self._places = places
        self._accounts = accounts

    def place(self, key: Key) -> Key:
        """Return the place of a resource, after the change if it moved."""
        return self._places.get(key, key)

    def key(self, stack: str, value: Json) -> Key | None:
        """Return the place of the resource that a value is, if it is a reference to one."""
        if isinstance(value, dict) and len(value) == 1 and "Fn::Join" not in value:
            found = {key for key, _ in self.version.targets(stack, value)}
            if len(found) == 1 and _TOKEN.fullmatch(self.text(stack, value)):
                return self.place(found.pop())
        return None

    def text(self, stack: str, value: Json) -> str:
        """Return a value as text. The account of the stack is `<account>`, also written out."""
        text = self._text(stack, value)
        account = self._accounts.get(stack)
        return text.replace(account, ACCOUNT) if account else text

    def texts(self, stack: str, value: Json) -> tuple[str, ...]:
        """Return one value or several as texts, each once, in order."""
        if isinstance(value, list):
            return tuple(sorted({self.text(stack, each) for each in value if not nothing(each)}))
        return () if nothing(value) else (self.text(stack, value),)

    def _text(self, stack: str, value: Json) -> str:  # noqa: PLR0911 - one a function
        match value:
            case bool():
                return str(value).lower()
            case str() | int() | float():
                return str(value)
            case {"Ref": str(name)}:
                return _PSEUDO.get(name) or self._resource(stack, name, "Ref")
            case {"Fn::GetAtt": [str(name), attribute]}:
                return self._resource(stack, name, self._text(stack, attribute))
            case {"Fn::GetAtt": str(name)}:
                return self._resource(stack, *name.split(".", 1))
            case {"Fn::ImportValue": str(name)} if name in self.version.exports:
                return self._text(*self.version.exports[name])
            case {"Fn::GetStackOutput": {"StackName": str(other), "OutputName": str(name)}} if (
                output := self._output(other, name)
            ):
                return self._text(other, output.get("Value"))
            case {"Fn::Join": [str(separator), list(parts)]}:
                return separator.join(self._text(stack, each) for each in parts)
            case {"Fn::Sub": [str(template), dict(variables)]}:
                return self._substituted(stack, template, variables)
            case {"Fn::Sub": str(template)}:
                return self._substituted(stack, template, {})
            case _:
                shown = json.dumps(self._inside(stack, value), sort_keys=True, default=str)
                # No pattern is in what is not known.
                return f"<{shown.replace('*', '∗').replace('?', '？')}>"  # noqa: RUF001 - on purpose

    def _inside(self, stack: str, value: Json) -> Json:
        if isinstance(value, dict):
            return {str(name): self._leaf(stack, each) for name, each in value.items()}
        return self._leaf(stack, value)

    def _leaf(self, stack: str, value: Json) -> Json:
        match value:
            case {"Ref": _} | {"Fn::GetAtt": _} | {"Fn::ImportValue": _} | {"Fn::Sub": _}:
                return self._text(stack, value)
            case dict():
                return self._inside(stack, value)
            case list():
                return [self._leaf(stack, each) for each in value]
            case _:
                return value

    def _resource(self, stack: str, name: str, of: str = "Ref") -> str:
        key = (stack, name)
        if key not in self.version.resources:
            return f"<{name}>" if of == "Ref" else f"<{name}.{of}>"
        return f"<{'/'.join(self.place(key))}|{of}>"

    def _substituted(self, stack: str, template: str, variables: Mapping[str, Json]) -> str:
        def value(found: re.Match[str]) -> str:
            literal, name = found[1], found[2]
            if literal:
                return f"${{{name}}}"
            if name in variables:
                return self._text(stack, variables[name])
            return _PSEUDO.get(name) or self._resource(stack, *name.split(".", 1))

        return _SUBSTITUTED.sub(value, template)

    def _output(self, stack: str, name: str) -> Mapping[str, Json] | None:
        there = self.version.stacks.get(stack)
        outputs = there.template.get("Outputs") if there else None
        found = outputs.get(name) if isinstance(outputs, dict) else None
        return found if isinstance(found, dict) else None


def nothing(value: Json) -> bool:
    """Say whether a value is not there at all."""
    return value is None or value == {"Ref": "AWS::NoValue"}


def shown(text: str, named: Callable[[Key], str]) -> str:
    """Return a text for people: each reference by the name of what it leads to, own ARNs short."""

    def name(found: re.Match[str]) -> str:
        said = named((found[1], found[2]))
        return said if found[3] in {"Ref", "Arn"} else f"{found[3]} of {said}"

    return _TOKEN.sub(name, _OWN_ARN.sub(r"\1:", text))


def accounts(*versions: AppVersion) -> dict[str, str]:
    """Return the account of each stack, where an assembly says one."""
    return {
        stack.name: stack.artifact.account
        for version in versions
        for stack in version.stacks.values()
        if stack.artifact and stack.artifact.account
    }
