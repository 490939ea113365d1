"""Trees that nobody made for a test come back as they went: Python's own, and npm's packages."""

import filecmp
import itertools
import os
import shutil
import sysconfig
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from ops.__main__ import main
from tests.service.served import PROJECT, Served, serve

SOURCES = (Path(sysconfig.get_path("stdlib")), PROJECT / "node_modules")
FILES_OF_EACH = 300
LARGEST_BYTES = 64 * 1024
# EFS takes names of up to 255 bytes (https://docs.aws.amazon.com/efs/latest/ug/limits.html).
LONG_NAMES = [f"{'ü' * 60}{'n' * (length - 125)}.json" for length in range(246, 256)]


def tree(folder: Path) -> dict[str, Path]:
    """A folder of real files, by their names below it."""
    files: dict[str, Path] = {}
    for source in SOURCES:
        found = itertools.islice(_files(source), FILES_OF_EACH)
        files |= {f"{source.name}/{path.relative_to(source)}": path for path in found}
    files |= {f"long/{name}": Path(__file__) for name in LONG_NAMES}
    made = {name: folder / name for name in files}
    for name, path in made.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(files[name], path)
    return made


def _files(source: Path) -> Iterator[Path]:
    """Give the files of a tree that are small, but not what somebody installed into Python."""
    for folder, below, names in os.walk(source):
        below[:] = sorted({*below} - {"site-packages"})
        for path in (Path(folder, name) for name in sorted(names)):
            if path.is_file() and not path.is_symlink() and path.stat().st_size <= LARGEST_BYTES:
                yield path


@pytest.fixture
def drive(tmp_path: Path) -> Iterator[Path]:
    """In memory where the machine has such a place: each write waits for the disk twice."""
    memory = Path("/dev/shm")
    place = memory if os.access(memory, os.W_OK) else tmp_path
    with tempfile.TemporaryDirectory(dir=place) as folder:
        yield Path(folder)


@pytest.fixture
def url(drive: Path) -> Iterator[Served]:
    with serve(drive) as url:
        yield url


def test_a_real_tree_comes_back_as_it_was(
    url: Served, drive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = tree(tmp_path / "sent")
    assert len(files) > 600
    assert {len(os.fsencode(name)) for name in LONG_NAMES} == set(range(246, 256))
    monkeypatch.setenv("DRIVE_URL", url)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("DRIVE_TOKEN", "x" * 48)  # in place of signatures, which take longer
    assert main(["drive", "put", "-r", str(tmp_path / "sent"), "tree", "--quiet"]) == 0
    assert main(["drive", "get", "-r", "tree", str(tmp_path / "got"), "--quiet"]) == 0
    got = [path for path in (tmp_path / "got").rglob("*") if path.is_file()]
    assert {str(path.relative_to(tmp_path / "got")) for path in got} == set(files)
    for name, sent in files.items():
        assert filecmp.cmp(sent, tmp_path / "got" / name, shallow=False), name
        assert filecmp.cmp(sent, drive / "tree" / name, shallow=False), name
