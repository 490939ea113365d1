"""All of a stage is known by one tag, and is in one group."""

from tests.infra.stage_tag import TAG, assert_tagged, known_types, tag_property
from tests.infra.templates import StageTemplates

GROUP = "AWS::ResourceGroups::Group"


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
