"""The change of each resource between two templates, as `cdk diff` sees it.

The library of `cdk diff` runs in Node (`template_differences.mjs`).
"""

import json
import subprocess
from pathlib import Path
from typing import Any

from drive_tools.cloud_assembly import Template
from drive_tools.errors import ToolError
from ops.project import PROJECT

Pair = tuple[str, Template, Template]  # a stack's name, as deployed, as synthesised
Change = dict[str, Any]  # `impact` and `properties`, as the script writes them

_NODE = PROJECT / ".venv" / "bin" / "node"
_SCRIPT = Path(__file__).with_suffix(".mjs")


def differences(pairs: list[Pair]) -> list[dict[str, Change]]:
    """Return the changes of the resources of each pair, by logical id.

    Raises `ToolError` if Node or the library is missing, or a template cannot be compared.
    """
    if not pairs:
        return []
    asked = [{"deployed": old, "synthesised": new} for _, old, new in pairs]
    try:
        result = subprocess.run(
            [str(_NODE), str(_SCRIPT)],
            check=False,
            input=json.dumps(asked),
            capture_output=True,
            text=True,
        )
    except FileNotFoundError as error:
        raise ToolError(f"there is no {_NODE}; run: make .venv/.base") from error
    if result.returncode:
        missing = "; run: make .venv/.base" if "ERR_MODULE_NOT_FOUND" in result.stderr else ""
        lines = [line for line in result.stderr.splitlines() if "Error" in line]
        raise ToolError(
            f"cannot compare the templates: {(lines or ['no reason given'])[0]}{missing}"
        )
    found: list[dict[str, Change]] = json.loads(result.stdout)
    return found
