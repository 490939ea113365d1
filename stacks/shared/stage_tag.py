"""The tag that all resources of a stage have."""

from aws_cdk import CfnResource, Tags
from aws_cdk import aws_resourcegroups as resourcegroups
from constructs import Construct

STAGE_TAG = "lambda-drive:stage"

# Made by CDK without its own notion of tags.
_PROVIDER = "Custom::VpcRestrictDefaultSGCustomResourceProvider"


def tag_stage(scope: Construct, stage: str) -> None:
    """Tag the stacks in `scope`, and everything in them that takes tags, with the stage's name."""
    Tags.of(scope).add(STAGE_TAG, stage)
    # Stacks only if they are named (`@aws-cdk/core:explicitStackTags`). CloudFormation hands a
    # stack's tags on to what it makes; the template has them too, for whoever reads it.
    Tags.of(scope).add(STAGE_TAG, stage, include_resource_types=["aws:cdk:stack"])
    for stack in scope.node.children:
        provider = stack.node.try_find_child(_PROVIDER)
        if provider:
            for part in ("Handler", "Role"):
                resource = provider.node.find_child(part)
                assert isinstance(resource, CfnResource)
                resource.add_property_override("Tags", [{"Key": STAGE_TAG, "Value": stage}])


class StageGroup(Construct):
    """A group of AWS Resource Groups, of all that has the stage's tag in the region.

    Whoever looks for the stage in the console finds it there, by the name of the group.
    """

    def __init__(self, scope: Construct, id: str, *, stage: str) -> None:
        super().__init__(scope, id)
        group = resourcegroups.CfnGroup
        group(
            self,
            "Group",
            name=f"lambda-drive-{stage}",  # it must have one, unique in account and region
            description=f"All of the {stage} drive in this region",
            resource_query=group.ResourceQueryProperty(
                type="TAG_FILTERS_1_0",
                query=group.QueryProperty(
                    resource_type_filters=["AWS::AllSupported"],
                    tag_filters=[group.TagFilterProperty(key=STAGE_TAG, values=[stage])],
                ),
            ),
        )
