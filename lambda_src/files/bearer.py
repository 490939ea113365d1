"""Who may call: whoever holds the drive's token, where the URL is public.

The token is a secret in Secrets Manager that `TOKEN_SECRET` names. Its current and its previous
version are both good, so that it can be changed without an outage (docs/operations/running.md).
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

from files import web
from files.log import logger

SECRET = os.environ.get("TOKEN_SECRET")
# A version of the secret that is shorter is no token: somebody's slip, or a word to be guessed.
TOKEN_CHARACTERS = 32
# How long a version is taken for good without another look.
FRESH_SECONDS = 60.0
# How long it is when looking fails.
STALE_SECONDS = 900.0
# Wrong tokens are worth a look, since they may be newer than the last one: so many at once, and
# then one in so many seconds; and the same one no sooner again.
LOOKS = 5
LOOK_SECONDS = 10.0

_STAGES = ("AWSCURRENT", "AWSPREVIOUS")
# At least one parameter must follow the scheme, and a realm may: RFC 6750 section 3.
_CHALLENGE = 'Bearer realm="lambda-drive"'
_SCHEME = re.compile(r"bearer +([A-Za-z0-9._~+/-]+=*) *", re.IGNORECASE | re.ASCII)  # RFC 6750

Read = Callable[[str], str | None]


class UnreadableError(Exception):
    """The token cannot be known at the moment."""


class Tokens:
    """The tokens that are good, of which only digests are kept.

    `read` gives the version of a stage, or None where there is none, and raises when it cannot.
    """

    def __init__(self, read: Read, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._read, self._clock = read, clock
        self._digests: tuple[bytes, ...] = ()
        self._good_at = self._tried_at = float("-inf")
        self._looks, self._counted_at = float(LOOKS), clock()
        self._looked_for: dict[bytes, float] = {}

    def admit(self, token: str) -> bool:
        """Say whether the token is good. Raises `UnreadableError` when nobody can know."""
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
        """Compare with every version, all of it, whatever the first comparison says."""
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
        except Exception:  # noqa: BLE001 - whatever it is, those known hold for a while
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
                f"the version {stage} of the secret is no token: it must have at least"
                f" {TOKEN_CHARACTERS} characters, got {len(token)}"
            )
            return None
        return token or None


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _read_secret(stage: str) -> str | None:
    # Not at a cold start that ends with a signed request, and not for tests.
    import boto3  # noqa: PLC0415
    from botocore.config import Config  # noqa: PLC0415

    global _client  # noqa: PLW0603 - made once
    if _client is None:
        config = Config(
            connect_timeout=2,
            read_timeout=5,
            retries={"mode": "standard", "total_max_attempts": 2},
        )
        _client = boto3.client("secretsmanager", config=config)
    try:
        version = _client.get_secret_value(SecretId=SECRET, VersionStage=stage)
    except _client.exceptions.ResourceNotFoundException:
        if stage == "AWSPREVIOUS":  # as it is before the first change
            return None
        raise
    secret: str | None = version.get("SecretString")
    return secret


_client: Any = None
tokens = Tokens(_read_secret)


def refusal(event: dict[str, Any]) -> Response[str] | None:
    """Return the answer to a request that may not go on; None to one that may.

    A signed request was checked by Lambda before. An unsigned one has no account: without a token
    to know it by it is refused as well, so that a URL which became public by a slip, or for the
    moment between two steps of a deployment, opens nothing.
    """
    context = event["requestContext"]
    signed = SECRET is None and context.get("accountId") != "anonymous"
    # OPTIONS says what could be done, and does nothing.
    if signed or context["http"]["method"] == HTTPMethod.OPTIONS:
        return None
    if SECRET is None:
        return _unauthorized("the URL is public, and the service has no token to know callers by")
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
