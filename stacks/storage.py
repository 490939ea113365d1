"""The file system, and the one way to it."""

from aws_cdk import Size
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_efs as efs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from stacks.shared.choices import ThroughputMode
from stacks.shared.group_rule import GroupRule
from stacks.shared.permissions import Statement, policy_document
from stacks.shared.removal import removal_policy

NFS_PORT = 2049

# The directory of the drive in the file system, which what restores files finds.
DRIVE_FOLDER = "drive"

# The access point's user and the owner of its directory: were they two, every write would be
# EACCES (https://github.com/aws/serverless-application-model/issues/1631).
POSIX_ID = "1000"

_MODES: dict[ThroughputMode, efs.ThroughputMode] = {
    "elastic": efs.ThroughputMode.ELASTIC,
    "bursting": efs.ThroughputMode.BURSTING,
}


class Storage(Construct):
    """A file system that outlives everything that mounts it.

    It is reached over TLS, through `access_point`, by whoever wears `client_group`, as `POSIX_ID`.
    `throughput` is a mode, or what is provisioned, in MiB/s. In `replication_region`, if there is
    one, EFS keeps a copy that nobody can write to.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        vpc: ec2.IVpc,
        subnets: ec2.SubnetSelection,
        key: kms.IKey,
        throughput: ThroughputMode | int,
        replication_region: str | None,
        retain: bool,
    ) -> None:
        super().__init__(scope, id)
        if isinstance(throughput, int):
            mode, provisioned = efs.ThroughputMode.PROVISIONED, Size.mebibytes(throughput)
        else:
            mode, provisioned = _MODES[throughput], None
        server_group = ec2.SecurityGroup(
            self,
            "ServerGroup",
            vpc=vpc,
            description="NFS from the functions of the drive, nothing else",
            allow_all_outbound=False,
        )
        self.client_group = ec2.SecurityGroup(
            self,
            "ClientGroup",
            vpc=vpc,
            description="Whoever wears it may mount the drive",
            allow_all_outbound=False,
        )
        self.file_system = efs.FileSystem(
            self,
            "FileSystem",
            vpc=vpc,
            vpc_subnets=subnets,
            security_group=server_group,
            encrypted=True,
            kms_key=key,
            throughput_mode=mode,
            provisioned_throughput_per_second=provisioned,
            lifecycle_policy=efs.LifecyclePolicy.AFTER_30_DAYS,
            out_of_infrequent_access_policy=efs.OutOfInfrequentAccessPolicy.AFTER_1_ACCESS,
            # By AWS's own key there: a key of this stack ends at its region.
            replication_configuration=efs.ReplicationConfiguration.regional_file_system(
                replication_region
            )
            if replication_region
            else None,
            removal_policy=removal_policy(retain=retain),
            # Only keeps CDK from appending an Allow for everyone, root included
            # (https://github.com/aws/aws-cdk/issues/36224); the policy below admits nobody.
            allow_anonymous_access=True,
            file_system_policy=_denials(),
        )
        resource = self.file_system.node.default_child
        assert isinstance(resource, efs.CfnFileSystem)
        # EFS's own daily backups would be billed beside those of the stage's plan. Said, since a
        # stage that had them keeps them otherwise.
        resource.backup_policy = efs.CfnFileSystem.BackupPolicyProperty(status="DISABLED")
        self.access_point = efs.AccessPoint(
            self,
            "AccessPoint",
            file_system=self.file_system,
            path=f"/{DRIVE_FOLDER}",
            posix_user=efs.PosixUser(uid=POSIX_ID, gid=POSIX_ID),
            create_acl=efs.Acl(owner_uid=POSIX_ID, owner_gid=POSIX_ID, permissions="750"),
        )
        GroupRule(
            self,
            "Nfs",
            source=self.client_group,
            target=server_group,
            port=NFS_PORT,
            description="NFS from the functions of the drive",
        )

    def whole_access_point(self, scope: Construct, id: str) -> efs.AccessPoint:
        """Return an access point to the root of the file system, in the stack of who uses it.

        AWS Backup restores beside the drive: what brings restored files into it needs both. It is
        of the user to whom the drive belongs, who may only read in the root itself.
        """
        return efs.AccessPoint(
            scope,
            id,
            file_system=self.file_system,
            path="/",
            posix_user=efs.PosixUser(uid=POSIX_ID, gid=POSIX_ID),
        )


def _denials() -> iam.PolicyDocument:
    """What no identity policy can open again.

    Allows are in the roles: the policy cannot name the access point, which depends on it
    (https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html).
    """
    mount = "elasticfilesystem:ClientMount"
    write = "elasticfilesystem:ClientWrite"
    root = "elasticfilesystem:ClientRootAccess"

    def deny(sid: str, actions: list[str], **conditions: dict[str, str]) -> Statement:
        statement: Statement = {"Sid": sid, "Effect": "Deny", "Action": actions}
        statement["Principal"] = {"AWS": "*"}
        return statement | {"Condition": conditions} if conditions else statement

    return policy_document(
        deny("DenyPlaintext", [mount, write, root], Bool={"aws:SecureTransport": "false"}),
        deny(
            "DenyWithoutAccessPoint",
            [mount, write, root],
            Null={"elasticfilesystem:AccessPointArn": "true"},
        ),
        deny("DenyRoot", [root]),
    )
