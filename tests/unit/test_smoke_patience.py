"""The smoke test waits for a drive that settles, and says so when its brake is on."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from tests.smoke import deployed
from tests.smoke.deployed import Client


@pytest.fixture
def answered(monkeypatch: pytest.MonkeyPatch) -> Any:  # noqa: ANN401 - a function
    """Ask a drive that gives these answers, one after the other, each a minute later."""
    clock = iter(range(0, 10_000, 60))
    monkeypatch.setattr(
        deployed, "time", SimpleNamespace(monotonic=lambda: next(clock), sleep=lambda _: None)
    )

    def ask(*statuses: int) -> int:
        left = iter(statuses)
        answer = lambda *_: SimpleNamespace(status_code=next(left), text="no more")  # noqa: E731
        found: int = deployed.patiently(cast("Client", answer), "/health").status_code
        return found

    return ask


def test_it_asks_again_while_the_drive_settles(answered: Any) -> None:  # noqa: ANN401
    assert answered(502, 403, 200) == 200
    assert answered(404) == 404


def test_it_gives_up_and_names_the_brake(answered: Any) -> None:  # noqa: ANN401
    assert answered(*[502] * 9) == 502
    with pytest.raises(pytest.fail.Exception, match=r"the brake of the stage is on.*no more"):
        answered(*[429] * 9)
