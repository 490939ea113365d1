"""One run of a command: its function, its output, and the values that it hides."""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from drive_tools import output
from drive_tools.environment import variables
from drive_tools.environment.aws import PUBLISHED, Aws
from drive_tools.environment.function import Function
from drive_tools.environment.history import digest_key
from drive_tools.environment.options import FunctionOptions
from drive_tools.environment.variables import Change, Owners, Secrets
from drive_tools.errors import RefusedError
from drive_tools.terminal import plain


class EnvironmentSession:
    """One run of a command: its function, and how it shows things."""

    def __init__(self, options: FunctionOptions) -> None:
        self.options = options
        self.secrets = Secrets()
        self._key = b""
        self._warnings: list[str] = []
        self.written = False  # from here on an interruption leaves something to complete

    def open(self) -> Function:
        """The function; its credentials and region are known, and nothing was called yet."""
        options = self.options
        if options.function.qualifier == PUBLISHED:
            raise RefusedError(
                f"{PUBLISHED} is the copy that Lambda Managed Instances run, and changes only when"
                f" it is published; name {options.function.name} itself, then publish it (aws"
                " lambda publish-version --publish-to LATEST_PUBLISHED)"
            )
        aws = Aws(
            self.secrets,
            profile=options.profile,
            region=options.region,
            arn_region=options.function.region,
            endpoint_url=options.endpoint_url,
        )
        return Function(aws, options.function, self.secrets, assume_empty=options.assume_empty)

    def note(self, text: str) -> None:
        """Tell a person; a program reads the JSON."""
        if not self.options.json:
            self.error(text)

    def warn(self, text: str) -> None:
        """Tell what both ought to know."""
        self._warnings.append(text)
        self.complain(text)

    def complain(self, text: str) -> None:
        """Tell what went wrong, after the name of the tool."""
        self.error(f"{self.options.tool}: {text}")

    def error(self, text: str) -> None:
        """Print lines to standard error that cannot steer a terminal."""
        output.tell("\n".join(map(plain, text.split("\n"))))

    def result(self, **members: object) -> None:
        """Print the one JSON object of a command, if it is wanted."""
        if self.options.json:
            output.show(json.dumps({**members, "warnings": self._warnings}))
            output.flush()

    def shown(self, name: str, value: str | None) -> str | None:
        """A value as it may be shown next to another one: itself, or its digest."""
        if value is None or self.options.show:
            return value
        self._key = self._key or digest_key()
        return variables.digest(self._key, name, value)

    def tell_changes(self, changes: Sequence[Change], which: Owners) -> dict[str, object]:
        """Tell a person what changes, and return it for a program."""
        width = max((len(change.name) for change in changes), default=0)
        told: dict[str, object] = {}
        for change in changes:
            old, new = (self.shown(change.name, value) for value in (change.old, change.new))
            sign = "+" if old is None else "-" if new is None else "~"
            owner = which.of(change.name)
            told[change.name] = {"old": old, "new": new, "owner": owner}
            values = f"{'(none)' if old is None else old} -> {'(none)' if new is None else new}"
            self.note(f"  {sign} {change.name:{width}}  {values}  {owner or ''}".rstrip())
        return told

    @contextmanager
    def spinner(self) -> Iterator[None]:
        """Turn while something is waited for, where there is a terminal to turn on."""
        if self.options.json or not sys.stderr.isatty():
            yield
            return
        from rich.console import Console  # noqa: PLC0415 - slow, and rarely needed

        with Console(stderr=True).status("waiting until the change is in force"):
            yield
