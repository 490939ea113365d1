"""Both stages that tests vary, as a pipeline ships them, for the real CLI."""

from aws_cdk import App

from stacks.shipping.pipeline_stack import PipelineStack
from stacks.shipping.settings import Pipeline
from tests.baseline import CONNECTION, DEV, PROD

app = App()
PipelineStack(
    app,
    "LambdaDrivePipeline",
    settings=Pipeline(connection_arn=CONNECTION, repository="you/drive", stages=(DEV, PROD)),
)
app.synth()
