"""Say whether the account has the instances that a stage reserves, before a deployment begins.

python -m ops concurrency Dev

A new account has 10 in all and can reserve none of them: CloudFormation would fail at the function,
in the middle of the deployment.
"""

from functools import partial
from typing import TYPE_CHECKING

from drive_tools.cloud_assembly import StackArtifact, resources
from drive_tools.errors import ToolError
from ops.options import StageOptions
from stacks.shared.aws_limits import UNRESERVED_CONCURRENCY

if TYPE_CHECKING:
    import boto3

_FUNCTION = "AWS::Lambda::Function"


def run(options: StageOptions) -> int:
    """Fail if the stage reserves more than the account has left."""
    for stack in options.find().stacks:
        wanted = reservations(stack)
        if wanted:
            _check(options.stage, stack, wanted)
    return 0


def reservations(stack: StackArtifact) -> dict[str, int]:
    """Return the instances that the functions of a stack reserve, by logical id; none of 0."""
    return {
        logical_id: reserved
        for logical_id, function in resources(stack.body(), _FUNCTION).items()
        if (reserved := function["Properties"].get("ReservedConcurrentExecutions"))
    }


def shortage(
    stage: str, wanted: int, *, kept: int, account: int, unreserved: int, place: str
) -> str | None:
    """Return what to set if an account has fewer instances than a stage reserves.

    `kept` are those that the same functions have reserved already. Of what an account has, 100 stay
    unreserved, or all of an account that has no more
    (https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionConcurrency.html).
    """
    stay = min(account, UNRESERVED_CONCURRENCY)
    if wanted - kept <= unreserved - stay:
        return None
    return (
        f"{stage} reserves {wanted} instances (reserved_concurrency, and one for each other"
        f" function on the drive), and this account has {account} in {place}, of which"
        f" {unreserved} are unreserved and {stay} must stay so. Set in environments.py,"
        f" for {stage}, reserved_concurrency=None, account_concurrency={account},"
        ' or ask for more in Service Quotas ("Concurrent executions" of AWS Lambda)'
    )


def _check(stage: str, stack: StackArtifact, wanted: dict[str, int]) -> None:
    from ops.deployment.bootstrap_roles import reported, session  # noqa: PLC0415 - with boto3; not for --help

    aws = session(stack, stack.lookup_role)
    client = aws.client("lambda")
    with reported("cannot read how many instances the account has (lambda:GetAccountSettings)"):
        limits = client.get_account_settings()["AccountLimit"]
        found = partial(
            shortage,
            stage,
            sum(wanted.values()),
            account=limits["ConcurrentExecutions"],
            unreserved=limits["UnreservedConcurrentExecutions"],
            place=aws.region_name,
        )
        # What is reserved now matters only to an account that has little left.
        reason = found(kept=0) and found(kept=_kept(aws, stack, wanted))
    if reason:
        raise ToolError(reason)


def _kept(aws: "boto3.Session", stack: StackArtifact, wanted: dict[str, int]) -> int:
    """Return what the functions of a deployed stack have reserved."""
    from ops.deployment.bootstrap_roles import described_stack  # noqa: PLC0415 - with boto3

    functions = aws.client("lambda")
    stacks = aws.client("cloudformation")
    if described_stack(stacks, stack.name) is None:
        return 0
    pages = stacks.get_paginator("list_stack_resources").paginate(StackName=stack.name)
    names = [
        each["PhysicalResourceId"]
        for page in pages
        for each in page["StackResourceSummaries"]
        if each["LogicalResourceId"] in wanted and "PhysicalResourceId" in each
    ]
    reserved = (functions.get_function_concurrency(FunctionName=name) for name in names)
    return sum(each.get("ReservedConcurrentExecutions", 0) for each in reserved)
