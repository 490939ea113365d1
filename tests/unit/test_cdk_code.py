"""The CDK CLI starts from what was compiled of it before, and always runs what is there now."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

PROJECT = Path(__file__).resolve().parents[2]
NODE = Path(sys.executable).with_name("node")
# As the program of the package does: the command is the second word.
PROGRAM = 'require("../lib/index.js")'
SOURCE = """\
const path = require("node:path");
const said = () => [path.basename(__filename), require("./other.js"), process.argv[2]].join(" ");
module.exports = said;
console.log(said());
process.exitCode = process.argv[3] === "fails" ? 1 : 0;
"""


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone with a CLI of three files."""
    script = tmp_path / "ops" / "cdk_code.cjs"
    script.parent.mkdir()
    script.write_bytes((PROJECT / "ops" / "cdk_code.cjs").read_bytes())
    cli = tmp_path / "node_modules" / "aws-cdk"
    for name, content in (
        ("bin/cdk.js", PROGRAM),
        ("lib/index.js", SOURCE),
        ("lib/other.js", 'module.exports = "and another"'),
    ):
        (cli / name).parent.mkdir(parents=True, exist_ok=True)
        (cli / name).write_text(content)
    return tmp_path


def run(clone: Path, *words: str) -> str:
    loaded = str(clone / "ops" / "cdk_code.cjs")
    program = str(clone / "node_modules" / "aws-cdk" / "bin" / "cdk.js")
    done = subprocess.run(
        [str(NODE), "--require", loaded, program, *words],
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.stderr == ""
    return done.stdout


def kept(clone: Path) -> dict[str, int]:
    """The compiled code by command, and when it was written."""
    files = (clone / ".venv" / "node-cache").glob("*")
    return {path.name.split("-")[1]: path.stat().st_mtime_ns for path in files}


def test_a_command_finds_what_its_last_run_compiled(clone: Path) -> None:
    assert run(clone, "deploy") == "index.js and another deploy\n"
    first = kept(clone)
    assert {*first} == {"deploy"}
    assert run(clone, "deploy") == "index.js and another deploy\n"
    assert kept(clone) == first
    assert run(clone, "--version") == "index.js and another --version\n"
    assert {*kept(clone)} == {"deploy", "other"}


def test_a_run_that_failed_keeps_nothing(clone: Path) -> None:
    """It has not called what the next one will."""
    assert run(clone, "deploy", "fails") == "index.js and another deploy\n"
    assert kept(clone) == {}


def test_another_source_is_compiled_anew(clone: Path) -> None:
    """Also one of the same length: V8 looks at no more."""
    run(clone, "deploy")
    source = clone / "node_modules" / "aws-cdk" / "lib" / "index.js"
    source.write_text(SOURCE.replace('join(" ")', 'join("+")'))
    os.utime(source, (1, 1))
    assert run(clone, "deploy") == "index.js+and another+deploy\n"


def test_a_spoilt_file_is_written_again(clone: Path) -> None:
    run(clone, "deploy")
    [file] = (clone / ".venv" / "node-cache").glob("*")
    content = file.read_bytes()
    for spoilt in (b"", b"nothing", content[: len(content) // 2]):
        file.write_bytes(spoilt)
        assert run(clone, "deploy") == "index.js and another deploy\n"
        assert len(file.read_bytes()) > len(spoilt)


def test_where_nothing_can_be_written_it_runs(clone: Path) -> None:
    (clone / ".venv").write_text("a file")
    assert run(clone, "deploy") == "index.js and another deploy\n"


def test_the_cli_of_the_project_loads_it() -> None:
    command = ["make", "--dry-run", "--always-make", ".venv/.base"]
    printed = subprocess.check_output(command, cwd=PROJECT, text=True)
    assert '--require "%s/ops/cdk_code.cjs" "%s/node_modules/.bin/cdk"' in printed
