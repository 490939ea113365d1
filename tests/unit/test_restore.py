"""Files from a backup: what the command makes of the answers of AWS."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from unittest.mock import MagicMock

import pytest
from botocore.exceptions import ClientError
from botocore.session import Session
from botocore.stub import Stubber

from drive_tools.errors import ToolError, UsageError
from ops.__main__ import main
from ops.deployment import restore_jobs
from ops.deployment.restore import chosen, path_of
from ops.deployment.restore_jobs import Restored, Restorer, Wait

POINT = "arn:aws:backup:eu-west-1:123456789012:recovery-point:1EB3B5E7-9EB0-435A-A80B-108B488B0D45"
FILES = "arn:aws:elasticfilesystem:eu-west-1:123456789012:file-system/fs-1"
ROLE = "arn:aws:iam::123456789012:role/backups"
MADE = datetime(2026, 11, 26, 5, tzinfo=UTC)
WAIT = Wait(every=0, at_most=60)
ITEMS = '["/drive/a.txt"]'


class Aws:
    """A session of AWS: its answers, and what AWS Backup and the janitor were asked."""

    def __init__(
        self,
        *states: str,
        jobs: list[dict[str, Any]] | None = None,
        moved: list[list[dict[str, Any]]] | None = None,
        message: str | None = None,
    ) -> None:
        self.states = [{"Status": state, "PercentDone": "1.00%"} for state in states]
        if message:
            self.states[-1]["StatusMessage"] = message
        self.jobs = [] if jobs is None else jobs
        self.moved = moved if moved is not None else [[], [brought()]]
        self.started: list[dict[str, Any]] = []
        self.refused: list[str] = []
        self.outputs = {
            "Dev-Data": {"BackupVaultName": "v", "BackupRoleArn": ROLE, "FileSystemId": "fs-1"},
            "Dev-Service": {"JanitorFunctionName": "janitor"},
        }

    def client(self, service: str, **_: object) -> MagicMock:
        """A client with the methods that the command calls."""
        client = MagicMock()
        if service == "cloudformation":
            client.describe_stacks.side_effect = lambda **asked: {
                "Stacks": [
                    {
                        "Outputs": [
                            {"OutputKey": key, "OutputValue": value}
                            for key, value in self.outputs[asked["StackName"]].items()
                        ]
                    }
                ]
            }
        elif service == "lambda":
            client.invoke.side_effect = self._invoke
        else:
            pages = {
                "list_recovery_points_by_backup_vault": {"RecoveryPoints": points()},
                "list_restore_jobs_by_protected_resource": {"RestoreJobs": self.jobs},
            }
            client.get_paginator.side_effect = lambda name: MagicMock(
                paginate=lambda **_: [pages[name]]
            )
            client.start_restore_job.side_effect = self._start
            client.describe_restore_job.side_effect = lambda **_: self.states.pop(0)
            client.get_restore_job_metadata.side_effect = lambda **asked: {
                "Metadata": next(
                    job["metadata"]
                    for job in self.jobs
                    if job["RestoreJobId"] == asked["RestoreJobId"]
                )
            }
        return client

    def _invoke(self, **_: object) -> dict[str, BytesIO]:
        if self.refused:
            raise ClientError({"Error": {"Code": self.refused.pop()}}, "Invoke")
        return {"Payload": BytesIO(json.dumps({"recovered": self.moved.pop(0)}).encode())}

    def _start(self, **asked: Any) -> dict[str, str]:  # noqa: ANN401 - JSON
        self.started.append(asked)
        return {"RestoreJobId": "new"}


def points() -> list[dict[str, Any]]:
    """Three recovery points, the one in the middle of another file system."""
    return [
        {
            "RecoveryPointArn": arn,
            "Status": status,
            "ResourceArn": resource,
            "CreationDate": MADE.replace(day=day),
            "BackupSizeInBytes": 10,
        }
        for arn, status, resource, day in (
            (f"{POINT}0", "COMPLETED", FILES, 25),
            (f"{POINT}1", "COMPLETED", f"{FILES}0", 27),
            (f"{POINT}2", "PARTIAL", FILES, 27),
            (POINT, "COMPLETED", FILES, 26),
        )
    ]


def brought(**changed: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    return {"directory": "restored/t", "names": 1, "skipped": 0, "missing_bytes": 0} | changed


def job(name: str, status: str, items: str | None = ITEMS, point: str = POINT) -> dict[str, Any]:
    return {
        "RestoreJobId": name,
        "Status": status,
        "RecoveryPointArn": point,
        "CreationDate": MADE,
        "metadata": {"file-system-id": "fs-1"} | ({"ItemsToRestore": items} if items else {}),
    }


def restore(aws: Aws, item: str | None = "a.txt", wait: Wait = WAIT) -> Restored:
    restorer = Restorer(aws, "Dev")  # type: ignore[arg-type]
    return restorer.restore(chosen(restorer.points(), "latest"), item, wait, lambda _: None)


def test_the_points_of_this_drive_that_are_whole_are_listed_latest_first() -> None:
    found = Restorer(Aws(), "Dev").points()  # type: ignore[arg-type]
    assert [each["arn"] for each in found] == [POINT, f"{POINT}0"]
    assert found[0]["id"] == "1EB3B5E7-9EB0-435A-A80B-108B488B0D45"
    assert chosen(found, found[1]["id"]) == chosen(found, found[1]["arn"]) == found[1]
    with pytest.raises(ToolError, match="there is no recovery point 'x'; without --point"):
        chosen(found, "x")
    with pytest.raises(ToolError, match="no backup to restore from yet"):
        chosen([], "latest")


@pytest.mark.parametrize("item", ["a.txt", None])
def test_a_restore_asks_for_what_aws_backup_takes(item: str | None) -> None:
    aws = Aws("PENDING", "RUNNING", "COMPLETED")
    found = restore(aws, item)
    assert (found.directory, found.point, found.job) == ("restored/t", POINT, "new")
    [asked] = aws.started
    metadata = dict(asked["Metadata"])
    assert metadata.pop("CreationToken")
    wanted = {
        "file-system-id": "fs-1",
        "newFileSystem": "false",
        "Encrypted": "true",
        "PerformanceMode": "generalPurpose",
    }
    assert metadata == wanted | ({"ItemsToRestore": ITEMS} if item else {})
    assert (asked["IamRoleArn"], asked["RecoveryPointArn"]) == (ROLE, POINT)
    client: Any = Session().create_client(
        "backup", region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="x"
    )
    with Stubber(client) as stub:  # which checks it against AWS's model
        stub.add_response("start_restore_job", {"RestoreJobId": "new"}, asked)
        client.start_restore_job(**asked)


def test_a_restore_of_the_same_that_runs_is_followed_and_none_is_started() -> None:
    aws = Aws("COMPLETED", jobs=[job("old", "RUNNING")], moved=[[brought()]])
    assert restore(aws).job == "old"
    assert aws.started == []


@pytest.mark.parametrize(
    "other", [job("x", "RUNNING", None), job("x", "PENDING", point=f"{POINT}0")], ids=["all", "old"]
)
def test_another_restore_that_runs_is_waited_for(other: dict[str, Any]) -> None:
    aws = Aws(jobs=[other])
    with pytest.raises(ToolError, match="another restore is under way, x; wait for its end"):
        restore(aws)
    assert aws.started == []


def test_nothing_is_moved_while_a_restore_that_began_meanwhile_writes() -> None:
    aws = Aws("COMPLETED", "COMPLETED", "COMPLETED")
    restorer = Restorer(aws, "Dev")  # type: ignore[arg-type]
    said: list[str] = []

    def say(line: str) -> None:
        said.append(line)
        if line.startswith("restore job new"):
            aws.jobs.append(job("other", "RUNNING", None))
        elif "another restore, other" in line:
            assert len(aws.moved) == 1, "of two: what was left before, and what came"
            aws.jobs.clear()

    point = chosen(restorer.points(), "latest")
    assert restorer.restore(point, "a.txt", WAIT, say).directory == "restored/t"
    assert [line.split(";")[0] for line in said[1:]] == ["completed, 1.00%"] * 2
    assert said[1].endswith("waiting for the end of another restore, other")


def test_one_that_ended_while_nobody_looked_is_brought_back() -> None:
    aws = Aws(jobs=[job("old", "COMPLETED")], moved=[[brought()]])
    assert restore(aws).job == "old"
    assert aws.started == []


def test_what_another_restore_left_comes_first_and_is_not_taken_for_this_one() -> None:
    aws = Aws(
        "COMPLETED",
        jobs=[job("old", "COMPLETED", None)],
        moved=[[brought(directory="restored/earlier")], [brought()]],
    )
    assert restore(aws).directory == "restored/t"
    assert len(aws.started) == 1


def failing(**changed: Any) -> Callable[[], Aws]:  # noqa: ANN401 - JSON
    return lambda: Aws(
        changed.pop("state", "COMPLETED"), moved=changed.pop("moved", None), **changed
    )


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (failing(state="FAILED", message="no, says AWS"), "job new is FAILED: no, says AWS"),
        (failing(state="ABORTED"), "job new is ABORTED: AWS Backup gives no reason"),
        (failing(moved=[[], []]), r"no 'a.txt' is in the backup of 20.*, so nothing came back"),
        (
            failing(moved=[[], [brought(missing_bytes=11)]]),
            "the drive is full: 11 bytes more are needed. Raise max_drive_bytes or delete files",
        ),
    ],
    ids=["failed", "aborted", "not there", "full"],
)
def test_what_fails_says_why(make: Callable[[], Aws], said: str) -> None:
    with pytest.raises(ToolError, match=said):
        restore(make())


def test_a_restore_that_takes_too_long_says_how_to_go_on() -> None:
    with pytest.raises(ToolError, match="job new is not done after 0 min; run the same command"):
        restore(Aws("RUNNING"), wait=Wait(0, 0))


def test_a_janitor_that_is_at_work_is_waited_for() -> None:
    """It has one instance, which its schedule may have at that moment."""
    aws = Aws("COMPLETED")
    aws.refused = ["TooManyRequestsException"] * 3
    assert restore(aws).directory == "restored/t"
    aws = Aws("COMPLETED")
    aws.refused = ["AccessDeniedException"]
    with pytest.raises(ClientError, match="AccessDeniedException"):
        restore(aws)


def test_a_janitor_that_stays_at_work_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(restore_jobs, "_JANITOR_SECONDS", 0)
    aws = Aws("COMPLETED")
    aws.refused = ["TooManyRequestsException"]
    with pytest.raises(ToolError, match="the janitor is still at work; run the same command again"):
        restore(aws)


def test_a_stage_that_cannot_restore_is_told_what_to_do() -> None:
    aws = Aws()
    aws.outputs["Dev-Service"] = {}
    with pytest.raises(ToolError, match="has a function of its own, and no janitor"):
        restore(aws)
    del aws.outputs["Dev-Data"]["BackupVaultName"]
    with pytest.raises(ToolError, match="Dev-Data was deployed before it had backups"):
        Restorer(aws, "Dev")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "item", ["", "/", "a//b", "../a", "a/../b", ".", "*.txt", ".drive-trash/x", "\udcff"]
)
def test_an_item_is_one_path_of_the_drive(item: str) -> None:
    with pytest.raises(UsageError, match="--item must be "):
        path_of(item)
    assert path_of("/photos/2024/") == "photos/2024"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--point", ""), "--point must be a recovery point or 'latest', got ''"),
        (("--every", "1e300"), "a time is a number from 0 on, at most 100,000,000, got '1e300'"),
        (("--at-most", "nan"), "a time is a number from 0 on, got 'nan'"),
    ],
)
def test_a_bad_option_is_refused_before_aws_is_asked(
    words: tuple[str, str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        code = main(["restore", "Dev", *words])
    except SystemExit as end:
        code = int(end.code or 0)
    assert code == 2
    assert said in capsys.readouterr().err
