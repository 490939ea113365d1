"""The page at `/`: how its files are answered."""

import gzip
import re
from pathlib import Path

import pytest

from tests.url import Url

PROJECT = Path(__file__).resolve().parents[2]
BUILT = PROJECT / "lambda_src/files/page"
ASSETS = ("page.css", "page.js", "tus.js", "worker.js")


def test_the_page_and_what_it_loads_come_as_they_were_built(url: Url) -> None:
    page = url("GET", "/")
    assert (page.status, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert page.body == (BUILT / "index.html").read_bytes()
    for name in ASSETS:
        answer = url("GET", f"/page/{name}")
        assert (answer.status, answer.body) == (200, (BUILT / name).read_bytes())
        kind = "text/css" if name.endswith("css") else "text/javascript"
        assert answer.headers["content-type"] == f"{kind}; charset=utf-8"
        head = url("HEAD", f"/page/{name}")
        assert (head.status, head.body, head.headers) == (200, b"", answer.headers)


@pytest.mark.parametrize("name", ["nothing.js", "index.html", "tus.LICENSE", "PAGE.JS", "%2e%2e"])
def test_nothing_else_is_there(url: Url, name: str) -> None:
    answer = url("GET", f"/page/{name}")
    assert (answer.status, answer.problem) == (404, "not-found")
    assert repr(name) in answer.json["detail"]


@pytest.mark.parametrize("path", ["/", "/page/page.js", "/page/worker.js"])
def test_nothing_but_what_is_of_this_drive_runs_in_it(url: Url, path: str) -> None:
    """Also the script of a worker has a policy of its own, by which it may call the drive."""
    headers = url("GET", path).headers
    directives = (each.split() for each in headers["content-security-policy"].split(";"))
    assert {name: sorted(sources) for name, *sources in directives} == {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "connect-src": ["'self'"],
        "worker-src": ["'self'"],
        "img-src": ["'self'", "blob:", "data:"],
        "media-src": ["'self'", "blob:"],
        "frame-src": ["'self'", "blob:"],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"


def test_the_worker_may_control_the_page(url: Url) -> None:
    assert url("GET", "/page/worker.js").headers["service-worker-allowed"] == "/"
    assert "service-worker-allowed" not in url("GET", "/page/page.js").headers


def test_a_script_is_kept_for_ever_by_its_address_and_the_page_is_asked_for_each_time(
    url: Url,
) -> None:
    page = url("GET", "/")
    assert page.headers["cache-control"] == "no-cache"
    addresses = re.findall(r'"(page/[^"]+\?v=[^"]+)"', page.body.decode())
    assert len(addresses) == 2
    script = url("GET", "/page/page.js").body.decode()
    for address in (*addresses, *re.findall(r'"(page/[^"]+\?v=[^"]+)"', script)):
        answer = url("GET", f"/{address}")
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    # While a deployment changes the page, an old address must not keep what is new.
    for address in ("/page/page.js?v=0", "/page/page.js?v=", "/page/page.js", "/?v=0"):
        assert url("GET", address).headers["cache-control"] == "no-cache"


def test_what_the_browser_has_is_not_sent_again(url: Url) -> None:
    for path in ("/", "/page/page.js"):
        tag = url("GET", path).headers["etag"]
        for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
            for method in ("GET", "HEAD"):
                answer = url(method, path, If_None_Match=known)
                assert (answer.status, answer.body) == (304, b"")
                assert answer.headers["etag"] == tag
                assert answer.headers["vary"] == "Accept-Encoding"
        assert url("GET", path, If_None_Match='"other"').status == 200
        assert url("GET", path, If_None_Match="other").problem == "invalid-request"


@pytest.mark.parametrize("coding", ["br", "gzip"])
def test_what_is_packed_is_the_same_with_a_tag_of_its_own(url: Url, coding: str) -> None:
    """Browsers unpack what the build packed by Brotli (tests/page): Python has nothing for it."""
    for name in ("index.html", *ASSETS):
        path = "/" if name == "index.html" else f"/page/{name}"
        plain, packed = url("GET", path), url("GET", path, Accept_Encoding=coding)
        assert packed.headers["content-encoding"] == coding
        assert "content-encoding" not in plain.headers
        if coding == "br":
            assert packed.body == (BUILT / f"{name}.br").read_bytes()
        else:
            assert gzip.decompress(packed.body) == plain.body
        assert {plain.headers["vary"], packed.headers["vary"]} == {"Accept-Encoding"}
        tag = packed.headers["etag"]
        assert tag != plain.headers["etag"]
        assert url("GET", path, If_None_Match=tag).status == 200
        known = url("GET", path, If_None_Match=tag, Accept_Encoding=coding)
        assert (known.status, "content-encoding" in known.headers) == (304, False)


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        *(("gzip", "gzip"), ("GZIP", "gzip"), ("x-gzip", "gzip"), ("br", "br"), ("*", "br")),
        *(("gzip, deflate, br, zstd", "br"), ("br;q=0.5, gzip", "gzip"), ("*, br;q=0", "gzip")),
        *(("gzip ; q=0.001", "gzip"), ("*;q=0.5", "br"), ("gzip;q=1.000", "gzip")),
        *(("identity;q=0.5, gzip", "gzip"), ("identity, gzip;q=0.5", None), ("", None)),
        *(("gzip;q=0", None), ("gzip;q=0.000", None), ("*;q=0", None), ("deflate", None)),
        *(("gzip;q=0, *", "br"), ("gzip;q=2", None), ("gzip;x", None), ("gzips", None)),
        *(
            ("identity", None),
            ("*, gzip;q=0, br;q=0", None),
            (",,", None),
            ("br;q=0, gzip", "gzip"),
        ),
    ],
)
def test_it_is_packed_for_whom_it_suits(url: Url, accepted: str, coding: str | None) -> None:
    answer = url("GET", "/page/page.css", Accept_Encoding=accepted)
    assert answer.headers.get("content-encoding") == coding


def test_the_page_is_shown_in_maintenance_and_without_a_disk(
    url: Url, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is the page that says so then."""
    monkeypatch.setenv("MAINTENANCE_MODE", "1")
    monkeypatch.setattr(url.module.mount, "ROOT", Path("/nowhere"))
    assert url("GET", "/files/").status == 503
    assert url("GET", "/").status == url("GET", "/page/page.js").status == 200


def test_the_page_is_read_only(url: Url) -> None:
    for path in ("/", "/page/page.js"):
        answer = url("PUT", path, b"other")
        assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD, OPTIONS")
