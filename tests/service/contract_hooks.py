"""What Schemathesis must know beside the document; `SCHEMATHESIS_HOOKS` has it import this."""

import base64
import hashlib
import json
import os
import re
from typing import Any
from urllib.parse import unquote

import schemathesis
from botocore.credentials import Credentials
from requests.adapters import HTTPAdapter

from drive import names
from drive.errors import InvalidNameError
from tests.service.signed_requests import bearing, signing


@schemathesis.serializer("application/offset+octet-stream")
def part(_context: schemathesis.SerializationContext, value: object) -> bytes:
    """Send a part of an upload as it is."""
    return value if isinstance(value, bytes) else str(value).encode()


@schemathesis.serializer("application/vnd.lambda-drive.files")
def files(_context: schemathesis.SerializationContext, value: object) -> bytes:
    """Send a value as the content of a file: no schema says what a body of many files is."""
    content = value if isinstance(value, bytes) else str(value).encode()
    described = [{"path": "made/of-many", "size": len(content)}, {"path": "no//name", "size": 0}]
    return json.dumps(described).encode() + b"\n" + content


@schemathesis.hook
def before_call(
    _context: schemathesis.HookContext, case: schemathesis.Case[Any], _arguments: dict[str, Any]
) -> None:
    """Make a digest that looks like one that of the body, which no schema can say."""
    body = case.as_transport_kwargs().get("data") or b""
    sha256, sha1 = (
        base64.b64encode(algorithm(body).digest()).decode()
        for algorithm in (hashlib.sha256, hashlib.sha1)
    )
    for header, form, right in (
        ("Content-Digest", r"sha-256=:[\w+/=]*:", f"sha-256=:{sha256}:"),
        ("Upload-Checksum", r"sha256 [\w+/=]*", f"sha256 {sha256}"),
        ("Upload-Checksum", r"sha1 [\w+/=]*", f"sha1 {sha1}"),
    ):
        if re.fullmatch(form, str(case.headers.get(header, ""))):
            case.headers[header] = right


@schemathesis.hook
def filter_case(_context: schemathesis.HookContext, case: schemathesis.Case[Any]) -> bool:
    """Leave out names that can be none, as no schema can say; tests/unit/test_names.py has them."""
    destination = unquote(str(case.headers.get("Destination", ""))).partition("/files/")[2]
    for name in (*case.path_parameters.values(), destination or "name"):
        try:
            names.check(str(name))
        except InvalidNameError:
            return False
    return True


if "DRIVE_TOKEN" in os.environ:
    HTTPAdapter.send = bearing(os.environ["DRIVE_TOKEN"])  # type: ignore[method-assign]
if "AWS_ACCESS_KEY_ID" in os.environ:
    _keys = Credentials(os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"])
    HTTPAdapter.send = signing(_keys, os.environ["AWS_REGION"])  # type: ignore[method-assign]
