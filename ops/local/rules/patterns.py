"""Patterns of IAM policies: wildcards, ARNs and policy variables.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_DEFAULT = re.compile(r"\s*([^,]+?)\s*(?:,\s*'(.*)'\s*)?", re.DOTALL)
_ARN_PARTS = 6


class UnknownKeyError(Exception):
    """A policy asks for a condition key of which nobody here knows whether the request has it."""

    def __init__(self, key: str) -> None:
        super().__init__(f"the condition key {key} is not known")
        self.key = key


@dataclass(frozen=True)
class Keys:
    """The condition keys of a request, by name without regard to case.

    A key that is in neither is absent from the request. An `unknown` name that ends in `/` stands
    for all keys that begin with it, such as `aws:ResourceTag/`.
    """

    values: Mapping[str, Sequence[str]]
    unknown: frozenset[str] = frozenset()
    _lower: Mapping[str, tuple[str, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        lower = {key.lower(): tuple(values) for key, values in self.values.items()}
        object.__setattr__(self, "_lower", lower)
        object.__setattr__(self, "unknown", frozenset(map(str.lower, self.unknown)))

    def get(self, key: str) -> tuple[str, ...] | None:
        """Return the values of a key; None if it is absent, UnknownKeyError if it is unknown."""
        name = key.lower()
        values = self._lower.get(name)
        if values is None and (
            name in self.unknown or f"{name.partition('/')[0]}/" in self.unknown
        ):
            raise UnknownKeyError(key)
        return values or None


@dataclass(frozen=True)
class Text:
    """Text of a policy in which the variables are replaced.

    Each part is text and whether its `*` and `?` are wildcards: they are where the policy's author
    wrote them, and are not in the value of a variable.
    """

    parts: tuple[tuple[str, bool], ...]

    def __str__(self) -> str:
        return "".join(text for text, _ in self.parts)


@lru_cache(maxsize=4096)
def plain(text: str) -> Text:
    """Return a text without variables."""
    return Text(((text, True),))


def replaced(text: str, keys: Keys) -> Text | None:
    """Replace the variables of a text; None if one has no value and no default.

    `${*}`, `${?}` and `${$}` stand for these characters. A key with several values is no variable.
    """
    if "${" not in text:
        return plain(text)
    parts: list[tuple[str, bool]] = []
    end = 0
    for found in _VARIABLE.finditer(text):
        parts.append((text[end : found.start()], True))
        end = found.end()
        value = _value(found[1], keys)
        if value is None:
            return None
        parts.append((value, False))
    return Text((*parts, (text[end:], True)))


def _value(variable: str, keys: Keys) -> str | None:
    if variable in {"*", "?", "$"}:
        return variable
    named = _DEFAULT.fullmatch(variable)
    if named is None:
        return None
    values = keys.get(named[1])
    return values[0] if values and len(values) == 1 else named[2]


def like(value: str, pattern: Text, *, ignore_case: bool = False) -> bool:
    """Say whether the value matches; `*` is any characters, `?` is one."""
    return _compiled(pattern, re.IGNORECASE if ignore_case else 0).fullmatch(value) is not None


@lru_cache(maxsize=4096)
def _compiled(pattern: Text, flags: int) -> re.Pattern[str]:
    expression = "".join(
        re.escape(text) if not wild else re.escape(text).replace(r"\*", ".*").replace(r"\?", ".")
        for text, wild in pattern.parts
    )
    return re.compile(expression, re.DOTALL | flags)


def arn_like(value: str, pattern: Text) -> bool:
    """Compare an ARN with a pattern, each of the six parts between colons by itself.

    The sixth part may have colons of its own. The pattern `*` matches every ARN.
    """
    if str(pattern) == "*":
        return True
    asked, given = _split(pattern), value.split(":", _ARN_PARTS - 1)
    if len(asked) < _ARN_PARTS or len(given) < _ARN_PARTS:
        return like(value, pattern)
    return all(like(part, ask) for part, ask in zip(given, asked, strict=True))


@lru_cache(maxsize=4096)
def _split(pattern: Text) -> tuple[Text, ...]:
    """Split at the first five colons, also at one in the value of a variable."""
    split: list[list[tuple[str, bool]]] = [[]]
    for text, wild in pattern.parts:
        first, *rest = text.split(":", _ARN_PARTS - len(split))
        split[-1].append((first, wild))
        split.extend([(each, wild)] for each in rest)
    return tuple(Text(tuple(parts)) for parts in split)


def account_of(arn: str) -> str:
    """Return the account in an ARN; nothing where it has none, as that of an S3 bucket."""
    parts = arn.split(":", _ARN_PARTS - 1)
    return parts[4] if len(parts) == _ARN_PARTS and parts[0] == "arn" else ""
