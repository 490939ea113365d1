"""Prepared changes of the app, and what a review must say first of each.

`python -m tests.review.corpus FOLDER NAME…` synthesises the app as it is, and after each change of
these names, in one process; `test_corpus.py` compares them.
"""

import gc
import importlib
import itertools
import os
import shutil
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import ModuleType
from typing import Any

from ops.project import PROJECT
from ops.review.findings import Topic, Weight

STOP, LOOK, NOTE = Weight.STOP, Weight.LOOK, Weight.NOTE
TOKEN = {"url_auth": "token"}
ROLE = "arn:aws:iam::123456789012:role/uploader"
OTHER_ACCOUNT = {"url_invokers": ("arn:aws:iam::999999999999:root",)}
VAULT = "arn:aws:backup:eu-west-3:123456789012:backup-vault:copies"


@dataclass(frozen=True)
class First:
    """The first finding of a review: its topic and weight, and words of its sentence."""

    topic: Topic
    weight: Weight
    words: str


@dataclass(frozen=True)
class Patch:
    """A text of a file of the app, and what stands there instead after the change."""

    file: str
    old: str
    new: str


@dataclass(frozen=True)
class PreparedChange:
    """A change of the settings of Dev, or of the code. Without `first` it means nothing."""

    first: First | None
    settings: Mapping[str, Any] = field(default_factory=dict)
    code: Sequence[Patch] = ()
    before: Mapping[str, Any] = field(default_factory=dict)
    """Settings of Dev before the change, and after it if `settings` says nothing else."""
    further: str | None = None
    """The name of a further stage."""


def settings(first: First, **changed: Any) -> PreparedChange:  # noqa: ANN401 - of any field
    """Return a change of the settings."""
    return PreparedChange(first, changed)


def code(first: First | None, *patches: tuple[str, str, str]) -> PreparedChange:
    """Return a change of the code."""
    return PreparedChange(first, code=tuple(Patch(*each) for each in patches))


STORAGE, DATA, SERVICE = "stacks/storage.py", "stacks/data_stack.py", "stacks/service_stack.py"
BACKUPS, ROLES = "stacks/backups.py", "stacks/function/function_role.py"

