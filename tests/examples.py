"""How Hypothesis draws examples here; only the folders whose tests do so import it.

No other test waits for its import, which takes half a second.
"""

import hypothesis
import pytest

_EXAMPLES = 100  # Hypothesis's own number
_FEW = 25


def draw(config: pytest.Config) -> None:
    """Set no deadline: how long a machine takes to draw examples says nothing of the code.

    In `make test-fast` each test draws a quarter of the examples that `make test` draws.
    """
    fast = "not slow" in config.getoption("markexpr")
    hypothesis.settings.register_profile(
        "untimed",
        deadline=None,
        suppress_health_check=[hypothesis.HealthCheck.too_slow],
        max_examples=_FEW if fast else _EXAMPLES,
    )
    hypothesis.settings.load_profile("untimed")
