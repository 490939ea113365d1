"""CloudFormation handlers for the resource types that MiniStack refuses or leaves out.

Those of a network are in `network_handlers`.
"""

import json
from http import HTTPStatus

from ministack.services import backup, budgets, lambda_svc, resource_groups, secretsmanager
from ministack.services.cloudformation import provisioners

from ops.local import network_handlers
from ops.local.network_handlers import Created, Handler, Properties, replaceable


def handlers() -> dict[str, Handler]:
    """Return the CloudFormation handlers for what MiniStack refuses or leaves out."""
    function = provisioners._RESOURCE_HANDLERS["AWS::Lambda::Function"]

    def keep_declared(physical_id: str, properties: Properties) -> None:
        config = lambda_svc._functions[physical_id]["config"]
        config["FileSystemConfigs"] = properties.get("FileSystemConfigs") or []
        config["KMSKeyArn"] = properties.get("KmsKeyArn", "")

    def create_function(logical_id: str, properties: Properties, stack_name: str) -> Created:
        created: Created = function["create"](logical_id, properties, stack_name)
        keep_declared(created[0], properties)
        return created

    def update_function(
        physical_id: str, old: Properties, new: Properties, stack_name: str, logical_id: str
    ) -> Created:
        updated: Created = function["update"](physical_id, old, new, stack_name, logical_id)
        keep_declared(updated[0], new)
        return updated

    return {
        **network_handlers.handlers(),
        "AWS::Lambda::Function": {
            **function,
            "create": create_function,
            "update": update_function,
            "update_with_logical_id": True,
        },
        # Only the dry run (ops/pipeline_walk) runs a pipeline, and it reads the template.
        "AWS::CodePipeline::Pipeline": replaceable(_record, lambda *_: None),
        "AWS::Backup::BackupSelection": replaceable(_create_selection, _delete_selection),
        "AWS::Budgets::Budget": {
            "create": _create_budget,
            "update": _update_budget,
            "update_with_logical_id": True,
            "delete": _delete_budget,
        },
        "AWS::ResourceGroups::Group": {
            "create": _create_group,
            "update": _update_group,
            "update_with_logical_id": True,
            "delete": _delete_group,
        },
        "AWS::SecretsManager::Secret": _referred_to_by_arn(
            provisioners._RESOURCE_HANDLERS["AWS::SecretsManager::Secret"]
        ),
    }


def _referred_to_by_arn(secret: Handler) -> Handler:
    """Return the handler of a secret whose `Ref` is its ARN, by which policies name it.

    MiniStack's is its name. https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-secretsmanager-secret.html
    """

    def create(logical_id: str, properties: Properties, stack_name: str) -> Created:
        _, attributes = secret["create"](logical_id, properties, stack_name)
        return attributes["Arn"], attributes

    def update(
        physical_id: str, old: Properties, new: Properties, stack_name: str, logical_id: str
    ) -> Created:
        _, attributes = secret["update"](_name(physical_id), old, new, stack_name, logical_id)
        return attributes["Arn"], attributes

    def delete(physical_id: str, properties: Properties) -> None:
        secret["delete"](_name(physical_id), properties)

    return {**secret, "create": create, "update": update, "delete": delete}


def _name(arn: str) -> str:
    found = [name for name, secret in secretsmanager._secrets.items() if secret["ARN"] == arn]
    return found[0] if found else arn


def _record(logical_id: str, _properties: Properties, stack_name: str) -> Created:
    return f"{stack_name}-{logical_id}", {}


def _create_selection(_logical_id: str, properties: Properties, _stack_name: str) -> Created:
    """Make what of an account a plan backs up; CloudFormation replaces it when anything changes.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-backup-backupselection.html
    """
    plan = properties["BackupPlanId"]
    status, _, body = backup._create_selection(
        plan, {"BackupSelection": properties["BackupSelection"]}
    )
    if status >= HTTPStatus.BAD_REQUEST:
        raise ValueError(body.decode())
    found = json.loads(body)["SelectionId"]
    # With both ids, which its deletion needs.
    return f"{found}|{plan}", {"Id": f"{found}|{plan}", "SelectionId": found, "BackupPlanId": plan}


def _delete_selection(physical_id: str, properties: Properties) -> None:
    selection, _, plan = physical_id.partition("|")
    backup._delete_selection(plan, selection)


def _create_budget(logical_id: str, properties: Properties, stack_name: str) -> Created:
    """Make a budget, with a name if it has none; it counts no costs here."""
    budget = properties["Budget"]
    name = budget.get("BudgetName") or f"{stack_name}-{logical_id}"
    limit = {key: str(value) for key, value in budget["BudgetLimit"].items()}
    status, _, body = budgets._create_budget(
        {
            "Budget": {**budget, "BudgetName": name, "BudgetLimit": limit},
            "NotificationsWithSubscribers": properties.get("NotificationsWithSubscribers", []),
            "ResourceTags": properties.get("ResourceTags", []),
        }
    )
    if status >= HTTPStatus.BAD_REQUEST:
        raise ValueError(body.decode())
    return name, {}


def _update_budget(
    physical_id: str, old: Properties, new: Properties, stack_name: str, logical_id: str
) -> Created:
    _delete_budget(physical_id, old)
    return _create_budget(logical_id, new, stack_name)


def _delete_budget(physical_id: str, _properties: Properties) -> None:
    budgets._delete_budget({"BudgetName": physical_id})


def _create_group(_logical_id: str, properties: Properties, _stack_name: str) -> Created:
    """Make a group that Resource Groups lists with its query; it has no members."""
    tags = {tag["Key"]: tag["Value"] for tag in properties.get("Tags", [])}
    # A template has the query as it is, Resource Groups' API takes it as text.
    query = properties["ResourceQuery"]
    asked = {**query, "Query": json.dumps(query.get("Query", {}))}
    status, _, body = resource_groups._create_group(
        {**properties, "ResourceQuery": asked, "Tags": tags}
    )
    if status >= HTTPStatus.BAD_REQUEST:
        raise ValueError(body.decode())
    group = json.loads(body)["Group"]
    return group["Name"], {"Arn": group["GroupArn"]}


def _update_group(
    physical_id: str, old: Properties, new: Properties, stack_name: str, logical_id: str
) -> Created:
    """Replace a group whose name changes; change it otherwise."""
    if new["Name"] == physical_id:
        _delete_group(physical_id, old)
        return _create_group(logical_id, new, stack_name)
    created = _create_group(logical_id, new, stack_name)
    _delete_group(physical_id, old)
    return created


def _delete_group(physical_id: str, _properties: Properties) -> None:
    resource_groups._delete_group({"GroupName": physical_id})
