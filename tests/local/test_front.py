"""The local cloud's front over the wire: who gets in, and what is said when something is wrong.

What AWS says is in `docs/decisions/0024-front.md`; what a door makes of a request and an answer is
tested without a server in `tests/unit/test_payload.py` and `test_sigv4.py`.
"""

import base64
import hashlib
import http.client
import io
import json
import re
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from ops.local import cloud as process
from ops.local.cloud import SECRET_ACCESS_KEY
from tests.local.conftest import ACCOUNT, LAMBDA, PROJECT, TARGET, LocalCloud, policy_of
from tests.patience import PATIENCE_SECONDS
from tests.url import Answer

KEYS = Credentials(TARGET.account, SECRET_ACCESS_KEY)
CODE = """
import time

def handler(event, context):
    path = event["rawPath"]
    if path == "/raise":
        raise ValueError("no")
    if path == "/sleep":
        time.sleep(100_000)
    if path == "/large":
        return {"statusCode": 200, "body": "x" * 6_300_000}
    if path == "/length":
        return {"statusCode": 200, "headers": {"Content-Length": "256", "ETag": "a"}}
    return event
"""
# What lets somebody call a URL.
MAY_CALL = [
    {"Effect": "Allow", "Action": f"lambda:{action}", "Resource": "*"}
    for action in ("InvokeFunctionUrl", "InvokeFunction")
]
MISMATCH = "The request signature we calculated does not match the signature you provided."


@pytest.fixture(scope="module")
def started(cloud: LocalCloud) -> LocalCloud:
    """A local cloud with one function, behind a URL and behind an API."""
    cloud.start()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr("index.py", CODE)
    client = cloud.client("lambda")
    client.create_function(
        FunctionName="echo",
        Runtime="python3.13",
        Role=cloud.role("echo", LAMBDA),
        Handler="index.handler",
        Code={"ZipFile": packed.getvalue()},
        Timeout=900,
    )
    client.add_permission(
        FunctionName="echo",
        StatementId="api",
        Action="lambda:InvokeFunction",
        Principal="apigateway.amazonaws.com",
    )
    cloud.role("tester", ACCOUNT, *MAY_CALL)
    return cloud


@pytest.fixture(scope="module")
def base(started: LocalCloud) -> str:
    running = started.process.running()
    assert running is not None
    return f"http://localhost:{running.port}"


@pytest.fixture(scope="module")
def url(started: LocalCloud, base: str) -> str:
    """The function URL, which takes signed calls."""
    made = started.client("lambda").create_function_url_config(
        FunctionName="echo",
        AuthType="AWS_IAM",
        Cors={"AllowOrigins": ["https://app.example"], "AllowMethods": ["PUT"]},
    )
    return f"{base}/_aws/lambda-url/{urlsplit(made['FunctionUrl']).netloc.partition('.')[0]}"


@pytest.fixture(scope="module")
def api_id(started: LocalCloud) -> str:
    """An API as `stacks/function/custom_domain.py` has it."""
    api = started.client("apigatewayv2")
    made: str = api.create_api(
        Name="echo",
        ProtocolType="HTTP",
        DisableExecuteApiEndpoint=True,
        CorsConfiguration={"AllowOrigins": ["https://app.example"], "AllowMethods": ["PUT"]},
    )["ApiId"]
    integration = api.create_integration(
        ApiId=made,
        IntegrationType="AWS_PROXY",
        IntegrationUri=f"arn:aws:lambda:{TARGET.region}:{TARGET.account}:function:echo",
        PayloadFormatVersion="2.0",
    )["IntegrationId"]
    for route, authorization in (("$default", "AWS_IAM"), ("OPTIONS /{proxy+}", "NONE")):
        api.create_route(
            ApiId=made,
            RouteKey=route,
            AuthorizationType=authorization,
            Target=f"integrations/{integration}",
        )
    api.create_stage(ApiId=made, StageName="$default", AutoDeploy=True)
    return made


