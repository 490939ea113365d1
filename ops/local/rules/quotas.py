"""Quotas of an account: what a service answers when one is used up.

https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html,
https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html; the words of EC2's errors
are in its list (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html),
those of Lambda in aws-samples/one-observability-demo#278 and
awslabs/genai-bedrock-agent-chatbot#4, those of CodeBuild in
aws-samples/aws-secure-environment-accelerator#982.
"""

from collections.abc import Iterable

from ops.local.rules.resource_refusal import ResourceRefusal


def check_reserved(wanted: int, others: Iterable[int], *, account: int, unreserved: int) -> None:
    """Leave `unreserved` executions of those of the account to functions that reserve none.

    `others` has what other functions have reserved.
    """
    if wanted and account - wanted - sum(others) < unreserved:
        raise ResourceRefusal(
            "Lambda",
            "InvalidParameterValueException",
            "Specified ReservedConcurrentExecutions for function decreases account's"
            f" UnreservedConcurrentExecution below its minimum value of [{unreserved}].",
        )


def check_memory(megabytes: int, *, most: int) -> None:
    """Hold the memory of a function to what the account may have."""
    if megabytes > most:
        raise ResourceRefusal(
            "Lambda",
            "InvalidParameterValueException",
            f"'MemorySize' value failed to satisfy constraint: Member must have value less than or"
            f" equal to {most}",
        )


def check_addresses(there: int, *, most: int) -> None:
    """Hold the Elastic IP addresses of a region to the account's number."""
    if there >= most:
        text = "The maximum number of addresses has been reached."
        raise ResourceRefusal("Ec2", "AddressLimitExceeded", text)


def check_vpcs(there: int, *, most: int) -> None:
    """Hold the VPCs of a region, with AWS's default one, to the account's number."""
    if there >= most:
        text = "The maximum number of VPCs has been reached."
        raise ResourceRefusal("Ec2", "VpcLimitExceeded", text)


def check_builds(*, most: int) -> None:
    """Refuse a build where an account may have none yet."""
    if not most:
        text = "Cannot have more than 0 builds in queue for the account"
        raise ResourceRefusal("CodeBuild", "AccountLimitExceededException", text)
