"""Two maps of a network as one: boxes and lines that say what is new, gone, or other.

Equal things are one box, and more than a row has room for are one box as well.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Literal

from ops.review.network.map import NetworkMap
from ops.review.network.nodes import ENDPOINT, LAYERS, OUTSIDE, Layer, Node

Mark = Literal["same", "added", "removed", "changed"]
_NAMES = 6  # in one box; the rest is counted


@dataclass(frozen=True, order=True)
class Line:
    """A line of text in a box."""

    mark: Mark
    text: str


@dataclass(frozen=True)
class Box:
    """One or several equal things."""

    layer: Layer
    kind: str
    names: tuple[Line, ...]
    mark: Mark
    zone: str = ""
    lines: tuple[Line, ...] = ()

    @property
    def comes_and_goes(self) -> Mark:
        """The mark of what leads to it from outside: it is new or gone with the box alone."""
        return "same" if self.mark == "changed" else self.mark


@dataclass(frozen=True)
class Wire:
    """What leads from some boxes to some others, by their numbers."""

    mark: Mark
    sources: tuple[int, ...]
    targets: tuple[int, ...]


@dataclass(frozen=True)
class Section:
    """A VPC, or what is in none: rows of boxes, and the wires between two rows."""

    name: str
    mark: Mark
    facts: tuple[Line, ...]
    rows: tuple[tuple[Box, ...], ...]
    """A row for doors, one for what runs, one for what holds data and for ways out."""
    wires: tuple[tuple[Wire, ...], ...]
    """Behind each row but the last."""
    is_vpc: bool = True

    @property
    def marks(self) -> set[Mark]:
        """All marks in it."""
        found = {self.mark, *(each.mark for each in self.facts)}
        for box in (each for row in self.rows for each in row):
            found |= {box.mark, *(each.mark for each in (*box.lines, *box.names))}
        return found | {each.mark for some in self.wires for each in some}

    @property
    def changed(self) -> bool:
        """Whether anything in it is marked."""
        return self.marks != {"same"}


@dataclass(frozen=True)
class _Thing:
    node: Node
    mark: Mark
    facts: tuple[tuple[Mark, str, str], ...]
    near: frozenset[tuple[str, Mark, bool]] = field(default=frozenset())


def sections(before: NetworkMap, after: NetworkMap, columns: int) -> tuple[Section, ...]:
    """Return the sections of a stage, those with a change first.

    A row has `columns` boxes at most.
    """
    things, edges = _merged(before, after)
    names = dict.fromkeys((*before.sections, *after.sections))
    by_section: dict[str, list[_Thing]] = defaultdict(list)
    for each in things.values():
        by_section[each.node.section].append(each)
    found = [
        _section(name, before, after, by_section.get(name, []), edges, columns)
        for name in (*names, *sorted(set(by_section) - set(names) - {OUTSIDE}), OUTSIDE)
        if name in names or by_section.get(name)
    ]
    return tuple(sorted(found, key=lambda each: not each.changed))


def _merged(
    before: NetworkMap, after: NetworkMap
) -> tuple[dict[str, _Thing], dict[tuple[str, str], Mark]]:
    edges: dict[tuple[str, str], Mark] = {
        each: _mark(each in before.edges, each in after.edges)
        for each in sorted(before.edges | after.edges)
    }
    near: dict[str, set[tuple[str, Mark, bool]]] = defaultdict(set)
    for (one, other), mark in edges.items():
        near[one].add((other, mark, True))
        near[other].add((one, mark, False))
    things = {}
    for known in dict.fromkeys((*after.nodes, *before.nodes)):
        old, new = before.nodes.get(known), after.nodes.get(known)
        node = new or old
        assert node
        facts = tuple(_facts(old, new))
        mark = _mark(old is not None, new is not None)
        if mark == "same" and (any(each != "same" for each, _, _ in facts)):
            mark = "changed"
        things[known] = _Thing(node, mark, facts, frozenset(near[known]))
    return things, edges


def _mark(before: bool, after: bool) -> Mark:  # noqa: FBT001 - two sides of one question
    if before and after:
        return "same"
    return "added" if after else "removed"


def _facts(old: Node | None, new: Node | None) -> Iterator[tuple[Mark, str, str]]:
    """Yield the facts of a thing; of one that is wholly new or gone, none is marked by itself."""
    if old is None or new is None:
        for begins, said in (old or new or _NOTHING).facts:
            yield "same", begins, said
        return
    olds, news = dict.fromkeys(_whole(old)), dict.fromkeys(_whole(new))
    for each in dict.fromkeys((*news, *olds)):
        yield _mark(each in olds, each in news), *each


_NOTHING = Node("", "runs", "", "")


def _whole(node: Node) -> Iterator[tuple[str, str]]:
    yield "kind", node.kind
    yield "zone", node.zone
    yield from node.facts


def _section(  # noqa: PLR0917 - what a section is made of
    name: str,
    before: NetworkMap,
    after: NetworkMap,
    things: Sequence[_Thing],
    edges: Mapping[tuple[str, str], Mark],
    columns: int,
) -> Section:
    rows: list[list[tuple[Box, list[_Thing]]]] = []
    for layers in _ROWS:
        mine = [each for each in things if each.node.layer in layers]
        folded = [(_box(some), some) for some in _folded(mine)]
        folded.sort(key=_order)
        rows.append(list(_within(folded, columns)))
    rows[0].sort(key=lambda each: _first_target(each[1], [some for _, some in rows[1]]))
    wires = tuple(
        tuple(_wires([some for _, some in above], [some for _, some in below], edges))
        for above, below in pairwise(rows)
    )
    olds, news = before.sections.get(name, ()), after.sections.get(name, ())
    titles = dict((*olds, *news))
    known = name in before.sections or name in after.sections
    mark = _mark(bool(olds), bool(news)) if known else "same"
    facts = [
        Line(_mark(each in olds, each in news) if mark == "same" else "same", each[1])
        for each in dict.fromkeys((*news, *olds))
        if each[0] != "name"
    ]
    if name == OUTSIDE and any(each.node.layer == "runs" for each in things):
        facts.append(Line("same", "what runs here reaches the world and AWS's services directly"))
    title = titles.get("name", name) or "In no VPC"
    drawn = tuple(tuple(box for box, _ in row) for row in rows)
    return Section(title, mark, tuple(facts), drawn, wires, name != OUTSIDE)


_ROWS: tuple[tuple[Layer, ...], ...] = (("door",), ("runs",), ("holds", "way"))


def _order(folded: tuple[Box, list[_Thing]]) -> tuple[int, str, bool]:
    box = folded[0]
    return LAYERS.index(box.layer), box.zone, box.mark == "same"


def _first_target(things: Sequence[_Thing], row: Sequence[Sequence[_Thing]]) -> int:
    """Return the first place in a row to which things lead, so that few lines cross."""
    near = {known for each in things for known, _, _ in each.near}
    return next(
        (
            place
            for place, some in enumerate(row)
            if any(each.node.identity in near for each in some)
        ),
        len(row),
    )


def _folded(things: Iterable[_Thing]) -> Iterator[list[_Thing]]:
    """Yield things that look alike and have the same neighbours; the endpoints of a VPC are one."""
    found: dict[tuple[object, ...], list[_Thing]] = defaultdict(list)
    for each in things:
        node = each.node
        if node.kind.startswith(ENDPOINT):
            found[node.layer, ENDPOINT].append(each)
        else:
            kind = "" if node.layer == "way" else node.kind
            found[node.layer, kind, node.zone, each.mark, each.facts, each.near].append(each)
    yield from found.values()


def _box(things: Sequence[_Thing]) -> Box:
    """Return several things as one box; the mark that only some have stands at their names."""
    first, mark = things[0], _common(each.mark for each in things)
    kinds = list(dict.fromkeys(each.node.kind for each in things))
    kind = kinds[0]
    if len(things) > 1:
        kind = f"{len(things)} times {kind}" if len(kinds) == 1 else ", ".join(kinds)
    names = [(each.mark, each.node.name) for each in things]
    if all(each.startswith(ENDPOINT) for each in kinds):
        kind = "private ways (endpoints)" if len(things) > 1 else "private way (endpoint)"
        names = [(each.mark, each.node.kind.removeprefix(ENDPOINT).strip()) for each in things]
    named = [Line("same" if own == mark else own, name) for own, name in names]
    zones = {each.node.zone for each in things}
    zone = zones.pop() if len(zones) == 1 else ""
    facts = [each for each in first.facts if all(each in other.facts for other in things)]
    if any(begins == "kind" and own != "same" for own, begins, _ in facts):
        kind = ""  # it is said before and after
    return Box(first.node.layer, kind, _limited(named, _NAMES), mark, zone, tuple(_lines(facts)))


def _common(marks: Iterable[Mark]) -> Mark:
    found = set(marks)
    return found.pop() if len(found) == 1 else "changed"


def _lines(facts: Iterable[tuple[Mark, str, str]]) -> Iterator[Line]:
    """Yield the lines of a box: facts with the same beginning and the same mark are one."""
    grouped: dict[tuple[Mark, str], list[str]] = defaultdict(list)
    for mark, begins, said in facts:
        if begins in {"kind", "zone"}:
            if mark != "same" and said:
                grouped[mark, ""].append(f"in {said}" if begins == "zone" else said)
        else:
            grouped[mark, begins].append(said)
    for (mark, begins), some in sorted(grouped.items(), key=lambda each: each[0][0] == "same"):
        yield Line(mark, f"{begins}: {', '.join(some)}" if begins else ", ".join(some))


def _limited(lines: Sequence[Line], limit: int) -> tuple[Line, ...]:
    if len(lines) <= limit:
        return tuple(lines)
    ordered = sorted(lines, key=lambda each: each.mark == "same")
    more = len(lines) - limit + 1
    return (*ordered[: limit - 1], Line("same", f"and {more} more"))


def _within(
    folded: Sequence[tuple[Box, list[_Thing]]], columns: int
) -> Iterator[tuple[Box, list[_Thing]]]:
    """Yield the boxes of a row; what is more of a layer than there is room for is one box."""
    counted = {layer: sum(each[0].layer == layer for each in folded) for layer in LAYERS}
    rooms: dict[Layer, int] = dict.fromkeys(LAYERS, columns)
    if sum(counted.values()) > columns and counted["holds"] and counted["way"]:
        rooms["holds"] = min(counted["holds"], max(1, columns - min(counted["way"], columns // 2)))
        rooms["way"] = columns - rooms["holds"]
    for layer in LAYERS:
        mine, room = [each for each in folded if each[0].layer == layer], rooms[layer]
        if len(mine) <= room:
            yield from mine
            continue
        kept = sorted(mine, key=lambda each: each[0].mark == "same")[: room - 1]
        yield from (each for each in mine if each in kept)
        rest = [thing for each in mine if each not in kept for thing in each[1]]
        box = _box(rest)
        if len({each.node.kind for each in rest}) > 1:
            box = _mixed(box, rest)
        yield box, rest


def _mixed(box: Box, things: Sequence[_Thing]) -> Box:
    """Return a box of several kinds; of ways out the kinds say more than the names."""
    names = box.names
    if box.layer == "way":
        kinds = dict.fromkeys((each.mark, each.node.kind) for each in things)
        named = [Line("same" if mark == box.mark else mark, kind) for mark, kind in kinds]
        names = _limited(named, _NAMES)
    return replace(box, kind=f"{len(things)} more", names=names)


def _wires(
    above: Sequence[Sequence[_Thing]],
    below: Sequence[Sequence[_Thing]],
    edges: Mapping[tuple[str, str], Mark],
) -> Iterator[Wire]:
    """Yield wires: boxes below that the same boxes above lead to share one."""
    ups = {thing.node.identity: number for number, some in enumerate(above) for thing in some}
    downs = {thing.node.identity: number for number, some in enumerate(below) for thing in some}
    marks: dict[tuple[int, int], set[Mark]] = defaultdict(set)
    for (one, other), mark in edges.items():
        if one in ups and other in downs:
            marks[ups[one], downs[other]].add(mark)
    sources: dict[tuple[int, Mark], list[int]] = defaultdict(list)
    for (up, down), found in sorted(marks.items()):
        sources[down, "same" if "same" in found else _common(found)].append(up)
    shared: dict[tuple[Mark, tuple[int, ...]], list[int]] = defaultdict(list)
    for (down, mark), some in sources.items():
        shared[mark, tuple(some)].append(down)
    for (mark, some_ups), some_downs in sorted(shared.items(), key=str):
        yield Wire(mark, some_ups, tuple(sorted(some_downs)))
