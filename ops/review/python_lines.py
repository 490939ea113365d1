"""The line of Python that made each resource of a stack, from the metadata of a cloud assembly.

The CDK records who made a construct when `JSII_HOST_STACK_TRACES=1` and traces are on
(`aws:cdk:creationStack`); the templates stay the same.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

_FRAME = re.compile(r"\((?P<file>[^()]+\.py):(?P<line>\d+)(?::\d+)?\)$")
_CREATED, _LOGICAL_ID = "aws:cdk:creationStack", "aws:cdk:logicalId"
_FOREIGN = re.compile(r"(^|/)(site-packages|dist-packages|lib/python\d[^/]*)/")


@dataclass(frozen=True, order=True)
class PythonLine:
    """A line of a file, whose path is relative to the app."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


def python_lines(metadata: Path, source: Path | None) -> dict[str, PythonLine]:
    """Return the line of each resource by logical id, as the metadata file of a stack says.

    `source` is the folder of the app: a line in it is the app's own, another is a library's.
    Without it, each line outside of installed packages is. A construct that no line of the app made
    has that of its nearest parent. A file that is not there or is no JSON has no lines.
    """
    try:
        constructs = json.loads(metadata.read_text())
    except (OSError, ValueError):
        return {}
    if not isinstance(constructs, dict):
        return {}
    made = {path: _own(entries, source) for path, entries in constructs.items()}
    return {
        logical_id: line
        for path, entries in constructs.items()
        for logical_id in _data(entries, _LOGICAL_ID)
        if isinstance(logical_id, str)
        for line in [_nearest(path, made)]
        if line
    }


def _nearest(path: str, made: Mapping[str, PythonLine | None]) -> PythonLine | None:
    while path:
        if line := made.get(path):
            return line
        path = path.rpartition("/")[0]
    return None


def _own(entries: object, source: Path | None) -> PythonLine | None:
    """Return the innermost line of the app."""
    for frames in _data(entries, _CREATED):
        for frame in frames if isinstance(frames, list) else ():
            found = _FRAME.search(str(frame))
            if found and (line := _relative(Path(found["file"]), int(found["line"]), source)):
                return line
    return None


def _relative(file: Path, line: int, source: Path | None) -> PythonLine | None:
    if _FOREIGN.search(file.as_posix()):
        return None
    if source is None:
        return PythonLine(file.as_posix(), line)
    if not file.is_absolute():
        return PythonLine(file.as_posix(), line)
    return (
        PythonLine(file.relative_to(source).as_posix(), line)
        if file.is_relative_to(source)
        else None
    )


def _data(entries: object, kind: str) -> Iterator[object]:
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, dict) and entry.get("type") == kind:
            yield entry.get("data")
