"""The deletion of a stage: its deployed resources, the order of the steps, and what stays."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from drive_tools.cloud_assembly import StackArtifact
from drive_tools.errors import ToolError
from ops.deployment import backup_vaults, bootstrap_roles, file_system_copies, stack_deletion
from ops.deployment.vpc_detachment import Polling, detach_functions, wait_for_interfaces
from stacks.shared import prices

_RETAINING = ("Retain", "RetainExceptOnCreate")
_GROUP, _SUBNET = "AWS::EC2::SecurityGroup", "AWS::EC2::Subnet"
_FUNCTION, _FILE_SYSTEM, _KEY = "AWS::Lambda::Function", "AWS::EFS::FileSystem", "AWS::KMS::Key"
_VAULT = "AWS::Backup::BackupVault"
# The price of a resource that is kept.
_COSTS = {
    _FILE_SYSTEM: f"${prices.EFS_STANDARD_GB_MONTH:.2f} a GB-month, less for what is not read",
    _KEY: f"${prices.KEY_MONTH:.2f} a month until its deletion is scheduled; no files without it",
    "AWS::Logs::LogGroup": f"${prices.LOGS_GB_MONTH:.2f} a GB-month",
}
_BOOTSTRAP = "zips in the bucket of cdk bootstrap, images in its repository: cdk gc"


@dataclass(frozen=True)
class DeployedResource:
    """A resource of a stack that is deployed, and whether it stays when the stack goes."""

    id: str
    type: str
    kept: bool


class StageDeletion:
    """The deletion of one stage. Each step can be repeated after an interruption.

    CloudFormation is called in the roles of `cdk bootstrap`, all other APIs with the caller's own
    credentials, which must be of the stage's account.
    """

    def __init__(self, stacks: tuple[StackArtifact, ...]) -> None:
        self._session = bootstrap_roles.session(stacks[0], None)
        self._stacks: list[tuple[StackArtifact, stack_deletion.DeployedStack]] = []
        self._resources: list[DeployedResource] = []
        for stack in last_first(stacks):
            client = bootstrap_roles.cloudformation(stack, stack.deploy_role)
            if found := stack_deletion.deployed_stack(client, stack.name):
                self._stacks.append((stack, found))
                self._resources += self._resources_of(found.id)

    @property
    def names(self) -> list[str]:
        """The deployed stacks, in the order of their deletion."""
        return [stack.name for stack, _ in self._stacks]

    def refuse_if_it_must_stay(self) -> None:
        """Raise `ToolError` if a stack is protected, or is being changed."""
        for stack, found in self._stacks:
            if found.protected:
                raise ToolError(
                    f"{stack.name} is protected from deletion, so nothing was deleted"
                    " (docs/operations/deleting.md, Taking Prod down, says how to take that away)"
                )
            changing = found.status.endswith("_IN_PROGRESS")
            if changing and found.status not in {"DELETE_IN_PROGRESS", "REVIEW_IN_PROGRESS"}:
                raise ToolError(f"{stack.name} is being changed ({found.status}); wait for its end")

    def what_goes(self) -> str:
        """Return in words the data that is lost."""
        files = sum(each.size for each in self._file_systems())
        client = self._client("backup")
        points = sum(len(backup_vaults.points(client, each)) for each in self._emptied_vaults())
        backups = f" and {points} backups of them" if points else ""
        return f"{files / 10**9:.1f} GB of files{backups}"

    def what_stays(self) -> list[str]:
        """Return a line for each resource that AWS keeps and bills."""
        efs, backup = self._client("efs"), self._client("backup")
        kept = [
            f"{each.type} {each.id}" + (f" ({_COSTS[each.type]})" if each.type in _COSTS else "")
            for each in self._resources
            if each.kept
        ]
        files = self._file_systems()
        copies = [str(copy) for each in files for copy in file_system_copies.replicas(efs, each.id)]
        # Also of a file system that is kept: its backups are billed in any case.
        backups = [
            line
            for name in self._ids(_FILE_SYSTEM)
            for each in [file_system_copies.file_system(efs, name)]
            if each
            and (line := file_system_copies.backups(backup, each, but_in=self._emptied_vaults()))
        ]
        keys = ", ".join(self._ids(_KEY, kept=False))
        pending = [f"keys that AWS deletes in 30 days, for free until then: {keys}"] if keys else []
        return [*kept, *copies, *backups, *pending, _BOOTSTRAP]

    def go(self, polling: Polling, say: Callable[[str], None]) -> None:
        """Take the functions out of the VPC, wait for Lambda and EFS, and delete the stacks."""
        efs = self._client("efs")
        for name in detach_functions(self._client("lambda"), self._ids(_FUNCTION), polling):
            say(f"{name} has left its VPC, and its disk")
        replicated = [
            each.id for each in self._file_systems() if file_system_copies.replicas(efs, each.id)
        ]
        for file_system in replicated:
            file_system_copies.end_replication(efs, file_system)
            say(f"the replication of {file_system} is being ended")
        groups, subnets = self._ids(_GROUP), self._ids(_SUBNET)
        wait_for_interfaces(self._client("ec2"), groups, subnets, polling, say)
        say("Lambda has no network interface there any more")
        for file_system in replicated:
            file_system_copies.wait_until_replication_ended(
                efs, file_system, polling.interval_seconds
            )
        for number, (stack, found) in enumerate(self._stacks, start=1):
            if number == len(self._stacks):  # which has the plan that makes more of them
                for vault in self._emptied_vaults():
                    backup_vaults.empty(self._client("backup"), vault, polling, say)
            client = bootstrap_roles.cloudformation(stack, stack.deploy_role)
            stack_deletion.delete(client, found.id, polling.interval_seconds, say)
            say(f"{stack.name} is deleted")

    def _resources_of(self, stack_id: str) -> list[DeployedResource]:
        client = self._session.client("cloudformation")
        template = client.get_template(StackName=stack_id, TemplateStage="Processed")
        declared: dict[str, Any] = dict(template["TemplateBody"]).get("Resources", {})
        return [
            DeployedResource(
                each.get("PhysicalResourceId", ""),
                each["ResourceType"],
                declared.get(each["LogicalResourceId"], {}).get("DeletionPolicy") in _RETAINING,
            )
            for page in client.get_paginator("list_stack_resources").paginate(StackName=stack_id)
            for each in page["StackResourceSummaries"]
            if each["ResourceStatus"] not in {"DELETE_COMPLETE", "DELETE_SKIPPED"}
        ]

    def _ids(self, kind: str, *, kept: bool | None = None) -> list[str]:
        found = (each for each in self._resources if each.type == kind and each.id)
        return [each.id for each in found if kept in {None, each.kept}]

    def _emptied_vaults(self) -> list[str]:
        return self._ids(_VAULT, kept=False)

    def _file_systems(self) -> list[file_system_copies.FileSystem]:
        """Return the file systems that are deleted."""
        client = self._client("efs")
        names = self._ids(_FILE_SYSTEM, kept=False)
        return [found for name in names if (found := file_system_copies.file_system(client, name))]

    def _client(self, service: str) -> Any:  # noqa: ANN401 - botocore makes them at run time
        return self._session.client(service)  # type: ignore[call-overload]  # any service


def last_first(stacks: tuple[StackArtifact, ...]) -> list[StackArtifact]:
    """Return the stacks in an order in which each comes before those that it needs."""
    ordered: list[StackArtifact] = []
    while left := [stack for stack in stacks if stack not in ordered]:
        ordered += [stack for stack in left if not any(stack.name in other.needs for other in left)]
    return ordered
