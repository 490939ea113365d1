"""The configuration of a drive: one JSON document, read when it is needed and then at intervals."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass

from drive.quota import Limits

_HOUR_SECONDS = 3600
_NO_VALUE = object()
# A document that cannot be read or parsed is read again after this time at the earliest.
AGAIN_SECONDS = 5.0

# The range of each member, and whether it may be null; stacks/settings.py has the same
# (tests/unit/test_configuration.py).
_RANGES: dict[str, tuple[int, int, bool]] = {
    "max_drive_bytes": (1, 2**63 - 1, True),
    "max_file_bytes": (1, 52_673_613_135_872, True),
    "upload_expiry_hours": (1, 720, False),
}


class ConfigurationError(Exception):
    """The document cannot be read, or is not valid; the text is for people."""


@dataclass(frozen=True)
class Configuration:
    """The limits of writes, and how long an upload is kept that nobody resumes."""

    limits: Limits
    upload_expiry_seconds: int


def parse(text: str) -> Configuration:
    """Parse a document, or raise `ConfigurationError`.

    All members must be there, so that a mistyped name is an error and never "no limit". Unknown
    members are ignored: they may be those of the next version.
    """
    try:
        document = json.loads(text, object_pairs_hook=_once)
    except RecursionError:
        raise ConfigurationError("it is not JSON: nested too deeply") from None
    except ValueError as error:
        raise ConfigurationError(f"it is not JSON: {error}") from None
    if not isinstance(document, dict):
        raise ConfigurationError("it must be a JSON object")
    found: dict[str, int | None] = {}
    for name, (first, last, may_be_null) in _RANGES.items():
        value = document.get(name, _NO_VALUE)
        right = type(value) is int and first <= value <= last
        if not right and not (value is None and may_be_null):
            allowed = f"{'null or ' if may_be_null else ''}a whole number {first}..{last}"
            got = "nothing" if value is _NO_VALUE else json.dumps(value)[:50]
            raise ConfigurationError(f"{name} must be {allowed}, got {got}")
        found[name] = value
    return Configuration(
        Limits(found["max_drive_bytes"], found["max_file_bytes"]),
        (found["upload_expiry_hours"] or 0) * _HOUR_SECONDS,
    )


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    names = [name for name, _ in pairs]
    for name in names:
        if names.count(name) > 1:
            raise ConfigurationError(f"it has {json.dumps(name)[:50]} more than once")
    return dict(pairs)


class Source:
    """The current configuration, at most `fresh_seconds` old while it can be read.

    When it cannot be read or parsed, the last good one stays in force, and `trouble` says why.
    """

    def __init__(
        self,
        read: Callable[[], str],
        *,
        fresh_seconds: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._read, self._fresh_seconds, self._clock = read, fresh_seconds, clock
        self._good: Configuration | None = None
        self._next_at = clock()
        self.trouble: str | None = None

    def current(self) -> Configuration:
        """Return the last good configuration. Raises `ConfigurationError` if there was none yet."""
        if self._clock() >= self._next_at:
            self._refresh()
        if self._good is None:
            raise ConfigurationError(self.trouble)
        return self._good

    def _refresh(self) -> None:
        try:
            self._good, self.trouble = parse(self._read()), None
        except ConfigurationError as error:
            self.trouble = str(error)
        except Exception as error:  # noqa: BLE001 - whatever the reader raises
            self.trouble = f"it cannot be read: {error}"
        wait = self._fresh_seconds
        if self.trouble:
            wait = min(wait, AGAIN_SECONDS)
        self._next_at = self._clock() + wait
