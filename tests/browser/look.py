"""What a browser shows of pages on disk, as look.mjs tells it."""

import json
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TypedDict

from tests.browser import MISSING, PLACE, PROJECT, browser


class Contrast(TypedDict):
    """The text with the least contrast, and how much it has."""

    ratio: float
    text: str


class Seen(TypedDict):
    """A page in one screen."""

    page: str
    screen: str
    requests: list[str]
    messages: list[str]
    title: str
    overflow: int
    contrast: Contrast
    background: str
    controls: list[str]
    reached: list[str]
    unmarked: list[str]
    closed: int
    folded_in_print: int
    first_screen: str


def look(pages: Sequence[Path], picture: Path | None = None) -> list[Seen]:
    """Open the first page on a phone and on a desktop, dark and light, the others on a phone.

    With a `picture`, take one of the first page, and look at nothing else.
    """
    found = browser()
    if not found:
        raise RuntimeError(MISSING)
    asked = {
        "modules": f"{PLACE}/",
        "browser": found,
        "pages": [str(each.resolve()) for each in pages],
        "picture": picture and str(picture.resolve()),
    }
    with tempfile.TemporaryDirectory() as home:
        done = subprocess.run(
            [PROJECT / ".venv/bin/node", Path(__file__).with_suffix(".mjs")],
            check=True,
            input=json.dumps(asked),
            stdout=subprocess.PIPE,
            text=True,
            cwd=home,
        )
    seen: list[Seen] = json.loads(done.stdout or "[]")
    return seen
