"""What is taken from the rights that CDK Pipelines grants, and that a reason is written down."""

import re
from pathlib import Path

from stacks.shipping.least_rights import NEEDED

RECORD = Path(__file__).resolve().parents[2] / "docs/decisions/0025-what-the-pipeline-may-do.md"


def test_every_right_that_is_rewritten_is_in_the_record_with_its_reason() -> None:
    table = RECORD.read_text().partition("| CDK grants | stays | why |")[2].partition("\n\n")[0]
    rows = [line.strip("| ").split("|") for line in table.splitlines()[2:]]
    recorded = {}
    for granted, stays, why in rows:
        assert why.strip(), granted
        recorded[granted.strip("` ")] = tuple(re.findall(r"`([^`]+)`", stays))
    assert recorded == NEEDED
