"""What AWS knows an environment's resources by: one application."""

from aws_cdk import CfnResource, Stack, Tags
from aws_cdk import aws_servicecatalogappregistry as appregistry
from constructs import Construct

# Made by CDK without its own notion of tags.
_PROVIDER = "Custom::VpcRestrictDefaultSGCustomResourceProvider"


class Application(Construct):
    """An application of myApplications, to which a resource belongs that carries its tag.

    The tag's key is AWS's, `awsApplication`; its value is known when the application is made
    (https://docs.aws.amazon.com/servicecatalog/latest/arguide/overview-appreg.html).
    """

    def __init__(self, scope: Construct, id: str, *, name: str, description: str) -> None:
        super().__init__(scope, id)
        # By this name people find it in the console; it is unique in an account and region.
        self._application = appregistry.CfnApplication(
            self, "Application", name=name, description=description
        )

    def tag(self, scope: Construct) -> None:
        """Make everything in `scope` that can be tagged part of the application."""
        value = self._application.attr_application_tag_value
        Tags.of(scope).add(
            "awsApplication",
            value,
            exclude_resource_types=[
                # It cannot carry what it gives, and a stack's tags are set before anything in it.
                appregistry.CfnApplication.CFN_RESOURCE_TYPE_NAME,
                "aws:cdk:stack",
            ],
        )
        provider = Stack.of(self).node.try_find_child(_PROVIDER)
        if provider is None:  # in a VPC that is somebody else's there is none
            return
        for part in ("Handler", "Role"):
            resource = provider.node.find_child(part)
            assert isinstance(resource, CfnResource)
            resource.add_property_override("Tags", [{"Key": "awsApplication", "Value": value}])
