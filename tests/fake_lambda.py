"""As much of Lambda and SSM as `ops env` calls, behind a real port, with failures on request.

    with fake_lambda() as cloud:
        cloud.faults["lambda:UpdateFunctionConfiguration"] = [CUT, error(429, "Too...", "slow")]

It holds updates to their RevisionId, as AWS does, and to the actions that `cloud.allowed` names.
"""

import json
import threading
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

NAME = "dev-files"
ARN = f"arn:aws:lambda:eu-central-1:123456789012:function:{NAME}"
KEY_ARN = "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555"
READ, UPDATE = "lambda:GetFunctionConfiguration", "lambda:UpdateFunctionConfiguration"
TAGS, ALIAS = "lambda:ListTags", "lambda:GetAlias"
GET_PARAMETERS, PUT_PARAMETER = "ssm:GetParameters", "ssm:PutParameter"

Answer = tuple[int, dict[str, Any], str]  # status, body, error code
Fault = Callable[["FakeLambda"], Answer | None] | str
CUT, CUT_AFTER, GARBAGE, BROKEN_OFF = "cut", "cut after", "garbage", "broken off"


def error(status: int, code: str, message: str = "no") -> Fault:
    """AWS says no."""
    return lambda _cloud: (status, {"Message": message, "message": message}, code)


def meanwhile(**variables: str) -> Fault:
    """Somebody else sets these just before."""

    def change(cloud: "FakeLambda") -> None:
        cloud.put(cloud.variables | variables)

    return change


@dataclass
class FakeLambda:
    """One function, its parameters, and everything that was called."""

    url: str = ""
    variables: dict[str, str] = field(default_factory=dict)
    environment: dict[str, Any] | None = None  # instead of the variables
    tags: dict[str, str] = field(default_factory=dict)
    parameters: dict[str, str] = field(default_factory=dict)
    aliases: dict[str, tuple[str, dict[str, float]]] = field(default_factory=dict)
    versions: dict[str, dict[str, str]] = field(default_factory=dict)
    key: str | None = None
    allowed: set[str] | None = None
    faults: dict[str, list[Fault]] = field(default_factory=lambda: defaultdict(list))
    calls: list[str] = field(default_factory=list)
    reads_in_progress: int = 0  # how many reads an update takes
    failing: tuple[str, str] | None = None  # what an update comes to: code and reason
    state: str = "Active"  # one that is Pending is Active after so many reads:
    reads_pending: int = 0
    revision: str = "first"
    _left: int = 0
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def put(self, variables: dict[str, str]) -> None:
        """Change the map, as anybody."""
        with self._lock:
            self.variables, self.revision = dict(variables), str(uuid.uuid4())

    def count(self, action: str) -> int:
        """How often something was called."""
        return self.calls.count(action)

    def answer(self, action: str, arguments: dict[str, Any]) -> Answer | str:
        """Do one call, or what was asked for in its place."""
        with self._lock:
            self.calls.append(action)
            fault = self.faults[action].pop(0) if self.faults[action] else None
            if fault in {CUT, GARBAGE}:
                return str(fault)
            if fault is not None and not isinstance(fault, str) and (said := fault(self)):
                return said
            if self.allowed is not None and action not in self.allowed:
                return _denied(action)
            done = getattr(self, f"_{action.partition(':')[2]}")(arguments)
            return fault if isinstance(fault, str) else done

    def _may(self, action: str) -> bool:
        return self.allowed is None or action in self.allowed

    def _configuration(self, variables: dict[str, str], version: str) -> dict[str, Any]:
        environment = {"Variables": variables} if variables else {}
        if self.environment is not None:
            environment = self.environment
        if self.key and not self._may("kms:Decrypt"):
            environment = {"Error": {"ErrorCode": "AccessDeniedException", "Message": "no key"}}
        status = "InProgress" if self._left > 0 else "Failed" if self.failing else "Successful"
        code, reason = self.failing or ("", "")
        return {
            "FunctionName": NAME,
            "FunctionArn": ARN if version == "$LATEST" else f"{ARN}:{version}",
            "Version": version,
            "RevisionId": self.revision,
            "LastUpdateStatus": status,
            "State": self.state,
            **({} if self.state == "Active" else {"StateReason": "The function is idle."}),
            **({"Environment": environment} if environment else {}),
            **({"KMSKeyArn": self.key} if self.key else {}),
            **(
                {"LastUpdateStatusReasonCode": code, "LastUpdateStatusReason": reason}
                if status == "Failed"
                else {}
            ),
        }

    def _GetFunctionConfiguration(self, arguments: dict[str, Any]) -> Answer:  # noqa: N802
        qualifier = arguments.get("Qualifier", "$LATEST")
        version = self.aliases.get(qualifier, (qualifier, {}))[0]
        variables = self.variables if version == "$LATEST" else self.versions[version]
        self.reads_pending -= 1
        if self.state == "Pending" and self.reads_pending < 0:
            self.state = "Active"
        answer = self._configuration(variables, version)
        self._left -= 1
        return 200, answer, ""

    def _UpdateFunctionConfiguration(self, arguments: dict[str, Any]) -> Answer:  # noqa: N802
        if self._left > 0:
            return 409, {"Message": "an update is in progress"}, "ResourceConflictException"
        # https://aws.amazon.com/blogs/compute/tracking-the-state-of-lambda-functions/
        if self.state not in {"Active", "Inactive"}:
            said = "The operation cannot be performed at this time. The function is currently in"
            message = f"{said} the following state: {self.state}"
            return 409, {"Message": message}, "ResourceConflictException"
        if arguments.get("RevisionId", self.revision) != self.revision:
            return 412, {"Message": "stale RevisionId"}, "PreconditionFailedException"
        wanted = arguments["Environment"]["Variables"]
        if len(json.dumps(wanted, separators=(",", ":"), ensure_ascii=False).encode()) > 4096:
            said = "Lambda was unable to configure your environment variables because the"
            said += " environment variables you have provided exceeded the 4KB limit."
            measured = json.dumps(wanted, separators=(",", ":"))
            message = f"{said} String measured: {measured}"
            return 400, {"Message": message}, "InvalidParameterValueException"
        if self.key and not (self._may("kms:Encrypt") and self._may("kms:CreateGrant")):
            return 502, {"Message": "KMS access denied"}, "KMSAccessDeniedException"
        self.put(wanted)
        self._left = self.reads_in_progress
        return 200, self._configuration(self.variables, "$LATEST"), ""

    def _ListTags(self, arguments: dict[str, Any]) -> Answer:  # noqa: N802
        assert arguments["Resource"] == ARN
        return 200, {"Tags": self.tags}, ""

    def _GetAlias(self, arguments: dict[str, Any]) -> Answer:  # noqa: N802
        if arguments["Name"] not in self.aliases:
            return 404, {"Message": "no such alias"}, "ResourceNotFoundException"
        version, weights = self.aliases[arguments["Name"]]
        routing = {"RoutingConfig": {"AdditionalVersionWeights": weights}} if weights else {}
        return 200, {"FunctionVersion": version, **routing}, ""

    def _GetParameters(self, arguments: dict[str, Any]) -> Answer:  # noqa: N802
        assert 1 <= len(arguments["Names"]) <= 10
        found = [
            {"Name": name, "Value": self.parameters[name], "Type": "String"}
            for name in arguments["Names"]
            if name in self.parameters
        ]
        return 200, {"Parameters": found, "InvalidParameters": []}, ""

    def _PutParameter(self, arguments: dict[str, Any]) -> Answer:  # noqa: N802
        assert arguments["Overwrite"]
        assert arguments["Value"]
        assert "Type" not in arguments
        assert arguments["Name"] in self.parameters
        self.parameters[arguments["Name"]] = arguments["Value"]
        return 200, {"Version": 2}, ""


