"""Nothing of the user's machine steers set-up, synth or a deployment (docs/decisions/0032).

What is installed and synthesised under such an environment is compared in tests/local/test_walk.py.
"""

import functools
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from stacks.shared import installers

pytestmark = pytest.mark.slow

PROJECT = Path(__file__).resolve().parents[2]
BIN = PROJECT / ".venv" / "bin"
MAKEFILE = (PROJECT / "Makefile").read_text()
# Their options, each of which is read from a variable of its name as well.
NODE_MODULES = PROJECT / "node_modules"
# Of each family, what steers most.
STEER = {
    *("CDK_APP", "CDK_OUTPUT", "CDK_PROFILE", "CDK_ROLE_ARN", "CDK_CONTEXT", "CDK_PLUGIN"),
    *("CDK_VALIDATION", "CDK_DEFAULT_ACCOUNT", "CDK_EXCLUSIVELY", "CDK_LEGACY_BOOTSTRAP"),
    *("JSII_NODE", "JSII_RUNTIME", "JSII_HOST_STACK_TRACES"),
    *("NODE_ENV", "NODE_OPTIONS", "NODE_PATH", "NODE_TLS_REJECT_UNAUTHORIZED"),
    *("MYPYPATH", "MYPY_CONFIG_FILE_DIR", "PYTEST_ADDOPTS", "PYTEST_PLUGINS", "RUFF_CONFIG"),
    *("PYTHONPATH", "PYTHONHOME", "PYTHONSAFEPATH", "PYTHONINSPECT", "PYTHONOPTIMIZE"),
    *("PYTHONWARNINGS", "PYTHONUSERBASE", "PYTHONSTARTUP", "__PYVENV_LAUNCHER__"),
}
# What only the user knows: who he is, and how this machine reaches the rest of the world.
HIS_OWN = {
    *("AWS_PROFILE", "AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_CA_BUNDLE", "AWS_CONFIG_FILE"),
    *("HTTPS_PROXY", "https_proxy", "NO_PROXY", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "HOME"),
    *("DOCKER_HOST", "LANG", "TMPDIR", "DRIVE_URL", "LOCAL_PORT", "SSH_AUTH_SOCK"),
    *("UV_INDEX_COMPANY_PASSWORD", "npm_config_//npm.example/:_authToken"),
    *("npm_config_@company:registry",),
}
ASKED = {
    *("STAGE", "PYTHON", "PORT", "ASSEMBLY", "NEW_ACCOUNT", "REPLACE_DATA", "COMMIT", "YES"),
    *("ITEM", "POINT", "BEFORE", "AFTER", "LINK", "SCAN", "REVIEWED"),
}


def make(
    *arguments: str, environment: dict[str, str], folder: Path = PROJECT
) -> subprocess.CompletedProcess[str]:
    """Run make in an environment that has nothing else but a way to its programs."""
    return subprocess.run(
        ["make", "--no-print-directory", *arguments],
        check=False,
        cwd=folder,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
    )


def reached(environment: dict[str, str]) -> set[str]:
    """The variables of an environment that what make runs is given as well."""
    script = "import json, os; print(json.dumps(dict(os.environ)))"
    show = f"--eval=show: ; @'{sys.executable}' -I -c '{script}'"
    result = make(show, "show", environment=environment)
    assert result.returncode == 0, result.stderr
    given = json.loads(result.stdout)
    return {name for name, value in environment.items() if given.get(name) == value}


def variables_of_pip() -> set[str]:
    helped = installer("pip", "install", "--help")
    return {_variable("PIP", option) for option in re.findall(r"--([a-z][a-z-]+)", helped)}


def variables_of_uv() -> set[str]:
    helped = [_run(BIN / "uv", "pip", command, "--help") for command in ("sync", "install")]
    return {name for each in helped for name in re.findall(r"\[env:\s+(UV_\w+)", each)}


def variables_of_npm() -> set[str]:
    return {
        f"{prefix}{option.replace('-', '_')}"
        for option in settings_of_npm()
        for prefix in ("npm_config_", "NPM_CONFIG_")
    } | {f"NPM_CONFIG_{option.upper().replace('-', '_')}" for option in settings_of_npm()}


