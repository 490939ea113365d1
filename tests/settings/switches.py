"""Every value of every switch, and settings in which every two of them come together.

A switch is a field of `Settings`, with the values that it is tried with; the first is the default.
"""

import itertools
from typing import Any

import pytest
from _pytest.mark import ParameterSet

from stacks.settings import Domain
from tests.infra import (
    templates,
    test_everything,
    test_function,
    test_operator_keys,
    test_schedule,
    test_stage_tag,
    test_storage,
)
from tests.infra.templates import Json

CERTIFICATE = "arn:aws:acm:eu-west-1:123456789012:certificate/0a1b2c3d"

SWITCHES: dict[str, tuple[Any, ...]] = {
    "architecture": ("arm64", "x86_64"),
    "egress": ("nat", "nat-per-zone", "nat-regional", "nat-instance", "ipv6", "isolated"),
    "zones": (2, 3),
    "throughput": ("elastic", "bursting", 64),
    "replication_region": (None, "eu-west-3"),
    "backup_days": (35, 3650),
    "backup_copy_to": (None, "arn:aws:backup:eu-west-3:123456789012:backup-vault:copies"),
    "mount_path": ("/mnt/lambda", "/mnt/other"),
    "cors_origins": ((), ("https://app.example",)),
    "max_drive_bytes": (None, 10**12),
    "trash_days": (7, 0, 365),
    "url_invokers": ((), ("arn:aws:iam::123456789012:role/uploader",)),
    "ephemeral_storage_mib": (512, 10_240),
    "domain": (
        None,
        Domain("drive.example.com", CERTIFICATE),
        Domain("drive.example.com", CERTIFICATE, "Z0123456789ABCDEFGHIJ", 50),
    ),
    "permissions_boundary": (None, "boundaries/developer"),
    "packaging": ("zip", "image"),
    "subscribers": ((), ("ops@example.com", "https://hooks.example.com/alarms")),
    "daily_brake": (2.0, 50),
    "reserved_concurrency": (None, 0, 5),
    "url_auth": ("iam", "token"),
}

# What lives on when everything else is deployed anew; two templates with the same of these replace
# and lose nothing.
STATEFUL = (
    "AWS::Backup::BackupVault",
    "AWS::EC2::VPC",
    "AWS::EFS::AccessPoint",
    "AWS::EFS::FileSystem",
    "AWS::EFS::MountTarget",
    "AWS::KMS::Key",
)

# What of them EFS changes in place, "Update requires: No interruption" in
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-efs-filesystem.html
IN_PLACE = ("ProvisionedThroughputInMibps", "ReplicationConfiguration", "ThroughputMode")

# Promises that hold whatever is switched.
PROMISES = (
    test_storage.test_files_are_encrypted_with_the_drives_own_key,
    test_storage.test_no_policy_elsewhere_can_open_plaintext_root_or_the_whole_file_system,
    test_storage.test_only_drive_functions_can_reach_nfs,
    test_storage.test_whoever_mounts_is_the_one_who_owns_the_directory_and_not_root,
    test_function.test_environment_variables_are_encrypted_with_a_key_the_role_may_use,
    test_function.test_roles_mount_this_access_point_and_write_through_it_where_they_may,
    test_function.test_who_only_reads_may_not_write,
    test_function.test_a_url_takes_signed_calls_only_unless_its_function_has_a_token,
    test_everything.test_keys_rotate_and_serve_this_account_and_its_logs_only,
    test_everything.test_every_log_group_is_encrypted_and_forgets_when_set,
    test_everything.test_no_role_is_open_or_holds_a_policy_of_aws,
    test_everything.test_no_policy_allows_all_of_a_service,
    test_everything.test_ids_are_the_same_whatever_ships_the_stage,
    test_stage_tag.test_everything_that_takes_tags_has_the_stages,
    test_schedule.test_nobody_but_its_rule_may_run_a_scheduled_function,
    test_operator_keys.test_a_deployment_takes_an_operators_keys_from_where_the_tool_puts_them,
)


def combinations() -> list[dict[str, Any]]:
    """Settings in which every two values of different switches come together at least once."""
    numbered = {name: range(len(values)) for name, values in SWITCHES.items()}
    missing = {
        frozenset({(one, a), (other, b)})
        for one, other in itertools.combinations(numbered, 2)
        for a in numbered[one]
        for b in numbered[other]
    }
    found = []
    while missing:
        chosen = dict(sorted(min(missing, key=sorted)))
        for name, values in numbered.items():
            if name not in chosen:
                pairs = {
                    value: sum(
                        frozenset({(name, value), pair}) in missing for pair in chosen.items()
                    )
                    for value in values
                }
                chosen[name] = max(pairs, key=pairs.__getitem__)
        missing -= {frozenset(pair) for pair in itertools.combinations(chosen.items(), 2)}
        found.append({name: SWITCHES[name][value] for name, value in chosen.items()})
    return found


def each_value() -> list[dict[str, Any]]:
    """Return those of `combinations` that have each value at least once: what `make test` tries."""
    seen: set[tuple[str, int]] = set()
    found = []
    for switched in combinations():
        values = {(name, SWITCHES[name].index(value)) for name, value in switched.items()}
        if not values <= seen:
            found.append(switched)
        seen |= values
    return found


def cases() -> list[ParameterSet]:
    """Return `combinations`, as cases of a test."""
    daily = each_value()
    return [
        pytest.param(each, marks=() if each in daily else pytest.mark.weekly)
        for each in combinations()
    ]


def stateful(drive: templates.StageTemplates) -> dict[str, Json]:
    """Each resource that must not be replaced: all that would do it, by logical id."""

    def kept(resource: Json) -> Json:
        properties = resource["Properties"].items()
        return {**resource, "Properties": {k: v for k, v in properties if k not in IN_PLACE}}

    return {
        logical_id: kept(resource)
        for template in drive.templates
        for logical_id, resource in template.body["Resources"].items()
        if resource["Type"] in STATEFUL
    }
