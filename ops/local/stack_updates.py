"""Updates of functions and parameters by a stack, as AWS does them and MiniStack does not.

It is part of the local cloud's process (`emulator.py`), tested against the pinned MiniStack in
`tests/local/test_stack_updates.py`.
"""

import threading
import time
from collections import Counter
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc, ssm
from ministack.services.cloudformation import provisioners, stacks

Properties = dict[str, Any]  # a template's JSON
Created = tuple[str, dict[str, str]]  # physical id, attributes
Handler = dict[str, Any]  # MiniStack's own table: "create", "update", "delete" and flags

# The time between the two calls that change a function, long enough for requests to arrive.
# In AWS it was 20 to 40 seconds (docs/decisions/0026-release.md).
BETWEEN_SECONDS = 2.0
_WORKER_SECONDS = 0.05


def as_in_aws() -> None:
    """Update functions, parameters and what refers to parameters as AWS does."""
    table = provisioners._RESOURCE_HANDLERS
    table["AWS::Lambda::Function"] = _in_two_calls(table["AWS::Lambda::Function"])
    table["AWS::SSM::Parameter"] = _tags_alone_write_no_value(table["AWS::SSM::Parameter"])
    _let_requests_end()
    _resolve_references_of_what_changed()


def _in_two_calls(function: Handler) -> Handler:
    """Return a handler that changes code and configuration of a function one after the other.

    UpdateFunctionCode and UpdateFunctionConfiguration are two calls, and CloudFormation has no
    other. Their order is not documented, and both are reported. So the first update of a function
    has one order here, and the next one the other.
    """
    updates: Counter[str] = Counter()

    def update(
        physical_id: str, old: Properties, new: Properties, stack_name: str, logical_id: str
    ) -> Created:
        def one_call(before: Properties, after: Properties) -> Created:
            updated: Created = function["update"](
                physical_id, before, after, stack_name, logical_id
            )
            return updated

        configured = {**new, "Code": old["Code"]} != old
        replaced = new.get("PackageType") != old.get("PackageType")
        if replaced or new["Code"] == old["Code"] or not configured:
            return one_call(old, new)
        updates[physical_id] += 1
        code_first = updates[physical_id] % 2
        halfway = {**old, "Code": new["Code"]} if code_first else {**new, "Code": old["Code"]}
        one_call(old, halfway)
        time.sleep(BETWEEN_SECONDS)
        return one_call(halfway, new)

    # In a thread of its own, since requests continue meanwhile.
    waits = stacks._runs_on_worker_thread
    stacks._runs_on_worker_thread = lambda kind: kind == "AWS::Lambda::Function" or waits(kind)
    return {**function, "update": update, "update_with_logical_id": True}


def _let_requests_end() -> None:
    """Let an instance finish its request when its function changes (MiniStack kills it).

    Requests after the change get an instance of their own. An instance that was chosen just before
    the change, and starts just after it, must not serve them.
    """
    key_of = lambda_runtime._worker_key

    def key_with_revision(name: str, config: dict[str, Any], qualifier: str) -> str:
        return f"{key_of(name, config, qualifier)}:{config.get('RevisionId', '')}"

    def invalidate(
        name: str,
        qualifier: str | None = None,
        account: str | None = None,
        region: str | None = None,
    ) -> None:
        wanted = (account, region, name, qualifier)
        with lambda_runtime._lock:
            keys = [
                key
                for key in lambda_runtime._workers
                if all(
                    want in {None, got} for want, got in zip(wanted, key.split(":"), strict=False)
                )
            ]
            retired = [worker for key in keys for worker in lambda_runtime._workers.pop(key)]
        busy = [worker for worker in retired if worker.in_use]
        lambda_runtime.kill_workers([worker for worker in retired if not worker.in_use])
        for worker in busy:
            threading.Thread(target=_end_when_idle, args=(worker,), daemon=True).start()

    lambda_runtime._worker_key = key_with_revision
    lambda_runtime.invalidate_worker = lambda_svc.invalidate_worker = invalidate


def _end_when_idle(worker: lambda_runtime.Worker) -> None:
    """End an instance after its request, also if it failed."""
    deadline = time.monotonic() + float(worker.config.get("Timeout", 3))
    while worker.in_use and time.monotonic() < deadline:
        process = worker._proc
        if process is not None and process.poll() is not None:
            break
        time.sleep(_WORKER_SECONDS)
    lambda_runtime.kill_workers([worker])


def _tags_alone_write_no_value(parameter: Handler) -> Handler:
    """Return a handler that writes the value of a parameter when anything but its tags changes.

    https://github.com/aws-cloudformation/aws-cloudformation-resource-providers-ssm (UpdateHandler)
    """

    def update(
        physical_id: str, old: Properties, new: Properties, stack_name: str, logical_id: str
    ) -> Created:
        written = {**new, "Tags": None} != {**old, "Tags": None}
        kept = {} if written else {"Value": ssm.resolve_parameter_value(physical_id, None)}
        updated: Created = parameter["update"](
            physical_id, old, {**new, **kept}, stack_name, logical_id
        )
        return updated

    return {**parameter, "update": update, "update_with_logical_id": True}


def _resolve_references_of_what_changed() -> None:
    """Resolve a dynamic reference again only where the text of its resource changes.

    MiniStack does so whenever the template changes. Reports about AWS disagree
    (docs/decisions/0012-operator-keys.md), so the weaker behaviour is assumed.
    """
    resolve = stacks._resolve_dynamic_references

    def resolve_changed(
        value: object, previous: dict[str, str] | None, **reuse: bool
    ) -> tuple[object, dict[str, str]]:
        unchanged = reuse["reuse_secrets"]  # which MiniStack does where the text is the same
        resolved: tuple[object, dict[str, str]] = resolve(
            value, previous, reuse_ssm=reuse["reuse_ssm"] or unchanged, reuse_secrets=unchanged
        )
        return resolved

    stacks._resolve_dynamic_references = resolve_changed
