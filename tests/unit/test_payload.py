"""What an endpoint makes of a request, and of what the function returned (payload format 2.0)."""

import base64
import json
import math
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from files import http_api
from ops.local import payload
from ops.local.canonical_request import Request
from ops.local.cors import is_preflight, preflight, with_cors
from ops.local.endpoint import Endpoint, Reply
from ops.local.refusals import failed, not_waited_for, refused, throttled, unknown_method
from ops.local.sigv4 import Credentials, SignatureError, UnsignedError

URL = Endpoint(
    "function-url", "abc", "123456789012", "eu-west-1", "abc.lambda-url.x.on.aws", open=False
)
API = Endpoint("http-api", "def", "123456789012", "eu-west-1", "drive.example.com", open=False)
DOORS = [URL, API]
NOW = datetime(2026, 1, 2, 3, 4, 5, 678_000, tzinfo=UTC)
CALLER = Credentials("AKID", "secret", "123456789012", "arn:aws:iam::1:user/a", "AIDA")
# Latin-1 bytes, which are no UTF-8.
SPOILT = b"\xfcber"


def event(request: Request, endpoint: Endpoint = URL, caller: Credentials | None = CALLER) -> Any:  # noqa: ANN401
    return payload.event(
        request, endpoint, caller, source_ip="192.0.2.1", request_id="request-1", now=NOW
    )


def typed(kind: str | None, body: bytes) -> Request:
    headers = () if kind is None else (("content-type", kind),)
    return Request("PUT", "/", headers=headers, body=body)


