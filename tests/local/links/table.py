"""Each link: the step that fails without it, AWS's error, and what the message says."""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass

from tests.local.conftest import TARGET
from tests.local.links import keys, network
from tests.local.links.configurations import (
    another_access_point,
    another_group,
    another_key,
    another_role,
    in_vpc,
    no_vpc,
    one_more_subnet,
    other_vpc,
)
from tests.local.links.deployed import Broken, Deployed
from tests.local.links.network import HTTPS, NFS, acl, default_group, endpoint_says, peer, rule
from tests.local.links.permissions import (
    allow,
    bound,
    denying,
    disk_denies,
    on,
    role,
    trusts,
    unless,
    without,
)

HERE = f"{TARGET.region}:{TARGET.account}"
MOUNT, INTERFACE = "elasticfilesystem:ClientMount", "ec2:CreateNetworkInterface"
OUT, IN = "no outbound rule", "no inbound rule"
UNSAID, DENY = "no identity-based policy allows", "explicit deny in an identity-based policy"
DISK_DENIES = "explicit deny in a resource-based policy"
NO_ENDPOINT = "because no VPC endpoint policy allows the ssm:GetParameter action"
BOUNDARY = "no permissions boundary allows"
NO_INTERFACE = "does not have permissions to call CreateNetworkInterface on EC2"
NO_KEY = "The specified KMS key does not exist or is not allowed to be used with Arn"
LOGS = {
    "new log group's": Deployed.make_log_group,
    "log group's": Deployed.give_key_to_log_group,
    "reader's": Deployed.read_log,
    "writer's": Deployed.write_log,
}
NOT_ASSUMED = "cannot be assumed by Lambda"


START, CONFIGURE, READ = Deployed.start, Deployed.configure, Deployed.read_limits
MAY_ALL = role(lambda _: [allow("*")])
CONFIGURE_KEY = another_key(str)  # as it is, so that Lambda encrypts with it once more
whole = nullcontext  # nothing is taken away: the step itself asks for what is not there


@dataclass(frozen=True)
class Links:
    """Links without which a step fails with an error of AWS.

    A link is by its name, how it is taken away, and what the message says of it.
    """

    step: Callable[[Deployed], None]
    error: str
    links: dict[str, tuple[Broken, str]]


