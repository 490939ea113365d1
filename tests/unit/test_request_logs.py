"""Each request leaves metrics and one line of the log."""

import json

import pytest

from tests.url import Url


def test_a_request_is_measured(url: Url, capsys: pytest.CaptureFixture[str]) -> None:
    url("PUT", "/files/a", b"12345")
    url("GET", "/files/a")
    url("GET", "/files/none")
    printed = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    for line in printed:
        [declared] = line["_aws"]["CloudWatchMetrics"]
        assert declared["Namespace"] == "LambdaDrive"
    put, get, error, missing = printed
    assert (put["Requests"], put["BytesIn"], put["BytesOut"]) == ([1], [5], [0])
    assert (get["BytesIn"], get["BytesOut"]) == ([0], [5])
    assert (error["Errors"], error["kind"]) == ([1], "not-found")
    assert missing["Requests"] == [1]


def test_a_line_of_the_log_says_what_happened(url: Url, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_X_AMZN_TRACE_ID", "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1")
    url("GET", "/files/none", Authorization="AWS4-HMAC-SHA256 Credential=secret")
    [line] = url.log.getvalue().splitlines()
    logged = json.loads(line)
    assert (logged["status"], logged["problem"]) == (404, "not-found")
    assert logged["detail"] == "'none' does not exist"
    assert logged["xray_trace_id"] == "1-5759e988-bd862e3fe1be46a994272793"
    assert logged["milliseconds"] > 0
    assert "secret" not in line


def test_an_unknown_error_is_one_line_with_its_trace(
    url: Url, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("inside")

    monkeypatch.setattr(url.module.file_routes.file_reads, "read", fail)
    answer = url("GET", "/files/a")
    assert (answer.status, answer.problem) == (500, "internal")
    assert "inside" not in answer.body.decode()
    [line] = url.log.getvalue().splitlines()
    logged = json.loads(line)
    assert logged["level"] == "ERROR"
    assert "RuntimeError: inside" in logged["exception"]
