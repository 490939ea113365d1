"""Termination protection as synthesised, for stacks that a pipeline deployed.

The actions of CodePipeline do not set it (https://github.com/aws/aws-cdk/issues/17871).

python -m ops protect Prod     exit code: 0 done, 1 failed, 2 wrong usage
"""

import argparse
from pathlib import Path

from drive_tools.errors import ToolError
from ops.deployment import assembly


def add_parser(tools: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `protect` to the tools."""
    parser = tools.add_parser(
        "protect",
        help="set the termination protection of a stage's stacks as synthesised",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(tool="protect", run=run)
    parser.add_argument("stage", help="the stage, as synthesised")
    parser.add_argument(
        "--assembly", type=Path, default=assembly.DEFAULT, help="where it is (cdk.out)"
    )


def run(options: argparse.Namespace) -> int:
    """Set it for each stack of the stage, and say how it is."""
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - not for --help

    from ops.deployment.bootstrap_roles import cloudformation  # noqa: PLC0415

    for stack in assembly.find(options.assembly, options.stage).stacks:
        try:
            cloudformation(stack, stack.deploy_role).update_termination_protection(
                StackName=stack.name, EnableTerminationProtection=stack.termination_protection
            )
        except (BotoCoreError, ClientError) as error:
            raise ToolError(f"cannot set the protection of {stack.name}: {error}") from error
        state = "protected from deletion" if stack.termination_protection else "not protected"
        print(f"{stack.name}: {state}")
    return 0
