"""A public URL with a token: curl, tus clients and browsers as they are, and while it changes."""

import hashlib
import io
import random
import secrets
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import Page, expect
from tusclient.client import TusClient

from tests.baseline import DEV
from tests.browser.chromium import chromium, new_page
from tests.local import tus_js
from tests.local.assemblies import assembly_of
from tests.local.conftest import PROJECT, LocalCloud
from tests.patience import PATIENCE_SECONDS, until
from tests.service.contract import hold

__all__ = ["chromium", "new_page"]  # fixtures

MIB = 1024 * 1024
LOAD_THREADS = 4
# As many as an instance looks for, however fast they come (`LOOKS` in lambda_src/files/bearer.py).
CHANGES = 4
ROUNDS = 5  # of every caller, after each change of what it holds


@pytest.fixture(scope="module")
def printed(ready: LocalCloud) -> str:
    token = replace(DEV, url_auth="token", cors_origins=("https://app.example",))
    return ready.up("--assembly", str(assembly_of(token)))


@pytest.fixture(scope="module")
def up(cloud: LocalCloud, printed: str) -> LocalCloud:
    assert "the URL is public" in printed
    return cloud


@pytest.fixture
def token(up: LocalCloud) -> str:
    """The token that is current."""
    found: str = up.client("secretsmanager").get_secret_value(SecretId=secret(up))["SecretString"]
    return found


def secret(up: LocalCloud) -> str:
    return up.outputs["Dev-Service"]["FilesTokenSecret"]


def status_with(up: LocalCloud, token: str) -> int:
    headers = {"Authorization": f"Bearer {token}"}
    return requests.get(f"{up.url}/files/", headers=headers, timeout=PATIENCE_SECONDS).status_code


def curl(*words: str) -> tuple[int, str]:
    """Run curl as it is; returns the status and the body."""
    command = ["curl", "--silent", "--show-error", "--write-out", "\n%{http_code}", *words]
    run = subprocess.run(
        command, check=True, capture_output=True, text=True, timeout=PATIENCE_SECONDS
    )
    body, _, status = run.stdout.rpartition("\n")
    return int(status), body


def test_the_lines_that_are_printed_work_as_they_are(up: LocalCloud, printed: str) -> None:
    lines = [line.strip() for line in printed.splitlines() if line.startswith("  curl ")]
    assert len(lines) == 3
    for line in lines:
        run = subprocess.run(
            ["sh", "-c", f"{line} --fail --silent --show-error"],
            check=False,
            cwd=PROJECT,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
        )
        assert run.returncode == 0, run.stderr
    assert up.outputs["Dev-Service"]["FilesUrlIsPublic"].startswith("The URL is public")


