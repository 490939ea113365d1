"""No test sees the AWS of the machine: CodeBuild offers credentials to whatever runs in it."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from ops.isolation import without_aws

PROJECT = Path(__file__).resolve().parents[2]
KEYS = {
    "AccessKeyId": "ASIAOFTHEMACHINE",
    "SecretAccessKey": "of the machine",
    "Token": "of the machine",
    "Expiration": "2999-01-01T00:00:00Z",
}
PROCESS_KEYS = {"Version": 1, "AccessKeyId": KEYS["AccessKeyId"], "SecretAccessKey": "of it"}
WEB_IDENTITY = (
    "<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials>"
    f"<AccessKeyId>{KEYS['AccessKeyId']}</AccessKeyId><SecretAccessKey>x</SecretAccessKey>"
    "<SessionToken>x</SessionToken><Expiration>2999-01-01T00:00:00Z</Expiration>"
    "</Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>"
)
# Where jsii unpacks the CDK's JavaScript, once for a user: this takes seconds.
JSII_CACHE = Path(".cache/aws/jsii/package-cache")
# Found, and of whom; a process of its own, since botocore looks at its environment as it starts.
LOOK = """
import boto3
session = boto3.Session()
keys = session.get_credentials()
print(keys and keys.get_frozen_credentials().access_key, session.region_name)
"""


class Machine:
    """One that offers credentials in every way there is, and notes who asks for them."""

    def __init__(self, home: Path) -> None:
        self.asked: list[str] = []
        self._home = home
        machine = self

        class Handler(BaseHTTPRequestHandler):
            def do_PUT(self) -> None:  # a token of EC2's metadata
                self._say("a token")

            def do_POST(self) -> None:  # STS
                self.rfile.read(int(self.headers["Content-Length"]))
                self._say(WEB_IDENTITY)

            def do_GET(self) -> None:
                listing = self.path.endswith("/security-credentials/")
                self._say("role" if listing else json.dumps(KEYS | {"Code": "Success"}))

            def _say(self, text: str) -> None:
                machine.asked.append(f"{self.command} {self.path}")
                self.send_response(200)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *_: object) -> None:
                """Keep still."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def offers(self) -> dict[str, dict[str, str]]:
        """The variables of each way, by its name."""
        address = f"http://127.0.0.1:{self._server.server_port}"
        return {
            "variables": {
                "AWS_ACCESS_KEY_ID": KEYS["AccessKeyId"],
                "AWS_SECRET_ACCESS_KEY": "x",
                "AWS_REGION": "eu-west-3",
                "AWS_DEFAULT_REGION": "eu-west-3",
            },
            # CodeBuild has the other variable, which is of one address on the network of its host.
            "a container": {"AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{address}/container"},
            "a web identity": {
                "AWS_ROLE_ARN": "arn:aws:iam::111111111111:role/machine",
                "AWS_WEB_IDENTITY_TOKEN_FILE": self._file("token", "a token"),
                "AWS_ENDPOINT_URL_STS": address,
                "AWS_DEFAULT_REGION": "eu-west-3",
            },
            "EC2's metadata": {"AWS_EC2_METADATA_SERVICE_ENDPOINT": address},
            "files by name": {
                "AWS_CONFIG_FILE": self._file("config", "[profile machine]\nregion = eu-west-3\n"),
                "AWS_SHARED_CREDENTIALS_FILE": self._file(
                    "credentials",
                    f"[machine]\naws_access_key_id = {KEYS['AccessKeyId']}\n"
                    "aws_secret_access_key = x\n",
                ),
                "AWS_PROFILE": "machine",
            },
            "files at home": {
                "HOME": str(
                    Path(
                        self._file(
                            "home/.aws/config", f"[default]\ncredential_process = {self._program}\n"
                        )
                    ).parents[1]
                )
            },
            "boto's file": {
                "BOTO_CONFIG": self._file(
                    "boto.cfg",
                    f"[Credentials]\naws_access_key_id = {KEYS['AccessKeyId']}\n"
                    "aws_secret_access_key = x\n",
                )
            },
        }

    @property
    def everything(self) -> dict[str, str]:
        """All of them at once, but the variables, before which nothing else would be asked."""
        ways = {name: offer for name, offer in self.offers.items() if name != "variables"}
        return {name: value for offer in ways.values() for name, value in offer.items()}

    @property
    def _program(self) -> str:
        """A program that says keys, and notes that it was asked."""
        program = self._file(
            "program",
            f"#!/bin/sh\necho asked >>{self._home / 'program-asked'}\n"
            f"echo '{json.dumps(PROCESS_KEYS)}'\n",
        )
        Path(program).chmod(0o755)
        return program

    def _file(self, name: str, content: str) -> str:
        path = self._home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
        return str(path)

    def was_asked(self) -> bool:
        return bool(self.asked) or (self._home / "program-asked").exists()


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    offering = Machine(tmp_path)
    yield offering
    offering.stop()


