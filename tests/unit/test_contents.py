"""What is stored comes back byte by byte, whatever its name and its bytes look like."""

from pathlib import Path

import pytest

from tests.contents import CONTENTS, names
from tests.url import Url

# What a GET says of a file, and a HEAD too.
DESCRIPTION = ("content-type", "etag", "last-modified", "x-file-size", "accept-ranges")


@pytest.mark.parametrize("kind", CONTENTS)
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
