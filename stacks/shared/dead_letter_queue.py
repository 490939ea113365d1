"""A queue of what a service of AWS could not deliver."""

from collections.abc import Mapping

from aws_cdk import RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sqs as sqs
from constructs import Construct

# As long as SQS keeps a message
# (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html).
_SECONDS = 14 * 24 * 60 * 60


class DeadLetterQueue(Construct):
    """A queue under `key` that keeps for 14 days what it gets, by TLS, from `senders` alone.

    A sender is a service, by the ARN of what it sends for, in which `*` stands for any text. Who
    made the key lets those services use it.
    """

    def __init__(
        self, scope: Construct, id: str, *, key: kms.IKey, senders: Mapping[str, str]
    ) -> None:
        super().__init__(scope, id)
        queue = sqs.CfnQueue(
            self, "Queue", kms_master_key_id=key.key_arn, message_retention_period=_SECONDS
        )
        queue.apply_removal_policy(RemovalPolicy.DESTROY)  # a person read it, or never will
        self.arn = queue.attr_arn
        self.name = queue.attr_queue_name
        account = Stack.of(self).account
        sqs.CfnQueuePolicy(
            self,
            "Policy",
            queues=[queue.ref],
            policy_document=iam.PolicyDocument(
                statements=[
                    iam.PolicyStatement(
                        sid="NothingWithoutTls",
                        effect=iam.Effect.DENY,
                        principals=[iam.AnyPrincipal()],
                        actions=["sqs:*"],
                        resources=[self.arn],
                        conditions={"Bool": {"aws:SecureTransport": "false"}},
                    ),
                    *(
                        iam.PolicyStatement(
                            principals=[iam.ServicePrincipal(service)],
                            actions=["sqs:SendMessage"],
                            resources=[self.arn],
                            conditions={
                                "StringEquals": {"aws:SourceAccount": account},
                                "ArnLike": {"aws:SourceArn": source_arn},
                            },
                        )
                        for service, source_arn in senders.items()
                    ),
                ]
            ),
        )
