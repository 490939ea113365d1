"""The functions as a container image: the same but for how their code comes."""

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from aws_cdk import App, Stack

from drive_tools.cloud_assembly import find_stage
from ops.deployment.github_runners import runner
from stacks.function.package import image
from stacks.shared.choices import Architecture
from tests.baseline import DEV
from tests.infra import templates
from tests.infra.cdk_synth import PROJECT
from tests.infra.functions import ACCESS, functions, handler
from tests.infra.templates import Json
from tests.settings import dockerfile
from tests.settings.test_constructs import synthesise

FOLDERS = (PROJECT / "lambda_src", PROJECT / "examples" / "guest_book")
# All that the packaging of a function is.
PACKAGE = {"Code", "Handler", "ImageConfig", "Layers", "PackageType", "Runtime"}


@pytest.fixture(scope="module")
def synthesised(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Dev as images, and the file in which a docker command left how it was called."""
    folder = tmp_path_factory.mktemp("image")
    calls, docker = folder / "calls", folder / "bin" / "docker"
    docker.parent.mkdir()
    docker.write_text(f'#!/bin/sh\necho "$@" >>{calls}\nexit 1\n')
    docker.chmod(0o755)
    subprocess.run(
        [sys.executable, "-m", "tests.settings.image_app", str(folder / "assembly")],
        check=True,
        cwd=PROJECT,
        env={
            **os.environ,
            "PATH": f"{docker.parent}{os.pathsep}{os.environ['PATH']}",
            "CDK_DOCKER": str(docker),
        },
    )
    return folder / "assembly", calls


@pytest.fixture(scope="module")
def images(synthesised: tuple[Path, Path]) -> templates.StageTemplates:
    return templates.load(synthesised[0], "Dev")


def assets(assembly: Path) -> dict[str, Json]:
    """Return the images that a deployment of the service would build."""
    [file] = (assembly / "assembly-Dev").glob("DevService*.assets.json")
    found: dict[str, Json] = json.loads(file.read_text())["dockerImages"]
    return found


def test_synth_calls_no_docker(synthesised: tuple[Path, Path]) -> None:
    assembly, calls = synthesised
    assert assets(assembly)
    assert not calls.exists()


def test_all_functions_are_one_image_with_a_command_each(
    images: templates.StageTemplates, synthesised: tuple[Path, Path]
) -> None:
    [(digest, asset)] = assets(synthesised[0]).items()
    assert asset["source"]["platform"] == "linux/arm64"
    assert runner(find_stage(synthesised[0], "Dev")) == "ubuntu-24.04-arm"
    for name, (_, function) in functions(images).items():
        assert function["PackageType"] == "Image"
        assert handler(function) == f"{name}.handler.handler"
        assert digest in json.dumps(function["Code"]["ImageUri"])
        assert not {"Handler", "Layers", "Runtime"} & set(function)
    assert not images.service.of_type("AWS::Lambda::LayerVersion")


def test_nothing_else_is_different_from_a_zip(
    images: templates.StageTemplates, tmp_path: Path
) -> None:
    def rest(drive: templates.StageTemplates) -> list[Json]:
        resources = {
            logical_id: {**each, "Properties": {**each["Properties"]}}
            for logical_id, each in drive.service.body["Resources"].items()
            if each["Type"] != "AWS::Lambda::LayerVersion"
        }
        for each in resources.values():
            each.pop("Metadata", None)
            if each["Type"] == "AWS::Lambda::Function":
                for name in PACKAGE:
                    each["Properties"].pop(name, None)
        return [resources, drive.service.body["Outputs"], drive.data.body]

    zips = synthesise(replace(DEV, packaging="zip"), tmp_path)
    assert rest(images) == rest(zips)


def test_the_image_has_all_that_the_functions_import(synthesised: tuple[Path, Path]) -> None:
    [asset] = assets(synthesised[0]).values()
    root = synthesised[0] / "assembly-Dev" / asset["source"]["directory"]
    shipped = {path.relative_to(root) for path in root.rglob("*") if path.is_file()}
    sources = PROJECT / "lambda_src"
    for name in ("drive", *ACCESS):
        assert {path.relative_to(sources) for path in sources.glob(f"{name}/*.py")} <= shipped
    assert not [path for path in shipped if "__pycache__" in path.parts]


@pytest.mark.parametrize(("architecture", "platform"), [("x86_64", "amd64"), ("arm64", "arm64")])
def test_the_image_is_built_for_the_architecture_that_is_set(
    architecture: Architecture, platform: str, tmp_path: Path
) -> None:
    drive = synthesise(replace(DEV, packaging="image", architecture=architecture), tmp_path)
    [asset] = assets(tmp_path).values()
    assert asset["source"]["platform"] == f"linux/{platform}"
    for _, function in functions(drive).values():
        assert function["Architectures"] == [architecture]


def test_a_folder_without_a_dockerfile_is_no_image(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="packaging must be zip where there is no Dockerfile, as"):
        image(tmp_path, handler="a.b", architecture="arm64")


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_another_month_in_the_dockerfile_is_another_image(folder: Path, tmp_path: Path) -> None:
    """Or a deployment would go on with the base as it was when the sources last changed."""
    changed = tmp_path / "changed"
    shutil.copytree(folder, changed, ignore=shutil.ignore_patterns("__pycache__"))
    text = (folder / "Dockerfile").read_text()
    [month] = re.findall(r'^LABEL base-updates="(\d{4}-\d{2})"$', text, re.MULTILINE)
    (changed / "Dockerfile").write_text(text.replace(f'"{month}"', '"2031-05"'))
    app = App(outdir=str(tmp_path / "assembly"))
    for name, each in (("Now", folder), ("Later", changed)):
        stack = Stack(app, name)
        image(each, handler="a.b", architecture="arm64").bind(stack)
    app.synth()
    now, later = (
        json.loads((tmp_path / "assembly" / f"{name}.assets.json").read_text())["dockerImages"]
        for name in ("Now", "Later")
    )
    assert now.keys().isdisjoint(later)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_dockerfile_is_sound(folder: Path) -> None:
    assert dockerfile.offences(folder) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("python:3.14", "python:latest", "DL3007"),
        ("python:3.14", "python", "DL3006"),
        ("python:3.14", "python:3.13", "not public.ecr.aws/lambda/python:3.14"),
        ("FROM public", "FROM --platform=linux/amd64 public", "DL3029"),
        ("layer/requirements.txt", "layer/missing.txt", "COPY of layer/missing.txt"),
        ("layer/requirements.txt", "../requirements.txt", "COPY of ../requirements.txt"),
        ("${LAMBDA_TASK_ROOT}/\n", "app\n", "DL3045"),
        ("--require-hashes ", "", "pip without --require-hashes"),
        ("--no-deps ", "", "pip without --no-deps"),
        ("--no-cache-dir ", "", "DL3042"),
        ("--requirement /tmp/requirements.txt", "flask", "DL3013"),
        ('--target "${LAMBDA_TASK_ROOT}"', "", "pip to where Lambda does not look"),
        ("python -m pip", "pip3 pip", "pip of another Python"),
        ("RUN chmod", "RUN yum -y install gcc\nRUN chmod", "RUN yum"),
        ("RUN chmod", "RUN echo a | sh\nRUN chmod", "DL4006"),
        ('RUN chmod -R a+rX "${LAMBDA_TASK_ROOT}"\n', "", "Lambda's user"),
        ("CMD [", "USER root\nCMD [", "DL3002"),
        ('["files.handler.handler"]', "files.handler.handler", "DL3025"),
        ("files.handler.handler", "gone.handler.handler", "CMD gone.handler.handler"),
        ("CMD [", "ADD . /\nCMD [", "unknown instruction ADD"),
        ('CMD ["files', 'CMD ["a"]\nCMD ["files', "DL4003"),
    ],
)
def test_what_is_wrong_with_a_dockerfile_is_found(old: str, new: str, said: str) -> None:
    [folder, _] = FOLDERS
    text = (folder / "Dockerfile").read_text()
    assert old in text
    assert said in "\n".join(dockerfile.offences(folder, text.replace(old, new, 1)))
