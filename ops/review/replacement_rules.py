"""Whether CloudFormation replaces a resource when one of its properties changes.

The table is of AWS's documentation of each property ("Update requires"), as the CDK's makers
publish it; `replacement_rules.mjs` writes it.
"""

import json
from functools import cache
from pathlib import Path
from typing import Literal

Replacement = Literal["yes", "maybe", "no"]


def replaces(resource_type: str, property_name: str) -> Replacement:
    """Say whether a change of a property replaces a resource of the type.

    A type that is not in the table, such as a custom resource, is updated in place.
    """
    rules = _rules().get(resource_type, {})
    for answer in ("yes", "maybe"):
        if property_name in rules.get(answer, ()):
            return "yes" if answer == "yes" else "maybe"
    return "no"


@cache
def _rules() -> dict[str, dict[str, list[str]]]:
    found: dict[str, dict[str, list[str]]] = json.loads(
        Path(__file__).with_suffix(".json").read_text()
    )
    return found
