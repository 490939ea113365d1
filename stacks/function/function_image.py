"""The functions' code as a container image."""

from pathlib import Path

from aws_cdk import aws_lambda as lambda_

from stacks.shared.choices import Architecture

_DOCKER_PLATFORMS = {"arm64": "linux/arm64", "x86_64": "linux/amd64"}


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
