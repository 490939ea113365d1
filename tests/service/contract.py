"""Schemathesis holds a running service to the OpenAPI document that it gives out."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.patience import PATIENCE_SECONDS

PROJECT = Path(__file__).resolve().parents[2]

# What may be answered to a request that the document allows, beside success and Schemathesis's own
# list: a condition that does not hold, a range beyond the end, a file that fits no answer.
_ALLOWED = ["2xx", "3xx", 404, 409, 412, 413, 416]
# No schema says that a digest is the body's, or that a text is the base64 of a name.
_ALLOWED_OF_BODIES = [*_ALLOWED, 400, 415, 460]
# Its coverage phase takes "0" for a Destination that may be left out, whatever the pattern says.
_ALLOWED_OF_OPTIONAL = [*_ALLOWED, 400]
# Beside the usual ways to refuse: tus asks for 412 when its version is missing.
_REFUSED = [400, 404, 405, 409, 412, 413, 415, 460]
# Of such values, half of the requests have these, or most would end at the first thing to refuse.
_USUAL: dict[str, str | int] = {
    "header.If-Match": "*",
    "header.If-None-Match": '"0-0-0"',
    "header.Destination": "/files/moved/file",
    "header.Upload-Metadata": "filename bWFkZS9maWxl",
    "header.Upload-Length": 100,
    "header.Upload-Offset": 0,
}


def hold(
    url: str,
    folder: Path,
    *,
    path: str,
    directory: str,
    upload: str,
    version: str = f"{'0' * 24}-delete-gone",
    examples: int,
    phases: str = "examples,coverage,fuzzing",
    environment: Mapping[str, str] | None = None,
    cors: bool = False,
) -> int:
    """Hold the service at `url` to its document, in `folder`; return how many requests that took.

    `path`, `directory` and `upload` are there, and the `version` if it is named. Requests are
    signed if `environment` has AWS's keys, and have the token of DRIVE_TOKEN if that is there. A
    URL with `cors` answers OPTIONS itself.
    """
    config = folder / "schemathesis.toml"
    there: dict[str, str | int] = {
        "path.path": path,
        "path.directory": directory,
        "path.id": upload,
        "path.version": version,
    }
    config.write_text(_toml({**_USUAL, **there}, examples))
    run = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(config)),
            *("run", f"{url}/openapi.json", "--url", url, "--phases", phases, "--no-color"),
            *(("--exclude-method", "OPTIONS") if cors else ()),
        ],
        check=False,
        cwd=folder,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(PROJECT), str(PROJECT / "lambda_src")]),
            "SCHEMATHESIS_HOOKS": "tests.service.contract_hooks",
            # Or else it looks through all of Unicode each time.
            "HYPOTHESIS_STORAGE_DIRECTORY": str(PROJECT / ".hypothesis"),
            **(environment or {}),
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    found = re.search(r"(\d+) generated", run.stdout)
    assert found
    return int(found[1])


def _toml(usual: Mapping[str, str | int], examples: int) -> str:
    dictionaries = "".join(
        f"""
        [dictionaries.usual{number}]
        values = [{json.dumps(value)}]
        [parameters."{name}"]
        dictionary = "usual{number}"
        probability = 0.5
        """
        for number, (name, value) in enumerate(usual.items())
    )
    return f"""
        seed = 1
        continue-on-failure = true
        # How long an answer or an example takes is the machine's affair.
        request-timeout = {PATIENCE_SECONDS}
        suppress-health-check = ["too_slow"]
        {dictionaries}
        [generation]
        max-examples = {examples}
        deterministic = true
        # Whoever is in front of the function looks at signatures.
        with-security-parameters = false
        # Headers and parameters that nobody knows are ignored, as HTTP has it.
        allow-extra-parameters = false

        [checks.ignored_auth]
        enabled = false
        [checks.missing_required_header]
        expected-statuses = {_REFUSED}
        [checks.negative_data_rejection]
        expected-statuses = {_REFUSED}
        [checks.positive_data_acceptance]
        expected-statuses = {json.dumps(_ALLOWED)}

        [[operations]]
        include-operation-id = ["restore_version"]
        [operations.checks.positive_data_acceptance]
        expected-statuses = {json.dumps(_ALLOWED_OF_OPTIONAL)}

        [[operations]]
        include-operation-id = ["put_file", "put_files", "create_upload", "append_to_upload"]
        [operations.checks.positive_data_acceptance]
        expected-statuses = {json.dumps(_ALLOWED_OF_BODIES)}
        """