def test_the_token_changes_under_load_without_one_refusal(up: LocalCloud, token: str) -> None:
    """Half of the callers take the new token at once, half of them one change later."""
    client = up.client("secretsmanager")
    newest, before = token, token
    answers: list[list[int]] = [[] for _ in range(LOAD_THREADS)]
    over = threading.Event()

    def call(number: int) -> None:
        session = requests.Session()
        file = f"{up.url}/files/load/{number}"
        while not over.is_set():
            headers = {"Authorization": f"Bearer {newest if number % 2 else before}"}
            put = session.put(file, b"x", headers=headers, timeout=PATIENCE_SECONDS)
            got = session.get(file, headers=headers, timeout=PATIENCE_SECONDS)
            answers[number] += [put.status_code, got.status_code]

    def answered() -> None:
        """Wait until every caller is done with what it held, and was answered often since."""
        enough = [len(each) + 2 * ROUNDS for each in answers]

        def had_enough() -> bool:
            assert all(thread.is_alive() for thread in threads)
            return all(len(each) > many for each, many in zip(answers, enough, strict=True))

        until(had_enough)

    threads = [threading.Thread(target=call, args=(number,)) for number in range(LOAD_THREADS)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(CHANGES):
            answered()
            # Whoever held the one before is done with it before it is good no more.
            before = newest
            answered()
            changed = secrets.token_urlsafe(36)
            client.put_secret_value(SecretId=secret(up), SecretString=changed)
            newest = changed
        answered()
    finally:
        over.set()
        for thread in threads:
            thread.join()
    assert {status for each in answers for status in each} <= {200, 201, 204}
    # An instance that was idle meanwhile takes it until it looks again.
    until(lambda: status_with(up, token) == 401)


def test_plain_curl_needs_the_token_and_nothing_else(up: LocalCloud, token: str) -> None:
    with_token = ("--header", f"Authorization: Bearer {token}")
    assert curl(*with_token, "--data-binary", "x", "-XPUT", f"{up.url}/files/curl/a")[0] == 201
    assert curl(*with_token, f"{up.url}/files/curl/a") == (200, "x")
    for words in ((), ("--header", f"Authorization: Bearer {secrets.token_urlsafe(36)}")):
        for path in ("/files/curl/a", "/health", "/openapi.json", "/elsewhere"):
            status, body = curl(*words, f"{up.url}{path}")
            assert (status, "urn:lambda-drive:unauthorized" in body) == (401, True)
        for path in ("/", "/page/page.js"):  # the page, which asks for it
            assert curl(*words, "--compressed", f"{up.url}{path}")[0] == 200


def test_a_signed_call_is_no_substitute(up: LocalCloud) -> None:
    answer = up.drive("GET", "/files/")
    assert answer.status_code == 401
    # Lambda renames it.
    renamed = answer.headers["x-amzn-Remapped-www-authenticate"]
    assert renamed == 'Bearer realm="lambda-drive", error="invalid_token"'


def test_a_tus_client_uploads_and_goes_on(up: LocalCloud, token: str) -> None:
    content = random.Random(5).randbytes(9 * MIB)
    client = TusClient(f"{up.url}/uploads", headers={"Authorization": f"Bearer {token}"})

    def uploader(url: str | None = None) -> Any:  # noqa: ANN401 - half of it has no types
        stream = io.BytesIO(content)
        metadata = {"filename": "tus/9 MiB.bin"}
        return client.uploader(
            file_stream=stream, url=url, chunk_size=4 * MIB, metadata=metadata, upload_checksum=True
        )

    first = uploader()
    first.upload(stop_at=4 * MIB)
    second = uploader(first.url)
    assert second.offset == 4 * MIB
    second.upload()
    [stored] = up.folder.glob("efs/*/*/tus/9 MiB.bin")
    digest = hashlib.sha256(stored.read_bytes()).digest()
    assert digest == hashlib.sha256(content).digest()
    assert requests.head(first.url, timeout=PATIENCE_SECONDS).status_code == 401


@pytest.mark.weekly
def test_another_tus_client_uploads_and_goes_on(up: LocalCloud, token: str, tmp_path: Path) -> None:
    tus_js.assert_it_uploads_and_goes_on(up, tmp_path, {"DRIVE_TOKEN": token})


def test_a_page_may_ask_first_and_then_send_the_token(up: LocalCloud, token: str) -> None:
    page = {"Origin": "https://app.example"}
    asking = {"Access-Control-Request-Method": "GET"}
    asking |= {"Access-Control-Request-Headers": "authorization"}
    asked = requests.options(f"{up.url}/files/", headers=page | asking, timeout=PATIENCE_SECONDS)
    assert asked.ok
    assert "authorization" in asked.headers["Access-Control-Allow-Headers"].lower()
    told = page | {"Authorization": f"Bearer {token}"}
    listed = requests.get(f"{up.url}/files/", headers=told, timeout=PATIENCE_SECONDS)
    assert listed.status_code == 200
    assert listed.headers["Access-Control-Allow-Origin"] in {"*", "https://app.example"}


def test_our_client_takes_the_token(up: LocalCloud, token: str, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(f"{token}\n")
    source = tmp_path / "large.bin"
    source.write_bytes(random.Random(6).randbytes(5 * MIB))

    def drive(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "ops", "drive", *words],
            check=False,
            cwd=PROJECT,
            env={**up.environment, "DRIVE_URL": up.url, **environment},
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
        )

    assert drive("put", str(source), "ours/large.bin", DRIVE_TOKEN=token).returncode == 0
    got = drive("get", "ours/large.bin", str(tmp_path / "got"), "--token-file", str(file))
    assert got.returncode == 0, got.stderr
    assert (tmp_path / "got").read_bytes() == source.read_bytes()
    refused = drive("ls")
    assert refused.returncode == 5
    assert "401" in refused.stderr
    assert "DRIVE_TOKEN, or by --token-file" in refused.stderr


def test_the_smoke_test_passes_with_the_token(up: LocalCloud, token: str) -> None:
    run = up.smoke(
        "--url",
        up.url,
        "--origin",
        "https://app.example",
        environment={"DRIVE_TOKEN": token},
    )
    assert run.returncode == 0, run.stdout


@pytest.mark.weekly
def test_it_does_what_its_document_says(up: LocalCloud, token: str, tmp_path: Path) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    for name in ("there/file", "kept/file"):
        url = f"{up.url}/files/{name}"
        put = requests.put(url, b"0123456789", headers=headers, timeout=PATIENCE_SECONDS)
        assert put.status_code == 201
    number = hold(
        up.url,
        tmp_path,
        path="there/file",
        directory="kept",
        upload="0" * 32,
        examples=5,
        phases="examples",
        environment={"DRIVE_TOKEN": token},
        cors=True,
    )
    assert number > 20


def test_no_token_is_in_a_template_a_variable_or_a_log(up: LocalCloud, token: str) -> None:
    wrong = secrets.token_urlsafe(36)
    curl("--header", f"Authorization: Bearer {wrong}", f"{up.url}/files/")
    written = [path for path in up.folder.rglob("*") if path.is_file() and "efs" not in path.parts]
    assert [path.name for path in written if path.suffix == ".log"]
    for path in written:
        content = path.read_bytes()
        assert token.encode() not in content, path
        assert wrong.encode() not in content, path
    for function in up.client("lambda").list_functions()["Functions"]:
        assert token not in str(function)


def test_with_its_secret_gone_nobody_comes_in_and_all_is_well_when_it_is_back(
    up: LocalCloud, token: str
) -> None:
    """A change of its variables gives the function a new instance, which never knew a token."""
    client, api = up.client("secretsmanager"), up.client("lambda")
    function = up.outputs["Dev-Service"]["FilesFunctionName"]
    assert status_with(up, token) == 200
    client.delete_secret(SecretId=secret(up), RecoveryWindowInDays=7)
    variables = api.get_function_configuration(FunctionName=function)["Environment"]["Variables"]
    api.update_function_configuration(
        FunctionName=function, Environment={"Variables": variables | {"ANOTHER": "instance"}}
    )
    until(lambda: status_with(up, token) == 503)
    refused = requests.get(
        f"{up.url}/files/",
        headers={"Authorization": f"Bearer {token}"},
        timeout=PATIENCE_SECONDS,
    )
    assert refused.json()["type"] == "urn:lambda-drive:not-configured"
    client.restore_secret(SecretId=secret(up))
    until(lambda: status_with(up, token) == 200)


@pytest.mark.weekly
def test_the_page_asks_for_the_token_and_keeps_it_for_the_session_only(
    up: LocalCloud, token: str, new_page: Callable[..., Page], tmp_path: Path
) -> None:
    """A wrong one is refused; a file larger than one answer comes down as it went up."""
    page = new_page()
    page.goto(f"{up.url}/")
    for given in (secrets.token_urlsafe(36), token):
        page.get_by_role("textbox", name="Token").fill(given)
        page.get_by_role("button", name="Open the drive").click()
        if given != token:
            expect(page.get_by_text("This token is wrong")).to_be_visible()
    expect(page.get_by_role("button", name="New folder").first).to_be_visible()

    content = random.Random(2).randbytes(9 * MIB)
    file = tmp_path / "from a browser.bin"
    file.write_bytes(content)
    page.get_by_role("button", name="Upload", exact=True).click()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("menuitem", name="Upload files").click()
    chooser.value.set_files(file)
    expect(page.get_by_text("Uploaded 1 file").first).to_be_visible()

    page.reload()  # it is the same session
    with page.expect_download() as download:
        page.get_by_role("button", name=f"Actions for {file.name}").click()
        page.get_by_role("menuitem", name="Download").click()
    assert download.value.path().read_bytes() == content

    other = new_page()  # another browser, which knows nothing
    other.goto(f"{up.url}/")
    expect(other.get_by_role("textbox", name="Token")).to_be_visible()
