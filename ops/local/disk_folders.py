"""The folders of this machine that are file systems here."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ministack.core import lambda_runtime
from ministack.services.cloudformation import provisioners

from ops.local import function_checks

Properties = dict[str, Any]  # a template's JSON
Created = tuple[str, dict[str, str]]  # physical id, attributes


@dataclass
class DiskFolders:
    """The folder of each access point: it stands for a directory of a file system.

    The name of the folder is that of the stack and the logical id: they stay the same in the next
    process, the ids of MiniStack do not. The folder of an access point to the root has links to
    those of the other access points of its file system, in the place of their directories.
    """

    efs: Path
    of_points: dict[str, Path] = field(default_factory=dict)
    """By the ids of the access points."""
    # By the ids of the file systems, and the paths in them.
    _of_systems: dict[str, dict[str, Path]] = field(default_factory=dict)

    def root(self, file_system: str) -> Path | None:
        """Return the folder of a whole file system; None if no access point has it."""
        return self._of_systems.get(file_system, {}).get("/")

    def add(self, point: str, properties: Properties, stack: str, logical_id: str) -> None:
        """Make the folder of a new access point."""
        folder = self.efs / stack / logical_id
        folder.mkdir(parents=True, exist_ok=True)
        self.of_points[point] = folder
        paths = self._of_systems.setdefault(properties["FileSystemId"], {})
        paths[(properties.get("RootDirectory") or {}).get("Path", "/")] = folder
        if root := paths.get("/"):
            for path, directory in paths.items():
                link = root / path.strip("/")
                if link != root and not link.is_symlink():
                    link.parent.mkdir(parents=True, exist_ok=True)
                    link.symlink_to(directory)


def mount_access_points(folders: DiskFolders) -> None:
    """Give a function the folder of the access point that it mounts, as `MOUNT_PATH`.

    Only the function's process sees the folder. Its configuration keeps `MOUNT_PATH` as deployed,
    so that the API shows the template's value.
    """
    access_point = provisioners._RESOURCE_HANDLERS["AWS::EFS::AccessPoint"]
    create_access_point = access_point["create"]

    def create(logical_id: str, properties: Properties, stack_name: str) -> Created:
        physical_id, attributes = create_access_point(logical_id, properties, stack_name)
        folders.add(physical_id, properties, stack_name, logical_id)
        return physical_id, attributes

    provisioners._RESOURCE_HANDLERS["AWS::EFS::AccessPoint"] = {**access_point, "create": create}

    spawn = lambda_runtime.Worker._spawn

    def spawn_mounted(worker: lambda_runtime.Worker) -> None:
        own = (worker.config.get("Environment") or {}).get("Variables") or {}
        mounts = worker.config.get("FileSystemConfigs") or []
        if not mounts or "MOUNT_PATH" not in own:
            spawn(worker)
            return
        folder = folders.of_points[mounts[-1]["Arn"].rpartition("/")[2]]
        with function_checks.started_with(worker, MOUNT_PATH=str(folder)):
            spawn(worker)

    lambda_runtime.Worker._spawn = spawn_mounted
