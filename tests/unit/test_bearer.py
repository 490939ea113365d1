"""The token of a public URL: who is let in, who is not, and how often it is looked up."""

import hmac
import json
from dataclasses import dataclass, field
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from tests.url import Context, Url, event

Tokens = Any  # a class of the module as each test finds it
FIRST, SECOND, THIRD = ("a" * 48, "b" * 48, "c" * 48)
WRONG = "w" * 48


@dataclass
class Secret:
    """A secret with its versions, how often it was read, and a clock."""

    versions: dict[str, str] = field(default_factory=lambda: {"AWSCURRENT": FIRST})
    reads: int = 0
    now: float = 1000.0
    broken: bool = False

    def read(self, stage: str) -> str | None:
        self.reads += 1
        if self.broken:
            raise TimeoutError("Secrets Manager does not answer")
        return self.versions.get(stage)

    def change(self, token: str) -> None:
        """As `put-secret-value` does."""
        self.versions = {"AWSCURRENT": token, "AWSPREVIOUS": self.versions["AWSCURRENT"]}


@pytest.fixture
def secret() -> Secret:
    return Secret()


@pytest.fixture
def module(url: Url) -> ModuleType:
    """`files.bearer`."""
    found: ModuleType = url.module.bearer
    return found


@pytest.fixture
def tokens(module: ModuleType, secret: Secret) -> Tokens:
    return module.Tokens(secret.read, clock=lambda: secret.now)


@pytest.fixture
def public(url: Url, module: ModuleType, tokens: Tokens, monkeypatch: pytest.MonkeyPatch) -> Url:
    """The files function behind a URL that takes the token."""
    monkeypatch.setattr(module, "SECRET", "arn:secret")
    monkeypatch.setattr(module, "tokens", tokens)
    return url


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_the_token_opens_every_route_and_nothing_else_does(public: Url) -> None:
    routes = [
        *(("GET", "/health"), ("GET", "/openapi.json"), ("GET", "/files/"), ("GET", "/files/a")),
        *(("HEAD", "/health"), ("HEAD", "/files/"), ("HEAD", "/files/a")),
        *(("PUT", "/files/a"), ("DELETE", "/files/a"), ("POST", "/files/a")),
        *(("POST", "/uploads"), ("PATCH", f"/uploads/{'0' * 32}"), ("GET", "/elsewhere")),
        *(("HEAD", f"/uploads/{'0' * 32}"), ("DELETE", f"/uploads/{'0' * 32}"), ("TRACE", "/")),
    ]
    for method, path in routes:
        assert public(method, path, **bearer(FIRST)).status != 401
        for headers in ({}, bearer(WRONG)):
            answer = public(method, path, **headers)
            assert answer.status == 401, (method, path)
            assert method == "HEAD" or answer.problem == "unauthorized"
    known = public.module.web.operations
    tried = {(method, path) for method, path in routes}
    assert {one.method for one in known} - {"OPTIONS"} <= {method for method, _ in tried}


@pytest.mark.parametrize(
    "header",
    [
        *("", "Bearer", "Bearer ", f"Basic {FIRST}", FIRST, f"Bearer{FIRST}", f"Bearer {FIRST}x"),
        *(f"Bearer {FIRST[:-1]}", f"Bearer {FIRST},{FIRST}", f"Bearer {FIRST} {FIRST}"),
        *(f"Bearer \t{FIRST}", f"Bearer {FIRST}\n", "Bearer ñ", f"Bearer {FIRST.upper()}"),
        *(f"Bearer {FIRST}, Bearer {FIRST}", "Bearer =", "Bearer *"),
    ],
)
def test_what_looks_like_the_token_is_not_it(public: Url, header: str) -> None:
    assert public("GET", "/files/", Authorization=header).status == 401


@pytest.mark.parametrize("header", [f"bearer {FIRST}", f"BEARER   {FIRST} "])
def test_the_scheme_is_read_as_http_has_it(public: Url, header: str) -> None:
    assert public("GET", "/files/", Authorization=header).status == 200


def test_a_refusal_says_what_to_send_and_nothing_of_the_drive(public: Url) -> None:
    nothing = public("GET", "/files/a")
    assert nothing.headers["www-authenticate"] == 'Bearer realm="lambda-drive"'
    assert "Authorization: Bearer" in nothing.json["detail"]
    wrong = public("GET", "/files/a", **bearer(WRONG))
    challenge = 'Bearer realm="lambda-drive", error="invalid_token"'  # RFC 6750 section 3
    assert wrong.headers["www-authenticate"] == challenge
    assert public("POST", "/uploads").headers["tus-resumable"] == "1.0.0"
    assert wrong.json["detail"] == "this is not the drive's token"
    assert wrong.headers["content-type"] == "application/problem+json"


