"""Configurations of a function that lack a link: each is asked of Lambda's API as a whole."""

from collections.abc import Callable

from tests.local.conftest import TARGET
from tests.local.links.deployed import Deployed
from tests.local.links.network import default_group

_HERE = f"{TARGET.region}:{TARGET.account}"


def another_group(deployed: Deployed) -> None:
    vpc = deployed.config["VpcConfig"]
    deployed.configure(VpcConfig=vpc | {"SecurityGroupIds": [default_group(deployed)]})


def another_access_point(deployed: Deployed) -> None:
    [mount] = deployed.config["FileSystemConfigs"]
    arn = f"arn:aws:elasticfilesystem:{_HERE}:access-point/fsap-00000000000000000"
    deployed.configure(FileSystemConfigs=[mount | {"Arn": arn}])


def in_vpc(**changes: Callable[[Deployed], list[str]]) -> Callable[[Deployed], None]:
    """Configure the function with other subnets or groups."""

    def configure(deployed: Deployed) -> None:
        vpc = deployed.config["VpcConfig"]
        deployed.configure(VpcConfig=vpc | {key: of(deployed) for key, of in changes.items()})

    return configure


def other_vpc(deployed: Deployed, kind: str) -> str:
    """Return the id of a subnet or a group of the account's default VPC."""
    ec2 = deployed("ec2")
    [vpc] = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"]
    within = [{"Name": "vpc-id", "Values": [vpc["VpcId"]]}]
    if kind == "subnet":
        return str(ec2.describe_subnets(Filters=within)["Subnets"][0]["SubnetId"])
    return str(ec2.describe_security_groups(Filters=within)["SecurityGroups"][0]["GroupId"])


def one_more_subnet(deployed: Deployed) -> list[str]:
    return [*deployed.config["VpcConfig"]["SubnetIds"][:1], other_vpc(deployed, "subnet")]


def another_key(arn: Callable[[str], str]) -> Callable[[Deployed], None]:
    return lambda deployed: deployed.configure(KMSKeyArn=arn(deployed.config["KMSKeyArn"]))


def no_vpc(deployed: Deployed) -> None:
    deployed.configure(VpcConfig={"SubnetIds": [], "SecurityGroupIds": []})


def another_role(deployed: Deployed) -> None:
    deployed.configure(Role=f"arn:aws:iam::{TARGET.account}:role/nobody")
