"""The drive behind a domain of one's own: the API of the local cloud, which knows it by its Host.

It throttles nobody, writes no access logs, and speaks no TLS here. Signatures and failures are
those of AWS (test_front.py).
"""

import gzip
import re
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
import urllib3.util.connection
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.httpsession import URLLib3Session
from playwright.sync_api import Page, expect

from drive_tools.client.http_client import SignedClient
from ops.local.cloud import SECRET_ACCESS_KEY
from stacks.settings import Domain
from tests.baseline import DEV
from tests.browser.chromium import chromium, new_page, page
from tests.local.assemblies import assembly_of
from tests.local.conftest import TARGET, LocalCloud
from tests.local.drive_ui import drive_ui
from tests.url import path_of

__all__ = ["chromium", "new_page", "page"]  # fixtures

NAME = "drive.example.com"
PAGE = Path(__file__).resolve().parents[2] / "lambda_src/files/page"
# What is there only because of the domain, and does nothing here.
RECORDED = {
    "AWS::ApiGatewayV2::DomainName",
    "AWS::ApiGatewayV2::Stage",
    "AWS::Route53::RecordSet",
}
NAMES = ["plain", "a b", "100%", "%41", "%25", "%2541", "grüße #1", "a+b;c=d", "x/%2F/y"]


def behind(zone: str) -> Path:
    """Dev behind the domain in this zone, as an assembly."""
    certificate = f"arn:aws:acm:{TARGET.region}:{TARGET.account}:certificate/0a1b2c3d"
    domain, page = Domain(NAME, certificate, zone), "https://app.example"
    return assembly_of(replace(DEV, domain=domain, timeout_seconds=30, cors_origins=(page,)))


@pytest.fixture(scope="module", autouse=True)
def up(ready: LocalCloud) -> Iterator[LocalCloud]:
    """Dev, deployed, and then again behind the domain; and a resolver that knows it."""
    cloud = ready
    cloud.deploy()
    before = cloud.url
    zone = cloud.client("route53").create_hosted_zone(Name="example.com", CallerReference="test")
    connect = urllib3.util.connection.create_connection

    def here(address: tuple[str, int], *args: object, **options: object) -> socket.socket:
        host, port = address
        return connect(("127.0.0.1" if host == NAME else host, port), *args, **options)  # type: ignore[arg-type]  # as they were

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(urllib3.util.connection, "create_connection", here)
        printed = cloud.up("--assembly", str(behind(zone["HostedZone"]["Id"].rpartition("/")[2])))
        assert set(re.findall(r"AWS::\w+::\w+", printed)) >= RECORDED
        assert cloud.url == before
        yield cloud


@pytest.fixture(scope="module")
def address(up: LocalCloud) -> str:
    """The domain, on the local cloud's port."""
    running = up.process.running()
    assert running is not None
    return f"http://{NAME}:{running.port}"


@pytest.fixture(scope="module")
def domain(address: str) -> SignedClient:
    """A client of the domain."""
    return SignedClient(address, Credentials(TARGET.account, SECRET_ACCESS_KEY), TARGET.region)


def test_the_domain_answers_signed_calls_only(domain: SignedClient) -> None:
    assert domain.service == "execute-api"
    for path in ("/health", "/files/"):
        assert domain("GET", path).status_code == 200
        refused = domain.unsigned("GET", path)
        assert (refused.status_code, refused.text) == (403, '{"message":"Forbidden"}')


def test_the_page_comes_packed_by_either_door(up: LocalCloud, domain: SignedClient) -> None:
    """As it was built, and to signed calls only, as everything."""
    for path, name in (("/", "index.html"), ("/page/page.js", "page.js")):
        for door in (up.drive, domain):
            answer = door("GET", path, b"", {"Accept-Encoding": "gzip"})
            assert (answer.status_code, answer.headers["Content-Encoding"]) == (200, "gzip")
            assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
            assert gzip.decompress(answer.content) == (PAGE / name).read_bytes()
            assert door.unsigned("GET", path).status_code == 403


