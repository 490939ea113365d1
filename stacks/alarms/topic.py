"""The topic that tells people of a stage's alarms."""

from aws_cdk import Stack
from constructs import Construct

from stacks.shared.key import EncryptionKey
from stacks.shared.message_topic import MessageTopic


def alarm_topic(
    scope: Construct, id: str, *, stage: str, subscribers: tuple[str, ...], retain: bool
) -> MessageTopic:
    """Make a topic to which alarms of the stage and budgets of the account may publish.

    Its key is its own, so that it can tell of the other keys of the stage
    (docs/decisions/0041-alarms.md).
    """
    key = EncryptionKey(
        scope,
        f"{id}Key",
        description=f"{stage} drive: messages of its alarms, and the log of its key watch",
        retain=retain,
        log_groups=f"{stage}-Service-KeyWatchLogs",  # of stacks/alarms/key_watch.py
    ).key
    topic = MessageTopic(
        scope,
        id,
        display_name=f"Lambda Drive {stage}",
        key=key,
        subscribers=subscribers,
        rules=f"{stage}-Service-*",
    )
    topic.let_alarms_publish(f"{stage}-*")
    # https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-sns-policy.html
    budgets = Stack.of(scope).format_arn(service="budgets", region="", resource="*")
    topic.let_publish("Budgets", "budgets.amazonaws.com", budgets)
    return topic
