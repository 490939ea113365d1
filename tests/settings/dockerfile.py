"""What is wrong with a Dockerfile, as far as it can be said without an engine.

The rules are those of hadolint that concern these files, by their numbers there, and what Lambda
asks of an image.
"""

import json
import re
import shlex
from pathlib import Path

from stacks.function.layer import RUNTIME

BASE = f"public.ecr.aws/lambda/python:{RUNTIME.name.removeprefix('python')}"
KNOWN = {"FROM", "COPY", "RUN", "CMD", "ARG", "ENV", "LABEL", "USER", "WORKDIR"}


def instructions(text: str) -> list[tuple[str, str]]:
    """Return the instructions and what follows each, with continued lines joined."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", " ", "\n".join(lines))
    found = [line.strip().partition(" ") for line in joined.splitlines() if line.strip()]
    return [(name, rest.strip()) for name, _, rest in found]


def offences(folder: Path, text: str | None = None) -> list[str]:
    """Return what is wrong with the folder's Dockerfile, or with this text in its place."""
    found = instructions((folder / "Dockerfile").read_text() if text is None else text)
    said = [f"unknown instruction {name}" for name, _ in found if name not in KNOWN]
    said += _base(found)
    copied: list[str] = []
    for name, rest in found:
        if name == "COPY":
            *sources, target = shlex.split(rest)
            copied.append(target)
            said += [f"COPY of {s}, which is not there" for s in sources if not _there(folder, s)]
            if target.startswith("/") is False and not target.startswith("${LAMBDA_TASK_ROOT}"):
                said.append(f"COPY to {target}, wherever that is (DL3045)")
        if name == "RUN":
            said += _run(rest, copied)
        if name == "USER":
            said.append(f"USER {rest}: Lambda has a user of its own (DL3002 for root)")
    said += _command(folder, found)
    [*_, runs] = ["", *(rest for name, rest in found if name == "RUN")]
    if runs != 'chmod -R a+rX "${LAMBDA_TASK_ROOT}"':
        said.append("the last RUN must let Lambda's user read the code")
    return said


def _base(found: list[tuple[str, str]]) -> list[str]:
    bases = [rest for name, rest in found if name == "FROM"]
    said = []
    if not found or found[0][0] != "FROM" or len(bases) != 1:
        said.append("one FROM, and that first")
    for base in bases:
        image, _, digest = base.partition("@")
        if image != BASE or not re.fullmatch(r"(sha256:[0-9a-f]{64})?", digest):
            said.append(
                f"FROM {base}, not {BASE} (DL3006, DL3007; --platform is the build's, DL3029)"
            )
    return said


def _there(folder: Path, source: str) -> bool:
    path = (folder / source).resolve()
    return path.exists() and path.is_relative_to(folder.resolve())


def _run(command: str, copied: list[str]) -> list[str]:
    words = shlex.split(command)
    said = []
    if words[0] in {"sudo", "ssh", "yum", "dnf", "microdnf", "apt-get", "curl", "wget"}:
        said.append(f"RUN {words[0]}: nothing is fetched that is not locked (DL3004, DL3033)")
    if {"pip", "install"} <= set(words):
        needed = ("--require-hashes", "--no-deps", "--no-cache-dir", "--only-binary")
        said += [f"pip without {option} (DL3042)" for option in needed if option not in words]
        if "--requirement" not in words or words[words.index("--requirement") + 1] not in copied:
            said.append("pip of something that was not copied (DL3013)")
        if words[words.index("install") - 2 : words.index("install")] != ["-m", "pip"]:
            said.append("pip of another Python")
        if "--target" not in words or words[words.index("--target") + 1] != "${LAMBDA_TASK_ROOT}":
            said.append("pip to where Lambda does not look")
    if re.search(r"(?<!\|)\|(?!\|)", command):
        said.append("a pipe without pipefail (DL4006)")
    return said


def _command(folder: Path, found: list[tuple[str, str]]) -> list[str]:
    commands = [rest for name, rest in found if name == "CMD"]
    if len(commands) != 1 or found[-1][0] != "CMD":
        return ["one CMD, and that last (DL4003)"]
    try:
        [handler] = json.loads(commands[0])
    except ValueError:
        return ["CMD must be JSON with the handler alone (DL3025)"]
    module = Path(*handler.split(".")[:-1]).with_suffix(".py")
    return [] if (folder / module).is_file() else [f"CMD {handler}, which is not there"]
