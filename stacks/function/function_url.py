"""The HTTPS address of a function."""

from aws_cdk import Duration
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from stacks.function import cors


class FunctionUrl(Construct):
    """An address that only callers with IAM credentials reach, and only those granted.

    Pages of `cors_origins` may call it as well, with such credentials. One that is `public` lets
    everybody in; the function has to know its callers by itself.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        function: lambda_.IFunction,
        cors_origins: tuple[str, ...] = (),
        public: bool = False,
    ) -> None:
        super().__init__(scope, id)
        self._function = function
        auth = lambda_.FunctionUrlAuthType
        # For NONE, CDK adds the two permissions that are explained below, for everybody.
        self.url = function.add_function_url(
            auth_type=auth.NONE if public else auth.AWS_IAM,
            cors=_cors(cors_origins) if cors_origins else None,
        ).url

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


def _cors(origins: tuple[str, ...]) -> lambda_.FunctionUrlCorsOptions:
    """What Lambda answers to a browser that asks first.

    It asks without a signature, so the function itself is never called
    (https://docs.aws.amazon.com/lambda/latest/dg/urls-configuration.html#urls-cors).
    """
    return lambda_.FunctionUrlCorsOptions(
        allowed_origins=list(origins),
        allowed_methods=[lambda_.HttpMethod[method] for method in cors.METHODS],
        allowed_headers=list(cors.REQUEST_HEADERS),
        exposed_headers=list(cors.ANSWER_HEADERS),
        max_age=Duration.seconds(cors.MAX_AGE_SECONDS),
    )
