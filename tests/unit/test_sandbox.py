"""A stored file is shown and never run, whatever its type."""

import json
from pathlib import Path

import pytest

from tests.url import Url

TYPES = json.loads(
    (Path(__file__).resolve().parents[2] / "lambda_src/files/media_types.json").read_bytes()
)
# Of each type one name, and names of which nobody knows the type.
NAMES = [
    *{media: f"a.{extension}" for extension, media in TYPES.items()}.values(),
    *("a", "a.no", "A.HTML"),
]


def policy(text: str) -> dict[str, list[str]]:
    return {name: sources for name, *sources in (each.split() for each in text.split(";"))}


@pytest.mark.slow
def test_a_file_of_every_type_is_in_a_sandbox_without_scripts_and_requests(
    url: Url, tmp_path: Path
) -> None:
    """By its type as answered, so that no type is forgotten.

    A PDF has the viewer's own, and a sound or a film has nothing that could run.
    """
    looks = {"style-src": ["'unsafe-inline'"], "img-src": ["data:"]}
    played = {"default-src": ["'none'"], "frame-ancestors": ["'self'"], **looks}
    shut = {**played, "sandbox": []}
    for name in NAMES:
        (tmp_path / name).write_bytes(b"<script>alert(1)</script>")
        answer = url("HEAD", f"/files/{name}")
        found = policy(answer.headers["content-security-policy"])
        media = answer.headers["content-type"]
        if media == "application/pdf":
            assert found == {"frame-ancestors": ["'self'"]}
        elif media.startswith(("audio/", "video/")):
            assert not media.endswith("+xml")  # which may be a document with scripts
            assert found == {**played, "media-src": ["'self'"]}
        else:
            assert found == shut
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
        assert answer.headers["referrer-policy"] == "no-referrer"


def test_a_sound_that_is_xml_is_in_a_sandbox(url: Url) -> None:
    """Browsers take any type that ends so for a document."""
    for media in ("audio/a+xml", "video/a+xml", "image/a+xml", "image/svg+xml"):
        headers = url.module.file_routes.sandbox.headers(media)
        assert "sandbox" in policy(headers["Content-Security-Policy"])


@pytest.mark.parametrize("name", ["a.html", "a.svg", "a.pdf", "a.mp4", "a"])
def test_a_part_of_a_file_and_one_that_is_known_are_no_way_around(url: Url, name: str) -> None:
    url("PUT", f"/files/{name}", b"<script>alert(1)</script>")
    kept = url("HEAD", f"/files/{name}").headers
    for status, headers in (
        (200, {}),
        (206, {"Range": "bytes=0-3"}),
        (304, {"If_None_Match": "*"}),
    ):
        answer = url("GET", f"/files/{name}", **headers)
        assert answer.status == status
        for header in ("content-security-policy", "x-content-type-options"):
            assert answer.headers[header] == kept[header]


@pytest.mark.parametrize(
    "use",
    [
        *("script", "style", "worker", "sharedworker", "serviceworker", "xslt"),
        *("audioworklet", "paintworklet"),
    ],
)
def test_a_file_is_no_script_and_no_style_of_a_page(url: Url, use: str) -> None:
    """A sandbox is for documents: the page's own policy lets it load scripts of its origin."""
    url("PUT", "/files/a.js", b"alert(1)")
    for headers in ({}, {"Range": "bytes=0-3"}, {"If_None_Match": "*"}):
        answer = url("GET", "/files/a.js", Sec_Fetch_Dest=use, **headers)
        assert (answer.status, answer.problem) == (403, "never-run")
        assert repr(use) in answer.json["detail"]
    assert url("GET", "/page/page.js", Sec_Fetch_Dest=use).status == 200


@pytest.mark.parametrize(
    "use",
    ["", "empty", "document", "iframe", "image", "video", "audio", "track", "embed", "object"],
)
def test_a_file_is_shown_and_saved(url: Url, use: str) -> None:
    url("PUT", "/files/a.js", b"alert(1)")
    assert url("GET", "/files/a.js", Sec_Fetch_Dest=use).body == b"alert(1)"
