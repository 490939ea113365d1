"""The client and the environment tool as people have them who never see this repository."""

import importlib.metadata
import json
import os
import re
import subprocess
import sys
import venv
from collections.abc import Iterator
from pathlib import Path

import pytest

from stacks.shared import installers
from tests.fake_lambda import NAME, FakeLambda, fake_lambda
from tests.patience import PATIENCE_SECONDS
from tests.service.served import PROJECT
from tests.service.shell import LARGE, Person, Run, Serving

ALLOWED = {"botocore", "cheroot", "rich"}
# What each extra brings, and the folders that only it lets import.
EXTRAS = {"fsspec": {"fsspec"}, "webdav": {"wsgidav"}}
OF_EXTRAS = ("drive_tools.filesystem", "drive_tools.webdav")
READ_BY_URL = """
import fsspec, sys
with fsspec.open("drive://docs/a", "wb") as file:
    file.write(b"written")
with fsspec.open("drive://docs/a", drive_url=sys.argv[1]) as file:
    print(file.read(), [name for name in sys.modules if name in {"argparse", "rich", "cheroot"}])
"""
# Runs a script for the help of each verb, in one process: to start one takes longer than a help.
HELPS = """
import contextlib, io, json, runpy, sys
script, *verbs = sys.argv[1:]
said = {}
for verb in verbs:
    sys.argv = [script, verb, "--help"]
    with contextlib.redirect_stdout(io.StringIO()) as shown, contextlib.suppress(SystemExit):
        runpy.run_path(script, run_name="__main__")
    said[verb] = shown.getvalue()
print(json.dumps(said))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel that `uv tool install` and pip build, by the backend inside of the pinned uv."""
    folder = tmp_path_factory.mktemp("wheel")
    _uv("build", "--wheel", "--quiet", "--offline", "--out-dir", str(folder), str(PROJECT))
    [wheel] = folder.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the scripts, in an environment that has nothing else; versions are locked."""
    return _install(str(wheel), tmp_path_factory.mktemp("installed"), "requirements.txt")


def _install(what: str, folder: Path, lock: str) -> Path:
    venv.create(folder, with_pip=False)
    python, locked = folder / "bin" / "python", PROJECT / lock
    _uv("pip", "install", "--quiet", f"--python={python}", f"--constraint={locked}", what)
    return python.parent


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeLambda]:
    with fake_lambda() as cloud:
        monkeypatch.setenv("AWS_ENDPOINT_URL", cloud.url)
        cloud.variables = {"LOG_LEVEL": "INFO"}
        yield cloud


def _uv(*words: str) -> None:
    command = [sys.executable, "-I", installers.__file__, "uv", *words]
    subprocess.run(command, check=True, cwd=PROJECT, timeout=PATIENCE_SECONDS)


def _run(script: Path, *words: str) -> Run:
    run = subprocess.run(
        [script, *words],
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    return Run(run.returncode, run.stdout, run.stderr)


def test_the_client_and_the_tool_need_no_cdk_and_bring_nothing_of_the_app(
    wheel: Path, installed: Path
) -> None:
    [site] = installed.parent.glob("lib/*/site-packages")
    metadata = next(site.glob("lambda_drive-*")) / "METADATA"
    required = importlib.metadata.PathDistribution(metadata.parent).requires or []
    brought: dict[str, set[str]] = {}
    for text in required:
        what, _, extra = text.partition("; extra == ")
        assert "==" not in what  # which would forbid all but our pins
        brought.setdefault(extra.strip("'"), set()).add(re.split(r"[^\w-]", what)[0])
    assert brought == {"": ALLOWED, **EXTRAS}
    found = {
        distribution.name for distribution in importlib.metadata.distributions(path=[str(site)])
    }
    assert not [name for name in found if re.search(r"cdk|constructs|jsii|nodejs", name)]
    top = {path.name for path in site.iterdir()}
    assert "drive_tools" in top
    assert not top & {"stacks", "ops", "tests", "lambda_src", "app.py"}
    imports = "import pkgutil, importlib, drive_tools as top\n"
    imports += "for each in pkgutil.walk_packages(top.__path__, 'drive_tools.'):\n"
    imports += f"    if not each.name.startswith({OF_EXTRAS}):\n"
    imports += "        importlib.import_module(each.name)\n"
    assert subprocess.run([installed / "python", "-I", "-c", imports], check=False).returncode == 0


def test_without_its_extra_a_network_drive_says_what_to_install(
    installed: Path, person: Person, serving: Serving
) -> None:
    assert person.folder.is_dir()
    with serving():
        run = _run(installed / "lambda-drive", "serve", "--webdav")
    assert (run.code, run.out) == (2, "")
    assert "--webdav needs the package wsgidav: install the client as 'lambda-drive[webdav]'" in (
        run.err
    )


def test_with_its_extra_fsspec_reads_and_writes_a_drive_by_its_url(
    wheel: Path, person: Person, serving: Serving
) -> None:
    what = f"lambda-drive[fsspec] @ {wheel.as_uri()}"
    python = _install(what, person.folder / "installed", "requirements-dev.txt") / "python"
    with serving() as url:
        run = _run(python, "-I", "-c", READ_BY_URL, url)
    assert (run.out, run.err) == ("b'written' []\n", "")


@pytest.mark.parametrize("tool", ["lambda-drive", "lambda-env"])
def test_help_names_the_command_as_it_was_called(installed: Path, tool: str) -> None:
    top = _run(installed / tool, "--help")
    assert (top.code, top.err) == (0, "")
    listed = re.findall(r"^    ([a-z]+)  ", top.out, re.MULTILINE)
    assert len(listed) >= 6
    run = _run(installed / "python", "-I", "-c", HELPS, str(installed / tool), *listed)
    of_verbs = json.loads(run.out)
    assert [*of_verbs] == listed
    for words, help_ in (([], top.out), *(([verb], said) for verb, said in of_verbs.items())):
        assert f"usage: {' '.join([tool, *words])} " in help_
        assert "python -m ops" not in help_
        examples = help_.partition("examples:\n")[2].partition("\n\n")[0]
        assert all(f"{tool} " in line for line in examples.splitlines()), examples


def test_files_go_to_a_drive_and_come_back(
    installed: Path, person: Person, serving: Serving
) -> None:
    script = installed / "lambda-drive"
    person.write("a", LARGE)
    with serving():
        assert _run(script, "put", "--quiet", "a", "docs/a") == Run(0, "", "")
        assert _run(script, "get", "--quiet", "docs/a", "b") == Run(0, "", "")
        assert (person.folder / "b").read_bytes() == LARGE
        missing = _run(script, "get", "docs/c")
        assert missing.code == 3
        assert missing.err.splitlines()[-1].startswith("lambda-drive: cannot get docs/c: 404")
    wrong = _run(script, "ls", "--jobs")
    assert (wrong.code, wrong.err.splitlines()[0].split()[:3]) == (
        2,
        ["usage:", "lambda-drive", "ls"],
    )


def test_a_variable_is_set_and_another_stays(
    installed: Path, person: Person, cloud: FakeLambda
) -> None:
    script = installed / "lambda-env"
    done = _run(script, "set", NAME, "MAINTENANCE_MODE=1", "--json")
    assert (done.code, cloud.variables) == (0, {"LOG_LEVEL": "INFO", "MAINTENANCE_MODE": "1"})
    refused = _run(script, "get", NAME, "NOTHING")
    assert (refused.code, refused.err) == (3, f"lambda-env: {NAME} has no variable NOTHING\n")
    assert person.folder.exists()
