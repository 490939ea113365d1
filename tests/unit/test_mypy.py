"""What mypy leaves out of the CDK is nothing that a type of ours leads to."""

import ast
import re
import sysconfig
import tomllib
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

PROJECT = Path(__file__).resolve().parents[2]
PACKAGES = Path(sysconfig.get_path("purelib"))

# How a module of the library imports another for its types; what its examples import begins a line.
FOR_TYPES = re.compile(r"^    import (aws_cdk(?:\.\w+)*) as _", re.MULTILINE)

MYPY = tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]["mypy"]
EXCLUDED = re.compile("|".join(MYPY["exclude"]))
FOLLOWED = {
    name
    for override in MYPY["overrides"]
    if override.get("follow_imports") == "normal"
    for name in override["module"]
}


def source(module: str) -> Path:
    return PACKAGES.joinpath(*module.split(".")) / "__init__.py"


def python_files(top: Path) -> list[Path]:
    found = sorted(top.rglob("*.py")) if top.is_dir() else [top]
    return [each for each in found if not EXCLUDED.search(each.relative_to(PROJECT).as_posix())]


def ours() -> set[str]:
    """The modules of the library that our code imports."""
    found: set[str] = set()
    for file in (file for top in MYPY["files"] for file in python_files(PROJECT / top)):
        for node in ast.walk(ast.parse(file.read_text())):
            match node:
                case ast.ImportFrom(module=str(module)) if f"{module}.".startswith("aws_cdk."):
                    found |= {module, *(f"{module}.{each.name}" for each in node.names)}
                case ast.Import():
                    names = {each.name for each in node.names}
                    # Of the whole library a part that is left out could be used unseen.
                    assert "aws_cdk" not in names, f"{file}: import the names, not aws_cdk"
                    found |= {name for name in names if name.startswith("aws_cdk.")}
    return {name for name in found if source(name).exists()} - {"aws_cdk"}


def types_of(module: str) -> set[str]:
    """The modules whose types are those of parameters and results in this one, and its parts."""
    file = source(module)
    parts = {f"{module}.{part.parent.name}" for part in file.parent.glob("[a-z]*/__init__.py")}
    found = {*FOR_TYPES.findall(file.read_text())} - {"aws_cdk"}
    return found if module == "aws_cdk" else found | parts


def test_every_module_that_a_type_leads_to_is_followed() -> None:
    """What is not followed has no types; an import of it is an error (`follow_imports`)."""
    assert {"module": "aws_cdk.*", "follow_imports": "error"} in MYPY["overrides"]
    waiting = ours() | types_of("aws_cdk") | types_of("cdk_nag")
    assert len(waiting) > 15
    wanted: set[str] = set()
    while waiting:
        module = waiting.pop()
        # All of these are followed, by one pattern.
        if module.partition(".")[2].partition(".")[0] != "interfaces":
            wanted.add(module)
            waiting |= types_of(module) - wanted
    named = {name for name in FOLLOWED if not name.endswith(".*")} - {"aws_cdk"}
    assert sorted(wanted - named) == [], "add these to [tool.mypy] in pyproject.toml"
    assert sorted(named - wanted) == [], "nothing leads to these any more; remove them there"
