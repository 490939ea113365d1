"""What the tests of the client share: a person, and the drive that is served to that person."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from drive_tools.client import progress, retries
from tests.patience import PATIENCE_SECONDS
from tests.service.served import Served, serve
from tests.service.shell import Person, Serving


@pytest.fixture
def person(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Person:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "000000000000")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "local")
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr(retries, "_FIRST_DELAY_SECONDS", 0.01)
    for module, name in (
        (retries, "_STRANGER_SECONDS"),
        (retries, "_PATIENCE_SECONDS"),
        (progress, "_LINE_SECONDS"),
    ):
        monkeypatch.setattr(module, name, float(PATIENCE_SECONDS))
    person = Person(tmp_path, capfd)
    monkeypatch.chdir(person.folder)
    return person


@pytest.fixture
def serving(person: Person, monkeypatch: pytest.MonkeyPatch) -> Serving:
    @contextlib.contextmanager
    def serving(**options: Any) -> Iterator[Served]:  # noqa: ANN401 - they are serve's own
        with serve(person.drive, **options) as url:
            monkeypatch.setenv("DRIVE_URL", url)
            yield url

    return serving


@pytest.fixture
def drive_url(serving: Serving) -> Iterator[Served]:
    with serving(prefix="/some/prefix") as url:
        yield url
