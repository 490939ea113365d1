"""What botocore signs is taken, and nothing else: not one byte of it may be another."""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlsplit

import botocore.credentials
import pytest
from botocore.auth import SIGV4_TIMESTAMP, SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from hypothesis import given
from hypothesis import strategies as st

from ops.local import sigv4
from ops.local.canonical_request import Request
from ops.local.sigv4 import Credentials, SignatureError, UnsignedError

KEY, SECRET = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
REGION, SERVICE = "us-east-1", "lambda"
HOST = "localhost:4566"
NOW = datetime.now(UTC)

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
SEGMENT = st.one_of(
    TEXT, st.sampled_from([" ", "+", "%25", "~", ".", "..", "", "a=b", "(x)", "*'!"])
)
PATHS = st.lists(SEGMENT, max_size=4).map(
    lambda parts: "/" + "/".join(quote(part, safe="~") for part in parts)
)
QUERIES = st.lists(st.tuples(TEXT, TEXT), max_size=4).map(
    lambda pairs: "&".join(f"{quote(name, '~')}={quote(value, '~')}" for name, value in pairs)
)
REQUESTS = st.builds(
    Request,
    st.sampled_from(["GET", "HEAD", "PUT", "POST", "PATCH", "DELETE", "OPTIONS"]),
    PATHS,
    QUERIES,
    st.lists(
        st.tuples(
            st.sampled_from(["content-type", "x-a", "upload-metadata", "x-amz-meta"]),
            st.text("aZ 09;=/", max_size=8).map(str.strip),
        ),
        max_size=3,
        unique_by=lambda pair: pair[0],
    ).map(tuple),
    st.binary(max_size=20),
)
TOKENS = st.sampled_from([None, "FwoGZXIvYXdzEBYaDG+/=="])


def sign(
    request: Request,
    token: str | None = None,
    *,
    form: type[SigV4Auth] = SigV4Auth,
    region: str = REGION,
    service: str = SERVICE,
) -> Request:
    """The request as botocore sends it."""
    url = f"http://{HOST}{request.path}" + (f"?{request.query}" if request.query else "")
    made = AWSRequest(request.method, url, headers=dict(request.headers), data=request.body)
    keys = botocore.credentials.Credentials(KEY, SECRET, token)
    form(keys, service, region).add_auth(made)
    address = urlsplit(str(made.url))
    sent = [("host", HOST), *((name.lower(), value) for name, value in made.headers.items())]
    # The path as given: `urlsplit` takes what follows two slashes for a host.
    return replace(request, query=address.query, headers=tuple(sent))


def whose(token: str | None = None) -> Callable[[str], Credentials | None]:
    """One access key, and nobody else's."""
    known = Credentials(KEY, SECRET, "123456789012", "arn:aws:iam::1:user/a", "AIDA", token)
    return lambda key: known if key == KEY else None


def verify(
    request: Request,
    token: str | None = None,
    *,
    region: str = REGION,
    service: str = SERVICE,
    now: datetime | None = None,
) -> Credentials:
    return sigv4.verify(
        request, whose(token), region=region, service=service, now=now or datetime.now(UTC)
    )


def refusal(request: Request, token: str | None = None, **where: str) -> SignatureError:
    with pytest.raises(SignatureError) as caught:
        verify(request, token, **where)  # type: ignore[arg-type]  # region and service
    return caught.value


@given(request=REQUESTS, token=TOKENS)
def test_what_botocore_signs_is_taken(request: Request, token: str | None) -> None:
    for service in ("lambda", "execute-api"):
        assert verify(sign(request, token, service=service), token, service=service)


@given(path=PATHS, query=QUERIES, token=TOKENS)
def test_what_botocore_signs_in_the_query_is_taken(
    path: str, query: str, token: str | None
) -> None:
    assert verify(sign(Request("GET", path, query), token, form=SigV4QueryAuth), token)


def _other_byte(text: str, at: int) -> str:
    at %= len(text)
    return text[:at] + ("b" if text[at] == "a" else "a") + text[at + 1 :]


