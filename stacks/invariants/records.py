"""Logs, keys, secrets, and what stacks take from each other."""

from collections.abc import Iterator

from stacks.invariants.declared import Declared, Json, inner
from stacks.invariants.statements import statements

# What the account does with a key: it administers it, uses it, and lends it to services of AWS.
_KEY_ACTIONS = frozenset(
    {
        *("kms:CancelKeyDeletion", "kms:CreateAlias", "kms:CreateGrant", "kms:Decrypt"),
        *("kms:DeleteAlias", "kms:DescribeKey", "kms:DisableKey", "kms:DisableKeyRotation"),
        *("kms:EnableKey", "kms:EnableKeyRotation", "kms:Encrypt", "kms:GenerateDataKey"),
        *("kms:GenerateDataKeyWithoutPlaintext", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus"),
        *("kms:ListAliases", "kms:ListGrants", "kms:ListKeyPolicies", "kms:ListKeyRotations"),
        *("kms:ListResourceTags", "kms:PutKeyPolicy", "kms:ReEncryptFrom", "kms:ReEncryptTo"),
        *("kms:RetireGrant", "kms:RevokeGrant", "kms:RotateKeyOnDemand"),
        *("kms:ScheduleKeyDeletion", "kms:TagResource", "kms:UntagResource", "kms:UpdateAlias"),
        "kms:UpdateKeyDescription",
    }
)
_LOG_KEY_ACTIONS = frozenset(
    {
        *("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"),
        *("kms:GenerateDataKeyWithoutPlaintext", "kms:ReEncryptFrom", "kms:ReEncryptTo"),
    }
)


_LENDING = ("kms:CreateGrant",)
# Those who are no service of AWS, for what is no resource of AWS.
_TO_OTHERS = {
    "BoolIfExists": {"aws:PrincipalIsAWSService": "false", "kms:GrantIsForAWSResource": "false"}
}


def every_log_group_is_encrypted_and_ends(stage: Declared) -> Iterator[str]:
    """Each log group has a key of the stage and a retention."""
    for group in stage.of_type("AWS::Logs::LogGroup"):
        key = stage.find(group.properties.get("KmsKeyId"), group.stack)
        if key is None or key.kind != "AWS::KMS::Key":
            yield f"{group} is not encrypted by a key of the stage"
        if "RetentionInDays" not in group.properties:
            yield f"{group} keeps its lines for ever"


def every_key_rotates(stage: Declared) -> Iterator[str]:
    """Each key is replaced by AWS every year."""
    for key in stage.of_type("AWS::KMS::Key"):
        if key.properties.get("EnableKeyRotation") is not True:
            yield f"{key} does not rotate"


def every_key_is_administered_used_and_lent_by_the_account(stage: Declared) -> Iterator[str]:
    """The account can administer each key and use it by IAM, and lend it to AWS's services alone.

    Without that nobody could change or delete it
    (https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html). The service of
    a log group uses the group's key itself
    (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html).
    """
    logged = {
        stage.find(group.properties.get("KmsKeyId"), group.stack)
        for group in stage.of_type("AWS::Logs::LogGroup")
    }
    for key in stage.of_type("AWS::KMS::Key"):
        account: set[str] = set()
        logs: set[str] = set()
        for statement in statements(key.properties["KeyPolicy"], where=str(key)):
            if statement.resources != ("*",):
                yield f"{statement} is not of the key itself"
            elif statement.effect == "Deny":
                if statement.actions != _LENDING:
                    yield f"{statement} denies more than to lend the key"
            elif statement.services:  # of logs, or of what publishes to an encrypted topic
                if any("logs." in str(service) for service in statement.services):
                    logs |= set(statement.actions)
            else:
                account |= set(statement.actions)
                to_aws = statement.condition.get("Bool", {}).get("kms:GrantIsForAWSResource")
                if statement.covers("kms:CreateGrant") and to_aws != "true":
                    yield f"{statement} lets the account lend the key to anybody"
        for action in sorted(_KEY_ACTIONS - account):
            yield f"{key}: the account may not call {action}"
        if key in logged:
            for action in sorted(_LOG_KEY_ACTIONS - logs):
                yield f"{key}: CloudWatch Logs may not call {action}"


def no_other_policy_may_lend_a_key(stage: Declared) -> Iterator[str]:
    """Each key is denied to be lent to others than AWS's services, whatever else is allowed.

    https://docs.aws.amazon.com/controltower/latest/controlreference/kms-rules.html
    """
    for key in stage.of_type("AWS::KMS::Key"):
        if not any(
            (statement.effect, statement.principal, statement.actions, statement.condition)
            == ("Deny", {"AWS": "*"}, _LENDING, _TO_OTHERS)
            for statement in statements(key.properties["KeyPolicy"], where=str(key))
        ):
            yield f"{key} may be lent to others than AWS's services by another policy"


def every_secret_has_a_key_of_the_stage(stage: Declared) -> Iterator[str]:
    """Each secret is generated by AWS, and encrypted by a key of the stage."""
    for secret in stage.of_type("AWS::SecretsManager::Secret"):
        key = stage.find(secret.properties.get("KmsKeyId"), secret.stack)
        if key is None or key.kind != "AWS::KMS::Key":
            yield f"{secret} is not encrypted by a key of the stage"
        if "SecretString" in secret.properties:
            yield f"{secret} has its value in the template"


def what_is_imported_is_exported(stage: Declared) -> Iterator[str]:
    """Each export that a stack of the stage imports is one of the stage, and made before."""
    for each in stage.all.values():
        for name in stage.imports(each.properties):
            if name not in stage.exports:
                yield f"{each} imports {name}, which no stack of the stage exports"
            elif not stage.waits_for.get(each.stack):
                yield f"{each} imports {name}, and {each.stack} waits for no stack"


def what_is_named_is_there(stage: Declared) -> Iterator[str]:
    """Each reference in a template names a resource or a parameter of that template."""
    for each in stage.all.values():
        parameters = stage.templates[each.stack].get("Parameters", {})
        for name in _names(each.properties):
            known = (each.stack, name) in stage.all or name in parameters
            if not known and not name.startswith("AWS::"):
                yield f"{each} names {name}, which {each.stack} does not have"


def data_stands_in_a_stack_of_its_own(stage: Declared) -> Iterator[str]:
    """No stack has both files and functions on them: the functions may be made anew."""
    for stack in stage.templates:
        of_stack = [each for each in stage.all.values() if each.stack == stack]
        files = [each for each in of_stack if each.kind == "AWS::EFS::FileSystem"]
        mounts = [each for each in of_stack if each.properties.get("FileSystemConfigs")]
        if files and mounts:
            yield f"{mounts[0]} is in the stack of {files[0]}"


def _names(value: Json) -> Iterator[str]:
    if isinstance(value, dict):
        if "Ref" in value:
            yield value["Ref"]
        if "Fn::GetAtt" in value:
            yield value["Fn::GetAtt"][0]
    for each in inner(value):
        yield from _names(each)
