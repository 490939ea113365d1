"""What all tests share: the options, and the Node that the project brought."""

import importlib
import io
import os
import sys
from pathlib import Path

import hypothesis
import pytest

from tests.url import Url

# jsii takes `node` from PATH, which is the project's own only when make or an activated
# environment set it; a test started in another way must not depend on the machine's.
os.environ.setdefault("JSII_NODE", str(Path(sys.executable).with_name("node")))

# How long a machine takes to draw examples says nothing of the code.
hypothesis.settings.register_profile(
    "untimed", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("untimed")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the template tests take an assembly, and the smoke test an address."""
    parser.addoption("--assembly", type=Path, help="test the templates of this cdk.out folder")
    parser.addoption("--url", help="the URL that the smoke test calls")
    parser.addoption("--stage", help="the stage in AWS whose URL the smoke test calls")


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Url:
    """The files function over an empty drive, in this process."""
    monkeypatch.setenv("MOUNT_PATH", str(tmp_path))
    monkeypatch.setenv("MOUNT_ACCESS", "read-write")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "files")
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "LambdaDrive")
    monkeypatch.delenv("MAINTENANCE_MODE", raising=False)
    module = importlib.import_module("files.handler")
    monkeypatch.setattr(module.mount, "ROOT", tmp_path)
    monkeypatch.setattr(module.web.metrics.provider, "namespace", "LambdaDrive")
    log = io.StringIO()
    monkeypatch.setattr(module.logger.registered_handler, "stream", log)
    return Url(module, log)
