"""The key watch, by what it asks of KMS."""

import importlib
import subprocess
import sys
from types import ModuleType
from typing import Any

import pytest

from tests.unit.scripts import LAMBDA_SRC

# https://docs.aws.amazon.com/kms/latest/APIReference/API_KeyMetadata.html
STATES = (
    *("Creating", "Enabled", "Disabled", "PendingDeletion", "PendingImport"),
    *("PendingReplicaDeletion", "Unavailable", "Updating"),
)
DATA, SERVICE = (
    f"arn:aws:kms:eu-west-1:123456789012:key/{number}" for number in ("1-data", "2-service")
)


class Kms:
    """Keys with their states; one without a state is gone."""

    class exceptions:  # noqa: N801 - boto3's
        class ClientError(Exception):
            pass

    def __init__(self, **states: str) -> None:
        self.states = {DATA: states.get("data"), SERVICE: states.get("service")}

    def describe_key(self, KeyId: str) -> dict[str, Any]:  # noqa: N803 - AWS's
        if self.states[KeyId] is None:
            raise self.exceptions.ClientError("NotFoundException")
        return {"KeyMetadata": {"Arn": KeyId, "KeyState": self.states[KeyId]}}


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(LAMBDA_SRC)
    monkeypatch.delitem(sys.modules, "key_watch.handler", raising=False)
    return importlib.import_module("key_watch.handler")


def ask(watch: ModuleType, monkeypatch: pytest.MonkeyPatch, kms: Kms) -> dict[str, str]:
    monkeypatch.setattr(watch, "_client", lambda: kms)
    said: dict[str, str] = watch.handler({"keys": [DATA, SERVICE]}, None)
    return said


def test_enabled_keys_are_no_trouble(watch: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    said = ask(watch, monkeypatch, Kms(data="Enabled", service="Enabled"))
    assert said == {DATA: "Enabled", SERVICE: "Enabled"}


@pytest.mark.parametrize("state", sorted({*STATES} - {"Enabled"}))
def test_a_key_in_any_other_state_fails_the_run_which_says_which_it_is(
    state: str, watch: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(watch.UnusableKeysError) as raised:
        ask(watch, monkeypatch, Kms(data="Enabled", service=state))
    said = str(raised.value)
    assert f'{{"{SERVICE}": "{state}"}}' in said
    assert DATA not in said
    assert "aws kms cancel-key-deletion" in said
    assert "aws kms enable-key" in said


def test_a_key_that_is_gone_is_said_and_the_others_are_asked_all_the_same(
    watch: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(watch.UnusableKeysError) as raised:
        ask(watch, monkeypatch, Kms(service="PendingDeletion"))
    assert f'"{DATA}": "NotFoundException"' in str(raised.value)
    assert f'"{SERVICE}": "PendingDeletion"' in str(raised.value)


def test_a_call_without_keys_fails(watch: ModuleType) -> None:
    with pytest.raises(KeyError, match="keys"):
        watch.handler({}, None)


def test_it_imports_nothing_that_is_not_there() -> None:
    """The SDK is imported when it is asked for, so a cold start takes no time for it."""
    code = "import key_watch.handler, sys; assert 'boto3' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=LAMBDA_SRC)
