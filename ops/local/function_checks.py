"""What Lambda checks of a function: when it is made or changed, and when an instance of it starts.

MiniStack checks none of it. The rules are in `rules`; here they are asked about what is deployed,
and what they refuse becomes an answer of Lambda's API, or a failed resource of CloudFormation. A
refused start is in the local cloud's log as well: a function URL answers 502 and says no more, as
in AWS.
"""

import logging
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from http import HTTPStatus
from pathlib import Path
from typing import Any

from ministack.core import lambda_runtime
from ministack.core.responses import get_account_id, get_region, request_scope
from ministack.services import efs, lambda_svc
from ministack.services.cloudformation import provisioners

from ops.local import callers, encryption_keys, network_state
from ops.local.rules import function_vpc, keys, mount_network, mounts, roles
from ops.local.rules.mounts import Directory, Mount, Rights, User
from ops.local.rules.resource_refusal import ResourceRefusal
from ops.local.rules.roles import Role, ServiceRefusal

Config = Mapping[str, Any]  # a function's configuration, in the form of Lambda's API
Properties = dict[str, Any]  # a template's JSON
Answer = tuple[int, dict[str, str], bytes]
Result = dict[str, Any]  # what MiniStack makes of a call of a function

# For Python alone: functions of other runtimes can write.
_READ_ONLY = str(Path(__file__).with_name("read_only_mount"))
_log = logging.getLogger("ministack")
# https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_Errors
_STATUSES = {
    "InvalidParameterValueException": HTTPStatus.BAD_REQUEST,
    "EFSMountFailureException": HTTPStatus.FORBIDDEN,
    "EFSMountConnectivityException": HTTPStatus.REQUEST_TIMEOUT,
}
# What was refused while this call started an instance. It is a list, since MiniStack starts the
# instance in a thread with a copy of the context.
_refused: ContextVar[list[str] | None] = ContextVar("refused", default=None)
# Whether a stack makes the change: MiniStack makes it in steps, of which only the whole is checked.
_in_a_stack: ContextVar[bool] = ContextVar("in_a_stack", default=False)


def teach() -> None:
    """Let MiniStack's Lambda and CloudFormation check functions as Lambda does."""
    table = provisioners._RESOURCE_HANDLERS
    function = table["AWS::Lambda::Function"]

    def create(logical_id: str, properties: Properties, stack_name: str) -> object:
        name = provisioners._physical_name(stack_name, logical_id, max_len=64)
        _check_in_a_stack(properties, name)
        return function["create"](logical_id, properties, stack_name)

    def update(physical_id: str, old: Properties, new: Properties, *rest: object) -> object:
        _check_in_a_stack(new, physical_id)
        token = _in_a_stack.set(True)
        try:
            return function["update"](physical_id, old, new, *rest)
        finally:
            _in_a_stack.reset(token)

    table["AWS::Lambda::Function"] = {**function, "create": create, "update": update}
    make, change = lambda_svc._create_function, lambda_svc._update_config

    def create_function(data: dict[str, Any]) -> Answer:
        refused = _refusal(check_configuration, data)
        return _answer(refused) if refused else make(data)

    def update_config(name: str, data: dict[str, Any]) -> Answer:
        function = lambda_svc._functions.get(name)
        checked = function is not None and not _in_a_stack.get()
        after = {**function["config"], **data} if checked else {}
        # Lambda encrypts the variables when the call says so, and leaves them otherwise.
        if not {"Environment", "KMSKeyArn"} & data.keys():
            after.pop("Environment", None)
        refused = _refusal(check_configuration, after) if checked else None
        return _answer(refused) if refused else change(name, data)

    lambda_svc._create_function, lambda_svc._update_config = create_function, update_config
    _check_starts()


@contextmanager
def started_with(worker: lambda_runtime.Worker, **variables: str) -> Iterator[None]:
    """Let an instance start with further variables, which its configuration does not show."""
    declared = worker.config
    own = (declared.get("Environment") or {}).get("Variables") or {}
    worker.config = {**declared, "Environment": {"Variables": own | variables}}
    try:
        yield
    finally:
        worker.config = declared


def check_configuration(config: Config) -> None:
    """Raise what Lambda answers to a call that makes a function, or changes its configuration."""
    role = _role(config)
    roles.check_assumable(role, _arn(config))
    vpc = config.get("VpcConfig") or {}
    subnets, groups = vpc.get("SubnetIds") or [], vpc.get("SecurityGroupIds") or []
    if subnets or groups:
        roles.check_interfaces(role, get_region(), subnets, groups)
        function_vpc.check_vpc(network_state.network(), subnets, groups)
    if _has_encrypted_variables(config):
        arn = config["KMSKeyArn"]
        keys.check_configuration(arn, encryption_keys.key(arn))
    for mount in config.get("FileSystemConfigs") or ():
        network, disks = network_state.network(), network_state.disks()
        mount_network.check_configuration(network, disks, subnets, mount["Arn"])


