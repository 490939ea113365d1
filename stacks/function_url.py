"""The HTTPS address of a function."""

from aws_cdk import aws_lambda as lambda_
from constructs import Construct


class FunctionUrl(Construct):
    """An address that only callers with IAM credentials reach, and only those granted."""

    def __init__(self, scope: Construct, id: str, *, function: lambda_.IFunction) -> None:
        super().__init__(scope, id)
        self._function = function
        self.url = function.add_function_url(auth_type=lambda_.FunctionUrlAuthType.AWS_IAM).url

    def grant_invoke(self, principal_arn: str) -> None:
        """Let the IAM principal call the URL, and the function through the URL only.

        Both permissions are needed since October 2025
        (https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html).
        """
        # Named by the principal, so that its neighbours in the settings may come and go.
        grantee = Construct(self, principal_arn)
        lambda_.CfnPermission(
            grantee,
            "Url",
            action="lambda:InvokeFunctionUrl",
            function_name=self._function.function_arn,
            principal=principal_arn,
            function_url_auth_type="AWS_IAM",
        )
        lambda_.CfnPermission(
            grantee,
            "Function",
            action="lambda:InvokeFunction",
            function_name=self._function.function_arn,
            principal=principal_arn,
            invoked_via_function_url=True,
        )
