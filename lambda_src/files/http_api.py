"""An API Gateway HTTP API speaks almost as a function URL does; here is where it differs."""

import re
from typing import Any
from urllib.parse import quote

# The event says by which host it came
# (https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads).
_FUNCTION_URL = re.compile(r"\.lambda-url\.[a-z0-9-]+\.on\.")
# What a path may carry as it is (RFC 3986, section 3.3).
_PLAIN = "/!$&'()*+,;=:@~"
_LOST = quote("\N{REPLACEMENT CHARACTER}")


def as_from_function_url(event: dict[str, Any]) -> dict[str, Any]:
    """The event as a function URL would have made it: with its path as it was sent.

    An HTTP API decodes `rawPath`, all but `%25` (docs/decisions/0019-custom-domain.md); a second
    decoding would turn the name `%41` into `A`. Bytes that were no UTF-8 are lost by then: they
    become one that is none either, so that the name is refused, as it is from a function URL.
    """
    domain = event["requestContext"].get("domainName", "")
    if not domain or _FUNCTION_URL.search(domain):
        return event
    sent = quote(event["rawPath"].replace("%25", "%"), safe=_PLAIN)
    return {**event, "rawPath": sent.replace(_LOST, "%FF")}
