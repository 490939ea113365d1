"""AWS Backup of file systems: a backup is a copy of their files, and a restore brings them back.

MiniStack has vaults, plans and selections, and jobs that do nothing. Plans do not run by
themselves here. A job goes on when somebody looks at it: it is RUNNING at first, then COMPLETED.
What AWS refuses is in `rules.backups`.
"""

import json
import os
import shutil
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from uuid import uuid4

from ministack.core.responses import get_account_id, get_region
from ministack.services import backup, efs
from ministack.services.cloudformation import provisioners

from ops.local import callers
from ops.local.disk_folders import DiskFolders
from ops.local.rules import backups
from ops.local.rules.roles import ServiceRefusal

Answer = tuple[int, dict[str, str], bytes]
Record = dict[str, Any]


@dataclass
class _Point:
    shown: Record
    folder: Path


@dataclass
class _Job:
    shown: Record
    run: Callable[["_Job"], None]
    state: str  # the member that has it: of a backup it has another name than of a restore
    metadata: dict[str, str] = field(default_factory=dict)

    def look(self) -> Record:
        """Return it as it was until now, and let it go on."""
        shown = dict(self.shown)
        if self.shown[self.state] == "PENDING":
            self.shown[self.state] = "RUNNING"
        elif self.shown[self.state] == "RUNNING":
            self.run(self)
        return shown

    def end(self, state: str, message: str | None = None) -> None:
        self.shown |= {self.state: state, "CompletionDate": time.time()}
        self.shown |= {"StatusMessage": message} if message else {"PercentDone": "100.00%"}


