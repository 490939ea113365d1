"""Which IAM actions a request to the local cloud needs, on which resources.

MiniStack finds an action and a resource. What it finds otherwise than AWS, for what this project
calls, is corrected here, after the page of each service in the Service Authorization Reference
(https://docs.aws.amazon.com/service-authorization/latest/reference/).
"""

import json
import re
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from ministack.core import iam_actions
from ministack.core.responses import get_account_id, get_region
from ministack.services import iam, kms, lambda_svc, secretsmanager

# .../list_awslambda.html: operations whose action has another name.
_LAMBDA_NAMES = {
    "Invoke": "InvokeFunction",
    "InvokeWithResponseStream": "InvokeFunction",
    "GetLayerVersionByArn": "GetLayerVersion",
}
_LAMBDA_CONFIGURED = frozenset({"lambda:CreateFunction", "lambda:UpdateFunctionConfiguration"})
# The actions on a version or an alias, where the request names one; the others are on the function.
_LAMBDA_QUALIFIED = frozenset(
    ("lambda:DeleteFunction", "lambda:GetFunction", "lambda:GetFunctionConfiguration")
    + ("lambda:InvokeAsync", "lambda:InvokeFunction")
)
# What Secrets Manager does with the key of a secret.
_SECRET_KEY_USES = {
    "secretsmanager:GetSecretValue": ("Decrypt",),
    "secretsmanager:PutSecretValue": ("GenerateDataKey", "Decrypt"),
    "secretsmanager:UpdateSecret": ("GenerateDataKey", "Decrypt"),
}
_SSM_ON_PARAMETERS = frozenset(
    f"ssm:{verb}"
    for verb in ("GetParameter", "GetParameters", "GetParametersByPath", "GetParameterHistory")
    + ("PutParameter", "DeleteParameter", "DeleteParameters")
)


@dataclass(frozen=True)
class Needed:
    """An action on a resource that a call needs, with the condition keys of this action alone.

    `refusal` are the words of the service that asks for it in the caller's name, if it has its own.
    """

    action: str
    resource: str
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    refusal: str = ""


# The condition keys of this request that MiniStack does not find, and what it needs beside the
# action and the resource that MiniStack names.
_keys: ContextVar[Mapping[str, tuple[str, ...]]] = ContextVar("keys")
_more: ContextVar[tuple[Needed, ...]] = ContextVar("more", default=())


def correct() -> None:
    """Name the actions and resources of this project's calls as AWS does."""
    iam_actions._BOTOCORE_SERVICE_MAP["lambda"] = ["lambda"]
    iam_actions._lambda_action = _lambda_action
    iam_actions.extract_resource_arn = _corrected(iam_actions.extract_resource_arn)


def needed(action: str, resource: str) -> tuple[Needed, ...]:
    """Return all that the call needs; what comes beside the first only once for a request."""
    more = _more.get()
    _more.set(())
    return Needed(action, resource, _keys.get({})), *more


def words_of(service: str, denied: str) -> str:
    """Say a denial as the service says it."""
    if service == "ec2":
        return f"You are not authorized to perform this operation. {denied}"
    if service == "s3":
        before, on, after = denied.partition(" on resource: ")
        resource, space, rest = after.partition(" ")
        return f'{before}{on}"{resource}"{space}{rest}'
    return denied


def _lambda_action(method: str, path: str) -> str | None:
    operation: str | None = iam_actions._match_rest_action("lambda", method, path)
    return _LAMBDA_NAMES.get(operation, operation) if operation else None


def _corrected(arn_of: Callable[..., str]) -> Callable[..., str]:
    def corrected(*request: Any) -> str:  # noqa: ANN401 - MiniStack has no types
        service, method, path, headers, body, query, region, account = request
        _more.set(())
        _keys.set({})
        found = arn_of(*request)
        action = iam_actions.extract_iam_action(service, method, path, headers, body, query) or ""
        match service:
            case "lambda" if ":function:" in found or action == "lambda:CreateFunction":
                if action == "lambda:CreateFunction":
                    found = f":function:{_member(body, 'FunctionName')}"
                found = _function(found, action, _one(query, "Qualifier"), region, account)
                if action in _LAMBDA_CONFIGURED:
                    _passed(_member(body, "Role"), "lambda.amazonaws.com")
                    _encrypted(found, body, region)
            case "backup":
                found = _backup(found, action, path, body)
                _passed(_member(body, "IamRoleArn"), "backup.amazonaws.com")
            case "cloudformation":
                _passed(_one(query, "RoleARN"), "cloudformation.amazonaws.com")
            case "ssm":
                found = _parameters(found, action, body, region, account)
            case "sts":
                names = {"ExternalId": "sts:ExternalId", "RoleSessionName": "sts:RoleSessionName"}
                given = {key: _one(query, name) for name, key in names.items()}
                _keys.set({key: (value,) for key, value in given.items() if value})
            case "secretsmanager" if action in _SECRET_KEY_USES:
                _secret_key(found, action, region)
            case "logs" if not action.endswith(("Resource", "ForResource")):
                stream = _member(body, "logStreamName")
                found = f"{found}:log-stream:{stream}" if ":log-group:" in found else found
            case "kms" if ":alias/" in found and not action.endswith("Alias"):
                key = kms._resolve_key(found)
                found = key["Arn"] if key else found
            case "iam" if ":role/" in found:
                role = iam._roles.get(found.rpartition("/")[2])
                found = role["Arn"] if role else found
        return found

    return corrected


