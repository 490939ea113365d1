"""Approvals that a pipeline waits for, and who is told of them."""

from aws_cdk import CfnOutput, Stack, pipelines
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from stacks.shared.acknowledgements import acknowledge
from stacks.shared.permissions import allow


class Approvals(Construct):
    """Each e-mail address is told when an approval waits for a person; with none there is no topic.

    The topic is under `key`. An address gets nothing until its owner confirmed it.
    """

    def __init__(
        self, scope: Construct, id: str, *, key: kms.IKey, notify: tuple[str, ...]
    ) -> None:
        super().__init__(scope, id)
        self._topic: sns.Topic | None = None
        if not notify:
            return
        self._topic = sns.Topic(
            self, "Topic", display_name="Approvals", master_key=key, enforce_ssl=True
        )
        for address in notify:
            acknowledge(
                self._topic.add_subscription(subscriptions.EmailSubscription(address)),
                "Serverless::Serverless-SNSRedrivePolicy",
                "SNS tries a mail again by itself; what it cannot deliver waits in"
                " the console all the same, and nobody would read a queue of mails.",
            )
        CfnOutput(Stack.of(self), "ApprovalsTopic", value=self._topic.topic_arn)

    @property
    def topic_arn(self) -> str | None:
        """Where a build tells of one; None where nobody is to be told."""
        return self._topic.topic_arn if self._topic else None

    def step(self, name: str, *, stage: str, comment: str, quiet: bool) -> pipelines.Step:
        """Return an approval in a stage, which tells of itself as it starts, if it is not quiet.

        It keeps its stage until it is given or rejected, and of the executions that come meanwhile
        only the newest goes on
        (https://docs.aws.amazon.com/codepipeline/latest/userguide/concepts-how-it-works.html).
        """
        return pipelines.ManualApprovalStep(
            name,
            comment=f"{comment} Until this is given or rejected, newer commits wait before {stage};"
            " of those only the newest goes on.",
            notification_topic=None if quiet else self._topic,
        )

    def let_tell(self, build: iam.IGrantable) -> None:
        """Let a build, which may use the key as all of them, tell of one."""
        if self._topic:
            statement = allow("sns:Publish", self._topic.topic_arn)
            build.grant_principal.add_to_principal_policy(statement)
