"""Maps of environment variables: merged, checked, compared. This module does no I/O."""

import hashlib
import hmac
import json
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from drive_tools.environment import lambda_limits

OPERATOR_KEYS_TAG = "lambda-drive:operator-keys"
OPERATOR_PARAMETERS_TAG = "lambda-drive:operator-parameters"
OPERATOR, DEPLOY = "operator", "deploy"

MASK = "********"  # the same for every value
_SHORT = 4  # letters of a value that could as well be a part of any sentence
_DIGEST_LETTERS = 8


def merge(
    current: Mapping[str, str], set_: Mapping[str, str], unset: Collection[str]
) -> dict[str, str]:
    """`current` with the variables of `set_` and without those of `unset`; no other is touched."""
    both = sorted(set_.keys() & set(unset))
    if both:
        raise ValueError(f"{', '.join(both)}: set and unset at once")
    return {name: value for name, value in current.items() if name not in unset} | dict(set_)


@dataclass(frozen=True)
class Change:
    """A variable before and after; None where it is not there."""

    name: str
    old: str | None = field(repr=False)
    new: str | None = field(repr=False)


def changes(before: Mapping[str, str], after: Mapping[str, str]) -> list[Change]:
    """Return the differences, in order of names."""
    return [
        Change(name, before.get(name), after.get(name))
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
    ]


@dataclass(frozen=True)
class Owners:
    """The owner of each variable of a function: its operators, or its deployment.

    `operator` is None on a function without owners, where everybody may set everything.
    """

    operator: frozenset[str] | None = None
    prefix: str | None = None

    def of(self, name: str) -> str | None:
        """The owner of a variable."""
        if self.operator is None:
            return None
        return OPERATOR if name in self.operator else DEPLOY

    def parameter(self, name: str) -> str | None:
        """The SSM parameter from which a deployment takes the variable."""
        if not self.prefix or self.of(name) != OPERATOR:
            return None
        return f"{self.prefix.rstrip('/')}/{name}"


def owners(tags: Mapping[str, str]) -> Owners:
    """The owners that the tags of a function name."""
    keys = tags.get(OPERATOR_KEYS_TAG)
    if keys is None:
        return Owners()
    return Owners(frozenset(keys.split()), tags.get(OPERATOR_PARAMETERS_TAG))


def check(name: str, value: str) -> None:
    """Hold one variable to what Lambda takes. Raises `ValueError`, in which no value is shown."""
    lambda_limits.check_environment({name: ""})
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValueError(f"the value of {name} is no text: it is not UTF-8") from None
    if "\0" in value:
        raise ValueError(f"the value of {name} is no text: it has a NUL byte")


def bytes_left(variables: Mapping[str, str]) -> int:
    """Return the bytes that a map leaves of Lambda's 4 KB; negative when it is too large."""
    taken = sum(len(name.encode()) + len(value.encode()) for name, value in variables.items())
    return lambda_limits.ENVIRONMENT_BYTES - taken


def bytes_left_as_json(variables: Mapping[str, str]) -> int:
    """Return the bytes left when quotes, colons, commas and escapes count, as they do at Lambda."""
    return lambda_limits.ENVIRONMENT_BYTES - lambda_limits.environment_bytes(variables)


def digest(key: bytes, name: str, value: str) -> str:
    """Return a few letters that are equal for equal values of a variable.

    The digest is keyed: without a key, a reader of a log could find a short secret by trying. The
    name is part of it, so that values of two variables cannot be compared.
    """
    text = f"{name}={value}".encode(errors="surrogatepass")
    return hmac.digest(key, text, hashlib.sha256).hex()[:_DIGEST_LETTERS]


class Secrets:
    """The values that are known in this run, which are hidden in every text."""

    def __init__(self) -> None:
        self._values: set[str] = set()

    def learn(self, values: Iterable[str]) -> None:
        """Hide these from now on."""
        for value in values:
            for form in (value, json.dumps(value)[1:-1], repr(value)[1:-1]):
                self._values.update((form, *form.splitlines()))
        self._values.discard("")

    def hide(self, text: str) -> str:
        """Return a text of AWS without any value, as it is or in the JSON of a map."""
        text = re.sub(r"(String measured|\{\").*", MASK, text, flags=re.DOTALL)
        for value in sorted(self._values, key=len, reverse=True):
            if len(value) >= _SHORT:
                text = text.replace(value, MASK)
            else:
                text = re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", MASK, text)
        return text
