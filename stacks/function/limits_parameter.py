"""The limits of the drive, in a parameter that functions read while they run."""

import json

from aws_cdk import Stack
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from stacks.function.readable import Readable
from stacks.shared.permissions import allow


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
        self._name = name
        ssm.CfnParameter(
            self,
            "Parameter",
            name=name,
            type="String",
            value=json.dumps(limits),
            description="The limits of the drive: all of them, null for none (docs/operations.md)",
        )

    def readable_in(self, stack: Stack) -> Readable:
        """Return what functions of `stack` need to read it."""
        arn = stack.format_arn(
            service="ssm", resource="parameter", resource_name=self._name.removeprefix("/")
        )
        right = allow("ssm:GetParameter", arn)
        return Readable(variable="LIMITS_PARAMETER", name=self._name, right=right)
