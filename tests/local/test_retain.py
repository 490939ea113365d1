"""What Prod keeps when its stack goes, it does not keep of a first creation that failed."""

import json
from typing import Any

import pytest

from tests.infra.reference import FOLDER
from tests.local.conftest import LocalCloud

KEPT = ("AWS::EFS::FileSystem", "AWS::KMS::Key", "AWS::Logs::LogGroup")


def kept_of_prod() -> dict[str, Any]:
    """Return the resources of Prod's `Data` that hold something, of which no other is needed."""
    template = json.loads((FOLDER / "Prod-Data.json").read_text())
    return {
        name: resource
        for name, resource in template["Resources"].items()
        if resource["Type"] in KEPT
    }


@pytest.fixture(scope="module")
def empty(cloud: LocalCloud) -> LocalCloud:
    """A local cloud with nothing in it."""
    cloud.start()
    return cloud


def create(cloud: LocalCloud, resources: dict[str, Any]) -> str:
    """Create a stack of the resources, and return its state in the end."""
    client = cloud.client("cloudformation")
    client.create_stack(StackName="Prod-Data", TemplateBody=json.dumps({"Resources": resources}))
    while True:
        [stack] = client.describe_stacks(StackName="Prod-Data")["Stacks"]
        if not stack["StackStatus"].endswith("_IN_PROGRESS"):
            return str(stack["StackStatus"])


def there(cloud: LocalCloud) -> dict[str, int]:
    """Return how many file systems, keys in use and log groups there are."""
    kms = cloud.client("kms")
    keys = [kms.describe_key(KeyId=key["KeyId"]) for key in kms.list_keys()["Keys"]]
    return {
        "file systems": len(cloud.client("efs").describe_file_systems()["FileSystems"]),
        "keys": len([key for key in keys if key["KeyMetadata"]["KeyState"] == "Enabled"]),
        "log groups": len(cloud.client("logs").describe_log_groups()["logGroups"]),
    }


def test_a_first_creation_that_fails_leaves_nothing(empty: LocalCloud) -> None:
    before = there(empty)
    resources = kept_of_prod()
    impossible = {
        "Type": "AWS::EC2::SecurityGroupIngress",
        "Properties": {"GroupId": "sg-0123456789abcdef0", "IpProtocol": "-1"},
        "DependsOn": sorted(resources),
    }
    assert create(empty, resources | {"Impossible": impossible}) == "ROLLBACK_COMPLETE"
    assert there(empty) == before
    empty.client("cloudformation").delete_stack(StackName="Prod-Data")


def test_what_was_created_stays_when_the_stack_is_deleted(empty: LocalCloud) -> None:
    resources = kept_of_prod()
    before = there(empty)
    assert create(empty, resources) == "CREATE_COMPLETE"
    full = there(empty)
    assert {name: full[name] - before[name] for name in full} == {
        "file systems": 1,
        "keys": 2,  # of the files, and of the topic
        "log groups": len([r for r in resources.values() if r["Type"] == KEPT[2]]),
    }
    client = empty.client("cloudformation")
    client.delete_stack(StackName="Prod-Data")
    client.get_waiter("stack_delete_complete").wait(
        StackName="Prod-Data", WaiterConfig={"Delay": 1}
    )
    assert there(empty) == full
