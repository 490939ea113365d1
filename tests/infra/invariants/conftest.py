"""What the tests of invariants share."""

from pathlib import Path

import pytest

from drive_tools.cloud_assembly import find_stage
from stacks.invariants.declared import Declared


@pytest.fixture(scope="session")
def prod(baseline: Path) -> Declared:
    """Prod as it is."""
    return Declared.of(find_stage(baseline, "Prod"))
