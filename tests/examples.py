"""How Hypothesis draws examples here; only the folders whose tests do so import it.

No other test waits for its import, which takes half a second.
"""

import hypothesis


def take_any_time() -> None:
    """Set no deadline: how long a machine takes to draw examples says nothing of the code."""
    hypothesis.settings.register_profile(
        "untimed", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
    )
    hypothesis.settings.load_profile("untimed")
