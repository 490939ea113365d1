"""An address of one's own in front of a function."""

import json
from typing import TYPE_CHECKING

from aws_cdk import ArnFormat, Aws, Stack
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from stacks.function import cors
from stacks.shared import aws_limits
from stacks.shared.log_group import EncryptedLogGroup, Logs
from stacks.shared.notes import note

if TYPE_CHECKING:  # only who has a domain pays for the import, below
    from aws_cdk import aws_apigatewayv2 as apigateway

# Nothing in it is a caller's to write, so that every line stays JSON and no secret of a query gets
# in. The path is in the function's own line of the same `functionRequestId`.
_ACCESS_LOG = {
    "time": "$context.requestTime",
    "requestId": "$context.requestId",
    "functionRequestId": "$context.integration.requestId",
    "ip": "$context.identity.sourceIp",
    "caller": "$context.identity.userArn",
    "method": "$context.httpMethod",
    "status": "$context.status",
    "functionStatus": "$context.integration.status",
    "bytes": "$context.responseLength",
    "milliseconds": "$context.responseLatency",
    "error": "$context.error.responseType",
}


class CustomDomain(Construct):
    """`https://<name>/` in front of `function`: TLS 1.2 at least, throttled, logged, one door.

    Only those reach it whose own policies allow `execute-api:Invoke` on `invoke_arn`. One that is
    `public` lets everybody in; the function has to know its callers by itself.
    Where pages of `cors_origins` may call it, an `OPTIONS` needs no signature, since a browser
    asks first without one: the function is called, and must do nothing upon it.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        function: lambda_.IFunction,
        timeout_seconds: int,
        name: str,
        certificate_arn: str,
        hosted_zone_id: str | None = None,
        requests_per_second: int,
        cors_origins: tuple[str, ...] = (),
        public: bool = False,
        logs: Logs,
    ) -> None:
        # Only who has a domain pays for the import.
        from aws_cdk import aws_apigatewayv2 as apigateway  # noqa: PLC0415

        super().__init__(scope, id)
        api = apigateway.CfnApi(
            self,
            "Api",
            name=f"{Aws.STACK_NAME}-{id}",
            protocol_type="HTTP",
            disable_execute_api_endpoint=True,
            ip_address_type="dualstack",
            cors_configuration=_cors(cors_origins) if cors_origins else None,
        )
        integration = apigateway.CfnIntegration(
            self,
            "Function",
            api_id=api.ref,
            integration_type="AWS_PROXY",
            integration_uri=function.function_arn,
            payload_format_version="2.0",
            timeout_in_millis=aws_limits.HTTP_API_SECONDS * 1000,
        )
        route = apigateway.CfnRoute(
            self,
            "Everything",
            api_id=api.ref,
            route_key="$default",
            authorization_type="NONE" if public else "AWS_IAM",
            target=f"integrations/{integration.ref}",
        )
        last = self._let_browsers_ask(route) if cors_origins and not public else route
        log_group = EncryptedLogGroup(self, "AccessLogs", logs=logs)
        stage = apigateway.CfnStage(
            self,
            "Stage",
            api_id=api.ref,
            stage_name="$default",
            auto_deploy=True,
            access_log_settings=apigateway.CfnStage.AccessLogSettingsProperty(
                destination_arn=log_group.log_group_arn, format=json.dumps(_ACCESS_LOG)
            ),
            default_route_settings=apigateway.CfnStage.RouteSettingsProperty(
                throttling_rate_limit=requests_per_second,
                throttling_burst_limit=min(2 * requests_per_second, aws_limits.HTTP_API_BURST),
            ),
        )
        # One after another, for API Gateway may refuse two changes of one API at once
        # (https://github.com/brefphp/bref/issues/868).
        stage.add_resource_dependency(last)
        domain = apigateway.CfnDomainName(
            self,
            "Domain",
            domain_name=name,
            domain_name_configurations=[
                apigateway.CfnDomainName.DomainNameConfigurationProperty(
                    certificate_arn=certificate_arn,
                    endpoint_type="REGIONAL",
                    ip_address_type="dualstack",
                    security_policy="TLS_1_2",
                )
            ],
        )
        apigateway.CfnApiMapping(
            self, "Mapping", api_id=api.ref, domain_name=domain.ref, stage=stage.ref
        )
        if hosted_zone_id is not None:
            self._add_records(domain, name, hosted_zone_id)
        lambda_.CfnPermission(
            self,
            "Permission",
            action="lambda:InvokeFunction",
            function_name=function.function_arn,
            principal="apigateway.amazonaws.com",
            source_arn=self._arn(api, "*/*"),
        )
        if timeout_seconds > aws_limits.HTTP_API_SECONDS:
            note(
                self,
                "DomainTimeout",
                f"timeout_seconds is {timeout_seconds}, but an HTTP API waits"
                f" {aws_limits.HTTP_API_SECONDS} s for an answer: a request to {name} that takes"
                " longer gets 503 while the function goes on, and may still have its effect. Set"
                f" timeout_seconds to {aws_limits.HTTP_API_SECONDS} or less, or send long requests"
                " to the function URL.",
            )
        self.url = f"https://{name}/"
        self.api_id: str = api.ref
        self.invoke_arn = self._arn(api, "$default/*")
        self.target = domain.attr_regional_domain_name

    def _let_browsers_ask(self, everything: "apigateway.CfnRoute") -> "apigateway.CfnRoute":
        """Open the way for `OPTIONS`, which `$default` would ask for a signature.

        Returns the last of the routes, which are made one after another.
        https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html
        """
        # Only who has a domain pays for the import.
        from aws_cdk import aws_apigatewayv2 as apigateway  # noqa: PLC0415

        last = everything
        for name, path in (("Preflight", "/{proxy+}"), ("PreflightOfRoot", "/")):
            route = apigateway.CfnRoute(
                self,
                name,
                api_id=everything.api_id,
                route_key=f"OPTIONS {path}",
                authorization_type="NONE",
                target=everything.target,
            )
            route.add_resource_dependency(last)
            last = route
        return last

    def _add_records(
        self, domain: "apigateway.CfnDomainName", name: str, hosted_zone_id: str
    ) -> None:
        # Only who has a zone pays for the import.
        from aws_cdk import aws_route53 as route53  # noqa: PLC0415

        for address, kind in (("Ipv4", "A"), ("Ipv6", "AAAA")):
            route53.CfnRecordSet(
                self,
                address,
                hosted_zone_id=hosted_zone_id,
                name=name,
                type=kind,
                alias_target=route53.CfnRecordSet.AliasTargetProperty(
                    dns_name=domain.attr_regional_domain_name,
                    hosted_zone_id=domain.attr_regional_hosted_zone_id,
                ),
            )

    def _arn(self, api: "apigateway.CfnApi", what: str) -> str:
        return Stack.of(self).format_arn(
            service="execute-api",
            resource=api.ref,
            resource_name=what,
            arn_format=ArnFormat.SLASH_RESOURCE_NAME,
        )


def _cors(origins: tuple[str, ...]) -> "apigateway.CfnApi.CorsProperty":
    """What the API answers to a browser that asks first, without a signature.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html
    """
    from aws_cdk import aws_apigatewayv2 as apigateway  # noqa: PLC0415

    return apigateway.CfnApi.CorsProperty(
        allow_origins=list(origins),
        allow_methods=list(cors.METHODS),
        allow_headers=list(cors.REQUEST_HEADERS),
        expose_headers=list(cors.ANSWER_HEADERS),
        max_age=cors.MAX_AGE_SECONDS,
    )
