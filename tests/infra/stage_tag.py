"""The tag of a stage, on whatever takes tags."""

import gzip
import json
from functools import cache

from tests.infra.cdk_synth import PROJECT
from tests.infra.templates import Json

TAG = "lambda-drive:stage"


@cache
def known_types() -> dict[str, Json]:
    """Return what the CDK CLI itself knows of CloudFormation's types, by name."""
    with gzip.open(PROJECT / "node_modules" / "aws-cdk" / "db.json.gz") as file:
        found: list[Json] = json.load(file)["schema"]["resource"]["entities"]
    return {each["cloudFormationType"]: each for each in found}


def tag_property(resource_type: str) -> str | None:
    """Return the property in which resources of the type have their tags, if they take any."""
    if resource_type.startswith("Custom::"):
        return None
    name: str | None = known_types()[resource_type].get("tagInformation", {}).get("tagPropertyName")
    return name


def tags(resource: Json) -> Json:
    """Return a resource's tags by key."""
    value = resource.get("Properties", {}).get(tag_property(resource["Type"]) or "", [])
    return value if isinstance(value, dict) else {tag["Key"]: tag["Value"] for tag in value}


def assert_tagged(template: Json, stage: str) -> None:
    """All that takes tags has the stage's, in so many letters: no export could be in use."""
    assert template["Resources"]
    for logical_id, resource in template["Resources"].items():
        if tag_property(resource["Type"]):
            assert tags(resource).get(TAG) == stage, logical_id
