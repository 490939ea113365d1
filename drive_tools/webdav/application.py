"""WsgiDAV, set up for one drive behind the server on loopback."""

import logging
from collections.abc import Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING

from wsgidav.dav_error import DAVError
from wsgidav.mw.base_mw import BaseMiddleware
from wsgidav.wsgidav_app import WsgiDAVApp

from drive_tools.client.crew import Crew
from drive_tools.client.drive_client import DriveClient
from drive_tools.webdav.conditions import parse_if
from drive_tools.webdav.paths import decoded
from drive_tools.webdav.problems import DavProblems, say
from drive_tools.webdav.requests import DavRequests
from drive_tools.webdav.resources import DavProvider
from drive_tools.webdav.view import DavView

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

# Bodies other than those of PUT are XML, a few hundred bytes.
_XML_BYTES = 1024 * 1024


class DavRequest(BaseMiddleware):
    """Reads what is common to all requests, and answers one."""

    def __init__(self, wsgidav_app: object, next_app: object, config: dict[str, object]) -> None:
        super().__init__(wsgidav_app, next_app, config)

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer one request."""
        provider: DavProvider = environ["wsgidav.provider"]
        length = environ.get("CONTENT_LENGTH") or "0"
        if environ["REQUEST_METHOD"] != "PUT" and int(length) > _XML_BYTES:
            raise DAVError(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                f"the body of a {environ['REQUEST_METHOD']} has at most {_XML_BYTES} bytes,"
                f" got {length}",
            )
        DavView(provider.drive, provider.directories, environ)
        header = environ.get("HTTP_IF")
        lists = parse_if(header, environ["SCRIPT_NAME"]) if header else []
        environ |= {
            "wsgidav.conditions.if": {},  # ours are held in their place
            "wsgidav.ifLockTokenList": [
                state.token
                for each in lists
                for state in each.conditions
                if state.token is not None
            ],
            # One session, and its gate is before this.
            "wsgidav.auth.user_name": "session",
        }
        answer: Iterable[bytes] = DavRequests(provider)(environ, start_response)
        return answer


def webdav(drive: DriveClient, crew: Crew) -> "WSGIApplication":
    """Return the application for the files of `drive`, below the `SCRIPT_NAME` of each request.

    Who may call it is for the server to say. `crew` reads ahead.
    """
    logging.getLogger("wsgidav").setLevel(logging.CRITICAL)  # it tells of every refusal
    application: WSGIApplication = WsgiDAVApp(
        {
            "provider_mapping": {"/": DavProvider(drive, crew)},
            "middleware_stack": [DavProblems, DavRequest],
            "hotfixes": {"re_encode_path_info": False},  # its own raises for what is no UTF-8
            "lock_storage": True,
            "property_manager": None,
            "logging": {"enable": False},
            "verbose": 0,
            "suppress_version_info": True,
            "lambda_drive.note": drive.patience.note,
        }
    )

    def answer(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        try:
            environ["PATH_INFO"] = decoded(environ["PATH_INFO"].encode("latin-1"))
        except DAVError as error:
            return [say(environ, start_response, error)]
        return application(environ, start_response)

    return answer
