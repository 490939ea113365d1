"""What the rules are asked about is what is deployed, and decides what is answered."""

import pytest

from tests.local.conftest import in_process


@pytest.mark.parametrize(
    ("module", "printed"),
    [("network", "33 changes\n"), ("ways_out", "12 calls\n")],
)
def test_on_the_interpreter_of_the_local_cloud(module: str, printed: str) -> None:
    """Each module says what it holds."""
    assert in_process(module) == printed
