"""What all tests share: the options, and the Node that the project brought."""

import gc
import importlib
import io
import os
import signal
import sys
from collections.abc import Generator
from pathlib import Path

import pytest

from ops.isolation import without_aws
from tests.url import Url
from tests.weekly import note_what_is_weekly

# jsii takes `node` from PATH, which is the project's own only when make or an activated
# environment set it; a test started in another way must not depend on the machine's.
os.environ.setdefault("JSII_NODE", str(Path(sys.executable).with_name("node")))

# CDK's own validation costs seconds in each process. The gate asks for it (tests/infra/nag.py), and
# what tries a user's first steps does.
os.environ.setdefault("CDK_VALIDATION", "false")

# A shell that is not interactive starts what runs in the background with SIGINT ignored, and what
# tests start and interrupt would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)

# The variables of this project by which its tools find a drive.
_OF_A_DRIVE = ("DRIVE_TOKEN", "DRIVE_URL", "LOCAL_PORT", "SMOKE_ROLE_ARN")

# The longest files of `make test`, and of the fast tests, by CPU time of November 2026. One that
# began last would leave the other cores with nothing to do.
BEGIN_FIRST = (
    "tests/local/test_walk.py",
    "tests/local/test_local_cloud.py",
    "tests/local/test_shipped_settings.py",
    "tests/review/test_corpus.py",
    "tests/local/test_deployments.py",
    "tests/service/test_crashes.py",
    "tests/local/test_users_machine.py",
    "tests/infra/test_pipeline.py",
)
_SMOKE = Path(__file__).with_name("smoke")


def pytest_configure(config: pytest.Config) -> None:
    """Take from all tests, and what they start, whatever AWS the machine has, or is in.

    But from the smoke test by itself, which calls a drive with its caller's credentials.
    """
    named = [config.invocation_params.dir / each.partition("::")[0] for each in config.args]
    if not all(path.is_relative_to(_SMOKE) for path in named):
        kept = without_aws(os.environ)
        os.environ.clear()
        os.environ |= {name: kept[name] for name in kept if name not in _OF_A_DRIVE}


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Keep what is imported out of garbage collection, which would walk through it all each time.

    Of the CDK and of AWS's libraries there is much; it took a fifth of the time of the tests.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> Generator[None]:
    """Let the longest files begin first; all others stay in the order of `testpaths`."""
    note_what_is_weekly(config, items)  # before `-m` takes tests away
    yield
    turns = {file: turn for turn, file in enumerate(BEGIN_FIRST)}
    items.sort(key=lambda item: turns.get(item.nodeid.partition("::")[0], len(turns)))


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the template tests take an assembly, and the smoke test an address."""
    parser.addoption("--assembly", type=Path, help="test the templates of this cdk.out folder")
    parser.addoption("--own-assembly", type=Path, help="take this cdk.out as that of app.py")
    parser.addoption("--url", help="the URL that the smoke test calls")
    parser.addoption("--origin", help="a page of cors_origins, for the smoke test to call as")
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