def test_the_event_is_as_aws_has_it() -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads"""
    request = Request(
        "POST",
        "/my/p%20ath",
        "a=1&a=2&b=%2B+c&d",
        (
            *(("host", "localhost:4566"), ("header1", "value1"), ("header2", "value1")),
            *(("header2", "value2"), ("cookie", "c1=1; c2=2"), ("user-agent", "agent")),
            ("content-type", "application/json"),
        ),
        b"{}",
    )
    assert event(request) == {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": "/my/p%20ath",
        "rawQueryString": "a=1&a=2&b=%2B+c&d",
        "cookies": ["c1=1", "c2=2"],
        "headers": {
            "host": "abc.lambda-url.x.on.aws",
            "header1": "value1",
            "header2": "value1,value2",
            "user-agent": "agent",
            "content-type": "application/json",
            "x-forwarded-for": "192.0.2.1",
            "x-forwarded-port": "443",
            "x-forwarded-proto": "https",
        },
        "queryStringParameters": {"a": "1,2", "b": "+ c", "d": ""},
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "abc",
            "authorizer": {
                "iam": {
                    "accessKey": "AKID",
                    "accountId": "123456789012",
                    "callerId": "AIDA",
                    "cognitoIdentity": None,
                    "principalOrgId": None,
                    "userArn": "arn:aws:iam::1:user/a",
                    "userId": "AIDA",
                }
            },
            "domainName": "abc.lambda-url.x.on.aws",
            "domainPrefix": "abc",
            "http": {
                "method": "POST",
                "path": "/my/p ath",
                "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.1",
                "userAgent": "agent",
            },
            "requestId": "request-1",
            "routeKey": "$default",
            "stage": "$default",
            "time": "02/Jan/2026:03:04:05 +0000",
            "timeEpoch": 1_767_323_045_678,
        },
        "body": "{}",
        "isBase64Encoded": False,
    }


def test_what_is_not_there_is_left_out() -> None:
    bare = event(Request("GET", "/"), caller=None)
    assert not {"body", "cookies", "queryStringParameters", "pathParameters"} & bare.keys()
    assert "authorizer" not in bare["requestContext"]


def test_a_public_url_knows_no_account_and_an_api_says_its_own() -> None:
    request = Request("GET", "/")
    told = [
        event(request, replace(endpoint, open=public), None)["requestContext"]["accountId"]
        for endpoint in DOORS
        for public in (True, False)
    ]
    assert told == ["anonymous", "123456789012", "123456789012", "123456789012"]


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("text/plain", True),
        ("text/markdown; charset=iso-8859-1", True),
        ("Application/JSON", True),
        ("application/xml;x=y", True),
        ("application/javascript", True),
        (None, False),
        ("application/octet-stream", False),
        ("application/offset+octet-stream", False),
        ("application/x-www-form-urlencoded", False),
        ("application/problem+json", False),
        ("image/svg+xml", False),
    ],
)
def test_types_that_are_handed_on_as_text_spoil_what_is_none(kind: str | None, text: bool) -> None:
    for endpoint in DOORS:
        made = event(typed(kind, SPOILT), endpoint)
        assert made["isBase64Encoded"] is not text
        arrived = made["body"].encode() if text else base64.b64decode(made["body"])
        assert (arrived == SPOILT) is not text
        assert event(typed(kind, "über".encode()), endpoint)["isBase64Encoded"] is not text


@given(
    name=st.text(st.characters(exclude_categories=["Cs"]), max_size=20).filter(
        lambda n: "?" not in n
    )
)
def test_the_service_finds_the_same_name_by_either_door(name: str) -> None:
    request = Request("GET", f"/files/{quote(name)}")
    by_api = http_api.as_from_function_url(event(request, API))
    assert by_api["rawPath"].replace("%7E", "~") == quote(f"/files/{name}", safe="/!$&'()*+,;=:@~")
    assert event(request)["rawPath"] == request.path


def test_an_api_cuts_a_path_at_an_encoded_question_mark() -> None:
    assert event(Request("GET", "/files/a%3Fb"), API)["rawPath"] == "/files/a"
    assert event(Request("GET", "/files/a%3Fb"))["rawPath"] == "/files/a%3Fb"


def bytes_of(status: int, told: Reply) -> tuple[int, Any]:
    assert told.status == status
    assert dict(told.headers)["content-type"] == "application/json"
    return len(told.body), json.loads(told.body)


def test_a_request_above_six_megabytes_is_too_large_with_its_base64() -> None:
    small, large = typed(None, b"x" * 4_700_000), typed(None, b"x" * 4_720_000)
    for endpoint in DOORS:
        assert payload.too_large(small, event(small, endpoint), endpoint) is None
    told = payload.too_large(large, event(large), URL)
    assert told is not None
    assert dict(told.headers)["x-amzn-ErrorType"] == "RequestEntityTooLargeException"
    assert bytes_of(413, told)[1] == {
        "Message": "Request must be smaller than 6291456 bytes for the InvokeFunction operation"
    }
    by_api = payload.too_large(large, event(large, API), API)
    assert by_api is not None
    assert bytes_of(500, by_api)[1] == {"message": "Internal Server Error"}
    larger = typed(None, b"x" * 10_500_000)
    refused = payload.too_large(larger, event(larger, API), API)
    assert refused is not None
    assert bytes_of(413, refused)[1] == {"message": "Request Entity Too Large"}


def test_a_request_whose_line_and_headers_are_too_large_is_refused() -> None:
    """10,240 bytes, whatever the body has; a letter that is no ASCII is six and more of them."""

    def asked(letters: int, *, query: str = "", header: str = "") -> Request:
        return Request("GET", "/files/" + "%C3%BC" * letters, query, (("destination", header),))

    at_the_limit = asked(1702, header="x" * 8)
    for endpoint in DOORS:
        assert payload.too_large(at_the_limit, event(at_the_limit, endpoint), endpoint) is None
    for larger in (
        asked(1702, header="x" * 9),
        asked(1702, query="a=b=cdef"),
        asked(1, header="x" * 10_240),
        replace(at_the_limit, headers=tuple((f"h{each}", "x" * 5) for each in range(2))),
    ):
        told = payload.too_large(larger, event(larger), URL)
        assert told is not None
        assert bytes_of(413, told)[1]["Message"].startswith("Request must be smaller than 6291456")
        by_api = payload.too_large(larger, event(larger, API), API)
        assert by_api is not None
        assert bytes_of(431, by_api)[1] == {"message": "Request Header Fields Too Large"}


def test_an_answer_above_six_megabytes_is_none() -> None:
    def returned(size: int) -> Any:  # noqa: ANN401
        encoded = base64.b64encode(b"x" * size).decode()
        return {"statusCode": 200, "body": encoded, "isBase64Encoded": True}

    assert payload.answer(returned(4_700_000), URL).status == 200
    for endpoint in DOORS:
        assert payload.answer(returned(4_720_000), endpoint) == failed(endpoint)


def test_a_failure_is_told_as_each_door_does() -> None:
    assert failed(URL).status == 502
    assert failed(URL).body == b"Internal Server Error"
    assert bytes_of(500, failed(API))[1] == {"message": "Internal Server Error"}
    reason = "ReservedFunctionConcurrentInvocationLimitExceeded"
    answer = throttled(reason, URL)
    assert dict(answer.headers)["x-amzn-ErrorType"] == "TooManyRequestsException"
    assert bytes_of(429, answer)[1] == {
        "Reason": reason,
        "Type": "User",
        "message": "Rate Exceeded.",
    }
    assert bytes_of(503, throttled(reason, API))[1] == {"message": "Service Unavailable"}
    assert bytes_of(503, not_waited_for())[1] == {"message": "Service Unavailable"}
    assert unknown_method().status == 400


def test_a_caller_who_proves_nothing_is_told_so() -> None:
    error = SignatureError("InvalidSignatureException", "The request signature …")
    for refusal in (UnsignedError(), error):
        assert bytes_of(403, refused(refusal, API))[1] == {"message": "Forbidden"}
    told = refused(error, URL)
    assert bytes_of(403, told)[1] == {"message": "The request signature …"}
    assert dict(told.headers)["x-amzn-ErrorType"] == "InvalidSignatureException"
    unsigned = refused(UnsignedError(), URL)
    assert bytes_of(403, unsigned)[1]["Message"].startswith("Forbidden. For troubleshooting")
    assert dict(unsigned.headers)["x-amzn-ErrorType"] == "AccessDeniedException"


@pytest.mark.parametrize("result", [{"a": 1}, "text", 5, None, [1], {"status": 201, "body": "x"}])
def test_what_has_no_status_is_the_body_itself(result: object) -> None:
    for endpoint in DOORS:
        told = payload.answer(result, endpoint)
        assert bytes_of(200, told)[1] == result


def test_an_answer_is_as_the_function_says() -> None:
    result = {
        "statusCode": 201,
        "headers": {"ETag": '"1"', "X-Number": 5, "Content-Type": "text/plain"},
        "cookies": ["a=1; Path=/", "b=2"],
        "body": "grüße",
    }
    told = payload.answer(result, URL)
    assert (told.status, told.body) == (201, "grüße".encode())
    assert told.headers == (
        ("etag", '"1"'),
        ("x-number", "5"),
        ("content-type", "text/plain"),
        ("set-cookie", "a=1; Path=/"),
        ("set-cookie", "b=2"),
    )
    default = payload.answer({"statusCode": "204"}, URL)
    assert (default.status, default.headers) == (204, (("content-type", "application/json"),))


@pytest.mark.parametrize(
    "name", ["Content-Length", "connection", "Date", "Server", "WWW-Authenticate"]
)
def test_headers_that_are_the_doors_own_are_renamed(name: str) -> None:
    for endpoint in DOORS:
        told = payload.answer({"statusCode": 200, "headers": {name: "1"}}, endpoint)
        assert ("x-amzn-Remapped-" + name.lower(), "1") in told.headers
        assert name.lower() not in dict(told.headers)


@pytest.mark.parametrize(
    "wrong",
    [
        *({"statusCode": status} for status in (None, True, "ok", 99, 600, 2000, 200.5)),
        {"statusCode": 200, "body": {"a": 1}},
        {"statusCode": 200, "body": "no base64!", "isBase64Encoded": True},
        {"statusCode": 200, "headers": ["a"]},
        {"statusCode": 200, "headers": {"a": None}},
        {"statusCode": 200, "headers": {"a": "b\r\nc: d"}},
        {"statusCode": 200, "headers": {"x-amzn-remapped-date": "d"}},
        {"statusCode": 200, "cookies": "a=1"},
        {"statusCode": 200, "cookies": [1]},
    ],
)
def test_what_is_no_answer_is_a_failure(wrong: dict[str, Any]) -> None:
    for endpoint in DOORS:
        assert payload.answer(wrong, endpoint) == failed(endpoint)


def test_the_length_is_that_of_the_body_that_the_function_gave() -> None:
    told = payload.answer({"statusCode": 200, "headers": {"Content-Length": "256"}}, URL)
    assert dict(told.to("HEAD").headers)["content-length"] == "0"
    read = payload.answer({"statusCode": 200, "body": "four"}, URL)
    assert read.to("GET").body == b"four"
    assert (read.to("HEAD").body, read.to("HEAD").headers[-1]) == (b"", ("content-length", "4"))
    for status in (204, 304):
        told = payload.answer({"statusCode": status, "body": "x"}, URL).to("GET")
        assert told.body == b""
        assert "content-length" not in dict(told.headers)


CORS = {
    "AllowOrigins": ["https://app.example"],
    "AllowMethods": ["GET", "PUT"],
    "AllowHeaders": ["authorization"],
    "ExposeHeaders": ["etag"],
    "MaxAge": 60,
}


def asked(origin: str | None, method: str = "OPTIONS") -> Request:
    headers = (("access-control-request-method", "PUT"),)
    named = () if origin is None else (("origin", origin),)
    return Request(method, "/", headers=(*headers, *named))


def test_a_page_that_is_named_is_told_what_it_may() -> None:
    for endpoint, status in ((URL, 200), (API, 204)):
        told = preflight(CORS, asked("https://app.example"), endpoint)
        assert told.status == status
        assert dict(told.headers) == {
            "access-control-allow-origin": "https://app.example",
            "vary": "Origin",
            "access-control-allow-methods": "GET,PUT",
            "access-control-allow-headers": "authorization",
            "access-control-expose-headers": "etag",
            "access-control-max-age": "60",
        }
        assert preflight(CORS, asked("https://evil.example"), endpoint).headers == ()


def test_the_doors_cors_takes_the_place_of_the_functions() -> None:
    own = payload.answer(
        {"statusCode": 200, "headers": {"Access-Control-Allow-Origin": "*", "ETag": "x"}}, URL
    )
    assert with_cors(own, {}, asked("https://app.example", "GET")) == own
    told = dict(with_cors(own, CORS, asked("https://app.example", "GET")).headers)
    assert told["access-control-allow-origin"] == "https://app.example"
    assert "access-control-allow-methods" not in told
    for origin in ("https://evil.example", None):
        told = dict(with_cors(own, CORS, asked(origin, "GET")).headers)
        assert set(told) == {"etag", "content-type"}
    every = with_cors(own, {"allowOrigins": ["*"]}, asked("https://a.example", "GET"))
    assert dict(every.headers)["access-control-allow-origin"] == "*"


def test_only_a_browser_that_asks_is_one() -> None:
    assert is_preflight(asked("https://app.example"))
    assert not is_preflight(asked(None))
    assert not is_preflight(asked("https://app.example", "PUT"))
    assert not is_preflight(Request("OPTIONS", "/", headers=(("origin", "x"),)))


def test_the_chunk_size_that_clients_are_told_fits_into_one_request() -> None:
    """tus-js-client, Uppy and tuspy; all three send a whole file at once when they are not told."""
    text = (Path(__file__).resolve().parents[2] / "docs" / "http.md").read_text()
    sizes = re.findall(r"chunk(?:Size: |_size=)([0-9]+(?: \* [0-9]+)*)", text)
    assert len(sizes) == 3
    for size in sizes:
        part = bytes(math.prod(int(factor) for factor in size.split(" * ")))
        made = event(typed("application/offset+octet-stream", part))
        headers = 64 * 1024
        assert payload.size_of(made, sent=True) + headers < payload.PAYLOAD_BYTES
