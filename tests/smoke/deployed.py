"""The drive that the smoke test calls: by its URL, or by the stage that has it."""

import os
import time
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError

from drive_tools.client.address import url_of_stage
from drive_tools.client.http_client import SignedClient, TokenClient
from drive_tools.errors import ToolError

Client = SignedClient | TokenClient

# What a first mount may answer while mount targets, permissions or the function's interfaces
# settle: EFS time-outs are 502, IAM that has not spread is 403, a function in change is 409/503.
# https://docs.aws.amazon.com/lambda/latest/dg/troubleshooting-networking.html
_SETTLING = {403, 409, 429, 500, 502, 503, 504}
_PATIENCE_SECONDS = 180
_STOPPED = (
    "429 again and again: the brake of the stage is on (docs/operations/brake.md), or its"
    " reserved_concurrency is too small"
)

# An output of the file service that a function of one's own does not have.
_OF_THE_FILE_SERVICE = "JanitorFunctionName"


@dataclass(frozen=True)
class Deployed:
    """Its URL, what it takes to call it, and the outputs of its stage if one was named."""

    url: str
    session: boto3.Session
    token: str | None
    outputs: dict[str, str]

    @property
    def serves_files(self) -> bool:
        """False if a function of one's own has the place of the file service."""
        return not self.outputs or _OF_THE_FILE_SERVICE in self.outputs

    @property
    def domain(self) -> str | None:
        """The domain of the stage, if it has one that can be found: the local cloud has no DNS."""
        here = self.session.client("cloudformation").meta.endpoint_url.startswith("http://")
        return None if here else self.outputs.get("FilesDomainUrl")

    def client(self, url: str) -> Client:
        """Call one of its doors as its callers do."""
        if self.token:
            return TokenClient(url, self.token)
        return SignedClient(url, self.session.get_credentials(), self.session.region_name)


@cache
def find(config: pytest.Config) -> Deployed:
    """Find what the options and the environment name. Raises `ToolError`."""
    url: str | None = config.getoption("--url") or os.environ.get("DRIVE_URL")
    stage: str | None = config.getoption("--stage")
    token = os.environ.get("DRIVE_TOKEN")
    session = _session()
    if url:
        return Deployed(url, session, token, {})
    if not stage:
        raise ToolError("say which drive: --url URL, DRIVE_URL, or --stage Dev")
    try:
        cloudformation = session.client("cloudformation")
        url = url_of_stage(cloudformation, stage)
        [stack] = cloudformation.describe_stacks(StackName=f"{stage}-Service")["Stacks"]
        outputs = {each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs", [])}
        if secret := outputs.get("FilesTokenSecret"):
            found = session.client("secretsmanager").get_secret_value(SecretId=secret)
            token = token or found["SecretString"]
    except (BotoCoreError, ClientError) as error:
        raise ToolError(f"cannot read what {stage} is: {error}") from error
    return Deployed(url, session, token, outputs)


def _session() -> boto3.Session:
    """The caller's credentials, or those of the role that is made for this test."""
    region = os.environ.get("AWS_REGION")  # which boto3 itself does not read
    role = os.environ.get("SMOKE_ROLE_ARN")
    if not role:
        return boto3.Session(region_name=region)
    try:
        sts = boto3.client("sts", region_name=region)
        keys = sts.assume_role(RoleArn=role, RoleSessionName="smoke-test")["Credentials"]
    except (BotoCoreError, ClientError) as error:
        raise ToolError(f"cannot assume SMOKE_ROLE_ARN {role}: {error}") from error
    return boto3.Session(
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
        region_name=region,
    )


def patiently(client: Client, path: str) -> AWSResponse:
    """GET, and again for a bounded time while the answer is one of a drive that is settling."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            response = client("GET", path)
        except HTTPClientError:
            if time.monotonic() > deadline:
                raise
        else:
            if response.status_code not in _SETTLING:
                return response
            if time.monotonic() > deadline:
                if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
                    pytest.fail(f"{_STOPPED}; the last answer was {response.text.strip()}")
                return response
        time.sleep(2)
