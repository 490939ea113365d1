"""The verification of AWS Signature Version 4, as a service does it: over the whole request."""

import base64
import hashlib
import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote_to_bytes

from ops.local.canonical_request import Request, canonical

ALGORITHM = "AWS4-HMAC-SHA256"
# The clocks of caller and service may differ by this.
CLOCK = timedelta(minutes=5)
LONGEST_PRESIGNED_SECONDS = 604_800

MISMATCH = (
    "The request signature we calculated does not match the signature you provided. Check your AWS"
    " Secret Access Key and signing method. Consult the service documentation for details."
)
UNKNOWN_TOKEN = "The security token included in the request is invalid."  # noqa: S105 - no secret
EXPIRED_TOKEN = "The security token included in the request is expired"  # noqa: S105 - no secret

_INCOMPLETE, _INVALID = "IncompleteSignatureException", "InvalidSignatureException"
_DATE = "%Y%m%dT%H%M%SZ"
_SCOPE_PARTS = 5
_TOKEN = "x-amz-security-token"  # noqa: S105 - the name of a header
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-authentication-methods.html
_PRESIGNED = ("X-Amz-Credential", "X-Amz-Signature", "X-Amz-SignedHeaders", "X-Amz-Date")


@dataclass(frozen=True)
class Credentials:
    """An access key as the service knows it, and its owner. `expires` is a time in UTC."""

    access_key: str
    secret_key: str = field(repr=False)
    account: str
    arn: str
    user_id: str
    token: str | None = field(default=None, repr=False)
    expires: datetime | None = None


class UnsignedError(Exception):
    """The request has no signature."""