@given(request=REQUESTS.filter(lambda request: request.body != b""), at=st.integers(0, 400))
def test_one_byte_that_is_another_is_refused(request: Request, at: int) -> None:
    signed = sign(request)
    body = bytearray(signed.body)
    body[at % len(body)] ^= 1
    methods = {"PUT": "POST"}
    changed = [
        replace(signed, body=bytes(body)),
        replace(signed, body=signed.body + b"x"),
        replace(signed, body=b""),
        replace(signed, method=methods.get(signed.method, "PUT")),
        replace(signed, path=f"{signed.path}x"),
        replace(signed, query=f"{signed.query}&x=1"),
    ]
    for name, value in signed.headers:
        if name == "authorization":
            continue
        if value:
            others = tuple(
                (key, _other_byte(old, at) if key == name else old) for key, old in signed.headers
            )
            changed.append(replace(signed, headers=others))
        without = tuple(pair for pair in signed.headers if pair[0] != name)
        changed.append(replace(signed, headers=without))
        changed.append(replace(signed, headers=(*signed.headers, (name, "x"))))
    for other in changed:
        refusal(other)


@given(request=REQUESTS, token=TOKENS, at=st.integers(0, 400))
def test_one_letter_of_the_authorization_that_is_another_is_refused(
    request: Request, token: str | None, at: int
) -> None:
    signed = sign(request, token)
    header = signed.header("authorization")
    assert header is not None
    other = _other_byte(header, at)
    headers = tuple(
        (name, other if name == "authorization" else value) for name, value in signed.headers
    )
    refusal(replace(signed, headers=headers), token)


def test_each_parameter_of_a_presigned_request_counts() -> None:
    signed = sign(Request("GET", "/files/a", "limit=1"), form=SigV4QueryAuth)
    assert verify(signed)
    pairs = signed.query.split("&")
    assert len(pairs) == 7
    for number, pair in enumerate(pairs):
        name, _, value = pair.partition("=")
        for other in ([], [f"{name}={_other_byte(value, 3)}"]):
            query = "&".join(pairs[:number] + other + pairs[number + 1 :])
            refusal(replace(signed, query=query))


@pytest.mark.parametrize("expires", ["0", "-1", "604801", "x", "1e3", "٣"])
def test_a_presigned_request_says_for_how_long(expires: str) -> None:
    signed = sign(Request("GET", "/"), form=SigV4QueryAuth)
    query = signed.query.replace("X-Amz-Expires=3600", f"X-Amz-Expires={quote(expires)}")
    assert refusal(replace(signed, query=query)).kind == "IncompleteSignatureException"


def test_who_says_nothing_is_unsigned() -> None:
    for request in (Request("GET", "/"), Request("GET", "/", "limit=1", (("host", HOST),))):
        with pytest.raises(UnsignedError):
            verify(request)


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ({"service": "execute-api"}, "Credential should be scoped to correct service: 'lambda'. "),
        (
            {"region": "eu-west-1"},
            "Credential should be scoped to a valid region, not 'eu-west-1'. ",
        ),
    ],
)
def test_a_signature_for_elsewhere_is_refused(where: dict[str, str], message: str) -> None:
    error = refusal(sign(Request("GET", "/"), **where))  # type: ignore[arg-type]
    assert (error.kind, str(error)) == ("InvalidSignatureException", message)


@pytest.mark.parametrize("minutes", [-6, -5, 5, 6])
def test_a_clock_may_be_five_minutes_off(minutes: int) -> None:
    signed = sign(Request("GET", "/"))
    date = signed.header("x-amz-date")
    assert date is not None
    made = datetime.strptime(date, SIGV4_TIMESTAMP).replace(tzinfo=UTC)
    now = made + timedelta(minutes=minutes)
    if abs(minutes) == 5:
        assert verify(signed, now=now)
        return
    with pytest.raises(SignatureError) as caught:
        verify(signed, now=now)
    words = "Signature expired: " if minutes > 0 else "Signature not yet current: "
    assert str(caught.value).startswith(f"{words}{date} is ")
    assert str(caught.value).endswith(f" {'-' if minutes > 0 else '+'} 5 min.)")


