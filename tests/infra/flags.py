"""The project's flags of the CDK, apart from the gate, whose import costs a process a second."""

import json
from pathlib import Path

from tests.infra.templates import Json

FLAGS: Json = json.loads((Path(__file__).resolve().parents[2] / "cdk.json").read_text())["context"]

# What the CLI adds to them (`versionReporting` and its defaults).
OF_THE_CLI = {
    "aws:cdk:enable-asset-metadata": True,
    "aws:cdk:enable-path-metadata": True,
}
