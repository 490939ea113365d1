"""By a domain and by the function URL the same request means the same file."""

import re
from pathlib import Path
from urllib.parse import quote, unquote

import pytest

from tests.url import Url, path_of

DOMAIN = "drive.example.com"
NAMES = [
    "plain.txt",
    "a b",
    "grüße.bin",
    "100%",
    "%41",
    "%25",
    "%2541",
    "%zz",
    "%",
    "a+b",
    "#1",
    'say "hello"',
    "tab\tand\nnewline",
    "ends\n",
    "a;b=c,d@e:f!$&'()*~-_",
    "folder/%2F/file",
    "漢字/😀",
]


@pytest.fixture
def domain(url: Url) -> Url:
    """The same drive, behind an HTTP API."""
    return Url(url.module, url.log, DOMAIN)


def decoded(path: str) -> str:
    """`rawPath` of an HTTP API for a path that was sent: all is decoded but `%25`."""
    path = re.sub("(?:%25)+", lambda kept: kept[0].replace("%", "\0"), path)
    return unquote(path, errors="replace").replace("\0", "%")


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_the_same_by_either_door(name: str, url: Url, domain: Url) -> None:
    sent = f"/files/{quote(name)}"
    assert decoded(sent).count("%") == name.count("%")
    put = domain("PUT", decoded(sent), b"content")
    assert put.status == 201
    assert url("GET", sent).body == b"content"
    assert domain("GET", decoded(sent)).body == b"content"
    folder, _, last = f"files/{name}".rpartition("/")
    for door in (url, domain):
        path = f"/{quote(folder)}/" if door is url else f"/{decoded(quote(folder))}/"
        assert last in [entry["name"] for entry in door("GET", path).json["entries"]]
    assert domain("HEAD", decoded(sent)).headers["etag"] == put.headers["etag"]
    assert domain("DELETE", decoded(sent)).status == 204
    assert url("GET", sent).status == 404


def test_a_name_that_holds_an_escape_is_not_decoded_again(domain: Url, tmp_path: Path) -> None:
    assert domain("PUT", "/files/%2541", b"x").status == 201
    assert [file.name for file in tmp_path.iterdir() if file.is_file()] == ["%41"]


@pytest.mark.parametrize(
    "context",
    [
        {},
        {"domainName": "abc123.lambda-url.eu-west-1.on.aws", "routeKey": "$default"},
        {"domainName": "abc123.lambda-url.us-gov-west-1.on.aws"},
    ],
)
def test_the_path_of_a_function_url_is_left_as_it_was_sent(
    context: dict[str, str], url: Url
) -> None:
    event = {"rawPath": "/files/%2541%20", "requestContext": context}
    assert url.module.http_api.as_from_function_url(event) is event


def test_an_event_is_not_changed_in_place(url: Url) -> None:
    event = {"rawPath": "/files/a b", "requestContext": {"domainName": DOMAIN}}
    assert url.module.http_api.as_from_function_url(event)["rawPath"] == "/files/a%20b"
    assert event["rawPath"] == "/files/a b"


def test_bytes_that_are_no_text_are_refused_by_either_door(url: Url, domain: Url) -> None:
    assert decoded("/files/%FFx") == "/files/\N{REPLACEMENT CHARACTER}x"
    for door, path in ((url, "/files/%FFx"), (domain, decoded("/files/%FFx"))):
        answer = door("PUT", path, b"x")
        assert (answer.status, answer.problem) == (400, "invalid-name")


def test_dots_that_were_escaped_lead_nowhere(domain: Url) -> None:
    for path in ("/files/../secret", "/files/a/../../secret", "/files/."):
        assert domain("PUT", path, b"x").status == 400


def test_uploads_pages_and_health_work_behind_a_domain(domain: Url) -> None:
    tus = {"Tus_Resumable": "1.0.0"}
    made = domain(
        "POST", "/uploads", b"", Upload_Length="3", Upload_Metadata="filename YSBi", **tus
    )
    assert made.status == 201
    place = path_of(made.headers["location"])
    octets = {"Content_Type": "application/offset+octet-stream", "Upload_Offset": "0"}
    part = domain("PATCH", place, b"abc", **octets, **tus)
    assert (part.status, part.headers["tus-resumable"]) == (204, "1.0.0")
    assert domain("GET", "/files/a b").body == b"abc"
    assert domain("GET", "/files/?limit=1").json["entries"][0]["name"] == "a b"
    assert domain("GET", "/health").status == 200


def test_what_is_asked_beside_files_is_answered_behind_a_domain(domain: Url) -> None:
    options = domain("OPTIONS", "/files/x")
    assert options.status == 204
    assert "PUT" in options.headers["allow"]
    assert domain("GET", "/nothing here").problem == "no-route"
