"""A deployed drive stores files: through its URL, with credentials, and nothing else.

    pytest tests/smoke --url https://….on.aws/     or DRIVE_URL, or --stage Dev for AWS's outputs

The credentials and the region are those the AWS CLI would use, or those of the role SMOKE_ROLE_ARN.
Of a drive whose URL is public, DRIVE_TOKEN is the token; of a stage it is read.
"""

import json
import os
import secrets
import time
from collections.abc import Iterator
from functools import cache

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError

from ops.drive.commands import url_of_stage
from ops.errors import OpsError
from ops.signed import SignedClient, TokenClient

# What a first mount may answer while mount targets, permissions or the function's interfaces
# settle: EFS time-outs are 502, IAM that has not spread is 403, a function in change is 409/503.
# https://docs.aws.amazon.com/lambda/latest/dg/troubleshooting-networking.html
SETTLING = {403, 409, 429, 500, 502, 503, 504}
PATIENCE_SECONDS = 180
Client = SignedClient | TokenClient
# A name that comes out wrong when somebody on the way decodes it once too often, or too seldom.
NAME, ENCODED_NAME = "grüße %41 %25.bin", "gr%C3%BC%C3%9Fe%20%2541%20%2525.bin"
BYTES = secrets.token_bytes(1024 * 1024) + bytes(range(256))


@pytest.fixture(scope="module")
def drive(request: pytest.FixtureRequest) -> Client:
    url, token = _url(request.config), _token(request.config)
    return TokenClient(url, token) if token else _signed(url)


@pytest.fixture(scope="module")
def path(drive: Client) -> Iterator[str]:
    """A path nobody else uses, which is empty before and after."""
    folder = f"/files/smoke-{secrets.token_hex(8)}"
    yield f"{folder}/{ENCODED_NAME}"
    for leftover in (f"{folder}/{ENCODED_NAME}", folder):
        drive("DELETE", leftover)


def test_the_mount_takes_a_write(drive: Client) -> None:
    response = _patiently(drive, "/health")
    assert response.status_code == 200, response.text
    assert '"status": "pass"' in response.text
    assert '"access": "read-write"' in response.text


def test_a_file_is_stored_read_listed_and_deleted(drive: Client, path: str) -> None:
    assert drive("GET", path).status_code == 404
    assert drive("PUT", path, BYTES).status_code == 201
    assert drive("PUT", path, BYTES).status_code == 204
    answer = drive("GET", path)
    assert answer.status_code == 200
    assert answer.content == BYTES
    listed = drive("GET", f"{path.rpartition('/')[0]}/")
    assert listed.status_code == 200
    [entry] = json.loads(listed.text)["entries"]
    assert (entry["name"], entry["size"]) == (NAME, len(BYTES))
    assert drive("HEAD", path).status_code == 200
    assert drive("DELETE", path).status_code == 204
    assert drive("GET", path).status_code == 404


def test_an_unsigned_call_is_refused(drive: Client) -> None:
    refused = 403 if isinstance(drive, SignedClient) else 401
    assert drive.unsigned("GET", "/health").status_code == refused


def test_a_domain_leads_to_the_same_files(
    request: pytest.FixtureRequest, drive: SignedClient, path: str
) -> None:
    """Of a stage that has one: a name comes out the same by either door."""
    domain = _outputs(request.config).get("FilesDomainUrl")
    if domain is None:
        pytest.skip("no stage was named, or it has no domain")
    door = _signed(domain)
    _patiently(door, "/health")
    assert door("PUT", path, b"by the domain").status_code == 201
    assert drive("GET", path).content == door("GET", path).content == b"by the domain"
    assert door("DELETE", path).status_code == 204
    assert door.unsigned("GET", "/health").status_code == 403


@cache
def _session() -> boto3.Session:
    """The caller's credentials, or those of the role that is made for this test."""
    region = os.environ.get("AWS_REGION")  # which boto3 itself does not read
    role = os.environ.get("SMOKE_ROLE_ARN")
    if not role:
        return boto3.Session(region_name=region)
    sts = boto3.client("sts", region_name=region)
    try:
        keys = sts.assume_role(RoleArn=role, RoleSessionName="smoke-test")["Credentials"]
    except (BotoCoreError, ClientError) as error:
        pytest.fail(f"cannot assume SMOKE_ROLE_ARN {role}: {error}", pytrace=False)
    return boto3.Session(
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
        region_name=region,
    )


def _signed(url: str) -> SignedClient:
    return SignedClient(url, _session().get_credentials(), _session().region_name)


def _stage(config: pytest.Config) -> str | None:
    """The stage that was named; none if the URL was."""
    named: str | None = config.getoption("--stage")
    return None if config.getoption("--url") or os.environ.get("DRIVE_URL") else named


def _outputs(config: pytest.Config) -> dict[str, str]:
    """The outputs of the stage that was named."""
    stage = _stage(config)
    if stage is None:
        return {}
    try:
        stacks = _session().client("cloudformation").describe_stacks(StackName=f"{stage}-Service")
    except (BotoCoreError, ClientError) as error:
        pytest.fail(f"cannot read the outputs of {stage}-Service: {error}", pytrace=False)
    outputs = stacks["Stacks"][0].get("Outputs", [])
    return {output["OutputKey"]: output["OutputValue"] for output in outputs}


def _token(config: pytest.Config) -> str | None:
    """The token of a drive whose URL is public."""
    secret = _outputs(config).get("FilesTokenSecret")
    given = os.environ.get("DRIVE_TOKEN")
    if given or secret is None:
        return given
    secrets_manager = _session().client("secretsmanager")
    token: str = secrets_manager.get_secret_value(SecretId=secret)["SecretString"]
    return token


def _url(config: pytest.Config) -> str:
    stage = _stage(config)
    url: str | None = config.getoption("--url") or os.environ.get("DRIVE_URL")
    if url:
        return url
    if stage is None:
        pytest.fail("say which drive: --url URL, DRIVE_URL, or --stage Dev", pytrace=False)
    try:
        return url_of_stage(_session().client("cloudformation"), stage)
    except OpsError as error:
        pytest.fail(str(error), pytrace=False)


def _patiently(drive: Client, path: str) -> AWSResponse:
    """GET, and again for a bounded time while the answer is one of a drive that is settling."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            response = drive("GET", path)
        except HTTPClientError:
            if time.monotonic() > deadline:
                raise
        else:
            if response.status_code not in SETTLING or time.monotonic() > deadline:
                return response
        time.sleep(2)
