"""What the local cloud does at less cost than MiniStack comes to the same."""

from tests.local.conftest import in_process


def test_protocols_counts_of_calls_code_and_metrics_are_as_before() -> None:
    in_process("stand_ins")
