"""The brake: a function that stops the public function when its use costs too much."""

from dataclasses import dataclass

from aws_cdk import ArnFormat, Aws, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from stacks.alarms import sentences
from stacks.alarms.alarm import MINUTE, OF_FUNCTIONS, Part, name_it, part
from stacks.alarms.metric import of_function, total
from stacks.function.dead_letters import DeadLetters
from stacks.function.outside_function import OutsideFunction
from stacks.shared.dead_letter_queue import DeadLetterQueue
from stacks.shared.log_group import Logs
from stacks.shared.permissions import allow

# Metrics come late, so a minute would have no data when CloudWatch looks at it.
_LOOK_SECONDS = 5 * MINUTE


def brake_arn(stack: Stack, stage: str) -> str:
    """Return the ARN of a stage's brake, which alarms of `Data` call: it is made after them."""
    return stack.format_arn(
        service="lambda",
        resource="function",
        resource_name=_name(stage),
        arn_format=ArnFormat.COLON_RESOURCE_NAME,
    )


def _name(stage: str) -> str:
    return f"lambda-drive-{stage}-brake"


class BrakeMark(Construct):
    """The parameter that says whether the brake of a stage is on, and why.

    The brake and `python -m ops resume` write it. A deployment writes it again whenever anything of
    it changes but its tags; so nothing may.
    """

    def __init__(self, scope: Construct, id: str, *, stage: str) -> None:
        super().__init__(scope, id)
        self.name = f"/lambda-drive/{stage}/brake"
        ssm.CfnParameter(
            self,
            "Parameter",
            name=self.name,
            type="String",
            value="released",
            description="Written by the brake, and by: make resume",
        )


@dataclass(frozen=True, kw_only=True)
class Braked:
    """The function that the brake stops, and what a deployment reserves for it."""

    function: lambda_.Function
    reserved_concurrency: int | None


class Brake(Construct):
    """Stops one function when an alarm calls, tells the topic, and leaves a mark.

    It may do that and no more, and nobody but alarms of the stage and the rule below may call it.
    While the mark is there it also stops the function after each deployment of this stack, which
    may have let it run.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        stage: str,
        braked: Braked,
        mark: str,
        dead_letters: DeadLetters,
        undelivered: DeadLetterQueue,
        logs: Logs,
    ) -> None:
        super().__init__(scope, id)
        stack = Stack.of(self)
        mark_arn = stack.format_arn(
            service="ssm", resource="parameter", resource_name=mark.removeprefix("/")
        )
        topic_arn = dead_letters.topic_arn
        reserved = braked.reserved_concurrency
        self.function = OutsideFunction(
            self,
            "Function",
            folder="brake",
            name=_name(stage),  # by which alarms of `Data` call it
            rights=[
                allow(
                    ["lambda:GetFunctionConcurrency", "lambda:PutFunctionConcurrency"],
                    braked.function.function_arn,
                ),
                allow(["ssm:GetParameter", "ssm:PutParameter"], mark_arn),
            ],
            environment={
                "STAGE": stage,
                "FUNCTION": braked.function.function_name,
                # What `python -m ops resume` restores.
                "RESERVED_CONCURRENCY": "" if reserved is None else str(reserved),
                "MARK_PARAMETER": mark,
                "TOPIC": topic_arn,
            },
            dead_letters=dead_letters,
            logs=logs,
        )
        self.arn = self.function.function_arn
        # https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-actions-Lambda.html
        self._let_in(
            "Alarms",
            "lambda.alarms.cloudwatch.amazonaws.com",
            stack.format_arn(service="cloudwatch", resource=f"alarm:{stage}-*", resource_name=None),
        )
        self._after_deployments(braked.function, undelivered)
        # A flood may take all instances of an account, so that none is left for the brake. Lambda
        # calls it again for six hours
        # (https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html).
        failures = [
            of_function(name.lower(), name, self.function.function_name)
            for name in ("Errors", "Throttles")
        ]
        watched: Part = {"id": "value", "expression": total(failures), "returnData": True}
        failed = cloudwatch.CfnAlarm(
            self,
            "Failed",
            alarm_description=sentences.FAILED,
            metrics=[watched, *(part(metric, _LOOK_SECONDS) for metric in failures)],
            evaluation_periods=1,
            comparison_operator="GreaterThanOrEqualToThreshold",
            threshold=1,
            treat_missing_data="notBreaching",  # it does not run when there is nothing to do
            alarm_actions=[topic_arn],
        )
        name_it(failed, "BrakeFailed", OF_FUNCTIONS)

    def _let_in(self, id: str, principal: str, source_arn: str) -> None:
        lambda_.CfnPermission(
            self,
            id,
            action="lambda:InvokeFunction",
            function_name=self.arn,
            principal=principal,
            source_account=Stack.of(self).account,
            source_arn=source_arn,
        )

    def _after_deployments(self, function: lambda_.Function, undelivered: DeadLetterQueue) -> None:
        """Call the brake when this stack has changed the function, and when it is done.

        https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-events-reference.html
        """
        stack = Stack.of(self)
        resource = function.node.default_child
        assert isinstance(resource, lambda_.CfnFunction)
        rule = events.CfnRule(
            self,
            "AfterDeployments",
            event_pattern={
                "source": ["aws.cloudformation"],
                "detail": {
                    "stack-id": [Aws.STACK_ID],
                    "logical-resource-id": [
                        stack.get_logical_id(resource),
                        {"exists": False},
                    ],
                    "status-details": {
                        "status": ["CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"]
                    },
                },
            },
            state="ENABLED",
            targets=[
                events.CfnRule.TargetProperty(
                    id="Brake",
                    arn=self.arn,
                    dead_letter_config=events.CfnRule.DeadLetterConfigProperty(arn=undelivered.arn),
                )
            ],
        )
        self._let_in("Deployments", "events.amazonaws.com", rule.attr_arn)
