"""The code of a function as it is packaged: a zip with layers, or a container image."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from aws_cdk import Stack
from aws_cdk import aws_lambda as lambda_

from stacks.function import own_code
from stacks.function.layer import PackagesLayer
from stacks.shared.choices import Architecture, Packaging

_PROJECT = Path(__file__).resolve().parents[2]
_LAMBDA_SRC = _PROJECT / "lambda_src"
_CACHE = _PROJECT / ".local" / "functions"
_DOCKER_PLATFORMS = {"arm64": "linux/arm64", "x86_64": "linux/amd64"}


@dataclass(frozen=True, kw_only=True)
class Package:
    """The code of a function, and the processor that it is for; an image has no layers."""

    code: lambda_.Code
    handler: str
    layers: list[lambda_.ILayerVersion]
    architecture: Architecture


class Packages:
    """Packages the functions of a stack alike; zips of the service share its layer of packages."""

    def __init__(self, stack: Stack, *, packaging: Packaging, architecture: Architecture) -> None:
        self._stack, self._packaging, self._architecture = stack, packaging, architecture

    def of_service(self, folder: str) -> Package:
        """Return the code of a folder in `lambda_src`, whose handler is in its `handler.py`.

        It is rooted at `lambda_src`, so that its modules have the same names in Lambda and in the
        tests. `drive` goes with it, not into the layer: code and layer change in two calls.
        """
        handler = f"{folder}.handler.handler"
        if self._packaging == "image":  # one for all functions
            return self._image(_LAMBDA_SRC, handler)
        kept = [f"!{name}{below}" for name in (folder, "drive") for below in ("", "/**")]
        exclude = ["*", *kept, "**/__pycache__"]
        code = lambda_.Code.from_asset(str(_LAMBDA_SRC), exclude=exclude)
        return self._package(code, handler, [self._layer])

    def of_folder(self, name: str, handler: str) -> Package:
        """Return the code of somebody's own, in a folder of the project, and what it requires.

        Raises `ValueError` if the folder is none, or if the handler's module is not in it.
        """
        folder = _PROJECT / name
        own_code.check(folder, handler)
        if self._packaging == "image":
            return self._image(folder, handler)
        archive = own_code.build(folder, architecture=self._architecture, cache=_CACHE)
        code = lambda_.Code.from_asset(str(archive), asset_hash=archive.stem)
        return self._package(code, handler, [])

    def _image(self, folder: Path, handler: str) -> Package:
        code = image(folder, handler=handler, architecture=self._architecture)
        return self._package(code, lambda_.Handler.FROM_IMAGE, [])

    def _package(
        self, code: lambda_.Code, handler: str, layers: list[lambda_.ILayerVersion]
    ) -> Package:
        return Package(code=code, handler=handler, layers=layers, architecture=self._architecture)

    @cached_property
    def _layer(self) -> lambda_.ILayerVersion:
        return PackagesLayer(self._stack, "Layer", architecture=self._architecture).version


def image(folder: Path, *, handler: str, architecture: Architecture) -> lambda_.Code:
    """Return the image of `folder/Dockerfile` for the architecture, with `handler` as its command.

    Synth only copies the folder, less what its `.dockerignore` names if it has one. A deployment
    builds the image, once for all functions that differ in nothing but their handler.

    Raises `ValueError` where there is no Dockerfile.
    """
    # Not at the top: loading it takes time, of which the default packaging has no use.
    from aws_cdk.aws_ecr_assets import Platform  # noqa: PLC0415

    if not (folder / "Dockerfile").is_file():
        raise ValueError(f"packaging must be zip where there is no Dockerfile, as in {folder}")
    return lambda_.Code.from_asset_image(
        str(folder),
        cmd=[handler],
        exclude=["**/__pycache__", "**/.*"],  # nothing hidden, such as .env
        platform=Platform.custom(_DOCKER_PLATFORMS[architecture]),
    )
