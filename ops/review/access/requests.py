"""Which requests pass one condition, and not others: tried by the evaluator of the local cloud.

Each key of a condition is judged by itself, so samples of each key are enough: each value that is
listed, what is beside it, and the key absent.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html
"""

import ipaddress
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from itertools import combinations

from ops.local.rules.conditions import Condition, UnsuitableConditionError, condition, read_date
from ops.local.rules.patterns import Keys
from ops.review.access.patterns import examples

_BESIDE = "\x02another"
_MOST_MASKS = 4096
_MOST_VALUES = 200  # of one key
_PAIRED = 8  # values of which a request may have two


@dataclass(frozen=True, order=True)
class Atom:
    """One operator, key and values of a condition: a policy's, or (`of_template`) a template's."""

    operator: str
    name: str  # the key in lower case
    values: tuple[str, ...]
    key: str = field(default="", compare=False)
    of_template: bool = False


@dataclass(frozen=True)
class Sample:
    """What a request has for a key: None for nothing."""

    values: tuple[str, ...] | None
    words: str = field(compare=False)


def passing(after: Sequence[Atom], before: Sequence[Sequence[Atom]]) -> list[str]:
    """Return in words which requests the first lets pass and none of the others; none if none.

    With very many conditions it is in doubt, and says that a request passes.
    """
    if any(not each or set(each) <= set(after) for each in before):
        return []
    if not before:
        return ["every request"]
    names = sorted({atom.name for atoms in (after, *before) for atom in atoms})
    everyone = (1 << len(before)) - 1
    passed: dict[str, list[tuple[Sample, int]]] = {}
    for name in names:
        atoms = [atom for some in (after, *before) for atom in some if atom.name == name]
        own = [_condition(each) for each in after if each.name == name]
        others = [[_condition(atom) for atom in each if atom.name == name] for each in before]
        passed[name] = [
            (sample, _mask(others, name, sample))
            for sample in _samples(tuple(dict.fromkeys(atoms)))
            if _holds(own, name, sample)
        ]
    if not all(passed.values()):
        return []  # no request at all passes
    reached = _reached([{mask for _, mask in each} for each in passed.values()], everyone)
    if reached is not None and 0 not in reached:
        return []
    return _words(passed, everyone)


def _words(passed: Mapping[str, list[tuple[Sample, int]]], everyone: int) -> list[str]:
    """Say which samples no other condition lets pass, whatever else a request has.

    Where no sample alone tells it, say one request in full.
    """
    said = []
    for name, samples in passed.items():
        others = [{mask for _, mask in each} for key, each in passed.items() if key != name]
        possible = 0
        for mask in _reached(others, everyone) or {everyone}:
            possible |= mask
        said += [
            sample.words
            for sample, mask in samples
            if not mask or (possible and not mask & possible)
        ]
    return list(dict.fromkeys(said)) or [_request(list(passed.values()), everyone)]


def _request(samples: Sequence[Sequence[tuple[Sample, int]]], everyone: int) -> str:
    """Say one request that passes now, by all of its keys."""
    reached = {everyone: ""}
    for some in samples:
        taken: dict[int, str] = {}
        for one, words in reached.items():
            for sample, mask in some:
                said = f"{words} and {sample.words}" if words else sample.words
                taken.setdefault(one & mask, said)
        reached = dict(list(taken.items())[:_MOST_MASKS])
    return reached.get(0, "some requests")


def _reached(masks: Iterable[set[int]], everyone: int) -> set[int] | None:
    """Return which of the other conditions can hold together; None if that is too much."""
    reached = {everyone}
    for some in masks:
        reached = {one & other for one in reached for other in some}
        if len(reached) > _MOST_MASKS:
            return None
    return reached


def _mask(others: Sequence[Sequence[Condition]], name: str, sample: Sample) -> int:
    return sum(1 << i for i, each in enumerate(others) if _holds(each, name, sample))


def _holds(conditions: Sequence[Condition], name: str, sample: Sample) -> bool:
    keys = Keys({} if sample.values is None else {name: sample.values})
    return all(each.holds(keys, variables=False) for each in conditions)


