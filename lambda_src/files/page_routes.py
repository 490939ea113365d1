"""The routes of the page: a person's view of the drive in a browser, at `/`.

Its files are those that `make page` builds. They are the same for every drive and tell nothing of
it, so a drive with a token answers them to everybody (docs/decisions/0045-page.md).
"""

import functools
import gzip
import hashlib
import re
from http import HTTPStatus
from pathlib import Path
from typing import NamedTuple

from aws_lambda_powertools.event_handler import Response

from drive.conditions import Conditions
from drive.entry import Entry
from files import web
from files.web import Success, operation

_FOLDER = Path(__file__).with_name("page")
_INDEX = "index.html"
# The files below /page/, with their types.
ASSETS = {
    "page.css": "text/css; charset=utf-8",
    "page.js": "text/javascript; charset=utf-8",
    "tus.js": "text/javascript; charset=utf-8",
    "worker.js": "text/javascript; charset=utf-8",
}
_TYPES = {_INDEX: "text/html; charset=utf-8", **ASSETS}

# As many digits of a digest as page/build.mjs puts into an address.
_DIGITS = 16
_FOR_EVER = "public, max-age=31536000, immutable"
# A page with this policy runs, shows and calls only what is of its own origin, and nothing that
# stands in its text (https://www.w3.org/TR/CSP3/).
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:;"
    " media-src 'self' blob:; connect-src 'self'; frame-src 'self' blob:; worker-src 'self';"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Vary": "Accept-Encoding",
    "X-Content-Type-Options": "nosniff",
}
# The script of a service worker may else control only what is below its own folder
# (https://www.w3.org/TR/service-workers/#service-worker-allowed).
_OF_WORKER = {"Service-Worker-Allowed": "/"}
_DECLARED = ("ETag", "Cache-Control", *_HEADERS)
_ENCODED = ("Content-Encoding", *_DECLARED)
# The smallest first. The build packs by Brotli, for which Python has nothing.
CODINGS = ("br", "gzip")
_OTHER_NAMES = {"x-gzip": "gzip"}  # RFC 9110 section 8.4.1.3
_WEIGHT = re.compile(r"\s*q\s*=\s*(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)\s*")


@operation(
    "GET",
    "/",
    answers={
        200: Success(description="The page", media="text/html", headers=_ENCODED),
        304: Success(description="The caller has this version already", headers=_DECLARED),
    },
    problems=("invalid-request",),
    parameters=("If-None-Match",),
    head=True,
    in_maintenance=True,
    open_to_all=True,
)
def page() -> Response[str]:
    """Show the drive in a browser."""
    return _answer(_INDEX)


@operation(
    "GET",
    "/page/{asset}",
    answers={
        200: Success(
            description="A script or the style of the page",
            media="*/*",
            headers=(*_ENCODED, *_OF_WORKER),
        ),
        304: Success(
            description="The caller has this version already", headers=(*_DECLARED, *_OF_WORKER)
        ),
    },
    problems=("not-found", "invalid-request"),
    parameters=("v", "If-None-Match"),
    head=True,
    in_maintenance=True,
    open_to_all=True,
)
def page_asset() -> Response[str]:
    """Get a script or the style of the page, by the address that the page has it by."""
    name = web.router.current_event.path.removeprefix("/page/")
    if name not in ASSETS:
        return web.problem("not-found", f"the page has {', '.join(ASSETS)}, got {name!r}")
    return _answer(name)


class _Asset(NamedTuple):
    content: bytes
    packed: dict[str, bytes]
    digest: str


@functools.cache
def _asset(name: str) -> _Asset:
    """Return a file of the page, as it is and by each coding of `CODINGS`."""
    content = (_FOLDER / name).read_bytes()
    digest = hashlib.sha256(content).hexdigest()[:_DIGITS]
    packed = {
        "br": (_FOLDER / f"{name}.br").read_bytes(),
        "gzip": gzip.compress(content, mtime=0),
    }
    return _Asset(content, packed, digest)


def _answer(name: str) -> Response[str]:
    asset = _asset(name)
    coding = preferred_coding(web.header("accept-encoding"))
    # Other bytes have another strong tag: RFC 9110 section 8.8.3.3.
    tag = f'"{asset.digest}-{coding}"' if coding else f'"{asset.digest}"'
    addressed = name != _INDEX and web.query("v") == asset.digest
    headers = {
        **_HEADERS,
        **(_OF_WORKER if name == "worker.js" else {}),
        "ETag": tag,
        "Cache-Control": _FOR_EVER if addressed else "no-cache",
    }
    known = Conditions(if_none_match=web.header("if-none-match"))
    if known.unchanged(Entry(name, "file", len(asset.content), 0, tag)):
        return web.empty(HTTPStatus.NOT_MODIFIED, headers)
    if coding:
        headers["Content-Encoding"] = coding
    # As bytes, since what is packed is none of the text that its type says.
    content = asset.packed[coding] if coding else asset.content
    return web.octets(HTTPStatus.OK, _TYPES[name], content, headers)


def preferred_coding(accepted: str | None) -> str | None:
    """Return the coding of `CODINGS` that a header `Accept-Encoding` wants (RFC 9110 12.5.3).

    Of those that it wants alike it is the smallest; None: the caller wants none of them.
    """
    weights: dict[str, float] = {}
    for each in (accepted or "").lower().split(","):
        coding, separator, weight = each.partition(";")
        found = _WEIGHT.fullmatch(weight)
        # What cannot be read is not wanted: every caller can read what is not packed.
        name = _OTHER_NAMES.get(coding.strip(), coding.strip())
        weights[name] = float(found[1]) if found else float(not separator)
    usual = weights.get("*", 0.0)
    best = max(CODINGS, key=lambda coding: weights.get(coding, usual))
    wanted = weights.get(best, usual)
    return best if wanted > 0 and wanted >= weights.get("identity", 0.0) else None
