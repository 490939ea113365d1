"""One environment of the drive."""

from aws_cdk import Environment, PermissionsBoundary, Stage
from constructs import Construct

from stacks import cost_notes, quota_notes
from stacks.data_stack import DataStack, called_services
from stacks.service_stack import ServiceStack
from stacks.settings import Settings
from stacks.shared.aws_limits import REGIONS_WITHOUT_BUDGETS
from stacks.shared.notes import note
from stacks.shared.stage_tag import tag_stage


class DriveStage(Stage):
    """Data that survives, and the service that may be rebuilt on it."""

    def __init__(self, scope: Construct, settings: Settings) -> None:
        place = Environment(account=settings.account, region=settings.region)
        boundary = settings.permissions_boundary
        super().__init__(
            scope,
            settings.name,
            env=place,
            # CDK puts it on every role of the stage, those of its own providers among them.
            permissions_boundary=PermissionsBoundary.from_name(boundary) if boundary else None,
        )
        self.data = DataStack(self, "Data", settings=settings)
        self.service = ServiceStack(self, "Service", settings=settings, data=self.data)
        tag_stage(self, settings.name)
        of_data = cost_notes.of_data(settings, endpoints=len(called_services(settings)))
        of_service = quota_notes.notes(settings) | cost_notes.of_service(settings)
        for stack, notes in ((self.data, of_data), (self.service, of_service)):
            for name, text in notes.items():
                note(stack, name, text)
        if settings.retain and not settings.subscribers:
            note(
                self.data,
                "NobodyHears",
                "subscribers is (): nobody hears the alarms of this stage, and make deploy refuses"
                ' it; set subscribers=("you@example.com",)',
            )
        if settings.region in REGIONS_WITHOUT_BUDGETS:
            note(
                self.data,
                "NoBudget",
                f"region is {settings.region}: CloudFormation makes no budget there, so this stage"
                " has none; docs/operations/brake.md says how to make one by hand",
            )
