"""How a stage leaves AWS: what each step makes of the answers of AWS."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

import pytest
from botocore.exceptions import ClientError

from drive_tools.cloud_assembly import find_stage
from drive_tools.errors import ToolError
from ops.__main__ import main
from ops.deployment import backup_vaults, file_system_copies, stack_deletion
from ops.deployment.stage_deletion import last_first
from ops.deployment.vpc_detachment import (
    Polling,
    detach_functions,
    lambda_interfaces,
    wait_for_interfaces,
)

PROJECT = Path(__file__).resolve().parents[2]
POLLING = Polling(interval_seconds=0, timeout_seconds=60)
VPC = {"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}
EMPTY: dict[str, Any] = {"SubnetIds": [], "SecurityGroupIds": []}


def refused(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": code}}, "Operation")


def lambda_(
    *answers: dict[str, Any] | Exception, versions: tuple[dict[str, Any], ...] = ()
) -> MagicMock:
    """A client of Lambda that gives these configurations, one after the other."""
    client = MagicMock()
    client.get_function_configuration.side_effect = answers
    client.get_paginator.return_value.paginate.return_value = [{"Versions": list(versions)}]
    return client


def test_a_function_leaves_with_its_disk_once_its_last_change_is_over() -> None:
    client = lambda_(
        {"VpcConfig": VPC, "LastUpdateStatus": "InProgress"},
        {"VpcConfig": VPC, "LastUpdateStatus": "Successful"},
        {"VpcConfig": EMPTY, "LastUpdateStatus": "InProgress"},
        {"VpcConfig": EMPTY, "LastUpdateStatus": "Successful"},
    )
    assert list(detach_functions(client, ["f"], POLLING)) == ["f"]
    client.update_function_configuration.assert_called_once_with(
        FunctionName="f", VpcConfig=EMPTY, FileSystemConfigs=[]
    )


def test_a_function_that_has_ipv6_leaves_that_too() -> None:
    vpc = VPC | {"Ipv6AllowedForDualStack": True}
    client = lambda_({"VpcConfig": vpc}, {"LastUpdateStatus": "Successful"})
    assert list(detach_functions(client, ["f"], POLLING)) == ["f"]
    sent = client.update_function_configuration.call_args.kwargs["VpcConfig"]
    assert sent == EMPTY | {"Ipv6AllowedForDualStack": False}


@pytest.mark.parametrize(
    "answer", [refused("ResourceNotFoundException"), {"VpcConfig": EMPTY}, {}], ids=str
)
def test_a_function_that_has_left_before_is_passed_over(answer: dict[str, Any] | Exception) -> None:
    client = lambda_(answer)
    assert list(detach_functions(client, ["f"], POLLING)) == []
    client.update_function_configuration.assert_not_called()


def test_a_function_that_cannot_leave_says_why() -> None:
    failed = {"LastUpdateStatus": "Failed", "LastUpdateStatusReason": "no rights"}
    with pytest.raises(ToolError, match="f does not leave its VPC: no rights"):
        list(detach_functions(lambda_({"VpcConfig": VPC}, failed), ["f"], POLLING))
    with pytest.raises(ClientError, match="AccessDenied"):
        list(detach_functions(lambda_(refused("AccessDeniedException")), ["f"], POLLING))


def test_a_published_version_is_named_before_anything_leaves() -> None:
    latest = {"Version": "$LATEST", "VpcConfig": VPC}
    client = lambda_({"VpcConfig": VPC}, versions=(latest, {"Version": "7", "VpcConfig": VPC}))
    with pytest.raises(ToolError, match=r"version 7 of f,.*--function-name f --qualifier 7"):
        list(detach_functions(client, ["f"], POLLING))
    client.update_function_configuration.assert_not_called()


def interface(name: str, status: str, description: str = "AWS Lambda VPC ENI-f") -> dict[str, Any]:
    return {"NetworkInterfaceId": name, "Status": status, "Description": description}


def ec2(*looks: list[dict[str, Any]]) -> MagicMock:
    """A client of EC2 that finds these interfaces, one list a look, in the last group or subnet."""
    client = MagicMock()
    pages = iter(looks)

    def paginate(Filters: list[dict[str, Any]]) -> list[dict[str, Any]]:  # noqa: N803
        found = next(pages) if Filters[0]["Name"] == "group-id" else []
        return [{"NetworkInterfaces": found}]

    client.get_paginator.return_value.paginate.side_effect = paginate
    return client


def test_it_waits_for_interfaces_and_deletes_those_that_lambda_let_go() -> None:
    client = ec2(
        [interface("eni-1", "in-use"), interface("eni-2", "in-use")],
        [interface("eni-1", "in-use"), interface("eni-2", "available")],
        [interface("eni-1", "available"), interface("eni-3", "in-use", "EFS mount target")],
        [interface("eni-3", "in-use", "EFS mount target")],
    )
    said: list[str] = []
    wait_for_interfaces(client, ["sg-1"], ["subnet-1"], POLLING, said.append)
    deleted = [call.kwargs for call in client.delete_network_interface.call_args_list]
    assert deleted == [{"NetworkInterfaceId": "eni-2"}, {"NetworkInterfaceId": "eni-1"}]
    assert said[0] == ("waiting for eni-1 (in-use, of f), eni-2 (in-use, of f); 0 min, of about 20")


def test_what_ec2_does_not_delete_is_left_to_lambda() -> None:
    client = ec2([interface("eni-1", "available")], [interface("eni-1", "available")], [])
    client.delete_network_interface.side_effect = refused("UnauthorizedOperation")
    wait_for_interfaces(client, ["sg-1"], [], POLLING, lambda _: None)
    assert client.delete_network_interface.call_count == 2


def test_an_interface_that_stays_is_named_with_its_function() -> None:
    client = ec2(*[[interface("eni-1", "in-use", "AWS Lambda VPC ENI-others-0")]] * 2)
    polling = Polling(interval_seconds=0, timeout_seconds=-1)
    with pytest.raises(ToolError, match=r"eni-1 \(in-use, of others-0\).*run the same command ag"):
        wait_for_interfaces(client, ["sg-1"], [], polling, lambda _: None)


def test_a_stage_that_is_gone_has_no_groups_to_look_at() -> None:
    """Without values a filter would find the interfaces of the whole account."""
    client = MagicMock()
    assert lambda_interfaces(client, [], []) == []
    client.get_paginator.assert_not_called()


def event(number: int, status: str, logical_id: str = "Stack", reason: str = "") -> dict[str, Any]:
    return {
        "EventId": str(number),
        "StackName": "Dev-Data",
        "LogicalResourceId": logical_id,
        "PhysicalResourceId": "arn:stack" if logical_id == "Stack" else "subnet-1",
        "ResourceType": "AWS::EC2::Subnet",
        "ResourceStatus": status,
        **({"ResourceStatusReason": reason} if reason else {}),
    }


class Events:
    """A client of CloudFormation whose events come one after the other."""

    def __init__(self, before: list[dict[str, Any]], after: list[dict[str, Any]]) -> None:
        self.events, self.coming = before, iter(after)
        self.deleted = False

    def get_paginator(self, _name: str) -> "Events":
        return self

    def paginate(self, StackName: str) -> Iterator[dict[str, Any]]:  # noqa: N803
        assert StackName == "arn:stack"
        if self.deleted:
            self.events.append(next(self.coming))
        yield {"StackEvents": self.events[::-1]}

    def delete_stack(self, StackName: str) -> None:  # noqa: N803
        assert StackName == "arn:stack"
        self.deleted = True


def test_a_deletion_shows_what_goes_and_takes_no_old_end_for_its_own() -> None:
    client = Events(
        [event(1, "DELETE_IN_PROGRESS"), event(2, "DELETE_FAILED")],
        [
            event(3, "DELETE_IN_PROGRESS"),
            event(4, "DELETE_IN_PROGRESS", "Subnet"),
            event(5, "DELETE_COMPLETE", "Subnet"),
            event(6, "DELETE_SKIPPED", "Key"),
            event(7, "DELETE_COMPLETE"),
        ],
    )
    said: list[str] = []
    stack_deletion.delete(client, "arn:stack", 0, said.append)  # type: ignore[arg-type] # a fake
    assert said == [
        "Dev-Data deleted AWS::EC2::Subnet Subnet",
        "Dev-Data kept    AWS::EC2::Subnet Key",
    ]


def test_a_deletion_that_fails_says_at_what_and_why() -> None:
    client = Events(
        [], [event(1, "DELETE_FAILED", "Subnet", "in use"), event(2, "DELETE_FAILED", reason="oh")]
    )
    with pytest.raises(ToolError) as caught:
        stack_deletion.delete(client, "arn:stack", 0, lambda _: None)  # type: ignore[arg-type]
    assert str(caught.value) == (
        "Dev-Data could not be deleted: oh\n  Dev-Data FAILED  AWS::EC2::Subnet Subnet: in use"
    )


def efs(*statuses: str | None) -> MagicMock:
    """A client of EFS whose file system has a copy of these statuses, look by look."""
    client = MagicMock()
    client.describe_replication_configurations.side_effect = [
        {
            "Replications": [
                {
                    "SourceFileSystemId": "fs-1",
                    "Destinations": [
                        {"FileSystemId": "fs-2", "Region": "eu-west-3", "Status": status}
                    ],
                }
            ]
        }
        if status
        else refused("ReplicationNotFound")
        for status in statuses
    ]
    return client


@pytest.mark.parametrize(("status", "calls"), [("ENABLED", 1), ("ERROR", 1), ("DELETING", 0)])
def test_a_replication_is_ended_once(status: str, calls: int) -> None:
    client = efs(status, "DELETING", "DELETING", None)
    file_system_copies.end_replication(client, "fs-1")
    assert client.delete_replication_configuration.call_count == calls
    file_system_copies.wait_until_replication_ended(client, "fs-1", 0)
    assert client.describe_replication_configurations.call_count == 4


def test_a_copy_stays_and_is_named_and_a_copy_itself_is_none() -> None:
    [copy] = file_system_copies.replicas(efs("ENABLED"), "fs-1")
    assert str(copy).startswith("the copy in eu-west-3, fs-2, a file system of its own then ($0.30")
    assert file_system_copies.replicas(efs("ENABLED"), "fs-2") == []


def test_backups_are_counted() -> None:
    found = file_system_copies.FileSystem("fs-1", "arn:fs-1", 0)
    client = MagicMock()
    paginate = client.get_paginator.return_value.paginate
    point = {"BackupSizeBytes": 1_500_000_000, "BackupVaultName": "aws/efs/automatic"}
    paginate.return_value = [{"RecoveryPoints": [point]}, {"RecoveryPoints": [point]}]
    line = file_system_copies.backups(client, found, but_in=["drive"])
    assert line is not None
    assert line.startswith("2 recovery points of fs-1, of 3.0 GB at most, in aws/efs/automatic ($")
    paginate.assert_called_once_with(ResourceArn="arn:fs-1")
    paginate.return_value = [{"RecoveryPoints": [point | {"BackupVaultName": "drive"}]}]
    assert file_system_copies.backups(client, found, but_in=["drive"]) is None


def vault_of(*looks: list[tuple[str, str]]) -> MagicMock:
    """A client of AWS Backup whose vault has these recovery points, look by look."""
    client = MagicMock()
    client.get_paginator.return_value.paginate.side_effect = [
        [{"RecoveryPoints": [{"RecoveryPointArn": arn, "Status": status}]} for arn, status in look]
        for look in looks
    ]
    return client


def test_a_vault_is_emptied_of_each_backup_once_also_of_one_that_is_being_made() -> None:
    client = vault_of(
        [("one", "COMPLETED"), ("two", "CREATING")],
        [("one", "DELETING"), ("two", "CREATING")],
        [("one", "DELETING"), ("two", "PARTIAL")],
        [("two", "PARTIAL")],
        [],
    )
    said: list[str] = []
    backup_vaults.empty(client, "drive", Polling(0, 60), said.append)
    deleted = [call.kwargs for call in client.delete_recovery_point.call_args_list]
    assert deleted == [
        {"BackupVaultName": "drive", "RecoveryPointArn": arn} for arn in ("one", "two")
    ]
    assert said == ["2 backups in drive are deleted"]
    empty = vault_of([])
    backup_vaults.empty(empty, "drive", Polling(0, 60), said.append)
    assert len(said) == 1


def test_backups_that_do_not_go_are_named_when_the_time_is_up() -> None:
    client = vault_of([("one", "CREATING")])
    with pytest.raises(ToolError, match="1 backups are left in drive: one is CREATING; run the sa"):
        backup_vaults.empty(client, "drive", Polling(0, -1), lambda _: None)


def test_a_vault_that_is_gone_has_no_backups_and_one_that_is_refused_is_said() -> None:
    client = MagicMock()
    client.get_paginator.return_value.paginate.side_effect = refused("ResourceNotFoundException")
    assert backup_vaults.points(client, "drive") == []
    client.get_paginator.return_value.paginate.side_effect = refused("AccessDeniedException")
    with pytest.raises(ClientError):
        backup_vaults.points(client, "drive")


def test_stacks_go_before_those_that_they_need(tmp_path: Path) -> None:
    def stack(name: str, *needs: str) -> dict[str, Any]:
        properties = {"stackName": f"Dev-{name}", "templateFile": f"{name}.json"}
        return {
            "type": "aws:cloudformation:stack",
            "environment": "aws://unknown-account/unknown-region",
            "properties": properties,
            "dependencies": [f"{name}.assets", *needs],
        }

    inner = tmp_path / "assembly-Dev"
    inner.mkdir()
    stage = {"directoryName": "assembly-Dev", "displayName": "Dev"}
    outer = {"artifacts": {"x": {"type": "cdk:cloud-assembly", "properties": stage}}}
    (tmp_path / "manifest.json").write_text(json.dumps(outer))
    stacks = {"D": stack("Data"), "T": stack("Tester", "S"), "S": stack("Service", "D")}
    (inner / "manifest.json").write_text(json.dumps({"artifacts": stacks}))
    ordered = last_first(find_stage(tmp_path, "Dev").stacks)
    assert [each.name for each in ordered] == ["Dev-Tester", "Dev-Service", "Dev-Data"]


@pytest.mark.parametrize("option", ["--every", "--at-most"])
@pytest.mark.parametrize("value", ["-1", "soon", "nan", "inf"])
def test_a_time_that_is_none_is_wrong_usage(
    option: str, value: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["destroy", "Dev", f"{option}={value}"])
    assert caught.value.code == 2
    assert f"a time is a number from 0 on, got {value!r}" in capsys.readouterr().err


def test_help_shows_examples_and_exit_codes_and_imports_no_sdk() -> None:
    command = [sys.executable, "-X", "importtime", "-m", "ops", "destroy", "--help"]
    result = subprocess.run(command, check=True, cwd=PROJECT, capture_output=True, text=True)
    assert "python -m ops destroy Dev --yes" in result.stdout
    assert "exit codes: 0 done" in result.stdout
    assert "boto3" not in result.stderr
