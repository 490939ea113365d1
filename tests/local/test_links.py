"""Take any one link away, and the local cloud refuses as AWS does: by AWS's name of the error.

Each link is taken away alone from what is deployed, and put back.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

import pytest
from botocore.exceptions import ClientError

from drive_tools.client.http_client import SignedClient
from ops.__main__ import main
from tests.local import links, valid_changes
from tests.local.configurations import (
    another_access_point,
    another_group,
    another_key,
    another_role,
    in_vpc,
    no_vpc,
    one_more_subnet,
    other_vpc,
)
from tests.local.conftest import TARGET, LocalCloud
from tests.local.links import HTTPS, NFS, Deployed, FunctionError, Json, default_group

Broken = Callable[[Deployed], AbstractContextManager[object]]
Change = Callable[[list[Json]], list[Json]]

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


def role(change: Change) -> Broken:
    return lambda deployed: links.role_says(deployed, change)


def unless(action: str, operator: str, key: str, value: str) -> Broken:
    """Allow the action under one more condition, which does not hold."""
    return role(links.only_if(action, {operator: {key: value}}))


def bound(actions: str) -> Broken:
    return lambda deployed: links.boundary(deployed, actions)


def rule(way: str, port: int, **other: object) -> Broken:
    return lambda deployed: links.no_rule(deployed, way, port, other)


def peer(way: str) -> Broken:
    return lambda deployed: links.no_rule(deployed, way, NFS, links.from_default_group(deployed))


def acl(*, egress: bool, first: int, last: int) -> Broken:
    return lambda deployed: links.acl_denies(deployed, egress=egress, first=first, last=last)


def disk_denies(action: str, **condition: Json) -> Broken:
    given = {"Condition": condition} if condition else {}
    return lambda deployed: links.file_system_policy(
        deployed, Effect="Deny", Action=action, **given
    )


def by_endpoint(**changes: Json) -> Broken:
    everything = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
    return lambda deployed: links.by_endpoint(deployed, everything | changes)


def trusts(**changes: Json) -> Broken:
    return lambda deployed: links.trust(deployed, **changes)


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
            "targets' group": (lambda d: links.targets_in_group(d, default_group), OUT),
            "ACL out": (acl(egress=True, first=NFS, last=NFS), "refuses TCP 2049 to"),
            "ACL in": (acl(egress=False, first=NFS, last=NFS), "the network ACL of"),
            "ACL of answers": (acl(egress=True, first=1024, last=1999), "refuses answers"),
            "mount target": (links.no_mount_target, "has no mount target in"),
            "all targets": (
                lambda d: links.no_mount_target(d, zones=2),
                "has no mount target in",
            ),
        },
    ),
    Links(
        START,
        "EFSMountFailureException",
        {
            "ClientMount": (role(links.without(MOUNT)), UNSAID),
            "ClientMount denied": (role(links.denying(MOUNT)), DENY),
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
                role(links.on(MOUNT, f"arn:aws:elasticfilesystem:{HERE}:file-system/fs-1")),
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
            "target of a zone": (links.no_mount_target, "not have mount targets created in all"),
            "right to interfaces": (role(links.without(INTERFACE)), NO_INTERFACE),
            "interfaces denied": (role(links.denying(INTERFACE)), NO_INTERFACE),
            "EC2 denied": (role(links.denying("ec2:*")), NO_INTERFACE),
            "subnet of interfaces": (
                role(links.on(INTERFACE, f"arn:aws:ec2:{HERE}:subnet/subnet-1")),
                NO_INTERFACE,
            ),
            "boundary for EC2": (bound("ec2:*"), NO_INTERFACE),
            "right to look": (
                role(links.without("ec2:DescribeNetworkInterfaces")),
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
            "key policy": (links.key_of_nobody, "no resource-based policy allows"),
            "Decrypt": (role(links.without("kms:Decrypt")), "kms:Decrypt"),
            "Decrypt denied": (role(links.denying("kms:*")), DENY),
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
    Links(START, "KMSDisabledException", {"key in use": (links.key_disabled, "is disabled")}),
    Links(
        START,
        "KMSInvalidStateException",
        {"key that stays": (links.key_to_be_deleted, "PendingDeletion")},
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
            "key to encrypt with": (links.key_disabled, "the KMS key used is disabled"),
            "key that is kept": (links.key_to_be_deleted, "is in the state PendingDeletion"),
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
            "GetParameter": (role(links.without("ssm:GetParameter")), UNSAID),
            "GetParameter denied": (role(links.denying("ssm:Get*")), DENY),
            "parameter": (
                role(links.on("ssm:GetParameter", f"arn:aws:ssm:{HERE}:parameter/other")),
                UNSAID,
            ),
            "boundary for SSM": (bound("ssm:*"), BOUNDARY),
            "endpoint's action": (by_endpoint(Action="ssm:Put*"), NO_ENDPOINT),
            "endpoint's parameter": (
                by_endpoint(Resource=f"arn:aws:ssm:{HERE}:parameter/other"),
                NO_ENDPOINT,
            ),
            "endpoint's principal": (
                by_endpoint(Principal={"AWS": f"arn:aws:iam::{TARGET.account}:user/other"}),
                NO_ENDPOINT,
            ),
            "endpoint's account": (
                by_endpoint(Condition={"StringEquals": {"aws:PrincipalAccount": "999999999999"}}),
                NO_ENDPOINT,
            ),
            "account of what is behind the endpoint": (
                by_endpoint(Condition={"StringEquals": {"aws:ResourceAccount": "999999999999"}}),
                NO_ENDPOINT,
            ),
            "endpoint denied": (
                by_endpoint(Effect="Deny", Action="ssm:GetParameter"),
                "with an explicit deny in a VPC endpoint policy",
            ),
        },
    ),
    *(
        Links(
            step, "AccessDeniedException", {f"{name} key policy": (links.key_without_logs, NO_KEY)}
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
            {f"{name} key in use": (links.key_disabled, "Disabled")},
        )
        for name, step in LOGS.items()
    ),
    Links(
        Deployed.make_log_group,
        "InvalidParameterException",
        {"log group's key that stays": (links.key_to_be_deleted, "PendingDeletion")},
    ),
]
CASES = [
    pytest.param(group, *link, id=name.replace(" ", "-"))
    for group in TABLE
    for name, link in group.links.items()
]


@pytest.fixture(scope="module")
def deployed(ready: LocalCloud) -> Deployed:
    ready.up()
    found = Deployed(ready)
    found("lambda").update_function_configuration(
        FunctionName=found.name, Handler="tiny.handler", Layers=[]
    )
    found.start()
    found.read_limits()
    return found


def refusal(step: Callable[[Deployed], None], deployed: Deployed) -> str:
    """Return what a step is refused with; nothing if it is not. So each link is put back."""
    try:
        step(deployed)
    except (ClientError, FunctionError) as error:
        return str(error)
    return ""


@pytest.mark.parametrize(("group", "broken", "says"), CASES)
def test_without_a_link_a_function_is_refused_as_by_aws(
    group: Links, broken: Broken, says: str, deployed: Deployed
) -> None:
    with broken(deployed):
        refused = refusal(group.step, deployed)
    assert group.error in refused
    assert says in refused


def test_without_its_key_a_log_group_takes_no_lines_of_a_function(deployed: Deployed) -> None:
    def streams() -> int:
        pages = deployed("logs").get_paginator("describe_log_streams").paginate(**group)
        return sum(len(page["logStreams"]) for page in pages)

    group = {"logGroupName": deployed.log_group}
    deployed.call()
    before = streams()
    with links.key_without_logs(deployed):
        deployed.call()
        assert streams() == before
        deployed("logs").disassociate_kms_key(**group)
        deployed.call()
        deployed.read_log()
    assert streams() == before + 1
    deployed.give_key_to_log_group()
    [found] = deployed("logs").describe_log_groups(logGroupNamePrefix=deployed.log_group)[
        "logGroups"
    ]
    assert found["kmsKeyId"] == deployed.config["KMSKeyArn"]


@pytest.mark.parametrize("change", valid_changes.NAMES)
def test_what_aws_allows_is_not_refused(change: str, deployed: Deployed) -> None:
    with valid_changes.valid(deployed, change):
        refused = [refusal(step, deployed) for step in (CONFIGURE, START, READ)]
    assert refused == ["", "", ""]


WRITES = (
    "open(disk + '/new', 'w')",
    "open(disk + '/old', 'a')",
    "os.open(disk + '/old', os.O_RDWR)",
    "os.close(os.open('new', os.O_WRONLY | os.O_CREAT, dir_fd=os.open(disk, os.O_RDONLY)))",
    "os.mkdir(disk + '/folder')",
    "os.rename(disk + '/old', disk + '/other')",
    "os.remove(disk + '/old')",
    "os.truncate(disk + '/old', 0)",
    "os.chmod(disk + '/old', 0o600)",
    "os.symlink('/etc/passwd', disk + '/link')",
)


def doing(act: str) -> Callable[[Deployed], None]:
    return lambda deployed: deployed.act(act)


def test_without_client_write_the_disk_is_read_only(deployed: Deployed) -> None:
    deployed.act("open(disk + '/old', 'w').write('kept')")
    with links.role_says(deployed, links.without("elasticfilesystem:ClientWrite")):
        deployed.start()
        refused = {act: refusal(doing(act), deployed) for act in WRITES}
        reads = refusal(doing("assert open(disk + '/old').read() == 'kept'"), deployed)
        own = refusal(doing("open('/tmp/lambda-drive-own', 'w')"), deployed)
    assert [act for act, said in refused.items() if "Errno 30" not in said] == []
    assert (reads, own) == ("", "")
    deployed.start()
    deployed.act("os.remove(disk + '/old')")


WAYS: dict[str, tuple[Broken, str]] = {
    "rule out on 443": (rule("egress", HTTPS), "no outbound rule"),
    "port 443": (rule("egress", HTTPS, FromPort=80, ToPort=80), "no outbound rule"),
    "route to NAT": (lambda d: links.no_route(d, "NatGatewayId"), "has no route to"),
    "NAT's route": (lambda d: links.no_route(d, "GatewayId"), "has no route to"),
    "ACL out": (acl(egress=True, first=443, last=443), "refuses TCP"),
    "ACL in": (acl(egress=False, first=443, last=443), "refuses TCP"),
    "ACL of answers": (
        acl(egress=False, first=1024, last=65535),
        "refuses answers",
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_without_a_link_the_way_out_is_closed(
    way: str, deployed: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    broken, says = WAYS[way]
    command = ["reach", "--local", str(deployed.cloud.folder)]
    assert main(command) == 0
    capsys.readouterr()
    with broken(deployed):
        code = main(command)
    out = capsys.readouterr().out
    assert code == 1, out
    closed = [line for line in out.splitlines() if line.startswith("files to ssm")]
    assert any(says in line for line in closed), out


URL = "lambda:InvokeFunctionUrl"
INVOKE = "lambda:InvokeFunction"


def allow(*actions: str, resource: str = "*", **condition: Json) -> Json:
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": resource}
    return {**statement, "Condition": condition} if condition else statement


DENIALS: dict[str, list[Json]] = {
    "nothing": [],
    "the URL alone": [allow(URL)],
    "the function alone": [allow(INVOKE)],
    "another function": [allow(URL, INVOKE, resource=f"arn:aws:lambda:{HERE}:function:other")],
    "public URLs": [
        allow(URL, StringEquals={"lambda:FunctionUrlAuthType": "NONE"}),
        allow(INVOKE),
    ],
    "not by URL": [
        allow(URL),
        allow(INVOKE, Bool={"lambda:InvokedViaFunctionUrl": "false"}),
    ],
    "denied": [
        allow(URL, INVOKE),
        {"Effect": "Deny", "Action": "lambda:*", "Resource": "*"},
    ],
}


@pytest.mark.parametrize("lacking", DENIALS)
def test_without_a_right_a_caller_of_the_url_is_refused(lacking: str, deployed: Deployed) -> None:
    with links.caller(deployed, *DENIALS[lacking]) as keys:
        answer = SignedClient(deployed.cloud.url, keys, TARGET.region)("GET", "/health")
    assert answer.status_code == 403
    assert "Forbidden" in answer.text


def test_with_both_rights_a_caller_of_the_url_is_let_in(deployed: Deployed) -> None:
    rights = [
        allow(URL, StringEquals={"lambda:FunctionUrlAuthType": "AWS_IAM"}),
        allow(INVOKE, Bool={"lambda:InvokedViaFunctionUrl": "true"}),
    ]
    with links.caller(deployed, *rights) as keys:
        answer = SignedClient(deployed.cloud.url, keys, TARGET.region)("GET", "/health")
    assert answer.status_code == 200
    with links.caller(deployed, *rights, active=False) as keys:
        answer = SignedClient(deployed.cloud.url, keys, TARGET.region)("GET", "/health")
    assert answer.status_code == 403


def test_with_every_link_back_it_runs(deployed: Deployed) -> None:
    """After the tests above: each has put back what it took away."""
    deployed.configure()
    deployed.start()
    deployed.read_limits()


def test_make_local_says_which_link_is_missing(deployed: Deployed) -> None:
    """The last test here: the local cloud is stopped, since nothing answers."""
    function = deployed.cloud.outputs["Dev-Service"]["FilesFunctionName"]
    rule("egress", NFS)(deployed).__enter__()
    deployed("lambda").update_function_configuration(
        FunctionName=function, Description="started anew"
    )
    result = deployed.cloud.run("up")
    assert result.returncode == 1
    assert f"Lambda cannot start {function}: EFSMountConnectivityException" in result.stderr
    assert OUT in result.stderr
    assert deployed.cloud.process.running() is None
