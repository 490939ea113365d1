"""The files: encrypted, kept, backed up, and for those alone who may."""

from collections.abc import Iterator

from stacks.invariants.declared import Declaration, Declared, Json
from stacks.invariants.statements import Statement, of_policies, policies_of, statements

_STATEFUL = frozenset(
    {
        "AWS::Backup::BackupVault",
        "AWS::EFS::FileSystem",
        "AWS::KMS::Key",
        "AWS::Logs::LogGroup",
    }
)
_MOUNT = "elasticfilesystem:ClientMount"
_WRITE = "elasticfilesystem:ClientWrite"
_ROOT = "elasticfilesystem:ClientRootAccess"


def every_file_system_has_a_key_of_the_stage(stage: Declared) -> Iterator[str]:
    """Each file system is encrypted, by a key that the stage declares."""
    for each in stage.of_type("AWS::EFS::FileSystem"):
        key = stage.find(each.properties.get("KmsKeyId"), each.stack)
        encrypted = each.properties.get("Encrypted") is True
        if not encrypted or key is None or key.kind != "AWS::KMS::Key":
            yield f"{each} is not encrypted by a key of the stage"


def no_file_system_policy_allows_anybody(stage: Declared) -> Iterator[str]:
    """The policy of a file system has denials alone, and denies what no role may have.

    What it must deny: calls without TLS, calls without an access point, root.
    """
    for each in stage.of_type("AWS::EFS::FileSystem"):
        found = statements(each.properties.get("FileSystemPolicy"), where=str(each))
        for statement in found:
            if statement.effect == "Allow":
                yield f"{each} allows in its own policy: {statement}"
        for what, action, condition in (
            ("calls without TLS", _MOUNT, {"Bool": {"aws:SecureTransport": "false"}}),
            (
                "calls without an access point",
                _MOUNT,
                {"Null": {"elasticfilesystem:AccessPointArn": "true"}},
            ),
            ("root", _ROOT, None),
        ):
            if not any(_denies(statement, action, condition) for statement in found):
                yield f"{each} does not deny {what} in its policy"


def only_roles_of_functions_mount_and_by_the_access_point(stage: Declared) -> Iterator[str]:
    """Whoever may mount is a role of Lambda, by one access point and through a mount target."""
    for policy in stage.of_type("AWS::IAM::ManagedPolicy", "AWS::IAM::Policy", "AWS::IAM::Role"):
        for statement in of_policies(policy):
            if statement.effect != "Allow" or not statement.covers(_MOUNT, _WRITE, _ROOT):
                continue
            through = statement.condition.get("ArnEquals", {})
            reached = statement.condition.get("Bool", {})
            if "elasticfilesystem:AccessPointArn" not in through:
                yield f"{statement} allows a mount without naming the access point"
            if reached.get("elasticfilesystem:AccessedViaMountTarget") != "true":
                yield f"{statement} allows a mount from elsewhere than a mount target"
            if statement.covers(_ROOT):
                yield f"{statement} allows root"
    for role in stage.of_type("AWS::IAM::Role"):
        mounts = any(
            statement.effect == "Allow" and statement.covers(_MOUNT)
            for each in (
                role,
                *stage.referred(role.properties.get("ManagedPolicyArns", []), role.stack),
            )
            for statement in of_policies(each)
        )
        trusts = [
            statement.principal
            for statement in statements(
                role.properties["AssumeRolePolicyDocument"], where=str(role)
            )
        ]
        if mounts and trusts != [{"Service": "lambda.amazonaws.com"}]:
            yield f"{role} may mount, and others than Lambda may assume it: {trusts}"


def an_access_point_is_no_root_and_not_open_to_all(stage: Declared) -> Iterator[str]:
    """An access point is not root, and has a directory of its own that is closed to others.

    But one that no function with a URL mounts: it may have the root, which belongs to nobody there.
    """
    for each in stage.of_type("AWS::EFS::AccessPoint"):
        user = each.properties.get("PosixUser", {})
        directory = each.properties.get("RootDirectory", {})
        mode = directory.get("CreationInfo", {}).get("Permissions", "777")
        if "0" in {str(user.get("Uid", "0")), str(user.get("Gid", "0"))}:
            yield f"{each} acts as root"
        if directory.get("Path", "/") == "/":
            for function in _with_a_url(stage):
                mounts = function.properties.get("FileSystemConfigs", [])
                if each in set(stage.referred(mounts, function.stack)):
                    yield f"{each} gives the root of the file system to {function}"
        elif int(mode, 8) & 0o007:
            yield f"{each} lets everybody into its directory: mode {mode}"


def what_is_kept_is_retained(stage: Declared) -> Iterator[str]:
    """Files, backups, keys and logs of a stage with `retain` outlive their stack and replacement.

    So does the role by which AWS Backup ends a backup at its time
    (https://docs.aws.amazon.com/aws-backup/latest/devguide/backup-iam.html).
    """
    if not stage.retained:
        return
    who_ends_backups: set[Declaration] = set()
    for selection in stage.of_type("AWS::Backup::BackupSelection"):
        for role in stage.referred(_role(selection), selection.stack):
            who_ends_backups |= {*policies_of(stage, role)}
    for each in stage.all.values():
        if each.kind not in _STATEFUL and each not in who_ends_backups:
            continue
        after_failure = {"Retain", "RetainExceptOnCreate"}
        if each.resource.get("DeletionPolicy") not in after_failure:
            yield f"{each} ({each.kind}) would be deleted with its stack"
        if each.resource.get("UpdateReplacePolicy") != "Retain":
            yield f"{each} ({each.kind}) would be deleted when it is replaced"


def _with_a_url(stage: Declared) -> set[Declaration]:
    return {
        found
        for kind, name in (
            ("AWS::Lambda::Url", "TargetFunctionArn"),
            ("AWS::ApiGatewayV2::Integration", "IntegrationUri"),
        )
        for each in stage.of_type(kind)
        for found in stage.referred(each.properties.get(name), each.stack)
        if found.kind == "AWS::Lambda::Function"
    }


def _denies(statement: Statement, action: str, condition: dict[str, dict[str, str]] | None) -> bool:
    return (
        statement.effect == "Deny"
        and statement.principal == {"AWS": "*"}
        and statement.covers(action)
        and statement.condition == (condition or {})
    )


def _role(selection: Declaration) -> Json:
    return selection.properties.get("BackupSelection", {}).get("IamRoleArn")
