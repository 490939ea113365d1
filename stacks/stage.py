"""One environment of the drive."""

from aws_cdk import Environment, Stage
from constructs import Construct

from stacks.data_stack import DataStack
from stacks.service_stack import ServiceStack
from stacks.settings import Settings


class Drive(Stage):
    """Data that survives, and the service that may be rebuilt on it."""

    def __init__(self, scope: Construct, settings: Settings) -> None:
        place = Environment(account=settings.account, region=settings.region)
        super().__init__(scope, settings.name, env=place)
        self.data = DataStack(self, "Data", settings=settings)
        self.service = ServiceStack(self, "Service", settings=settings, data=self.data)
