"""What a deployment writes of the parameters that operators set."""

import copy

from ops.deployment import parameter_overwrites
from tests.infra.templates import Json, StageTemplates

PARAMETER = "AWS::SSM::Parameter"


def other_value(text: str) -> str:
    return text.replace("24", "48") if text.startswith("{") else f"{text} changed"


def test_a_parameter_is_written_when_anything_of_it_but_its_tags_changes(
    drive: StageTemplates,
) -> None:
    deployed = drive.data.body
    for name in drive.data.of_type(PARAMETER):
        before = deployed["Resources"][name]["Properties"]
        changes: list[tuple[Json, tuple[str, ...]]] = [
            ({"Tags": {"colour": "blue"}}, ()),
            ({"Description": "x"}, ("Description",)),
            ({"Tier": "Advanced", "Tags": {}}, ("Tier",)),
            ({"Value": other_value(before["Value"])}, ("Value",)),
            ({"Name": "/elsewhere"}, ()),  # another parameter, which the guard tells of otherwise
            ({"Value": {"Ref": "Other"}}, ()),
        ]
        for properties, because in changes:
            after = copy.deepcopy(deployed)
            after["Resources"][name]["Properties"].update(properties)
            found = parameter_overwrites.parameter_writes(deployed, after)
            assert {key: each.because for key, each in found.items()} == (
                {name: because} if because else {}
            )
        del after["Resources"][name]
        assert parameter_overwrites.parameter_writes(deployed, after) == {}