TABLE = [
    Links(
        START,
        "EFSMountConnectivityException",
        {
            "rule out": (rule("egress", NFS), OUT),
            "rule in": (rule("ingress", NFS), IN),
            "port out": (rule("egress", NFS, FromPort=1, ToPort=2048), OUT),
            "port in": (rule("ingress", NFS, FromPort=2050, ToPort=2050), IN),
            "protocol out": (rule("egress", NFS, IpProtocol="udp"), OUT),
            "protocol in": (rule("ingress", NFS, IpProtocol="udp"), IN),
            "peer out": (peer("egress"), OUT),
            "peer in": (peer("ingress"), IN),
            "targets' group": (lambda d: network.targets_in_group(d, default_group), OUT),
            "ACL out": (acl(egress=True, first=NFS, last=NFS), "refuses TCP 2049 to"),
            "ACL in": (acl(egress=False, first=NFS, last=NFS), "the network ACL of"),
            "ACL of answers": (acl(egress=True, first=1024, last=1999), "refuses answers"),
            "mount target": (network.no_mount_target, "has no mount target in"),
            "all targets": (
                lambda d: network.no_mount_target(d, zones=2),
                "has no mount target in",
            ),
        },
    ),
    Links(
        START,
        "EFSMountFailureException",
        {
            "ClientMount": (role(without(MOUNT)), UNSAID),
            "ClientMount denied": (role(denying(MOUNT)), DENY),
            "access point": (
                unless(MOUNT, "ArnEquals", "elasticfilesystem:AccessPointArn", "arn:aws:a:b:c:d"),
                UNSAID,
            ),
            "by a mount target": (
                unless(MOUNT, "Bool", "elasticfilesystem:AccessedViaMountTarget", "false"),
                UNSAID,
            ),
            "TLS": (unless(MOUNT, "Bool", "aws:SecureTransport", "false"), UNSAID),
            "file system": (
                role(on(MOUNT, f"arn:aws:elasticfilesystem:{HERE}:file-system/fs-1")),
                UNSAID,
            ),
            "boundary for EFS": (bound("elasticfilesystem:*"), BOUNDARY),
            "denied by the disk": (disk_denies(MOUNT), DISK_DENIES),
            "TLS denied by the disk": (
                disk_denies("*", Bool={"aws:SecureTransport": "true"}),
                DISK_DENIES,
            ),
            "roles denied by the disk": (
                disk_denies("*", ArnLike={"aws:PrincipalArn": "arn:aws:iam::*:role/*"}),
                DISK_DENIES,
            ),
        },
    ),
    Links(
        CONFIGURE,
        "InvalidParameterValueException",
        {
            "target of a zone": (network.no_mount_target, "not have mount targets created in all"),
            "right to interfaces": (role(without(INTERFACE)), NO_INTERFACE),
            "interfaces denied": (role(denying(INTERFACE)), NO_INTERFACE),
            "EC2 denied": (role(denying("ec2:*")), NO_INTERFACE),
            "subnet of interfaces": (
                role(on(INTERFACE, f"arn:aws:ec2:{HERE}:subnet/subnet-1")),
                NO_INTERFACE,
            ),
            "boundary for EC2": (bound("ec2:*"), NO_INTERFACE),
            "right to look": (
                role(without("ec2:DescribeNetworkInterfaces")),
                "permissions to call DescribeNetworkInterfaces on EC2",
            ),
            "trust": (trusts(Principal={"Service": "ec2.amazonaws.com"}), NOT_ASSUMED),
            "trust denied": (trusts(Effect="Deny"), NOT_ASSUMED),
            "trust of an account": (
                trusts(Condition={"StringEquals": {"aws:SourceAccount": "999999999999"}}),
                NOT_ASSUMED,
            ),
        },
    ),
    Links(another_group, "InvalidParameterValueException", {"own group": (whole, NO_INTERFACE)}),
    Links(another_role, "InvalidParameterValueException", {"role": (whole, NOT_ASSUMED)}),
    Links(
        another_access_point,
        "InvalidParameterValueException",
        {"existing access point": (whole, "does not exist")},
    ),
    Links(
        no_vpc,
        "InvalidParameterValueException",
        {"VPC": (whole, "Function must be configured to execute in a VPC")},
    ),
    Links(
        START,
        "KMSAccessDeniedException",
        {
            "key policy": (keys.key_of_nobody, "no resource-based policy allows"),
            "Decrypt": (role(without("kms:Decrypt")), "kms:Decrypt"),
            "Decrypt denied": (role(denying("kms:*")), DENY),
            "encryption context": (
                unless(
                    "kms:Decrypt",
                    "StringEquals",
                    "kms:EncryptionContext:aws:lambda:FunctionArn",
                    "arn:aws:lambda:other",
                ),
                "kms:Decrypt",
            ),
            "by way of Lambda": (
                unless(
                    "kms:Decrypt",
                    "StringEquals",
                    "kms:ViaService",
                    f"s3.{TARGET.region}.amazonaws.com",
                ),
                "kms:Decrypt",
            ),
            "boundary for KMS": (bound("kms:*"), BOUNDARY),
        },
    ),
    Links(START, "KMSDisabledException", {"key in use": (keys.key_disabled, "is disabled")}),
    Links(
        START,
        "KMSInvalidStateException",
        {"key that stays": (keys.key_to_be_deleted, "PendingDeletion")},
    ),
    *(
        Links(another_key(arn), "InvalidParameterValueException", {name: (whole, says)})
        for name, arn, says in (
            ("key", lambda arn: arn[:-4] + "0000", "does not exist"),
            ("region of the key", lambda arn: arn.replace(TARGET.region, "eu-west-1"), "not exist"),
            (
                "key and no alias",
                lambda arn: arn.rpartition(":")[0] + ":alias/some",
                "Key Aliases are not supported",
            ),
        )
    ),
    Links(
        CONFIGURE_KEY,
        "InvalidParameterValueException",
        {
            "key to encrypt with": (keys.key_disabled, "the KMS key used is disabled"),
            "key that is kept": (keys.key_to_be_deleted, "is in the state PendingDeletion"),
        },
    ),
    *(
        Links(in_vpc(**changes), "InvalidParameterValueException", {name: (MAY_ALL, says)})
        for name, changes, says in (
            ("groups", {"SecurityGroupIds": lambda _: []}, "must coexist or be both empty"),
            ("existing group", {"SecurityGroupIds": lambda _: ["sg-0"]}, "InvalidGroup.NotFound"),
            ("existing subnet", {"SubnetIds": lambda _: ["subnet-0"]}, "InvalidSubnetID.NotFound"),
            (
                "group of the VPC",
                {"SecurityGroupIds": lambda deployed: [other_vpc(deployed, "group")]},
                "Security Groups are required to be in the same VPC",
            ),
            ("one VPC", {"SubnetIds": one_more_subnet}, "Subnets are required to be in the same"),
        )
    ),
    Links(
        READ,
        "AccessDeniedException",
        {
            "GetParameter": (role(without("ssm:GetParameter")), UNSAID),
            "GetParameter denied": (role(denying("ssm:Get*")), DENY),
            "parameter": (
                role(on("ssm:GetParameter", f"arn:aws:ssm:{HERE}:parameter/other")),
                UNSAID,
            ),
            "boundary for SSM": (bound("ssm:*"), BOUNDARY),
            "endpoint's action": (endpoint_says(Action="ssm:Put*"), NO_ENDPOINT),
            "endpoint's parameter": (
                endpoint_says(Resource=f"arn:aws:ssm:{HERE}:parameter/other"),
                NO_ENDPOINT,
            ),
            "endpoint's principal": (
                endpoint_says(Principal={"AWS": f"arn:aws:iam::{TARGET.account}:user/other"}),
                NO_ENDPOINT,
            ),
            "endpoint's account": (
                endpoint_says(Condition={"StringEquals": {"aws:PrincipalAccount": "999999999999"}}),
                NO_ENDPOINT,
            ),
            "account of what is behind the endpoint": (
                endpoint_says(Condition={"StringEquals": {"aws:ResourceAccount": "999999999999"}}),
                NO_ENDPOINT,
            ),
            "endpoint denied": (
                endpoint_says(Effect="Deny", Action="ssm:GetParameter"),
                "with an explicit deny in a VPC endpoint policy",
            ),
        },
    ),
    *(
        Links(
            step, "AccessDeniedException", {f"{name} key policy": (keys.key_without_logs, NO_KEY)}
        )
        for name, step in LOGS.items()
    ),
    Links(
        Deployed.make_other_log_group,
        "AccessDeniedException",
        {"group that the key names": (whole, NO_KEY)},
    ),
    *(
        Links(
            step,
            "InvalidParameterException",
            {f"{name} key in use": (keys.key_disabled, "Disabled")},
        )
        for name, step in LOGS.items()
    ),
    Links(
        Deployed.make_log_group,
        "InvalidParameterException",
        {"log group's key that stays": (keys.key_to_be_deleted, "PendingDeletion")},
    ),
]
# Links of the way out, and what `reach` says without one.
WAYS: dict[str, tuple[Broken, str]] = {
    "rule out on 443": (rule("egress", HTTPS), "no outbound rule"),
    "port 443": (rule("egress", HTTPS, FromPort=80, ToPort=80), "no outbound rule"),
    "route to NAT": (lambda d: network.no_route(d, "NatGatewayId"), "has no route to"),
    "NAT's route": (lambda d: network.no_route(d, "GatewayId"), "has no route to"),
    "ACL out": (acl(egress=True, first=443, last=443), "refuses TCP"),
    "ACL in": (acl(egress=False, first=443, last=443), "refuses TCP"),
    "ACL of answers": (
        acl(egress=False, first=1024, last=65535),
        "refuses answers",
    ),
}
