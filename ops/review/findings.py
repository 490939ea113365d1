"""A finding of a review: one sentence about one thing that is other after a change."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import Literal, get_args

from ops.review.app_version import DeclaredResource, Key, ReviewedStack
from ops.review.python_lines import PythonLine

Topic = Literal[
    "data", "access", "network", "encryption", "availability", "cost", "operations", "scanners"
]
TOPICS: tuple[Topic, ...] = get_args(Topic)


class Weight(IntEnum):
    """How much a finding asks of the reviewer."""

    NONE = 0
    """It says why a change means nothing; it stands with what changed without weight."""
    NOTE = 1
    """It is good to know: narrower, safer, or neither."""
    LOOK = 2
    """More is permitted, open, billed or at risk than before: somebody must want it."""
    STOP = 3
    """Data is lost, or anybody in the world may do something: rarely meant."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One sentence, what it is about, and the line of Python that made that."""

    topic: Topic
    weight: Weight
    sentence: str
    """Plain text for people; it begins with the name of the resource, without its stage."""
    stage: str = ""
    """The stage, or the stack of an app without stages."""
    others: tuple[str, ...] = ()
    """Further stages of which the same is true."""
    key: Key | None = None
    """The stack and the logical id."""
    path: str = ""
    """The name of the resource for people."""
    line: PythonLine | None = None
    details: tuple[str, ...] = ()
    """Further lines for who wants to know more."""
    rank: int = 0
    """Among those of one weight the lower comes first: causes before what follows from them."""
    covers: frozenset[tuple[Key, str]] = field(default=frozenset(), repr=False)
    """The attributes of resources that need no further finding; `*` stands for all of one."""


def about(
    resource: DeclaredResource,
    topic: Topic,
    weight: Weight,
    sentence: str,
    *attributes: str,
    details: Iterable[str] = (),
    rank: int = 0,
) -> Finding:
    """Return a finding about a resource. It covers these attributes; without any, all of them."""
    return Finding(
        topic=topic,
        weight=weight,
        sentence=sentence,
        stage=resource.stack.stage,
        key=resource.key,
        path=resource.name,
        line=resource.line,
        details=tuple(details),
        rank=rank,
        covers=frozenset((resource.key, name) for name in (attributes or ("*",))),
    )


def place(stack: ReviewedStack) -> str:
    """Return the stage of a stack, or its own name outside of a stage."""
    return stack.stage or stack.name


def in_order(found: Iterable[Finding]) -> list[Finding]:
    """Return findings with the worst first, by topic; one that several stages share stands once."""
    merged: dict[tuple[object, ...], Finding] = {}
    for each in found:
        alike = (each.topic, each.weight, _without_stage(each, each.sentence), each.path, each.line)
        first = merged.get(alike)
        if first is None:
            merged[alike] = each
        elif each.stage not in {first.stage, *first.others}:
            others, covers = (*first.others, each.stage), first.covers | each.covers
            merged[alike] = replace(first, others=others, covers=covers)
    return sorted(
        merged.values(),
        key=lambda each: (
            -each.weight,
            each.rank,
            TOPICS.index(each.topic),
            each.stage,
            each.path,
            each.sentence,
        ),
    )


def _without_stage(finding: Finding, text: str) -> str:
    return text.replace(finding.stage, "…") if finding.stage else text
