"""Bring files back from a backup: one path, or all of them, under /restored/ in the drive.

AWS Backup restores them beside the drive. Then the janitor function moves them into it, to a
directory with the time of the restore; nothing is written over. Without a path and a recovery
point the backups are listed. After an interruption the same command goes on with the same restore.

python -m ops restore Prod                                  list the recovery points
python -m ops restore Prod --item photos/2024               one path of the latest backup
python -m ops restore Prod --item a.txt --point 1EB3B5E7…   of an older one
python -m ops restore Prod --point latest                   everything
python -m ops restore Prod --json                           for scripts
"""

import json
from dataclasses import asdict, dataclass
from typing import Any

from drive_tools.command_line import argument, duration, flag
from drive_tools.errors import ToolError, UsageError
from ops.options import StageOptions

_time = duration("a time is a number from 0 on")
LATEST = "latest"


@dataclass(frozen=True, kw_only=True)
class BackupRestoreOptions(StageOptions):
    """The stage, what of it, from when; `every` is in seconds, `at_most` in minutes."""

    item: str | None = argument(
        "--item", default=None, metavar="PATH", help="a file or a directory of the drive"
    )
    point: str | None = argument(
        "--point",
        default=None,
        metavar="ID",
        help="a recovery point, by its id or ARN, or 'latest' (with --item alone: that)",
    )
    json: bool = flag("--json", help="print what was found and done as JSON")
    every: float = argument(
        "--every", type=_time, default=10.0, metavar="SECONDS", help="how often to look (10)"
    )
    at_most: float = argument(
        "--at-most",
        type=_time,
        default=720.0,
        metavar="MINUTES",
        help="how long to wait for AWS Backup (720)",
    )


def run(options: BackupRestoreOptions) -> int:
    """List the recovery points, or restore from one and print where it is."""
    item = None if options.item is None else path_of(options.item)
    if options.point == "":  # as of a variable that is not set; it would restore everything
        raise UsageError(f"--point must be a recovery point or {LATEST!r}, got ''")
    from ops.deployment.bootstrap_roles import reported, session  # noqa: PLC0415 - with boto3; not for --help
    from ops.deployment.restore_jobs import Restorer, Wait  # noqa: PLC0415

    stage = options.stage
    stack = options.find().stacks[0]

    def say(line: str) -> None:
        if not options.json:
            print(f"  {line}", flush=True)

    with reported(f"the backups of {stage}"):
        restorer = Restorer(session(stack, None), stage)
        points = restorer.points()
        if item is None and options.point is None:
            _list(options, points)
            return 0
        point = chosen(points, options.point or LATEST)
        try:
            found = restorer.restore(point, item, Wait(options.every, options.at_most * 60), say)
        except KeyboardInterrupt:
            print("\nAWS continues what was begun. Run the same command again to complete it.")
            raise
    if options.json:
        print(json.dumps(asdict(found)))
    else:
        skipped = f" ({found.skipped} names were in use there already)" if found.skipped else ""
        print(f"restore: what came back is in /{found.directory}/{skipped}, in {found.seconds} s")
        print(f"restore: what was written since {found.made} is not in it")
    return 0


def path_of(item: str) -> str:
    """Return a path of the drive as AWS Backup takes it below the drive. Raises `UsageError`."""
    try:
        item.encode()
    except UnicodeEncodeError:
        raise UsageError(f"--item must be UTF-8 text, got {item!r}") from None
    segments = item.strip("/").split("/")
    if any(each in {"", ".", ".."} for each in segments):
        raise UsageError(f"--item must be a path of the drive, such as photos/a.jpg, got {item!r}")
    if any(mark in item for mark in "*?[") or segments[0].startswith(".drive-"):
        raise UsageError(f"--item must be one path, without patterns, got {item!r}")
    return "/".join(segments)


def chosen(points: list[dict[str, Any]], wanted: str) -> dict[str, Any]:
    """Return the recovery point that is wanted, of those that are whole, latest first."""
    if not points:
        raise ToolError("there is no backup to restore from yet; AWS Backup makes one each day")
    if wanted == LATEST:
        return points[0]
    for each in points:
        if wanted in {each["arn"], each["id"]}:
            return each
    raise ToolError(f"there is no recovery point {wanted!r}; without --point they are listed")


def _list(options: BackupRestoreOptions, points: list[dict[str, Any]]) -> None:
    if options.json:
        print(json.dumps(points))
        return
    print(f"restore: {len(points)} recovery points of {options.stage}, latest first")
    for each in points:
        print(f"  {each['made']}  {each['bytes'] / 10**9:8.2f} GB  {each['id']}")
