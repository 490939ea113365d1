"""The page about faults names alarms that there are, and tests."""

import re

from stacks.alarms.sentences import SAYS
from tests.unit.test_documentation import PROJECT

LINES = [
    [cell.strip() for cell in line.strip("|").split(" | ")]
    for line in (PROJECT / "docs" / "operations" / "faults.md").read_text().splitlines()
    if line.startswith("| ") and not line.startswith(("| fault", "| ---"))
]
# Of the brake, whose alarms are on a page of their own.
OF_THE_BRAKE = {"UseFast", "UseSlow", "BrakeFailed"}


def test_each_fault_has_a_test_and_each_alarm_is_one() -> None:
    assert len(LINES) > 8
    for line in LINES:
        fault, _, told, after, tried = line
        assert fault
        assert after
        named = set(re.findall(r"`([A-Z][A-Za-z]+)`", told))
        assert named <= SAYS.keys() | OF_THE_BRAKE, line
        tests = re.findall(r"`(tests/[\w/]+\.py)`", tried)
        assert tests, line
        assert all((PROJECT / test).is_file() for test in tests)
