"""The least that `make smoke` needs of a stage (`tests/smoke/test_smoke.py`)."""

from aws_cdk import ArnFormat, Stack
from aws_cdk import aws_iam as iam
from constructs import Construct

from stacks.shared.choices import UrlAuth
from stacks.shared.permissions import allow, policy_document
from stacks.shared.stage_tag import STAGE_TAG


class SmokeTestPolicy(Construct):
    """A policy to find the URL of a stage and to call it, where the stage is.

    Its resources are named by the stage's stack or known by its tag, so that nothing has to be
    deployed before it.
    """

    def __init__(
        self, scope: Construct, id: str, *, stage: str, url_auth: UrlAuth, domain: bool
    ) -> None:
        super().__init__(scope, id)
        stack = Stack.of(self)

        def arn(service: str, resource: str, name: str) -> str:
            colon = service in {"lambda", "secretsmanager"}
            form = ArnFormat.COLON_RESOURCE_NAME if colon else ArnFormat.SLASH_RESOURCE_NAME
            return stack.format_arn(
                service=service, resource=resource, resource_name=name, arn_format=form
            )

        outputs = arn("cloudformation", "stack", f"{stage}-Service/*")
        statements = [allow("cloudformation:DescribeStacks", outputs)]
        if url_auth == "token":
            secret, key = arn("secretsmanager", "secret", "FilesToken*"), arn("kms", "key", "*")
            through = f"secretsmanager.{stack.region}.amazonaws.com"
            # CloudFormation names a secret by its logical id, which is the same in every stage.
            of_stage = {f"aws:ResourceTag/{STAGE_TAG}": stage}
            statements += [
                allow("secretsmanager:GetSecretValue", secret, StringEquals=of_stage),
                allow(
                    "kms:Decrypt",
                    key,
                    StringEquals={"kms:ViaService": through, **of_stage},
                    ArnLike={"kms:EncryptionContext:SecretARN": secret},
                ),
            ]
        else:
            function = arn("lambda", "function", f"{stage}-Service-Files*")
            # Both since October 2025 (https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html).
            statements += [
                allow(
                    "lambda:InvokeFunctionUrl",
                    function,
                    StringEquals={"lambda:FunctionUrlAuthType": "AWS_IAM"},
                ),
                allow(
                    "lambda:InvokeFunction",
                    function,
                    Bool={"lambda:InvokedViaFunctionUrl": "true"},
                ),
            ]
            if domain:
                door = arn("execute-api", "*", "$default/*")
                # Invoking knows no tags, so the other HTTP APIs of the account are in reach: two
                # accounts keep stages apart (docs/operations.md).
                statements += [allow("execute-api:Invoke", door)]
        self.policy = iam.ManagedPolicy(self, "Policy", document=policy_document(*statements))
