"""What may be written to the drive, where functions read it while they run."""

import json

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_ssm as ssm
from constructs import Construct


class LimitsParameter(Construct):
    """One parameter with a JSON document of `limits`, which an operator may write as well.

    A deployment writes it again whenever anything of it changes but its tags; so nothing may, but
    `limits`: a further one needs a parameter of its own. It has a name of its own, so that it can
    be written by name and read by functions of other stacks without an export.
    """

    def __init__(
        self, scope: Construct, id: str, *, name: str, limits: dict[str, int | None]
    ) -> None:
        super().__init__(scope, id)
        self.name = name
        ssm.CfnParameter(
            self,
            "Parameter",
            name=name,
            type="String",
            value=json.dumps(limits),
            description="The limits of the drive: all of them, null for none (docs/operations.md)",
        )

    def right_to_read(self, reader: Stack) -> iam.PolicyStatement:
        """What a role in the stack `reader` needs."""
        return iam.PolicyStatement(
            actions=["ssm:GetParameter"],
            resources=[
                reader.format_arn(
                    service="ssm", resource="parameter", resource_name=self.name.removeprefix("/")
                )
            ],
        )
