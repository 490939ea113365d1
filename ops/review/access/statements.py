"""The statements of policy documents, wherever a template has one.

A document may have functions of CloudFormation anywhere, be text that is JSON, or be malformed:
what cannot be read is a statement of its own, so that a change of it is seen.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from ops.review.access.grants import ALL, ANYBODY, Patterns
from ops.review.access.names import Names, nothing
from ops.review.access.requests import Atom, atom
from ops.review.app_version import Json

# What has a document of no statement that can be read here, such as that of a parameter.
_DOCUMENTS = frozenset(
    ("AssumeRolePolicyDocument", "PolicyDocument", "KeyPolicy", "FileSystemPolicy")
    + ("AccessPolicy", "AccessPolicies", "RepositoryPolicyText", "ResourcePolicy", "InlinePolicy")
)
_ELEMENTS = frozenset(
    ("Effect", "Action", "NotAction", "Principal", "NotPrincipal", "Resource", "NotResource")
)
_FUNCTIONS = ("Ref", "Condition")
_MOST_BRANCHES = 16
# In another version `${aws:username}` is these letters.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html
_WITH_VARIABLES = "2012-10-17"


@dataclass(frozen=True, kw_only=True)
class Statement:
    """What a statement says, without where it holds. `who` is None if it names no principal."""

    allow: bool
    who: Patterns | None
    what: Patterns
    on: Patterns | None = None
    when: tuple[Atom, ...] = ()


def statements(names: Names, stack: str, attribute: str, value: Json) -> Iterator[Statement]:
    """Yield the statements of all documents in an attribute."""
    whole = {attribute: value} if attribute in _DOCUMENTS else value
    for document, when in _documents(names, stack, whole):
        yield from _of_document(names, stack, document, when)


def without_documents(names: Names, stack: str, value: Json) -> Json:
    """Return a value without what its documents state."""
    if _is_document(value):
        return {name: each for name, each in value.items() if name not in {"Statement", "Version"}}
    if isinstance(value, dict) and not _is_function(value):
        return {name: without_documents(names, stack, each) for name, each in value.items()}
    if isinstance(value, list):
        return [without_documents(names, stack, each) for each in value]
    return None if _json_document(names, stack, value) else value


def _unread(value: Json) -> bool:
    """Say whether a document says something that is not read; one without statements does not."""
    if isinstance(value, str):
        try:
            return not isinstance(json.loads(value), dict)
        except ValueError:
            return True
    return not nothing(value) and (not isinstance(value, dict) or _is_function(value))


def _documents(
    names: Names,
    stack: str,
    value: Json,
    when: tuple[Atom, ...] = (),
    *,
    expected: bool = False,
) -> Iterator[tuple[Json, tuple[Atom, ...]]]:
    """Yield documents, and where one is `expected` also what cannot be read as one."""
    match value:
        case {"Fn::If": [condition, one, other]}:
            for branch, said in ((one, "true"), (other, "false")):
                under = (*when, chosen_as(condition, said))
                yield from _documents(names, stack, branch, under, expected=expected)
        case dict() if _is_document(value):
            yield value, when
        case dict() if not _is_function(value):
            for name, each in value.items():
                yield from _documents(names, stack, each, when, expected=name in _DOCUMENTS)
        case list():
            for each in value:
                yield from _documents(names, stack, each, when)
        case _:
            document = _json_document(names, stack, value)
            if document is not None:
                yield document, when
            elif expected and _unread(value):
                yield value, when


def _is_document(value: Json) -> bool:
    if not isinstance(value, dict) or "Statement" not in value:
        return False
    stated = value["Statement"]
    listed = stated if isinstance(stated, list) else [stated]
    return not listed or any(
        isinstance(each, dict) and (_ELEMENTS & each.keys() or _is_function(each))
        for each in listed
    )


def _json_document(names: Names, stack: str, value: Json) -> Json:
    """Return the document in a text, also where it is joined from parts."""
    if not isinstance(value, str | dict):
        return None
    if isinstance(value, str) and '"Statement"' not in value:  # as most are
        return None
    text = names.text(stack, value)
    if '"Statement"' not in text or not text.lstrip().startswith("{"):
        return None
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if _is_document(found) else None


def _is_function(value: Json) -> bool:
    return (
        isinstance(value, dict)
        and len(value) == 1
        and any(name in _FUNCTIONS or str(name).startswith("Fn::") for name in value)
    )


def _of_document(
    names: Names, stack: str, document: Json, when: tuple[Atom, ...]
) -> Iterator[Statement]:
    if not _is_document(document):
        yield from _opaque(names, stack, document, when)
        return
    stated = document["Statement"]
    if document.get("Version") != _WITH_VARIABLES:
        stated = _without_variables(stated)
    for each in stated if isinstance(stated, list) else [stated]:
        for branch, chosen in _branches(each):
            conditions = (*when, *chosen)
            if isinstance(branch, dict) and not _is_function(branch):
                yield _statement(names, stack, branch, conditions)
            elif not nothing(branch):
                yield from _opaque(names, stack, branch, conditions)


def _without_variables(value: Json) -> Json:
    """Return a document of an old version as the newest says it: `$` is only a sign."""
    match value:
        case str():
            return value.replace("${", "${$}{")
        case dict() if not _is_function(value):
            return {name: _without_variables(each) for name, each in value.items()}
        case list():
            return [_without_variables(each) for each in value]
        case _:
            return value


def _branches(value: Json) -> list[tuple[Json, tuple[Atom, ...]]]:
    """Return what a statement is by each choice of the template's conditions."""
    found: list[tuple[Json, tuple[Atom, ...]]] = [(value, ())]
    for _ in range(_MOST_BRANCHES):
        split: list[tuple[Json, tuple[Atom, ...]]] = []
        for each, chosen in found:
            condition = _first_choice(each)
            if condition is None or len(found) + len(split) > _MOST_BRANCHES:
                split.append((each, chosen))
                continue
            for said in ("true", "false"):
                taken = _taken(each, condition, first=said == "true")
                split.append((taken, (*chosen, chosen_as(condition, said))))
        if len(split) == len(found):
            break
        found = split
    return found


