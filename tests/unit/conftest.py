"""What the unit tests share."""

import importlib
import io
from pathlib import Path

import pytest

from tests.url import Url


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Url:
    """The files function over an empty drive."""
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
