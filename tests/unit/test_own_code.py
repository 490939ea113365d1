"""The zip of a function of one's own."""

import zipfile
from pathlib import Path

import pytest

from stacks.function.own_code import build
from stacks.shared.choices import Architecture

LOCK = (
    Path(__file__).resolve().parents[2] / "examples" / "guest_book" / "requirements.txt"
).read_text()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A function without requirements."""
    folder = tmp_path / "function"
    (folder / "pages").mkdir(parents=True)
    (folder / "handler.py").write_text("def handler(event, context): pass\n")
    (folder / "pages" / "index.html").write_text("<p>hello")
    return folder


def names(archive: Path) -> set[str]:
    return set(zipfile.ZipFile(archive).namelist())


def made(folder: Path, architecture: Architecture = "arm64") -> Path:
    return build(folder, architecture=architecture, cache=folder.parent / "cache")


def test_it_is_the_folder_without_what_nobody_imports(folder: Path) -> None:
    for name in (".env", ".git/config", "__pycache__/a.pyc", "Dockerfile", ".venv/lib/x.py"):
        (folder / name).parent.mkdir(exist_ok=True, parents=True)
        (folder / name).write_text("secret")
    assert names(made(folder)) == {"handler.py", "pages/index.html"}


def test_the_same_folder_is_built_once(folder: Path) -> None:
    first = made(folder)
    first.write_bytes(b"built")
    assert made(folder) == first
    assert first.read_bytes() == b"built"


@pytest.mark.parametrize("name", ["handler.py", "requirements.txt", "pages/new.html"])
def test_a_change_builds_another(folder: Path, name: str) -> None:
    first = made(folder)
    (folder / name).write_text("# changed\n")
    assert made(folder) != first
    assert made(folder, "x86_64") != made(folder)


@pytest.mark.parametrize("requirements", [LOCK, "humanize==4.17.0\n"], ids=["locked", "plain"])
def test_requirements_lie_beside_the_handler(folder: Path, requirements: str) -> None:
    (folder / "requirements.txt").write_text(requirements)
    assert {"handler.py", "humanize/__init__.py"} <= names(made(folder))


def test_a_wrong_hash_is_refused(folder: Path) -> None:
    (folder / "requirements.txt").write_text(f"humanize==4.17.0 --hash=sha256:{'0' * 64}\n")
    with pytest.raises(RuntimeError, match=r"installing .*requirements.txt failed"):
        made(folder)
    assert list((folder.parent / "cache").iterdir()) == []


def test_what_is_built_from_source_is_refused(folder: Path) -> None:
    (folder / "requirements.txt").write_text("./here\n")
    with pytest.raises(RuntimeError, match=r"installing .*requirements.txt failed"):
        made(folder)


def test_a_file_of_the_folder_wins_over_one_that_it_requires(folder: Path) -> None:
    (folder / "requirements.txt").write_text(LOCK)
    (folder / "humanize").mkdir()
    (folder / "humanize" / "__init__.py").write_text("mine = True\n")
    assert zipfile.ZipFile(made(folder)).read("humanize/__init__.py") == b"mine = True\n"
    (folder / "humanize" / "__init__.py").unlink()  # and uv's cache keeps its own
    assert b"mine" not in zipfile.ZipFile(made(folder)).read("humanize/__init__.py")


def test_more_than_lambda_takes_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stacks.shared.aws_limits.FUNCTION_UNZIPPED_BYTES", 10)
    with pytest.raises(ValueError, match=r"the function of .* must be at most 0 MiB unzipped"):
        made(folder)
