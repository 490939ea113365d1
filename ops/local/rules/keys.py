"""Who may use a key of KMS: the function for its environment, CloudWatch Logs for a log group.

https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html
https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from ops.local.rules.policies import AccessRequest, Decision, Policies, Principal, evaluate
from ops.local.rules.policy_documents import Policy
from ops.local.rules.roles import Role, ServiceRefusal

# Properties of a key, and its tags, are not in the described state.
# https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html
_UNKNOWN = frozenset(
    ("aws:ResourceTag/", "kms:KeyOrigin", "kms:KeySpec", "kms:KeyUsage", "kms:MultiRegion")
    + ("kms:MultiRegionKeyType", "kms:ResourceAliases")
)
KeyState = Literal["Enabled", "Disabled", "PendingDeletion", "PendingImport", "Unavailable"]

# What CloudWatch Logs does with a key; all of it has the log group for its encryption context.
_LOGS_ACTIONS = ("kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey")
_LAMBDA_SAYS = "Lambda was unable to decrypt the environment variables because"
_CHECK = "Please check the function's KMS key settings."


@dataclass(frozen=True, kw_only=True)
class Key:
    """A key by its ARN, with its policy and its state."""

    arn: str
    policy: Policy
    state: KeyState = "Enabled"

    @property
    def region(self) -> str:
        """The key's region."""
        return self.arn.split(":")[3]


def decide(
    key: Key,
    action: str,
    principal: Principal,
    own: Policies,
    *,
    context: Mapping[str, str] | None = None,
    via: str | None = None,
    keys: Mapping[str, tuple[str, ...]] | None = None,
    unknown: frozenset[str] = frozenset(),
) -> tuple[AccessRequest, Decision]:
    """Decide whether somebody may use the key, with an encryption context and through a service.

    Only the key's policy gives rights, be it by leaving them to the account's IAM. `own` are the
    caller's policies; `via` is the service in whose request this is, such as `lambda`; `keys` and
    `unknown` are further condition keys, as in AccessRequest.
    """
    encryption = dict(context or {})
    given: dict[str, tuple[str, ...]] = {
        **(keys or {}),
        **{f"kms:EncryptionContext:{name}": (value,) for name, value in encryption.items()},
        "kms:EncryptionAlgorithm": ("SYMMETRIC_DEFAULT",),
    }
    if encryption:
        given["kms:EncryptionContextKeys"] = tuple(encryption)
    if via:
        given["kms:ViaService"] = (f"{via}.{key.region}.amazonaws.com",)
    if principal.account:
        given["kms:CallerAccount"] = (principal.account,)
    request = AccessRequest(
        principal=principal,
        action=action,
        resource=key.arn,
        keys=given,
        unknown=unknown | _UNKNOWN,
    )
    policies = Policies(
        identity=own.identity,
        boundary=own.boundary,
        session=own.session,
        resource=key.policy,
        resource_decides=True,
    )
    return request, evaluate(request, policies)


def check_configuration(arn: str, key: Key | None) -> None:
    """Refuse a key with which Lambda cannot encrypt the environment of a function.

    Lambda's words are those about an alias in hashicorp/terraform#20813 and, about a disabled key,
    those of its guide (awsdocs/aws-lambda-developer-guide, env_variables.md). Those about a key of
    another state were not found, and are in the same form here, with KMS's own
    (https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateGrant.html#API_CreateGrant_Errors).
    """
    said, kms = "used is disabled", ""
    if ":alias/" in arn:
        said = "is invalid for CreateGrant"
        kms = "InvalidArnException KMS Message: Key Aliases are not supported for this operation."
    elif key is None:
        said = "is invalid for CreateGrant"
        kms = f"NotFoundException KMS Message: Key '{arn}' does not exist"
    elif key.state == "Enabled":
        return
    elif key.state != "Disabled":
        said = "is invalid for CreateGrant"
        kms = f"KMSInvalidStateException KMS Message: {arn} is in the state {key.state}."
    raise ServiceRefusal(
        "InvalidParameterValueException",
        f"Lambda was unable to configure access to your environment variables because the KMS key"
        f" {said}. Please check your KMS key settings.{kms and f' KMS Exception: {kms}'}",
    )


def check_environment(key: Key | None, role: Role, function_arn: str) -> None:
    """Refuse a function whose environment Lambda cannot decrypt with the function's role.

    https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html (Errors)
    """
    if key is None:
        raise ServiceRefusal(
            "KMSNotFoundException", f"{_LAMBDA_SAYS} the KMS key was not found. {_CHECK}"
        )
    if key.state == "Disabled":
        raise ServiceRefusal(
            "KMSDisabledException", f"{_LAMBDA_SAYS} the KMS key used is disabled. {_CHECK}"
        )
    if key.state != "Enabled":
        raise ServiceRefusal(
            "KMSInvalidStateException",
            f"{_LAMBDA_SAYS} the state of the KMS key used is not valid for Decrypt. {_CHECK}"
            f" KMS Exception: KMSInvalidStateException KMS Message: {key.arn} is in the state"
            f" {key.state}.",
        )
    name = function_arn.split(":")[6]
    request, decision = decide(
        key,
        "kms:Decrypt",
        role.session(name),
        role.applying(),
        context={"aws:lambda:FunctionArn": function_arn},
        via="lambda",
        keys={**role.keys, **role.session_keys},
        unknown=role.unknown,
    )
    if not decision.allowed:
        raise ServiceRefusal(
            "KMSAccessDeniedException",
            f"{_LAMBDA_SAYS} KMS access was denied. {_CHECK}"
            f" KMS Exception: AccessDeniedException KMS Message: {decision.message(request)}",
        )


def check_log_group(key: Key | None, log_group_arn: str) -> None:
    """Refuse a log group whose key CloudWatch Logs cannot use, as CreateLogGroup does.

    The ARN is without `:*` at its end. A key that "does not exist or is disabled" is an
    InvalidParameterException
    (https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html);
    its words for a key in another state are not public. Those of a denial are in
    ministryofjustice/modernisation-platform#7870.
    """
    if key is None:
        raise ServiceRefusal(
            "InvalidParameterException", "The specified KMS Key Id could not be found."
        )
    if key.state != "Enabled":
        raise ServiceRefusal(
            "InvalidParameterException",
            f"The specified KMS Key Id cannot be used: {key.arn} is in the state {key.state}.",
        )
    service = Principal(arn=f"logs.{key.region}.amazonaws.com")
    context = {"aws:logs:arn": log_group_arn}
    decisions = (
        decide(key, action, service, Policies(), context=context)[1] for action in _LOGS_ACTIONS
    )
    if not all(decision.allowed for decision in decisions):
        raise ServiceRefusal(
            "AccessDeniedException",
            "The specified KMS key does not exist or is not allowed to be used with Arn"
            f" '{log_group_arn}'",
        )
