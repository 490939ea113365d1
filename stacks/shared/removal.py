"""The removal policy of a resource that holds data."""

from aws_cdk import RemovalPolicy


def removal_policy(*, retain: bool) -> RemovalPolicy:
    """Keep it if `retain`, unless its first deployment fails; else delete it.

    Nothing is in it when its first deployment is rolled back, and a second one would make another.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
    """
    return RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE if retain else RemovalPolicy.DESTROY