class SignatureError(Exception):
    """The signature does not hold; `kind` is AWS's name for why."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


@dataclass(frozen=True)
class _Signed:
    """The parts of a signature in a request."""

    credential: str
    names: str
    signature: str = field(repr=False)
    date: str
    token: str | None = field(repr=False)
    valid_for: timedelta | None = None  # of a presigned one


def verify(
    request: Request,
    known: Callable[[str], Credentials | None],
    *,
    region: str,
    service: str,
    now: datetime,
) -> Credentials:
    """Return the credentials of the signature.

    The hash of the payload is computed from the body, whatever a header says: Lambda does not
    accept an unsigned payload. Raises `UnsignedError` or `SignatureError`.
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-lambda.html
    """
    signed = _read(request)
    names = signed.names.split(";")
    _check_names(request, names)
    scope = signed.credential.split("/")
    if len(scope) != _SCOPE_PARTS:
        raise SignatureError(
            _INCOMPLETE,
            "Credential must have exactly 5 slash-delimited elements, e.g."
            f" keyid/date/region/service/term, got '{signed.credential}'",
        )
    _check_scope(scope, signed.date, region, service)
    _check_date(signed, now)
    credentials = _of(scope[0], signed.token, known, now)
    text = "\n".join(
        [
            ALGORITHM,
            signed.date,
            "/".join(scope[1:]),
            hashlib.sha256(canonical(request, names).encode()).hexdigest(),
        ]
    )
    key = f"AWS4{credentials.secret_key}".encode()
    for part in (*scope[1:], text):
        key = hmac.digest(key, part.encode(), "sha256")
    if not hmac.compare_digest(key.hex().encode(), signed.signature.encode()):
        raise SignatureError(_INVALID, MISMATCH)
    return credentials


def _read(request: Request) -> _Signed:
    header = request.header("authorization")
    if header is None:
        return _read_query(request)
    algorithm, _, rest = header.partition(" ")
    parts = [part.strip().partition("=") for part in rest.split(",") if part.strip()]
    digest = base64.b64encode(hashlib.sha256(header.encode()).digest()).decode()
    if not parts or any(not separator for _, separator, _ in parts):
        raise SignatureError(
            _INCOMPLETE,
            "Invalid key=value pair (missing equal-sign) in Authorization header (hashed with"
            f" SHA-256 and encoded with Base64): '{digest}'.",
        )
    if algorithm != ALGORITHM:
        raise SignatureError(_INCOMPLETE, f"Unsupported AWS 'algorithm': '{algorithm}'.")
    told = {name: value for name, _, value in parts}
    date = _date_of(request)
    missing = [
        f"Authorization header requires '{name}' parameter."
        for name in ("Credential", "Signature", "SignedHeaders")
        if not told.get(name)
    ]
    if not date:
        missing.append(
            "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."
        )
    if missing:
        hashed = f"(Hashed with SHA-256 and encoded with Base64) Authorization={digest}"
        raise SignatureError(_INCOMPLETE, f"{' '.join(missing)} {hashed}")
    return _Signed(
        told["Credential"],
        told["SignedHeaders"],
        told["Signature"],
        date,
        request.header(_TOKEN),
    )


def _date_of(request: Request) -> str:
    sent = request.header("x-amz-date")
    if sent is not None:
        return sent
    plain = request.header("date") or ""
    return plain if re.fullmatch(r"[0-9]{8}T[0-9]{6}Z", plain) else ""


def _read_query(request: Request) -> _Signed:
    told = {
        unquote_to_bytes(name).decode(errors="replace"): unquote_to_bytes(value).decode(
            errors="replace"
        )
        for name, _, value in (pair.partition("=") for pair in request.query.split("&"))
    }
    if not any(name in told for name in (*_PRESIGNED, "X-Amz-Algorithm")):
        raise UnsignedError
    missing = [
        f"AWS query-string parameters must include '{name}'."
        for name in ("X-Amz-Algorithm", *_PRESIGNED, "X-Amz-Expires")
        if not told.get(name)
    ]
    if missing:
        raise SignatureError(
            _INCOMPLETE, f"{' '.join(missing)} Re-examine the query-string parameters."
        )
    seconds = told["X-Amz-Expires"]
    if told["X-Amz-Algorithm"] != ALGORITHM:
        raise SignatureError(
            _INCOMPLETE, f"Unsupported AWS 'algorithm': '{told['X-Amz-Algorithm']}'."
        )
    digits = seconds.isascii() and seconds.isdecimal() and len(seconds) < len("1000000")
    if not digits or not 0 < int(seconds) <= LONGEST_PRESIGNED_SECONDS:
        raise SignatureError(
            _INCOMPLETE, f"X-Amz-Expires must be 1..{LONGEST_PRESIGNED_SECONDS}, got '{seconds}'"
        )
    return _Signed(
        told["X-Amz-Credential"],
        told["X-Amz-SignedHeaders"],
        told["X-Amz-Signature"],
        told["X-Amz-Date"],
        told.get("X-Amz-Security-Token") or request.header(_TOKEN),
        timedelta(seconds=int(seconds)),
    )


def _check_names(request: Request, names: list[str]) -> None:
    """Raise unless the host and all headers of AWS are signed."""
    sent = {name for name, _ in request.headers}
    for name in ("host", *sorted(name for name in sent if name.startswith("x-amz-"))):
        if name not in names:
            raise SignatureError(
                _INVALID, f"'{name}' must be a 'SignedHeader' in the AWS Authorization."
            )
    if any(name not in sent for name in names) or names != sorted(set(names)):
        raise SignatureError(_INVALID, MISMATCH)


def _check_scope(scope: list[str], date: str, region: str, service: str) -> None:
    _, day, place, of, end = scope
    wrong = []
    if place != region:
        wrong.append(f"Credential should be scoped to a valid region, not '{place}'. ")
    if of != service:
        wrong.append(f"Credential should be scoped to correct service: '{service}'. ")
    if end != "aws4_request":
        wrong.append(
            f"Credential should be scoped with a valid terminator: 'aws4_request', not '{end}'. "
        )
    if day != date[:8]:
        wrong.append(
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from"
            f" HTTP: '{day}' != '{date[:8]}', from '{date}'."
        )
    if wrong:
        raise SignatureError(_INVALID, "".join(wrong))


def _check_date(signed: _Signed, now: datetime) -> None:
    try:
        date = datetime.strptime(signed.date, _DATE).replace(tzinfo=UTC)
    except ValueError:
        raise SignatureError(
            _INCOMPLETE,
            "Date must be in ISO-8601 'basic format'."
            f" Got '{signed.date}'. See http://en.wikipedia.org/wiki/ISO_8601",
        ) from None
    if date > now + CLOCK:
        raise SignatureError(
            _INVALID,
            f"Signature not yet current: {signed.date} is still later than"
            f" {now + CLOCK:{_DATE}} ({now:{_DATE}} + 5 min.)",
        )
    valid_for = CLOCK if signed.valid_for is None else signed.valid_for
    if date < now - valid_for:
        raise SignatureError(
            _INVALID,
            f"Signature expired: {signed.date} is now earlier than"
            f" {now - valid_for:{_DATE}} ({now:{_DATE}} - {valid_for.total_seconds() / 60:g} min.)",
        )


def _of(
    access_key: str,
    token: str | None,
    known: Callable[[str], Credentials | None],
    now: datetime,
) -> Credentials:
    """Return the credentials of an access key. Only a temporary key comes with a token."""
    found = known(access_key)
    told, expected = (token or "").encode(), (found.token if found else None) or ""
    if found is None or not hmac.compare_digest(told, expected.encode()):
        raise SignatureError("UnrecognizedClientException", UNKNOWN_TOKEN)
    if found.expires is not None and now >= found.expires:
        raise SignatureError("ExpiredTokenException", EXPIRED_TOKEN)
    return found
