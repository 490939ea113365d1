"""Approvals are given for the execution that was looked at; questions are answered by people."""

import io
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import boto3
import pytest
from botocore.stub import Stubber

from ops.__main__ import main
from ops.deployment import bootstrap_roles, pipeline_approval
from ops.pipeline_walk.approval_server import ApprovalServer
from stacks.shipping import sentences

EXECUTION = "11111111-2222-4333-8444-555555555555"
ANOTHER = "66666666-7777-4888-9999-000000000000"
RULE = {
    "Type": "AWS::EC2::SecurityGroupIngress",
    "Properties": {"GroupId": "sg-1", "IpProtocol": "tcp", "CidrIp": "0.0.0.0/0"},
}


@pytest.fixture
def pipeline(monkeypatch: pytest.MonkeyPatch) -> Iterator[ApprovalServer]:
    """A pipeline in which Dev waits for an approval, in one execution."""
    waits = ApprovalServer(EXECUTION, waiting={"Dev/Look"})
    monkeypatch.setattr(pipeline_approval, "_TOKEN_SECONDS", 0)
    monkeypatch.setattr(pipeline_approval, "_PAUSE_SECONDS", 0)
    with waits.served() as address:
        monkeypatch.setenv("AWS_ENDPOINT_URL_CODEPIPELINE", address)
        for name, value in {
            "AWS_ACCESS_KEY_ID": "000000000000",
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_DEFAULT_REGION": "eu-west-1",
        }.items():
            monkeypatch.setenv(name, value)
        yield waits


@pytest.fixture
def assembly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stage of one stack; nothing of it is deployed."""
    monkeypatch.setattr(bootstrap_roles, "deployed_template", lambda _: None)
    folder = tmp_path / "assembly-Dev"
    folder.mkdir()
    write(folder, {"Resources": {}})
    stack = {
        "type": "aws:cloudformation:stack",
        "environment": "aws://unknown-account/unknown-region",
        "properties": {"stackName": "Dev-Data", "templateFile": "template.json"},
    }
    (folder / "manifest.json").write_text(json.dumps({"artifacts": {"Data": stack}}))
    stage = {
        "type": "cdk:cloud-assembly",
        "properties": {"directoryName": folder.name, "displayName": "Dev"},
    }
    (tmp_path / "manifest.json").write_text(json.dumps({"artifacts": {"Dev": stage}}))
    return tmp_path


def write(folder: Path, template: dict[str, object]) -> None:
    (folder / "template.json").write_text(json.dumps(template))


def look(assembly: Path, *options: str) -> int:
    return main(["permissions", "Dev", "--assembly", str(assembly), *options])


def approve(assembly: Path, execution: str, approval: str = "Pipeline/Dev/Look") -> int:
    return look(assembly, "--approve", approval, "--execution", execution)


def test_the_approval_of_this_execution_is_given(assembly: Path, pipeline: ApprovalServer) -> None:
    assert approve(assembly, EXECUTION) == 0
    assert pipeline.given == {"Dev/Look": "Approved: no permission is broadened, no port is opened"}


@pytest.mark.parametrize(
    ("execution", "approval"),
    [(ANOTHER, "Pipeline/Dev/Look"), (EXECUTION, "Pipeline/Dev/Other"), (EXECUTION, "P/Prod/Look")],
)
def test_any_other_is_left_to_a_person(
    execution: str,
    approval: str,
    assembly: Path,
    pipeline: ApprovalServer,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert approve(assembly, execution, approval) == 0
    assert f"{approval} waits for a person: not found in {execution}" in capsys.readouterr().out
    assert pipeline.given == {}


@pytest.mark.parametrize(
    "code", ["ApprovalAlreadyCompletedException", "InvalidApprovalTokenException"]
)
def test_an_approval_that_a_person_gave_meanwhile_fails_nothing(
    code: str,
    assembly: Path,
    pipeline: ApprovalServer,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """AWS refuses a second answer; botocore's own stub says so as AWS does."""
    client = boto3.client("codepipeline")
    with Stubber(client) as stubbed:
        waiting = pipeline.answer("GetPipelineState", {})
        stubbed.add_response("get_pipeline_state", waiting)
        stubbed.add_client_error("put_approval_result", code)
        monkeypatch.setattr(boto3, "client", lambda _: client)
        assert approve(assembly, EXECUTION) == 0
    assert "Pipeline/Dev/Look has its answer already" in capsys.readouterr().out


def test_an_approval_that_does_not_wait_is_left_alone(
    assembly: Path,
    pipeline: ApprovalServer,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Its last answer may be of an execution before this one."""
    state = pipeline.answer("GetPipelineState", {})
    text = json.dumps(state).replace("InProgress", "Succeeded")
    monkeypatch.setattr(pipeline, "answer", lambda *_: json.loads(text))
    assert approve(assembly, EXECUTION) == 0
    assert f"waits for a person: not found in {EXECUTION}" in capsys.readouterr().out


def test_what_is_broadened_is_never_approved(assembly: Path, pipeline: ApprovalServer) -> None:
    write(assembly / "assembly-Dev", {"Resources": {"Rule": RULE}})
    assert approve(assembly, EXECUTION) == 0
    assert pipeline.given == {}


class Told:
    """An SNS that takes what is published, or refuses it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, status: int) -> None:
        self.messages: list[dict[str, list[str]]] = []
        told = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                told.messages.append(parse_qs(body))
                said = "PublishResponse><PublishResult/></PublishResponse"
                answer = f"<{said if status == HTTPStatus.OK else 'ErrorResponse/'}>".encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: object) -> None:
                """Keep still."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        monkeypatch.setenv("AWS_ENDPOINT_URL_SNS", f"http://127.0.0.1:{self.server.server_port}")


@contextmanager
def telling(monkeypatch: pytest.MonkeyPatch, status: int = HTTPStatus.OK) -> Iterator[Told]:
    told = Told(monkeypatch, status)
    try:
        yield told
    finally:
        told.server.shutdown()
        told.server.server_close()


TOPIC = "arn:aws:sns:eu-west-1:000000000000:approvals"


def test_who_is_to_look_is_told_at_what(
    assembly: Path, pipeline: ApprovalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(assembly / "assembly-Dev", {"Resources": {"Rule": RULE}})
    with telling(monkeypatch) as told:
        options = ("--approve", "Pipeline/Dev/Look", "--execution", EXECUTION, "--tell", TOPIC)
        assert look(assembly, *options) == 0
    assert pipeline.given == {}
    [message] = told.messages
    assert message["TopicArn"] == [TOPIC]
    assert message["Subject"] == ["Look of Dev waits"]
    [text] = message["Message"]
    assert "The pipeline Pipeline waits for a person to give or reject Look of Dev." in text
    assert sentences.PERMISSIONS in text
    assert "sg-1 may now be reached on every tcp port from anywhere in the world" in text
    assert "newer commits wait before Dev" in text


def test_an_approval_that_was_not_found_is_told_as_well(
    assembly: Path, pipeline: ApprovalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with telling(monkeypatch) as told:
        options = ("--approve", "Pipeline/Dev/Look", "--execution", ANOTHER, "--tell", TOPIC)
        assert look(assembly, *options) == 0
    assert pipeline.given == {}
    assert len(told.messages) == 1


def test_nobody_is_told_of_what_is_given_by_itself(
    assembly: Path, pipeline: ApprovalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with telling(monkeypatch) as told:
        options = ("--approve", "Pipeline/Dev/Look", "--execution", EXECUTION, "--tell", TOPIC)
        assert look(assembly, *options) == 0
    assert list(pipeline.given) == ["Dev/Look"]
    assert told.messages == []


def test_a_look_that_cannot_tell_fails_and_says_so(
    assembly: Path,
    pipeline: ApprovalServer,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Or the approval would wait unseen, until it fails after a week."""
    write(assembly / "assembly-Dev", {"Resources": {"Rule": RULE}})
    with telling(monkeypatch, HTTPStatus.FORBIDDEN):
        options = ("--approve", "Pipeline/Dev/Look", "--execution", EXECUTION, "--tell", TOPIC)
        assert look(assembly, *options) == 1
    assert f"cannot tell {TOPIC} that Pipeline/Dev/Look waits: " in capsys.readouterr().err
    assert pipeline.given == {}


def test_an_approval_has_three_parts(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["permissions", "Dev", "--approve", "Pipeline/Look"])
    assert caught.value.code == 2
    assert "an approval is PIPELINE/STAGE/ACTION, got 'Pipeline/Look'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("y\n", ""),
        ("YES\n", ""),
        ("n\n", "permissions: Dev was not deployed"),
        ("\n", "permissions: Dev was not deployed"),
        ("", "permissions: nobody answers; with YES=1 make deploy does not ask"),
    ],
)
def test_a_person_agrees_or_nothing_is_deployed(
    answer: str,
    said: str,
    assembly: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    write(assembly / "assembly-Dev", {"Resources": {"Rule": RULE}})
    monkeypatch.setattr("sys.stdin", io.StringIO(answer))
    assert look(assembly, "--ask") == (1 if said else 0)
    printed = capsys.readouterr()
    assert "sg-1 may now be reached on every tcp port from anywhere in the world" in printed.out
    assert printed.err.strip() == said


def test_nobody_is_asked_about_nothing(assembly: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    assert look(assembly, "--ask") == 0


def test_scripts_read_what_is_broadened(assembly: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(assembly / "assembly-Dev", {"Resources": {"Rule": RULE}})
    assert look(assembly, "--json") == 0
    assert json.loads(capsys.readouterr().out) == [
        {
            "topic": "network",
            "weight": "stop",
            "sentence": "sg-1 may now be reached on every tcp port from anywhere in the world",
            "path": "Dev-Data/Rule",
            "stack": "Dev-Data",
            "logical_id": "Rule",
            "line": None,
            "details": [],
        }
    ]