def test_a_token_must_be_the_one_that_belongs_to_the_key() -> None:
    request = Request("GET", "/")
    assert verify(sign(request, "lent"), "lent")
    for sent, expected in (("other", "lent"), (None, "lent"), ("made up", None)):
        error = refusal(sign(request, sent), expected)
        assert (error.kind, str(error)) == (
            "UnrecognizedClientException",
            "The security token included in the request is invalid.",
        )


def test_a_token_ends_and_an_unknown_key_is_nobody() -> None:
    signed = sign(Request("GET", "/"), "lent")
    ended = Credentials(KEY, SECRET, "1", "arn", "id", "lent", NOW - timedelta(hours=1))
    with pytest.raises(SignatureError, match="is expired") as caught:
        sigv4.verify(
            signed, lambda _key: ended, region=REGION, service=SERVICE, now=datetime.now(UTC)
        )
    assert caught.value.kind == "ExpiredTokenException"
    with pytest.raises(SignatureError, match="is invalid"):
        sigv4.verify(
            signed, lambda _key: None, region=REGION, service=SERVICE, now=datetime.now(UTC)
        )


def test_another_secret_is_refused() -> None:
    other = Credentials(KEY, f"{SECRET}x", "1", "arn", "id")
    with pytest.raises(SignatureError, match="does not match the signature you provided"):
        sigv4.verify(
            sign(Request("GET", "/")),
            lambda _key: other,
            region=REGION,
            service=SERVICE,
            now=datetime.now(UTC),
        )


@pytest.mark.parametrize("payload", ["UNSIGNED-PAYLOAD", hashlib.sha256(b"other").hexdigest()])
def test_the_body_itself_is_signed_whatever_a_header_says(payload: str) -> None:
    """Lambda takes no unsigned payload; botocore believes the header."""
    said = Request("PUT", "/a", headers=(("x-amz-content-sha256", payload),), body=b"body")
    made = AWSRequest("PUT", f"http://{HOST}/a", headers=dict(said.headers), data=said.body)
    auth = SigV4Auth(botocore.credentials.Credentials(KEY, SECRET), SERVICE, REGION)
    auth.add_auth(made)
    assert payload in auth.canonical_request(made)
    sent = (("host", HOST), *((name.lower(), value) for name, value in made.headers.items()))
    assert str(refusal(replace(said, headers=sent))) == sigv4.MISMATCH
    right = hashlib.sha256(said.body).hexdigest()
    assert verify(sign(replace(said, headers=(("x-amz-content-sha256", right),))))


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("Bearer token", "missing equal-sign"),
        ("AWS4-HMAC-SHA256", "missing equal-sign"),
        ("AWS4-HMAC-SHA512 Credential=a", "Unsupported AWS 'algorithm'"),
        ("AWS4-HMAC-SHA256 Credential=a", "requires 'Signature' parameter."),
        ("AWS4-HMAC-SHA256 Credential=a/b, Signature=x, SignedHeaders=host", "exactly 5"),
    ],
)
def test_what_is_no_authorization_is_told(header: str, words: str) -> None:
    date = f"{datetime.now(UTC):{SIGV4_TIMESTAMP}}"
    headers = (("host", HOST), ("authorization", header))
    error = refusal(Request("GET", "/", headers=(*headers, ("x-amz-date", date))))
    if "exactly" in words:  # which headers are signed is looked at first
        assert "'x-amz-date' must be a 'SignedHeader'" in str(error)
        signed = header.replace("=host", "=host;x-amz-date")
        all_signed = (("host", HOST), ("authorization", signed), ("x-amz-date", date))
        error = refusal(Request("GET", "/", headers=all_signed))
        assert error.kind == "IncompleteSignatureException"
    assert error.kind == "IncompleteSignatureException"
    assert words in str(error)
    assert "token" not in str(error)


