"""The project's flags of the CDK, apart from the gate, whose import costs a process a second."""

import json
from pathlib import Path

from tests.infra.templates import Json

FLAGS: Json = json.loads((Path(__file__).resolve().parents[2] / "cdk.json").read_text())["context"]