@pytest.fixture(scope="module")
def api(base: str, api_id: str) -> str:
    return f"{base}/_aws/execute-api/{api_id}/$default"


def call(
    address: str,
    method: str = "GET",
    body: bytes = b"",
    *,
    keys: Credentials | None = KEYS,
    sent: bytes | None = None,
    **headers: str,
) -> Answer:
    """Send a request that is signed, or not; `sent` is another body than the signed one."""
    made = AWSRequest(
        method,
        address,
        headers={name.replace("_", "-"): value for name, value in headers.items()},
        data=body,
    )
    if keys is not None:
        service = "execute-api" if "/execute-api/" in address else "lambda"
        SigV4Auth(keys, service, TARGET.region).add_auth(made)
    where = urlsplit(str(made.url))
    connection = http.client.HTTPConnection("127.0.0.1", where.port, timeout=PATIENCE_SECONDS)
    try:
        path = f"{where.path}?{where.query}" if where.query else where.path
        told = {"Host": where.netloc, **dict(made.headers.items())}
        connection.request(method, path, body if sent is None else sent, told)
        answer = connection.getresponse()
        named = {name.lower(): value for name, value in answer.getheaders()}
        return Answer(answer.status, named, answer.read())
    finally:
        connection.close()


def curl(*words: str) -> tuple[int, str]:
    """Run the machine's curl with the account's keys; returns the status and the body."""
    sign = ["--aws-sigv4", f"aws:amz:{TARGET.region}:lambda", "--user", f"{KEYS.access_key}:local"]
    command = ["curl", "--silent", "--show-error", "--write-out", "\n%{http_code}", *sign, *words]
    run = subprocess.run(
        command, check=True, capture_output=True, text=True, timeout=PATIENCE_SECONDS, cwd=PROJECT
    )
    body, _, status = run.stdout.rpartition("\n")
    return int(status), body


def test_a_function_url_says_what_is_wrong_with_a_signature(url: str) -> None:
    assert call(f"{url}/a", "PUT", b"body").status == 200
    other = call(f"{url}/a", "PUT", b"body", sent=b"Body")
    assert other.status == 403
    assert other.headers["x-amzn-errortype"] == "InvalidSignatureException"
    assert other.headers["x-amzn-requestid"]
    assert other.json["message"].startswith(MISMATCH)
    unsigned = call(url, keys=None)
    assert unsigned.status == 403
    assert unsigned.headers["x-amzn-errortype"] == "AccessDeniedException"
    assert unsigned.json["Message"].startswith("Forbidden. For troubleshooting")
    nobody = call(url, keys=Credentials("111111111111", "local"))
    assert nobody.headers["x-amzn-errortype"] == "UnrecognizedClientException"


def test_an_api_says_forbidden_whatever_it_is(api: str) -> None:
    assert call(f"{api}/a", "PUT", b"body").status == 200
    for refused in (
        call(f"{api}/a", "PUT", b"body", sent=b"Body"),
        call(f"{api}/a", keys=None),
        call(f"{api}/a", keys=None, Authorization="Bearer token"),
        call(f"{api}/a", keys=Credentials("111111111111", "local")),
    ):
        assert (refused.status, refused.json) == (403, {"message": "Forbidden"})
        assert refused.headers["apigw-requestid"]


def test_there_is_no_way_round_the_front(base: str, url: str, api_id: str) -> None:
    """MiniStack knows the same doors by other addresses, and asks nobody who he is."""
    host = f"{url.rpartition('/')[2]}.lambda-url.{TARGET.region}.on.aws"
    assert call(f"{base}/a", keys=None, Host=host).status == 403
    assert call(f"{base}/restapis/{api_id}/$default/_user_request_/a", keys=None).status == 404
    assert call(f"{base}/a", keys=None, Host=f"{api_id}.execute-api.localhost").status == 404
    nobody = call(f"{base}/_aws/lambda-url/{'a' * 32}/")
    assert (nobody.status, nobody.json) == (403, {"Message": None})
    assert call(f"{base}/_aws/execute-api/12345678/$default/a").status == 404


