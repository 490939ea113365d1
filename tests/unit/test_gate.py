"""The gate of the server on loopback: each check alone keeps somebody out, and all are needed."""

from http import HTTPStatus

import pytest

from drive_tools.serving import gate
from drive_tools.serving.gate import Admitted, Link, Refused, Session, judge

SESSION = Session(8080, "Se-cret_1", "On_ce-2")
HOST = {"host": "127.0.0.1:8080"}
BASE = f"/{SESSION.secret}"

# What only one check refuses: its name, the method, the target, the headers.
HOSTILE = {
    "a name that was made to lead here": (
        "_wrong_host",
        f"{BASE}/x",
        {"host": "evil.example:8080"},
    ),
    "another port": ("_wrong_host", f"{BASE}/x", {"host": "127.0.0.1:8081"}),
    "no port": ("_wrong_host", f"{BASE}/x", {"host": "127.0.0.1"}),
    "no host": ("_wrong_host", f"{BASE}/x", {}),
    "two hosts": ("_wrong_host", f"{BASE}/x", {"host": "127.0.0.1:8080, evil.example"}),
    "a longer name": ("_wrong_host", f"{BASE}/x", {"host": "127.0.0.1:8080.evil.example"}),
    "a page of another origin": (
        "_wrong_origin",
        f"{BASE}/x",
        {**HOST, "origin": "https://evil.example"},
    ),
    "a page without an origin": ("_wrong_origin", f"{BASE}/x", {**HOST, "origin": "null"}),
    "a page at another port": (
        "_wrong_origin",
        f"{BASE}/x",
        {**HOST, "origin": "http://127.0.0.1:3000"},
    ),
    "a page by the other name": (
        "_wrong_origin",
        f"{BASE}/x",
        {**HOST, "origin": "http://localhost:8080"},
    ),
    "an empty origin": ("_wrong_origin", f"{BASE}/x", {**HOST, "origin": ""}),
    "a picture in another page": (
        "_wrong_site",
        f"{BASE}/x",
        {**HOST, "sec-fetch-site": "cross-site"},
    ),
    "a link in a page at another port": (
        "_wrong_site",
        f"{BASE}/x",
        {**HOST, "sec-fetch-site": "same-site"},
    ),
    "a site that no browser says": ("_wrong_site", f"{BASE}/x", {**HOST, "sec-fetch-site": ""}),
    "no secret": ("_wrong_secret", "/files/x", HOST),
    "nothing": ("_wrong_secret", "", HOST),
    "the root": ("_wrong_secret", "/", HOST),
    "another secret": ("_wrong_secret", "/Se-cret_2/x", HOST),
    "a longer secret": ("_wrong_secret", "/Se-cret_11/x", HOST),
    "a part of the secret": ("_wrong_secret", "/Se-cret_/x", HOST),
    "the secret in small letters": ("_wrong_secret", "/se-cret_1/x", HOST),
    "the secret percent-encoded": ("_wrong_secret", "/%53e-cret_1/x", HOST),
    "the secret behind a host": ("_wrong_secret", f"//evil.example{BASE}/x", HOST),
    "the secret behind a dot": ("_wrong_secret", f"/.{BASE}/x", HOST),
    "the secret without a slash": ("_wrong_secret", f"{SESSION.secret}/x", HOST),
    "the secret in the query": ("_wrong_secret", f"/?{SESSION.secret}/x", HOST),
    "letters that are not ASCII": ("_wrong_secret", "/S\u00e9-cret_1/x", HOST),
    "a way out": ("_wrong_path", f"{BASE}/files/../x", HOST),
    "a way out, percent-encoded": ("_wrong_path", f"{BASE}/files/%2e%2E/x", HOST),
    "a way out, half percent-encoded": ("_wrong_path", f"{BASE}/files/.%2e", HOST),
    "a way to the same place": ("_wrong_path", f"{BASE}/./files/x", HOST),
    "another host": ("_wrong_path", f"{BASE}//evil.example/x", HOST),
    "an empty name": ("_wrong_path", f"{BASE}/files//x", HOST),
    "a line break in the query": ("_wrong_query", f"{BASE}/files/?a=b\r\nX: y", HOST),
    "a letter in the query that is not ASCII": ("_wrong_query", f"{BASE}/files/?\u00fc", HOST),
}


