"""The page of a review: one HTML file that opens from disk and asks nobody for anything."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from ops.review.findings import Weight
from ops.review.places import Link
from ops.review.report import (
    WEIGHTS,
    Report,
    counted,
    digest,
    groups,
    name_and_rest,
    stages,
    still_found,
)

# So many findings of the weight NOTE stand open in a topic; more of them are folded.
_NOTES_OPEN = 4
# Of the picture, in pixels: as the page is on a phone and on a desktop (page.css).
_WIDTHS = {"narrow": 360, "wide": 760}


def as_page(report: Report, draw: Callable[[int], str] | None = None, link: Link = None) -> str:
    """Return the page of a report. The same report is the same text.

    `draw` returns a picture of so many pixels in width as SVG, or nothing; it has escaped what it
    shows, and all else is escaped here. `link` makes the address of a line of Python.
    """
    # Escaped by their maker, and the page runs no script.
    pictures = {name: Markup(draw(width)) for name, width in _WIDTHS.items()} if draw else {}  # noqa: S704
    return (
        _environment()
        .get_template("page.html")
        .render(
            report=report,
            groups=groups(report),
            digest=digest(report),
            pictures={name: picture for name, picture in pictures.items() if picture},
            link=link or (lambda _: None),
            stages=stages,
            counted=counted,
            still_found=still_found(report),
            name_and_rest=name_and_rest,
            words=WEIGHTS,
            Weight=Weight,
            notes_open=_NOTES_OPEN,
            style=Markup((_FOLDER / "page.css").read_text(encoding="utf-8")),  # noqa: S704 - ours
        )
    )


_FOLDER = Path(__file__).parent


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
