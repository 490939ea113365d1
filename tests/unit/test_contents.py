"""What is stored comes back byte by byte, whatever its name and its bytes look like."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.contents import CONTENTS, names
from tests.url import Url

PROJECT = Path(__file__).resolve().parents[2]
TABLE = PROJECT / "lambda_src" / "files" / "media_types.json"
# What a GET says of a file, and a HEAD too.
DESCRIPTION = ("content-type", "etag", "last-modified", "x-file-size", "accept-ranges")
# Text, and bytes that are none. Each further kind takes a CPU second.
FAST = {"invalid UTF-8", "text"}
KINDS = [pytest.param(each, marks=() if each in FAST else pytest.mark.slow) for each in CONTENTS]


@pytest.mark.parametrize("kind", KINDS)
def test_every_file_comes_back_as_it_is(url: Url, tmp_path: Path, kind: str) -> None:
    content = CONTENTS[kind]
    for name in names():
        path = f"/files/{name}"
        (tmp_path / name).write_bytes(content)
        whole = url("GET", path)
        assert (whole.status, whole.body) == (200, content), name
        assert whole.headers["x-file-size"] == str(len(content))
        head = url("HEAD", path)
        assert (head.status, head.body) == (200, b""), name
        for header in DESCRIPTION:
            assert head.headers[header] == whole.headers[header], (name, header)
        if content:
            part = url("GET", path, Range="bytes=1-4")
            assert (part.status, part.body) == (206, content[1:5]), name
            assert part.headers["content-type"] == whole.headers["content-type"]
        same = url("GET", path, If_None_Match=whole.headers["etag"])
        assert (same.status, same.body) == (304, b""), name


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.md", "text/markdown"),  # these three are not so in the table of Python 3.11
        ("a.webp", "image/webp"),
        ("a.js", "text/javascript"),
        ("a.JSON", "application/json"),
        ("a.txt", "text/plain"),
        ("a.html", "text/html"),
        ("a.tar.gz", "application/gzip"),
        ("a.svg", "image/svg+xml"),
        ("a", "application/octet-stream"),
        (".json", "application/octet-stream"),
        ("a.", "application/octet-stream"),
        ("a.nothing", "application/octet-stream"),
    ],
)
def test_a_type_is_the_same_on_every_python(url: Url, name: str, expected: str) -> None:
    url("PUT", f"/files/{name}", b"")
    assert url("HEAD", f"/files/{name}").headers["content-type"] == expected


def test_the_table_of_types_is_that_of_the_pinned_package() -> None:
    script = "JSON.stringify(require('mime-types').types, null, 1)"
    package = subprocess.check_output([os.environ["JSII_NODE"], "-p", script], cwd=PROJECT)
    assert TABLE.read_bytes() == package, "make lock"
    # Whose table it is, as its licence asks for in every copy.
    licence = PROJECT / "node_modules" / "mime-db" / "LICENSE"
    assert TABLE.with_suffix(".LICENSE").read_bytes() == licence.read_bytes(), "make lock"


def test_a_type_is_a_media_type_without_a_charset() -> None:
    types = json.loads(TABLE.read_bytes())
    assert len(types) > 1000
    assert all(re.fullmatch(r"[a-z-]+/[A-Za-z0-9._+-]+", kind) for kind in types.values())