@pytest.mark.parametrize(("check", "target", "headers"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_request_is_refused_and_passes_without_the_one_check_that_is_for_it(
    check: str, target: str, headers: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert isinstance(judge(SESSION, "GET", target, headers), Refused)
    monkeypatch.setattr(gate, check, lambda *_, **__: None)
    assert isinstance(judge(SESSION, "GET", target, headers), Admitted)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "OPTIONS", "PROPFIND"])
@pytest.mark.parametrize(
    "headers",
    [
        HOST,
        {"host": "localhost:8080"},
        {"host": "LOCALHOST:8080", "origin": "http://localhost:8080"},
        {**HOST, "origin": "http://127.0.0.1:8080", "sec-fetch-site": "same-origin"},
        {**HOST, "sec-fetch-site": "none"},
    ],
)
def test_the_page_and_programs_are_admitted(method: str, headers: dict[str, str]) -> None:
    admitted = judge(SESSION, method, f"{BASE}/files/?limit=1&cursor=a%2Fb", headers)
    assert admitted == Admitted("/files/", "limit=1&cursor=a%2Fb")


def test_port_80_needs_no_number() -> None:
    session = Session(80, "secret", "once")
    assert isinstance(judge(session, "GET", "/secret/", {"host": "localhost"}), Admitted)
    assert isinstance(judge(SESSION, "GET", f"{BASE}/", {"host": "localhost"}), Refused)


@pytest.mark.parametrize(
    ("sent", "path"),
    [
        (f"{BASE}", ""),
        (f"{BASE}/", "/"),
        (f"{BASE}/files/", "/files/"),
        (f"{BASE}/files/a%20b", "/files/a%20b"),
        (f"{BASE}/files/a(b)'!*~", "/files/a%28b%29%27%21%2A~"),
        (f"{BASE}/files/%c3%bc", "/files/%C3%BC"),
        (f"{BASE}/files/\u00c3\u00bc", "/files/%C3%BC"),  # the bytes of an u with two dots
        (f"{BASE}/files/%66%6f%6F", "/files/foo"),
        (f"{BASE}/files/a%2fb", "/files/a%2Fb"),
        (f"{BASE}/files/..%2F..", "/files/..%2F.."),
        (f"{BASE}/files/%3F%23%25", "/files/%3F%23%25"),
        (f"{BASE}/files/100%", "/files/100%25"),
        (f"{BASE}/files/a\r\nb", "/files/a%0D%0Ab"),
    ],
)
def test_a_path_is_percent_encoded_in_one_way(sent: str, path: str) -> None:
    assert judge(SESSION, "GET", sent, HOST) == Admitted(path, "")


def test_the_link_is_for_one_address_and_one_method() -> None:
    link = f"/{SESSION.once}"
    assert judge(SESSION, "GET", link, HOST) == Link()
    for method, target in (
        ("HEAD", link),
        ("POST", link),
        ("GET", f"{link}/"),
        ("GET", f"{link}/files/"),
        ("GET", f"/{SESSION.once.lower()}"),
    ):
        refused = judge(SESSION, method, target, HOST)
        assert isinstance(refused, Refused), (method, target)
        assert refused.status == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "evil.example:8080"},
        {**HOST, "origin": "https://evil.example"},
        {**HOST, "sec-fetch-site": "cross-site"},
    ],
)
def test_the_link_is_held_to_the_same_checks(headers: dict[str, str]) -> None:
    assert isinstance(judge(SESSION, "GET", f"/{SESSION.once}", headers), Refused)


def test_secrets_are_long_and_new_for_each_session_and_not_shown() -> None:
    one, other = Session(1), Session(1)
    assert len({one.secret, one.once, other.secret, other.once}) == 4
    assert min(map(len, (one.secret, one.once))) >= 43  # 256 bits
    assert one.secret not in repr(one)
    assert one.once not in repr(one)