def check_start(config: Config) -> bool:
    """Raise what Lambda answers to a call for which it cannot start an instance.

    In AWS an instance starts in one of the subnets. Here it starts if it could in each of them.
    Return whether the instance may write to its disk.
    """
    role = _role(config)
    if _has_encrypted_variables(config):
        keys.check_environment(encryption_keys.key(config["KMSKeyArn"]), role, _arn(config))
    for mount in config.get("FileSystemConfigs") or ():
        network, disks = network_state.network(), network_state.disks()
        for caller in network_state.callers(config):
            mount_network.check_connection(network, disks, caller, mount["Arn"])
        if not _check_access(mount["Arn"], role).write:
            return False
    return True


def _check_access(access_point_arn: str, role: Role) -> Rights:
    access_point = efs._access_points[access_point_arn.rpartition("/")[2]]
    file_system = efs._file_systems[access_point["FileSystemId"]]
    policy = file_system.get("FileSystemPolicy")
    mount = Mount(file_system_arn=file_system["FileSystemArn"], access_point_arn=access_point_arn)
    rights = mounts.check_mount(
        mount, role, callers.read("file-system policy", policy, "resource") if policy else None
    )
    posix = access_point.get("PosixUser")
    if posix:
        root = access_point.get("RootDirectory") or {}
        made = root.get("CreationInfo")
        user = User(
            uid=int(posix["Uid"]),
            gid=int(posix["Gid"]),
            secondary_gids=tuple(map(int, posix.get("SecondaryGids") or ())),
        )
        mounts.check_directory(
            mount, user, _directory(root.get("Path", "/"), made), root_allowed=rights.root
        )
    return rights


def _directory(path: str, made: Mapping[str, Any] | None) -> Directory | None:
    """Return the directory as EFS makes it; the root of a file system is always there.

    https://docs.aws.amazon.com/efs/latest/ug/accessing-fs-nfs-permissions.html
    """
    if path == "/":
        return Directory(owner_uid=0, owner_gid=0, mode=0o755)
    if made is None:
        return None
    return Directory(
        owner_uid=int(made["OwnerUid"]),
        owner_gid=int(made["OwnerGid"]),
        mode=int(made["Permissions"], 8),
    )


def _role(config: Config) -> Role:
    arn = config.get("Role", "")
    role = callers.role(arn)
    if role is None:
        raise roles.not_assumable(f"{arn} is not there")
    return role


def _has_encrypted_variables(config: Config) -> bool:
    return bool(config.get("KMSKeyArn") and (config.get("Environment") or {}).get("Variables"))


def _arn(config: Config) -> str:
    name = config.get("FunctionName", "")
    return f"arn:aws:lambda:{get_region()}:{get_account_id()}:function:{name}"


def _check_starts() -> None:
    spawn = lambda_runtime.Worker._spawn
    execute, invoke = lambda_svc._execute_function_warm, lambda_svc._invoke

    def spawn_checked(worker: lambda_runtime.Worker) -> None:
        account, region = lambda_runtime._account_region_from_function_config(worker.config)
        with request_scope(account, region):
            may_write = check_start(worker.config)
        if may_write:
            spawn(worker)
            return
        own = ((worker.config.get("Environment") or {}).get("Variables") or {}).get("PYTHONPATH")
        path = os.pathsep.join(filter(None, [_READ_ONLY, own]))
        with started_with(worker, PYTHONPATH=path):
            spawn(worker)

    def execute_checked(function: Result, event: object, request_id: str) -> Result:
        # MiniStack makes the result of a handler of every exception; its type is by its name.
        result: Result = execute(function, event, request_id)
        body = result.get("body")
        if isinstance(body, dict) and body.get("errorType") == ServiceRefusal.__name__:
            _log.error("%s: %s", function["config"]["FunctionName"], body["errorMessage"])
            waiting = _refused.get()
            if waiting is not None:
                waiting.append(body["errorMessage"])
        return result

    async def invoke_checked(*arguments: object, **named: object) -> Answer:
        refused: list[str] = []
        _refused.set(refused)
        answer: Answer = await invoke(*arguments, **named)
        return _answer(ServiceRefusal(*refused[0].split(": ", 1))) if refused else answer

    lambda_runtime.Worker._spawn = spawn_checked
    lambda_svc._execute_function_warm, lambda_svc._invoke = execute_checked, invoke_checked


def _check_in_a_stack(properties: Properties, name: str) -> None:
    """Check what a template asks for, and fail as a resource of a stack does."""
    try:
        check_configuration(
            {"FunctionName": name, **properties, "KMSKeyArn": properties.get("KmsKeyArn")}
        )
    except ServiceRefusal as refused:
        status = _STATUSES.get(refused.name, HTTPStatus.BAD_GATEWAY)
        as_event = ResourceRefusal("Lambda", refused.name, refused.message, status=status)
        raise ValueError(as_event.in_a_stack()) from refused


def _refusal(check: Callable[[Config], None], config: Config) -> ServiceRefusal | None:
    try:
        check(config)
    except ServiceRefusal as refused:
        return refused
    return None


def _answer(refused: ServiceRefusal) -> Answer:
    """Return the answer of Lambda's API."""
    status = _STATUSES.get(refused.name, HTTPStatus.BAD_GATEWAY)
    answer: Answer = lambda_svc.error_response_json(
        refused.name, refused.message, status, {"Type": "User"}, message_key="Message"
    )
    return answer
