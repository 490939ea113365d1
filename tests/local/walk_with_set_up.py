"""`python -m ops local pipeline`, whose builds find what is set up here, as if they had made it.

That a build makes it by itself is held by the walk from nothing of test_walk.py.
"""

import sys
from pathlib import Path

import pytest

from ops.__main__ import main
from ops.pipeline_walk.walk import Walk
from tests.local.copies import link_set_up

_container = Walk._container


def _with_set_up(walk: Walk, artifact: str, commands: tuple[str, ...]) -> Path:
    folder = _container(walk, artifact, commands)
    return link_set_up(folder) if any(each.startswith("make ") for each in commands) else folder


if __name__ == "__main__":
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Walk, "_container", _with_set_up)
        sys.exit(main(["local", "pipeline", *sys.argv[1:]]))
