"""The trash over HTTP: many versions, strange names, several instances at once."""

import random
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
import requests

from drive import file_writes, trash, trash_names, usage
from drive.quota import Limits
from tests.patience import PATIENCE_SECONDS
from tests.service.served import serve

LIMIT = 10**12
STRANGE = [
    "trash",
    "trash/",
    "a b",
    "%2F..%2F%41",
    "=2F=",
    "?#&;+",
    "\n\t\x7f",
    "grüße/日本語",
    "-delete-",
    "..a/...",
    "x" * 255,
    "/".join(["ü" * 100] * 15),
]


@pytest.fixture
def served(tmp_path: Path) -> Iterator[str]:
    with serve(tmp_path, workers=4, TRASH_DAYS="7", MAX_DRIVE_BYTES=str(LIMIT)) as url:
        yield url


def call(method: str, url: str, body: bytes | None = None, **headers: str) -> requests.Response:
    return requests.request(method, url, data=body, headers=headers, timeout=PATIENCE_SECONDS)


def listed(url: str, limit: int = 1000) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    cursor: str | None = ""
    while cursor is not None:
        page = call("GET", f"{url}/trash/?limit={limit}{cursor and f'&cursor={quote(cursor)}'}")
        assert page.status_code == 200, page.text
        found += page.json()["versions"]
        cursor = page.json()["cursor"]
    return found


def test_ten_thousand_versions_are_listed_page_by_page(served: str, tmp_path: Path) -> None:
    for number in range(10_000):
        target = trash.path_of(
            tmp_path, trash_names.new_id(tmp_path, tmp_path / f"{number}", "put")
        )
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(b"x")
    found = listed(served)
    assert [int(version["path"]) for version in found] == list(range(9999, -1, -1))
    assert len({version["id"] for version in found}) == 10_000
    assert call("POST", f"{served}/trash/{found[5000]['id']}").status_code == 201
    assert call("GET", f"{served}/files/4999").content == b"x"


def test_files_of_any_name_come_back(served: str) -> None:
    names = [name.removesuffix("/") + "/file" * name.endswith("/") for name in STRANGE[1:]]
    for name in names:
        assert call("PUT", f"{served}/files/{quote(name)}", name.encode()).status_code == 201
        assert call("DELETE", f"{served}/files/{quote(name)}").status_code == 204
    found = {version["path"]: version["id"] for version in listed(served, limit=2)}
    assert sorted(found) == sorted(names)
    for name in names:
        assert call("POST", f"{served}/trash/{found[name]}").status_code == 201
        assert call("GET", f"{served}/files/{quote(name)}").content == name.encode()
    assert listed(served) == []


def test_instances_that_write_delete_and_restore_at_once_lose_nothing(
    served: str, tmp_path: Path
) -> None:
    """Each version that was acknowledged is in place, in the trash or was removed for good."""
    written: set[str] = set()
    removed: set[str] = set()
    failed: list[BaseException] = []

    def act(seed: int) -> None:
        draw = random.Random(seed)
        try:
            for _ in range(40):
                name = f"{served}/files/{draw.choice('abc')}"
                match draw.choice(["put", "put", "delete", "restore", "remove"]):
                    case "put":
                        written.add(call("PUT", name, draw.randbytes(20)).headers["ETag"])
                    case "delete":
                        assert call("DELETE", name).status_code in {204, 404}
                    case act:
                        versions = call("GET", f"{served}/trash/?limit=5").json()["versions"]
                        if not versions:
                            continue
                        version = draw.choice(versions)
                        place = f"{served}/trash/{version['id']}"
                        if act == "restore":
                            answer = call("POST", place, Overwrite="T")
                            assert answer.status_code in {201, 204, 404}
                        elif call("DELETE", place).status_code == 204:
                            removed.add(version["etag"])
        except BaseException as error:  # noqa: BLE001 - it is the test's
            failed.append(error)

    threads = [threading.Thread(target=act, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    kept = [version["etag"] for version in listed(served)]
    live = [
        answer.headers["ETag"]
        for answer in (call("HEAD", f"{served}/files/{name}") for name in "abc")
        if answer.status_code == 200
    ]
    assert sorted([*kept, *live]) == sorted(written - removed)
    # The count, too, is what there is.
    file_writes.write(tmp_path, "counted", b"1", limits=Limits(drive_bytes=LIMIT))
    found = usage.measure(tmp_path, time_left=lambda: 60)
    assert int((tmp_path / ".drive-usage").read_bytes().split()[1]) == found.bytes
