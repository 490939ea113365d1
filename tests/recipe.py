"""What people do today to see and change a variable: the AWS CLI, and jq."""

import shlex
import shutil
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
PYTHON = PROJECT / ".venv" / "recipe" / "bin" / "python"

# The filter of the recipe, for where jq itself is not installed.
_WHEEL = "import sys, jq; print(jq.compile(sys.argv[-1]).input_text(sys.stdin.read()).text())"
_JQ = shutil.which("jq")

AWS = shlex.join([str(PYTHON), str(PYTHON.with_name("aws"))])
JQ = shlex.join([_JQ] if _JQ else [str(PYTHON), "-c", _WHEEL])
