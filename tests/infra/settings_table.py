"""The tables of settings in the documentation, from the descriptions in the code.

`make reference` writes them; `tests/unit/test_settings_table.py` compares.
"""

import ast
import inspect
import re
import sys
import textwrap
from dataclasses import MISSING, Field, fields
from pathlib import Path
from typing import Any

from stacks.settings import Domain, Settings
from stacks.shipping.settings import GitHub, Pipeline

PROJECT = Path(__file__).resolve().parents[2]
PAGES: dict[str, tuple[type[Any], ...]] = {
    "README.md": (Settings, Domain),
    "docs/operations/shipping.md": (Pipeline, GitHub),
}


def descriptions(settings: type[Any]) -> dict[str, str]:
    """Return the text below each field of a dataclass in one line, by the field's name."""
    [body] = ast.parse(textwrap.dedent(inspect.getsource(settings))).body
    assert isinstance(body, ast.ClassDef)
    found = {}
    for statement, following in zip(body.body, body.body[1:], strict=False):
        match statement, following:
            case ast.AnnAssign(target=ast.Name(name)), ast.Expr(ast.Constant(str(text))):
                found[name] = " ".join(text.split())
    return found


def table(settings: type[Any]) -> str:
    """Return the table of a dataclass: each field, its default, its description."""
    described = descriptions(settings)
    rows = [
        f"| `{field.name}` | {_default(field)} | {described[field.name]} |"
        for field in fields(settings)
    ]
    head = f"| field of `{settings.__name__}` | default | description |"
    return "\n".join([head, "| --- | --- | --- |", *rows]) + "\n"


def written(page: str, text: str) -> str:
    """Return the text of a page with its tables as they are to be; each stands below its mark."""
    for settings in PAGES[page]:
        mark = f"<!-- written by make reference: {settings.__name__} -->\n"
        new = mark + "\n" + table(settings)
        found = re.findall(rf"{re.escape(mark)}\n*(?:\|.*\n)*", text)
        if len(found) != 1:
            raise ValueError(f"{page} must have one line {mark.strip()!r}, got {len(found)}")
        text = text.replace(found[0], new)
    return text


def _default(field: Field[Any]) -> str:
    value = field.default
    if field.default_factory is not MISSING:
        value = field.default_factory()
    if value is MISSING:
        return ""
    return "none" if value is None else str(value)


def main() -> int:
    """Write the tables, and say which pages changed."""
    for page in PAGES:
        file = PROJECT / page
        text = file.read_text()
        if text != (new := written(page, text)):
            file.write_text(new)
            print(f"{page}: changed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
