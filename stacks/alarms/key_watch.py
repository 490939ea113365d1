"""The key watch: a function that asks KMS whether the keys of a stage can be used."""

from dataclasses import replace

from aws_cdk import aws_kms as kms
from constructs import Construct

from stacks.function.dead_letters import DeadLetters
from stacks.function.outside_function import OutsideFunction
from stacks.function.schedule import Schedule
from stacks.shared.dead_letter_queue import DeadLetterQueue
from stacks.shared.log_group import Logs
from stacks.shared.permissions import allow


class KeyWatch(Construct):
    """Fails every six hours while one of the `keys`, or that of the topic, is not enabled.

    It depends on no key but the topic's, without which nobody could be told: it has no variables
    and no disk, and its log is under that key.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        keys: list[kms.IKey],
        topic_key: kms.IKey,
        dead_letters: DeadLetters,
        undelivered: DeadLetterQueue,
        logs: Logs,
    ) -> None:
        super().__init__(scope, id)
        arns = [key.key_arn for key in (*keys, topic_key)]
        self.function = OutsideFunction(
            self,
            "Function",
            folder="key_watch",
            rights=[allow(["kms:DescribeKey"], arns)],
            dead_letters=dead_letters,
            logs=replace(logs, key=topic_key),
        )
        Schedule(
            self,
            "Schedule",
            function=self.function,
            period="6 hours",
            event={"keys": arns},
            undelivered=undelivered,
        )
