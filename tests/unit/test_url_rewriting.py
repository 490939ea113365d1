"""The function sees URLs of its endpoint, and the caller sees URLs of this machine."""

from dataclasses import replace

import pytest

from ops.local import url_rewriting
from ops.local.canonical_request import Request
from ops.local.endpoint import Endpoint, Reply

ENDPOINT = Endpoint(
    "function-url", "abc", "1", "eu-west-1", "abc.lambda-url.eu-west-1.on.aws", open=False
)
OWN = f"https://{ENDPOINT.domain}"
PREFIX = "/_aws/lambda-url/abc"


def request(prefix: str, *headers: tuple[str, str]) -> Request:
    return Request("POST", f"{prefix}/files/a", headers=(("host", "localhost:4566"), *headers))


@pytest.mark.parametrize("prefix", ["", PREFIX])
@pytest.mark.parametrize(
    ("sent", "seen"),
    [
        ("http://localhost:4566{prefix}/files/b?x", OWN + "/files/b?x"),
        ("HTTP://LocalHost:4566{prefix}/files/b", OWN + "/files/b"),
        ("{prefix}/files/b", "/files/b"),
        ("http://localhost:4567{prefix}/files/b", None),
        ("http://localhost:4566", None),
        ("/else/files/b", None),
    ],
)
def test_a_destination_is_seen_at_the_door(prefix: str, sent: str, seen: str | None) -> None:
    sent = sent.format(prefix=prefix)
    asked = request(prefix, ("destination", sent), ("x-other", sent))
    inside = url_rewriting.inbound(asked, ENDPOINT, "/files/a")
    assert inside.path == "/files/a"
    assert inside.header("destination") == (seen or sent)
    assert inside.header("x-other") == sent


@pytest.mark.parametrize("prefix", ["", PREFIX])
@pytest.mark.parametrize(
    ("told", "heard"),
    [
        (OWN + "/uploads/1", "http://localhost:4566{prefix}/uploads/1"),
        ("https://elsewhere.example/uploads/1", None),
        (OWN + ".evil/uploads/1", None),
        ("uploads/1", None),
    ],
)
def test_a_location_is_where_the_caller_asked(prefix: str, told: str, heard: str | None) -> None:
    answer = Reply(201, (("location", told), ("etag", told)))
    outside = url_rewriting.outbound(answer, request(prefix), ENDPOINT, "/files/a")
    assert dict(outside.headers) == {
        "location": (heard or told).format(prefix=prefix),
        "etag": told,
    }


def test_the_root_may_be_asked_for_without_its_slash() -> None:
    asked = replace(request(""), path=PREFIX)
    answer = Reply(201, (("location", OWN + "/uploads/1"),))
    [(_, heard)] = url_rewriting.outbound(answer, asked, ENDPOINT, "/").headers
    assert heard == f"http://localhost:4566{PREFIX}/uploads/1"
