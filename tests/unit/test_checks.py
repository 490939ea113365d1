"""What `make deploy` asks before a deployment: in turn, up to the first that refuses."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, get_type_hints

import pytest

from drive_tools.errors import ToolError
from ops.__main__ import main
from ops.deployment import concurrency, container_images, data_loss_guard, resume
from ops.review import commands as review

MODULES = {
    "images": container_images,
    "concurrency": concurrency,
    "guard": data_loss_guard,
    "review": review,
    "resume": resume,
}
DIGEST = "0123456789abcdef" * 4


class Asked:
    """The options with which each tool was asked; those in `refusing` refuse."""

    def __init__(self) -> None:
        self.refusing: dict[str, int | str] = {}
        self.options: dict[str, Any] = {}

    def instead(self, tool: str, run: Callable[[Any], int]) -> Callable[[Any], int]:
        def asked(options: Any) -> int:  # noqa: ANN401 - of any tool
            self.options[tool] = options
            print(f"{tool} was asked")
            match self.refusing.get(tool, 0):
                case str(said):
                    raise ToolError(said)
                case code:
                    return code

        asked.__annotations__ = get_type_hints(run)
        return asked


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    found = Asked()
    for tool, module in MODULES.items():
        monkeypatch.setattr(module, "run", found.instead(tool, module.run))
    return found


def test_all_are_asked_in_turn_about_the_same_stage(asked: Asked) -> None:
    words = ["--replace-data", "A1", "--replace-data", "B2", "--ask", "--expect", DIGEST]
    assert main(["checks", "Dev", "--assembly", "made", *words]) == 0
    assert [*asked.options] == [*MODULES]
    assert {each.stage for each in asked.options.values()} == {"Dev"}
    about = asked.options.pop("review")
    assert {each.assembly for each in asked.options.values()} == {Path("made")}
    assert (about.before, about.after) == ("deployed", "made")
    assert (about.first_screen, about.ask, about.expect) == (True, True, DIGEST)
    assert asked.options["guard"].replace_data == ("A1", "B2")
    assert asked.options["resume"].status is True


def test_nothing_is_permitted_and_nobody_is_asked_by_itself(asked: Asked) -> None:
    assert main(["checks", "Dev"]) == 0
    assert asked.options["guard"].replace_data == ()
    assert (asked.options["review"].ask, asked.options["review"].expect) == (False, None)


@pytest.mark.parametrize("tool", MODULES)
@pytest.mark.parametrize("refusal", ["no", 3])
def test_the_first_that_refuses_ends_it_under_its_own_name(
    tool: str, refusal: int | str, asked: Asked, capsys: pytest.CaptureFixture[str]
) -> None:
    asked.refusing[tool] = refusal
    assert main(["checks", "Dev"]) == (1 if refusal == "no" else 3)
    tools = [*MODULES]
    assert [*asked.options] == tools[: tools.index(tool) + 1]
    assert capsys.readouterr().err == (f"{tool}: no\n" if refusal == "no" else "")


def test_a_digest_that_is_none_is_refused_before_anything_is_asked(asked: Asked) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["checks", "Dev", "--expect", "a1"])
    assert caught.value.code == 2
    assert not asked.options
