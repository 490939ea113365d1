"""One change of a function's environment: checked, written, kept in parameters, and reported."""

import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from drive_tools.environment import lambda_limits, variables
from drive_tools.environment.function import (
    Function,
    FunctionConfiguration,
    Plan,
)
from drive_tools.environment.history import History
from drive_tools.environment.options import ChangeOptions
from drive_tools.environment.session import EnvironmentSession
from drive_tools.environment.variables import Change, Owners
from drive_tools.errors import (
    AwsError,
    RefusedError,
    TimedOutError,
    ToolError,
    UnknownOutcomeError,
)
from drive_tools.private_files import NoHomeError
from drive_tools.terminal import agreed

_IN_PROGRESS = "InProgress"


@dataclass(frozen=True)
class Edit:
    """A plan for the variables of a function; `kept` are those to keep in parameters as well."""

    session: EnvironmentSession
    options: ChangeOptions
    function: Function
    owners: Owners
    plan: Plan
    kept: Sequence[str]

    def hold_to_owners(self, found: FunctionConfiguration) -> None:
        """Refuse what the next deployment would take back, unless it is forced; then say so."""
        if self.owners.operator is None:
            return
        names = ", ".join(
            change.name
            for change in variables.changes(found.variables, self.plan(found.variables))
            if change.new is None or not self.owners.parameter(change.name)
        )
        if not names:
            return
        if not self.options.force:
            those = ", ".join(sorted(self.owners.operator)) or "none"
            if self.owners.operator and not self.owners.prefix:
                those += f", but the tag {variables.OPERATOR_PARAMETERS_TAG} is missing"
            raise RefusedError(
                f"{names}: the deployment of {self.function.name} sets this, and the next one would"
                f" take the change back\n  change the stack, or pass --force; what may be set here:"
                f" {those}"
            )
        confirm(self.options, f"the next deployment takes back {names}")
        self.session.warn(f"the next deployment takes back {names}")

    def ask_about_removals(self, found: FunctionConfiguration, removed: Sequence[str]) -> None:
        """Ask before more than one variable is removed, or all that cannot be seen."""
        if len(removed) > 1 or (removed and self.options.verb == "import"):
            confirm(self.options, f"to be removed: {', '.join(removed)}")
        if self.options.assume_empty and not found.variables:
            confirm(self.options, f"if {self.function.name} has variables after all, they are lost")

    def carry_out(self, found: FunctionConfiguration) -> None:
        """Make the change, its parameters too, and tell it; or only tell it, for --dry-run."""
        options, function = self.options, self.function
        begun = time.monotonic()
        wanted = self._checked(found.variables)
        # Read before anything is written: a parameter that is missing is found while nothing is
        # half done.
        parameters = self._parameters(wanted)
        if options.dry_run:
            behind = [name for name in self.kept if parameters[name] != wanted[name]]
            changes = variables.changes(found.variables, wanted)
            self._tell(found, changes, wanted, behind)
            return
        history = History(found.arn, function.aws.endpoint)
        if not history.kept:
            self.session.warn(f"undo will not know of this change: {NoHomeError().strerror}")

        def record(before: Mapping[str, str], after: Mapping[str, str]) -> None:
            history.record(options.verb, before, after)
            self.session.written = True

        try:
            changed = function.change(found, self._checked, record=record, seconds=options.timeout)
        except UnknownOutcomeError:
            raise
        except ToolError:
            history.forget()
            raise
        now = changed.now
        changes = []
        if changed.written:
            # What others changed in the same moment is theirs to tell.
            changes = variables.changes(changed.before, self.plan(changed.before))
        behind = self._behind(changes, parameters, now.variables)
        if behind:
            now = self._keep(behind, now)
        failure: ToolError | None = None
        if options.wait and (changes or behind):
            left = max(options.timeout - (time.monotonic() - begun), 0)
            try:
                now = function.wait(now, seconds=left, spinner=self.session.spinner)
            except (TimedOutError, AwsError) as error:
                failure = error
        self._tell(now, changes, now.variables, behind, failed=failure is not None)
        if failure:
            raise failure

    def _checked(self, current: Mapping[str, str]) -> dict[str, str]:
        """Return the map that the plan makes. Raises `RefusedError` if it is too large."""
        wanted = self.plan(current)
        left = variables.bytes_left(wanted)
        if left < 0 and wanted != current:
            raise RefusedError(
                f"the variables would be {-left} bytes more than the"
                f" {lambda_limits.ENVIRONMENT_BYTES} that Lambda takes, names and values of all of"
                " them together;"
                f" {variables.bytes_left(current)} are left now"
            )
        return wanted

    def _parameters(self, wanted: Mapping[str, str]) -> dict[str, str]:
        for name in self.kept:
            if not wanted[name]:
                raise RefusedError(f"{name} is kept in an SSM parameter, which cannot be empty")
        found = self.function.parameters(self.kept, self.owners)
        for name in self.kept:
            if name not in found:
                raise RefusedError(
                    f"there is no parameter {self.owners.parameter(name)} to keep {name} in;"
                    " deploy the stack first"
                )
        return found

    def _behind(
        self, changes: Sequence[Change], parameters: Mapping[str, str], live: Mapping[str, str]
    ) -> list[str]:
        """Return the keys whose parameter must be written.

        A key that was just changed is always among them: another writer may have put an older value
        into its parameter since it was read.
        """
        changed = {change.name for change in changes}
        return [
            name
            for name in self.kept
            if name in live and (name in changed or parameters[name] != live[name])
        ]

    def _keep(self, behind: Sequence[str], now: FunctionConfiguration) -> FunctionConfiguration:
        self.session.written = True
        names = ", ".join(behind)
        try:
            after = self.function.keep(behind, self.owners, now.variables)
        except ToolError as error:
            error.args = (
                f"{error}\n  the function has the new value of {names}, but the next deployment"
                " may take it back: its parameter may be the old one; run the same command again",
            )
            raise
        if any(after.variables.get(name) != now.variables.get(name) for name in behind):
            self.session.warn(f"somebody else changed {names} since; the parameter follows that")
        return after

    def _tell(
        self,
        now: FunctionConfiguration,
        changes: Sequence[Change],
        wanted: Mapping[str, str],
        behind: Sequence[str],
        *,
        failed: bool = False,
    ) -> None:
        session, name = self.session, self.function.name
        done = not self.options.dry_run
        in_force = done and not failed and now.status != _IN_PROGRESS
        told = session.tell_changes(changes, self.owners)
        left = variables.bytes_left(wanted)
        if not done and changes and variables.bytes_left_as_json(wanted) < 0:
            session.warn("Lambda may refuse it: with the quotes and commas of JSON it is over 4 KB")
        if changes:
            verb = "changed" if done else "would change (dry run)"
            rest = len(wanted.keys() - told.keys())
            state = "" if not done else ", in force" if in_force else ", not yet in force"
            session.note(f"{name}: {len(changes)} {verb}, {rest} untouched{state}, {room(left)}")
        elif not behind:
            session.note(f"{name}: nothing to do, it is so already")
        for key in behind:
            session.note(
                f"{name}: {key} {'is' if done else 'would be'} kept for the next deployment, in"
                f" {self.owners.parameter(key)}"
            )
        session.result(
            function=now.arn,
            revision=now.revision,
            changes=told,
            parameters=[self.owners.parameter(key) for key in behind],
            bytes_left=left,
            dry_run=not done,
            in_force=in_force,
        )


def room(left: int) -> str:
    """Return how many bytes are left, for people."""
    return f"{left} of {lambda_limits.ENVIRONMENT_BYTES} bytes left"


def confirm(options: ChangeOptions, what: str) -> None:
    """Ask before a dangerous change. Raises `RefusedError` for a no, or where nobody can answer."""
    if options.yes or options.dry_run:
        return
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise RefusedError(f"{what}: pass --yes to do it; there is no terminal to ask on")
    if not agreed(f"{options.tool}: {what}. Continue?", "nothing was changed", sys.stderr):
        raise RefusedError("nothing was changed")
