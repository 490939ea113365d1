"""The canonical request of AWS Signature Version 4.

It is made from AWS's description and not from botocore, so that an error of a signer is found.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

import hashlib
from dataclasses import dataclass, field
from urllib.parse import quote, unquote_to_bytes


@dataclass(frozen=True)
class Request:
    """One HTTP request as it arrived: path and query as sent, header names in lower case."""

    method: str
    path: str
    query: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = field(default=b"", repr=False)

    def header(self, name: str) -> str | None:
        """Return all values of a header as one, or None."""
        values = [" ".join(value.split()) for key, value in self.headers if key == name]
        return ",".join(values) if values else None


def canonical(request: Request, names: list[str]) -> str:
    """Return the canonical request with the headers `names`."""
    return "\n".join(
        [
            request.method,
            canonical_path(request.path),
            canonical_query(request.query),
            *(f"{name}:{request.header(name) or ''}" for name in names),
            "",
            ";".join(names),
            hashlib.sha256(request.body).hexdigest(),
        ]
    )


def canonical_path(path: str) -> str:
    """Return the path as sent, without dot segments and empty ones, and encoded once more.

    Every service but S3 does so.
    """
    kept: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            del kept[-1:]
        elif segment not in {"", "."}:
            kept.append(segment)
    last = "/" if kept and path.endswith("/") else ""
    return quote(f"/{'/'.join(kept)}{last}", safe="/~")


def canonical_query(query: str) -> str:
    """Return the parameters without the signature, encoded again, in order. A `+` is a plus."""
    encoded = sorted(
        (quote(unquote_to_bytes(name), safe="~"), quote(unquote_to_bytes(value), safe="~"))
        for name, _, value in (pair.partition("=") for pair in query.split("&") if pair)
    )
    return "&".join(f"{name}={value}" for name, value in encoded if name != "X-Amz-Signature")