def test_the_token_comes_before_maintenance_and_before_the_disk(
    public: Url, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAINTENANCE_MODE", "1")
    assert public("GET", "/files/").status == 401
    assert public("GET", "/files/", **bearer(FIRST)).status == 503


def test_options_says_what_could_be_done_to_everybody(public: Url) -> None:
    """A preflight has no token, and neither have tus clients that ask what is spoken."""
    answer = public("OPTIONS", "/uploads")
    assert (answer.status, answer.headers["tus-version"]) == (204, "1.0.0")
    assert public("OPTIONS", "/files/a").headers["allow"] == "DELETE, GET, HEAD, OPTIONS, POST, PUT"


def test_the_page_is_shown_to_everybody_and_nothing_beside_it(public: Url) -> None:
    """It asks for the token then, and is the same for every drive."""
    for method in ("GET", "HEAD"):
        for path in ("/", "/page/page.js", "/page/page.js?v=0", "/page/worker.js"):
            assert public(method, path).status == 200, (method, path)
            assert public(method, path, **bearer(WRONG)).status == 200
    assert public("GET", "/page/tus.LICENSE").status == 404
    for method in ("PUT", "POST", "DELETE", "PATCH", "TRACE"):
        assert public(method, "/").status == 401
        assert public(method, "/page/page.js").status == 401
    beside = ["", "//", "/page", "/page/", "/page/../files/a", "/page/%2e%2e/files/", "/page\n"]
    for path in (*beside, "/page/a/b", "/pages", "/files/page/page.js", "/page.js", "/index.html"):
        assert public("GET", path).status == 401, path


def test_no_method_pretends_to_be_options(public: Url) -> None:
    """`X-HTTP-Method-Override` is heard on /uploads, and the method that counts is the last."""
    for method in ("DELETE", "PATCH", "HEAD", "POST"):
        answer = public("OPTIONS", f"/uploads/{'0' * 32}", X_HTTP_Method_Override=method)
        assert answer.status == 401
    answer = public("POST", "/uploads", X_HTTP_Method_Override="OPTIONS")
    assert "location" not in answer.headers


def test_an_unsigned_call_without_a_token_to_know_it_by_is_refused(url: Url) -> None:
    """A URL that is public by a slip, or between two steps of a deployment, opens nothing."""
    for account, status in (("anonymous", 401), ("123456789012", 200)):
        for path in ("/files/", "/", "/page/page.js"):
            request = event("GET", path, headers=bearer(FIRST))
            request["requestContext"]["accountId"] = account
            assert url.module.handler(request, Context())["statusCode"] == status


def test_the_token_is_compared_whole_and_with_every_version(
    module: ModuleType,
    secret: Secret,
    tokens: Tokens,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """By digests of one length, so that no time tells how much of it was right, or which."""
    compared: list[tuple[bytes, bytes]] = []

    def compare(one: bytes, other: bytes) -> bool:
        compared.append((one, other))
        return hmac.compare_digest(one, other)

    monkeypatch.setattr(module, "hmac", SimpleNamespace(compare_digest=compare))
    secret.change(SECOND)
    for token in (SECOND, FIRST, WRONG, "x"):
        secret.now += 1000
        tokens.admit(token)
        compared.clear()
        tokens.admit(token)
        assert len(compared) >= 2
        assert len({other for _, other in compared}) == 2
        assert {len(each) for pair in compared for each in pair} == {32}


def test_the_previous_version_is_good_and_the_one_before_it_is_not(
    secret: Secret,
    tokens: Tokens,
) -> None:
    assert tokens.admit(FIRST)
    secret.change(SECOND)
    assert tokens.admit(SECOND)
    assert tokens.admit(FIRST)
    secret.change(THIRD)
    assert tokens.admit(THIRD)
    assert tokens.admit(SECOND)
    assert not tokens.admit(FIRST)


def test_a_version_that_is_gone_is_good_for_a_minute_at_most(
    module: ModuleType,
    secret: Secret,
    tokens: Tokens,
) -> None:
    assert tokens.admit(FIRST)
    secret.versions = {"AWSCURRENT": SECOND}
    secret.now += module.FRESH_SECONDS - 1
    assert tokens.admit(FIRST)
    secret.now += 1
    assert not tokens.admit(FIRST)


def test_a_good_token_costs_one_look_in_a_minute(secret: Secret, tokens: Tokens) -> None:
    for _ in range(600):
        assert tokens.admit(FIRST)
        secret.now += 0.1
    assert secret.reads == 2  # both versions, once


def test_wrong_tokens_cause_no_storm_and_delay_nobody_for_long(
    module: ModuleType,
    secret: Secret,
    tokens: Tokens,
) -> None:
    seconds = 600
    for number in range(seconds * 10):
        assert not tokens.admit(f"{WRONG}{number}")
        secret.now += 0.1
    looks = secret.reads / 2
    assert looks <= module.LOOKS + seconds / module.LOOK_SECONDS + seconds / module.FRESH_SECONDS
    secret.change(SECOND)
    waited = 0.0
    while not tokens.admit(SECOND):
        assert not tokens.admit(WRONG)
        secret.now += 0.1
        waited += 0.1
    assert waited <= module.LOOK_SECONDS + 0.2
    assert tokens.admit(FIRST)


def test_a_quiet_week_saves_up_no_looks(module: ModuleType, secret: Secret, tokens: Tokens) -> None:
    assert tokens.admit(FIRST)
    secret.now += 7 * 24 * 3600
    secret.reads = 0
    for number in range(100):
        assert not tokens.admit(f"{WRONG}{number}")
    # The first found the versions a week old, and needed no look of its own.
    assert secret.reads == 2 * (1 + module.LOOKS)
    secret.now += module.FRESH_SECONDS
    secret.reads = 0
    assert not tokens.admit(WRONG)
    assert secret.reads == 2


def test_somebody_with_yesterdays_token_makes_nobody_wait(
    module: ModuleType, secret: Secret, tokens: Tokens
) -> None:
    for _ in range(6000):
        assert not tokens.admit(WRONG)
        secret.now += 0.1
    for token in (SECOND, THIRD):
        secret.change(token)
        assert tokens.admit(token)
    assert secret.reads / 2 <= 600 / module.LOOK_SECONDS + 600 / module.FRESH_SECONDS + 3


def test_a_first_look_that_fails_is_bounded_as_well(
    module: ModuleType,
    secret: Secret,
    tokens: Tokens,
) -> None:
    secret.broken = True
    for _ in range(100):
        with pytest.raises(module.UnreadableError):
            tokens.admit(FIRST)
        secret.now += 0.01
    assert secret.reads == 1
    for number in range(100):
        with pytest.raises(module.UnreadableError):
            tokens.admit(f"{FIRST}{number}")
    assert secret.reads == module.LOOKS
    secret.broken = False
    secret.now += module.LOOK_SECONDS
    assert tokens.admit(FIRST)


def test_known_tokens_outlive_an_outage_of_secrets_manager_but_not_for_ever(
    module: ModuleType,
    secret: Secret,
    tokens: Tokens,
) -> None:
    assert tokens.admit(FIRST)
    secret.broken = True
    begun = secret.now
    while secret.now - begun < module.STALE_SECONDS:
        assert tokens.admit(FIRST)
        assert not tokens.admit(WRONG)
        secret.now += 30
    secret.now += module.FRESH_SECONDS
    with pytest.raises(module.UnreadableError):
        tokens.admit(FIRST)
    secret.broken = False
    secret.now += module.LOOK_SECONDS
    assert tokens.admit(FIRST)


@pytest.mark.parametrize("bad", ["", " ", "short", "x" * 31, "\n" * 40])
def test_a_version_that_is_no_token_lets_nobody_in(
    module: ModuleType,
    secret: Secret,
    tokens: Tokens,
    bad: str,
) -> None:
    secret.versions = {"AWSCURRENT": bad}
    for token in (bad, bad.strip(), "", WRONG):
        secret.now += module.LOOK_SECONDS
        with pytest.raises(module.UnreadableError):
            tokens.admit(token)
    secret.versions = {"AWSCURRENT": bad, "AWSPREVIOUS": FIRST}
    secret.now += module.LOOK_SECONDS
    assert tokens.admit(FIRST)
    assert not tokens.admit(bad.strip())


def test_a_newline_at_the_end_of_the_secret_is_nobodys_intention(
    secret: Secret,
    tokens: Tokens,
) -> None:
    secret.versions = {"AWSCURRENT": f"{FIRST}\n"}
    assert tokens.admit(FIRST)


def test_a_secret_that_cannot_be_read_is_told_and_logged(public: Url, secret: Secret) -> None:
    secret.broken = True
    answer = public("GET", "/health", **bearer(FIRST))
    assert (answer.status, answer.problem) == (503, "not-configured")
    assert int(answer.headers["retry-after"]) > 0
    assert "Secrets Manager does not answer" not in answer.body.decode()
    assert "Secrets Manager does not answer" in public.log.getvalue()


def test_no_token_is_ever_logged(public: Url, secret: Secret) -> None:
    for token in (FIRST, WRONG, "short"):
        public("GET", "/files/", **bearer(token))
    secret.change("also-short")
    secret.now += 1000
    public("GET", "/files/", **bearer(WRONG))
    log = public.log.getvalue()
    assert "is not a token: it must have at least 32 characters, got 10" in log
    for token in (FIRST, WRONG, "also-short"):
        assert token not in log
    statuses = [json.loads(line).get("status") for line in log.splitlines()]
    assert statuses.count(401) == 3


def test_the_document_says_that_a_token_is_sent(public: Url) -> None:
    document = public("GET", "/openapi.json", **bearer(FIRST)).json
    schemes = document["components"]["securitySchemes"]
    assert schemes == {"token": {"type": "http", "scheme": "bearer"}}
    assert document["security"] == [{"token": []}]
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            open_to_all = method == "options" or path == "/" or path.startswith("/page/")
            assert ("401" not in operation["responses"]) == open_to_all
            assert (operation.get("security") == []) == open_to_all


def test_the_document_of_signed_calls_says_nothing_of_it(url: Url) -> None:
    document = url("GET", "/openapi.json").json
    assert document["security"] == [{"sigv4": []}]
    assert list(document["components"]["securitySchemes"]) == ["sigv4"]
    assert "401" not in json.dumps(list(document["paths"].values())).replace('"enum"', "")
