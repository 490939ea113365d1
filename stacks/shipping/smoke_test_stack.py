"""The stack that a pipeline adds to a stage: the role of its smoke test."""

from aws_cdk import Environment, Stack
from constructs import Construct

from stacks.settings import Settings
from stacks.shipping.smoke_test_role import SmokeTestRole


class SmokeTestStack(Stack):
    """The third stack of a stage that a pipeline ships; `Data` and `Service` are as they are."""

    def __init__(
        self, scope: Construct, id: str, *, settings: Settings, pipeline: Environment
    ) -> None:
        super().__init__(
            scope, id, description=f"{settings.name} drive: the role of the pipeline's smoke test"
        )
        SmokeTestRole(
            self,
            "Role",
            stage=settings.name,
            url_auth=settings.url_auth,
            domain=settings.domain is not None,
            region=settings.region,
            pipeline=pipeline,
        )
