"""A move over HTTP, and what its `Destination` may be."""

import pytest

from tests.url import FUNCTION_URL, Url


def test_a_file_moves_in_one_step(url: Url) -> None:
    tag = url("PUT", "/files/a%20b", b"x").headers["etag"]
    moved = url("POST", "/files/a%20b", Destination="/files/d/%C3%BC%23")
    assert (moved.status, moved.headers["etag"]) == (201, tag)
    assert moved.headers["location"] == f"https://{FUNCTION_URL}/files/d/%C3%BC%23"
    assert url("GET", "/files/a%20b").status == 404
    assert url("GET", "/files/d/%C3%BC%23").body == b"x"
    url("PUT", "/files/c", b"y")
    back = url("POST", "/files/d/%C3%BC%23", Destination=f"https://{FUNCTION_URL}/files/c")
    assert (back.status, back.headers["location"]) == (204, f"https://{FUNCTION_URL}/files/c")
    assert url("GET", "/files/c").body == b"x"


@pytest.mark.parametrize(
    "destination",
    [
        "/files/b?x=1",
        "/files/b?",
        "/files/b#part",
        "/files/b#",
        "https://elsewhere.example/files/b",
        "//elsewhere.example/files/b",
        f"http://{FUNCTION_URL}/files/b",
        f"https://user@{FUNCTION_URL}/files/b",
        f"https://{FUNCTION_URL}:8443/files/b",
        f"https://{FUNCTION_URL}.example/files/b",
        f"https://{FUNCTION_URL}/elsewhere/files/b",
        "/elsewhere/files/b",
        "files/b",
        "/files/",
        "https:/files/b",
        "/files/b,/files/c",  # as Lambda has a header that came twice
        "/files/b, /files/c",
        f"/files/b,https://{FUNCTION_URL}/files/c",
    ],
)
def test_a_destination_is_of_this_drive_whole_or_refused(url: Url, destination: str) -> None:
    url("PUT", "/files/a", b"a")
    answer = url("POST", "/files/a", Destination=destination)
    assert (answer.status, answer.problem) == (400, "invalid-request")
    assert repr(destination) in answer.json["detail"]
    assert [entry["name"] for entry in url("GET", "/files/").json["entries"]] == ["a"]


def test_a_destination_is_a_path_or_a_url_of_this_drive(url: Url) -> None:
    url("PUT", "/files/0", b"a")
    here = (FUNCTION_URL, FUNCTION_URL.upper(), f"{FUNCTION_URL}:", f"{FUNCTION_URL}:443")
    prefixes = ("", *(f"https://{host}" for host in here), f"HTTPS://{FUNCTION_URL}")
    for number, prefix in enumerate(prefixes):
        moved = url("POST", f"/files/{number}", Destination=f"{prefix}/files/{number + 1}")
        assert moved.status == 201
    domain = Url(url.module, url.log, "drive.example")
    refused = domain("POST", "/files/6", Destination=f"https://{FUNCTION_URL}/files/7")
    assert refused.problem == "invalid-request"
    assert domain("POST", "/files/6", Destination="https://drive.example/files/7").status == 201
    assert url("POST", "/files/7", Destination="/files/a%3Fb%23/files/c").status == 201
    assert url("POST", "/files/a%3Fb%23/files/c", Destination="/files/a,b/c%2C/d").status == 201
    assert url("GET", "/files/a,b/c,/d").body == b"a"


@pytest.mark.parametrize(
    ("said", "status"),
    [("T", 204), ("t", 204), ("F", 412), ("f", 412), ("", 400), ("T,F", 400), ("true", 400)],
)
def test_overwrite_has_any_case_and_no_other_value(url: Url, said: str, status: int) -> None:
    url("PUT", "/files/a", b"a")
    url("PUT", "/files/b", b"b")
    assert url("POST", "/files/a", Destination="/files/b", Overwrite=said).status == status
    assert url("GET", "/files/b").body == (b"a" if status == 204 else b"b")


def test_a_move_that_may_not_be_is_refused(url: Url) -> None:
    tag = url("PUT", "/files/a", b"a").headers["etag"]
    url("PUT", "/files/b", b"b")
    url("PUT", "/files/d/x", b"")
    refused = [
        ({"Destination": "/files/b", "Overwrite": "F"}, "precondition-failed"),
        ({"Destination": "/files/c", "If-Match": '"other"'}, "precondition-failed"),
        ({"Destination": "/files/a"}, "conflict"),
        ({"Destination": "/files/d"}, "conflict"),
        ({"Destination": "/files/b/c"}, "conflict"),
        ({"Destination": "/files/../x"}, "invalid-name"),
        ({"Destination": "/elsewhere"}, "invalid-request"),
        ({"Destination": "http://[/files/b"}, "invalid-request"),
        ({"Destination": "/files/c", "Overwrite": "maybe"}, "invalid-request"),
        ({}, "invalid-request"),
    ]
    for headers, problem in refused:
        named = {name.replace("-", "_"): value for name, value in headers.items()}
        assert url("POST", "/files/a", **named).problem == problem, headers
    for destination in ("/files/c", "/files/none"):  # its own name, too
        assert url("POST", "/files/none", Destination=destination).status == 404
    assert url("POST", "/files/no/ne", Destination="/files/no/ne").status == 404
    assert url("POST", "/files/d", Destination="/files/c").problem == "conflict"
    assert url("GET", "/files/b").body == b"b"
    assert (
        url("POST", "/files/a", Destination="/files/c", If_Match=tag, Overwrite="F").status == 201
    )