def test_a_date_that_is_none_is_told() -> None:
    signed = sign(Request("GET", "/"))
    for date in ("yesterday", "20250101T000000"):
        headers = tuple(
            (name, date if name == "x-amz-date" else value) for name, value in signed.headers
        )
        error = refusal(replace(signed, headers=headers))
        assert "Date" in str(error)
    headers = tuple(pair for pair in signed.headers if pair[0] != "x-amz-date")
    assert "'X-Amz-Date' or a 'Date'" in str(refusal(replace(signed, headers=headers)))


def _own(path: str, query: str, *, day: str | None = None, end: str = "aws4_request") -> Request:
    """A request signed by hand, with these for its canonical path and query, and in its scope."""
    date = f"{datetime.now(UTC):{SIGV4_TIMESTAMP}}"
    scope = f"{day or date[:8]}/{REGION}/{SERVICE}/{end}"
    lines = ["GET", path, query, f"host:{HOST}", f"x-amz-date:{date}", "", "host;x-amz-date"]
    told = "\n".join([*lines, hashlib.sha256(b"").hexdigest()])
    text = f"{sigv4.ALGORITHM}\n{date}\n{scope}\n{hashlib.sha256(told.encode()).hexdigest()}"
    key = f"AWS4{SECRET}".encode()
    for part in (*scope.split("/"), text):
        key = hmac.digest(key, part.encode(), "sha256")
    authorization = (
        f"{sigv4.ALGORITHM} Credential={KEY}/{scope}, SignedHeaders=host;x-amz-date,"
        f" Signature={key.hex()}"
    )
    headers = (("host", HOST), ("x-amz-date", date), ("authorization", authorization))
    return Request("GET", "", headers=headers)


@pytest.mark.parametrize(
    ("sent", "right", "wrong"),
    [
        ("/a%20b", "/a%2520b", "/a%20b"),  # curl 7.88.1 encodes it once
        ("/a+b", "/a%2Bb", "/a+b"),
        ("/(x)", "/%28x%29", "/(x)"),
        ("/x:y", "/x%3Ay", "/x:y"),
        ("/~a", "/~a", "/%7Ea"),
        ("/a/../b//c/", "/b/c/", "/a/../b//c/"),
    ],
)
def test_a_path_is_encoded_twice(sent: str, right: str, wrong: str) -> None:
    """aws-sdk-js-v3 #5797 and http4k #1533 met this at function URLs."""
    assert verify(replace(_own(right, ""), path=sent))
    refusal(replace(_own(wrong, ""), path=sent))


@pytest.mark.parametrize(
    ("sent", "right", "wrong"),
    [
        ("b=1&a=2", "a=2&b=1", "b=1&a=2"),
        ("a", "a=", "a"),
        ("a=2&a=1", "a=1&a=2", "a=2&a=1"),
        ("a=%2b", "a=%2B", "a=%2b"),
        ("a=x+y", "a=x%2By", "a=x%20y"),
        ("a=%7Ex/y", "a=~x%2Fy", "a=%7Ex/y"),
    ],
)
def test_a_query_is_sorted_and_encoded_anew(sent: str, right: str, wrong: str) -> None:
    assert verify(replace(_own("/", right), path="/", query=sent))
    refusal(replace(_own("/", wrong), path="/", query=sent))


def test_the_scope_is_of_the_day_and_ends_as_it_must() -> None:
    """Though the signature holds: the key was made for that scope."""
    told = str(refusal(replace(_own("/", "", day="20250101"), path="/")))
    assert told.startswith("Date in Credential scope does not match YYYYMMDD")
    assert "'20250101' != '" in told
    told = str(refusal(replace(_own("/", "", end="aws5_request"), path="/")))
    assert "valid terminator: 'aws4_request', not 'aws5_request'." in told


def test_nothing_secret_is_shown() -> None:
    known = whose("a token")(KEY)
    assert known is not None
    assert SECRET not in repr(known)
    assert "a token" not in repr(known)
