"""The service as deployed: through its URL, signed, and what runs by itself beside it."""

import base64
import hashlib
import io
import json
import os
import random
import signal
import subprocess
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import requests
from botocore.credentials import Credentials
from requests.adapters import HTTPAdapter
from tusclient.client import TusClient

from files.media_types import media_type
from ops.local.cloud import SECRET_ACCESS_KEY
from tests.contents import CONTENTS, names
from tests.local import tus_js
from tests.local.conftest import TARGET, LocalCloud
from tests.patience import PATIENCE_SECONDS, moment
from tests.service.contract import hold
from tests.service.signed_requests import signing
from tests.service.test_concurrency import Done, Writer, assert_consistent
from tests.url import Answer

MIB = 1024 * 1024
KEYS = Credentials(TARGET.account, SECRET_ACCESS_KEY)
TUS = {"Tus-Resumable": "1.0.0"}


class Signed:
    """The URL, called as the one in tests/url.py is."""

    def __init__(self, cloud: LocalCloud) -> None:
        self._drive = cloud.drive

    def __call__(self, method: str, path: str, body: bytes = b"", **headers: str) -> Answer:
        """Send a request; `If_Match="x"` is the header If-Match."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = self._drive(method, path, body, named)
        found = {name.lower(): value for name, value in answer.headers.items()}
        return Answer(answer.status_code, found, answer.content)


@pytest.fixture(scope="module")
def up(ready: LocalCloud) -> LocalCloud:
    ready.deploy()
    return ready


@pytest.fixture(scope="module")
def url(up: LocalCloud) -> Signed:
    return Signed(up)


@pytest.fixture(scope="module")
def drive(up: LocalCloud) -> Path:
    """Where the files are on this machine."""
    return up.disk


@pytest.fixture
def signed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sign what is sent by `requests`."""
    monkeypatch.setattr(HTTPAdapter, "send", signing(KEYS, TARGET.region))


def test_parts_of_a_file_are_read(url: Signed) -> None:
    content = random.Random(1).randbytes(3 * MIB)
    assert url("PUT", "/files/parts/large.bin", content).status == 201
    head = url("HEAD", "/files/parts/large.bin")
    assert (head.headers["x-file-size"], head.body) == (str(len(content)), b"")
    for asked, found in (
        ("bytes=0-0", content[:1]),
        ("bytes=1000000-1999999", content[1_000_000:2_000_000]),
        ("bytes=-7", content[-7:]),
    ):
        answer = url("GET", "/files/parts/large.bin", Range=asked, Want_Content_Digest="sha-256=1")
        assert (answer.status, answer.body) == (206, found)
        assert answer.headers["content-range"].endswith(f"/{len(content)}")
        assert answer.headers["content-digest"].startswith("sha-256=:")
    beyond = url("GET", "/files/parts/large.bin", Range=f"bytes={len(content)}-")
    assert (beyond.status, beyond.problem) == (416, "range-not-satisfiable")
    assert beyond.headers["content-range"] == f"bytes */{len(content)}"


def test_every_kind_of_file_comes_back_as_it_was_put(url: Signed, drive: Path) -> None:
    """Each extension with one content, and JSON with all; tests/unit/test_contents.py has all.

    One third of them is read whole, one by a range, one described.
    """
    kinds = list(CONTENTS)
    files = [(name, kinds[number % len(kinds)]) for number, name in enumerate(names())]
    files += [(f"{kind}.json", kind) for kind in kinds for _ in range(3)]
    for number, (name, kind) in enumerate(files):
        path, content = f"/files/kinds/{quote(name)}", CONTENTS[kind]
        put = url("PUT", path, content)
        assert put.status in {201, 204}, name
        assert (drive / "kinds" / name).read_bytes() == content
        if number % 3 == 0:
            found = url("GET", path)
            assert (found.status, found.body) == (200, content), name
        elif number % 3 == 1 and content:
            found = url("GET", path, b"", Range="bytes=1-")
            assert (found.status, found.body) == (206, content[1:]), name
        else:
            found = url("HEAD", path)
            assert (found.status, found.body) == (200, b""), name
        assert found.headers["x-file-size"] == str(len(content))
        assert found.headers["etag"] == put.headers["etag"]
        assert found.headers["content-type"] == media_type(name)


