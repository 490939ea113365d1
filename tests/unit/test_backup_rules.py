"""What the local cloud's AWS Backup takes and refuses, as AWS does."""

import re

import pytest

from ops.local.rules.backups import Restore, check_assumable, check_restore, directory_of, lacking
from ops.local.rules.roles import Role, ServiceRefusal
from tests.unit.policies import identity_policy, resource_policy

METADATA = {"file-system-id": "fs-1", "newFileSystem": "false"}
FILES = "arn:aws:elasticfilesystem:eu-west-1:123456789012:file-system/fs-1"
ROLE = "arn:aws:iam::123456789012:role/backups"


def role(service: str, *actions: str) -> Role:
    """A role that a service may assume, and that may do this."""
    return Role(
        arn=ROLE,
        trust=resource_policy({"Principal": {"Service": service}, "Action": "sts:AssumeRole"}),
        policies=(identity_policy({"Action": list(actions), "Resource": FILES}),)
        if actions
        else (),
    )


def test_a_restore_is_of_all_or_of_some_items() -> None:
    assert check_restore(METADATA) == Restore(file_system="fs-1", items=None)
    more = {"Encrypted": "true", "PerformanceMode": "generalPurpose", "CreationToken": "x"}
    items = {"ItemsToRestore": '["/drive/a", "/drive/b"]'}
    found = check_restore(METADATA | more | items)
    assert found.items == ("/drive/a", "/drive/b")


@pytest.mark.parametrize(
    "metadata",
    [
        {},
        {"file-system-id": "fs-1"},
        METADATA | {"newFileSystem": "true"},
        METADATA | {"Items": "[]"},
        *(
            METADATA | {"ItemsToRestore": items}
            for items in ("", "a", "[]", '["a"]', '["/a*"]', '"/a"', "[1]")
        ),
    ],
    ids=str,
)
def test_other_metadata_is_refused(metadata: dict[str, str]) -> None:
    with pytest.raises(ServiceRefusal, match=r"^InvalidParameterValueException: Invalid restore"):
        check_restore(metadata)


def test_the_directory_of_a_restore_has_its_time() -> None:
    assert directory_of(1662422593.832) == "aws-backup-restore_2022-09-06T00-03-13-832Z"
    assert re.fullmatch(r"aws-backup-restore_[\dTZ-]+", directory_of(0.0))


def test_a_role_must_trust_aws_backup_and_may_do_what_the_job_does() -> None:
    check_assumable(role("backup.amazonaws.com"), ROLE)
    for other in (None, role("lambda.amazonaws.com")):
        with pytest.raises(ServiceRefusal, match=f"IAM Role {ROLE} cannot be assumed by AWS Back"):
            check_assumable(other, ROLE)
    restore = "elasticfilesystem:Restore"
    assert lacking(role("backup.amazonaws.com", restore), [(restore, FILES)]) is None
    said = lacking(role("backup.amazonaws.com"), [(restore, FILES)])
    assert said == f"Access Denied trying to call {restore} on {FILES}"