class BackupService:
    """The recovery points and jobs of this process; the files of a point are in `folder`."""

    def __init__(self, folder: Path, disks: DiskFolders) -> None:
        self._folder = folder
        self._disks = disks
        self._points: dict[str, _Point] = {}
        self._jobs: dict[str, _Job] = {}
        self._tokens: dict[str, str] = {}
        shutil.rmtree(folder, ignore_errors=True)  # nobody knows the points of an earlier process

    def teach(self) -> None:
        """Let MiniStack answer with them."""
        inner: Callable[..., Awaitable[Answer]] = backup.handle_request

        async def handle(
            method: str, path: str, headers: object, body: bytes, query: dict[str, Any]
        ) -> Answer:
            parts = [part for part in unquote(path).strip("/").split("/") if part]
            try:
                answer = self._answer(method, parts, json.loads(body or b"{}"), query)
            except ServiceRefusal as refused:
                error: Answer = backup._err(refused.name, refused.message, HTTPStatus.BAD_REQUEST)
                return error
            return answer or await inner(method, path, headers, body, query)

        backup.handle_request = handle
        table = provisioners._RESOURCE_HANDLERS
        vault = table["AWS::Backup::BackupVault"]

        def delete(physical_id: str, properties: Record) -> None:
            if count := len(self._in(physical_id)):
                raise ValueError(_full(count))
            vault["delete"](physical_id, properties)

        table["AWS::Backup::BackupVault"] = {**vault, "delete": delete}

    def _answer(
        self, method: str, parts: list[str], body: Record, query: dict[str, Any]
    ) -> Answer | None:
        """Return the answer, or None for what MiniStack answers."""
        answer: Answer | None = None
        match method, parts:
            case "PUT", ["backup-jobs"]:
                answer = self._start_backup(body)
            case "PUT", ["restore-jobs"]:
                answer = self._start_restore(body)
            case "GET", ["backup-jobs" | "restore-jobs", job] if job in self._jobs:
                answer = _ok(self._jobs[job].look())
            case "GET", ["restore-jobs", job, "metadata"] if job in self._jobs:
                answer = _ok({"RestoreJobId": job, "Metadata": self._jobs[job].metadata})
            case "DELETE", ["backup-vaults", vault] if count := len(self._in(vault)):
                raise ServiceRefusal("InvalidRequestException", _full(count))
            case "GET", ["backup-vaults", vault, "recovery-points"]:
                _vault(vault)
                answer = _page(self._in(vault), query, "RecoveryPoints")
            case _, ["backup-vaults", vault, "recovery-points", *arn]:
                answer = self._point_request(method, vault, arn)
            case "GET", ["resources", *arn, "recovery-points"]:
                shown = [it.shown for it in self._points.values()]
                own = [it for it in shown if it["ResourceArn"] == "/".join(arn)]
                answer = _page([_of_resource(it) for it in own], query, "RecoveryPoints")
            case "GET", ["resources", *arn, "restore-jobs"]:
                mine = [it.shown for it in self._jobs.values() if it.state == "Status"]
                found = [it for it in mine if it["SourceResourceArn"] == "/".join(arn)]
                answer = _page(found[::-1], query, "RestoreJobs")
        return answer

    def _point_request(self, method: str, vault: str, arn: list[str]) -> Answer | None:
        _vault(vault)
        wants_metadata = arn[-1] == "restore-metadata"
        point = self._point("/".join(arn[:-1] if wants_metadata else arn))
        if point.shown["BackupVaultName"] != vault:
            raise _no_point()
        if method == "DELETE":
            del self._points[point.shown["RecoveryPointArn"]]
            shutil.rmtree(point.folder)
            _count(vault, -1)
            return _ok({})
        if not wants_metadata:
            return _ok(point.shown)
        system = point.shown["ResourceArn"].rpartition("/")[2]
        named = {name: point.shown[name] for name in ("BackupVaultArn", "RecoveryPointArn")}
        return _ok({**named, "RestoreMetadata": {"file-system-id": system}, "ResourceType": "EFS"})

    def _start_backup(self, body: Record) -> Answer:
        vault, resource = _vault(body["BackupVaultName"]), body["ResourceArn"]
        system = efs._file_systems.get(resource.rpartition("/")[2])
        root = self._disks.root(resource.rpartition("/")[2])
        if system is None or system["FileSystemArn"] != resource or root is None:
            raise ServiceRefusal("InvalidParameterValueException", f"Invalid resource {resource}")
        role = callers.role(body["IamRoleArn"])
        backups.check_assumable(role, body["IamRoleArn"])
        job, now = str(uuid4()), time.time()
        shown = {
            "BackupJobId": job,
            "AccountId": get_account_id(),
            **{name: vault[name] for name in ("BackupVaultName", "BackupVaultArn")},
            "ResourceArn": resource,
            "ResourceType": "EFS",
            "IamRoleArn": body["IamRoleArn"],
            "CreationDate": now,
            "State": "RUNNING",
            "PercentDone": "0.0%",
        }
        made = _Job(shown, lambda done: done.end("COMPLETED"), "State")
        self._jobs[job] = made
        lacking = role and backups.lacking(
            role, [(f"elasticfilesystem:{it}", resource) for it in ("Backup", "DescribeTags")]
        )
        if lacking:
            made.end("FAILED", lacking)
            return _ok({"BackupJobId": job, "CreationDate": now})
        point = self._add_point(vault, shown, root, body.get("Lifecycle", {}))
        shown |= {
            "RecoveryPointArn": point["RecoveryPointArn"],
            "BackupSizeInBytes": point["BackupSizeInBytes"],
        }
        return _ok(
            {"BackupJobId": job, "RecoveryPointArn": point["RecoveryPointArn"], "CreationDate": now}
        )

    def _add_point(self, vault: Record, job: Record, root: Path, lifecycle: Record) -> Record:
        """Copy the files of a file system, as they are now."""
        uuid = str(uuid4())
        folder = self._folder / uuid
        folder.mkdir(parents=True)
        for name in os.listdir(root):
            # Here a directory of another access point is a link, which AWS does not have.
            _copy(Path(os.path.realpath(root / name)), folder / name)
        point = {
            "RecoveryPointArn": f"arn:aws:backup:{get_region()}:{get_account_id()}"
            f":recovery-point:{uuid}",
            **{name: job[name] for name in ("BackupVaultName", "BackupVaultArn", "ResourceArn")},
            "ResourceType": "EFS",
            "IamRoleArn": job["IamRoleArn"],
            "Status": "COMPLETED",
            "CreationDate": job["CreationDate"],
            "CompletionDate": time.time(),
            "BackupSizeInBytes": sum(
                path.lstat().st_size for path in folder.rglob("*") if path.is_file()
            ),
            "EncryptionKeyArn": vault["EncryptionKeyArn"],
            "IsEncrypted": True,
            **({"Lifecycle": lifecycle} if lifecycle else {}),
        }
        self._points[point["RecoveryPointArn"]] = _Point(point, folder)
        _count(vault["BackupVaultName"], 1)
        return point

    def _start_restore(self, body: Record) -> Answer:
        known = self._tokens.get(body.get("IdempotencyToken") or "")
        if known:
            return _ok({"RestoreJobId": known})
        point = self._point(body["RecoveryPointArn"])
        asked = backups.check_restore(body["Metadata"])
        system = efs._file_systems.get(asked.file_system)
        root = self._disks.root(asked.file_system)
        if system is None or root is None:
            raise ServiceRefusal(
                "InvalidParameterValueException", f"No file system {asked.file_system}"
            )
        role = callers.role(body.get("IamRoleArn", ""))
        backups.check_assumable(role, body.get("IamRoleArn", ""))
        job, resource = str(uuid4()), system["FileSystemArn"]
        shown = {
            "RestoreJobId": job,
            "AccountId": get_account_id(),
            "RecoveryPointArn": body["RecoveryPointArn"],
            "SourceResourceArn": point.shown["ResourceArn"],
            "BackupVaultArn": point.shown["BackupVaultArn"],
            "BackupSizeInBytes": point.shown["BackupSizeInBytes"],
            "IamRoleArn": body["IamRoleArn"],
            "ResourceType": "EFS",
            "CreationDate": time.time(),
            "Status": "PENDING",
            "PercentDone": "0.00%",
        }

        def run(done: _Job) -> None:
            restore = ("elasticfilesystem:Restore", resource)
            if lacking := role and backups.lacking(role, [restore]):
                done.end("FAILED", lacking)
                return
            target = root / backups.directory_of(time.time())
            target.mkdir()
            for item in asked.items or [f"/{name}" for name in os.listdir(point.folder)]:
                _copy(point.folder / item.strip("/"), target / item.strip("/"))
            done.shown["CreatedResourceArn"] = resource
            done.end("COMPLETED")

        self._jobs[job] = _Job(shown, run, "Status", body["Metadata"])
        self._tokens |= {body["IdempotencyToken"]: job} if body.get("IdempotencyToken") else {}
        return _ok({"RestoreJobId": job})

    def _in(self, vault: str) -> list[Record]:
        found = [it.shown for it in self._points.values()]
        return [it for it in found if it["BackupVaultName"] == vault]

    def _point(self, arn: str) -> _Point:
        if arn not in self._points:
            raise _no_point()
        return self._points[arn]


