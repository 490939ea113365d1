"""No test depends on the machine's speed: none sleeps, measures a duration, or sets a deadline.

A time-out in a test is there for what hangs. It is `PATIENCE_SECONDS` everywhere, and `until` waits
for what a test has to see. What pytest itself gives up comes after that.
"""

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.patience import PATIENCE_SECONDS

PROJECT = Path(__file__).resolve().parents[2]
TESTS = PROJECT / "tests"
# Reads of a clock that measures durations, and pauses.
DURATIONS = {"monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns", "sleep"}
TIMEOUTS = {"timeout", "connect_timeout", "read_timeout", "startup_timeout"}
PATIENCE = {"PATIENCE_SECONDS", "PATIENCE_MILLISECONDS"}
# Calls of which a number among the arguments is a time to wait.
WAITS = {"wait", "join", "communicate", "select.select", "result"}
# Who may do all of it, and why.
ALLOWED = {
    "patience.py": "is the one that waits",
    "bench": "measures, and is no test",
    "nfs": "waits for the leases and caches of a kernel that runs for it only",
    "smoke/deployed.py": "waits for AWS, as long as a person would",
    "service/test_concurrency.py": "orders what writers did by one clock",
}


def findings(source: str) -> list[str]:
    """Return what in a test's source depends on the machine's speed."""
    return sorted({f"line {node.lineno}: {what}" for node, what in _found(ast.parse(source))})


def _found(tree: ast.Module) -> Iterator[tuple[ast.expr, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            if any(isinstance(each, ast.Call) and _is_now(each) for each in ast.walk(node)):
                yield node, "compares with the time of now"
        elif isinstance(node, ast.Call):
            name = _name(node.func)
            if name in DURATIONS:
                yield node, f"calls {name}"
            if any(map(_is_number, node.args)) and {name, ast.unparse(node.func)} & WAITS:
                yield node, f"{name} waits for a number of seconds"
            for keyword in node.keywords:
                if keyword.arg in TIMEOUTS and _name(keyword.value) not in PATIENCE:
                    yield node, f"{keyword.arg} is not PATIENCE_SECONDS"
                if keyword.arg == "deadline" and not _is_none(keyword.value):
                    yield node, "an example has a deadline"
                if keyword.arg == "suppress_health_check" and not _allows_slow(keyword.value):
                    yield node, "examples may be too slow"


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _is_now(node: ast.Call) -> bool:
    return _name(node.func) in {"time", "time_ns", "now"} and (
        ast.unparse(node.func) in {"time.time", "time.time_ns", "datetime.now"}
    )


def _is_number(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, int | float)


def _allows_slow(node: ast.expr) -> bool:
    return "HealthCheck.too_slow" in ast.unparse(node)


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


@pytest.mark.slow
def test_no_test_depends_on_the_speed_of_the_machine() -> None:
    found = {
        name: seen
        for path in sorted(TESTS.rglob("*.py"))
        if not {name := str(path.relative_to(TESTS)), name.partition("/")[0]} & ALLOWED.keys()
        and (seen := findings(path.read_text()))
    }
    assert found == {}


@pytest.mark.parametrize("name", ALLOWED)
def test_who_may_is_there(name: str) -> None:
    assert (TESTS / name).exists()


@pytest.mark.parametrize(
    "line",
    [
        "time.sleep(1)",
        "sleep(seconds)",
        "deadline = time.monotonic() + 5",
        "begun = perf_counter()",
        "assert expires == approx(time.time() + 3600, abs=5)",
        "assert before <= made <= time.time()",
        "subprocess.run(command, timeout=60)",
        "requests.get(url, timeout=SECONDS)",
        "Config(read_timeout=2)",
        "process.wait(10)",
        "event.wait(0.5)",
        "thread.join(60)",
        "select.select([ours], [], [], 20)",
        "settings(deadline=200)",
        "settings(suppress_health_check=[HealthCheck.data_too_large])",
    ],
)
def test_what_depends_on_it_is_seen(line: str) -> None:
    assert len(findings(f"def test():\n    {line}\n")) == 1


@pytest.mark.parametrize(
    "line",
    [
        "subprocess.run(command, timeout=PATIENCE_SECONDS)",
        "process.wait()",
        "','.join(names)",
        "clean(root, now=time.time())",
        "settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])",
    ],
)
def test_what_does_not_is_left_alone(line: str) -> None:
    assert findings(line) == []


def test_what_hangs_is_told_by_who_waits_for_it() -> None:
    options = tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]["pytest"]
    assert options["ini_options"]["faulthandler_timeout"] > PATIENCE_SECONDS
