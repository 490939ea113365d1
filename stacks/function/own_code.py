"""The code of a function of somebody's own: a folder, and what its requirements.txt names."""

import hashlib
import shutil
import tempfile
from pathlib import Path

from stacks.function.layer import PLATFORMS, VERSION, install, zip_folder
from stacks.shared import aws_limits
from stacks.shared.choices import Architecture

# Part of the hash: to be raised when `build` makes something else of the same sources.
_RECIPE = 2
_NOT_SHIPPED = {"__pycache__", "Dockerfile", "node_modules"}


def check(folder: Path, handler: str) -> None:
    """Raise `ValueError` if the folder is none, or if the handler's module is not in it."""
    if not folder.is_dir():
        raise ValueError(
            f"function_folder must be a folder with the function's code, got {str(folder)!r}"
        )
    module = handler.rpartition(".")[0].replace(".", "/")
    if not any((folder / name).is_file() for name in (f"{module}.py", f"{module}/__init__.py")):
        raise ValueError(
            f"function_handler must be <module>.<function> with a module of {str(folder)!r},"
            f" got {handler!r}"
        )


def build(folder: Path, *, architecture: Architecture, cache: Path) -> Path:
    """Return a zip in `cache` of the folder and what it requires, building it if they changed.

    It is for Lambda's platform, and built without Docker.
    Requirements with hashes are installed as they are locked, others are resolved when they are
    first built. Named and moved into place as the layer is, whose `build` says why.

    Raises `RuntimeError` when uv fails, and `ValueError` when the zip is larger than Lambda takes.
    """
    files = [path for path in sorted(folder.rglob("*")) if _shipped(path.relative_to(folder), path)]
    digest = hashlib.sha256(f"own {_RECIPE} {VERSION} {PLATFORMS[architecture]}".encode())
    for file in files:
        content = file.read_bytes()
        digest.update(f"\n{file.relative_to(folder)} {len(content)}\n".encode() + content)
    archive = cache / f"{digest.hexdigest()}.zip"
    if archive.is_file():
        return archive
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache, prefix="building-") as temporary:
        root = Path(temporary) / "function"
        root.mkdir()
        requirements = folder / "requirements.txt"
        if requirements.is_file():
            locked = "--hash=" in requirements.read_text()
            install(requirements, root, PLATFORMS[architecture], locked=locked)
        for file in files:
            target = root / file.relative_to(folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.unlink(missing_ok=True)  # it may be a link to the one file of uv's cache
            shutil.copyfile(file, target)
        size = sum(path.stat().st_size for path in root.rglob("*"))
        aws_limits.check_unzipped_bytes(f"the function of {folder}", size)
        zip_folder(root, Path(temporary) / "function.zip").replace(archive)
    return archive


def _shipped(name: Path, path: Path) -> bool:
    """Say whether a file is the function's: not hidden, not compiled, not for building images."""
    hidden = any(part.startswith(".") or part in _NOT_SHIPPED for part in name.parts)
    return path.is_file() and not hidden
