"""Rules of stacks, put before MiniStack's CloudFormation: types, exports, names, capabilities."""

import re
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from ministack.core.responses import get_region
from ministack.services import (
    cloudformation,
    cloudwatch_logs,
    iam,
    lambda_svc,
    resource_groups,
    secretsmanager,
    ssm,
)
from ministack.services.cloudformation import changesets, handlers, stacks

from ops.local.resource_refusals import Properties, before_creation
from ops.local.rules import creations, exports
from ops.local.rules.exports import ExportError
from stacks.shared.aws_limits import unknown_types

Answer = tuple[int, dict[str, str], bytes]

# Stacks of these states have no resources, and so import nothing.
_WITHOUT_RESOURCES = {"DELETE_COMPLETE", "REVIEW_IN_PROGRESS", "ROLLBACK_COMPLETE"}
_UNKNOWN_EXPORT = re.compile(r"Export '(.+)' not found")


def refuse_as_cloudformation() -> None:
    """Hold templates to the region's types, exports to their importers, names to what is there.

    And templates to capabilities.
    """
    # MiniStack asks for capabilities only together with permissions (AUTH).
    handlers._capabilities_enforced = lambda: True
    _check_types()
    _check_exports()
    for kind, (name, taken) in _NAMES.items():
        before_creation(kind, _name_check(kind, name, taken))
    _say_which_export_lacks()


def _check_types() -> None:
    for module in (changesets, handlers):
        module.validate_template_support = _with_types_of_the_region(
            module.validate_template_support
        )


def _with_types_of_the_region(validate: Callable[..., None]) -> Callable[..., None]:
    def validate_there(template: dict[str, Any], *rest: object, **more: object) -> None:
        used = {str(each.get("Type")) for each in (template.get("Resources") or {}).values()}
        if unknown := unknown_types(used, get_region()):
            listed = ", ".join(unknown)
            raise ValueError(f"Template format error: Unrecognized resource types: [{listed}]")
        validate(template, *rest, **more)

    return validate_there


def _check_exports() -> None:
    resolve = stacks._resolve_stack_outputs

    def resolve_checked(
        *arguments: object,
    ) -> tuple[list[dict[str, str]], dict[str, dict[str, str]]]:
        resolved: tuple[list[dict[str, str]], dict[str, dict[str, str]]] = resolve(*arguments)
        stack_name, stack_id = map(str, arguments[-2:])
        after = {name: export["Value"] for name, export in resolved[1].items()}
        own, others = {}, {}
        for name, export in cloudformation._exports.items():
            if export["StackId"] == stack_id:
                own[name] = export["Value"]
            else:
                others[name] = _name(export["StackId"])
        exports.check_update(own, after, _importers(stack_name), others)
        for name in own.keys() - after.keys():  # which MiniStack forgets to take away
            del cloudformation._exports[name]
        return resolved

    stacks._resolve_stack_outputs = resolve_checked

    delete = handlers._ACTION_HANDLERS["DeleteStack"]

    def delete_unless_imported(parameters: dict[str, Any]) -> Answer:
        stack = handlers._resolve_stack(handlers._p(parameters, "StackName"))
        if stack and not stack.get("EnableTerminationProtection"):
            outputs = [output.get("ExportName", "") for output in stack.get("Outputs", ())]
            try:
                exports.check_deletion(outputs, _importers(stack["StackName"]))
            except ExportError as error:
                refused: Answer = handlers._error(
                    "ValidationError", str(error), HTTPStatus.BAD_REQUEST
                )
                return refused
        answer: Answer = delete(parameters)
        return answer

    handlers._ACTION_HANDLERS["DeleteStack"] = delete_unless_imported


def _importers(exporter: str) -> dict[str, set[str]]:
    """The stacks that import an export, by its name; the exporter itself does not count."""
    found: dict[str, set[str]] = {}
    for name, stack in cloudformation._stacks.items():
        if name != exporter and stack["StackStatus"] not in _WITHOUT_RESOURCES:
            for export in handlers._imported_export_names(stack, name):
                found.setdefault(export, set()).add(name)
    return found


def _name(stack_id: str) -> str:
    return stack_id.split("/")[1]


def _say_which_export_lacks() -> None:
    resolve = stacks._resolve_refs

    def resolve_in_its_words(*arguments: object) -> object:
        try:
            return resolve(*arguments)
        except ValueError as error:
            unknown = _UNKNOWN_EXPORT.fullmatch(str(error))
            if unknown is None:
                raise
            raise ValueError(f"No export named {unknown[1]} found.") from error

    stacks._resolve_refs = resolve_in_its_words


# Types with a property of the name, and the names that are taken. MiniStack refuses buckets itself.
_NAMES: dict[str, tuple[str, Callable[[], list[str]]]] = {
    "AWS::IAM::InstanceProfile": ("InstanceProfileName", lambda: list(iam._instance_profiles)),
    "AWS::IAM::ManagedPolicy": (
        "ManagedPolicyName",
        lambda: [policy["PolicyName"] for policy in iam._policies.values()],
    ),
    "AWS::IAM::Role": ("RoleName", lambda: list(iam._roles)),
    "AWS::Lambda::Function": ("FunctionName", lambda: list(lambda_svc._functions)),
    "AWS::Logs::LogGroup": ("LogGroupName", lambda: list(cloudwatch_logs._log_groups)),
    "AWS::ResourceGroups::Group": ("Name", lambda: list(resource_groups._groups)),
    "AWS::SSM::Parameter": ("Name", lambda: list(ssm._parameters)),
    "AWS::SecretsManager::Secret": ("Name", lambda: list(secretsmanager._secrets)),
}


def _name_check(
    kind: str, name: str, taken: Callable[[], list[str]]
) -> Callable[[Properties], None]:
    """Return the check of a name that the template says; names that are drawn are free."""

    def check(properties: Properties) -> None:
        if name in properties:
            creations.check_name(kind, properties[name], taken())

    return check