def _copy(source: Path, target: Path) -> None:
    """Copy a file, or a directory with all below it, as they are; what is not there is left out."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir() and not source.is_symlink():
        shutil.copytree(source, target, symlinks=True)
    elif os.path.lexists(source):
        shutil.copy2(source, target, follow_symlinks=False)


def _vault(name: str) -> Record:
    found: Record | None = backup._vaults.get(name)
    if found is None:
        raise ServiceRefusal("ResourceNotFoundException", f"Backup vault {name} does not exist.")
    return found


def _count(vault: str, more: int) -> None:
    backup._vaults[vault]["NumberOfRecoveryPoints"] += more


def _no_point() -> ServiceRefusal:
    return ServiceRefusal("ResourceNotFoundException", "Recovery point does not exist.")


def _full(count: int) -> str:
    return f"Backup vault cannot be deleted (contains {count} recovery points)"


def _of_resource(point: Record) -> Record:
    """Return a recovery point in the form of the list of a resource, which has fewer members."""
    same = ("RecoveryPointArn", "CreationDate", "Status", "EncryptionKeyArn", "BackupVaultName")
    size = {"BackupSizeBytes": point["BackupSizeInBytes"]}
    return {name: point[name] for name in same} | size


def _ok(shown: Record) -> Answer:
    answer: Answer = backup._ok(shown)
    return answer


def _page(found: list[Record], query: dict[str, Any], name: str) -> Answer:
    plain = {key: value[0] if isinstance(value, list) else value for key, value in query.items()}
    answer: Answer = backup._paginate(found, plain, name)
    return answer
