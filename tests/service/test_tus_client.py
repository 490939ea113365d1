"""A tus client that is not ours uploads through a real port, whatever happens on the way."""

import hashlib
import http.client
import io
import json
import random
import threading
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from tusclient.client import TusClient
from tusclient.exceptions import TusUploadFailed

from tests.patience import PATIENCE_SECONDS
from tests.service.served import Served, serve

MIB = 1024 * 1024
CHUNK = 4 * MIB
TUS = {"Tus-Resumable": "1.0.0"}


@pytest.fixture(scope="module")
def content() -> bytes:
    return random.Random(64).randbytes(64 * MIB)


@pytest.fixture
def drive(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def url(drive: Path) -> Iterator[Served]:
    with serve(drive, prefix="/behind/a/path") as url:
        yield url


def test_64_mib_arrive_whole_through_every_interruption(
    url: Served, drive: Path, content: bytes
) -> None:
    """Clients come and go; offsets are wrong, connections are cut, the function is killed."""
    first = _client(url, content, retries=0)
    first.upload(stop_at=3 * CHUNK)
    upload = first.url

    again = _client(url, content, upload=upload)
    assert again.offset == 3 * CHUNK
    again.upload_chunk()

    wrong = _client(url, content, upload=upload)
    wrong.offset += 1
    with pytest.raises(TusUploadFailed) as refused:
        wrong.upload_chunk()
    assert refused.value.status_code == 409
    assert _offset(upload) == 4 * CHUNK

    _cut(upload, 4 * CHUNK, content[4 * CHUNK : 5 * CHUNK])
    known = _offset(upload)
    assert 4 * CHUNK <= known <= 5 * CHUNK

    killed = _client(url, content, upload=upload, retries=50)
    moments = random.Random(1)
    instances = set(url.pids)
    while killed.offset < 12 * CHUNK:
        murder = threading.Timer(moments.random() / 10, url.kill)
        murder.start()
        killed.upload_chunk()
        murder.join()
        assert killed.offset > known
        known = killed.offset
        assert _offset(upload) == known
        instances.update(url.pids)
    assert len(instances) > 1

    last = _client(url, content, upload=upload, checksum=True)
    assert last.offset == known
    last.upload()
    assert _offset(upload) == len(content)
    assert _digest(drive / "folder" / "large.bin") == hashlib.sha256(content).hexdigest()
    assert list(drive.glob(".drive-uploads/*.part")) == []
    assert _statuses(url) <= {200, 201, 204, 409}


def test_a_client_survives_the_death_of_the_function_in_its_last_part(
    url: Served, drive: Path, content: bytes
) -> None:
    moments = random.Random(2)
    for number in range(10):
        content = random.Random(number).randbytes(CHUNK + 1)
        uploader = _client(url, content, name=f"{number}", retries=50)
        uploader.upload(stop_at=CHUNK // 2)
        uploader.stop_at = len(content)
        murder = threading.Timer(moments.random() / 10, url.kill)
        murder.start()
        uploader.upload()
        murder.join()
        assert _offset(uploader.url) == len(content)
        assert (drive / f"{number}").read_bytes() == content
    assert _statuses(url) <= {200, 201, 204}


def test_an_empty_file_is_uploaded_by_its_creation(url: Served, drive: Path) -> None:
    _client(url, b"", name="empty").upload()
    assert (drive / "empty").read_bytes() == b""


def test_an_upload_that_the_client_gave_up_is_gone(url: Served, content: bytes) -> None:
    uploader = _client(url, content)
    uploader.upload(stop_at=CHUNK)
    assert requests.delete(uploader.url, headers=TUS, timeout=PATIENCE_SECONDS).status_code == 204
    with pytest.raises(TusUploadFailed) as refused:
        uploader.upload_chunk()
    assert refused.value.status_code == 404


def _client(
    url: Served,
    content: bytes,
    *,
    upload: str | None = None,
    name: str = "folder/large.bin",
    retries: int = 0,
    checksum: bool = False,
) -> Any:  # noqa: ANN401 - half of its methods have no types
    return TusClient(f"{url}/uploads").uploader(
        file_stream=io.BytesIO(content),
        url=upload,
        chunk_size=CHUNK,
        metadata={"filename": name, "filetype": "application/octet-stream"},
        retries=retries,
        retry_delay=0,
        upload_checksum=checksum,
    )


def _offset(upload: str) -> int:
    answer = requests.head(upload, headers=TUS, timeout=PATIENCE_SECONDS)
    while answer.status_code == HTTPStatus.BAD_GATEWAY:  # the instance was dead already
        answer = requests.head(upload, headers=TUS, timeout=PATIENCE_SECONDS)
    assert answer.status_code == HTTPStatus.OK
    return int(answer.headers["Upload-Offset"])


def _cut(upload: str, offset: int, part: bytes) -> None:
    """Send a part, and go away in the middle of it."""
    parts = urlsplit(upload)
    connection = http.client.HTTPConnection(parts.netloc, timeout=PATIENCE_SECONDS)
    connection.putrequest("PATCH", parts.path)
    connection.putheader("Tus-Resumable", "1.0.0")
    connection.putheader("Content-Type", "application/offset+octet-stream")
    connection.putheader("Upload-Offset", str(offset))
    connection.putheader("Content-Length", str(len(part)))
    connection.endheaders()
    connection.send(part[: len(part) // 3])
    connection.close()


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _statuses(url: Served) -> set[int]:
    """What the function answered, other than by being killed."""
    return {json.loads(line)["status"] for line in url.log.splitlines() if '"request"' in line}
