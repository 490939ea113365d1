"""Calls to AWS by botocore; each failure is an error of ours, without a value in its text."""

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, TypeVar

from drive_tools.aws_defaults import NO_CREDENTIALS, usual_region
from drive_tools.environment.variables import Secrets
from drive_tools.errors import (
    AwsError,
    KeyDeniedError,
    LostError,
    RefusedError,
    ThrottledError,
    UpdateConflictError,
    UsageError,
)
from drive_tools.retry import Backoff, Deadline

_FIRST_DELAY_SECONDS, _LONGEST_DELAY_SECONDS = 0.1, 3.0
_LOST_IN_A_ROW = 5

_BUSY = frozenset({"PreconditionFailedException", "ResourceConflictException"})
_THROTTLED = frozenset(
    {
        *("TooManyRequestsException", "ThrottlingException", "Throttling", "ThrottledException"),
        *("RequestLimitExceeded", "SlowDown", "TooManyUpdates", "EC2ThrottledException"),
    }
)
_DENIED = frozenset({"AccessDeniedException", "AccessDenied", "UnauthorizedOperation"})
# What an answer has for certain.
_CONFIGURATION = frozenset({"FunctionArn", "RevisionId", "Version"})
_MEMBERS = {
    "get_function_configuration": _CONFIGURATION,
    "update_function_configuration": _CONFIGURATION,
    "list_tags": frozenset({"Tags"}),
    "get_alias": frozenset({"FunctionVersion"}),
    "get_parameters": frozenset({"Parameters"}),
    "put_parameter": frozenset({"Version"}),
}
# The copy that Lambda Managed Instances run, and how it changes:
# https://docs.aws.amazon.com/lambda/latest/dg/lambda-managed-instances-version-publishing.html
LATEST, PUBLISHED = "$LATEST", "$LATEST.PUBLISHED"
_NAME = r"[A-Za-z0-9_-]{1,140}"
_FUNCTION = re.compile(
    r"(?:(?:arn:aws[a-z-]*:lambda:(?P<region>[a-z0-9-]+):)?[0-9]{12}:function:|function:)?"
    rf"(?P<name>{_NAME})(?::(?P<qualifier>\$LATEST|\$LATEST\.PUBLISHED|{_NAME}))?"
)

Result = TypeVar("Result")


@dataclass(frozen=True)
class FunctionReference:
    """A function as its user names it: by name or by (partial) ARN, with or without qualifier."""

    name: str
    qualifier: str | None = None
    region: str | None = None

    @property
    def version(self) -> str | None:
        """The published version that is named, if it is one."""
        return self.qualifier if self.qualifier and self.qualifier.isdigit() else None

    @property
    def alias(self) -> str | None:
        """The alias that is named, if it is one."""
        if self.version or self.qualifier in {LATEST, PUBLISHED}:
            return None
        return self.qualifier


def function_reference(text: str) -> FunctionReference:
    """Read what names a function. Raises `ValueError`."""
    match = _FUNCTION.fullmatch(text)
    if not match:
        raise ValueError(
            "a function is its name or ARN, with :alias behind it or not,"
            f" got {text.partition('=')[0]!r}"
        )
    name = text if match["qualifier"] is None else text.rpartition(":")[0]
    return FunctionReference(name, match["qualifier"], match["region"])


