"""Which of the smoke tests are of what was deployed."""

from pathlib import Path

import pytest

from drive_tools.errors import ToolError
from tests.smoke import deployed
from tests.smoke.deployed import Client, Deployed


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is promised of the other: the file service, or a function of one's own."""
    here = Path(__file__).parent
    if not any(item.path.parent == here for item in items):
        return
    try:
        found = deployed.find(config)
    except (ToolError, ValueError) as error:
        pytest.exit(str(error), returncode=1)
    other = "test_own_function" if found.serves_files else "test_smoke"
    names = [other] + (["test_domain"] if found.domain is None else [])
    names += [] if config.getoption("--origin") else ["test_preflight"]
    left = {here / f"{name}.py" for name in names}
    promised = [item for item in items if item.path not in left]
    config.hook.pytest_deselected(items=[item for item in items if item not in promised])
    items[:] = promised


@pytest.fixture(scope="session")
def target(request: pytest.FixtureRequest) -> Deployed:
    """What was deployed."""
    return deployed.find(request.config)


@pytest.fixture(scope="session")
def drive(target: Deployed) -> Client:
    """A client of it, by its function URL."""
    return target.client(target.url)
