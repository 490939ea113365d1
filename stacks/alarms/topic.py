"""The topic that tells people of a stage's alarms."""

from aws_cdk import Stack
from aws_cdk import aws_kms as kms
from constructs import Construct

from stacks.shared.message_topic import MessageTopic


def alarm_topic(
    scope: Construct, id: str, *, stage: str, key: kms.Key, subscribers: tuple[str, ...]
) -> MessageTopic:
    """Make a topic to which alarms of the stage and budgets of the account may publish."""
    topic = MessageTopic(
        scope, id, display_name=f"Lambda Drive {stage}", key=key, subscribers=subscribers
    )
    topic.let_alarms_publish(f"{stage}-*")
    # https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-sns-policy.html
    budgets = Stack.of(scope).format_arn(service="budgets", region="", resource="*")
    topic.let_publish("Budgets", "budgets.amazonaws.com", budgets)
    return topic
