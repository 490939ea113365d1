"""Approvals are given for the execution that was looked at; questions are answered by people."""

import io
import json
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import boto3
import pytest
from botocore.stub import ANY, Stubber

from ops.__main__ import main
from ops.deployment import bootstrap_roles, pipeline_approval
from ops.pipeline_walk.approval_server import ApprovalServer
from ops.review import sources
from ops.review.report import digest, review
from stacks.shipping import sentences
from tests.unit.told import telling

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
        "displayName": "Dev/Data",
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


def digest_of(assembly: Path) -> str:
    """Return the digest of the review that the command line shows, of the whole assembly."""
    with sources.versions("deployed", str(assembly), print, "Dev") as both:
        return digest(review(*both))


def approve(assembly: Path, execution: str, approval: str = "Pipeline/Dev/Look") -> int:
    return look(assembly, "--approve", approval, "--execution", execution)


def test_the_approval_of_this_execution_is_given(assembly: Path, pipeline: ApprovalServer) -> None:
    assert approve(assembly, EXECUTION) == 0
    [given] = pipeline.given.values()
    assert given == (
        "Approved: no permission is broadened, no port is opened;"
        f" digest: {digest_of(assembly)}; review: Dev: Dev-Data is new: 0 resources. (1 more)"
    )


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
    assert f"\ndigest: {digest_of(assembly)}\n" in text
    assert "\nreview: Dev: sg-1 may now be reached on every tcp port from any" in text
    assert "newer commits wait before Dev" in text


def test_an_approval_that_was_not_found_is_told_as_well(
    assembly: Path, pipeline: ApprovalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with telling(monkeypatch) as told:
        options = ("--approve", "Pipeline/Dev/Look", "--execution", ANOTHER, "--tell", TOPIC)
        assert look(assembly, *options) == 0
    assert pipeline.given == {}
    [message] = told.messages
    assert "the look did not find the approval to give" in message["Message"][0]
    assert "Nothing would be permitted that is not permitted now." in message["Message"][0]


@pytest.fixture
def looked_at(assembly: Path, pipeline: ApprovalServer) -> tuple[Path, ApprovalServer]:
    """What is looked at, and what waits for that."""
    return assembly, pipeline


QUEUE = {"Type": "AWS::SQS::Queue", "Properties": {"VisibilityTimeout": 7}}


@pytest.mark.parametrize(
    ("rule", "after", "given"),
    [
        ("nothing-broader", {"Q": QUEUE}, "no permission is broadened, no port is opened"),
        ("nothing-broader", {}, "no permission is broadened, no port is opened"),
        ("nothing-broader", {"Q": QUEUE, "Rule": RULE}, None),
        ("no-change", {"Q": QUEUE | {"Metadata": {"a": "b"}}}, "nothing changed in meaning"),
        ("no-change", {}, None),
        ("no-change", {"Q": QUEUE, "Rule": RULE}, None),
        ("never", {"Q": QUEUE}, None),
    ],
)
def test_the_setting_says_what_is_given_by_itself(
    rule: str,
    after: dict[str, object],
    given: str | None,
    looked_at: tuple[Path, ApprovalServer],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Who must agree otherwise is told the verdict, also where nothing is broader."""
    assembly, pipeline = looked_at
    before = {"Resources": {"Q": QUEUE}}
    monkeypatch.setattr(bootstrap_roles, "deployed_template", lambda _: before)
    write(assembly / "assembly-Dev", {"Resources": after})
    with telling(monkeypatch) as told:
        options = ("--approve", "Pipeline/Dev/Look", "--execution", EXECUTION, "--tell", TOPIC)
        assert look(assembly, *options, "--self-approval", rule) == 0
    assert [each.split(";")[0] for each in pipeline.given.values()] == (
        [f"Approved: {given}"] if given else []
    )
    assert len(told.messages) == (0 if given else 1)
    for message in told.messages:
        assert "\nreview: " in message["Message"][0]


def test_the_page_of_the_review_is_where_the_message_says(
    assembly: Path, pipeline: ApprovalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That very version, of the bucket's many."""
    write(assembly / "assembly-Dev", {"Resources": {"Rule": RULE}})
    client, real = boto3.client("s3"), boto3.client
    options = ("--approve", "Pipeline/Dev/Look", "--execution", EXECUTION, "--tell", TOPIC)
    with Stubber(client) as stubbed, telling(monkeypatch) as told:
        monkeypatch.setattr(boto3, "client", lambda name: client if name == "s3" else real(name))
        page = {"Bucket": "b", "Key": "reviews/Dev.html", "Body": ANY}
        page["ContentType"] = "text/html; charset=utf-8"
        stubbed.add_response("put_object", {"VersionId": "v1"}, page)
        assert look(assembly, *options, "--page", "s3://b/reviews/Dev.html") == 0
        stubbed.add_client_error("put_object", "AccessDenied")
        assert look(assembly, *options, "--page", "s3://b/reviews/Dev.html") == 1
    assert pipeline.given == {}
    [message] = told.messages
    assert (
        "\npage: https://eu-west-1.console.aws.amazon.com/s3/object/b"
        "?region=eu-west-1&prefix=reviews%2FDev.html&versionId=v1\n"
    ) in message["Message"][0]


def test_a_page_has_a_bucket_and_a_key(capsys: pytest.CaptureFixture[str]) -> None:
    for place in ("b/key", "s3://b", "s3:///key", "s3://b/"):
        with pytest.raises(SystemExit):
            main(["permissions", "Dev", "--page", place])
        assert f"a page is put at s3://BUCKET/KEY, got {place!r}" in capsys.readouterr().err


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
