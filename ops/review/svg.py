"""Pieces of an SVG picture: text that is measured, wrapped and safe, boxes, lines, arrows."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape

# Widths of letters as shares of the font's size, of a common sans-serif font; a bit too wide, so
# that no text leaves its box.
_NARROW, _WIDE = frozenset("ijltfrI.,:;|!'()[]/ -\N{NO-BREAK SPACE}"), frozenset("mwMWGOQ@%—")
_BREAKS = re.compile(r"(?<=[/ ,:-])|(?<=[a-z])(?=[A-Z])")


def safe(text: str) -> str:
    """Return a text for XML: escaped, and without what is no letter or would change direction."""
    shown = (
        "·" if unicodedata.category(each) in {"Cc", "Cf", "Cs", "Co", "Cn"} else each
        for each in text
    )
    return escape("".join(shown), {'"': "&quot;", "'": "&#39;"})


def measured(text: str, size: float) -> float:
    """Return about how wide a text is."""
    return (
        size
        * sum(
            0.38 if each in _NARROW else 0.92 if each in _WIDE else 0.7 if each.isupper() else 0.61
            for each in text
        )
        * (1.8 if not text.isascii() and _is_wide(text) else 1)
    )


def _is_wide(text: str) -> bool:
    return any(unicodedata.east_asian_width(each) in "WF" for each in text)


def wrapped(text: str, width: float, size: float, lines: int = 3) -> list[str]:
    """Return a text in at most so many lines; what has no room ends in an ellipsis."""
    found = [""]
    for piece in _pieces(text, width, size):
        if found[-1] and measured(found[-1] + piece.rstrip(), size) > width:
            found[-1] = found[-1].rstrip()
            found.append("")
        found[-1] += piece
    if len(found) > lines:
        found = found[:lines]
        last = found[-1].rstrip()
        while last and measured(f"{last}…", size) > width:
            last = last[:-1]
        found[-1] = f"{last}…"
    return [each.rstrip() for each in found]


def _pieces(text: str, width: float, size: float) -> Iterator[str]:
    """Yield where a text may break; what is wider than a line breaks anywhere."""
    for word in _BREAKS.split(text):
        while measured(word, size) > width:
            cut = max(1, int(len(word) * width / measured(word, size)))
            yield word[:cut]
            word = word[cut:]  # noqa: PLW2901 - the rest of it
        yield word


def number(value: float) -> str:
    """Return a number as short as it goes, so that the same picture is the same text."""
    return f"{value:.1f}".removesuffix(".0")


def label(x: float, y: float, text: str, kind: str, anchor: str = "") -> str:
    """Return a line of text."""
    where = f' text-anchor="{anchor}"' if anchor else ""
    return f'<text x="{number(x)}" y="{number(y)}" class="{kind}"{where}>{safe(text)}</text>'


def rectangle(corner: tuple[float, float], width: float, height: float, kind: str) -> str:
    """Return a rectangle with round corners, by its upper left corner."""
    where = f'x="{number(corner[0])}" y="{number(corner[1])}"'
    size = f'width="{number(width)}" height="{number(height)}"'
    return f'<rect {where} {size} rx="7" class="{kind}"/>'


def line_through(points: Sequence[tuple[float, float]], kind: str) -> str:
    """Return a line through points."""
    there = " L".join(f"{number(x)} {number(y)}" for x, y in points)
    return f'<path d="M{there}" class="{kind}"/>'


def arrow(x: float, y: float, kind: str) -> str:
    """Return the head of an arrow that points down to a place."""
    return f'<path d="M{number(x)} {number(y)} l-4 -7 h8 z" class="{kind}"/>'
