"""Which resources are replaced, against the judgement of the library of `cdk diff`."""

import copy
import json
import random
import subprocess
from pathlib import Path

import pytest

from ops.deployment.template_differences import differences
from ops.project import PROJECT
from tests.review.apps import Json

REFERENCE = PROJECT / "tests" / "infra" / "reference"
CHANGES = 40
# What both call something that a person must hear of.
_LOSING = {"WILL_REPLACE", "MAY_REPLACE", "WILL_DESTROY", "WILL_ORPHAN"}


def changed(template: Json, chance: random.Random) -> Json:
    """Return the template with one resource removed, or one property of it another or gone."""
    after = copy.deepcopy(template)
    name = chance.choice(sorted(after["Resources"]))
    resource = after["Resources"][name]
    properties = sorted(resource.get("Properties", {}))
    if not properties or chance.random() < 0.2:
        del after["Resources"][name]
    elif chance.random() < 0.2:
        del resource["Properties"][chance.choice(properties)]
    else:
        resource["Properties"][chance.choice(properties)] = {"Fn::Sub": "another"}
    return after


@pytest.mark.slow
@pytest.mark.parametrize("file", ["Dev-Data", "Prod-Service"])
def test_it_sees_what_cdk_diff_sees(file: str) -> None:
    chance = random.Random(f"one seed for {file}")
    before = json.loads((REFERENCE / f"{file}.json").read_text())
    pairs = [(before, changed(before, chance)) for _ in range(CHANGES)]
    said = subprocess.run(
        [PROJECT / ".venv/bin/node", Path(__file__).with_name("cdk_diff.mjs")],
        check=True,
        input=json.dumps(pairs),
        capture_output=True,
        text=True,
    )
    replaced = 0
    for (one, other), theirs in zip(pairs, json.loads(said.stdout), strict=True):
        [ours] = differences([(file, one, other)])
        losing = {name: impact for name, impact in theirs.items() if impact in _LOSING}
        found = {name: each.impact for name, each in ours.items() if each.impact in _LOSING}
        # Ours follows what only may be replaced, which theirs does not.
        more = {name for name in found if name not in losing}
        assert {name: found[name] for name in found if name not in more} == losing
        assert all(found[name] == "MAY_REPLACE" for name in more)
        replaced += len(losing)
    assert replaced > CHANGES / 4
