"""The roles and the bucket of `cdk bootstrap`, by which everything is deployed.

https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html#bootstrapping-env-roles
"""

from aws_cdk import Aws, DefaultStackSynthesizer, Stack

_QUALIFIER = DefaultStackSynthesizer.DEFAULT_QUALIFIER


def bootstrap_role(
    stack: Stack, kind: str, *, account: str | None = None, region: str | None = None
) -> str:
    """Return the ARN of the role of the kind: `deploy`, `lookup`, `file-publishing`.

    It is that of the place of the stack where no other is given.
    """
    account, region = account or stack.account, region or stack.region
    name = f"cdk-{_QUALIFIER}-{kind}-role-{account}-{region}"
    return f"arn:{Aws.PARTITION}:iam::{account}:role/{name}"


def bootstrap_bucket(stack: Stack) -> str:
    """Return the ARN of the bucket of the assets."""
    return f"arn:{Aws.PARTITION}:s3:::cdk-{_QUALIFIER}-assets-{stack.account}-{stack.region}"
