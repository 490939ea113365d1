"""The files of this checkout as a commit would have them, whether they were committed or not."""

import os
import subprocess
from pathlib import Path

from tests.local.conftest import PROJECT


def working_tree(index: Path) -> str:
    """Return the id of a tree for `git archive`; `index` is a file that may be made for it."""

    def git(*arguments: str) -> str:
        return subprocess.run(
            ["git", *arguments],
            check=True,
            cwd=PROJECT,
            env=os.environ | {"GIT_INDEX_FILE": str(index)},
            capture_output=True,
            text=True,
        ).stdout.strip()

    git("read-tree", "HEAD")
    git("add", "--all")
    return git("write-tree")
