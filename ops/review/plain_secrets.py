"""Secrets that stand in a template as they are, and how to show values without them."""

import re

from ops.review.app_version import Json

HIDDEN = "(not shown)"

# A name that says secret, unless its end says that it is only where the secret is, or about it.
_SAYS_SECRET = re.compile(
    r"secret|passw(or)?d|passphrase|(^|_)pwd|token|api_?key|private_?key|access_?key|credential",
    re.IGNORECASE,
)
_ONLY_ABOUT = re.compile(
    r"(tokens|arn|arns|name|names|id|ids|path|file|url|uri|endpoint|parameter|ttl|age|seconds|minutes"
    r"|hours|days|length|bytes|limit|version|rotation|enabled|type|region|bucket|table|stage)$",
    re.IGNORECASE,
)
# The forms of well-known keys: AWS's, PEM, GitHub's, Slack's, Stripe's, and signed tokens (JWT).
_IS_SECRET = re.compile(
    r"\b(AKIA|ASIA)[A-Z0-9]{16}\b|-----BEGIN [A-Z ]*PRIVATE KEY|\bgh[pousr]_[A-Za-z0-9]{30,}"
    r"|\bxox[abprs]-[A-Za-z0-9-]{10,}|\bsk_live_[A-Za-z0-9]{10,}"
    r"|\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}"
)
_WITH_PASSWORD = re.compile(r"(\w+://[^/\s:@]+:)[^/\s@]+@")
# A switch or a choice is no secret, whatever it is called.
_CHOICE = re.compile(
    r"^-?\d{1,9}(\.\d+)?$|^(true|false|on|off|yes|no|none|required|optional|enabled|disabled|default)$",
    re.IGNORECASE,
)


def is_plain_secret(name: str, value: Json) -> bool:
    """Say whether a value is a secret in plain text, by its name or by its form.

    A reference, or what CloudFormation resolves from a secret itself, is none.
    """
    if not isinstance(value, str) or not value.strip() or "{{resolve:" in value:
        return False
    if _IS_SECRET.search(value) or _WITH_PASSWORD.search(value):
        return True
    return says_secret(name) and not _CHOICE.match(value) and not value.startswith("arn:")


def says_secret(name: str) -> bool:
    """Say whether what has such a name is a secret: `DB_PASSWORD`, and not `PASSWORD_LENGTH`."""
    last = name.rpartition(".")[2]
    return bool(_SAYS_SECRET.search(last)) and not _ONLY_ABOUT.search(last)


def without_secrets(value: Json, name: str = "") -> Json:
    """Return a value in which no secret stands. `name` is what the value is called."""
    match value:
        case str() if is_plain_secret(name, value):
            return HIDDEN
        case {"NoEcho": no_echo, "Default": _} if str(no_echo).lower() == "true":
            return {**value, "Default": HIDDEN}
        case {"Name": str(named), "Value": inner}:
            return {**value, "Value": without_secrets(inner, named)}
        case dict():
            return {each: without_secrets(inner, str(each)) for each, inner in value.items()}
        case list():
            return [without_secrets(each, name) for each in value]
        case _:
            return value