class Aws:
    """The services of one place, each made when it is needed first."""

    def __init__(
        self,
        secrets: Secrets,
        *,
        profile: str | None,
        region: str | None,
        arn_region: str | None,
        endpoint_url: str | None,
    ) -> None:
        """Take the options of the AWS CLI, and the region of the function's ARN without another."""
        from botocore.config import Config  # noqa: PLC0415 - not for --help
        from botocore.exceptions import BotoCoreError  # noqa: PLC0415
        from botocore.session import Session  # noqa: PLC0415

        if region and arn_region and region != arn_region:
            raise UsageError(f"the function's ARN is of {arn_region}, and --region says {region}")
        self._secrets = secrets
        self._clients: dict[str, Any] = {}
        self._endpoint_url = endpoint_url
        # Here alone is known what may be repeated: botocore would send a lost write again.
        self._config = Config(
            retries={"total_max_attempts": 1}, connect_timeout=10, read_timeout=30
        )
        try:
            self._session = Session(profile=profile)
            self.region = region or arn_region or usual_region(self._session)
            if self._session.get_credentials() is None:
                raise UsageError(NO_CREDENTIALS)
        except BotoCoreError as error:
            raise UsageError(str(error)) from None
        if not self.region:
            raise UsageError("no region; pass --region or set AWS_REGION")

    @property
    def endpoint(self) -> str:
        """Return the URL at which Lambda is called."""
        return str(self._client("lambda").meta.endpoint_url)

    def call(self, service: str, method: str, resource: str, **parameters: object) -> Any:  # noqa: ANN401 - as AWS describes it
        """Call one of the methods in `_MEMBERS` once; permission for it is needed on `resource`.

        Raises `UpdateConflictError`, `ThrottledError`, `LostError`, and `AwsError` for a failure
        that does not pass.
        """
        from botocore import exceptions as botocore  # noqa: PLC0415 - not for --help
        from botocore.parsers import ResponseParserError  # noqa: PLC0415

        client = self._client(service)
        action = f"{service}:{client.meta.method_to_api_mapping[method]}"
        try:
            answer = getattr(client, method)(**parameters)
        except botocore.ClientError as error:
            raise self._explained(error.response, action, resource) from None
        except (botocore.NoCredentialsError, botocore.PartialCredentialsError) as error:
            raise UsageError(str(error)) from None
        except (botocore.HTTPClientError, botocore.ConnectionError, ResponseParserError) as error:
            text = self._secrets.hide(str(error))
            raise LostError(f"{action}: {text}") from None
        except botocore.BotoCoreError as error:
            # The text of a validation error quotes values in pieces.
            quotes = isinstance(error, botocore.ParamValidationError)
            text = type(error).__name__ if quotes else self._secrets.hide(str(error))
            raise AwsError(f"{action}: {text}") from None
        # botocore takes a page of a proxy, or half an answer, for an answer without members.
        if not _MEMBERS[method] <= answer.keys():
            raise LostError(f"{action}: the answer is not one of AWS, or not all of it")
        return answer

    def _client(self, service: str) -> Any:  # noqa: ANN401 - botocore makes them at run time
        from botocore.exceptions import BotoCoreError  # noqa: PLC0415 - not for --help

        if service not in self._clients:
            try:
                self._clients[service] = self._session.create_client(
                    service,
                    region_name=self.region,
                    endpoint_url=self._endpoint_url,
                    config=self._config,
                )
            except (BotoCoreError, ValueError) as error:
                raise UsageError(str(error)) from None
        return self._clients[service]

    def _explained(
        self, answer: Mapping[str, Any], action: str, resource: str
    ) -> AwsError | RefusedError:
        error = answer.get("Error", {})
        code, said = str(error.get("Code", "")), str(error.get("Message", ""))
        status = answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        text = f"{action}: {code}: {self._secrets.hide(said)}"
        if "4KB limit" in said:
            return RefusedError(
                f"{action}: Lambda refuses the variables as larger than 4 KB; it counts the quotes,"
                " colons and commas of their JSON, too"
            )
        kind = AwsError
        if code in _BUSY:
            kind = UpdateConflictError
        elif code in _THROTTLED or status == HTTPStatus.TOO_MANY_REQUESTS:
            kind = ThrottledError
        elif code == "KMSAccessDeniedException" or (code in _DENIED and "kms:" in said):
            kind = KeyDeniedError
        elif code in _DENIED:
            text += f"\n  you need {action} on {resource}"
        # The status of all that is about keys is that of failures which pass.
        elif status >= HTTPStatus.INTERNAL_SERVER_ERROR and not code.startswith("KMS"):
            kind = LostError
        return kind(text)


class CallRetries(Deadline):
    """The tries of a call, or of a change that takes several calls, with pauses between them."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self._backoff = Backoff(_FIRST_DELAY_SECONDS, _LONGEST_DELAY_SECONDS)
        self._lost = 0

    def pause(self) -> None:
        """Sleep before the next try, not beyond the deadline."""
        time.sleep(max(min(self._backoff.pause(), self.left), 0))

    def after(self, failure: AwsError) -> None:
        """Wait until it makes sense to try again, or raise `failure`."""
        self._lost = self._lost + 1 if isinstance(failure, LostError) else 0
        if self.over or self._lost > _LOST_IN_A_ROW:
            raise failure
        self.pause()


def patiently(retries: CallRetries, call: Callable[[], Result]) -> Result:
    """Repeat a read while it fails with what may pass."""
    while True:
        try:
            return call()
        except (ThrottledError, LostError) as failure:
            retries.after(failure)
