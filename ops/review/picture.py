"""A picture of the network as SVG: its doors, and the paths between function, disk and world.

It is one picture with marks: what is new, removed or other has a word, a sign and a kind of line,
and not only a colour. It has no script, loads nothing, and the same change is the same text.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from ops.review.changes import Changes
from ops.review.network.boxes import Box, Mark, Section, Wire, sections
from ops.review.network.map import NetworkMap, network_maps
from ops.review.picture_texts import (
    SIGNED,
    SIGNS,
    SMALL,
    TEXT,
    WORDS,
    described,
    look_of,
    signed,
    spoken,
    texts,
)
from ops.review.svg import arrow, label, line_through, measured, number, rectangle, safe, wrapped

NARROW = 360
"""The width at which a phone shows it in the size of its text."""
_COMPACT = 500  # below it, boxes say only what they must
_COLUMNS = {True: 108, False: 140}  # the least width of a box with its margin, if compact or not
_MARGIN, _PAD, _GAP, _LINE = 10.0, 8.0, 8.0, 16.0
_BAND = 26.0
_SECTIONS = 4  # drawn for a stage; what is more is listed
_STAGES = 3

_STYLE = Path(__file__).with_suffix(".css").read_text()


def draw(changes: Changes, width: int = NARROW) -> str:
    """Return the picture as an `<svg>` element; empty if neither version has anything to draw.

    Stages with the same network and the same change are drawn once. `width` is that of its
    coordinates: a wider one has more boxes in a row, and more words in each.
    """
    column = _COLUMNS[width < _COMPACT]
    pictures = _stages(changes, max(2, int(width - 2 * _MARGIN) // column))
    if not pictures:
        return ""
    canvas = _Canvas(width)
    marked = [each for each in pictures if any(section.changed for section in each[1])]
    shown = (marked or pictures[:1])[:_STAGES]
    for stages, found in shown:
        _stage(canvas, stages, found, alone=len(pictures) == 1)
    _legend(canvas, changed=bool(marked), hidden=len(marked or pictures[:1]) - len(shown))
    height = number(canvas.y + 4)
    said = " ".join(canvas.said)
    name = f"review-map-{width}"  # a page may have it in several widths
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="review-map" role="img" width="{width}"'
        f' viewBox="0 0 {width} {height}" aria-labelledby="{name}-title {name}-said">'
        f'<title id="{name}-title">{safe(_title(changed=bool(marked)))}</title>'
        f'<desc id="{name}-said">{safe(said)}</desc>'
        f"<style>{_STYLE}</style>{canvas.drawn}</svg>"
    )


def _title(*, changed: bool) -> str:
    return (
        f"The network, {'with what the change does to it' if changed else 'which stays as it is'}"
    )


def _stages(changes: Changes, columns: int) -> list[tuple[list[str], tuple[Section, ...]]]:
    """Return the pictures, each with the stages that it shows; those with a change first."""
    befores = network_maps(changes.before, changes.matches.places)
    afters = network_maps(changes.after, {})
    alike: dict[tuple[Section, ...], list[str]] = defaultdict(list)
    for stage in dict.fromkeys((*afters, *befores)):
        before, after = befores.get(stage, NetworkMap()), afters.get(stage, NetworkMap())
        if before.nodes or after.nodes or before.sections or after.sections:
            alike[sections(before, after, columns)].append(stage)
    return [(stages, found) for found, stages in alike.items()]


@dataclass
class _Canvas:
    """What is drawn so far, and what a screen reader says of it."""

    width: float
    y: float = 4
    back: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    marks: set[Mark] = field(default_factory=set)
    """All that need a word in the legend."""

    @property
    def compact(self) -> bool:
        """Whether there is room for the least alone."""
        return self.width < _COMPACT

    @property
    def drawn(self) -> str:
        """All of it: what is behind, the lines on it, and boxes and texts before both."""
        return "".join((*self.back, *self.lines, *self.pieces))

    def text(self, text: str, kind: str, x: float = _MARGIN, size: float = SMALL) -> None:
        """Write a text from here on, in as many lines as it needs, and move on."""
        for line in wrapped(text, self.width - 2 * x, size):
            self.y += _LINE + (3 if kind == "title" else 0)
            self.pieces.append(label(x, self.y - 3, line, kind))


def _stage(
    canvas: _Canvas, stages: Sequence[str], found: Sequence[Section], *, alone: bool
) -> None:
    if not alone:
        canvas.text(" and ".join(stages), "title", size=14)
        canvas.said.append(f"{' and '.join(stages)}:")
        canvas.y += 4
    for section in found[:_SECTIONS]:
        canvas.marks |= section.marks - {"same"}
        _section(canvas, section)
    for section in found[_SECTIONS:]:
        canvas.text(f"{section.name}: {sum(len(row) for row in section.rows)} more", "quiet")


def _section(canvas: _Canvas, section: Section) -> None:
    doors, runs, ends = section.rows
    _heading(canvas, section)
    top: list[_Placed] = []
    if doors:
        _world(canvas, "The world")
        world = canvas.y
        canvas.y += 14
        top = _row(canvas, doors, _MARGIN)
        for each in top:
            _line(canvas, [(each.middle, world), (each.middle, each.y)], each.box.comes_and_goes)
        canvas.y += _room(section.wires[0])
    start = canvas.y
    canvas.y += _PAD
    middle = _row(canvas, runs, _MARGIN + _PAD)
    if runs and ends:
        canvas.y += _room(section.wires[1])
    bottom = _row(canvas, ends, _MARGIN + _PAD)
    canvas.y += _PAD
    if section.is_vpc:
        kind = "frame" if section.mark == "same" else f"frame frame-{section.mark}"
        frame = rectangle((_MARGIN / 2, start), canvas.width - _MARGIN, canvas.y - start, kind)
        canvas.back.append(frame)
    _buses(canvas, top, section.wires[0], middle)
    _buses(canvas, middle, section.wires[1], bottom)
    if ways := [each for each in bottom if each.box.layer == "way"]:
        canvas.y += 14
        for each in ways:
            ends_at = (each.middle, canvas.y)
            _line(canvas, [(each.middle, each.y + each.height), ends_at], each.box.comes_and_goes)
        _world(canvas, "The world and AWS's services")
    canvas.y += 2 * _GAP


def _heading(canvas: _Canvas, section: Section) -> None:
    canvas.text(section.name, "name", size=TEXT)
    if section.mark != "same":
        canvas.text(signed(section.mark), section.mark)
    same = [each.text for each in section.facts if each.mark == "same"]
    if same:
        canvas.text(", ".join(same), "quiet")
    for each in section.facts:
        if each.mark != "same":
            canvas.text(f"{SIGNED[each.mark]}{each.text}", look_of(each.mark))
    facts = ", ".join(f"{each.text}{spoken(each.mark)}" for each in section.facts)
    canvas.said.append(f"{section.name}{spoken(section.mark)}{f': {facts}' if facts else ''}.")
    canvas.y += 6


def _world(canvas: _Canvas, text: str) -> None:
    corner = (_MARGIN / 2, canvas.y)
    canvas.pieces.append(rectangle(corner, canvas.width - _MARGIN, _BAND, "world"))
    canvas.pieces.append(label(canvas.width / 2, canvas.y + 17, text, "name", "middle"))
    canvas.y += _BAND


@dataclass(frozen=True)
class _Placed:
    box: Box
    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> float:
        return self.x + self.width / 2


def _row(canvas: _Canvas, boxes: Sequence[Box], side: float) -> list[_Placed]:
    """Draw a row of boxes and move below it."""
    if not boxes:
        return []
    room = (canvas.width - 2 * side + _GAP) / len(boxes) - _GAP
    width = min(room, 190.0)
    left = (canvas.width - len(boxes) * (width + _GAP) + _GAP) / 2
    top = canvas.y
    written = [list(texts(each, width - 2 * _PAD, compact=canvas.compact)) for each in boxes]
    placed = []
    for column, (box, lines) in enumerate(zip(boxes, written, strict=True)):
        height = len(lines) * _LINE + _PAD + 4
        placed.append(_Placed(box, left + column * (width + _GAP), top, width, height))
    lowest = max(each.y + each.height for each in placed)
    _zones(canvas, placed, lowest)
    for each, lines in zip(placed, written, strict=True):
        kind = "box" if each.box.mark == "same" else f"box box-{each.box.mark}"
        canvas.pieces.append(
            f"<g><title>{safe(described(each.box))}</title>"
            + rectangle((each.x, each.y), each.width, each.height, kind)
            + "".join(
                label(each.x + _PAD, each.y + _LINE * number_ + 17, text, how)
                for number_, (text, how) in enumerate(lines)
            )
            + "</g>"
        )
        canvas.said.append(f"{described(each.box)}.")
    canvas.y = lowest + (_ZONE if any(each.zone for each in boxes) else 0)
    return placed


_ZONE = 20.0  # the height of a zone's name below its boxes


def _zones(canvas: _Canvas, placed: Sequence[_Placed], lowest: float) -> None:
    """Draw what lies behind neighbours of one zone, with its name below them."""
    for zone, grouped in groupby(placed, key=lambda each: each.box.zone):
        some = list(grouped)
        if not zone:
            continue
        first, last = some[0], some[-1]
        width = last.x + last.width - first.x + 8
        corner = (first.x - 4, first.y - 4)
        canvas.back.append(rectangle(corner, width, lowest - first.y + _ZONE + 4, "zone"))
        fits = measured(zone, SMALL) < width - 8
        [text] = wrapped(zone if fits else zone.replace(" subnets", ""), width - 8, SMALL, 1)
        canvas.pieces.append(label(first.x + 4, lowest + 14, text, "quiet halo"))


_STEP = 9.0


def _room(wires: Sequence[Wire]) -> float:
    return 22 + _STEP * len(wires) if wires else 2 * _GAP


def _buses(
    canvas: _Canvas,
    above: Sequence[_Placed],
    wires: Sequence[Wire],
    below: Sequence[_Placed],
) -> None:
    """Draw the wires between two rows: a line across for each, with ends up and down."""
    if not above or not below:
        return
    bottom = max(each.y + each.height for each in above) + 4
    bottom += _ZONE if any(each.box.zone for each in above) else 0
    for count, wire in enumerate(wires):
        shift = (count - (len(wires) - 1) / 2) * _STEP
        level = bottom + _STEP * (count + 1)
        ups = [above[each].middle + shift for each in wire.sources]
        downs = [below[each].middle + shift for each in wire.targets]
        kind = _kind("wire", wire.mark)
        for each, x in zip(wire.sources, ups, strict=True):
            there = above[each]
            canvas.lines.append(line_through([(x, there.y + there.height), (x, level)], kind))
        ends = (*ups, *downs)
        if max(ends) - min(ends) > 0:
            canvas.lines.append(line_through([(min(ends), level), (max(ends), level)], kind))
        for each, x in zip(wire.targets, downs, strict=True):
            _line(canvas, [(x, level), (x, below[each].y)], wire.mark)
        if wire.mark != "same":
            sign = SIGNS[wire.mark]
            canvas.pieces.append(label(max(ends) + 4, level + 4, sign, wire.mark))


def _line(canvas: _Canvas, points: Sequence[tuple[float, float]], mark: Mark) -> None:
    (x, y) = points[-1]
    canvas.lines.append(line_through([*points[:-1], (x, y - 5)], _kind("wire", mark)))
    canvas.lines.append(arrow(x, y, _kind("head", mark)))


def _kind(name: str, mark: Mark) -> str:
    return name if mark == "same" else f"{name}-{mark}"


def _legend(canvas: _Canvas, *, changed: bool, hidden: int) -> None:
    if hidden > 0:
        canvas.text(f"and {hidden} more stages with a change", "quiet")
    if not changed:
        canvas.text("Nothing of this changes.", "quiet")
        return
    x = _MARGIN
    canvas.y += _LINE
    for mark in (each for each in WORDS if each in canvas.marks):
        canvas.pieces.append(label(x, canvas.y, signed(mark), mark))
        x += measured(signed(mark), SMALL) + 22
    canvas.y += 6
