"""Requests of an API Gateway HTTP API, whose events differ from those of a function URL."""

import re
from typing import Any
from urllib.parse import quote

# The event has the host of the request
# (https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads).
_FUNCTION_URL = re.compile(r"\.lambda-url\.[a-z0-9-]+\.on\.")
# Characters of a path that need no encoding (RFC 3986, section 3.3).
_PLAIN = "/!$&'()*+,;=:@~"
_LOST = quote("\N{REPLACEMENT CHARACTER}")


def as_from_function_url(event: dict[str, Any]) -> dict[str, Any]:
    """Return the event as a function URL would make it: with the path as it was sent.

    An HTTP API decodes `rawPath`, all but `%25` (docs/decisions/0019-custom-domain.md). A second
    decoding would turn the name `%41` into `A`. Bytes that are not UTF-8 are lost by then. They are
    replaced by another such byte, so that the name is refused, as it is from a function URL.
    """
    domain = event["requestContext"].get("domainName", "")
    if not domain or _FUNCTION_URL.search(domain):
        return event
    sent = quote(event["rawPath"].replace("%25", "%"), safe=_PLAIN)
    return {**event, "rawPath": sent.replace(_LOST, "%FF")}
