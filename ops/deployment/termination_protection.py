"""Termination protection as synthesised, for stacks that a pipeline deployed.

The actions of CodePipeline do not set it (https://github.com/aws/aws-cdk/issues/17871).

python -m ops protect Prod
"""

from ops.options import StageOptions


def run(options: StageOptions) -> int:
    """Set it for each stack of the stage, and print the result."""
    from ops.deployment.bootstrap_roles import cloudformation, reported  # noqa: PLC0415 - with boto3; not for --help

    for stack in options.find().stacks:
        with reported(f"cannot set the protection of {stack.name}"):
            cloudformation(stack, stack.deploy_role).update_termination_protection(
                StackName=stack.name, EnableTerminationProtection=stack.termination_protection
            )
        state = "protected from deletion" if stack.termination_protection else "not protected"
        print(f"{stack.name}: {state}")
    return 0
