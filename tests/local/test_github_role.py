"""The role of GitHub's jobs in the local cloud: whose token gets it."""

import pytest
from botocore.exceptions import ClientError

from tests.baseline import DEV
from tests.local import github
from tests.local.conftest import LocalCloud

NOT_TRUSTED = "AccessDenied.* Not authorized to perform sts:AssumeRoleWithWebIdentity"


@pytest.fixture(scope="module")
def role(ready: LocalCloud) -> str:
    return github.deploy_role(ready, DEV)


def test_a_job_of_the_environment_gets_the_role(role: str, ready: LocalCloud) -> None:
    session = github.session(ready, role, github.claims("Dev"))
    immutable = github.claims("Dev") | {"sub": "repo:you@12/drive@34:environment:Dev"}
    assert github.session(ready, role, immutable)["AWS_SESSION_TOKEN"] != ""
    assert session["AWS_ACCESS_KEY_ID"].startswith("ASIA")


@pytest.mark.parametrize(
    ("wrong", "refused"),
    [
        ({"sub": "repo:you/drive:ref:refs/heads/main"}, NOT_TRUSTED),
        ({"sub": "repo:you/drive:environment:Prod"}, NOT_TRUSTED),
        ({"sub": "repo:you@13/drive@34:environment:Dev"}, NOT_TRUSTED),
        ({"sub": None}, NOT_TRUSTED),
        ({"environment": "Prod"}, NOT_TRUSTED),
        ({"environment": None}, NOT_TRUSTED),
        ({"ref": "refs/heads/other"}, NOT_TRUSTED),
        ({"repository": "other/drive"}, NOT_TRUSTED),
        ({"repository_id": "35"}, NOT_TRUSTED),
        ({"aud": "https://github.com/you"}, "InvalidIdentityToken.* Incorrect token audience"),
        ({"iss": "https://other.example"}, "No OpenIDConnect provider found in your account"),
        ({"exp": 1}, "ExpiredTokenException.* Token expired"),
    ],
)
def test_another_token_is_refused(
    wrong: dict[str, object], refused: str, role: str, ready: LocalCloud
) -> None:
    with pytest.raises(ClientError, match=refused):
        github.session(ready, role, github.claims("Dev") | wrong)
