"""Other throughput, and a copy in another region: as settings say, and nothing else changed."""

from pathlib import Path
from typing import Any

import pytest

from tests.infra import templates
from tests.infra.synthesis import synthesise
from tests.settings.switches import IN_PLACE

# Each value, and what of the file system differs from the default's.
VALUES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({}, {}),
    ({"throughput": "bursting"}, {"ThroughputMode": "bursting"}),
    (
        {"throughput": 64},
        {"ThroughputMode": "provisioned", "ProvisionedThroughputInMibps": 64},
    ),
    (
        {"replication_region": "eu-west-3"},
        {"ReplicationConfiguration": {"Destinations": [{"Region": "eu-west-3"}]}},
    ),
]


@pytest.fixture(scope="module")
def default(tmp_path_factory: pytest.TempPathFactory) -> templates.StageTemplates:
    """The stage as it is."""
    return synthesise(tmp_path_factory.mktemp("default"))[0]


@pytest.mark.parametrize(("switched", "changed"), VALUES, ids=lambda value: str(value)[:40])
def test_only_the_file_system_differs_and_in_place(
    switched: dict[str, Any],
    changed: dict[str, Any],
    default: templates.StageTemplates,
    tmp_path: Path,
) -> None:
    drive, said = synthesise(tmp_path, **switched)
    assert said == []
    _, before = default.data.only("AWS::EFS::FileSystem")
    _, after = drive.data.only("AWS::EFS::FileSystem")
    assert before["ThroughputMode"] == "elastic"
    assert set(changed) <= set(IN_PLACE)
    assert after == before | changed
    after.clear()
    after.update(before)
    credit_alarms = [name for name in drive.data.body["Resources"] if "BurstCreditsLow" in name]
    assert len(credit_alarms) == (switched.get("throughput") == "bursting")
    for name in credit_alarms:  # which other modes do not have
        del drive.data.body["Resources"][name]
    assert drive.data.body == default.data.body
    # The bytes of other modes cost nothing by use, so neither the brake's alarms nor the dashboard
    # count them.
    others = [
        name
        for name in default.service.body["Resources"]
        if not name.startswith(("Use", "Dashboard"))
    ]
    for name in others:
        before, after = (each.service.body["Resources"][name] for each in (default, drive))
        assert after == before, name
    assert drive.service.body["Outputs"] == default.service.body["Outputs"]
