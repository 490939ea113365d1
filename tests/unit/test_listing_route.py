"""A directory over HTTP."""

import time
from pathlib import Path
from typing import Any

import pytest

from drive import directory_listing, file_reads
from drive.directory_listing import Page
from drive.entry import Entry
from tests.url import Url


def test_a_listing_pages_through_everything(url: Url, tmp_path: Path) -> None:
    for number in range(25):
        (tmp_path / f"{number:02}").touch()
    found: list[str] = []
    path = "/files/?limit=10"
    while True:
        page = url("GET", path).json
        found += [entry["name"] for entry in page["entries"]]
        if page["cursor"] is None:
            break
        path = f"/files/?limit=10&cursor={page['cursor']}"
    assert found == [f"{number:02}" for number in range(25)]


@pytest.mark.parametrize(
    "limit",
    [
        *("", "0", "-1", "+1", " 1", "1 ", "1.0", "1e2", "0x1", "\u0661", "\xb2", "1,2", "all"),
        *("1001", "000000001999", "000000001" + "9" * 40, "000000001" + "9" * 5000, "9" * 5000),
    ],
)
def test_a_page_has_1_to_1000_entries(url: Url, limit: str) -> None:
    answer = url("GET", f"/files/?limit={limit.replace('+', '%2B')}")
    assert (answer.status, answer.problem) == (400, "invalid-request")
    assert repr(limit) in answer.json["detail"]
    for right in ("1", "1000", "000000001"):
        assert url("GET", f"/files/?limit={right}").status == 200


@pytest.mark.parametrize(
    ("modified", "listed", "last"),
    [
        (-(10.0**12), "0001-01-01T00:00:00+00:00", "Mon, 01 Jan 0001 00:00:00 GMT"),
        (-1.0, "1969-12-31T23:59:59+00:00", "Wed, 31 Dec 1969 23:59:59 GMT"),
        # No later than the answer: RFC 9110 section 8.8.2.1.
        (1.8e9 + 1, "2027-01-15T08:00:01+00:00", "Fri, 15 Jan 2027 08:00:00 GMT"),
        (10.0**12, "9999-12-31T23:59:59+00:00", "Fri, 15 Jan 2027 08:00:00 GMT"),
    ],
)
def test_a_time_that_somebody_set_is_told_as_far_as_a_date_can(
    url: Url, monkeypatch: pytest.MonkeyPatch, modified: float, listed: str, last: str
) -> None:
    """A disk keeps times of 64 bits, and others who use it may set any."""
    url("PUT", "/files/a", b"a")
    listing, read, describe = directory_listing.page, file_reads.read, file_reads.describe

    def set_by_somebody(entry: Entry) -> Entry:
        return entry._replace(modified=modified)

    def page(*args: Any, **named: Any) -> Page:  # noqa: ANN401 - those of listing
        found = listing(*args, **named)
        return found._replace(entries=[set_by_somebody(entry) for entry in found.entries])

    def reading(*args: Any) -> tuple[Entry, bytes]:  # noqa: ANN401 - those of read
        entry, content = read(*args)
        return set_by_somebody(entry), content

    monkeypatch.setattr(directory_listing, "page", page)
    monkeypatch.setattr(file_reads, "read", reading)
    monkeypatch.setattr(file_reads, "describe", lambda *args: set_by_somebody(describe(*args)))
    monkeypatch.setattr(time, "time", lambda: 1.8e9)
    [entry] = url("GET", "/files/").json["entries"]
    assert entry["modified"] == listed
    for method in ("GET", "HEAD"):
        answer = url(method, "/files/a")
        assert (answer.status, answer.headers["last-modified"]) == (200, last)
