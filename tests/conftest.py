"""What all tests share: the options, and the Node that the project brought."""

import os
import sys
from pathlib import Path

import pytest

# jsii takes `node` from PATH, which is the project's own only when make or an activated
# environment set it; a test started in another way must not depend on the machine's.
os.environ.setdefault("JSII_NODE", str(Path(sys.executable).with_name("node")))


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the template tests take an assembly, and the smoke test an address."""
    parser.addoption("--assembly", type=Path, help="test the templates of this cdk.out folder")
    parser.addoption("--url", help="the URL that the smoke test calls")
    parser.addoption("--stage", help="the stage in AWS whose URL the smoke test calls")