def bare() -> dict[str, str]:
    """The environment of these tests without what isolates them."""
    isolating = (*without_aws({}),)
    return {name: value for name, value in os.environ.items() if name not in isolating}


def look(environment: dict[str, str]) -> str:
    """What an SDK finds in an environment: whose keys, and a region."""
    found = subprocess.run(
        [sys.executable, "-c", LOOK], check=True, env=environment, capture_output=True, text=True
    )
    return found.stdout.strip()


WAYS = (
    *("variables", "a container", "a web identity", "EC2's metadata"),
    *("files by name", "files at home", "boto's file"),
)


@pytest.mark.parametrize("way", WAYS)
def test_the_machine_offers_credentials_in_each_way(machine: Machine, way: str) -> None:
    """Or else the next test would prove nothing."""
    assert look(bare() | machine.offers[way]).startswith(KEYS["AccessKeyId"])


def test_no_way_to_credentials_is_left(machine: Machine) -> None:
    assert {*machine.offers} == {*WAYS}
    for environment in (machine.everything, machine.everything | machine.offers["variables"]):
        assert look(without_aws(bare() | environment)) == "None None"
    assert not machine.was_asked()


def test_nothing_is_left_of_what_codebuild_offers() -> None:
    offered = {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/credentials/of-the-build"}
    assert offered.keys().isdisjoint(without_aws(offered))


def test_loopback_needs_no_proxy_and_the_index_keeps_its_own() -> None:
    proxied = {"HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": "index.example"}
    left = without_aws(proxied)
    assert left["HTTPS_PROXY"] == "http://proxy:3128"
    assert left["NO_PROXY"] == left["no_proxy"] == "index.example,127.0.0.1,localhost"


def test_the_cdk_finds_no_account(tmp_path: Path) -> None:
    """Its CLI looks for one whenever it runs an app; the next test runs this where there is one."""
    run_app(tmp_path, dict(os.environ))
    assert (tmp_path / "account").read_text() == "\n"


def test_the_cdk_would_find_an_account(machine: Machine, tmp_path: Path) -> None:
    run_app(tmp_path, bare() | machine.offers["a web identity"])
    assert machine.asked


def run_app(folder: Path, environment: dict[str, str]) -> None:
    """Run the CLI on an app of one stack without a resource, which writes down its account."""
    stack = {
        "type": "aws:cloudformation:stack",
        "environment": "aws://unknown-account/unknown-region",
        "properties": {"templateFile": "template.json"},
    }
    (folder / "manifest.json").write_text(
        json.dumps({"version": "36.0.0", "artifacts": {"Stack": stack}})
    )
    (folder / "template.json").write_text('{"Resources": {}}')
    app = f'cp {folder}/*.json "$CDK_OUTDIR" && echo "$CDK_DEFAULT_ACCOUNT" >{folder}/account'
    subprocess.run(
        [PROJECT / ".venv" / "bin" / "cdk", "list", "--app", app],
        check=True,
        cwd=folder,
        env=environment | {"CDK_HOME": str(folder)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
    )


def test_tests_ask_no_machine_for_credentials(machine: Machine) -> None:
    """Nor does what they start: the tests that speak to AWS's APIs, where everything is offered."""
    tests = (
        "tests/unit/test_http_client.py::test_without_credentials_it_says_what_to_set",
        "tests/unit/test_http_client.py::test_without_a_region_it_says_what_to_set",
        "tests/unit/test_http_client.py::"
        "test_the_region_is_the_one_given_or_the_urls_or_the_environments",
        "tests/unit/test_permission_changes.py",
        "tests/service/test_isolation.py::test_the_cdk_finds_no_account",
        "tests/service/env/test_refusals.py::"
        "test_no_credentials_no_region_and_no_profile_are_wrong_usage",
        "tests/service/client/test_usage.py::test_without_credentials_it_says_what_to_set",
    )
    result = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests],
        check=False,
        cwd=PROJECT,
        # The caches of package managers, and of jsii, are at home, too.
        env={
            "UV_CACHE_DIR": str(Path.home() / ".cache" / "uv"),
            "JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(Path.home() / JSII_CACHE),
        }
        | bare()
        | machine.everything,
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert machine.asked == []
    assert not machine.was_asked()
