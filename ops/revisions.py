"""The files of a git revision of this repository."""

import shutil
import subprocess
from pathlib import Path

from drive_tools.errors import ToolError
from ops.project import PROJECT


def unpack(commit: str, folder: Path) -> None:
    """Put the files of a commit into a folder, without its history, as a source action does."""
    folder.mkdir(parents=True)
    archive = folder.with_suffix(".tar")
    try:
        git("archive", "--output", str(archive), commit)
    except ToolError as error:
        raise ToolError(f"cannot take the commit {commit!r}: {error}") from error
    shutil.unpack_archive(archive, folder, filter="data")
    archive.unlink()


def git(*arguments: str) -> str:
    """Run git in this repository, and return its output. Raises `ToolError` if it fails."""
    program = shutil.which("git")
    if program is None:
        raise ToolError("there is no git on this machine; install it")
    result = subprocess.run(
        [program, *arguments], check=False, cwd=PROJECT, capture_output=True, text=True
    )
    if result.returncode:
        raise ToolError(result.stderr.strip())
    return result.stdout
