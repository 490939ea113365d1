"""What a browser may do with a stored file: show it, and nothing more.

A file has the origin of the page, and may be a stranger's. So no file is run with the page's
rights, whatever its type (docs/decisions/0045-page.md).
"""

from files import web

# No scripts, no requests, no forms; it may look as it wants.
_NOTHING = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; {more}frame-ancestors 'self'"
)
# And an origin of its own (https://www.w3.org/TR/CSP3/#directive-sandbox).
_SANDBOX = _NOTHING.format(more="sandbox; ")
# A browser that opens one makes a document around it, which loads it again, and in which nothing
# runs: a sandbox, from whose origin it may not load it, would only break it. What ends so is XML
# (https://mimesniff.spec.whatwg.org/#xml-mime-type).
_PLAYED, _XML = ("audio/", "video/"), "+xml"
_PLAYER = _NOTHING.format(more="media-src 'self'; ")
# The viewers of Chrome and Safari do not run in a sandbox, and Chrome's not under `default-src`
# (https://issues.chromium.org/issues/41131921, https://issues.chromium.org/issues/343754409). What
# they run of a PDF is apart from every page.
_PDF = "application/pdf"
# The uses of a script or a style sheet (https://fetch.spec.whatwg.org/#concept-request-destination).
# The page's own policy lets it load either from this origin, where files are as well.
_RUN = frozenset(
    {
        *("audioworklet", "paintworklet", "script", "serviceworker", "sharedworker", "style"),
        *("worker", "xslt"),
    }
)
NAMES = (
    *("Content-Security-Policy", "Cross-Origin-Resource-Policy"),
    *("Referrer-Policy", "X-Content-Type-Options"),
)


def headers(media: str) -> dict[str, str]:
    """Return the headers with which a browser shows a file of this media type, and runs nothing."""
    policy = _SANDBOX
    if media == _PDF:
        policy = "frame-ancestors 'self'"
    elif media.startswith(_PLAYED) and not media.endswith(_XML):
        policy = _PLAYER
    return dict(zip(NAMES, (policy, "same-origin", "no-referrer", "nosniff"), strict=True))


def check_use() -> None:
    """Raise `ProblemError` when a browser says that it would run the file as a part of a page.

    A sandbox is for documents: it does not keep a page from a script. Every browser tells the use
    of what it asks for (https://www.w3.org/TR/fetch-metadata/#sec-fetch-dest-header).
    """
    use = web.header("sec-fetch-dest")
    if use in _RUN:
        raise web.ProblemError(
            "never-run",
            "a stored file can be shown and saved, and is no part of a page; got Sec-Fetch-Dest"
            f" {use!r}",
        )
