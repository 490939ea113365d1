"""A server on loopback for the two calls of CodePipeline with which a build gives an approval."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_TOKEN = "dry-walk"  # noqa: S105 - names an approval, and opens nothing


@dataclass
class ApprovalServer:
    """The approvals that wait now, as `stage/action`, and those that were given.

    https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PutApprovalResult.html
    """

    execution: str
    waiting: set[str] = field(default_factory=set)
    given: dict[str, str] = field(default_factory=dict)

    @contextmanager
    def served(self) -> Iterator[str]:
        """Answer on a free port of loopback, and give the address."""
        approvals = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                operation = self.headers["X-Amz-Target"].rpartition(".")[2]
                answer = json.dumps(approvals.answer(operation, asked)).encode()
                self.send_response(HTTPStatus.OK)
                self.send_header("Content-Type", "application/x-amz-json-1.1")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: object) -> None:
                """Print nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            server.server_close()

    def answer(self, operation: str, asked: dict[str, object]) -> dict[str, object]:
        """Answer one call."""
        if operation == "PutApprovalResult":
            name = f"{asked['stageName']}/{asked['actionName']}"
            result = asked["result"]
            assert isinstance(result, dict)
            if name in self.waiting and asked["token"] == _TOKEN:
                self.given[name] = f"{result['status']}: {result['summary']}"
            return {}
        stages: dict[str, list[dict[str, object]]] = {}
        for name in self.waiting:
            stage, _, action = name.partition("/")
            stages.setdefault(stage, []).append(
                {
                    "actionName": action,
                    "latestExecution": {"status": "InProgress", "token": _TOKEN},
                }
            )
        return {
            "stageStates": [
                {
                    "stageName": stage,
                    "latestExecution": {
                        "pipelineExecutionId": self.execution,
                        "status": "InProgress",
                    },
                    "actionStates": actions,
                }
                for stage, actions in stages.items()
            ]
        }
