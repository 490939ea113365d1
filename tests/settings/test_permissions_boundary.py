"""A permissions boundary, on every role there is."""

from pathlib import Path

from tests.infra.synthesis import synthesise

NAME = "boundaries/developer"


def test_every_role_has_it_those_of_cdk_among_them(tmp_path: Path) -> None:
    drive, _ = synthesise(tmp_path, permissions_boundary=NAME)
    roles = [
        (logical_id, role)
        for template in drive.templates
        for logical_id, role in template.of_type("AWS::IAM::Role").items()
    ]
    assert "CustomVpcRestrictDefaultSGCustomResourceProviderRole26592FE0" in dict(roles)
    for logical_id, role in roles:
        boundary = drive.text(role["PermissionsBoundary"])
        assert boundary == f"arn:<Partition>:iam::<AccountId>:policy/{NAME}", logical_id


def test_it_changes_nothing_else(tmp_path: Path) -> None:
    with_it, _ = synthesise(tmp_path / "with", permissions_boundary=NAME)
    without, _ = synthesise(tmp_path / "without")
    for template in with_it.templates:
        for role in template.of_type("AWS::IAM::Role").values():
            del role["PermissionsBoundary"]
    assert with_it.data == without.data
    assert with_it.service == without.service
