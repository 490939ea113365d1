"""The URL of the drive to call, and the credentials or the token to call it with."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast
from urllib.parse import urlsplit

from drive_tools.aws_defaults import NO_CREDENTIALS, usual_region
from drive_tools.client.drive_client import DriveClient
from drive_tools.client.retries import Patience
from drive_tools.errors import ToolError, UsageError
from drive_tools.exit_codes import NOT_FOUND

if TYPE_CHECKING:
    from types_boto3_cloudformation import CloudFormationClient


class NamedDrive(Protocol):
    """What names a drive, and who calls it: the options of a command, or of a file system."""

    @property
    def url(self) -> str | None:
        """The URL, which none but `stage` may stand for."""

    @property
    def stage(self) -> str | None:
        """The stage in whose outputs the URL is."""

    @property
    def profile(self) -> str | None:
        """The profile of the AWS CLI's configuration."""

    @property
    def region(self) -> str | None:
        """The region to sign for, if the URL does not say it."""

    @property
    def service(self) -> str | None:
        """The service to sign for, if the URL does not say it."""

    @property
    def token_file(self) -> str | None:
        """The file with the token of a drive whose URL is public."""


def open_drive(options: NamedDrive, patience: Patience) -> DriveClient:
    """Return the drive that the options name. Raises `UsageError`."""
    from botocore.exceptions import BotoCoreError  # noqa: PLC0415 - not for --help

    from drive_tools.client.http_client import API, SignedClient, TokenClient, service_of  # noqa: PLC0415

    url = options.url or (None if options.stage else os.environ.get("DRIVE_URL"))
    try:
        if not url and options.stage:
            url = _url_of_stage(options, options.stage)
        if not url:
            raise UsageError("say which drive: --url URL, --stage Dev, or DRIVE_URL")
        address = urlsplit(url)
        bare = address.hostname and address.port != 0 and not (address.query or address.fragment)
        if address.scheme not in {"http", "https"} or not bare:
            raise UsageError(f"the URL of a drive is such as https://host/path, got {url!r}")
        token = _token(options.token_file)
        client = (
            TokenClient(url, token)
            if token is not None
            else SignedClient(
                url, region=options.region, profile=options.profile, service=options.service
            )
        )
    except (ValueError, BotoCoreError) as error:
        raise UsageError(str(error)) from error
    by_api = (options.service or service_of(url)) == API
    return DriveClient(url, client, patience, by_api=by_api)


def _token(file: str | None) -> str | None:
    """Return the token. No option takes the token itself: all users of a machine could read it."""
    if file is None:
        return os.environ.get("DRIVE_TOKEN") or None
    try:
        token = Path(file).read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        said = error.strerror if isinstance(error, OSError) else "it is no text of a token"
        raise UsageError(f"cannot read the token from {file}: {said}") from None
    if not token:
        raise UsageError(f"there is no token in {file}")
    return token


def _url_of_stage(options: NamedDrive, stage: str) -> str:
    from botocore.session import Session  # noqa: PLC0415 - not for --help

    session = Session(profile=options.profile)
    region = options.region or usual_region(session)
    if session.get_credentials() is None:
        raise UsageError(NO_CREDENTIALS)
    if not region:
        raise UsageError(f"no region for --stage {stage}; pass --region or set AWS_REGION")
    client = session.create_client("cloudformation", region)
    return url_of_stage(cast("CloudFormationClient", client), stage)


def url_of_stage(cloudformation: "CloudFormationClient", stage: str) -> str:
    """Return the URL in the outputs of a stage; in the local cloud, the form that needs no DNS."""
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - not for --help

    name = f"{stage}-Service"
    try:
        [stack] = cloudformation.describe_stacks(StackName=name)["Stacks"]
    except (BotoCoreError, ClientError) as error:
        text = f"cannot read the outputs of {name}: {error}"
        missing = isinstance(error, ClientError) and "does not exist" in str(error)
        raise (_NoStackError if missing else ToolError)(text) from error
    for output in stack.get("Outputs", []):
        if output.get("OutputKey") == "FilesUrl":
            url = output.get("OutputValue", "")
            endpoint = cloudformation.meta.endpoint_url
            if urlsplit(endpoint).hostname in {"localhost", "127.0.0.1", "::1"}:
                url_id = (urlsplit(url).hostname or "").partition(".")[0]
                return f"{endpoint.rstrip('/')}/_aws/lambda-url/{url_id}"
            return url
    raise _NoStackError(f"the stack {name} has no output FilesUrl; is it deployed whole?")


class _NoStackError(ToolError):
    exit_code = NOT_FOUND
