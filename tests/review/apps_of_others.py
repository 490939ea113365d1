"""Two public CDK apps, rebuilt from their pages, before and after a change.

- The CDK Workshop in Python: a function behind an API that counts hits in a table
  (https://cdkworkshop.com/30-python/40-hit-counter.html).
- The Fargate service behind a load balancer of the CDK guide
  (https://docs.aws.amazon.com/cdk/v2/guide/ecs-example.html).

`python -m tests.review.apps_of_others FOLDER` synthesises each as it is, and as it is next.
"""

import os
import sys
from pathlib import Path

from aws_cdk import App, Stack
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_ecs_patterns as patterns
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

NAMES = ("workshop", "fargate")
_CODE = "def handler(event, context):\n    return {'statusCode': 200}\n"


class HitCounter(Construct):
    """A function that counts in a table, and calls another."""

    def __init__(self, scope: Construct, id: str, downstream: lambda_.IFunction) -> None:
        super().__init__(scope, id)
        table = dynamodb.Table(
            self,
            "Hits",
            partition_key=dynamodb.Attribute(name="path", type=dynamodb.AttributeType.STRING),
        )
        self.handler = _function(self, "HitCountHandler", TABLE=table.table_name)
        table.grant_read_write_data(self.handler)
        downstream.grant_invoke(self.handler)


class Workshop(Stack):
    """The API, which answers by itself before, and through the counter after."""

    def __init__(self, scope: Construct, id: str, *, after: bool) -> None:
        super().__init__(scope, id)
        hello: lambda_.IFunction = _function(self, "HelloHandler")
        if after:
            hello = HitCounter(self, "HelloHitCounter", hello).handler
        apigateway.LambdaRestApi(self, "Endpoint", handler=hello)


class Fargate(Stack):
    """The service, in one task before, and in six with SSH from anywhere after."""

    def __init__(self, scope: Construct, id: str, *, after: bool) -> None:
        super().__init__(scope, id)
        vpc = ec2.Vpc(self, "MyVpc", max_azs=3)
        cluster = ecs.Cluster(self, "MyCluster", vpc=vpc)
        service = patterns.ApplicationLoadBalancedFargateService(
            self,
            "MyFargateService",
            cluster=cluster,
            cpu=512,
            desired_count=6 if after else 1,
            task_image_options=patterns.ApplicationLoadBalancedTaskImageOptions(
                image=ecs.ContainerImage.from_registry("amazon/amazon-ecs-sample")
            ),
            memory_limit_mib=2048,
            public_load_balancer=True,
        )
        if after:
            service.service.connections.allow_from_any_ipv4(ec2.Port.tcp(22))


def _function(scope: Construct, id: str, **environment: str) -> lambda_.Function:
    return lambda_.Function(
        scope,
        id,
        runtime=lambda_.Runtime.PYTHON_3_13,
        handler="index.handler",
        code=lambda_.Code.from_inline(_CODE),
        environment=environment,
    )


def synthesise(folder: Path) -> None:
    """Write the assemblies `<name>/before` and `<name>/after`."""
    for name, stack in zip(NAMES, (Workshop, Fargate), strict=True):
        for when in ("before", "after"):
            context = {"aws:cdk:enable-path-metadata": True}
            app = App(context=context, outdir=str(folder / name / when))
            stack(app, name, after=when == "after")
            app.synth()


if __name__ == "__main__":
    os.environ["JSII_HOST_STACK_TRACES"] = "1"
    synthesise(Path(sys.argv[1]))