def _function(found: str, action: str, qualifier: str, region: str, account: str) -> str:
    """.../list_awslambda.html; a function is named by its name, a part of its ARN, or its ARN."""
    name = found.partition(":function:")[2]
    parts = (name.rpartition("function:")[2] or name).split(":")
    qualifier = qualifier or (parts[1] if len(parts) > 1 else "")
    owner = found.split(":")[4] if found.startswith("arn:") else account
    arn = f"arn:aws:lambda:{region}:{owner}:function:{parts[0]}"
    return f"{arn}:{qualifier}" if qualifier and action in _LAMBDA_QUALIFIED else arn


def _parameters(found: str, action: str, body: bytes, region: str, account: str) -> str:
    """.../list_awssystemsmanager.html; each of several names is a resource of its own."""
    names = _member(body, "Names") or [_member(body, "Path") or _member(body, "Name")]
    if action not in _SSM_ON_PARAMETERS or not isinstance(names, list):
        return found
    arns = []
    for name in filter(None, names):
        plain = name.partition(":parameter")[2] if name.startswith("arn:") else name
        path = plain.partition(":")[0].lstrip("/")  # without version or label
        arns.append(f"arn:aws:ssm:{region}:{account}:parameter/{path}")
    _more.set(tuple(Needed(action, arn) for arn in arns[1:]))
    return arns[0] if arns else found


def _backup(found: str, action: str, path: str, body: bytes) -> str:
    """.../list_awsbackup.html: actions on a recovery point, or on the vault that a path names."""
    if action == "backup:StartRestoreJob":
        return str(_member(body, "RecoveryPointArn")) or found
    vault = re.fullmatch(r"/backup-vaults/([^/]+)(?:/recovery-points(?:/([^/]+).*)?)?/?", path)
    if vault is None:
        return found
    place = f"{get_region()}:{get_account_id()}"
    return unquote(vault[2] or "") or f"arn:aws:backup:{place}:backup-vault:{vault[1]}"


def _passed(role: object, to: str) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html"""
    if isinstance(role, str) and role:
        keys = {"iam:PassedToService": (to,)}
        _more.set((Needed("iam:PassRole", role, keys),))


def _encrypted(function: str, body: bytes, region: str) -> None:
    """Lambda encrypts the environment with the key in the name of who sets it.

    https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html
    """
    config = (lambda_svc._functions.get(function.split(":")[6]) or {}).get("config", {})
    key = _member(body, "KMSKeyArn") or config.get("KMSKeyArn")
    if key and (_member(body, "Environment") or _member(body, "KMSKeyArn")):
        via = through("lambda", region)
        # A service asks for the grant, which is for its own resource:
        # https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-grant-is-for-aws-resource
        grant = {**via, "kms:GrantIsForAWSResource": ("true",)}
        uses = (Needed("kms:Encrypt", key, via), Needed("kms:CreateGrant", key, grant))
        _more.set((*_more.get(), *uses))


def _secret_key(secret: str, action: str, region: str) -> None:
    """Secrets Manager uses a secret's own key in the name of who asks for the secret.

    https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
    """
    _, stored = secretsmanager._resolve(secret)
    key = kms._resolve_key((stored or {}).get("KmsKeyId") or "")
    if key:
        keys = through("secretsmanager", region) | {"kms:EncryptionContext:SecretARN": (secret,)}
        _more.set(
            tuple(
                Needed(f"kms:{use}", key["Arn"], keys, "Access to KMS is not allowed")
                for use in _SECRET_KEY_USES[action]
            )
        )


def through(service: str, region: str) -> dict[str, tuple[str, ...]]:
    """Return the condition keys of what a service does in the caller's name.

    https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-calledvia
    """
    return {
        "aws:CalledVia": (f"{service}.amazonaws.com",),
        "aws:ViaAWSService": ("true",),
        "kms:ViaService": (f"{service}.{region}.amazonaws.com",),
    }


def _one(query: Mapping[str, Any], name: str) -> str:
    value = query.get(name, "")
    return str(value[0] if isinstance(value, list) and value else value or "")


def _member(body: bytes, name: str) -> Any:  # noqa: ANN401 - JSON
    try:
        content = json.loads(body or b"{}")
    except ValueError:
        return ""
    return content.get(name) or "" if isinstance(content, dict) else ""
