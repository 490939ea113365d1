"""The token that callers of a public URL must send.

The token is a secret in Secrets Manager, whose name is in `TOKEN_SECRET`. Its current and its
previous version are both valid, so that it can be changed without an outage
(docs/operations/running.md).
"""

import hashlib
import hmac
import os
import re
import time
from collections.abc import Callable
from http import HTTPMethod
from typing import Any

from aws_lambda_powertools.event_handler import Response

from files import mount, web
from files.log import logger

SECRET = os.environ.get("TOKEN_SECRET")
# A shorter version of the secret is not a token: it is a mistake, or a word that can be guessed.
TOKEN_CHARACTERS = 32
# A version is valid for so long until the secret is read again,
FRESH_SECONDS = 60.0
# and for so long when the secret cannot be read.
STALE_SECONDS = 900.0
# An unknown token may be newer than the last read, so the secret is read again for it: so many
# times at once, then once in so many seconds, and for the same token not earlier than that.
LOOKS = 5
LOOK_SECONDS = 10.0

_STAGES = ("AWSCURRENT", "AWSPREVIOUS")
# At least one parameter must follow the scheme, and a realm may: RFC 6750 section 3.
_CHALLENGE = 'Bearer realm="lambda-drive"'
_SCHEME = re.compile(r"bearer +([A-Za-z0-9._~+/-]+=*) *", re.IGNORECASE | re.ASCII)  # RFC 6750

Read = Callable[[str], str | None]


class UnreadableError(Exception):
    """The secret of the token cannot be read at the moment."""


class Tokens:
    """The valid tokens, of which only digests are kept.

    `read` returns the version of a stage, or None where there is none. It raises if it cannot read.
    """

    def __init__(self, read: Read, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._read, self._clock = read, clock
        self._digests: tuple[bytes, ...] = ()
        self._good_at = self._tried_at = float("-inf")
        self._looks, self._counted_at = float(LOOKS), clock()
        self._looked_for: dict[bytes, float] = {}

    def admit(self, token: str) -> bool:
        """Say whether the token is valid. Raises `UnreadableError` when that cannot be known."""
        now = self._clock()
        refreshed = bool(self._digests) and now - self._tried_at >= FRESH_SECONDS
        if refreshed:
            self._look(now)
        digest = _digest(token)
        if self._holds(digest):
            return True
        if not refreshed and self._may_look(digest, now):
            self._look(now)
        if not self._digests:
            raise UnreadableError
        return self._holds(digest)

    def _holds(self, digest: bytes) -> bool:
        """Compare with every version, whatever the first comparison says: in constant time."""
        return sum(hmac.compare_digest(digest, known) for known in self._digests) > 0

    def _may_look(self, digest: bytes, now: float) -> bool:
        self._looks = min(LOOKS, self._looks + (now - self._counted_at) / LOOK_SECONDS)
        self._counted_at = now
        if self._looks < 1 or now - self._looked_for.get(digest, float("-inf")) < LOOK_SECONDS:
            return False
        self._looks -= 1
        lately = {one: at for one, at in self._looked_for.items() if now - at < LOOK_SECONDS}
        self._looked_for = {**lately, digest: now}
        return True

    def _look(self, now: float) -> None:
        self._tried_at = now
        try:
            found = [token for stage in _STAGES if (token := self._version(stage))]
        except Exception:  # noqa: BLE001 - whatever it is, the known tokens stay valid for a while
            logger.exception("the secret of the token cannot be read")
            found = []
        if found:
            self._digests, self._good_at = tuple(map(_digest, found)), now
        elif now - self._good_at >= STALE_SECONDS:
            self._digests = ()

    def _version(self, stage: str) -> str | None:
        token = (self._read(stage) or "").strip()
        if token and len(token) < TOKEN_CHARACTERS:
            logger.error(
                f"the version {stage} of the secret is not a token: it must have at least"
                f" {TOKEN_CHARACTERS} characters, got {len(token)}"
            )
            return None
        return token or None


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _read_secret(stage: str) -> str | None:
    # Imported late: a signed request and tests do not need it.
    import boto3  # noqa: PLC0415

    global _client  # noqa: PLW0603 - made once
    if _client is None:
        _client = boto3.client("secretsmanager", config=mount.sdk_config())
    try:
        version = _client.get_secret_value(SecretId=SECRET, VersionStage=stage)
    except _client.exceptions.ResourceNotFoundException:
        if stage == "AWSPREVIOUS":  # before the first change there is none
            return None
        raise
    secret: str | None = version.get("SecretString")
    return secret


_client: Any = None
tokens = Tokens(_read_secret)


def refusal(event: dict[str, Any]) -> Response[str] | None:
    """Return the answer to a request that is refused; None for one that is admitted.

    Lambda has checked a signed request before. An unsigned request has no account. It is refused
    when the service has no token as well, so that a URL which is public by mistake, or between two
    steps of a deployment, gives access to nothing.
    """
    context = event["requestContext"]
    signed = SECRET is None and context.get("accountId") != "anonymous"
    method = context["http"]["method"]
    # OPTIONS only describes the service.
    if signed or method == HTTPMethod.OPTIONS:
        return None
    if SECRET is None:
        return _unauthorized("the URL is public, and the service has no token to know callers by")
    if web.is_open(method, event["rawPath"]):
        return None
    header = event["headers"].get("authorization")
    if header is None:
        return _unauthorized("send the drive's token, in the header Authorization: Bearer <token>")
    return _refusal_of(header)


def _refusal_of(header: str) -> Response[str] | None:
    found = _SCHEME.fullmatch(header)
    try:
        if found and tokens.admit(found[1]):
            return None
    except UnreadableError:
        return web.problem(
            "not-configured", "the secret that holds the drive's token cannot be read"
        )
    return _unauthorized("this is not the drive's token", f'{_CHALLENGE}, error="invalid_token"')


def _unauthorized(detail: str, challenge: str = _CHALLENGE) -> Response[str]:
    return web.problem("unauthorized", detail, headers={"WWW-Authenticate": challenge})
