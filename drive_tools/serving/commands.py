"""`ui` and `serve`: the commands that open a drive to browsers and programs of this machine."""

import json
import signal
import threading
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from drive_tools import output
from drive_tools.client.options import TransferOptions
from drive_tools.client.session import ClientSession
from drive_tools.command_line import argument, flag, port_number
from drive_tools.errors import UsageError

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

    from drive_tools.serving.gate import Session


@dataclass(frozen=True, kw_only=True)
class ServingOptions(TransferOptions):
    """The options of both commands."""

    port: int = argument(
        "--port",
        type=port_number,
        default=0,
        metavar="N",
        help="of 127.0.0.1 (0: one that is free)",
    )


@dataclass(frozen=True, kw_only=True)
class BrowserOptions(ServingOptions):
    """The options of `ui`."""

    no_browser: bool = flag("--no-browser", help="print the link, and open nothing")


def ui(options: BrowserOptions, session: ClientSession) -> None:
    """Open the page of the drive in the browser of this machine.

    Until the command ends (Ctrl+C), a server on 127.0.0.1 signs what the page asks for: the browser
    never has the credentials. The link works once; each run has a new one.

    examples:
      %(prog)s                         open the browser, and print the link
      %(prog)s --stage Prod            of the drive of a stage
      %(prog)s --no-browser            on a machine that has none, or by ssh -L
    """
    with _ending(), _served(options, session, _drive(session)) as served:
        link = served.link
        if not options.no_browser:
            # In a thread: a browser of a terminal would take it until it ends.
            threading.Thread(target=_open, args=(link,), daemon=True).start()
        _tell(options, session, link, "this link opens the drive once; Ctrl+C ends it")
        _wait()


@dataclass(frozen=True, kw_only=True)
class ProgramOptions(ServingOptions):
    """The options of `serve`."""

    webdav: bool = flag("--webdav", help="as a network drive for Finder, Explorer, rclone, davfs2")


def serve(options: ProgramOptions, session: ClientSession) -> None:
    """Serve the drive to other programs of this machine, signed, until Ctrl+C.

    Prints a URL of 127.0.0.1 below which the drive is as it is at its own URL, but for signatures:
    curl, browsers and clients of tus take it as they are. A file of any size is one GET or PUT.
    Whoever has the URL may do with the drive what you may, so keep it to yourself. With --webdav
    the URL is one that file managers and other programs mount (docs/client.md says how).

    examples:
      %(prog)s                         print the URL
      %(prog)s --webdav                print the URL of a network drive
      curl -T film.mov URL/files/films/ (after %(prog)s)
      %(prog)s --port 8080 --json      {"url": ...} for a script
    """
    application = _network_drive(session) if options.webdav else _drive(session)
    with _ending(), _served(options, session, application) as served:
        _tell(options, session, f"{served.base}/", "Ctrl+C ends it")
        _wait()


def _drive(session: ClientSession) -> "WSGIApplication":
    from drive_tools.serving.forward import Forward  # noqa: PLC0415 - not for --help

    return Forward(session.drive, session.crew, session.meter.note)


def _network_drive(session: ClientSession) -> "WSGIApplication":
    try:
        from drive_tools.webdav.application import webdav  # noqa: PLC0415 - an extra
    except ModuleNotFoundError as missing:
        raise UsageError(
            f"--webdav needs the package {missing.name}: install the client as"
            " 'lambda-drive[webdav]' (uv tool install, pipx install or pip install)"
        ) from missing
    return webdav(session.drive, session.crew)


@contextmanager
def _served(
    options: ServingOptions, session: ClientSession, application: "WSGIApplication"
) -> Iterator["Session"]:
    """Serve an application while the block runs, whose command's user hears of what matters."""
    from drive_tools.serving.server import serving  # noqa: PLC0415 - not for --help

    with serving(application, session.meter.note, options.port) as served:
        yield served


def _tell(options: ServingOptions, session: ClientSession, url: str, hint: str) -> None:
    """Print the URL for a person or a program, and for a person what it is."""
    output.show(json.dumps({"url": url}) if options.json else url)
    output.flush()
    session.meter.note(hint)


def _open(link: str) -> None:
    with suppress(webbrowser.Error):
        webbrowser.open(link)


@contextmanager
def _ending() -> Iterator[None]:
    """Let Ctrl+C or SIGTERM end the block, which is how these commands end."""
    # Raised, not noted: a handler that takes a lock waits for ever if it interrupts its owner.
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with suppress(KeyboardInterrupt):
            yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _wait() -> None:
    threading.Event().wait()
