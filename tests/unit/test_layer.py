"""The layer is built once for each lock, for Lambda's platform, and fits."""

import re
import shutil
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from stacks.function import layer
from stacks.shared import aws_limits

pytestmark = pytest.mark.slow

PROJECT = Path(__file__).resolve().parents[2]
LOCK = PROJECT / "lambda_src" / "layer" / "requirements.txt"


def build(cache: Path, **changes: object) -> Path:
    arguments = {"requirements": LOCK, "architecture": "arm64", "cache": cache}
    return layer.build(**{**arguments, **changes})  # type: ignore[arg-type]  # a test's shorthand


@pytest.fixture(scope="module")
def built_layer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The layer of the lock, in a cache."""
    return build(tmp_path_factory.mktemp("cache"))


def test_it_holds_the_locked_packages_and_no_code_of_ours(built_layer: Path) -> None:
    archive = zipfile.ZipFile(built_layer)
    names = archive.namelist()
    assert "python/aws_lambda_powertools/__init__.py" in names
    locked = {line.partition("=")[0] for line in LOCK.read_text().splitlines() if "==" in line}
    built = {
        re.sub(r"^python/(.+)-[^-]+\.dist-info/METADATA$", r"\1", name).replace("_", "-")
        for name in names
        if name.endswith(".dist-info/METADATA")
    }
    assert built == {name for name in locked if not name.startswith((" ", "#"))}
    ours = {path.name for path in LOCK.parents[1].iterdir()}
    assert not [name for name in names if name.split("/")[1] in ours]
    assert not [name for name in names if "__pycache__" in name or name.startswith("python/bin/")]
    assert "python/.lock" not in names


def test_it_records_nothing_of_the_machine_that_built_it(built_layer: Path) -> None:
    """Commands, which are left out, begin with the path of its Python."""
    archive = zipfile.ZipFile(built_layer)
    names = {name.removeprefix("python/") for name in archive.namelist()}
    records = [name for name in names if name.endswith(".dist-info/RECORD")]
    recorded = [
        line.rsplit(",", 2)[0]
        for record in records
        for line in archive.read(f"python/{record}").decode().splitlines()
    ]
    assert len(records) > 2
    assert {*recorded} <= names


def test_lambda_can_read_it_and_it_is_the_same_from_build_to_build(
    built_layer: Path, tmp_path: Path
) -> None:
    assert build(tmp_path / "cache").read_bytes() == built_layer.read_bytes()
    assert {entry.external_attr >> 16 for entry in zipfile.ZipFile(built_layer).infolist()} == {
        0o644
    }


def test_the_same_lock_builds_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock = tmp_path / "requirements.txt"
    shutil.copyfile(LOCK, lock)
    first = build(tmp_path / "cache", requirements=lock)
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    assert build(tmp_path / "cache", requirements=lock) == first
    lock.write_text(lock.read_text() + "# changed\n")
    with pytest.raises(FileNotFoundError):
        build(tmp_path / "cache", requirements=lock)


def test_each_change_of_the_lock_or_the_platform_is_another_layer(
    built_layer: Path, tmp_path: Path
) -> None:
    cache, lock = built_layer.parent, tmp_path / "requirements.txt"
    lock.write_text(LOCK.read_text() + "# changed\n")
    builds = {built_layer, build(cache, architecture="x86_64"), build(cache, requirements=lock)}
    assert len(builds) == 3


def test_two_builds_at_once_are_both_right(tmp_path: Path) -> None:
    with ThreadPoolExecutor() as pool:
        archives = set(pool.map(lambda _: build(tmp_path / "cache"), range(4)))
    assert list((tmp_path / "cache").iterdir()) == list(archives)


def test_a_failed_build_says_why_and_leaves_nothing(tmp_path: Path) -> None:
    tampered = tmp_path / "requirements.txt"
    tampered.write_text("jmespath==1.1.0 --hash=sha256:" + "0" * 64 + "\n")
    with pytest.raises(RuntimeError, match=r"installing .*(?s:.)*[Hh]ash"):
        build(tmp_path / "cache", requirements=tampered)
    assert list((tmp_path / "cache").iterdir()) == []


def test_an_unhashed_requirement_is_refused(tmp_path: Path) -> None:
    loose = tmp_path / "requirements.txt"
    loose.write_text("jmespath==1.1.0\n")
    with pytest.raises(RuntimeError, match="hash"):
        build(tmp_path / "cache", requirements=loose)


def test_a_layer_over_lambdas_size_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(aws_limits, "FUNCTION_UNZIPPED_BYTES", 1024 * 1024)
    with pytest.raises(ValueError, match=r"must be at most 1 MiB unzipped, got \d+\.\d MiB"):
        build(tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []
