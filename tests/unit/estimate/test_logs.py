"""The functions send no more metrics and bytes of logs than the estimate counts."""

import ast
from pathlib import Path

import pytest

from stacks.costs import use
from tests.url import Url

PROJECT = Path(__file__).resolve().parents[3]


def test_the_functions_send_no_more_metrics_than_are_counted(url: Url) -> None:
    names = {
        call.args[0].value
        for file in (PROJECT / "lambda_src").rglob("*.py")
        for call in ast.walk(ast.parse(file.read_text()))
        if isinstance(call, ast.Call)
        and getattr(call.func, "attr", getattr(call.func, "id", ""))
        in {"add_metric", "single_metric"}
        and isinstance(call.args[0], ast.Constant)
    }
    kinds = len(url.module.web.PROBLEMS) + 1  # and that of GET /health
    assert "Errors" in names
    assert len(names - {"Errors"}) + kinds <= use.CUSTOM_METRICS


# As many as the first line of a request of an HTTP API may have, with its headers
# (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html).
_LONGEST_LINE = 10_240
_LINES_OF_LAMBDA = 600  # START, END, REPORT


@pytest.mark.parametrize("letter", ["a", "ü", "\U0001f600", "\x01"], ids=ascii)
def test_a_request_logs_no_more_bytes_than_are_counted(
    letter: str, url: Url, capsys: pytest.CaptureFixture[str]
) -> None:
    encoded = len(letter.encode()) * 3 if letter != "a" else 1
    url("GET", f"/files/{letter * (_LONGEST_LINE // encoded)}")
    printed = len(capsys.readouterr().out.encode()) + len(url.log.getvalue().encode())
    assert printed > len(letter)
    assert printed + _LINES_OF_LAMBDA <= use.LOG_BYTES_A_REQUEST