CHANGES: dict[str, PreparedChange] = {
    # By settings.
    "a machine in place of the NAT gateway": settings(
        First("access", LOOK, "NatInstance/InstanceRole is new"), egress="nat-instance"
    ),
    "no way out": settings(First("network", LOOK, "is no longer a private way"), egress="isolated"),
    "a NAT gateway in each zone": settings(
        First("cost", LOOK, "$37.20 more than before"), egress="nat-per-zone"
    ),
    "a third zone": settings(First("access", LOOK, "PrivateSubnet3"), zones=3),
    "a zone less": PreparedChange(
        First("availability", LOOK, "is removed: nothing in its zone can mount"),
        {"zones": 2},
        before={"zones": 3},
    ),
    "longer logs": settings(First("operations", NOTE, "as many days as 14"), log_retention_days=14),
    "logs of a year": settings(First("cost", LOOK, "more than before"), log_retention_days=365),
    "a higher cap of instances": settings(
        First("availability", LOOK, "a reserved concurrency of 50, and had 10"),
        reserved_concurrency=50,
    ),
    "the function stopped": settings(
        First("availability", STOP, "may run no longer"), reserved_concurrency=0
    ),
    "a public URL": settings(First("access", STOP, "Service/Files"), **TOKEN),
    "another account may call": settings(First("access", STOP, "999999999999"), **OTHER_ACCOUNT),
    "backups are kept for a week": settings(
        First("data", LOOK, "Lifecycle.DeleteAfterDays is 7, and was 35"), backup_days=7
    ),
    "a copy of the backups elsewhere": settings(
        First("data", LOOK, "CopyActions"), backup_copy_to=VAULT
    ),
    "another processor": settings(
        First("availability", LOOK, "the architecture x86_64, and had arm64"), architecture="x86_64"
    ),
    "a subscriber": settings(
        First("operations", NOTE, "is new (SNS Subscription)"), subscribers=("a@example.com",)
    ),
    "nobody hears the alarms any more": PreparedChange(
        First("operations", LOOK, "is removed: it told somebody"),
        {"subscribers": ()},
        before={"subscribers": ("a@example.com",)},
    ),
    "a higher ceiling": settings(
        First("cost", LOOK, "Its ceiling of a month is $900, and was $400"), monthly_ceiling=900
    ),
    "a replica in another region": settings(
        First("operations", NOTE, "ReplicationConfiguration"), replication_region="eu-west-3"
    ),
    "a third stage": PreparedChange(
        First("operations", LOOK, "Staging-Data, Staging-Service is new: "), further="Staging"
    ),
    # By code.
    "another key of the files": code(
        First("data", STOP, "Data/Storage/FileSystem is replaced by a new one (the files)"),
        (STORAGE, "            kms_key=key,\n", ""),
    ),
    "the key renamed": code(
        First("data", STOP, "Data/DataKey/Key moves to Data/FilesKey/Key"),
        (DATA, '"DataKey",', '"FilesKey",'),
    ),
    "nothing is backed up": code(
        First("data", STOP, "Data/Backups/Selection is removed: nothing is backed up"),
        (
            BACKUPS,
            "        backup.CfnBackupSelection(\n            self,\n",
            "        backup.CfnBackupSelection(\n            Stack(),\n",
        ),
    ),
    "NFS from another port": code(
        First("network", LOOK, "2050"), (STORAGE, "port=NFS_PORT,", "port=2050,")
    ),
    "NFS from anywhere": code(
        First("network", STOP, "on tcp 2049 from anywhere in the world"),
        (
            STORAGE,
            '        GroupRule(\n            self,\n            "Nfs",',
            "        server_group.add_ingress_rule(ec2.Peer.any_ipv4(), ec2.Port.tcp(2049))\n"
            '        GroupRule(\n            self,\n            "Nfs",',
        ),
    ),
    "a right on everything": code(
        First("access", LOOK, "may s3:GetObject on everything"),
        (
            ROLES,
            "                *further,\n",
            '                *further,\n                allow("s3:GetObject", "*"),\n',
        ),
    ),
    "a denial that goes": code(
        First("access", LOOK, "no longer denies everybody"),
        (STORAGE, '        deny("DenyRoot", [root]),\n', ""),
    ),
    "a condition that lets more through": code(
        First("access", LOOK, "SecureTransport"),
        (
            STORAGE,
            'Bool={"aws:SecureTransport": "false"}',
            'Bool={"aws:SecureTransport": "false"}, StringNotEquals={"aws:SourceVpc": "vpc-1"}',
        ),
    ),
    "an alarm that goes": code(
        First("operations", LOOK, "is removed: nobody is told"),
        (
            "stacks/alarms/alarm.py",
            "        for alarm in alarms:\n            _make(self, alarm, topic_arn)",
            "        for alarm in alarms:\n            if alarm.name != 'FilesErrors':\n"
            "                _make(self, alarm, topic_arn)",
        ),
    ),
    "one more function on the drive": code(
        First("access", LOOK, "Service/Report/Rights/Role is new"),
        (
            SERVICE,
            "    def _use(",
            '        self._function("Report", own="lambda_src/usage", access="read-only")\n\n'
            "    def _use(",
        ),
    ),
    "files no longer kept": PreparedChange(
        First("data", STOP, "no longer"), {"retain": False}, before={"retain": True}
    ),
    "a schedule that runs more often": code(
        First("operations", LOOK, "the schedule rate(12 hours)"), (SERVICE, '"1 day"', '"12 hours"')
    ),
    "keys that no longer rotate": code(
        First("encryption", LOOK, "rotat"),
        ("stacks/shared/key.py", "enable_key_rotation=True", "enable_key_rotation=False"),
    ),
    # What means nothing.
    "a comment": code(
        None, (DATA, "class DataStack(Stack):", "# A comment.\nclass DataStack(Stack):")
    ),
    "another name of a variable": code(None, (STORAGE, "server_group", "group_of_the_server")),
    "a pin of a tool": code(
        None, ("requirements-dev.txt", "pytest", "pytest  # newer\npytest-cov")
    ),
    "another description of a group": code(
        None, ("stacks/shared/key.py", "description=description", 'description=f"{description}."')
    ),
    "other code of a function": code(
        None,
        (
            "lambda_src/usage/handler.py",
            '"""',
            '"""Newer. ',
        ),
    ),
    "actions in another order": code(
        None,
        (
            ROLES,
            '["logs:CreateLogStream", "logs:PutLogEvents"]',
            '["logs:PutLogEvents", "logs:CreateLogStream"]',
        ),
    ),
    "statements in another order": code(
        None,
        (
            ROLES,
            '                allow("kms:Decrypt", key.key_arn),\n'
            '                allow(["xray:PutTelemetryRecords", "xray:PutTraceSegments"], "*"),\n',
            '                allow(["xray:PutTelemetryRecords", "xray:PutTraceSegments"], "*"),\n'
            '                allow("kms:Decrypt", key.key_arn),\n',
        ),
    ),
    "one statement as two": code(
        None,
        (
            ROLES,
            'allow(["xray:PutTelemetryRecords", "xray:PutTraceSegments"], "*"),',
            'allow("xray:PutTelemetryRecords", "*"),\n'
            '                allow("xray:PutTraceSegments", "*"),',
        ),
    ),
    "an alarm that moves": code(
        None,
        (
            DATA,
            '        Alarms(\n            self,\n            "Alarms",',
            '        Alarms(\n            self,\n            "DataAlarms",',
        ),
    ),
    "an output more": code(
        None,
        (
            DATA,
            '        CfnOutput(self, "FileSystemId"',
            '        CfnOutput(self, "More", value="more")\n        CfnOutput(self, "FileSystemId"',
        ),
    ),
}