def variables_of_cdk() -> set[str]:
    """The CLI reads each of its options so: yargs' `.env("CDK")`."""
    program = (NODE_MODULES / "aws-cdk" / "lib" / "index.js").read_text()
    assert '.env("CDK")' in program
    options = re.findall(r'\.option\("([a-z-]+)"', program)
    return {_variable("CDK", option) for option in options}


def variables_of_python() -> set[str]:
    return {*re.findall(r"^(PYTHON\w+)", _run(sys.executable, "--help-env"), re.MULTILINE)}


@functools.cache
def settings_of_npm() -> dict[str, object]:
    """All settings that npm has, with their defaults."""
    found: dict[str, object] = json.loads(installer("npm", "config", "list", "--long", "--json"))
    return found


def installer(*arguments: str, **environment: str) -> str:
    """Run an installer as the Makefile does, and return what it prints."""
    program = [sys.executable, "-I", str(PROJECT / "stacks" / "shared" / "installers.py")]
    return _run(*program, *arguments, environment=os.environ | environment)


def _run(*command: str | Path, environment: dict[str, str] | None = None) -> str:
    return subprocess.run(
        command, check=True, env=environment, stdout=subprocess.PIPE, text=True
    ).stdout


def _variable(family: str, option: str) -> str:
    return f"{family}_{option.upper().replace('-', '_')}"


@pytest.mark.parametrize("of", ["pip", "uv", "npm", "cdk", "python"])
def test_what_steers_a_tool_does_not_reach_it(of: str) -> None:
    """Of all variables that it reads: those that are left say how the machine reaches others."""
    known: set[str] = globals()[f"variables_of_{of}"]()
    assert len(known) > 20
    left = reached(dict.fromkeys(known | STEER, "of the machine"))
    assert left == {name for name in known if installers._among(name, installers.LEFT)}
    for word in (
        "target",
        "prefix",
        "user",
        "output",
        "app",
        "profile",
        "omit",
        "exclude",
        "include",
    ):
        assert not {name for name in left if word in re.split(r"[^a-z]+", name.lower())}, word


def test_what_only_the_user_knows_reaches_everything() -> None:
    assert reached(dict.fromkeys(HIS_OWN, "of the user")) == HIS_OWN
    assert {*installers.without_steering(dict.fromkeys(HIS_OWN | STEER, "x"))} == HIS_OWN


@pytest.mark.parametrize("name", ["STEERING", "LEFT"])
def test_the_makefile_and_the_installers_have_the_same_lists(name: str) -> None:
    [words] = re.findall(rf"^{name} := ((?:.*\\\n)*.*)", MAKEFILE, re.MULTILINE)
    patterns = {word.replace("%", "*") for word in words.replace("\\\n", " ").split()}
    assert patterns == {*getattr(installers, name)}


