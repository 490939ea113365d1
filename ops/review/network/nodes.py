"""What a map of a network shows, and as what: types of resources, and what stands between two."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from ops.review.app_version import Key

Layer = Literal["door", "runs", "holds", "way"]
LAYERS: tuple[Layer, ...] = ("door", "runs", "holds", "way")
ENDPOINT = "endpoint to"
WAY = "way"  # begins the identity of a default route's target
OUTSIDE = ""  # the section of what is in no VPC

_TYPES: Mapping[Layer, frozenset[str]] = {
    "door": frozenset(
        (
            *("AWS::Lambda::Url", "AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api"),
            *("AWS::ElasticLoadBalancingV2::LoadBalancer", "AWS::AppSync::GraphQLApi"),
            *("AWS::ElasticLoadBalancing::LoadBalancer", "AWS::CloudFront::Distribution"),
            *("AWS::Transfer::Server", "AWS::AppRunner::Service"),
        )
    ),
    "runs": frozenset(
        (
            *("AWS::Lambda::Function", "AWS::EC2::Instance", "AWS::ECS::Service"),
            *("AWS::AutoScaling::AutoScalingGroup", "AWS::EKS::Cluster", "AWS::CodeBuild::Project"),
            *("AWS::Batch::ComputeEnvironment", "AWS::SageMaker::NotebookInstance"),
            "AWS::EMR::Cluster",
        )
    ),
    "holds": frozenset(
        (
            *("AWS::EFS::FileSystem", "AWS::FSx::FileSystem", "AWS::S3::Bucket"),
            *("AWS::RDS::DBInstance", "AWS::RDS::DBCluster", "AWS::DynamoDB::Table"),
            *("AWS::DynamoDB::GlobalTable", "AWS::ElastiCache::ReplicationGroup"),
            *("AWS::ElastiCache::CacheCluster", "AWS::ElastiCache::ServerlessCache"),
            *("AWS::OpenSearchService::Domain", "AWS::Redshift::Cluster", "AWS::DocDB::DBCluster"),
            *("AWS::Neptune::DBCluster", "AWS::MSK::Cluster", "AWS::SQS::Queue"),
            *("AWS::Kinesis::Stream", "AWS::MemoryDB::Cluster", "AWS::AmazonMQ::Broker"),
        )
    ),
    "way": frozenset(
        (
            *("AWS::EC2::VPCEndpoint", "AWS::EC2::VPCPeeringConnection", "AWS::EC2::VPNConnection"),
            *("AWS::EC2::TransitGatewayAttachment", "AWS::EC2::TransitGatewayVpcAttachment"),
        )
    ),
}
LAYER_OF: Mapping[str, Layer] = {each: layer for layer, some in _TYPES.items() for each in some}
# What stands between a door and what it calls, or between a function and its disk.
BETWEEN = frozenset(
    (
        *("AWS::Lambda::Alias", "AWS::Lambda::Version", "AWS::Lambda::Permission"),
        *("AWS::ApiGateway::Method", "AWS::ApiGateway::Resource", "AWS::ApiGatewayV2::Route"),
        *("AWS::ApiGatewayV2::Integration", "AWS::ElasticLoadBalancingV2::Listener"),
        *("AWS::ElasticLoadBalancingV2::ListenerRule", "AWS::AppSync::DataSource"),
        *("AWS::ElasticLoadBalancingV2::TargetGroup", "AWS::AppSync::Resolver"),
    )
)
HELPERS = frozenset(
    (
        *("AWS::EFS::AccessPoint", "AWS::EFS::MountTarget", "AWS::RDS::DBSubnetGroup"),
        *("AWS::ElastiCache::SubnetGroup", "AWS::Redshift::ClusterSubnetGroup"),
        *("AWS::DocDB::DBSubnetGroup", "AWS::Neptune::DBSubnetGroup", "AWS::EC2::LaunchTemplate"),
        *("AWS::ECS::TaskDefinition", "AWS::SecretsManager::SecretTargetAttachment"),
    )
)
GROUPS = re.compile(r"^(Vpc|VPC)?SecurityGroups?(Ids?)?$|^GroupSet$")
SUBNETS = re.compile(r"^(Vpc)?Subnets?(Ids?)?$|^VPCZoneIdentifier$")
POLICIES = ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy")


@dataclass(frozen=True)
class Node:
    """A thing on the map. Facts are pairs of what a line begins with, and what it says."""

    identity: str
    layer: Layer
    kind: str
    name: str
    section: str = OUTSIDE
    zone: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    key: Key = field(default=("", ""), compare=False)
    """Of the resource, where it is one of the app."""
