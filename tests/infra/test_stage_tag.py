"""All of a stage is known by one tag, and is in one group."""

import gzip
import json
from functools import cache

from tests.infra.cdk_synth import PROJECT
from tests.infra.templates import Json, StageTemplates

TAG = "lambda-drive:stage"
GROUP = "AWS::ResourceGroups::Group"


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


def test_everything_that_takes_tags_has_the_stages(drive: StageTemplates) -> None:
    for template in drive.templates:
        assert_tagged(template.body, drive.name)


def test_the_stacks_themselves_have_it(drive: StageTemplates) -> None:
    assert set(drive.stacks) >= {f"{drive.name}-Data", f"{drive.name}-Service"}
    for name, stack in drive.stacks.items():
        assert stack["properties"]["tags"] == {TAG: drive.name}, name


def test_one_group_finds_whatever_has_it(drive: StageTemplates) -> None:
    _, group = drive.data.only(GROUP)
    assert group["Name"] == f"lambda-drive-{drive.name}"
    assert group["ResourceQuery"] == {
        "Type": "TAG_FILTERS_1_0",
        "Query": {
            "ResourceTypeFilters": ["AWS::AllSupported"],
            "TagFilters": [{"Key": TAG, "Values": [drive.name]}],
        },
    }
    assert not drive.service.of_type(GROUP)


def test_a_tag_replaces_nothing(drive: StageTemplates) -> None:
    """By the CLI's own database, which knows what does."""
    types = known_types()
    assert types["AWS::EFS::FileSystem"]["properties"]["Encrypted"]["causesReplacement"] == "yes"
    for template in drive.templates:
        for logical_id, resource in template.body["Resources"].items():
            if name := tag_property(resource["Type"]):
                known = types[resource["Type"]]["properties"][name]
                assert known.get("causesReplacement", "no") == "no", logical_id
