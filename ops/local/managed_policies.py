"""Managed policies of AWS that a function with a disk may have, and MiniStack does not.

https://docs.aws.amazon.com/aws-managed-policy/latest/reference/ has a page of each. A role may have
any other as well, which allows nothing here; the log of the local cloud names it.
"""

import json

from ministack.services import iam

# By name: the actions, all on every resource.
_ALLOWED = {
    "AmazonElasticFileSystemClientFullAccess": (
        *("elasticfilesystem:ClientMount", "elasticfilesystem:ClientRootAccess"),
        *("elasticfilesystem:ClientWrite", "elasticfilesystem:DescribeMountTargets"),
    ),
    "AmazonElasticFileSystemClientReadOnlyAccess": (
        *("elasticfilesystem:ClientMount", "elasticfilesystem:DescribeMountTargets"),
    ),
    "AmazonElasticFileSystemClientReadWriteAccess": (
        *("elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"),
        "elasticfilesystem:DescribeMountTargets",
    ),
    "AmazonSSMReadOnlyAccess": ("ssm:Describe*", "ssm:Get*", "ssm:List*"),
    "service-role/AWSLambdaENIManagementAccess": (
        *("ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces"),
        *("ec2:DeleteNetworkInterface", "ec2:AssignPrivateIpAddresses"),
        "ec2:UnassignPrivateIpAddresses",
    ),
}


def add() -> None:
    """Put them beside those that MiniStack has."""
    for name, actions in _ALLOWED.items():
        statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        made = iam._make_aws_managed_record(name, document)
        iam._aws_managed_policies.setdefault(made["Arn"], made)