def test_lent_credentials_need_the_token_that_came_with_them(started: LocalCloud, url: str) -> None:
    role = f"arn:aws:iam::{TARGET.account}:role/tester"
    lent = started.client("sts").assume_role(RoleArn=role, RoleSessionName="me")["Credentials"]
    pair = lent["AccessKeyId"], lent["SecretAccessKey"]
    by = call(url, keys=Credentials(*pair, lent["SessionToken"])).json["requestContext"]
    assert by["authorizer"]["iam"]["userArn"].endswith(":assumed-role/tester/me")
    for token in (None, f"{lent['SessionToken']}x"):
        refused = call(url, keys=Credentials(*pair, token))
        assert (refused.status, refused.headers["x-amzn-errortype"]) == (
            403,
            "UnrecognizedClientException",
        )


def test_a_users_access_key_is_known_while_it_is_active(started: LocalCloud, url: str) -> None:
    iam = started.client("iam")
    iam.create_user(UserName="ada")
    may = {"UserName": "ada", "PolicyName": "may"}
    iam.put_user_policy(**may, PolicyDocument=policy_of(*MAY_CALL))
    key = iam.create_access_key(UserName="ada")["AccessKey"]
    keys = Credentials(key["AccessKeyId"], key["SecretAccessKey"])
    caller = call(url, keys=keys).json["requestContext"]["authorizer"]["iam"]
    assert caller["userArn"] == f"arn:aws:iam::{TARGET.account}:user/ada"
    wrong = call(url, keys=Credentials(key["AccessKeyId"], "x"))
    assert wrong.json["message"].startswith(MISMATCH)
    iam.update_access_key(UserName="ada", AccessKeyId=key["AccessKeyId"], Status="Inactive")
    assert call(url, keys=keys).status == 403


def test_what_curl_signs_right_gets_in_and_else_not(url: str) -> None:
    readme = (PROJECT / "README.md").read_bytes()
    octets = ("--header", "Content-Type: application/octet-stream")
    status, told = curl("-X", "PUT", "--data-binary", "@README.md", *octets, f"{url}/a")
    assert status == 200
    assert base64.b64decode(json.loads(told)["body"]) == readme
    status, told = curl("-T", "README.md", f"{url}/a")
    assert (status, MISMATCH in told) == (403, True)
    digest = f"x-amz-content-sha256: {hashlib.sha256(readme).hexdigest()}"
    assert curl("-T", "README.md", "--header", digest, f"{url}/a")[0] == 200
    unsigned = "x-amz-content-sha256: UNSIGNED-PAYLOAD"
    assert curl("-T", "README.md", "--header", unsigned, f"{url}/a")[0] == 403
    assert curl("--header", "x-amz-security-token: ", f"{url}/a")[0] == 403


def test_curl_signs_a_name_with_a_space_from_some_version_on(url: str) -> None:
    """8.14.0 (curl/curl c19465ca55), as docs/client.md says."""
    said = subprocess.check_output(["curl", "--version"], text=True)
    found = re.search(r"libcurl/(\d+)\.(\d+)", said)
    assert found is not None
    status = 200 if (int(found[1]), int(found[2])) >= (8, 14) else 403
    for name in ("a%20b", "a+b", "(a)"):
        assert curl(f"{url}/{name}")[0] == status, name
    for name in ("a", "a~b", "a-b_c.d"):
        assert curl(f"{url}/{name}")[0] == 200, name


