"""Conditions of IAM policies.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
"""

import ipaddress
import operator
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Literal, TypeVar

from ops.local.rules.patterns import Keys, Text, UnknownKeyError, arn_like, like, plain, replaced

_Comparable = TypeVar("_Comparable", Decimal, datetime)
_Test = Callable[[str, Text], bool]
_Set = Literal["", "forallvalues", "foranyvalue"]
_YEAR = re.compile(r"\d{4}(-\d{2}){0,2}")


class UnsuitableConditionError(ValueError):
    """A condition has an operator that IAM does not have, or a value that is not for it."""


@dataclass(frozen=True, kw_only=True)
class Condition:
    """One key of a condition, with the values that the policy has for it."""

    operator: str  # of _TESTS, in lower case, or "null"
    negated: bool
    quantifier: _Set
    if_exists: bool
    key: str
    values: tuple[str, ...]

    def holds(self, keys: Keys, *, variables: bool) -> bool:
        """Say whether the request's keys meet it; UnknownKeyError if that cannot be known."""
        given = keys.get(self.key)
        if self.operator == "null":
            return any((given is None) == (value.lower() == "true") for value in self.values)
        if given is not None and self.quantifier:
            # An empty text counts as no value to the set operators.
            given = tuple(value for value in given if value) or None
        if given is None:
            if self.if_exists or self.quantifier == "forallvalues":
                return True
            return self.negated and not self.quantifier
        results = (self._meets(value, keys, variables=variables) for value in given)
        # Without a set operator, several values are matched if one is; and a negated operator asks
        # for the opposite.
        everyone = self.quantifier == "forallvalues" or (self.negated and not self.quantifier)
        return all(results) if everyone else any(results)

    def _meets(self, given: str, keys: Keys, *, variables: bool) -> bool:
        """Say whether one value of the request matches one of the policy, or, negated, none."""
        unknown = None
        variables = variables and self.operator.startswith(("string", "arn", "bool"))
        for value in self.values:
            try:
                pattern = replaced(value, keys) if variables else plain(value)
            except UnknownKeyError as error:
                unknown = error
                continue
            if pattern is not None and _TESTS[self.operator](given, pattern):
                return not self.negated
        if unknown:
            raise unknown
        return self.negated


def condition(name: str, key: str, values: tuple[str, ...]) -> Condition:
    """Return the condition of an operator, a key and its values, as a policy has them."""
    quantifier, _, rest = name.lower().rpartition(":")
    base = rest.removesuffix("ifexists")
    tested = _NEGATED.get(base, base)
    known = name.lower() == "null" or tested in _TESTS
    if quantifier not in _SETS or not known:
        raise UnsuitableConditionError(f"IAM has no condition operator {name!r}")
    made = Condition(
        operator=tested,
        negated=base in _NEGATED,
        quantifier=_SETS[quantifier],
        if_exists=base != rest,
        key=key,
        values=values,
    )
    for value in values:
        if not _suits(tested, value):
            raise UnsuitableConditionError(f"{name} of {key} cannot have the value {value!r}")
    return made


def _suits(operator: str, value: str) -> bool:
    """Say whether the operator can compare the value of a policy with anything."""
    try:
        match operator:
            case "bool" | "null":
                return value.lower() in {"true", "false"} or (operator == "bool" and "${" in value)
            case "ipaddress":
                ipaddress.ip_network(value, strict=False)
            case numeric if numeric.startswith("numeric"):
                Decimal(value)
            case date if date.startswith("date"):
                read_date(value)
    except (ValueError, InvalidOperation):
        return False
    return True


def _numeric(compare: Callable[[Decimal, Decimal], bool]) -> _Test:
    return _compared(Decimal, compare)


def _dated(compare: Callable[[datetime, datetime], bool]) -> _Test:
    return _compared(read_date, compare)


def _compared(
    read: Callable[[str], _Comparable], compare: Callable[[_Comparable, _Comparable], bool]
) -> _Test:
    def test(given: str, value: Text) -> bool:
        try:
            return compare(read(given), read(str(value)))
        except (ValueError, InvalidOperation):  # a value of the request that is no such thing
            return False

    return test


def read_date(text: str) -> datetime:
    """Read a date of ISO 8601, as W3C's profile has it, or seconds since 1970."""
    try:
        if _YEAR.fullmatch(text):
            return datetime.fromisoformat(f"{text}-01-01"[:10]).replace(tzinfo=UTC)
        date = datetime.fromisoformat(text)
        return date if date.tzinfo else date.replace(tzinfo=UTC)
    except ValueError:
        try:
            return datetime.fromtimestamp(float(text), UTC)
        except (OverflowError, OSError) as error:
            raise ValueError(text) from error


def _within(given: str, value: Text) -> bool:
    try:
        return ipaddress.ip_address(given) in ipaddress.ip_network(str(value), strict=False)
    except ValueError:  # an address of the request that is none, as that of a service
        return False


def _pairs(kind: str, make: Callable[[Callable[..., bool]], _Test]) -> Iterable[tuple[str, _Test]]:
    yield f"{kind}equals", make(operator.eq)
    yield f"{kind}lessthan", make(operator.lt)
    yield f"{kind}lessthanequals", make(operator.le)
    yield f"{kind}greaterthan", make(operator.gt)
    yield f"{kind}greaterthanequals", make(operator.ge)


_SETS: dict[str, _Set] = {"": "", "forallvalues": "forallvalues", "foranyvalue": "foranyvalue"}
_NEGATED = {
    "stringnotequals": "stringequals",
    "stringnotequalsignorecase": "stringequalsignorecase",
    "stringnotlike": "stringlike",
    "numericnotequals": "numericequals",
    "datenotequals": "dateequals",
    "notipaddress": "ipaddress",
    "arnnotequals": "arnequals",
    "arnnotlike": "arnlike",
}
_TESTS: dict[str, _Test] = {
    "stringequals": lambda given, value: given == str(value),
    "stringequalsignorecase": lambda given, value: given.lower() == str(value).lower(),
    "stringlike": like,
    "bool": lambda given, value: given.lower() == str(value).lower(),
    "binaryequals": lambda given, value: given == str(value),
    "ipaddress": _within,
    "arnequals": arn_like,
    "arnlike": arn_like,
    **dict(_pairs("numeric", _numeric)),
    **dict(_pairs("date", _dated)),
}
