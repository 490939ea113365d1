"""Where Lambda sends an asynchronous call that failed."""

from dataclasses import dataclass

from stacks.shared.permissions import Statement, allow


@dataclass(frozen=True, kw_only=True)
class DeadLetters:
    """The encrypted topic that is told of an asynchronous call when all tries of it failed."""

    topic_arn: str
    key_arn: str

    def rights(self) -> list[Statement]:
        """Return what Lambda needs for that, by the role of the function.

        https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
        """
        return [
            allow(["sns:Publish"], self.topic_arn),
            allow(["kms:Decrypt", "kms:GenerateDataKey"], self.key_arn),
        ]
