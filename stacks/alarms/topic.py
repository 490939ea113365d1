"""The topic that tells people of a stage's alarms."""

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from constructs import Construct

from stacks.shared.acknowledgements import acknowledge


class AlarmTopic(Construct):
    """A topic under `key`, to which alarms of the stage and budgets of the account may publish.

    Each subscriber is an e-mail address, an `https://` address, or the ARN of a function or queue.
    An address hears nothing until its owner confirmed it; functions and queues must let the topic
    in by policies of their own.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        stage: str,
        key: kms.Key,
        subscribers: tuple[str, ...],
    ) -> None:
        super().__init__(scope, id)
        self._stack = Stack.of(self)
        self._key = key
        self.topic = sns.Topic(
            self, "Topic", display_name=f"Lambda Drive {stage}", master_key=key, enforce_ssl=True
        )
        self.arn = self.topic.topic_arn
        self._let_publish(
            "Alarms",
            "cloudwatch.amazonaws.com",
            self._stack.format_arn(
                service="cloudwatch", resource=f"alarm:{stage}-*", resource_name=None
            ),
        )
        # https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-sns-policy.html
        self._let_publish(
            "Budgets",
            "budgets.amazonaws.com",
            self._stack.format_arn(service="budgets", region="", resource="*"),
        )
        for address in subscribers:
            # Named by the address, so that its neighbours in the settings may come and go.
            subscription = sns.CfnSubscription(
                Construct(self, address),
                "Subscription",
                topic_arn=self.arn,
                protocol=_protocol(address),
                endpoint=address,
            )
            acknowledge(
                subscription,
                "Serverless::Serverless-SNSRedrivePolicy",
                "SNS tries again by itself, and an alarm stays to be seen in CloudWatch; a queue of"
                " what could not be delivered would need an alarm of its own.",
            )

    def _let_publish(self, sid: str, service: str, source_arn: str) -> None:
        """Let a service publish for this account, and for what `source_arn` matches.

        It uses the key for that itself
        (https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services).
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
        self._key.add_to_resource_policy(
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
