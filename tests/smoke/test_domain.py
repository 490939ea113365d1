"""The domain of a stage that has one leads to the same function as its URL."""

import secrets

from drive_tools.client.http_client import SignedClient
from tests.smoke.deployed import Client, Deployed, patiently
from tests.smoke.test_smoke import ENCODED_NAME


def test_a_name_comes_out_the_same_by_either_door(target: Deployed, drive: Client) -> None:
    assert target.domain is not None
    door = target.client(target.domain)
    if not target.serves_files:
        assert patiently(door, "/").status_code < 500
        return
    path = f"/files/smoke-{secrets.token_hex(8)}/{ENCODED_NAME}"
    assert patiently(door, "/health").status_code == 200
    try:
        assert door("PUT", path, b"by the domain").status_code == 201
        assert drive("GET", path).content == door("GET", path).content == b"by the domain"
    finally:
        for leftover in (path, path.rpartition("/")[0]):
            door("DELETE", leftover)


def test_an_unsigned_call_is_refused_there_too(target: Deployed) -> None:
    assert target.domain is not None
    door = target.client(target.domain)
    patiently(door, "/")
    refused = 403 if isinstance(door, SignedClient) else 401
    assert door.unsigned("GET", "/").status_code == refused
