"""A disk that is full, and one that takes no more writes: those of this machine's kernel.

EFS is never full. Its bytes are bounded by `max_drive_bytes`, which has tests of its own; a file
system of the kernel shows that no path forgets what the disk itself says. It needs Linux and root,
to mount it.
"""

import base64
import hashlib
import os
import subprocess
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import pytest
import requests

from tests.patience import PATIENCE_SECONDS
from tests.service.served import Served, serve

SIZE = 2 * 1024 * 1024
KEPT = bytes(range(256)) * 1024  # 256 KiB
TUS = {"Tus-Resumable": "1.0.0"}
PART = {**TUS, "Content-Type": "application/offset+octet-stream"}


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 2 MiB."""
    assert os.geteuid() == 0, "to mount a file system needs root"
    mount(tmp_path, "-t", "tmpfs", "-o", f"size={SIZE}", "drive")
    yield tmp_path
    while os.path.ismount(tmp_path):
        umount(tmp_path)


@pytest.fixture(params=["0", "7"], ids=["no-trash", "trash"])
def url(disk: Path, request: pytest.FixtureRequest) -> Iterator[Served]:
    """The drive on it, with one file."""
    with serve(disk, TRASH_DAYS=request.param) as served:
        assert ask(served, "PUT", "/files/kept", KEPT).status_code == HTTPStatus.CREATED
        yield served


def mount(where: Path, *options: str) -> None:
    subprocess.run(["mount", *options, str(where)], check=True)


def umount(where: Path) -> None:
    subprocess.run(["umount", "--lazy", str(where)], check=True)


def ask(
    url: Served, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
) -> requests.Response:
    return requests.request(
        method, f"{url}{path}", data=body, headers=headers, timeout=PATIENCE_SECONDS
    )


def names(disk: Path) -> set[str]:
    """The files that users see."""
    return {path.name for path in disk.iterdir() if not path.name.startswith(".drive-")}


def assert_kept(url: Served) -> None:
    found = ask(url, "GET", "/files/kept")
    assert (found.status_code, found.content) == (HTTPStatus.OK, KEPT)


def test_a_full_disk_refuses_in_words_keeps_what_it_has_and_takes_more_when_there_is_room(
    url: Served, disk: Path
) -> None:
    filler = disk / "filler"
    free = os.statvfs(disk)
    filler.write_bytes(bytes((free.f_bfree - 8) * free.f_bsize))
    used = os.statvfs(disk).f_bfree
    for path, body in (("new", KEPT), ("deep/er/new", KEPT), ("kept", KEPT + b"more")):
        refused = ask(url, "PUT", f"/files/{path}", body)
        assert refused.status_code == HTTPStatus.INSUFFICIENT_STORAGE
        assert refused.json()["type"] == "urn:lambda-drive:no-space"
        assert "no room for" in refused.json()["detail"]
        assert "No space left on device" in refused.json()["detail"]
    assert_kept(url)
    assert names(disk) <= {"kept", "filler", "deep"}
    listed = ask(url, "GET", "/files/").json()
    assert "new" not in str(listed)
    # Nothing half-written takes the room that is left, but the directories.
    assert used - os.statvfs(disk).f_bfree <= 4
    # A file can be deleted, and its room used at once where there is no trash.
    filler.unlink()
    replaced = ask(url, "PUT", "/files/kept", KEPT + b"more")
    assert replaced.status_code == HTTPStatus.NO_CONTENT
    assert ask(url, "GET", "/files/kept").content == KEPT + b"more"


def test_an_upload_goes_on_where_a_full_disk_stopped_it(url: Served, disk: Path) -> None:
    content = os.urandom(512 * 1024)
    name = base64.b64encode(b"big").decode()
    made = ask(
        url,
        "POST",
        "/uploads/",
        headers={**TUS, "Upload-Length": str(len(content)), "Upload-Metadata": f"filename {name}"},
    )
    assert made.status_code == HTTPStatus.CREATED, made.text
    upload = "/uploads/" + made.headers["Location"].rpartition("/")[2]
    begun = ask(url, "PATCH", upload, content[:1000], {**PART, "Upload-Offset": "0"})
    assert begun.headers["Upload-Offset"] == "1000"
    filler = disk / "filler"
    free = os.statvfs(disk)
    filler.write_bytes(bytes((free.f_bfree - 8) * free.f_bsize))
    refused = ask(url, "PATCH", upload, content[1000:], {**PART, "Upload-Offset": "1000"})
    assert refused.status_code == HTTPStatus.INSUFFICIENT_STORAGE
    filler.unlink()
    offset = int(ask(url, "HEAD", upload, headers=TUS).headers["Upload-Offset"])
    assert 1000 <= offset < len(content)
    done = ask(url, "PATCH", upload, content[offset:], {**PART, "Upload-Offset": str(offset)})
    assert done.status_code == HTTPStatus.NO_CONTENT
    found = ask(url, "GET", "/files/big").content
    assert hashlib.sha256(found).digest() == hashlib.sha256(content).digest()


def test_a_disk_that_turned_read_only_says_so_is_read_and_is_written_again_later(
    url: Served, disk: Path
) -> None:
    # Another mount of the disk above the first, in which a lock may still be open.
    mount(disk, "--bind", str(disk))
    mount(disk, "-o", "remount,bind,ro")
    for method, path, body in (
        ("PUT", "/files/kept", b"other"),
        ("PUT", "/files/new", b"other"),
        ("DELETE", "/files/kept", b""),
    ):
        refused = ask(url, method, path, body)
        assert refused.status_code == HTTPStatus.FORBIDDEN, refused.text
        assert refused.json()["type"] == "urn:lambda-drive:read-only"
        assert "Read-only file system" in refused.json()["detail"]
    assert_kept(url)
    health = ask(url, "GET", "/health")
    assert health.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert "Read-only file system" in health.json()["reason"]
    umount(disk)
    assert ask(url, "GET", "/health").status_code == HTTPStatus.OK
    assert ask(url, "PUT", "/files/kept", b"other").status_code == HTTPStatus.NO_CONTENT
    assert ask(url, "DELETE", "/files/kept").status_code == HTTPStatus.NO_CONTENT
