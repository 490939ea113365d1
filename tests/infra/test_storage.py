"""What the storage promises."""

from tests.baseline import SETTINGS
from tests.infra.functions import MOUNT, WRITE
from tests.infra.networks import groups, rules, subnets
from tests.infra.templates import StageTemplates, as_list

ROOT = "elasticfilesystem:ClientRootAccess"


def test_files_are_encrypted_with_the_drives_own_key(drive: StageTemplates) -> None:
    _, file_system = drive.data.only("AWS::EFS::FileSystem")
    assert file_system["Encrypted"] is True
    assert drive.target(file_system["KmsKeyId"]) in drive.data.of_type("AWS::KMS::Key")


def test_throughput_follows_demand(drive: StageTemplates) -> None:
    _, file_system = drive.data.only("AWS::EFS::FileSystem")
    assert file_system["ThroughputMode"] == "elastic"


def test_cold_files_cost_less(drive: StageTemplates) -> None:
    _, file_system = drive.data.only("AWS::EFS::FileSystem")
    assert file_system["LifecyclePolicies"] == [
        {"TransitionToIA": "AFTER_30_DAYS"},
        {"TransitionToPrimaryStorageClass": "AFTER_1_ACCESS"},
    ]


def test_no_policy_elsewhere_can_open_plaintext_root_or_the_whole_file_system(
    drive: StageTemplates,
) -> None:
    _, file_system = drive.data.only("AWS::EFS::FileSystem")
    statements = [
        (
            statement["Effect"],
            statement["Principal"],
            sorted(as_list(statement["Action"])),
            statement.get("Condition", {}),
        )
        for statement in file_system["FileSystemPolicy"]["Statement"]
    ]
    everyone = {"AWS": "*"}
    everything = sorted([MOUNT, ROOT, WRITE])
    assert statements == [
        ("Deny", everyone, everything, {"Bool": {"aws:SecureTransport": "false"}}),
        ("Deny", everyone, everything, {"Null": {"elasticfilesystem:AccessPointArn": "true"}}),
        ("Deny", everyone, [ROOT], {}),
    ]


def test_each_zone_has_a_mount_target_out_of_everyones_reach(drive: StageTemplates) -> None:
    file_system, _ = drive.data.only("AWS::EFS::FileSystem")
    targets = drive.data.of_type("AWS::EFS::MountTarget").values()
    isolated = subnets(drive, "Isolated")
    assert sorted(isolated[drive.target(target["SubnetId"])] for target in targets) == list(
        range(SETTINGS[drive.name].zone_count)
    )
    for target in targets:
        assert drive.target(target["FileSystemId"]) == file_system


def test_only_drive_functions_can_reach_nfs(drive: StageTemplates) -> None:
    server, client = groups(drive)
    assert rules(drive, server, "Ingress") == [("tcp", 2049, 2049, client)]
    assert rules(drive, client, "Ingress") == []


def test_mount_targets_call_nobody(drive: StageTemplates) -> None:
    server, _ = groups(drive)
    # How CDK writes "nothing": EC2 would read an empty list as "everything".
    assert rules(drive, server, "Egress") == [("icmp", 252, 86, "255.255.255.255/32")]


def test_functions_call_the_drive_and_the_ports_that_are_set(drive: StageTemplates) -> None:
    server, client = groups(drive)
    world = [("tcp", port, port, "0.0.0.0/0") for port in SETTINGS[drive.name].egress_ports]
    assert rules(drive, client, "Egress") == sorted([*world, ("tcp", 2049, 2049, server)])


def test_both_groups_belong_to_the_vpc(drive: StageTemplates) -> None:
    vpc, _ = drive.data.only("AWS::EC2::VPC")
    for group in drive.data.of_type("AWS::EC2::SecurityGroup").values():
        assert drive.target(group["VpcId"]) == vpc


def test_whoever_mounts_is_the_one_who_owns_the_directory_and_not_root(
    drive: StageTemplates,
) -> None:
    file_system, _ = drive.data.only("AWS::EFS::FileSystem")
    _, access_point = drive.data.only("AWS::EFS::AccessPoint")
    assert drive.target(access_point["FileSystemId"]) == file_system
    user, directory = access_point["PosixUser"], access_point["RootDirectory"]
    assert int(user["Uid"]) > 0
    assert int(user["Gid"]) > 0
    assert "SecondaryGids" not in user
    assert directory["Path"] == "/drive"
    assert directory["CreationInfo"] == {
        "OwnerUid": user["Uid"],
        "OwnerGid": user["Gid"],
        "Permissions": "750",
    }
