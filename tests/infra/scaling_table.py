"""The tables of docs/scaling.md, by the simulation with its defaults.

`make reference` writes them; `tests/unit/test_scaling.py` compares.
"""

import re
import sys
from pathlib import Path

from ops.scaling import commands
from ops.scaling.limits import Drive, limits
from ops.scaling.load import Mix

PAGE = Path(__file__).resolve().parents[2] / "docs" / "scaling.md"


def tables() -> dict[str, str]:
    """Return what stands below each mark."""
    mix, drive = Mix(), Drive()
    sources = [f"[AWS]({each.source})" if each.source else "" for each in limits(mix, drive)]
    head, *rows = commands.met(mix, drive)
    sourced = [[*row, source] for row, source in zip(rows, sources, strict=True)]
    return {
        "rates": _table(commands.demands(mix, drive, [*commands.RATES])),
        "limits": _table([[*head, "source"], *sourced]),
        "drives": "\n".join(commands.sharding(mix, drive)) + "\n",
    }


def _table(rows: list[list[str]]) -> str:
    head, *others = rows
    lines = [head, ["---"] * len(head), *others]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def written(text: str) -> str:
    """Return the page with its tables as they are to be; each ends with an empty line."""
    for name, table in tables().items():
        mark = f"<!-- written by make reference: {name} -->\n"
        found = re.findall(rf"{re.escape(mark)}\n*(?:.+\n)*", text)
        if len(found) != 1:
            raise ValueError(f"{PAGE.name} must have one line {mark.strip()!r}, got {len(found)}")
        text = text.replace(found[0], f"{mark}\n{table}")
    return text


def main() -> int:
    """Write the tables, and say whether the page changed."""
    text = PAGE.read_text()
    if text != (new := written(text)):
        PAGE.write_text(new)
        print(f"{PAGE.name}: changed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
