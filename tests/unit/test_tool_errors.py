"""The errors of the tools are the tree that is drawn, and each exit code stands once."""

import importlib
import pkgutil
import re
from pathlib import Path

import pytest

import drive_tools
from drive_tools import errors, exit_codes
from drive_tools.errors import ToolError
from drive_tools.program import Failure, failure

PROJECT = Path(__file__).resolve().parents[2]


def drawn() -> dict[str, str]:
    """Each class of the drawing, with the class that it is drawn below."""
    found: dict[str, str] = {}
    above = ["ToolError"]
    for line in (errors.__doc__ or "").splitlines():
        if match := re.match(r"    ([│ ]*)[├└]── (\w+)  +\S", line):
            depth = len(match[1]) // 4 + 1
            above[depth:] = [match[2]]
            found[match[2]] = above[depth - 1]
    return found


def subclasses(top: type[ToolError]) -> dict[str, str]:
    found: dict[str, str] = {}
    for each in top.__subclasses__():
        if each.__module__.startswith("drive_tools.") and not each.__name__.startswith("_"):
            found |= {each.__name__: top.__name__} | subclasses(each)
    return found


def test_the_tree_that_is_drawn_is_the_tree_of_the_classes() -> None:
    for module in pkgutil.walk_packages(drive_tools.__path__, "drive_tools."):
        importlib.import_module(module.name)
    assert drawn() == subclasses(ToolError)


def test_the_page_of_exit_codes_is_the_table() -> None:
    page = (PROJECT / "docs" / "exit-codes.md").read_text()
    assert page.count(exit_codes.table()) == 1
    for other in ("client.md", "env.md"):
        text = (PROJECT / "docs" / other).read_text()
        assert "(exit-codes.md)" in text
        assert "| code |" not in text


def test_no_other_module_of_the_tools_gives_an_exit_code_a_number() -> None:
    for file in (PROJECT / "drive_tools").rglob("*.py"):
        if file.name != "exit_codes.py":
            assert not re.findall(r"code = [1-9]|return [1-9]\d*$", file.read_text()), file


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (ToolError("no"), Failure("no", 1)),
        (errors.UsageError("no"), Failure("no", 2)),
        (KeyboardInterrupt(), Failure("interrupted", 130)),
        (BrokenPipeError(32, "Broken pipe"), Failure("", 141)),
        (FileNotFoundError(2, "No such file", "a"), Failure("a: No such file", 1)),
        (OSError(28, "No space left on device"), Failure("No space left on device", 7)),
    ],
)
def test_a_failure_is_a_line_and_an_exit_code(error: BaseException, expected: Failure) -> None:
    assert failure(error) == expected
    with pytest.raises(ZeroDivisionError):
        failure(ZeroDivisionError())