def test_an_address_is_a_whole_url_of_this_machine(up: LocalCloud, url: Signed) -> None:
    """The function knows the host of its URL; here it is behind a path of another."""
    filename = base64.b64encode(b"addresses/a").decode()
    begun = url(
        *("POST", "/uploads"),
        Tus_Resumable="1.0.0",
        Upload_Length="0",
        Upload_Metadata=f"filename {filename}",
    )
    assert begun.headers["location"].startswith(f"{up.url}/uploads/")
    moved = url("POST", "/files/addresses/a", Destination=f"{up.url}/files/addresses/b%3F")
    assert (moved.status, moved.headers["location"]) == (201, f"{up.url}/files/addresses/b%3F")
    elsewhere = up.url.replace("localhost", "127.0.0.1")
    refused = url("POST", "/files/addresses/b%3F", Destination=f"{elsewhere}/files/addresses/a")
    assert (refused.status, refused.problem) == (400, "invalid-request")


def test_conditions_hold(url: Signed) -> None:
    first = url("PUT", "/files/conditions/a", b"first", If_None_Match="*")
    assert first.status == 201
    assert url("PUT", "/files/conditions/a", b"lost", If_None_Match="*").status == 412
    tag = first.headers["etag"]
    assert url("GET", "/files/conditions/a", If_None_Match=tag).status == 304
    second = url("PUT", "/files/conditions/a", b"second", If_Match=tag)
    assert second.status == 204
    assert url("PUT", "/files/conditions/a", b"lost", If_Match=tag).status == 412
    assert url("GET", "/files/conditions/a").body == b"second"
    tag = second.headers["etag"]
    moved = url("POST", "/files/conditions/a", Destination="/files/conditions/b", If_Match=tag)
    assert (moved.status, moved.headers["etag"]) == (201, tag)
    assert url("DELETE", "/files/conditions/b", If_Match='"other"').status == 412
    assert url("DELETE", "/files/conditions/b", If_Match=tag).status == 204


def test_a_directory_is_listed_page_by_page(url: Signed) -> None:
    wanted = [f"{number:02}" for number in range(7)]
    for name in wanted:
        assert url("PUT", f"/files/pages/{name}", name.encode()).status == 201
    seen, query = [], "?limit=3"
    while query:
        page = url("GET", f"/files/pages/{query}").json
        seen += [entry["name"] for entry in page["entries"]]
        query = f"?limit=3&cursor={page['cursor']}" if page["cursor"] else ""
    assert seen == wanted


@pytest.mark.usefixtures("signed")
def test_an_interrupted_upload_goes_on(up: LocalCloud, drive: Path) -> None:
    """By a tus client that is not ours, in parts that fit one request."""
    content = random.Random(9).randbytes(9 * MIB)
    uploads = TusClient(f"{up.url}/uploads")

    def uploader(upload: str | None = None) -> Any:  # noqa: ANN401 - half of it has no types
        return uploads.uploader(
            file_stream=io.BytesIO(content),
            url=upload,
            chunk_size=4 * MIB,
            metadata={"filename": "uploaded/9 MiB.bin"},
            upload_checksum=True,
        )

    first = uploader()
    first.upload(stop_at=4 * MIB)
    assert first.url.startswith(f"{up.url}/uploads/")
    assert not (drive / "uploaded").exists()
    second = uploader(first.url)
    assert second.offset == 4 * MIB
    second.upload()
    stored = (drive / "uploaded" / "9 MiB.bin").read_bytes()
    assert hashlib.sha256(stored).digest() == hashlib.sha256(content).digest()
    head = requests.head(first.url, headers=TUS, timeout=PATIENCE_SECONDS)
    assert (head.status_code, head.headers["Upload-Offset"]) == (200, str(9 * MIB))


def test_another_tus_client_uploads_and_goes_on(up: LocalCloud, tmp_path: Path) -> None:
    tus_js.assert_it_uploads_and_goes_on(up, tmp_path, up.environment)


