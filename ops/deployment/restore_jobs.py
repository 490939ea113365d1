"""A restore by AWS Backup, and the way of its files into the drive."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from drive_tools.errors import ToolError
from drive_tools.retry import Deadline
from ops.deployment.bootstrap_roles import described_stack

if TYPE_CHECKING:
    import boto3

# The directory of the drive in the file system (stacks/storage.py, whose imports take seconds).
DRIVE_FOLDER = "drive"
_RUNNING = ("PENDING", "RUNNING")
# A janitor's run ends within 15 minutes.
_JANITOR_SECONDS = 960


@dataclass(frozen=True)
class Wait:
    """How often to look, and for how long, in seconds."""

    every: float
    at_most: float


@dataclass(frozen=True, kw_only=True)
class Restored:
    """What came back: where it is in the drive, from when, by which job of AWS Backup.

    `age_seconds` is how old the backup was: what was written since is lost. `seconds` is how long
    this call took.
    """

    directory: str
    skipped: int
    point: str
    made: str
    job: str
    age_seconds: int
    seconds: float


class Restorer:
    """Restores of one stage, with the caller's own credentials.

    They need `cloudformation:DescribeStacks`; of AWS Backup to list recovery points and restore
    jobs, to describe a restore job and its metadata, and to start one; `iam:PassRole` for the role
    of backups; and `lambda:InvokeFunction` on the janitor.
    """

    def __init__(self, aws: "boto3.Session", stage: str) -> None:
        self._aws = aws
        self._backup = aws.client("backup")
        data = self._outputs(f"{stage}-Data")
        self._vault, self._role = data["BackupVaultName"], data["BackupRoleArn"]
        self._file_system = data["FileSystemId"]
        self._janitor = self._outputs(f"{stage}-Service").get("JanitorFunctionName")

    def points(self) -> list[dict[str, Any]]:
        """Return the recovery points that are whole, latest first."""
        pages = self._backup.get_paginator("list_recovery_points_by_backup_vault")
        found = [
            point
            for page in pages.paginate(BackupVaultName=self._vault)
            for point in page["RecoveryPoints"]
            if point["Status"] in {"COMPLETED", "AVAILABLE"}
            and point["ResourceArn"].endswith(f"/{self._file_system}")
        ]
        return [
            {
                "id": point["RecoveryPointArn"].rpartition(":")[2],
                "arn": point["RecoveryPointArn"],
                "made": f"{point['CreationDate'].astimezone():%Y-%m-%d %H:%M:%S%z}",
                "time": point["CreationDate"].timestamp(),
                "bytes": point.get("BackupSizeInBytes", 0),
                "resource": point["ResourceArn"],
            }
            for point in sorted(found, key=lambda each: each["CreationDate"], reverse=True)
        ]

    def restore(
        self, point: dict[str, Any], item: str | None, wait: Wait, say: Callable[[str], None]
    ) -> Restored:
        """Restore from a point, and return where it is.

        It goes on with a restore of the same that an interrupted call began. Raises `ToolError` if
        another is under way, if AWS Backup fails, if nothing came, or if the drive has no room.
        """
        begun = time.monotonic()
        if self._janitor is None:
            raise ToolError(
                "this stage has a function of its own, and no janitor to bring files into its"
                " drive; docs/operations/backups.md says how to restore by hand"
            )
        jobs = self._jobs(point["resource"])
        running = [job for job in jobs if job["Status"] in _RUNNING]
        mine = [job for job in running if self._is(job, point, item)]
        if running and not mine:
            raise ToolError(
                f"another restore is under way, {running[0]['RestoreJobId']}; wait for its end"
            )
        if not running:
            last = next((job for job in jobs if self._is(job, point, item)), None)
            # What an interrupted call, or somebody in the console, left beside the drive.
            left = self._bring_back(wait, say)
            for each in left:
                say(f"an earlier restore is in /{each['directory']}/ now")
            if left and last and last["Status"] == "COMPLETED":
                say(f"the restore {last['RestoreJobId']} had ended already")
                return _restored(left[-1], point, last["RestoreJobId"], begun)
        job = mine[0]["RestoreJobId"] if mine else self._start(point, item)
        say(f"restore job {job} of the backup of {point['made']}")
        self._follow(job, point["resource"], wait, say)
        brought = self._bring_back(wait, say)
        if not brought:
            what = f"no {item!r}" if item else "no file"
            raise ToolError(f"{what} is in the backup of {point['made']}, so nothing came back")
        return _restored(brought[-1], point, job, begun)

    def _jobs(self, resource: str) -> list[dict[str, Any]]:
        """Return the restore jobs of the file system, the latest first."""
        pages = self._backup.get_paginator("list_restore_jobs_by_protected_resource")
        found = [
            dict(job)
            for page in pages.paginate(ResourceArn=resource)
            for job in page["RestoreJobs"]
        ]
        return sorted(found, key=lambda job: job["CreationDate"], reverse=True)

    def _is(self, job: dict[str, Any], point: dict[str, Any], item: str | None) -> bool:
        """Say whether a job restores the same."""
        if job["RecoveryPointArn"] != point["arn"]:
            return False
        known = self._backup.get_restore_job_metadata(RestoreJobId=job["RestoreJobId"])
        items = known["Metadata"].get("ItemsToRestore")
        return bool(items == _items(item))

    def _start(self, point: dict[str, Any], item: str | None) -> str:
        # https://docs.aws.amazon.com/aws-backup/latest/devguide/API_StartRestoreJob.html
        metadata = {
            "file-system-id": self._file_system,
            "newFileSystem": "false",
            "Encrypted": "true",
            "PerformanceMode": "generalPurpose",
            "CreationToken": str(uuid4()),
        }
        if items := _items(item):
            metadata["ItemsToRestore"] = items
        started = self._backup.start_restore_job(
            RecoveryPointArn=point["arn"],
            IamRoleArn=self._role,
            ResourceType="EFS",
            Metadata=metadata,
        )
        return str(started["RestoreJobId"])

    def _follow(self, job: str, resource: str, wait: Wait, say: Callable[[str], None]) -> None:
        """Wait for the end of a job, and of those that others began meanwhile.

        The janitor moves whatever is there, and must move nothing that AWS Backup still writes.
        """
        deadline, said = Deadline(wait.at_most), ""
        while True:
            found = self._backup.describe_restore_job(RestoreJobId=job)
            line = f"{found['Status'].lower()}, {found.get('PercentDone', '0.00%')}"
            if found["Status"] == "COMPLETED":
                others = [
                    each["RestoreJobId"]
                    for each in self._jobs(resource)
                    if each["Status"] in _RUNNING and each["RestoreJobId"] != job
                ]
                if not others:
                    say(line)
                    return
                line = f"{line}; waiting for the end of another restore, {others[0]}"
            elif found["Status"] not in _RUNNING:
                why = found.get("StatusMessage", "AWS Backup gives no reason")
                raise ToolError(f"restore job {job} is {found['Status']}: {why}")
            if line != said:
                say(line)
                said = line
            if deadline.over:
                raise ToolError(
                    f"restore job {job} is not done after {wait.at_most / 60:.0f} min; run the same"
                    " command again to go on with it"
                )
            time.sleep(wait.every)

    def _bring_back(self, wait: Wait, say: Callable[[str], None]) -> list[dict[str, Any]]:
        """Have the janitor move what AWS Backup restored into the drive; return what it moved."""
        answer = self._of_janitor(wait, say)
        told = json.loads(answer["Payload"].read())
        if "FunctionError" in answer:
            raise ToolError(
                f"the janitor failed: {told.get('errorMessage', told)}; run the same command again"
            )
        if "recovered" not in told:
            raise ToolError(
                "the janitor is of an older deployment, which brings nothing back; deploy, and run"
                " the same command again"
            )
        recovered: list[dict[str, Any]] = told["recovered"]
        for each in recovered:
            if each["missing_bytes"]:
                raise ToolError(
                    f"the drive is full: {each['missing_bytes']} bytes more are needed. Raise"
                    " max_drive_bytes or delete files, and run the same command again"
                )
        return recovered

    def _of_janitor(self, wait: Wait, say: Callable[[str], None]) -> dict[str, Any]:
        """Call the janitor when it is free: it may have one instance, which its schedule uses."""
        from botocore.config import Config  # noqa: PLC0415 - with the session
        from botocore.exceptions import ClientError  # noqa: PLC0415 - with the session

        # Once: a call that is cut off is still at work, and a second one is refused.
        patient = Config(read_timeout=_JANITOR_SECONDS, retries={"total_max_attempts": 1})
        functions = self._aws.client("lambda", config=patient)
        deadline, said = Deadline(_JANITOR_SECONDS), False
        while True:
            try:
                answer: dict[str, Any] = functions.invoke(
                    FunctionName=str(self._janitor), Payload=json.dumps({"bring_back": True})
                )
            except ClientError as error:
                if error.response["Error"]["Code"] != "TooManyRequestsException":
                    raise
                if deadline.over:
                    raise ToolError(
                        "the janitor is still at work; run the same command again later"
                    ) from error
            else:
                return answer
            if not said:
                say("waiting for the end of a run of the janitor")
                said = True
            time.sleep(wait.every)

    def _outputs(self, name: str) -> dict[str, str]:
        found = described_stack(self._aws.client("cloudformation"), name)
        if found is None:
            raise ToolError(f"{name} is not deployed")
        outputs = {each["OutputKey"]: each["OutputValue"] for each in found.get("Outputs", [])}
        if "FileSystemId" in outputs and "BackupVaultName" not in outputs:
            raise ToolError(f"{name} was deployed before it had backups; deploy it again first")
        return outputs


def _restored(brought: dict[str, Any], point: dict[str, Any], job: str, begun: float) -> Restored:
    return Restored(
        directory=brought["directory"],
        skipped=brought["skipped"],
        point=point["arn"],
        made=point["made"],
        job=job,
        age_seconds=round(time.time() - point["time"]),
        seconds=round(time.monotonic() - begun, 1),
    )


def _items(item: str | None) -> str | None:
    return None if item is None else json.dumps([f"/{DRIVE_FOLDER}/{item}"])
