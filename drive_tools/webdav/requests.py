"""The requests of WebDAV that a drive answers in its own way; others are as WsgiDAV has them."""

import re
from collections.abc import Iterable, Iterator
from email.utils import formatdate
from http import HTTPStatus
from typing import TYPE_CHECKING

from wsgidav import util, xml_tools
from wsgidav.dav_error import DAVError
from wsgidav.request_server import RequestServer

from drive_tools.client.answers import DriveEntry
from drive_tools.webdav import conditions
from drive_tools.webdav.paths import destination, lock_url, name_of, parent_of
from drive_tools.webdav.resources import DavFile, DavProvider, hold_unlocked, modified_at, resource
from drive_tools.webdav.storing import DavBody, store
from drive_tools.webdav.trees import DavTree
from drive_tools.webdav.view import DavView, view_of

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

_RANGE = re.compile(r"bytes=\s*(?:([0-9]{1,19})-([0-9]{0,19})|-([0-9]{1,19}))\s*")
# A browser that is led to a file of a stranger must not run it at the address of the drive.
_CONFINED = (
    ("Content-Security-Policy", "default-src 'none'; sandbox; frame-ancestors 'none'"),
    ("Cache-Control", "no-cache"),
)


class DavRequests(RequestServer):
    """Answers the requests of one mount."""

    def __init__(self, provider: DavProvider) -> None:
        super().__init__(provider)
        self._provider = provider
        self._locks = provider.locks
        # RFC 4918 section 9.1: a server may refuse it, and a drive has no end.
        self.allow_propfind_infinite = False

    def do_GET(  # noqa: N802 - WsgiDAV finds it by this name
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterator[bytes]:
        """Give a file, or one range of it (RFC 9110 section 14)."""
        name, entry = self._requested(environ)
        if entry.kind == "directory":
            raise DAVError(
                HTTPStatus.METHOD_NOT_ALLOWED,
                f"{name or '/'} is a directory, which WebDAV lists by PROPFIND; to look at it in a"
                " browser run lambda-drive ui",
            )
        self._evaluate_if_headers(None, environ)
        file = DavFile(f"/{name}", environ, entry)
        status, start, end = HTTPStatus.OK, 0, entry.size
        headers = [*_validators(entry), ("Accept-Ranges", "bytes"), *_CONFINED]
        asked = _RANGE.fullmatch(environ.get("HTTP_RANGE", ""))
        if asked and environ.get("HTTP_IF_RANGE", entry.etag) == entry.etag:
            start, end = _selected(asked, entry.size)
            status = HTTPStatus.PARTIAL_CONTENT
            headers.append(("Content-Range", f"bytes {start}-{end - 1}/{entry.size}"))
        headers += [("Content-Type", file.get_content_type()), ("Content-Length", str(end - start))]
        start_response(f"{status.value} {status.phrase}", headers)
        if environ["REQUEST_METHOD"] == "HEAD" or start == end:
            yield b""
            return
        for part in file.get_content(start, end):
            yield part.content

    do_HEAD = do_GET  # noqa: N815 - as above

    def do_PUT(  # noqa: N802 - as above
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Write a file, whole or not at all, over no other version than is there now."""
        view, name = view_of(environ), name_of(environ["PATH_INFO"])
        there = view.find(name)
        for header in ("HTTP_CONTENT_RANGE", "HTTP_CONTENT_ENCODING"):
            if environ.get(header, "identity") != "identity":
                raise DAVError(
                    HTTPStatus.BAD_REQUEST,
                    f"a PUT brings a file as it is, without {header[5:].title().replace('_', '-')},"
                    f" got {environ[header]!r}",
                )
        if there and there.kind == "directory":
            raise DAVError(HTTPStatus.METHOD_NOT_ALLOWED, f"{name or '/'} is a directory")
        self._hold_parent(view, name)
        self._evaluate_if_headers(None, environ)
        if there is None:
            hold_unlocked(environ, parent_of(name))
        body = DavBody(environ)
        with self._locks.write_transaction(
            url=lock_url(name),
            token_list=environ["wsgidav.ifLockTokenList"],
            principal=environ["wsgidav.user_name"],
        ):
            etag = store(view.drive, name, body.read, body.size, _only_over(there))
        headers = [("ETag", etag)] if etag else []
        return _done(start_response, new=there is None, headers=headers)

    def do_MKCOL(  # noqa: N802 - as above
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Make a directory."""
        self._evaluate_if_headers(None, environ)
        answer: Iterable[bytes] = super().do_MKCOL(environ, start_response)
        return answer

    def do_DELETE(  # noqa: N802 - as above
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Remove a file, or a directory with all that is in it."""
        name, entry = self._requested(environ)
        if not name:
            raise DAVError(HTTPStatus.FORBIDDEN, "the root of the drive cannot be removed")
        if environ.get("HTTP_DEPTH", "infinity") != "infinity" and entry.kind == "directory":
            raise DAVError(
                HTTPStatus.BAD_REQUEST,
                f"the Depth of a DELETE is infinity (RFC 4918 9.6.1), got {environ['HTTP_DEPTH']}",
            )
        self._evaluate_if_headers(None, environ)
        hold_unlocked(environ, parent_of(name))
        hold_unlocked(environ, name, "infinity")
        tree = DavTree(view_of(environ), entry, self._provider.crew)
        tree.remove()
        view_of(environ).forget(name)
        self._locks.remove_all_locks_from_url(lock_url(name), recursive=True)
        return self._finished(environ, start_response, tree, new=False)

    def _copy_or_move(
        self,
        environ: "WSGIEnvironment",
        start_response: "StartResponse",
        is_move: bool,  # noqa: FBT001 - as its base has it
    ) -> Iterable[bytes]:
        """Answer a COPY or a MOVE (RFC 4918 sections 9.8 and 9.9)."""
        view = view_of(environ)
        name, entry = self._requested(environ)
        to = destination(environ)
        depth, overwrite = environ.get("HTTP_DEPTH", "infinity"), environ.get("HTTP_OVERWRITE", "T")
        depths = {"infinity"} if is_move and entry.kind == "directory" else {"0", "infinity"}
        if overwrite not in {"T", "F"} or depth not in depths:
            raise DAVError(
                HTTPStatus.BAD_REQUEST,
                f"Overwrite is T or F and Depth infinity (COPY: or 0), got {overwrite} and {depth}",
            )
        if not name or not to or f"{to}/".startswith(f"{name}/") or f"{name}/".startswith(f"{to}/"):
            raise DAVError(HTTPStatus.FORBIDDEN, f"{name or '/'} cannot go to {to or '/'}")
        self._hold_parent(view, to)
        there = view.find(to)
        self._evaluate_if_headers(None, environ)
        if is_move:
            hold_unlocked(environ, parent_of(name))
            hold_unlocked(environ, name, "infinity")
        if there:
            hold_unlocked(environ, to, "infinity")
        else:
            hold_unlocked(environ, parent_of(to))
        if there and overwrite == "F":
            raise DAVError(HTTPStatus.PRECONDITION_FAILED, f"{to} is there, and Overwrite is F")
        if there and "directory" in {entry.kind, there.kind}:
            gone = DavTree(view, there, self._provider.crew)
            gone.remove()
            view.forget(to)
            if gone.failures:
                return self._finished(environ, start_response, gone, new=False)
            there, new = None, False
        else:
            new = there is None
        tree = DavTree(view, entry, self._provider.crew)
        if is_move:
            tree.move(to, overwrite=there is not None)
            view.forget(name)
            self._locks.remove_all_locks_from_url(lock_url(name), recursive=True)
        else:
            tree.copy(to, there, whole=depth == "infinity")
        return self._finished(environ, start_response, tree, new=new)

    def _evaluate_if_headers(self, _resource: object, environ: "WSGIEnvironment") -> None:
        """Hold the conditions of a request, all of them at once."""

        def tokens(name: str) -> set[str]:
            locks = self._locks.get_indirect_url_lock_list(lock_url(name))
            return {lock["token"] for lock in locks}

        conditions.check(environ, name_of(environ["PATH_INFO"]), view_of(environ).find, tokens)

    def _requested(self, environ: "WSGIEnvironment") -> tuple[str, DriveEntry]:
        name = name_of(environ["PATH_INFO"])
        entry = view_of(environ).find(name)
        if entry is None:
            raise DAVError(HTTPStatus.NOT_FOUND, f"{name} is not on the drive")
        return name, entry

    def _hold_parent(self, view: DavView, name: str) -> None:
        """RFC 4918 section 9.7.1: WebDAV makes no directories on the way."""
        if not view.may_hold(parent_of(name)):
            raise DAVError(
                HTTPStatus.CONFLICT, f"{parent_of(name)} is no directory; make it first (MKCOL)"
            )

    def _finished(
        self,
        environ: "WSGIEnvironment",
        start_response: "StartResponse",
        tree: DavTree,
        *,
        new: bool,
    ) -> Iterable[bytes]:
        """Answer for a tree; what failed in it is named, one by one (RFC 4918 section 9.6.1)."""
        if not tree.failures:
            return _done(start_response, new=new, headers=[])
        [(first, failure), *others] = tree.failures
        if first == tree.top and not others:
            raise failure
        told = xml_tools.make_multistatus_el()
        for entry, error in tree.failures:
            href = resource(entry, environ).get_href()
            status = HTTPStatus(error.value)
            each = xml_tools.make_sub_element(told, "{DAV:}response")
            for tag, text in (
                ("href", href),
                ("status", f"HTTP/1.1 {status.value} {status.phrase}"),
                ("responsedescription", error.context_info or ""),
            ):
                xml_tools.make_sub_element(each, f"{{DAV:}}{tag}").text = text
        answer: Iterable[bytes] = util.send_multi_status_response(environ, start_response, told)
        return answer


def _selected(asked: re.Match[str], size: int) -> tuple[int, int]:
    """Return the first byte of a range, and the one after its last."""
    first, last, suffix = asked.groups()
    if suffix is not None:
        start, end = max(0, size - int(suffix)), size
    else:
        start, end = int(first), min(size, int(last) + 1) if last else size
    if start >= end:
        raise DAVError(
            HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE,
            f"the file has {size} bytes, got {asked[0]}",
            add_headers=[("Content-Range", f"bytes */{size}")],
        )
    return start, end


def _validators(entry: DriveEntry) -> list[tuple[str, str]]:
    modified = modified_at(entry)
    return [
        *([("ETag", entry.etag)] if entry.etag else []),
        *([("Last-Modified", formatdate(modified, usegmt=True))] if modified is not None else []),
    ]


def _only_over(there: DriveEntry | None) -> dict[str, str]:
    """Return the condition under which nobody else's change is overwritten."""
    if there is None:
        return {"If-None-Match": "*"}
    return {"If-Match": there.etag} if there.etag else {}


def _done(
    start_response: "StartResponse", *, new: bool, headers: list[tuple[str, str]]
) -> Iterable[bytes]:
    status = HTTPStatus.CREATED if new else HTTPStatus.NO_CONTENT
    # WsgiDAV ends the connection of an answer without it.
    start_response(f"{status.value} {status.phrase}", [("Content-Length", "0"), *headers])
    return [b""]
