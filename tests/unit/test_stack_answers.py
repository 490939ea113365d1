"""The local cloud's answer about a stack that changes comes when the change has ended."""

import asyncio
import importlib
import sys
from types import ModuleType, SimpleNamespace

import pytest

ONE = b"Action=DescribeStacks&Version=2010-05-15&StackName=Dev-Data"


class CloudFormation:
    """MiniStack's own, whose stack has the next of these states each time that somebody asks."""

    def __init__(self, *states: str) -> None:
        self.left = list(states)

    async def handle_request(self, *_: object) -> tuple[int, dict[str, str], bytes]:
        return 200, {}, f"<StackStatus>{self.left.pop(0)}</StackStatus>".encode()


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The module, without MiniStack, which lives in an environment of its own."""
    for name in ("ministack", "ministack.services"):
        monkeypatch.setitem(sys.modules, name, SimpleNamespace(cloudformation=None))
    monkeypatch.delitem(sys.modules, "ops.local.stack_answers", raising=False)
    module = importlib.import_module("ops.local.stack_answers")
    monkeypatch.setattr(module, "_LOOK_SECONDS", 0)
    return module


def ask(answers: ModuleType, body: bytes, *states: str) -> str:
    """Return the state that is answered."""
    vars(answers)["cloudformation"] = known = CloudFormation(*states)
    answers.wait_for_changes()
    _, _, said = asyncio.run(known.handle_request("POST", "/", {}, body, {}))
    return said.decode().removeprefix("<StackStatus>").removesuffix("</StackStatus>")


@pytest.mark.parametrize("change", ["CREATE", "UPDATE", "UPDATE_COMPLETE_CLEANUP", "DELETE"])
def test_it_comes_when_the_change_has_ended(change: str, answers: ModuleType) -> None:
    changing = f"{change}_IN_PROGRESS"
    assert ask(answers, ONE, changing, changing, "ENDED", "LATER") == "ENDED"


def test_a_long_change_is_told_before_a_client_gives_up(
    answers: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "LONGEST_SECONDS", 0)
    assert ask(answers, ONE, "CREATE_IN_PROGRESS", "ENDED") == "CREATE_IN_PROGRESS"


@pytest.mark.parametrize(
    ("body", "state"),
    [
        (ONE, "REVIEW_IN_PROGRESS"),
        (b"Action=DescribeStacks&Version=2010-05-15", "CREATE_IN_PROGRESS"),
        (ONE.replace(b"Stacks", b"StackEvents"), "CREATE_IN_PROGRESS"),
    ],
)
def test_all_else_is_answered_at_once(body: bytes, state: str, answers: ModuleType) -> None:
    assert ask(answers, body, state, "LATER") == state
