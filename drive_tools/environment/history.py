"""The history of changes, for `undo`: files that only their owner may read."""

import hashlib
import json
import os
import secrets
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from drive_tools.errors import RefusedError
from drive_tools.private_files import (
    NoHomeError,
    make_private,
    state_directory,
    write_beside,
    write_private,
)

KEPT = 10
UNDO = "undo"
_KEY_BYTES = 32


@dataclass(frozen=True)
class RecordedChange:
    """One change: the whole map before it, and after it the variables that it named."""

    file: Path
    at: str
    verb: str
    before: dict[str, str] = field(repr=False)
    after: dict[str, str | None] = field(repr=False)
    undone: bool


class History:
    """The last changes of one function, made from this machine by this user."""

    def __init__(self, arn: str, endpoint: str) -> None:
        function = arn.rpartition(":")[2]
        which = hashlib.sha256(f"{endpoint} {arn}".encode()).hexdigest()[:12]
        self._folder: Path | None = None
        with suppress(NoHomeError):
            self._folder = state_directory("env") / f"{function}-{which}"
        self._arn = arn
        self._pending: Path | None = None

    @property
    def kept(self) -> bool:
        """Return whether the history can be kept."""
        return self._folder is not None

    def record(self, verb: str, before: Mapping[str, str], after: Mapping[str, str]) -> None:
        """Remember a change that is about to be made, in place of the last try of it."""
        if self._folder is None:
            return
        named = sorted(name for name in {*before, *after} if before.get(name) != after.get(name))
        content = {
            "function": self._arn,
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "verb": verb,
            "before": dict(before),
            "after": {name: after.get(name) for name in named},
            "undone": False,
        }
        try:
            if self._pending is None:
                make_private(self._folder)
                self._pending = self._folder / f"{time.time_ns()}-{os.getpid()}.json"
            write_private(self._pending, json.dumps(content).encode())
            for old in sorted(self._folder.glob("*.json"))[:-KEPT]:
                old.unlink(missing_ok=True)
        except OSError as error:
            raise RefusedError(
                f"cannot write what undo needs to {error.filename}: {error.strerror};"
                " nothing was changed"
            ) from None

    def forget(self) -> None:
        """The change was not made."""
        if self._pending:
            with suppress(OSError):
                self._pending.unlink()

    def entries(self) -> list[RecordedChange]:
        """Return the changes that are kept, the newest first."""
        found: list[RecordedChange] = []
        if self._folder is None:
            return found
        for file in sorted(self._folder.glob("*.json"), reverse=True):
            with suppress(OSError, ValueError, KeyError, TypeError):
                content: dict[str, Any] = json.loads(file.read_text())
                told = (content[name] for name in ("at", "verb", "before", "after", "undone"))
                found.append(RecordedChange(file, *told))
        return found

    def mark_undone(self, entry: RecordedChange) -> None:
        """Let the next undo go further back."""
        with suppress(FileNotFoundError):  # it was the oldest, and the undo took its place
            content = json.loads(entry.file.read_text()) | {"undone": True}
            write_private(entry.file, json.dumps(content).encode())


def digest_key() -> bytes:
    """The key of the digests that this user sees, made at first use.

    Where it cannot be kept, digests can be compared within one run only.
    """
    with suppress(OSError):
        file = state_directory("env") / "digest.key"
        make_private(file.parent)
        if not file.exists():
            temporary = write_beside(file, secrets.token_bytes(_KEY_BYTES))
            try:
                with suppress(FileExistsError):
                    os.link(temporary, file)
            finally:
                temporary.unlink()
        key = file.read_bytes()
        if len(key) == _KEY_BYTES:
            return key
    return secrets.token_bytes(_KEY_BYTES)
