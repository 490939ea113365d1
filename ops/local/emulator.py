"""The local cloud's process: MiniStack, with additions that this project's templates need.

It runs on the interpreter of `.venv/local-cloud/`, with the folder of the local cloud as its one
argument, and reads its port and address from MiniStack's own variables (`GATEWAY_PORT`,
`BIND_HOST`). The additions are tested against the pinned version in
`tests/local/test_local_cloud.py`.

`resource_handlers` has the resource types that MiniStack's CloudFormation does not know.
"""

import os
import signal
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

from ministack import app
from ministack.services import ssm
from ministack.services.cloudformation import provisioners

from ops.local import (
    INTERFACE_LOOKS,
    NEW_ACCOUNT,
    asynchronous_calls,
    caller_permissions,
    cold_starts,
    custom_resources,
    encryption_keys,
    front,
    function_checks,
    hidden_variables,
    layer_folders,
    managed_policies,
    metric_alarms,
    nat_gateways,
    network_api,
    new_account,
    persistent_values,
    reserved_concurrency,
    resource_handlers,
    resource_refusals,
    role_boundaries,
    service_metrics,
    stack_answers,
    stack_events,
    stack_refusals,
    stack_updates,
    template_conditions,
    vpc_endpoints,
    ways_out,
    web_identities,
    wire_protocols,
)
from ops.local.backup_service import BackupService
from ops.local.disk_folders import DiskFolders, mount_access_points
from ops.local.network_interfaces import NetworkInterfaces

# The one public image that a template here may name.
_NAT_IMAGE = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-6.1-arm64"


def main(folder: Path) -> None:
    """Serve until a signal ends it."""
    provisioners._RESOURCE_HANDLERS.update(resource_handlers.handlers())
    network_api.teach()
    vpc_endpoints.teach()
    nat_gateways.teach()
    managed_policies.add()
    stack_updates.as_in_aws()
    encryption_keys.teach()
    persistent_values.keep(folder / "lasting.key")
    ssm._PUBLIC_AMI_PARAMETERS[_NAT_IMAGE] = "ami-00000000000000000"
    disks = DiskFolders(folder / "efs")
    mount_access_points(disks)
    cold_starts.shorten()
    layer_folders.share(folder / "tmp" / "layers")
    BackupService(folder / "backups", disks).teach()
    NetworkInterfaces(int(os.environ[INTERFACE_LOOKS])).teach()
    resource_refusals.refuse_as_aws()
    stack_refusals.refuse_as_cloudformation()
    reserved_concurrency.teach()
    custom_resources.teach()
    if NEW_ACCOUNT in os.environ:
        new_account.teach()
    template_conditions.join()
    role_boundaries.keep()
    caller_permissions.judge_calls()
    web_identities.judge_tokens()
    function_checks.teach()
    hidden_variables.hide_from_strangers()
    stack_events.send()
    stack_answers.wait_for_changes()
    asynchronous_calls.teach()
    service_metrics.send(disks.of_points)
    metric_alarms.teach()
    wire_protocols.read_heads()
    app.app = ways_out.before(front.before(app.app))
    threading.Thread(target=end_without, args=(folder / "cloud.lock",), daemon=True).start()
    app.main()


def end_without(lock: Path) -> None:
    """End this process and its functions when its lock file is removed.

    Without the file nobody could find the process again to stop it.
    """
    inode = lock.stat().st_ino
    with suppress(FileNotFoundError):
        while lock.stat().st_ino == inode:
            time.sleep(1)
    os.killpg(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main(Path(sys.argv.pop(1)))  # MiniStack reads the rest
