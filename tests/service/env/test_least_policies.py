"""The least policies in docs/env.md are enough, and the least."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from ops.__main__ import main
from tests.fake_lambda import ALIAS, KEY_ARN, NAME, FakeLambda
from tests.service.env.person import PROJECT, VERBS, Person


def policy(verb: str) -> set[str]:
    """The actions of the least policy in docs/env.md for a verb."""
    text = (PROJECT / "docs" / "env.md").read_text()
    blocks = re.findall(r"```json\n(.*?)```", text, re.DOTALL)
    for block in blocks:
        document = json.loads(block)
        if verb in document["Id"].split():
            return {action for each in document["Statement"] for action in each["Action"]}
    raise AssertionError(f"docs/env.md has no policy for {verb}")


@pytest.mark.parametrize("verb", VERBS)
def test_the_least_policy_of_a_verb_is_enough_and_the_least(
    tagged: FakeLambda, person: Person, assembly: Callable[..., Path], verb: str
) -> None:
    assembly({})
    (person.folder / "a.env").write_text("LOG_LEVEL=DEBUG\n")
    tagged.key = KEY_ARN
    tagged.aliases = {"newest": ("$LATEST", {})}
    tagged.tags["aws:cloudformation:stack-name"] = "Dev-Service"
    tagged.tags["aws:cloudformation:logical-id"] = "FilesFunction1"
    if verb == "undo":
        assert person("set", "MAINTENANCE_MODE=1").code == 0
    state = dict(tagged.variables), dict(tagged.parameters)
    words = [verb, f"{NAME}:newest", *VERBS[verb]]
    allowed = policy(verb)
    for missing in sorted(allowed):
        tagged.allowed = allowed - {missing}
        assert main(["env", *words]) in {3, 5}, f"{verb} does without {missing}"
        tagged.allowed = None
        tagged.variables, tagged.parameters = dict(state[0]), dict(state[1])
    tagged.allowed = allowed
    assert main(["env", *words]) == 0
    assert ALIAS in allowed
