"""Which resources hold something that a new one would not have."""

from collections.abc import Mapping
from typing import Any

# What is lost with one of each type. One whose policy says Retain or Snapshot is stateful as well.
STATEFUL = {
    "AWS::Backup::BackupVault": "backups are in it",
    "AWS::CloudFormation::Stack": "whatever its own resources hold",
    "AWS::Cognito::UserPool": "its users",
    "AWS::DocDB::DBCluster": "its databases",
    "AWS::DynamoDB::GlobalTable": "its items",
    "AWS::DynamoDB::Table": "its items",
    "AWS::EC2::VPC": "EFS's mount targets, and with them every function, are tied to it",
    "AWS::EC2::Volume": "its blocks",
    "AWS::ECR::Repository": "its images",
    "AWS::EFS::AccessPoint": "it says which directory and which owner functions see",
    "AWS::EFS::FileSystem": "the files",
    "AWS::ElastiCache::ReplicationGroup": "what it caches",
    "AWS::FSx::FileSystem": "the files",
    "AWS::KMS::Key": "what it encrypted is readable by it alone",
    "AWS::Kinesis::Stream": "its records",
    "AWS::Logs::LogGroup": "its logs",
    "AWS::MSK::Cluster": "its records",
    "AWS::Neptune::DBCluster": "its databases",
    "AWS::OpenSearchService::Domain": "its indexes",
    "AWS::RDS::DBCluster": "its databases",
    "AWS::RDS::DBInstance": "its databases",
    "AWS::Redshift::Cluster": "its databases",
    "AWS::S3::Bucket": "its objects",
    "AWS::SNS::Topic": "whoever it tells confirmed that once",
    "AWS::SQS::Queue": "its messages",
    "AWS::SSM::Parameter": "what an operator set is in it",
    "AWS::SecretsManager::Secret": "callers were given it",
    "AWS::Timestream::Table": "its records",
}
# What people mean first when they say data.
FIRST = frozenset(
    kind
    for kind, holds in STATEFUL.items()
    if holds in {"the files", "its objects", "its items", "its databases"}
)
# Of these what is lost is seldom missed: a review says it, and no deployment stops for it.
_SELDOM_MISSED = frozenset(
    ("AWS::ElastiCache::ReplicationGroup", "AWS::Logs::LogGroup", "AWS::SQS::Queue")
)
_MUST_SURVIVE = ("Retain", "RetainExceptOnCreate", "Snapshot")


def held(body: Mapping[str, Any]) -> str | None:
    """Return what is lost with a resource; None if it holds nothing."""
    if body.get("Type") in STATEFUL:
        return STATEFUL[body["Type"]]
    policies = (body.get("DeletionPolicy"), body.get("UpdateReplacePolicy"))
    return "what its policy keeps" if any(each in _MUST_SURVIVE for each in policies) else None


def precious(body: Mapping[str, Any]) -> bool:
    """Say whether a deployment must not lose it unasked: by its type, or by its policy."""
    seldom = body.get("Type") in _SELDOM_MISSED
    return held({**body, "Type": ""} if seldom else body) is not None


def kept(policy: object) -> bool:
    """Say whether a deletion policy keeps something of the resource."""
    return policy in _MUST_SURVIVE
