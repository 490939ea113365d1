"""What nobody took: it is kept, by a queue that those alone may send to, and heard."""

from collections.abc import Iterator

from stacks.invariants.declared import Declaration, Declared, Json
from stacks.invariants.statements import Statement, is_this_account, statements

_DAYS_14 = 14 * 24 * 60 * 60  # the most that SQS keeps a message
_VISIBLE = "ApproximateNumberOfMessagesVisible"


def what_nobody_took_goes_to_a_queue(stage: Declared) -> Iterator[str]:
    """Each subscription and each target of a rule has a queue, which takes what they could not."""
    for each in stage.of_type("AWS::SNS::Subscription"):
        queue = each.properties.get("RedrivePolicy", {}).get("deadLetterTargetArn")
        yield from _taken(stage, each, queue, "sns.amazonaws.com")
    for each in stage.of_type("AWS::Events::Rule"):
        for target in each.properties.get("Targets", []):
            queue = target.get("DeadLetterConfig", {}).get("Arn")
            yield from _taken(stage, each, queue, "events.amazonaws.com")


def a_queue_takes_messages_of_the_account_alone(stage: Declared) -> Iterator[str]:
    """A queue has a key of the stage, and takes messages of named sources of the account by TLS."""
    for queue in stage.of_type("AWS::SQS::Queue"):
        key = stage.find(queue.properties.get("KmsMasterKeyId"), queue.stack)
        if key is None or key.kind != "AWS::KMS::Key":
            yield f"{queue} is not encrypted by a key of the stage"
        found = list(_of_queue(stage, queue))
        if not any(_denies_plaintext(stage, each, queue) for each in found):
            yield f"{queue} takes messages without TLS"
        for each in found:
            if each.effect == "Allow" and not _is_for_a_named_source(each):
                yield f"{each} lets others than named sources of this account send"


def what_is_in_a_queue_is_kept_and_heard(stage: Declared) -> Iterator[str]:
    """A queue keeps its messages for 14 days, and an alarm says when there is one."""
    watched = {
        queue
        for alarm in stage.of_type("AWS::CloudWatch::Alarm")
        if alarm.properties.get("Namespace") == "AWS/SQS"
        and alarm.properties.get("MetricName") == _VISIBLE
        for queue in stage.referred(alarm.properties.get("Dimensions"), alarm.stack)
    }
    for queue in stage.of_type("AWS::SQS::Queue"):
        if queue.properties.get("MessageRetentionPeriod") != _DAYS_14:
            yield f"{queue} does not keep its messages for 14 days"
        if queue not in watched:
            yield f"no alarm says that there is a message in {queue}"


def _taken(stage: Declared, sender: Declaration, value: Json, service: str) -> Iterator[str]:
    """Yield what is missing for a service to send to the queue of this ARN."""
    queue = stage.find(value, sender.stack)
    if queue is None or queue.kind != "AWS::SQS::Queue":
        yield f"what {sender} could not deliver is lost"
        return
    if not any(
        each.effect == "Allow"
        and each.services == [service]
        and each.actions == ("sqs:SendMessage",)
        and [stage.find(it, queue.stack) for it in each.resources] == [queue]
        for each in _of_queue(stage, queue)
    ):
        yield f"{queue} does not let {service} send, as {sender} needs it"
    key = stage.find(queue.properties.get("KmsMasterKeyId"), queue.stack)
    policy = key.properties["KeyPolicy"] if key else None
    if not any(
        each.effect == "Allow"
        and each.services == [service]
        and {*each.actions} == {"kms:Decrypt", "kms:GenerateDataKey"}
        and {*each.condition} == {"StringEquals"}
        and is_this_account(each.condition["StringEquals"].get("aws:SourceAccount"))
        for each in statements(policy, where=str(key))
    ):
        yield f"{key} does not let {service} send to {queue}, as {sender} needs it"


def _of_queue(stage: Declared, queue: Declaration) -> Iterator[Statement]:
    for policy in stage.of_type("AWS::SQS::QueuePolicy"):
        if queue in set(stage.referred(policy.properties["Queues"], policy.stack)):
            yield from statements(policy.properties["PolicyDocument"], where=str(policy))


def _denies_plaintext(stage: Declared, statement: Statement, queue: Declaration) -> bool:
    return (
        statement.effect == "Deny"
        and statement.principal in ("*", {"AWS": "*"})
        and statement.actions == ("sqs:*",)
        and [stage.find(it, queue.stack) for it in statement.resources] == [queue]
        and statement.condition == {"Bool": {"aws:SecureTransport": "false"}}
    )


def _is_for_a_named_source(statement: Statement) -> bool:
    """Say whether a service sends for this account, and for a source that is named."""
    source = statement.condition.get("ArnLike", {}).get("aws:SourceArn")
    account = statement.condition.get("StringEquals", {}).get("aws:SourceAccount")
    return bool(statement.services) and is_this_account(account) and source not in (None, "*")
