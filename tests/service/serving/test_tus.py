"""Clients of tus that are not ours upload through the server on loopback, as they are."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tusclient.client import TusClient

from drive_tools.serving.gate import Session
from tests.patience import PATIENCE_SECONDS
from tests.service.served import PROJECT
from tests.service.serving.conftest import curl, curled
from tests.service.shell import LARGE, MIB, Person


def _uploader(served: Session, **options: Any) -> Any:  # noqa: ANN401 - half of its methods have no types
    client = TusClient(f"{served.base}/uploads")
    return client.uploader(
        file_stream=io.BytesIO(LARGE), metadata={"filename": "films/a.mov"}, **options
    )


def test_tuspy_uploads_and_resumes(served: Session, person: Person) -> None:
    first = _uploader(served, chunk_size=4 * MIB, upload_checksum=True)
    first.upload(stop_at=4 * MIB)
    assert first.url.startswith(f"{served.base}/uploads/")
    again = _uploader(served, chunk_size=4 * MIB, url=first.url)
    assert again.offset == 4 * MIB
    again.upload()
    assert (person.drive / "films" / "a.mov").read_bytes() == LARGE
    assert person.uploads == []


def test_a_client_that_sends_all_in_one_part_needs_no_setting(
    served: Session, person: Person
) -> None:
    _uploader(served).upload()
    assert (person.drive / "films" / "a.mov").read_bytes() == LARGE


def test_a_part_of_any_size_that_begins_elsewhere_is_refused(
    served: Session, person: Person
) -> None:
    uploader = _uploader(served, chunk_size=4 * MIB)
    uploader.upload(stop_at=4 * MIB)
    words = ("-X", "PATCH", "-H", "Tus-Resumable: 1.0.0", "-H", "Upload-Offset: 0")
    kind = ("-H", "Content-Type: application/offset+octet-stream")
    local = person.write("large", LARGE)
    refused = curl(*words, *kind, "--data-binary", f"@{local}", uploader.url)
    assert b"urn:lambda-drive:offset-conflict" in refused.stdout
    curled("-X", "DELETE", "-H", "Tus-Resumable: 1.0.0", uploader.url)
    assert person.uploads == []


def test_a_long_part_with_a_checksum_is_told_what_to_do(served: Session, person: Person) -> None:
    uploader = _uploader(served, chunk_size=4 * MIB)
    uploader.upload(stop_at=4 * MIB)
    words = ("-X", "PATCH", "-H", "Tus-Resumable: 1.0.0", "-H", f"Upload-Offset: {4 * MIB}")
    kind = ("-H", "Content-Type: application/offset+octet-stream", "-H", "Upload-Checksum: sha1 x")
    local = person.write("large", LARGE)
    refused = curl(*words, *kind, "--data-binary", f"@{local}", uploader.url)
    assert b"set the chunk size of the client to 4 MiB" in refused.stdout


def test_tus_js_client_uploads_and_resumes_without_a_signature(
    served: Session, person: Person
) -> None:
    local = person.write("large", LARGE)
    node, script = Path(sys.executable).with_name("node"), PROJECT / "tests/local/tus_js.mjs"

    def run(**options: object) -> dict[str, Any]:
        command = [str(node), str(script), served.base, local, "films/a.mov", json.dumps(options)]
        # What it then sends as its token goes no further than the server on loopback.
        environment = {**os.environ, "DRIVE_TOKEN": "none"}
        printed = subprocess.check_output(
            command, cwd=PROJECT, env=environment, timeout=PATIENCE_SECONDS
        )
        told: dict[str, Any] = json.loads(printed)
        return told

    begun = run(stopAfter=4 * MIB)
    assert begun["url"].startswith(f"{served.base}/uploads/")
    ended = run(overridePatchMethod=True)
    assert (ended["done"], ended["url"]) == (True, begun["url"])
    assert (person.drive / "films" / "a.mov").read_bytes() == LARGE
