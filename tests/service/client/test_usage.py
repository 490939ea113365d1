"""What a command line of the client needs."""

import re

import boto3
import pytest
from botocore.stub import Stubber

from drive_tools.client import address
from drive_tools.errors import ToolError
from tests.service.shell import Person


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["ls"], "say which drive: --url URL, --stage Dev, or DRIVE_URL"),
        (["ls", "--url", "ftp://x"], "a drive is such as https://host/path, got 'ftp://x'"),
        (["ls", "--url", "http://x/?a#b"], "is such as https://host/path"),
        (["ls", "--url", "http://[x"], "Invalid IPv6 URL"),
        (["ls", "--url", "http://x:99999"], "Port out of range 0-65535"),
        (["ls", "--url", "http://x", "--profile", "nobody"], "profile (nobody) could not be found"),
        (["ls", "--url", "http://x", "--patience", "-1"], "patience is a number of seconds"),
        (["ls", "--url", "http://x", "--stage", "Dev"], "not allowed with"),
        (["ls", "--url", "http://x", "a//b"], "segments separated by single slashes"),
        (["get", "--url", "http://x", "../a"], "segments separated by single slashes"),
        (["get", "--url", "http://x", "a/"], "with -r"),
        (["get", "--url", "http://x", "a", "--sha256", "12"], "64 hex digits, got '12'"),
        (["put", "--url", "http://x", "-"], "standard input needs a name"),
        (["put", "--url", "http://x", "a", "b", "c"], "with a slash: c/"),
        (["put", "--url", "http://x", "a", "--if-match", 'a"b'], "an ETag is such as"),
        (["rm", "--url", "http://x", "/"], "the root of the drive cannot be removed"),
        (["mv", "--url", "http://x", "a/", "b"], "-r moves the files of a directory"),
        (["mv", "--url", "http://x", "-r", "/", "b"], "the root cannot be moved"),
        (["mv", "--url", "http://x", "-r", "a", "a/b"], "a cannot be moved into itself, to a/b"),
        (["mv", "--url", "http://x", "-r", "a", "a"], "a cannot be moved into itself, to a"),
        (["mv", "--url", "http://x", "-r", "a", "b", "--if-match", "x"], "-r moves many"),
        (["get", "--url", "http://x", "a", "-", "--json"], "not for both"),
        (["get", "--url", "http://x", "a", "--jobs", "0"], "jobs must be 1..64, got '0'"),
        (["put", "--url", "http://x", "a", "--jobs", "65"], "jobs must be 1..64, got '65'"),
        # As variables of a shell that are not set: "" would be all of a drive or a directory.
        (["sync", "--url", "http://x", "", "a"], "a name must not be empty"),
        (["sync", "--url", "http://x", "--back", "--delete", "a", ""], "(/ is the root of the"),
        (["put", "--url", "http://x", "-r", ""], "a name must not be empty"),
        (["put", "--url", "http://x", "a", ""], "a name must not be empty"),
        (["get", "--url", "http://x", "-r", "", "a"], "a name must not be empty"),
        (["get", "--url", "http://x", "a", ""], "a name must not be empty"),
        (["rm", "--url", "http://x", "-r", "a", ""], "a name must not be empty"),
        (["mv", "--url", "http://x", "a", ""], "a name must not be empty"),
    ],
)
def test_wrong_usage_says_what_is_right(person: Person, words: list[str], text: str) -> None:
    run = person(*words)
    assert run.code == 2
    assert text in run.err


def test_without_credentials_it_says_what_to_set(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    for words in (("--url", "http://x"), ("--stage", "Dev")):
        with monkeypatch.context() as without:
            without.delenv("AWS_ACCESS_KEY_ID")
            run = person("ls", *words)
        assert run.code == 2
        assert "no AWS credentials; set AWS_PROFILE" in run.err


def test_without_a_region_it_says_what_to_set(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_REGION")
    for words in (("--url", "http://x"), ("--stage", "Dev")):
        run = person("ls", *words)
        assert run.code == 2
        assert re.search("no region for .*set AWS_REGION", run.err)


def test_the_url_is_found_in_the_outputs_of_a_stage() -> None:
    outputs = [
        {"OutputKey": "Other", "OutputValue": "x"},
        {"OutputKey": "FilesUrl", "OutputValue": "https://abc.lambda-url.eu-west-1.on.aws/"},
    ]
    stack = {"StackName": "Dev-Service", "CreationTime": "2026-01-01", "StackStatus": "OK"}
    for endpoint, expected in (
        (None, "https://abc.lambda-url.eu-west-1.on.aws/"),
        ("http://localhost:4566", "http://localhost:4566/_aws/lambda-url/abc"),
    ):
        session = boto3.Session("a", "b", region_name="eu-west-1")
        cloudformation = session.client("cloudformation", endpoint_url=endpoint)
        with Stubber(cloudformation) as stub:
            answer = {"Stacks": [{**stack, "Outputs": outputs}]}
            stub.add_response("describe_stacks", answer, {"StackName": "Dev-Service"})
            assert address.url_of_stage(cloudformation, "Dev") == expected
            stub.add_response("describe_stacks", {"Stacks": [stack]})
            with pytest.raises(ToolError, match="Dev-Service has no output FilesUrl"):
                address.url_of_stage(cloudformation, "Dev")
            stub.add_client_error("describe_stacks", "ValidationError", "does not exist")
            with pytest.raises(ToolError, match="does not exist") as caught:
                address.url_of_stage(cloudformation, "Dev")
            assert caught.value.exit_code == 3
