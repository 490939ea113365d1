"""A deployed drive stores files: through its URL, with credentials, and nothing else.

    pytest tests/smoke --url https://….on.aws/     or DRIVE_URL, or --stage Dev for AWS's outputs

The credentials and the region are those the AWS CLI would use, or those of the role SMOKE_ROLE_ARN.
Of a drive whose URL is public, DRIVE_TOKEN is the token; of a stage it is read.
"""

import json
import secrets
from collections.abc import Iterator
from urllib.parse import unquote

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.httpsession import URLLib3Session

from drive_tools.client.http_client import SignedClient
from tests.smoke.deployed import Client, Deployed, patiently

# A name that comes out wrong when somebody on the way decodes it once too often, or too seldom; and
# of a type that comes out wrong when somebody takes the bytes for what the type says.
NAME, ENCODED_NAME = "grüße %41 %25.json", "gr%C3%BC%C3%9Fe%20%2541%20%2525.json"
BYTES = secrets.token_bytes(1024 * 1024) + bytes(range(256))


@pytest.fixture(scope="module")
def path(drive: Client) -> Iterator[str]:
    """A path nobody else uses, which is empty before and after."""
    folder = f"/files/smoke-{secrets.token_hex(8)}"
    yield f"{folder}/{ENCODED_NAME}"
    for leftover in (f"{folder}/{ENCODED_NAME}", folder):
        drive("DELETE", leftover)


def test_the_mount_takes_a_write(drive: Client) -> None:
    response = patiently(drive, "/health")
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
    assert answer.headers["X-File-Size"] == str(len(BYTES))
    listed = drive("GET", f"{path.rpartition('/')[0]}/")
    assert listed.status_code == 200
    [entry] = json.loads(listed.text)["entries"]
    assert (entry["name"], entry["size"]) == (NAME, len(BYTES))
    # The HTTP of Lambda counts the empty body of a HEAD, so the size has a header of its own.
    described = drive("HEAD", path)
    assert (described.status_code, described.headers["X-File-Size"]) == (200, str(len(BYTES)))
    assert drive("DELETE", path).status_code == 204
    assert drive("GET", path).status_code == 404


def test_a_version_that_is_replaced_is_kept_and_comes_back(drive: Client, path: str) -> None:
    """Where there is a trash: no other test shows that the file system of AWS takes hard links."""
    days = json.loads(patiently(drive, "/health").text)["trash_days"]
    first = drive("PUT", path, b"first").headers["ETag"]
    drive("PUT", path, b"second")
    found = json.loads(drive("GET", "/trash/").text)["versions"]
    kept = [version["id"] for version in found if version["etag"] == first]
    assert len(kept) == (1 if days else 0)
    for version in kept:
        assert drive("POST", f"/trash/{version}").status_code == 412
        restored = drive("POST", f"/trash/{version}", b"", {"Overwrite": "T"})
        assert restored.status_code == 204, restored.text
        assert drive("GET", path).content == b"first"
    drive("DELETE", path)
    for version in json.loads(drive("GET", "/trash/").text)["versions"]:
        if version["path"] == unquote(path.removeprefix("/files/")):
            assert drive("DELETE", f"/trash/{version['id']}").status_code == 204


def test_what_could_be_done_is_told(drive: Client) -> None:
    """By the service, or by Lambda itself where pages may call."""
    patiently(drive, "/health")
    assert drive("OPTIONS", "/files/").status_code in {200, 204}


def test_another_body_than_the_signed_one_is_refused(
    target: Deployed, drive: Client, path: str
) -> None:
    patiently(drive, "/health")
    if not isinstance(drive, SignedClient):
        return  # nobody signs
    keys = target.session.get_credentials()
    assert keys is not None
    request = AWSRequest("PUT", f"{target.url.rstrip('/')}{path}", data=b"signed")
    SigV4Auth(keys, drive.service, drive.region).add_auth(request)
    request.data = b"sent"
    assert URLLib3Session().send(request.prepare()).status_code == 403
    assert drive("GET", path).status_code == 404


def test_an_unsigned_call_is_refused(drive: Client) -> None:
    refused = 403 if isinstance(drive, SignedClient) else 401
    assert drive.unsigned("GET", "/health").status_code == refused
