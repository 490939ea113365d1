"""Roles that are assumed with a token of an identity provider, as GitHub's jobs do it.

MiniStack compares `aud`, `sub` and `amr` with the trust policy, and takes a token of any issuer.
"""

import time
from collections.abc import Mapping
from typing import Any

from ministack.services import cognito, iam, sts

from ops.local.rules import web_identity
from ops.local.rules.roles import ServiceRefusal

Answer = tuple[int, dict[str, str], bytes]


def judge_tokens() -> None:
    """Hold tokens to the account's identity providers, and roles to all claims that STS knows."""
    trust_denied = sts._web_identity_trust_denied

    def denied(role_arn: str, parameters: Mapping[str, Any], use_json: bool) -> Answer | None:  # noqa: FBT001 - MiniStack's
        claims = _claims(sts._p(parameters, "WebIdentityToken"))
        provider = iam._oidc_providers.get(_provider(claims, role_arn))
        try:
            web_identity.check_token(claims, provider and provider["ClientIDList"], time.time())
        except ServiceRefusal as refused:
            answer: Answer = sts._error(400, refused.name, refused.message, ns="sts")
            return answer
        found: Answer | None = trust_denied(role_arn, parameters, use_json)
        return found

    def principal(
        token: str, _provider_id: str, role_arn: str
    ) -> tuple[str, dict[str, tuple[str, ...]]]:
        claims = _claims(token)
        return _provider(claims, role_arn), web_identity.condition_keys(claims)

    sts._web_identity_trust_denied, sts._web_identity_principal = denied, principal


def _provider(claims: web_identity.Claims, role_arn: str) -> str:
    """Return the ARN of the token's provider in the role's account."""
    partition, account = role_arn.split(":")[1], role_arn.split(":")[4]
    return f"arn:{partition}:iam::{account}:oidc-provider/{web_identity.host_of(claims)}"


def _claims(token: str) -> dict[str, object]:
    claims: dict[str, object] = cognito._token_claims(token)
    return claims
