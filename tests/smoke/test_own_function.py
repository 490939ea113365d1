"""A function of one's own that was deployed answers, and nobody without credentials calls it."""

from tests.smoke.deployed import Client, patiently


def test_it_answers(drive: Client) -> None:
    response = patiently(drive, "/")
    assert response.status_code < 500, response.text


def test_an_unsigned_call_is_refused(drive: Client) -> None:
    assert drive.unsigned("GET", "/").status_code == 403
