"""Calls to a function URL are signed for the right region, or not sent."""

import pytest
from botocore.credentials import Credentials

from ops.signed import SignedClient

KEYS = Credentials("AKIDEXAMPLE", "secret")
AWS = "https://abc123.lambda-url.eu-north-1.on.aws/"


@pytest.fixture(autouse=True)
def _nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody's environment: no credentials, no region, no files."""
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_ACCESS_KEY_ID"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.mark.parametrize(
    ("url", "given", "environment", "expected"),
    [
        (AWS, None, None, "eu-north-1"),
        (AWS, None, "us-west-2", "eu-north-1"),
        (AWS, "us-east-2", None, "us-east-2"),
        ("http://localhost:4566/x", None, "us-west-2", "us-west-2"),
    ],
)
def test_the_region_is_the_one_given_or_the_urls_or_the_environments(
    monkeypatch: pytest.MonkeyPatch,
    url: str,
    given: str | None,
    environment: str | None,
    expected: str,
) -> None:
    if environment:
        monkeypatch.setenv("AWS_REGION", environment)
    assert SignedClient(url, KEYS, given).region == expected


def test_without_a_region_it_says_what_to_set() -> None:
    with pytest.raises(ValueError, match=r"no region for http://localhost:1; set AWS_REGION"):
        SignedClient("http://localhost:1", KEYS)


def test_without_credentials_it_says_what_to_set() -> None:
    with pytest.raises(ValueError, match="no AWS credentials; set AWS_PROFILE"):
        SignedClient(AWS)
