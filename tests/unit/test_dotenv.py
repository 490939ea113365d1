"""What `env import` takes of a dotenv file, and what three readers of such files make of it."""

import io
import itertools
import json
import logging
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import dotenv as python_dotenv
import pytest

from drive_tools.environment import dotenv

LETTERS = "a# \t\\'\"$`~:=;*{,}é\u00a0!%&?[<("
FEW = "a# \t'"
VALUES = [
    *(
        "".join(letters)
        for length in range(3)
        for letters in itertools.product(LETTERS, repeat=length)
    ),
    *("".join(letters) for length in (3, 4) for letters in itertools.product(FEW, repeat=length)),
]
# Prints for each text =VALUE, or ! where it is no command.
BASH = """
while IFS= read -r -d '' text; do
  unset A
  if eval "$text" 2>/dev/null; then printf '=%s\\0' "${A-}"; else printf '!\\0'; fi
done
"""
NODE = """
let text = '';
process.stdin.on('data', (piece) => { text += piece; }).on('end', () => {
  const { parseEnv } = require('node:util');
  console.log(JSON.stringify(JSON.parse(text).map((each) => parseEnv(each).A ?? null)));
});
"""


def readings(texts: Sequence[str], folder: Path) -> list[set[str | None]]:
    """What bash, python-dotenv and Node read as A, each different answer once; None: nothing."""
    bash = shutil.which("bash")
    assert bash, "install bash, of which this asks what a shell reads"
    by_bash = subprocess.run(
        [bash, "--norc", "-c", BASH],
        input="".join(f"{text}\0" for text in texts).encode(),
        capture_output=True,
        check=True,
        cwd=folder,  # where a pattern finds nothing
        env={"LC_ALL": "C.UTF-8", "PATH": "/nonexistent"},
    ).stdout.decode()
    by_node = subprocess.run(
        [Path(sys.executable).with_name("node"), "-e", NODE],
        input=json.dumps(texts),
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    logging.getLogger("dotenv").disabled = True  # it warns of each line that it cannot read
    by_python = [python_dotenv.dotenv_values(stream=io.StringIO(text)).get("A") for text in texts]
    shell = [said[1:] if said[0] == "=" else None for said in by_bash.split("\0")[:-1]]
    return [set(each) for each in zip(shell, by_python, json.loads(by_node), strict=True)]


def ours(text: str) -> str | None:
    """What `env import` reads as A; None: it refuses."""
    try:
        return dotenv.parse(text)["A"]
    except ValueError:
        return None


@pytest.mark.slow
@pytest.mark.parametrize("before", ["", "export ", "  "])
def test_a_value_without_quotes_is_taken_where_all_readers_agree_and_nowhere_else(
    before: str, tmp_path: Path
) -> None:
    values = [value for value in VALUES if value[:1] not in {"'", '"'}]
    texts = [f"{before}A={value}\n" for value in values]
    taken = 0
    for text, read in zip(texts, readings(texts, tmp_path), strict=True):
        found = ours(text)
        if found is not None:
            taken += 1
            assert read == {found}, text
        elif len(read) == 1 and None not in read:
            # They agree here, and not with another user, or with what stands behind it.
            assert set(text) & set("$~{}") or text.endswith("A=\n"), text
    assert taken > 100


def test_a_comment_behind_a_quoted_value_is_one_to_all_readers(tmp_path: Path) -> None:
    tails = ["", " ", "\t", "#c", " #c", "\t# c", "  # 'c'", ' # "c"', "x", " x", "'x'"]
    texts = [f"A={quote}a b{quote}{tail}\n" for quote in "'\"" for tail in tails]
    found = [ours(text) for text in texts]
    for text, read, mine in zip(texts, readings(texts, tmp_path), found, strict=True):
        assert mine is None or read == {mine}, text
    assert found.count("a b") == 2 * 7


def test_what_is_exported_is_read_by_all_readers_where_they_have_a_form_for_it(
    tmp_path: Path,
) -> None:
    values = [
        *(value for value in VALUES if "${" not in value),
        *("two\nlines", "a\tb\nc", "it's # not", "C:\\temp\\x", "-----BEGIN\nx=\n-----END\n"),
    ]
    texts = [dotenv.render({"A": value}) for value in values]
    for value, text, read in zip(values, texts, readings(texts, tmp_path), strict=True):
        assert ours(text) == value
        both = "'" in value and set(value) & set('"$`\\')
        halved = "\\\\" in value or value.endswith("\\")
        assert read == {value} or both or halved, text