def _denied(action: str) -> Answer:
    message = f"User: somebody is not authorized to perform: {action}"
    return 403, {"Message": message, "message": message}, "AccessDeniedException"


def _parsed(method: str, path: str, target: str, body: bytes) -> tuple[str, dict[str, Any]]:
    """The action and the arguments of a request."""
    if target:
        return f"ssm:{target.partition('.')[2]}", json.loads(body)
    address = urlsplit(path)
    _, date, kind, *rest = [unquote(part) for part in address.path.split("/")]
    if kind == "tags":
        return TAGS, {"Resource": rest[0]}
    assert date == "2015-03-31"
    assert rest[0] in {NAME, ARN}
    if rest[1] == "aliases":
        return ALIAS, {"Name": rest[2]}
    assert rest[1] == "configuration"
    if method == "PUT":
        return UPDATE, json.loads(body)
    return READ, {name: values[0] for name, values in parse_qs(address.query).items()}


@contextmanager
def fake_lambda() -> Iterator[FakeLambda]:
    """Serve one on loopback."""
    cloud = FakeLambda()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            target = self.headers.get("X-Amz-Target", "")
            answer = cloud.answer(*_parsed(self.command, self.path, target, body))
            if isinstance(answer, str):
                self.close_connection = True
                if answer in {GARBAGE, BROKEN_OFF}:
                    self.send_response(200)
                    self.send_header("Content-Length", "6" if answer == GARBAGE else "60")
                    self.end_headers()
                    self.wfile.write(b"<html>")
                return
            status, content, code = answer
            if code and target:
                content = {"__type": code, **content}
            sent = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(sent)))
            if code:
                self.send_header("x-amzn-ErrorType", code)
            self.end_headers()
            self.wfile.write(sent)

        do_PUT = do_POST = do_GET  # noqa: N815

        def log_message(self, format: str, *arguments: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        cloud.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield cloud
        finally:
            server.shutdown()
            thread.join()