def test_callers_at_once_do_not_disturb_each_other(up: LocalCloud, drive: Path) -> None:
    def write(writer: int) -> list[Done]:
        caller = Writer(Signed(up), writer, seed=5)
        return [caller.act(number) for number in range(40)]

    with ThreadPoolExecutor(4) as pool:
        done = [one for part in pool.map(write, range(4)) for one in part]
    assert len([one for one in done if one.well]) > len(done) // 4
    assert_consistent(drive, done)


def test_a_killed_function_tears_nothing_and_loses_nothing(up: LocalCloud, url: Signed) -> None:
    versions = [bytes([number]) * (2 * MIB) for number in range(8)]
    acknowledged = versions[0]
    assert url("PUT", "/files/killed/a", acknowledged).status == 201
    for number, content in enumerate(versions):
        with ThreadPoolExecutor(1) as pool:
            put = pool.submit(url, "PUT", "/files/killed/a", content)
            moment(0.01 * number)
            for pid in _functions(up):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            well = put.result().status == 204
        url("GET", "/health")  # tells the local cloud of a death that came between two requests
        found = url("GET", "/files/killed/a")
        assert found.status == 200
        assert found.body in ([content] if well else [content, acknowledged])
        acknowledged = found.body


def test_it_does_what_its_document_says(up: LocalCloud, url: Signed, tmp_path: Path) -> None:
    for name in ("there/file", "kept/file"):
        assert url("PUT", f"/files/{name}", b"0123456789").status == 201
    number = hold(
        up.url,
        tmp_path,
        path="there/file",
        directory="kept",
        upload="0" * 32,
        examples=10,
        phases="examples,fuzzing",
        environment=up.environment,
    )
    assert number > 100


def test_the_janitor_and_the_usage_tell_what_is_there(up: LocalCloud, drive: Path) -> None:
    files = [
        path
        for path in drive.rglob("*")
        if path.is_file() and not any(part.startswith(".drive-") for part in path.parts)
    ]
    size = sum(path.stat().st_size for path in files)
    # One that a killed writer was about to replace has two names, and is no version yet.
    here = {path.stat().st_ino for path in files}
    kept = [path.stat() for path in (drive / ".drive-trash").iterdir() if path.is_file()]
    in_trash = sum({each.st_ino: each.st_size for each in kept if each.st_ino not in here}.values())
    assert in_trash
    usage = _invoke(up, "Usage")
    assert (usage["finished"], usage["files"]) == (True, len(files))
    assert (usage["bytes"], usage["trash_bytes"]) == (size + in_trash, in_trash)
    janitor = _invoke(up, "Janitor")
    assert (janitor["finished"], janitor["files"], janitor["bytes"]) == (True, len(files), size)
    assert janitor["removed_uploads"] == janitor["removed_temporaries"] == janitor["skipped"] == 0
    assert janitor["removed_versions"] == 0


def test_all_instances_share_the_layer_and_what_python_compiled_of_it(up: LocalCloud) -> None:
    [layer] = (up.folder / "tmp" / "layers").iterdir()
    assert list(layer.rglob("*.pyc"))
    instances = list((up.folder / "tmp").glob("ministack-lambda-*"))
    assert instances
    assert not [instance for instance in instances if list(instance.glob("layer*"))]


def _functions(up: LocalCloud) -> list[int]:
    """The processes in which the local cloud runs functions."""
    running = up.process.running()
    assert running
    listed = subprocess.check_output(["ps", "-A", "-o", "pid=,ppid="], text=True)
    pairs = (line.split() for line in listed.splitlines())
    return [int(pid) for pid, parent in pairs if int(parent) == running.pid]


def _invoke(up: LocalCloud, name: str) -> dict[str, Any]:
    function = up.outputs["Dev-Service"][f"{name}FunctionName"]
    answer = up.client("lambda").invoke(FunctionName=function)
    report: dict[str, Any] = json.loads(answer["Payload"].read())
    assert "FunctionError" not in answer, report
    return report
