"""What `cdk bootstrap` makes in an account, made by the template that the CLI has.

The start of the CLI is seconds, for which everybody who starts the local cloud would wait. The CLI
finds nothing to change in what is made here (`tests/local/test_local_cloud.py`).
"""

import re
from pathlib import Path
from typing import Any

from drive_tools.cloud_assembly import all_stacks
from drive_tools.errors import ToolError
from ops.local.cdk_cli import Target
from ops.local.cloud import Running
from ops.project import PROJECT

_STACK = "CDKToolkit"
_TEMPLATE = Path("node_modules", "aws-cdk", "lib", "api", "bootstrap", "bootstrap-template.yaml")
# What the CLI says where its user says nothing; all else has its default in the template.
_PARAMETERS = {"FileAssetsBucketKmsKeyId": "AWS_MANAGED_KEY"}
_CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]
# The local cloud answers when the change has ended (ops/local/stack_answers.py).
_WAIT: Any = {"Delay": 0.05, "MaxAttempts": 1200}


def qualifier_of(assembly: Path) -> str | None:
    """Return the qualifier in the names of the roles that an app deploys with; the default is None.

    https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-custom.html
    """
    roles = [stack.deploy_role or "" for stack in all_stacks(assembly)]
    found = re.search(r"/cdk-([\w-]+)-deploy-role-", roles[0]) if roles else None
    return found[1] if found else None


def bootstrap(target: Target, cloud: Running, *, qualifier: str | None = None) -> None:
    """Prepare the account and the region for CDK. Raises `ToolError` with what CloudFormation says.

    https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html
    """
    from botocore.exceptions import ClientError, WaiterError  # noqa: PLC0415 - not for --help

    named = {"Qualifier": qualifier} if qualifier else {}
    client = cloud.client("cloudformation", account=target.account, region=target.region)
    try:
        client.create_stack(
            StackName=_STACK,
            TemplateBody=(PROJECT / _TEMPLATE).read_text(),
            Parameters=[
                {"ParameterKey": name, "ParameterValue": value}
                for name, value in (_PARAMETERS | named).items()
            ],
            Capabilities=_CAPABILITIES,
        )
        client.get_waiter("stack_create_complete").wait(StackName=_STACK, WaiterConfig=_WAIT)
    except (ClientError, WaiterError) as error:
        raise ToolError(f"cannot bootstrap the local cloud for CDK, try again: {error}") from error
