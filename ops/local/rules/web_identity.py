"""What STS takes from a token of an identity provider, such as that of a job of GitHub.

https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
"""

from collections.abc import Iterable, Mapping

from ops.local.rules.roles import ServiceRefusal

# The claims that a trust policy can ask for:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif
_CLAIMS = ("aud", "sub", "amr")
_CLAIMS_OF = {
    "token.actions.githubusercontent.com": (
        *("actor", "actor_id", "enterprise_id", "environment", "job_workflow_ref"),
        *("ref", "repository", "repository_id", "workflow"),
    )
}

Claims = Mapping[str, object]


def host_of(claims: Claims) -> str:
    """Return the name of the token's issuer, by which IAM names its identity provider."""
    return str(claims.get("iss") or "").partition("://")[2].rstrip("/")


def check_token(claims: Claims, audiences: Iterable[str] | None, now: float) -> None:
    """Refuse a token whose provider the account does not have, or that is for others, or too old.

    `audiences` are those of the provider in the account (None: it has no such provider), and `now`
    is in seconds since 1970. The signature is not verified: that needs the issuer's keys.
    """
    if audiences is None:
        raise ServiceRefusal(
            "InvalidIdentityToken",
            f"No OpenIDConnect provider found in your account for {claims.get('iss')}",
        )
    if claims.get("aud") not in set(audiences):
        raise ServiceRefusal("InvalidIdentityToken", "Incorrect token audience")
    expires = claims.get("exp")
    if not isinstance(expires, int) or expires <= now:
        raise ServiceRefusal(
            "ExpiredTokenException",
            f"Token expired: current date/time {now:.0f} must be before the expiration date/time"
            f" {expires}",
        )


def condition_keys(claims: Claims) -> dict[str, tuple[str, ...]]:
    """Return the condition keys of a token in the request for a role."""
    host = host_of(claims)
    known = (*_CLAIMS, *_CLAIMS_OF.get(host, ()))
    return {
        f"{host}:{name}": (str(claims[name]),) for name in known if claims.get(name) is not None
    }
