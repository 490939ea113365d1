"""The layer that all functions share: the locked packages of others, and no code of ours."""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from stacks.shared import aws_limits
from stacks.shared.choices import Architecture
from stacks.shared.installers import unsteered

RUNTIME = lambda_.Runtime.PYTHON_3_14
VERSION = RUNTIME.name.removeprefix("python")

_ROOT = Path(__file__).resolve().parents[2]
_CACHE = _ROOT / ".local" / "layers"
# Part of the hash: to be raised when `build` makes something else of the same requirements.
_RECIPE = 3
# Lambda's Amazon Linux 2023 (glibc 2.34) runs everything built for manylinux2014 (glibc 2.17).
PLATFORMS: dict[Architecture, str] = {
    "arm64": "aarch64-manylinux2014",
    "x86_64": "x86_64-manylinux2014",
}


class PackagesLayer(Construct):
    """The locked packages, built for Lambda's platform without Docker, once for each lock.

    What functions share of our own code is in the zip of each: Lambda changes a function's layers
    and its code in two calls, so a release that changed both would for seconds run neither
    (docs/decisions/0026-release.md).
    """

    def __init__(self, scope: Construct, id: str, *, architecture: Architecture) -> None:
        super().__init__(scope, id)
        archive = build(
            requirements=_ROOT / "lambda_src" / "layer" / "requirements.txt",
            architecture=architecture,
            cache=_CACHE,
        )
        self.version = lambda_.LayerVersion(
            self,
            "Version",
            description="The locked packages of the functions",
            code=lambda_.Code.from_asset(str(archive), asset_hash=archive.stem),
            compatible_runtimes=[RUNTIME],
            compatible_architectures=[lambda_.Architecture.custom(architecture)],
        )


def build(*, requirements: Path, architecture: Architecture, cache: Path) -> Path:
    """Return a zip in `cache` with the layer's content, building it if the lock changed.

    The zip is named by the hash of the lock, so a second call with the same lock builds and
    fetches nothing, and an asset hash taken from the name changes only when it does. It is one
    file because CDK copies an asset at every synth. The build moves into place whole: of two
    builds at once both are right, and a killed one leaves nothing that a later call would take
    for a layer.

    Raises `RuntimeError` when uv fails, with what it printed, and `ValueError` when the content
    is larger than Lambda takes.
    """
    digest = hashlib.sha256(f"{_RECIPE} {VERSION} {PLATFORMS[architecture]}\n".encode())
    digest.update(requirements.read_bytes())
    archive = cache / f"{digest.hexdigest()}.zip"
    if archive.is_file():
        return archive
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache, prefix="building-") as temporary:
        content_root = Path(temporary) / "layer"
        install(requirements, content_root / "python", PLATFORMS[architecture])
        size = sum(path.stat().st_size for path in content_root.rglob("*"))
        aws_limits.check_unzipped_bytes(f"the layer of {requirements.name}", size)
        zip_folder(content_root, Path(temporary) / "layer.zip").replace(archive)
    return archive


def install(requirements: Path, target: Path, platform: str, *, locked: bool = True) -> None:
    """Put what the file names into `target`, for the platform; `locked`: nothing but that, by hash.

    Raises `RuntimeError` when uv fails, with what it printed.
    """
    command = [
        *(sys.executable, "-I", "-m", "uv", "pip", "install"),
        *("--quiet", "--python", sys.executable),
        *(("--require-hashes", "--no-deps") if locked else ()),
        *("--only-binary", ":all:", "--target", str(target)),
        *("--python-version", VERSION, "--python-platform", platform),
        *("--requirement", str(requirements)),
    ]
    with unsteered(os.environ) as environment:
        result = subprocess.run(
            command,
            check=False,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
    if result.returncode:
        raise RuntimeError(
            f"installing {requirements} failed (exit {result.returncode}):\n{result.stderr.strip()}"
        )
    # uv leaves its lock and commands; Lambda runs neither. A command names this machine's Python,
    # and a record of its hash would be another one on each machine.
    (target / ".lock").unlink(missing_ok=True)
    shutil.rmtree(target / "bin", ignore_errors=True)
    for record in target.glob("*.dist-info/RECORD"):
        lines = record.read_text().splitlines(keepends=True)
        record.unlink()  # it may be a link to the one file of uv's cache
        record.write_text("".join(line for line in lines if not line.startswith("bin/")))


def zip_folder(content: Path, archive: Path) -> Path:
    """Write the files of `content`, readable by everyone, in order and without their times."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as writer:
        for path in sorted(path for path in content.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(str(path.relative_to(content)))  # 1980, so always the same
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            writer.writestr(entry, path.read_bytes())
    return archive
