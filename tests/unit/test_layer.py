"""The layer is built once for each set of sources, for Lambda's platform, and fits."""

import re
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from stacks import layer, limits

PROJECT = Path(__file__).resolve().parents[2]
LOCK = PROJECT / "lambda_src" / "layer" / "requirements.txt"


@pytest.fixture
def package(tmp_path: Path) -> Path:
    folder = tmp_path / "sources" / "drive"
    (folder / "below").mkdir(parents=True)
    (folder / "__init__.py").write_text("")
    (folder / "below" / "code.py").write_text("X = 1\n")
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "code.pyc").write_bytes(b"")
    return folder


def build(package: Path, cache: Path, **changes: object) -> Path:
    arguments = {"requirements": LOCK, "package": package, "architecture": "arm64", "cache": cache}
    return layer.build(**{**arguments, **changes})  # type: ignore[arg-type]  # a test's shorthand


def test_it_holds_the_package_and_the_locked_dependencies(package: Path, tmp_path: Path) -> None:
    archive = zipfile.ZipFile(build(package, tmp_path / "cache"))
    names = archive.namelist()
    assert archive.read("python/drive/below/code.py") == b"X = 1\n"
    assert "python/aws_lambda_powertools/__init__.py" in names
    locked = {line.partition("=")[0] for line in LOCK.read_text().splitlines() if "==" in line}
    built = {
        re.sub(r"^python/(.+)-[^-]+\.dist-info/METADATA$", r"\1", name).replace("_", "-")
        for name in names
        if name.endswith(".dist-info/METADATA")
    }
    assert built == {name for name in locked if not name.startswith((" ", "#"))}
    assert not [name for name in names if "__pycache__" in name or name.startswith("python/bin/")]
    assert "python/.lock" not in names


def test_lambda_can_read_it_and_it_is_the_same_from_build_to_build(
    package: Path, tmp_path: Path
) -> None:
    one, two = (build(package, tmp_path / name) for name in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()
    assert {entry.external_attr >> 16 for entry in zipfile.ZipFile(one).infolist()} == {0o644}


def test_the_same_sources_build_nothing(
    package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = build(package, tmp_path / "cache")
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    assert build(package, tmp_path / "cache") == first
    (package / "__pycache__" / "more.pyc").write_bytes(b"x")
    assert build(package, tmp_path / "cache") == first
    (package / "below" / "code.py").write_text("X = 2\n")
    with pytest.raises(FileNotFoundError):
        build(package, tmp_path / "cache")


def test_each_change_of_a_source_is_another_layer(package: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    seen = {build(package, cache), build(package, cache, architecture="x86_64")}
    (package / "below" / "code.py").write_text("X = 2\n")
    seen.add(build(package, cache))
    (package / "below" / "code.py").rename(package / "below" / "renamed.py")
    seen.add(build(package, cache))
    assert len(seen) == 4


def test_two_builds_at_once_are_both_right(package: Path, tmp_path: Path) -> None:
    with ThreadPoolExecutor() as pool:
        archives = set(pool.map(lambda _: build(package, tmp_path / "cache"), range(4)))
    assert list((tmp_path / "cache").iterdir()) == list(archives)


def test_a_failed_build_says_why_and_leaves_nothing(package: Path, tmp_path: Path) -> None:
    tampered = tmp_path / "requirements.txt"
    tampered.write_text("jmespath==1.1.0 --hash=sha256:" + "0" * 64 + "\n")
    with pytest.raises(RuntimeError, match=r"installing .*(?s:.)*[Hh]ash"):
        build(package, tmp_path / "cache", requirements=tampered)
    assert list((tmp_path / "cache").iterdir()) == []


def test_an_unhashed_requirement_is_refused(package: Path, tmp_path: Path) -> None:
    loose = tmp_path / "requirements.txt"
    loose.write_text("jmespath==1.1.0\n")
    with pytest.raises(RuntimeError, match="hash"):
        build(package, tmp_path / "cache", requirements=loose)


def test_a_layer_over_lambdas_size_is_refused(
    package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "FUNCTION_UNZIPPED_BYTES", 1024 * 1024)
    with pytest.raises(ValueError, match=r"must be at most 1 MiB unzipped, got \d+\.\d MiB"):
        build(package, tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []
