"""What a pipeline tells people: that an approval waits for one of them, and that it failed."""

from aws_cdk import CfnOutput, Stack, pipelines
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from stacks.shared.message_topic import MessageTopic
from stacks.shared.permissions import allow, policy_statement
from stacks.shipping import sentences


class Messages(Construct):
    """A topic under `key`, to which approvals, the looks at permissions and an alarm publish."""

    def __init__(
        self, scope: Construct, id: str, *, key: kms.Key, subscribers: tuple[str, ...]
    ) -> None:
        super().__init__(scope, id)
        self._topic = MessageTopic(
            self, "Topic", display_name="Lambda Drive pipeline", key=key, subscribers=subscribers
        )
        self.topic_arn = self._topic.arn
        stack = Stack.of(self)
        self._topic.let_alarms_publish(f"{stack.stack_name}-*")
        cloudwatch.CfnAlarm(
            self,
            "Undelivered",
            alarm_description=sentences.UNDELIVERED,
            namespace="AWS/SQS",
            metric_name="ApproximateNumberOfMessagesVisible",
            dimensions=[
                cloudwatch.CfnAlarm.DimensionProperty(
                    name="QueueName", value=self._topic.undelivered.name
                )
            ],
            statistic="Maximum",
            period=300,
            evaluation_periods=1,
            comparison_operator="GreaterThanOrEqualToThreshold",
            threshold=1,
            treat_missing_data="notBreaching",  # SQS counts no queue that nothing was sent to
            alarm_actions=[self.topic_arn],
        )
        CfnOutput(stack, "MessagesTopic", value=self.topic_arn)

    def approval(self, name: str, *, stage: str, comment: str, quiet: bool) -> pipelines.Step:
        """Return an approval in a stage, which tells of itself as it starts, if it is not quiet.

        It keeps its stage until it is given or rejected, and of the executions that come meanwhile
        only the newest goes on
        (https://docs.aws.amazon.com/codepipeline/latest/userguide/concepts-how-it-works.html).
        """
        return pipelines.ManualApprovalStep(
            name,
            comment=f"{comment} Until this is given or rejected, newer commits wait before {stage};"
            " of those only the newest goes on.",
            notification_topic=None if quiet else self._topic.topic,
        )

    def let_tell(self, build: iam.IGrantable) -> None:
        """Let a build, which may use the key as all of them, tell of an approval."""
        build.grant_principal.add_to_principal_policy(
            policy_statement(allow("sns:Publish", self.topic_arn))
        )

    def tell_of_failures(self, pipeline: str) -> None:
        """Tell of each failed stage of the pipeline of this name.

        A rule matches the event, and EventBridge counts that; it has no target, since the topic
        could not tell this rule from those of others (`MessageTopic.let_publish`). The event:
        https://docs.aws.amazon.com/codepipeline/latest/userguide/detect-state-changes-cloudwatch-events.html.
        The metric: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html.
        """
        rule = events.CfnRule(
            self,
            "StageFailed",
            event_pattern={
                "source": ["aws.codepipeline"],
                "detail-type": ["CodePipeline Stage Execution State Change"],
                "detail": {"pipeline": [pipeline], "state": ["FAILED"]},
            },
            state="ENABLED",
            targets=[],
        )
        rule.add_property_deletion_override("Targets")  # cdk-nag alone needs a list
        cloudwatch.CfnAlarm(
            self,
            "Failed",
            alarm_description=sentences.FAILED,
            namespace="AWS/Events",
            metric_name="MatchedEvents",
            dimensions=[cloudwatch.CfnAlarm.DimensionProperty(name="RuleName", value=rule.ref)],
            statistic="Sum",
            # A minute, so that it is over before the next stage can fail, of which it tells again.
            period=60,
            evaluation_periods=1,
            comparison_operator="GreaterThanOrEqualToThreshold",
            threshold=1,
            treat_missing_data="notBreaching",  # where nothing fails nothing is counted
            alarm_actions=[self.topic_arn],
        )
