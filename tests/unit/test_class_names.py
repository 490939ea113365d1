"""One name, one thing: no class of the tools has the name of another class of the project."""

import re
from collections import defaultdict
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
ROOMS = ("drive_tools", "examples", "lambda_src", "ops", "stacks")


def test_no_class_of_the_tools_shares_its_name() -> None:
    found: dict[str, list[str]] = defaultdict(list)
    for room in ROOMS:
        for file in (PROJECT / room).rglob("*.py"):
            for name in re.findall(r"^class ([A-Z]\w+)", file.read_text(), re.MULTILINE):
                found[name].append(str(file.relative_to(PROJECT)))
    assert len(found) > 100
    shared = {name: files for name, files in found.items() if len(files) > 1}
    assert not [each for each in shared.items() if "drive_tools" in str(each)]
