"""A topic that tells people."""

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from constructs import Construct

from stacks.shared.dead_letter_queue import DeadLetterQueue


class MessageTopic(Construct):
    """A topic under `key` that takes messages by TLS, and of services only of those let in.

    Each subscriber is an e-mail address, an `https://` address, or the ARN of a function or queue.
    An address hears nothing until its owner confirmed it; functions and queues must let the topic
    in by policies of their own. What a subscriber did not take is in the queue `undelivered`, which
    also takes what `rules` of EventBridge, if they are named, could not hand to their targets.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        display_name: str,
        key: kms.Key,
        subscribers: tuple[str, ...],
        rules: str | None = None,
    ) -> None:
        super().__init__(scope, id)
        self._stack = Stack.of(self)
        self.key = key
        self.topic = sns.Topic(
            self, "Topic", display_name=display_name, master_key=key, enforce_ssl=True
        )
        self.arn = self.topic.topic_arn
        self.undelivered = self._undelivered(rules)
        for address in subscribers:
            # Named by the address, so that its neighbours in the settings may come and go.
            sns.CfnSubscription(
                Construct(self, address),
                "Subscription",
                topic_arn=self.arn,
                protocol=_protocol(address),
                endpoint=address,
                redrive_policy={"deadLetterTargetArn": self.undelivered.arn},
            )

    def _undelivered(self, rules: str | None) -> DeadLetterQueue:
        """Return the queue, whose services may use the key for it.

        https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html asks for a key of
        one's own. EventBridge needs it as well (https://github.com/aws/aws-cdk/issues/33169); the
        condition is that of CDK's `events_targets.SqsQueue`
        (https://github.com/aws/aws-cdk/pull/22740).
        """
        senders = {"sns.amazonaws.com": self.arn}
        if rules:
            senders["events.amazonaws.com"] = self._stack.format_arn(
                service="events", resource="rule", resource_name=rules
            )
        for service in senders:
            self.key.add_to_resource_policy(
                iam.PolicyStatement(
                    sid=f"{service.partition('.')[0].capitalize()}Undelivered",
                    principals=[iam.ServicePrincipal(service)],
                    actions=["kms:Decrypt", "kms:GenerateDataKey"],
                    resources=["*"],
                    conditions={"StringEquals": {"aws:SourceAccount": self._stack.account}},
                )
            )
        return DeadLetterQueue(self, "Undelivered", key=self.key, senders=senders)

    def let_alarms_publish(self, named: str) -> None:
        """Let the alarms of this account publish whose names match `named`."""
        arn = self._stack.format_arn(
            service="cloudwatch", resource=f"alarm:{named}", resource_name=None
        )
        self.let_publish("Alarms", "cloudwatch.amazonaws.com", arn)

    def let_publish(self, sid: str, service: str, source_arn: str) -> None:
        """Let a service publish for this account, and for what `source_arn` matches.

        It uses the key for that itself
        (https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services).
        EventBridge cannot be let in like this: that page, and
        https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-sns-permissions,
        say that policies of its topics and of their keys take no conditions.
        """
        principal = iam.ServicePrincipal(service)
        conditions = {
            "StringEquals": {"aws:SourceAccount": self._stack.account},
            "ArnLike": {"aws:SourceArn": source_arn},
        }
        self.topic.add_to_resource_policy(
            iam.PolicyStatement(
                sid=f"{sid}Publish",
                principals=[principal],
                actions=["sns:Publish"],
                resources=[self.arn],
                conditions=conditions,
            )
        )
        self.key.add_to_resource_policy(
            iam.PolicyStatement(
                sid=f"{sid}PublishEncrypted",
                principals=[principal],
                actions=["kms:Decrypt", "kms:GenerateDataKey"],
                resources=["*"],
                conditions=conditions,
            )
        )


def _protocol(address: str) -> str:
    if address.startswith("arn:"):
        return address.split(":")[2]
    return "https" if address.startswith("https://") else "email"