def synthesise(folder: Path, names: Sequence[str]) -> None:
    """Write the assembly of each change into a folder of its name: `before`, and `after`."""
    sources = folder / "source"
    _copy(sources)
    bases: dict[str, Path] = {}
    for name in names:
        change, place = CHANGES[name], folder / name
        key = repr(sorted(change.before.items()))
        if key not in bases:
            bases[key] = folder / f"base{len(bases)}"
            _synthesise(sources, bases[key], dict(change.before), None)
        place.mkdir()
        (place / "before").symlink_to(bases[key])
        kept: dict[Path, str] = {}
        for patch in change.code:
            file = sources / patch.file
            kept.setdefault(file, file.read_text())
            text = file.read_text()
            assert patch.old in text, f"{patch.file} has no {patch.old!r}"
            _write(file, text.replace(patch.old, patch.new))
        after = dict(change.before) | dict(change.settings)
        _synthesise(sources, place / "after", after, change.further)
        for file, text in kept.items():
            _write(file, text)
    _anew(sources, lambda synthesis, _: synthesis.shipped(folder / "pipeline"))


def _copy(to: Path) -> None:
    """Copy what a change may patch, and link what an app needs besides."""
    to.mkdir(parents=True)
    for each in PROJECT.iterdir():
        if each.name in {"stacks", "lambda_src"}:
            shutil.copytree(each, to / each.name, ignore=shutil.ignore_patterns("__pycache__"))
        elif each.suffix in {".txt", ".toml", ".json"}:
            shutil.copy(each, to / each.name)
        elif each.name in {".venv", "drive_tools", "examples", "node_modules"}:
            (to / each.name).symlink_to(each)


def _synthesise(sources: Path, folder: Path, changed: dict[str, Any], further: str | None) -> None:
    """Synthesise Dev from the sources as they are now."""

    def make(synthesis: ModuleType, baseline: ModuleType) -> None:
        dev = replace(baseline.DEV, **changed)
        synthesis.assembly(folder, dev, *([replace(dev, name=further)] if further else []))

    _anew(sources, make)


def _anew(sources: Path, make: Callable[[ModuleType, ModuleType], object]) -> None:
    """Call `make` with the modules that synthesise; `stacks` is imported anew where it differs."""
    state = {file: file.stat().st_mtime_ns for file in (sources / "stacks").rglob("*.py")}
    if state != _imported:
        for name in [name for name in sys.modules if name.partition(".")[0] == "stacks"]:
            del sys.modules[name]
        importlib.invalidate_caches()
    sys.path.insert(0, str(sources))
    try:
        if state != _imported:
            for name in ("tests.baseline", "tests.infra.synthesis"):
                importlib.reload(importlib.import_module(name))
            _imported.clear()
            _imported.update(state)
        make(sys.modules["tests.infra.synthesis"], sys.modules["tests.baseline"])
    finally:
        sys.path.remove(str(sources))


def _write(file: Path, text: str) -> None:
    """Write a source of another time than any before, by which Python knows its bytecode."""
    file.write_text(text)
    seconds = _BEGUN + next(_WRITES)
    os.utime(file, (seconds, seconds))


# The times of the sources as they are imported.
_imported: dict[Path, int] = {}
_BEGUN, _WRITES = int(time.time()), itertools.count(1)


if __name__ == "__main__":
    os.environ["JSII_HOST_STACK_TRACES"] = "1"
    gc.disable()  # as app.py does
    synthesise(Path(sys.argv[1]), sys.argv[2:])