@pytest.mark.parametrize("name", NAMES)
def test_a_name_means_the_same_file_by_either_door(
    name: str, up: LocalCloud, domain: SignedClient
) -> None:
    path = f"/files/names/{quote(name)}"
    assert domain("PUT", path, name.encode()).status_code == 201
    assert up.drive("GET", path).content == domain("GET", path).content == name.encode()
    assert domain("HEAD", path).headers["X-File-Size"] == str(len(name.encode()))
    assert (up.disk / "names" / name).read_bytes() == name.encode()
    assert domain("DELETE", path).status_code == 204


def test_an_upload_in_parts_goes_by_the_domain(domain: SignedClient, address: str) -> None:
    tus = {"Tus-Resumable": "1.0.0"}
    made = domain(
        "POST", "/uploads", b"", {**tus, "Upload-Length": "6", "Upload-Metadata": "filename dHVz"}
    )
    assert made.status_code == 201
    assert made.headers["Location"].startswith(f"{address}/uploads/")
    place = path_of(made.headers["Location"])
    for offset, part in (("0", b"abc"), ("3", b"def")):
        headers = {
            **tus,
            "Upload-Offset": offset,
            "Content-Type": "application/offset+octet-stream",
        }
        assert domain("PATCH", place, part, headers).status_code == 204
    assert domain("GET", "/files/tus").content == b"abcdef"


def test_a_page_that_is_named_may_ask_first_without_a_signature(address: str) -> None:
    asks = {
        "Origin": "https://app.example",
        "Access-Control-Request-Method": "PUT",
        "Access-Control-Request-Headers": "authorization,x-amz-date",
    }
    for origin, allowed in (("https://app.example", True), ("https://evil.example", False)):
        for path in ("/files/x", "/uploads"):
            headers = {**asks, "Origin": origin}
            request = AWSRequest("OPTIONS", f"{address}{path}", headers=headers)
            answer = URLLib3Session().send(request.prepare())
            told = answer.headers.get("Access-Control-Allow-Origin")
            assert (answer.status_code, told) == (204, origin if allowed else None)


def test_the_zone_has_both_addresses(up: LocalCloud) -> None:
    client = up.client("route53")
    [zone] = client.list_hosted_zones()["HostedZones"]
    records = client.list_resource_record_sets(HostedZoneId=zone["Id"])["ResourceRecordSets"]
    target = up.outputs["Dev-Service"]["FilesDomainTarget"]
    found = {
        record["Type"]: record["AliasTarget"]["DNSName"].rstrip(".")
        for record in records
        if record["Name"].rstrip(".") == NAME
    }
    assert found == {"A": target, "AAAA": target}


@pytest.fixture(scope="module")
def without_dns(up: LocalCloud) -> str:
    """The form of the API's address that needs no DNS."""
    running = up.process.running()
    assert running is not None
    [api] = up.client("apigatewayv2").get_apis()["Items"]
    return f"http://localhost:{running.port}/_aws/execute-api/{api['ApiId']}/$default"


@pytest.mark.weekly
def test_a_person_sees_the_drive_through_the_domain(
    up: LocalCloud, without_dns: str, page: Page, tmp_path: Path
) -> None:
    with drive_ui(up, without_dns) as link:
        page.goto(link)
        for name, size in (("small 100%.txt", 1), ("large +.bin", 5 * 1024 * 1024)):
            (tmp_path / name).write_bytes(bytes(size))
            page.get_by_role("button", name="Upload", exact=True).click()
            with page.expect_file_chooser() as chooser:
                page.get_by_role("menuitem", name="Upload files").click()
            chooser.value.set_files(tmp_path / name)
            expect(page.get_by_role("row").filter(has_text=name)).to_be_visible()
            assert (up.disk / name).read_bytes() == bytes(size)


def test_the_smoke_test_passes_through_the_api(up: LocalCloud, without_dns: str) -> None:
    result = up.smoke("--url", without_dns, "--origin", "https://app.example")
    assert result.returncode == 0, result.stdout
    assert "7 passed" in result.stdout
    assert up.outputs["Dev-Service"]["FilesDomainUrl"] == f"https://{NAME}/"
