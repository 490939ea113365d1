"""The drive as a WSGI application: what is too large for one request or answer, and all else."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from drive_tools.client.crew import Crew
from drive_tools.client.drive_client import CHUNK_BYTES, DriveClient
from drive_tools.errors import ToolError
from drive_tools.serving import large_writes, problems, whole_files
from drive_tools.serving.messages import Answer, BrokenOffError, Call, call_of, send
from drive_tools.serving.relay import Relay, is_file, sent_on

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment


class Forward:
    """Sends the requests of a session to a drive."""

    def __init__(self, drive: DriveClient, crew: Crew, note: Callable[[str], None]) -> None:
        """Read large files by the threads of `crew`; `note` hears of answers that broke off."""
        self._relay = Relay(drive, crew, note)

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        call = call_of(environ)
        try:
            answer = self._answer(call)
        except BrokenOffError:
            raise
        except (ToolError, OSError) as failure:
            answer = problems.of_failure(failure)
        return send(answer, call, start_response)

    def _answer(self, call: Call) -> Answer:
        headers = sent_on(call)
        if call.method == "GET" and is_file(call.path):
            return whole_files.get(self._relay, call, headers)
        if (call.body.length or 0) > CHUNK_BYTES:
            return large_writes.send(self._relay, call, headers, b"")
        content = call.body.read(CHUNK_BYTES + 1)
        if len(content) > CHUNK_BYTES:
            return large_writes.send(self._relay, call, headers, content)
        return self._relay.hand_on(call, self._relay.exchange(call, headers, content))