def test_a_path_of_the_drive_may_have_any_letters(tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.write_text("""#!/bin/sh
case "$*" in *STAGES*) echo Dev;; *) printf '<%s>' "$@";; esac
""")
    python.chmod(0o755)
    said = ("restore", "STAGE=Dev", "ASSEMBLY=cdk.out", f"BIN={tmp_path}")
    for item in ('-it\'s "1" & `2`; #3', "\u6587 4"):
        result = make("--old-file=.venv/.base", *said, f"ITEM={item}", environment={})
        assert result.stdout.endswith(f"<--item={item}>"), result.stderr


def test_only_the_command_line_asks() -> None:
    """All that may be asked of make, as the usage of `$(...)` in it names them."""
    hostile = dict.fromkeys(ASKED, "Prod")
    named = ("deploy", "destroy", "diff", "github", "restore", "smoke")
    for target in (*named, "local", "pipeline-local", "review"):
        plain = make("--dry-run", target, environment={})
        assert plain.returncode == 0, plain.stderr
        result = make("--dry-run", target, environment=hostile)
        assert result.stdout == plain.stdout
        told = (
            "STAGE ASSEMBLY NEW_ACCOUNT REPLACE_DATA COMMIT YES ITEM POINT BEFORE AFTER LINK"
            " SCAN REVIEWED in the environment: not read"
        )
        assert (
            f"{told}, this is for STAGE=Dev; name what you mean on the command" in result.stderr
        ) == (target in named)
        for unread, by in (("ASSEMBLY NEW_ACCOUNT", "local"), ("BEFORE AFTER LINK SCAN", "review")):
            told = f"{unread} in the environment: not read; name what you mean on"
            assert (told in result.stderr) == (target == by)
        said = make("--dry-run", target, "STAGE=Dev", "YES=1", environment=hostile)
        assert said.stdout == make("--dry-run", target, "STAGE=Dev", "YES=1", environment={}).stdout
    head = MAKEFILE.partition("FLAGS :=")[0]
    assert {*re.findall(r"^(\w+) :=", head, re.MULTILINE)} - {"UNREAD"} == ASKED
    assert "?=" not in MAKEFILE


@pytest.mark.parametrize("flag", ["e", "i", "ie", "kn -i"])
def test_flags_that_undo_this_are_refused(flag: str) -> None:
    for result in (
        make("--dry-run", "deploy", environment={"MAKEFLAGS": flag, "YES": "1"}),
        make("--dry-run", *f"-{flag}".split(), "deploy", environment={"YES": "1"}),
    ):
        assert result.returncode == 2
        assert "; run make without it (MAKEFLAGS is '" in result.stderr
        assert not result.stdout
    assert make("help", environment={"MAKEFLAGS": "k --no-print-directory -j4"}).returncode == 0


def home(folder: Path) -> dict[str, str]:
    """A home whose files steer every tool that installs, and say where packages are as well."""
    config = folder / ".config"
    for name in ("pip", "uv"):
        (config / name).mkdir(parents=True)
    (config / "pip" / "pip.conf").write_text(
        "[global]\nuser = true\nno-binary = :all:\ndry-run = true\n"
        "index-url = https://pypi.example/simple\ntrusted-host = one.example\n two.example\n"
        "[install]\ntarget = /elsewhere\nconstraint = /nothing\nproxy = http://proxy.example\n"
    )
    (config / "uv" / "uv.toml").write_text(
        'exclude-newer = "2020-01-01"\nno-build = true\nnative-tls = true\n'
        '[[index]]\nname = "company"\nurl = "https://pypi.example/simple"\ndefault = true\n'
        '[pip]\ntarget = "/elsewhere"\npython-version = "3.9"\nno-deps = true\n'
        'keyring-provider = "subprocess"\n'
    )
    steering = [f"{name}=true" for name, value in settings_of_npm().items() if value is False]
    (folder / ".npmrc").write_text(
        "\n".join([*steering, "omit=dev", "prefix=/elsewhere", "registry=https://npm.example/"])
        + "\n@company:registry = https://npm.example/\n//npm.example/:_authToken=${TOKEN}\n"
        "ca[]=one\nca[]=two\nnode-options=--require /nothing\n"
    )
    return {"HOME": str(folder), "XDG_CONFIG_HOME": "", "XDG_CONFIG_DIRS": str(folder)}


def test_npm_takes_from_the_users_files_where_packages_are(tmp_path: Path) -> None:
    plain = settings_of_npm()
    environment = home(tmp_path)
    steered = json.loads(
        installer("npm", "config", "list", "--long", "--json", TOKEN="x", **environment)
    )
    other = {name for name, value in steered.items() if value != plain.get(name)}
    where = {"registry", "ca", "@company:registry", "cache"}
    assert other - {"userconfig", "globalconfig", "logs-dir", "init-module", "init.module"} == where
    assert steered["ca"] == ["one", "two"]
    kept = installers._npm({"npm_config_userconfig": str(tmp_path / ".npmrc")})
    assert "//npm.example/:_authToken=${TOKEN}" in kept.splitlines()


def test_uv_takes_from_the_users_files_where_packages_are(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").touch()
    sync = ("uv", "pip", "sync", "--show-settings", "--python", sys.executable)
    wanted = str(tmp_path / "requirements.txt")

    def settings(**environment: str) -> str:
        shown = installer(*sync, "--offline", wanted, **environment)
        return re.sub(r"tv_n?sec: \d+|0x[0-9a-f]+", "", shown)

    environment = home(tmp_path)
    steered = settings(**environment)
    assert "pypi.example" in steered
    assert "/elsewhere" not in steered
    assert "2020" not in steered
    says_where = tmp_path / "where.toml"
    says_where.write_text(
        'native-tls = true\nindex = [{name = "company", url = "https://pypi.example/simple",'
        ' default = true}]\npip = {keyring-provider = "subprocess"}\n'
    )
    assert steered == settings(UV_CONFIG_FILE=str(says_where), HOME=str(tmp_path / "nobody"))


def test_pip_takes_from_the_users_files_where_packages_are(tmp_path: Path) -> None:
    listed = installer("pip", "config", "list", PIP_USER="1", **home(tmp_path))
    said = dict(re.findall(r"^:env:\.([a-z-]+)='(.*)'$", listed, re.MULTILINE))
    assert said["index-url"] == "https://pypi.example/simple"
    assert said["proxy"] == "http://proxy.example"
    assert said["trusted-host"].split("\\n") == ["one.example", "two.example"]
    for steering in ("user", "target", "constraint", "no-binary", "dry-run"):
        assert f".{steering}=" not in listed


def test_a_python_without_a_pip_to_begin_with_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As Debian's is without its package for virtual environments."""
    monkeypatch.setattr("sysconfig.get_path", lambda _: str(tmp_path))
    monkeypatch.setattr("sysconfig.get_config_var", lambda _: str(tmp_path / "wheels"))
    with pytest.raises(SystemExit, match=r"no pip-\*\.whl in .*wheels.*install python3-venv"):
        installers._bundled_pip(tmp_path / "unpacked")


def test_the_cli_reads_no_settings_of_the_user(tmp_path: Path) -> None:
    (tmp_path / ".cdk.json").write_text(
        json.dumps(
            {
                "app": "false",
                "output": str(tmp_path / "elsewhere"),
                "profile": "other",
                "context": {"@aws-cdk/core:bootstrapQualifier": "hostile"},
                "build": "false",  # which the CLI refuses in that file
            }
        )
    )
    result = subprocess.run(
        [BIN / "cdk", "context", "--json"],
        check=False,
        cwd=PROJECT,
        env=os.environ | {"HOME": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stderr
    assert "hostile" not in result.stdout


def test_the_cli_sends_nothing_about_its_use() -> None:
    command = [str(BIN / "cdk"), "cli-telemetry", "--status"]
    said = subprocess.run(command, cwd=PROJECT, check=True, capture_output=True, text=True)
    assert "CLI Telemetry is disabled" in said.stdout + said.stderr


@pytest.mark.parametrize(
    ("recorded", "python", "again"),
    [
        ("", True, False),  # of a version that did not say where
        ("here", True, False),
        ("elsewhere", True, True),
        ("here", False, True),
    ],
)
def test_a_clone_that_was_moved_is_set_up_anew(
    tmp_path: Path, recorded: str, python: bool, again: bool
) -> None:
    (tmp_path / "ops").mkdir()
    scripts = ("ops/cdk_code.cjs", "ops/compile_cache.cjs", "ops/no_user_settings.cjs")
    for name in ("Makefile", "requirements.txt", "package-lock.json", *scripts):
        (tmp_path / name).write_bytes((PROJECT / name).read_bytes())
        os.utime(tmp_path / name, (0, 0))
    bin_ = tmp_path / ".venv" / "bin"
    bin_.mkdir(parents=True)
    (bin_ / "python").symlink_to(sys.executable if python else "/nothing")
    base = bin_.parent / ".base"
    places = {"": "", "here": f"{bin_.parent.resolve()}\n", "elsewhere": "/old/.venv\n"}
    base.write_text(places[recorded])
    result = make("--dry-run", ".venv/.base", environment={}, folder=tmp_path)
    assert result.returncode == 0, result.stderr
    assert ("-m venv --without-pip --clear .venv" in result.stdout) == again
    assert ("moved" in result.stdout) == again
    # A copy may use the environment of another clone: it is where it says.
    copy = tmp_path / "copy"
    copy.mkdir()
    for name in ("Makefile", "requirements.txt", "package-lock.json", "ops", ".venv"):
        (copy / name).symlink_to(tmp_path / name)
    linked = make("--dry-run", ".venv/.base", environment={}, folder=copy)
    assert ("--clear" in linked.stdout) == again


@pytest.mark.parametrize("command", ["sync", "run python", "lock", "add six"])
def test_uv_by_itself_says_what_sets_up(tmp_path: Path, command: str) -> None:
    (tmp_path / "pyproject.toml").write_bytes((PROJECT / "pyproject.toml").read_bytes())
    result = subprocess.run(
        [BIN / "uv", *command.split(), "--offline"],
        check=False,
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert result.returncode != 0
    assert "set-up-is-by-make-local-and-not-by-uv" in result.stderr
    assert [file.name for file in tmp_path.iterdir()] == ["pyproject.toml"]
