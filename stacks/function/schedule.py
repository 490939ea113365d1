"""A schedule that calls a function."""

from aws_cdk import Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from stacks.shared.dead_letter_queue import DeadLetterQueue


class Schedule(Construct):
    """Calls `function` once in each `period`, such as `1 day`, and lets no other caller in.

    It gives the function `event`, or else one of EventBridge's own. A call that EventBridge could
    not make in a day of trying goes to the queue `undelivered`.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        function: lambda_.IFunction,
        period: str,
        undelivered: DeadLetterQueue,
        event: dict[str, list[str]] | None = None,
    ) -> None:
        super().__init__(scope, id)
        given = None if event is None else Stack.of(self).to_json_string(event)
        rule = events.CfnRule(
            self,
            "Rule",
            schedule_expression=f"rate({period})",
            state="ENABLED",
            targets=[
                events.CfnRule.TargetProperty(
                    id="Function",
                    arn=function.function_arn,
                    input=given,
                    dead_letter_config=events.CfnRule.DeadLetterConfigProperty(arn=undelivered.arn),
                )
            ],
        )
        lambda_.CfnPermission(
            self,
            "Permission",
            action="lambda:InvokeFunction",
            function_name=function.function_arn,
            principal="events.amazonaws.com",
            source_arn=rule.attr_arn,
        )
