"""Versions of files come back by `/trash/`."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest

from drive.quota import Limits
from tests.url import Url


@pytest.fixture
def kept(url: Url, monkeypatch: pytest.MonkeyPatch) -> Url:
    """A drive with a trash."""
    monkeypatch.setattr(url.module.mount, "TRASH_DAYS", 7)
    return url


def versions(url: Url) -> list[dict[str, Any]]:
    answer = url("GET", "/trash/")
    assert answer.status == 200, answer.body
    found: list[dict[str, Any]] = answer.json["versions"]
    return found


def test_what_every_request_takes_away_is_listed(kept: Url) -> None:
    tags = [kept("PUT", "/files/a", b"first").headers["etag"]]
    tags.append(kept("PUT", "/files/a", b"second!").headers["etag"])
    kept("PUT", "/files/b", b"moves")
    tags.append(kept("POST", "/files/b", Destination="/files/a").headers["etag"])
    made = kept(
        "POST",
        "/uploads",
        b"up",
        Tus_Resumable="1.0.0",
        Upload_Length="2",
        Upload_Metadata="filename YQ==",
        Content_Type="application/offset+octet-stream",
    )
    tags.append(made.headers["etag"])
    kept("DELETE", "/files/a")
    found = versions(kept)
    assert [(each["act"], each["size"], each["etag"]) for each in found] == [
        ("delete", 2, tags[3]),
        ("upload", 5, tags[2]),
        ("move", 7, tags[1]),
        ("put", 5, tags[0]),
    ]
    for each in found:
        assert each["path"] == "a"
        since = datetime.fromisoformat(each["trashed"])
        assert datetime.fromisoformat(each["expires"]) == since + timedelta(days=7)
        assert datetime.fromisoformat(each["modified"]) <= since + timedelta(seconds=1)
    assert kept("HEAD", "/trash/").status == 200
    assert kept("GET", "/files/").json["entries"] == []


def test_a_part_that_is_the_last_keeps_what_it_replaces(kept: Url) -> None:
    kept("PUT", "/files/a", b"old")
    tus = {"Tus_Resumable": "1.0.0"}
    begun = kept("POST", "/uploads", Upload_Length="2", Upload_Metadata="filename YQ==", **tus)
    place = begun.headers["location"].partition(".aws")[2].partition("/")[2]
    part = {**tus, "Content_Type": "application/offset+octet-stream", "Upload_Offset": "0"}
    assert kept("PATCH", f"/{place}", b"up", **part).status == 204
    assert [each["act"] for each in versions(kept)] == ["upload"]


def test_without_a_trash_nothing_is_kept_and_what_is_in_it_comes_back(
    kept: Url, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept("PUT", "/files/a", b"old")
    kept("DELETE", "/files/a")
    monkeypatch.setattr(kept.module.mount, "TRASH_DAYS", 0)
    kept("PUT", "/files/a", b"new")
    kept("PUT", "/files/a", b"newer")
    [version] = versions(kept)
    assert version["expires"] == version["trashed"]
    assert kept("POST", f"/trash/{version['id']}", Overwrite="T").status == 204
    assert kept("GET", "/files/a").body == b"old"
    assert versions(kept) == []


def test_a_version_comes_back_where_it_was(kept: Url) -> None:
    name = quote("grüße/a b%2F=.txt")
    etag = kept("PUT", f"/files/{name}", b"old").headers["etag"]
    kept("DELETE", f"/files/{name}")
    [version] = versions(kept)
    answer = kept("POST", f"/trash/{version['id']}")
    assert (answer.status, answer.headers["etag"]) == (201, etag)
    assert answer.headers["location"].endswith(f"/files/{name}")
    assert kept("GET", f"/files/{name}").body == b"old"
    again = kept("POST", f"/trash/{version['id']}")
    assert (again.status, again.problem) == (404, "not-found")


def test_a_version_comes_back_elsewhere(kept: Url) -> None:
    kept("PUT", "/files/a", b"old")
    kept("PUT", "/files/a", b"new")
    [version] = versions(kept)
    # An id has nothing to encode; whoever encodes it all the same means the same.
    place = f"/trash/{quote(version['id'], safe='')}"
    answer = kept("POST", place, Destination="/files/made/of/it")
    assert answer.status == 201
    assert answer.headers["location"].endswith("/files/made/of/it")
    assert kept("GET", "/files/made/of/it").body == b"old"
    assert kept("GET", "/files/a").body == b"new"


def test_nothing_is_replaced_unasked(kept: Url) -> None:
    kept("PUT", "/files/a", b"old")
    now = kept("PUT", "/files/a", b"new").headers["etag"]
    [version] = versions(kept)
    place = f"/trash/{version['id']}"
    for headers in (
        {},
        {"Overwrite": "F"},
        {"If_Match": now},
        {"Overwrite": "T", "If_Match": '"1"'},
        {"Overwrite": "T", "If_None_Match": "*"},
    ):
        answer = kept("POST", place, **headers)
        assert (answer.status, answer.problem) == (412, "precondition-failed"), headers
    assert kept("GET", "/files/a").body == b"new"
    assert kept("POST", place, Overwrite="t", If_Match=now).status == 204
    assert kept("GET", "/files/a").body == b"old"
    assert [(each["act"], each["etag"]) for each in versions(kept)] == [("restore", now)]


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        ({"Overwrite": "yes"}, "invalid-request"),
        ({"Destination": "/elsewhere/a"}, "invalid-request"),
        ({"Destination": "/files/.drive-trash/a"}, "invalid-name"),
        ({"Destination": "/files/a/b"}, "conflict"),
    ],
)
def test_a_restore_that_makes_no_sense_is_refused(
    kept: Url, headers: dict[str, str], kind: str
) -> None:
    kept("PUT", "/files/a", b"old")
    kept("PUT", "/files/a", b"new")
    [version] = versions(kept)
    assert kept("POST", f"/trash/{version['id']}", **headers).problem == kind
    assert versions(kept) == [version]


def test_a_version_is_deleted_for_good(kept: Url) -> None:
    kept("PUT", "/files/a", b"old")
    kept("DELETE", "/files/a")
    [version] = versions(kept)
    assert kept("DELETE", f"/trash/{version['id']}").status == 204
    assert versions(kept) == []
    answer = kept("DELETE", f"/trash/{version['id']}")
    assert (answer.status, answer.problem) == (404, "not-found")


def test_a_full_drive_frees_itself_and_says_when_it_cannot(
    kept: Url, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept.module.mount, "limits", lambda: Limits(drive_bytes=100))
    kept("PUT", "/files/a", b"x" * 60)
    kept("PUT", "/files/b", b"x" * 30)
    kept("DELETE", "/files/b")
    refused = kept("PUT", "/files/c", b"x" * 41)
    assert (refused.status, refused.problem) == (507, "no-space")
    assert (refused.json["used"], refused.json["missing"]) == (90, 31)
    assert kept("DELETE", "/files/a").status == 204
    assert kept("PUT", "/files/c", b"x" * 41).status == 201
    assert [each["path"] for each in versions(kept)] == []


@pytest.mark.parametrize("limit", ["0", "1001", "x", ""])
def test_a_page_has_a_size(kept: Url, limit: str) -> None:
    assert kept("GET", f"/trash/?limit={limit}").problem == "invalid-request"


def test_pages_follow_each_other(kept: Url) -> None:
    for number in range(5):
        kept("PUT", f"/files/{number}", b"")
        kept("DELETE", f"/files/{number}")
    found: list[str] = []
    cursor = ""
    while True:
        page = kept("GET", f"/trash/?limit=2{cursor}").json
        found += [each["path"] for each in page["versions"]]
        if page["cursor"] is None:
            break
        cursor = f"&cursor={page['cursor']}"
    assert found == ["4", "3", "2", "1", "0"]


def test_in_maintenance_the_trash_is_shut(kept: Url, monkeypatch: pytest.MonkeyPatch) -> None:
    kept("PUT", "/files/a", b"old")
    kept("DELETE", "/files/a")
    [version] = versions(kept)
    monkeypatch.setenv("MAINTENANCE_MODE", "1")
    for method, path in (("GET", ""), ("POST", version["id"]), ("DELETE", version["id"])):
        assert kept(method, f"/trash/{path}").problem == "maintenance"


def test_a_file_or_directory_called_trash_is_like_any_other(kept: Url) -> None:
    assert kept("PUT", "/files/trash", b"mine").status == 201
    assert kept("GET", "/files/trash").body == b"mine"
    assert kept("DELETE", "/files/trash").status == 204
    assert kept("PUT", "/files/trash/a", b"mine").status == 201
    assert [each["name"] for each in kept("GET", "/files/trash/").json["entries"]] == ["a"]
    assert [each["path"] for each in versions(kept)] == ["trash"]


@pytest.mark.parametrize(
    ("method", "path", "kind"),
    [
        ("GET", "/trash", "no-route"),
        ("GET", "/trash/some", "method-not-allowed"),
        ("PUT", "/trash/some", "method-not-allowed"),
        ("DELETE", "/trash/", "method-not-allowed"),
        ("POST", "/trash/a/b", "no-route"),
        ("POST", "/trash/some", "not-found"),
        ("POST", "/trash/..%2F..%2Fa", "not-found"),
        ("DELETE", "/trash/%FF", "not-found"),
        ("GET", "/files/.drive-trash/", "invalid-name"),
    ],
)
def test_other_addresses_are_none(kept: Url, method: str, path: str, kind: str) -> None:
    assert kept(method, path).problem == kind
