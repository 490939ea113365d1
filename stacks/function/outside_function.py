"""A function that looks after a stage from outside of its VPC."""

from pathlib import Path

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from stacks.function.dead_letters import DeadLetters
from stacks.function.layer import RUNTIME
from stacks.shared.log_group import EncryptedLogGroup, Logs
from stacks.shared.permissions import Statement, allow, policy_document

_CODE = Path(__file__).resolve().parents[2] / "lambda_src"


class OutsideFunction(lambda_.Function):
    """Runs `lambda_src/<folder>/handler.py` without network, disk and layer.

    It may do what is in `rights`, write its log, and no more. Lambda calls it three times: what
    failed then goes to `dead_letters` as it is. Its variables, if any, are under the key of `logs`.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        folder: str,
        rights: list[Statement],
        name: str | None = None,
        environment: dict[str, str] | None = None,
        dead_letters: DeadLetters,
        logs: Logs,
    ) -> None:
        # All but the function itself beside it, where they were before this class.
        log_group = EncryptedLogGroup(scope, "Logs", logs=logs)
        decrypt = [allow(["kms:Decrypt"], logs.key.key_arn)] if environment else []
        policy = iam.ManagedPolicy(
            scope,
            "Policy",
            document=policy_document(
                *rights,
                *dead_letters.rights(),
                *decrypt,
                allow(["logs:CreateLogStream", "logs:PutLogEvents"], log_group.log_group_arn),
            ),
        )
        role = iam.Role(
            scope,
            "Role",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            managed_policies=[policy],
        )
        super().__init__(
            scope,
            id,
            function_name=name,
            runtime=RUNTIME,
            handler=f"{folder}.handler.handler",
            code=lambda_.Code.from_asset(
                str(_CODE), exclude=["*", f"!{folder}", f"!{folder}/**", "**/__pycache__"]
            ),
            memory_size=256,
            timeout=Duration.minutes(1),
            environment=environment,
            environment_encryption=logs.key if environment else None,
            # By its ARN, which orders the function after it; of the role CDK would say so again.
            role=iam.Role.from_role_arn(scope, "Whole", role.role_arn, mutable=False),
            log_group=log_group,
        )
        resource = self.node.default_child
        assert isinstance(resource, lambda_.CfnFunction)
        resource.dead_letter_config = lambda_.CfnFunction.DeadLetterConfigProperty(
            target_arn=dead_letters.topic_arn
        )