@lru_cache(maxsize=4096)
def _condition(atom: Atom) -> Condition:
    try:
        return condition(atom.operator, atom.name, atom.values)
    except UnsuitableConditionError:  # whose key says the operator (`atom`)
        return condition("StringEquals", atom.name, atom.values)


def atom(operator: str, key: str, values: tuple[str, ...]) -> Atom:
    """Return an atom. A value that the evaluator cannot read is a text, equal to itself alone."""
    try:
        condition(operator, key, values)
    except UnsuitableConditionError:
        quantifier, colon, base = operator.lower().rpartition(":")
        plain = base.removesuffix("ifexists")
        if plain in _EQUALITIES:
            base = base.replace(plain, _EQUALITIES[plain])
            return Atom(f"{quantifier}{colon}{base}", key.lower(), values, key)
        key = f"{operator} {key}"  # a key by itself, which is like no other
    return Atom(operator.lower(), key.lower(), values, key)


_EQUALITIES = {
    "ipaddress": "stringequals",
    "notipaddress": "stringnotequals",
    "numericequals": "stringequals",
    "numericnotequals": "stringnotequals",
    "dateequals": "stringequals",
    "datenotequals": "stringnotequals",
    "bool": "stringequals",
}


@lru_cache(maxsize=4096)
def _samples(atoms: tuple[Atom, ...]) -> tuple[Sample, ...]:
    """Return samples of one key, on either side of every border that a condition draws."""
    key = atoms[0].key
    found = [Sample(None, f"without {key}")]
    several = False
    for each in atoms:
        base = _condition(each).operator
        several = several or bool(_condition(each).quantifier)
        for value in each.values[:_MOST_VALUES]:
            found += [Sample((text,), words) for text, words in _of_value(base, key, value)]
    found.append(Sample((_BESIDE,), f"another {key}"))
    if several:
        single = [each for each in dict.fromkeys(found) if each.values]
        known = [each for each in single if each.values != (_BESIDE,)][:_PAIRED]
        for one, other in combinations((*known, single[-1]), 2):
            words = f"{one.words} and {other.words}"
            found.append(Sample((*(one.values or ()), *(other.values or ())), words))
    return tuple(dict.fromkeys(found))


def _of_value(base: str, key: str, value: str) -> Iterator[tuple[str, str]]:
    equal = f"{key} = {value}"
    if base == "null":
        return
    if base == "bool":
        yield from ((each, f"{key} = {each}") for each in ("true", "false"))
    elif base.startswith("numeric"):
        yield from _numbers(key, value)
    elif base.startswith("date"):
        moment = _moment(value)
        second = timedelta(seconds=1)
        if moment:
            yield moment.isoformat(), equal
            yield (moment - second).isoformat(), f"{key} before {value}"
            yield (moment + second).isoformat(), f"{key} after {value}"
    elif base == "ipaddress":
        yield from _addresses(key, value)
    elif "*" in value or "?" in value:
        like = f"{key} like {value}"
        yield from ((text, like) for text in (*examples(value), value.replace("*", "a:b/c")))
    else:
        yield value, equal
        if base == "stringequalsignorecase":
            yield value.swapcase(), f"{equal} in another case"


def _numbers(key: str, value: str) -> Iterator[tuple[str, str]]:
    try:
        number = Decimal(value)
    except InvalidOperation:
        return
    with suppress(ArithmeticError):  # one that is not a number, or too large for one more
        below, above = str(number - 1), str(number + 1)
        yield value, f"{key} = {value}"
        yield below, f"{key} below {value}"
        yield above, f"{key} above {value}"


def _addresses(key: str, value: str) -> Iterator[tuple[str, str]]:
    try:
        network = ipaddress.ip_network(value, strict=False)
    except ValueError:
        yield value, f"{key} = {value}"
        return
    first, last = int(network.network_address), int(network.broadcast_address)
    kind = type(network.network_address)
    for number in {first, last}:
        yield str(kind(number)), f"{key} in {value}"
    for number in (first - 1, last + 1):
        if 0 <= number < 1 << network.max_prefixlen:
            yield str(kind(number)), f"{key} outside of {value}"


def _moment(value: str) -> datetime | None:
    try:
        return read_date(value)
    except (ValueError, OverflowError):
        return None
