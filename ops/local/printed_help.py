"""The words that `ops local up` prints: calls to paste, and what the local cloud only records."""

import textwrap

from ops.local.cdk_cli import Target
from ops.local.cloud import SECRET_ACCESS_KEY

# What the local cloud takes and shows in its APIs, and does nothing with.
ONLY_RECORDED = {
    "no machine runs or is waited for, no packet is logged": (
        *("AWS::EC2::FlowLog", "AWS::EC2::Instance"),
    ),
    "no packet is routed: a mount and calls to AWS are judged by them, other calls are not": (
        *("AWS::EC2::EIP", "AWS::EC2::EgressOnlyInternetGateway", "AWS::EC2::InternetGateway"),
        *("AWS::EC2::NatGateway", "AWS::EC2::Route", "AWS::EC2::RouteTable"),
        *("AWS::EC2::SecurityGroup", "AWS::EC2::SecurityGroupEgress"),
        *("AWS::EC2::SecurityGroupIngress", "AWS::EC2::Subnet"),
        *("AWS::EC2::SubnetCidrBlock", "AWS::EC2::SubnetRouteTableAssociation"),
        *("AWS::EC2::VPC", "AWS::EC2::VPCCidrBlock", "AWS::EC2::VPCEndpoint"),
        "AWS::EC2::VPCGatewayAttachment",
    ),
    "no NFS and no lifecycle; a mount without ClientWrite is read-only for Python alone": (
        *("AWS::EFS::FileSystem", "AWS::EFS::MountTarget"),
    ),
    "no page shows it; its text is kept": ("AWS::CloudWatch::Dashboard",),
    "nothing that could not be delivered is sent there": (
        *("AWS::SQS::Queue", "AWS::SQS::QueuePolicy"),
    ),
    "no plan runs by itself, and no copy is made elsewhere; by hand backups and restores work": (
        "AWS::Backup::BackupPlan",
    ),
    "nothing is encrypted, and grants are not judged, as the key's policy is": ("AWS::KMS::Key",),
    "judged for each call, but not by the caller's address, network and organization, not by a"
    " boundary that you did not make here, and not for what CloudFormation and schedules do by"
    " themselves": (
        *(
            "AWS::IAM::InstanceProfile",
            "AWS::IAM::ManagedPolicy",
            "AWS::IAM::Policy",
            "AWS::IAM::Role",
        ),
        *("AWS::Lambda::Permission",),
    ),
    "a group of resources by their tag finds none of them": ("AWS::ResourceGroups::Group",),
    "costs are not counted, and a budget tells nobody": ("AWS::Budgets::Budget",),
    "no mail is sent; queues and functions are told": ("AWS::SNS::Subscription",),
    "events are kept in memory, for no set time": ("AWS::Logs::LogGroup",),
    "no name of a domain is resolved, no caller slowed down or logged; no TLS": (
        *("AWS::ApiGatewayV2::DomainName", "AWS::ApiGatewayV2::Stage"),
        *("AWS::Route53::RecordSet",),
    ),
}

# What signs the body: with -T curl signs an empty one. As octets, since text may be spoilt.
_PUT = "-X PUT --data-binary @README.md -H 'Content-Type: application/octet-stream'"


def print_calls(url: str, token: str | None, target: Target, *, files: bool) -> None:
    keys = f"{target.account}:{SECRET_ACCESS_KEY}"
    sign = f"--aws-sigv4 aws:amz:{target.region}:lambda --user {keys}"
    if token:
        sign = f"-H 'Authorization: Bearer {token}'"
        print("Paste these; the URL is public, and takes calls with its token only:\n")
    else:
        print("Paste these; the URL takes signed calls only:\n")
    if files:
        print(f"  curl {sign} {_PUT} {url}/files/README.md")
        print(f"  curl {sign} {url}/files/README.md")
        print(f"  curl {sign} {url}/files/")
        print("\nLarge files, a bar, resumed when interrupted (docs/client.md):\n")
        if token:
            print(f"  export DRIVE_TOKEN={token} DRIVE_URL={url}")
        else:
            print(f"  export {_credentials(target)}")
            print(f"  export AWS_REGION={target.region} DRIVE_URL={url}")
        print("  .venv/bin/python -m ops drive ls")
        print("\nThe same files in a browser (docs/page.md):\n")
        print("  .venv/bin/python -m ops drive ui")
    else:
        print(f"  curl {sign} {url}/")


def print_environment(url: str, function: str, target: Target, *, credentials_named: bool) -> None:
    """How `ops env` reaches the function here; the credentials only if they were not named yet."""
    print("\nIts environment variables, by `get`, `set` and so on (docs/env.md):\n")
    if not credentials_named:
        print(f"  export {_credentials(target)} AWS_REGION={target.region}")
    endpoint = url.partition("/_aws/")[0]
    print(f"  .venv/bin/python -m ops env get {function} --endpoint-url {endpoint}")


def _credentials(target: Target) -> str:
    return f"AWS_ACCESS_KEY_ID={target.account} AWS_SECRET_ACCESS_KEY={SECRET_ACCESS_KEY}"


def print_only_recorded(types: frozenset[str]) -> None:
    print("Only recorded here, and real in AWS alone:\n")
    for missing, recorded in ONLY_RECORDED.items():
        named = ", ".join(type_ for type_ in recorded if type_ in types)
        if named:
            print(f"  {missing}:")
            print(textwrap.fill(named, 100, initial_indent="    ", subsequent_indent="    "))