@pytest.mark.parametrize("lent", [True, False])
def test_the_first_call_of_the_readme_is_signed_right(
    lent: bool, started: LocalCloud, url: str
) -> None:
    readme = (PROJECT / "README.md").read_text()
    [line] = re.findall(r"^curl --aws-sigv4 \"aws.*?[^\\]$", readme, re.MULTILINE | re.DOTALL)
    keys = {"AWS_ACCESS_KEY_ID": TARGET.account, "AWS_SECRET_ACCESS_KEY": SECRET_ACCESS_KEY}
    if lent:
        role = f"arn:aws:iam::{TARGET.account}:role/tester"
        made = started.client("sts").assume_role(RoleArn=role, RoleSessionName="me")["Credentials"]
        keys = {
            "AWS_ACCESS_KEY_ID": made["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": made["SecretAccessKey"],
            "AWS_SESSION_TOKEN": made["SessionToken"],
        }
    run = subprocess.run(
        ["sh", "-c", f"{line} --silent --show-error"],
        check=True,
        capture_output=True,
        cwd=PROJECT,
        env={**keys, "AWS_REGION": TARGET.region, "URL": f"{url}/", "PATH": "/usr/bin:/bin"},
        timeout=PATIENCE_SECONDS,
    )
    told = json.loads(run.stdout)
    assert base64.b64decode(told["body"]).decode() == readme


def test_a_request_is_handed_on_as_aws_does(url: str, api: str) -> None:
    for address in (url, api):
        text = call(f"{address}/a", "PUT", b"\xfc", X_Name="Value", Content_Type="text/plain").json
        assert (text["body"], text["isBase64Encoded"]) == ("\N{REPLACEMENT CHARACTER}", False)
        assert text["headers"]["x-name"] == "Value"
        octets = call(f"{address}/a", "PUT", b"\xfc").json
        assert (octets["body"], octets["isBase64Encoded"]) == ("/A==", True)
    by_url = call(f"{url}/a%20b").json
    by_api = call(f"{api}/a%20b").json
    assert (by_url["rawPath"], by_api["rawPath"]) == ("/a%20b", "/a b")
    assert ".lambda-url." in by_url["requestContext"]["domainName"]
    assert ".execute-api." in by_api["requestContext"]["domainName"]


def test_the_length_that_a_function_gives_is_renamed(url: str) -> None:
    for method in ("GET", "HEAD"):
        told = call(f"{url}/length", method)
        assert told.headers["x-amzn-remapped-content-length"] == "256"
        assert (told.headers["content-length"], told.headers["etag"]) == ("0", "a")


def test_what_fails_is_told_as_each_door_does(url: str, api: str) -> None:
    for path in ("/raise", "/large"):
        fails(url, api, path)


def fails(url: str, api: str, path: str) -> None:
    by_url, by_api = call(f"{url}{path}"), call(f"{api}{path}")
    assert (by_url.status, by_url.body) == (502, b"Internal Server Error"), path
    assert (by_api.status, by_api.json) == (500, {"message": "Internal Server Error"}), path


def test_a_function_that_runs_out_of_time_fails(started: LocalCloud, url: str, api: str) -> None:
    client = started.client("lambda")
    client.update_function_configuration(FunctionName="echo", Timeout=1)
    try:
        fails(url, api, "/sleep")
    finally:
        client.update_function_configuration(FunctionName="echo", Timeout=900)


def test_a_request_that_is_too_large_is_refused(url: str, api: str) -> None:
    large = b"x" * 4_720_000  # 6.3 MB in base64
    refused = call(f"{url}/a", "PUT", large)
    assert refused.status == 413
    assert refused.headers["x-amzn-errortype"] == "RequestEntityTooLargeException"
    assert call(f"{api}/a", "PUT", large).status == 500
    assert call(f"{api}/a", "PUT", b"x" * 10_500_000).status == 413


def test_a_method_that_lambda_does_not_take_is_refused(url: str, api: str) -> None:
    assert [call(f"{door}/a", "PROPFIND").status for door in (url, api)] == [400, 400]


@pytest.fixture
def stopped(started: LocalCloud) -> Iterator[None]:
    client = started.client("lambda")
    client.put_function_concurrency(FunctionName="echo", ReservedConcurrentExecutions=0)
    yield
    client.delete_function_concurrency(FunctionName="echo")


@pytest.mark.usefixtures("stopped")
def test_a_function_that_is_stopped_says_so(url: str, api: str) -> None:
    refused = call(f"{url}/a")
    assert refused.status == 429
    assert refused.headers["x-amzn-errortype"] == "TooManyRequestsException"
    assert refused.json["Reason"] == "ReservedFunctionConcurrentInvocationLimitExceeded"
    assert (call(f"{api}/a").status, call(f"{api}/a").json) == (
        503,
        {"message": "Service Unavailable"},
    )
    assert call(f"{url}/a", keys=None).status == 403  # who calls is asked first


def test_an_api_waits_no_longer_than_it_does(started: LocalCloud, api_id: str, api: str) -> None:
    client = started.client("apigatewayv2")
    [integration] = client.get_integrations(ApiId=api_id)["Items"]
    change: Callable[[int], object] = lambda milliseconds: client.update_integration(  # noqa: E731
        ApiId=api_id, IntegrationId=integration["IntegrationId"], TimeoutInMillis=milliseconds
    )
    change(200)
    try:
        told = call(f"{api}/sleep")
    finally:
        change(30_000)
    assert (told.status, told.json) == (503, {"message": "Service Unavailable"})


def test_a_browser_may_ask_without_a_signature(url: str, api: str) -> None:
    """The URL answers by itself; the API asks the function, by the route that is open."""

    def ask(door: str, origin: str) -> Answer:
        return call(
            f"{door}/a",
            "OPTIONS",
            keys=None,
            Origin=origin,
            Access_Control_Request_Method="PUT",
        )

    for door in (url, api):
        allowed = ask(door, "https://app.example")
        assert allowed.status == 200
        assert allowed.headers["access-control-allow-origin"] == "https://app.example"
        assert allowed.headers["access-control-allow-methods"] == "PUT"
        other = ask(door, "https://evil.example")
        assert "access-control-allow-origin" not in other.headers
    assert call(f"{url}/a", "OPTIONS", keys=None).status == 403
    event = call(f"{api}/a", "OPTIONS", keys=None).json
    assert event["routeKey"] == "OPTIONS /{proxy+}"
    assert "authorizer" not in event["requestContext"]


def test_a_lone_default_route_refuses_a_preflight(
    started: LocalCloud, api_id: str, api: str
) -> None:
    """As AWS does: `$default` takes OPTIONS, too, and asks for a signature."""
    client = started.client("apigatewayv2")
    routes = {route["RouteKey"]: route for route in client.get_routes(ApiId=api_id)["Items"]}
    opened = routes["OPTIONS /{proxy+}"]
    client.delete_route(ApiId=api_id, RouteId=opened["RouteId"])
    try:
        refused = call(
            f"{api}/a",
            "OPTIONS",
            keys=None,
            Origin="https://app.example",
            Access_Control_Request_Method="PUT",
        )
    finally:
        client.create_route(
            ApiId=api_id,
            RouteKey="OPTIONS /{proxy+}",
            AuthorizationType="NONE",
            Target=opened["Target"],
        )
    assert (refused.status, refused.json) == (403, {"message": "Forbidden"})


def test_a_process_of_other_sources_is_known_by_them() -> None:
    """Whatever of `ops` it loads is part of what `version` is made of."""
    script = (
        "import sys, ops.local.emulator;"
        "print(*(sys.modules[name].__file__ for name in sys.modules if name.startswith('ops.')))"
    )
    command = [str(PROJECT / ".venv/local-cloud/bin/python"), "-c", script]
    environment = {"AWS_ACCESS_KEY_ID": TARGET.account, "PATH": "/usr/bin:/bin"}
    loaded = subprocess.check_output(command, cwd=PROJECT, env=environment, text=True).split()
    assert len(loaded) > 3
    assert set(loaded) <= {str(path) for path in process.SOURCES}
