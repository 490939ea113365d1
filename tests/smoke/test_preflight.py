"""A page that the drive names may ask what it may, before it has anything to sign with.

pytest tests/smoke --stage Dev --origin https://app.example      one of the stage's cors_origins
"""

import pytest
import requests

from tests.patience import PATIENCE_SECONDS
from tests.smoke.deployed import Client, Deployed, patiently

ASKED = {
    "Access-Control-Request-Method": "PUT",
    "Access-Control-Request-Headers": "authorization,x-amz-date",
}


def test_a_page_that_is_named_may_ask_and_no_other(
    target: Deployed, drive: Client, request: pytest.FixtureRequest
) -> None:
    patiently(drive, "/health" if target.serves_files else "/")
    origin = request.config.getoption("--origin")
    for door in (target.url, target.domain):
        if door is None:
            continue
        for page in (origin, "https://page.invalid"):
            told = requests.options(
                f"{door.rstrip('/')}/files/x",
                headers={**ASKED, "Origin": page},
                timeout=PATIENCE_SECONDS,
            )
            allowed = told.headers.get("Access-Control-Allow-Origin")
            if page == origin:
                assert (told.ok, allowed) == (True, allowed), told.text
                assert allowed in {origin, "*"}
                assert "PUT" in told.headers["Access-Control-Allow-Methods"]
            else:
                assert allowed in {None, "*"}