def _first_choice(value: Json) -> str | None:
    match value:
        case {"Fn::If": [str(condition), _, _]}:
            return condition
        case dict():
            inside = list(value.values())
        case list():
            inside = value
        case _:
            return None
    return next((found for each in inside if (found := _first_choice(each)) is not None), None)


def _taken(value: Json, condition: str, *, first: bool) -> Json:
    match value:
        case {"Fn::If": [str(name), one, other]} if name == condition:
            return _taken(one if first else other, condition, first=first)
        case dict():
            taken = {name: _taken(each, condition, first=first) for name, each in value.items()}
            return {name: each for name, each in taken.items() if not nothing(each)}
        case list():
            listed: list[Json] = []
            for each in value:
                took = _taken(each, condition, first=first)
                flat = isinstance(took, list) and not isinstance(each, list)
                listed += took if flat else [took]
            return listed
        case _:
            return value


def chosen_as(condition: Json, said: str = "true") -> Atom:
    """Return the condition that a template's condition has a value."""
    name = condition if isinstance(condition, str) else json.dumps(condition, sort_keys=True)
    return Atom("stringequals", f"condition {name.lower()}", (said,), name, of_template=True)


def _opaque(names: Names, stack: str, value: Json, when: tuple[Atom, ...]) -> Iterator[Statement]:
    """Yield what cannot be read: it may permit and deny."""
    text = names.text(stack, value)
    if not text.startswith("<"):
        text = f"<{text.replace('*', '∗')}>"  # noqa: RUF001 - a pattern is not in it
    for allow in (True, False):
        yield Statement(allow=allow, who=None, what=Patterns((text,)), when=when)


def _statement(
    names: Names, stack: str, stated: dict[str, Json], when: tuple[Atom, ...]
) -> Statement:
    effect = stated.get("Effect", "Allow")
    conditions = [*when, *_conditions(names, stack, stated.get("Condition"))]
    if effect not in ("Allow", "Deny"):
        conditions.append(atom("StringEquals", "Effect", (names.text(stack, effect),)))
    return Statement(
        allow=effect != "Deny",
        who=_principals(names, stack, stated),
        what=_patterns(names, stack, stated, "Action") or ALL,
        on=_patterns(names, stack, stated, "Resource"),
        when=tuple(sorted(set(conditions))),
    )


def _patterns(names: Names, stack: str, stated: dict[str, Json], element: str) -> Patterns | None:
    for name in (element, f"Not{element}"):
        if name in stated and (found := names.texts(stack, stated[name])):
            return Patterns(found, all_but=name != element)
    return None


def _principals(names: Names, stack: str, stated: dict[str, Json]) -> Patterns | None:
    for name in ("Principal", "NotPrincipal"):
        if name not in stated:
            continue
        value, found = stated[name], []
        if isinstance(value, dict) and not _is_function(value):
            for kind, some in value.items():
                found += [principal(str(kind), each) for each in names.texts(stack, some)]
        else:
            found += [principal("AWS", each) for each in names.texts(stack, value)]
        return Patterns(tuple(sorted(set(found))), all_but=name != "Principal")
    return None


def principal(kind: str, name: str) -> str:
    """Return a principal as text: `*`, or its kind and name. An account is its root."""
    if kind == "AWS" and name == "*":
        return ANYBODY
    if kind == "AWS" and name.startswith("arn:aws:iam::") and name.endswith(":root"):
        name = name.removeprefix("arn:aws:iam::").removesuffix(":root")
    return f"{kind} {name}"


def _conditions(names: Names, stack: str, value: Json) -> Iterator[Atom]:
    if nothing(value) or value == {}:
        return
    if not isinstance(value, dict) or _is_function(value):
        yield atom("StringEquals", "Condition", (names.text(stack, value),))
        return
    for operator, asked in value.items():
        if not isinstance(asked, dict) or _is_function(asked):
            yield atom("StringEquals", f"Condition {operator}", (names.text(stack, asked),))
            continue
        for key, values in asked.items():
            yield atom(str(operator), str(key), names.texts(stack, values))
