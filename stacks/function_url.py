"""The HTTPS address of a function."""

from aws_cdk import Duration
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

# What a page may send beside what browsers always let through: SigV4's headers, conditions,
# ranges, digests (RFC 9530), moves, and tus.
_REQUEST_HEADERS = (
    *("authorization", "content-type", "x-amz-content-sha256", "x-amz-date"),
    *("x-amz-security-token", "if-match", "if-modified-since", "if-none-match", "if-range"),
    *("if-unmodified-since", "range", "content-digest", "want-content-digest", "destination"),
    *("overwrite", "tus-resumable", "upload-checksum", "upload-length", "upload-metadata"),
    *("upload-offset",),
)
# What its script may read of an answer.
_ANSWER_HEADERS = (
    *("accept-ranges", "allow", "content-digest", "content-length", "content-range", "etag"),
    *("last-modified", "location", "retry-after", "tus-checksum-algorithm", "tus-extension"),
    *("tus-max-size", "tus-resumable", "tus-version", "upload-expires", "upload-length"),
    *("upload-metadata", "upload-offset", "x-amzn-requestid"),
)


class FunctionUrl(Construct):
    """An address that only callers with IAM credentials reach, and only those granted.

    Pages of `cors_origins` may call it as well, with such credentials.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        function: lambda_.IFunction,
        cors_origins: tuple[str, ...] = (),
    ) -> None:
        super().__init__(scope, id)
        self._function = function
        self.url = function.add_function_url(
            auth_type=lambda_.FunctionUrlAuthType.AWS_IAM,
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
    method = lambda_.HttpMethod
    return lambda_.FunctionUrlCorsOptions(
        allowed_origins=list(origins),
        allowed_methods=[
            *(method.GET, method.HEAD, method.PUT, method.POST, method.PATCH, method.DELETE)
        ],
        allowed_headers=list(_REQUEST_HEADERS),
        exposed_headers=list(_ANSWER_HEADERS),
        max_age=Duration.hours(1),
    )
