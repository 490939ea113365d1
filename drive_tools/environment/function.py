"""The environment of one function: read, changed by compare-and-set, waited for."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

from drive_tools.environment.aws import Aws, CallRetries, FunctionReference, patiently
from drive_tools.environment.variables import Owners, Secrets
from drive_tools.errors import (
    AwsError,
    ConcurrentChangeError,
    KeyDeniedError,
    LostError,
    RefusedError,
    ThrottledError,
    TimedOutError,
    ToolError,
    UnknownOutcomeError,
    UpdateConflictError,
)

_IN_PROGRESS, _FAILED = "InProgress", "Failed"
# States that do not pass, of https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html and
# https://docs.aws.amazon.com/lambda/latest/api/API_FunctionConfiguration.html. An Inactive one can
# be updated: https://aws.amazon.com/blogs/compute/tracking-the-state-of-lambda-functions/.
_STAYING = {
    "Failed": "Lambda could not make it; nothing was changed; delete it and create it again",
    "Deleting": "Lambda is removing it; nothing was changed",
}
_SHORT_SECONDS = 20.0  # for calls after which nothing is waited for
_ROUNDS = 20

Plan = Callable[[Mapping[str, str]], dict[str, str]]
Record = Callable[[Mapping[str, str], Mapping[str, str]], None]


@dataclass(frozen=True)
class FunctionConfiguration:
    """The configuration of a function, as AWS returned it."""

    arn: str
    version: str
    revision: str
    variables: dict[str, str] = field(repr=False)
    key: str | None = None
    status: str = ""
    reason_code: str = ""
    reason: str = field(default="", repr=False)
    state: str = ""
    state_reason: str = field(default="", repr=False)


@dataclass(frozen=True)
class Changed:
    """The result of a change; `written` is false when there was nothing to change."""

    before: dict[str, str] = field(repr=False)
    now: FunctionConfiguration
    written: bool


class Function:
    """A Lambda function, as its caller named it."""

    def __init__(
        self, aws: Aws, target: FunctionReference, secrets: Secrets, *, assume_empty: bool = False
    ) -> None:
        """Take an empty answer where variables may be hidden for the truth if `assume_empty`."""
        self.aws = aws
        self.name = target.name.rpartition(":")[2]
        self._target = target
        self._secrets = secrets
        self._assume_empty = assume_empty

    def alias(self) -> tuple[str, list[str]]:
        """The version that the alias serves, and those that it serves besides, by weight."""
        names = {"FunctionName": self._target.name, "Name": self._target.alias or ""}
        answer = self._call("lambda", "get_alias", self.name, **names)
        weights = answer.get("RoutingConfig", {}).get("AdditionalVersionWeights", {})
        return str(answer["FunctionVersion"]), sorted(weights)

    def read(
        self, *, as_named: bool = False, retries: CallRetries | None = None
    ) -> FunctionConfiguration:
        """Read the configuration: of `$LATEST`, or of what the caller named.

        Raises `RefusedError` when its variables are not, or may not be, those of the function.
        """
        qualifier = self._target.qualifier if as_named else None
        named = {"FunctionName": self._target.name} | (
            {"Qualifier": qualifier} if qualifier else {}
        )
        answer = self._call("lambda", "get_function_configuration", self.name, retries, **named)
        return self._configuration(answer)

    def tags(self, arn: str) -> dict[str, str]:
        """The tags of the function; a version or an alias has none of its own."""
        unqualified = ":".join(arn.split(":")[:7])
        return dict(self._call("lambda", "list_tags", self.name, Resource=unqualified)["Tags"])

    def change(
        self,
        found: FunctionConfiguration,
        plan: Plan,
        *,
        record: Record,
        seconds: float,
    ) -> Changed:
        """Replace the variables by those that `plan` makes of the current ones.

        The whole plan is applied to the current map, or nothing is. Before each try, `record` is
        called with the map before and after it. After a lost answer the map is read again: the
        update is bound to the revision, so it cannot come late.
        """
        retries = CallRetries(seconds)
        before = found.variables
        sent = False
        busy_before: UpdateConflictError | None = None
        while True:
            wanted = plan(found.variables)
            if wanted == found.variables:
                return Changed(before if sent else found.variables, found, written=sent)
            before = found.variables
            record(before, wanted)
            try:
                answer = self.aws.call(
                    "lambda",
                    "update_function_configuration",
                    found.arn,
                    FunctionName=self._target.name,
                    Environment={"Variables": wanted},
                    RevisionId=found.revision,
                )
                return Changed(before, self._configuration(answer), written=True)
            except UpdateConflictError as busy:
                if retries.over:
                    raise self._explained(found, retries.seconds, busy) from None
                retries.pause()
                busy_before = busy
            except KeyDeniedError as denied:
                key = found.key or "the account's key aws/lambda"
                raise AwsError(
                    f"{denied}\n  you need kms:Decrypt, kms:Encrypt and kms:CreateGrant on {key}"
                ) from None
            except ThrottledError as failure:
                retries.after(failure)
            except LostError as failure:
                sent = True
                try:
                    retries.after(failure)
                except LostError:
                    raise UnknownOutcomeError(failure) from None
            try:
                found = self.read(retries=retries)
            except LostError as failure:
                if sent:
                    raise UnknownOutcomeError(failure) from None
                raise
            if busy_before and found.state in _STAYING:  # which does not pass by itself
                raise self._explained(found, retries.seconds, busy_before)

    def _explained(
        self, found: FunctionConfiguration, seconds: float, busy: UpdateConflictError
    ) -> ToolError:
        """Why an update was refused again and again."""
        why = f" ({found.state_reason})" if found.state_reason else ""
        known = _STAYING.get(found.state)
        if known:
            return AwsError(f"{self.name} is {found.state}{why}: {known}")
        if found.state not in {"", "Active"}:
            refuses = "has not finished making it" if found.state == "Pending" else "refuses it"
            return AwsError(
                f"{self.name} is {found.state}{why}: Lambda {refuses}, after {seconds:g} s; nothing"
                f" was changed; try again when it is Active ({busy})"
            )
        return ConcurrentChangeError(
            f"{self.name}: others change it all the time, for {seconds:g} s now;"
            f" nothing was changed; try again later ({busy})"
        )

    def wait(
        self,
        found: FunctionConfiguration,
        *,
        seconds: float,
        spinner: Callable[[], AbstractContextManager[object]],
    ) -> FunctionConfiguration:
        """Wait until the last update is in force. Raises `AwsError` when it failed."""
        retries = CallRetries(seconds)
        if found.status == _IN_PROGRESS:
            with spinner():
                while found.status == _IN_PROGRESS:
                    if retries.over:
                        raise TimedOutError(
                            f"{self.name}: the new variables are written, but not in force after"
                            f" {retries.seconds:g} s; look again later: LastUpdateStatus"
                        )
                    retries.pause()
                    found = self.read(retries=retries)
        if found.status == _FAILED:
            raise AwsError(
                f"{self.name}: the new variables are written, but Lambda could not put them in"
                f" force: {found.reason_code or 'no reason code'}:"
                f" {self._secrets.hide(found.reason)}"
            )
        return found

    def parameters(self, names: Iterable[str], which: Owners) -> dict[str, str]:
        """The values of the SSM parameters of operator keys, as the next deployment takes them."""
        by_parameter = {parameter: name for name in names if (parameter := which.parameter(name))}
        asked = sorted(by_parameter)
        found: dict[str, str] = {}
        for start in range(0, len(asked), 10):  # as many as GetParameters takes
            some = asked[start : start + 10]
            answer = self._call("ssm", "get_parameters", ", ".join(some), Names=some)
            found |= {by_parameter[each["Name"]]: each["Value"] for each in answer["Parameters"]}
        self._secrets.learn(found.values())
        return found

    def keep(
        self, names: Iterable[str], which: Owners, live: Mapping[str, str]
    ) -> FunctionConfiguration:
        """Make the parameters of operator keys follow the live map, and return it.

        The live map has compare-and-set, and a parameter has not. So the live map decides: after a
        write to a parameter the map is read again, and a value that changed meanwhile is written
        again. Whichever of several writers is last, parameter and map agree at the end.
        """
        put = dict.fromkeys(names, "")
        wanted = {name: live[name] for name in put}
        for _ in range(_ROUNDS):
            for name, value in wanted.items():
                # Without a type it changes a parameter, and never creates one.
                parameter = which.parameter(name) or ""
                self._call(
                    "ssm", "put_parameter", parameter, Name=parameter, Value=value, Overwrite=True
                )
                put[name] = value
            now = self.read()
            wanted = {
                name: now.variables[name]
                for name, value in put.items()
                if now.variables.get(name, value) != value
            }
            if not wanted:
                return now
        raise ConcurrentChangeError(
            f"{self.name}: others change {', '.join(sorted(wanted))} all the time; the next"
            " deployment may take another value than the one in force; try again later"
        )

    def _call(
        self,
        service: str,
        method: str,
        resource: str,
        retries: CallRetries | None = None,
        /,
        **named: object,
    ) -> dict[str, Any]:
        tries = retries or CallRetries(_SHORT_SECONDS)
        return dict(patiently(tries, lambda: self.aws.call(service, method, resource, **named)))

    def _configuration(self, answer: Mapping[str, Any]) -> FunctionConfiguration:
        environment = answer.get("Environment", {})
        key = answer.get("KMSKeyArn")
        whose = f"the key {key}" if key else "its key, which is the account's aws/lambda"
        if error := environment.get("Error"):
            raise RefusedError(
                f"the variables of {self.name} cannot be read: {error.get('ErrorCode')}:"
                f" {self._secrets.hide(str(error.get('Message', '')))}\n"
                f"  you need kms:Decrypt on {whose}; what looks empty is not"
            )
        variables = dict(environment.get("Variables", {}))
        if key and not variables and not self._assume_empty:
            raise RefusedError(
                f"{self.name} has a key and no variables, which is what it looks like without"
                f" kms:Decrypt on {whose}\n  if it really has none, say so: --assume-empty"
            )
        self._secrets.learn(variables.values())
        return FunctionConfiguration(
            arn=str(answer["FunctionArn"]).removesuffix(":$LATEST"),
            version=str(answer["Version"]),
            revision=str(answer["RevisionId"]),
            variables=variables,
            key=key,
            status=str(answer.get("LastUpdateStatus") or ""),
            reason_code=str(answer.get("LastUpdateStatusReasonCode") or ""),
            reason=str(answer.get("LastUpdateStatusReason") or ""),
            state=str(answer.get("State") or ""),
            state_reason=self._secrets.hide(str(answer.get("StateReason") or "")),
        )
