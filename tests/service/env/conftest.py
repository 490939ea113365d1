"""A person, and Lambda's own HTTP behind a real port for that person."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from drive_tools.environment import aws
from tests.fake_lambda import FakeLambda, fake_lambda
from tests.service.env.person import KEPT, LOADER, OLD, TAGGED, Person


@pytest.fixture
def person(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Person:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "local")
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr(aws, "_FIRST_DELAY_SECONDS", 0.002)
    monkeypatch.setattr(aws, "_LONGEST_DELAY_SECONDS", 0.02)
    # Reading the descriptions of services anew is most of a run's time.
    monkeypatch.setattr("botocore.session.create_loader", LOADER)
    monkeypatch.chdir(tmp_path)
    return Person(tmp_path, capfd, monkeypatch)


@pytest.fixture
def cloud(person: Person, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeLambda]:
    with fake_lambda() as cloud:
        monkeypatch.setenv("AWS_ENDPOINT_URL", cloud.url)
        cloud.variables = dict(OLD)
        yield cloud


@pytest.fixture
def tagged(cloud: FakeLambda) -> FakeLambda:
    cloud.tags, cloud.parameters = dict(TAGGED), dict(KEPT)
    return cloud


@pytest.fixture
def assembly(person: Person) -> Callable[..., Path]:
    def write(variables: dict[str, object], **more: dict[str, object]) -> Path:
        folder = person.folder / "cdk.out" / "assembly-Dev"
        folder.mkdir(parents=True, exist_ok=True)
        (folder.parent / "manifest.json").write_text('{"artifacts": {"a": {"type": "cdk:tree"}}}')
        manifest = {
            "artifacts": {
                "x": {
                    "type": "aws:cloudformation:stack",
                    "properties": {"templateFile": "x.json", "stackName": "Dev-Service"},
                }
            }
        }
        (folder / "manifest.json").write_text(json.dumps(manifest))
        function = {
            "Type": "AWS::Lambda::Function",
            "Properties": {"Environment": {"Variables": variables}},
            "Metadata": {"aws:cdk:path": "Dev/Service/Files/Function/Resource"},
        }
        resources = {"FilesFunction1": function, "Role": {"Type": "AWS::IAM::Role"}, **more}
        (folder / "x.json").write_text(json.dumps({"Resources": resources}))
        return folder.parent

    return write
