"""The security gate: cdk-nag's AwsSolutions and Serverless packs over a whole app.

`python -m tests.infra.nag` runs it over the stages of `app.py`, and over what ships them.
"""

import json
import sys
import tempfile
from pathlib import Path

from aws_cdk import App, Validations
from cdk_nag import AwsSolutionsChecks, ServerlessChecks

from stacks.github_stack import GitHubStack
from stacks.pipeline_stack import PipelineStack
from stacks.settings import DEV, PROD
from stacks.shipping import GITHUB, PIPELINE, GitHub, Pipeline
from stacks.stage import Drive
from tests.baseline import CONNECTION

PROJECT = Path(__file__).resolve().parents[2]

# For a project that is not shipped yet.
_SOME_PIPELINE = Pipeline(connection_arn=CONNECTION, repository="you/drive")
_SOME_GITHUB = GitHub(repository="you/drive", owner_id=12, repository_id=34)


def app(outdir: str) -> App:
    """Return an empty app with the project's own flags, under the gate."""
    flags = json.loads((PROJECT / "cdk.json").read_text())["context"]
    gated = App(context=flags, outdir=outdir)
    Validations.of(gated).add_plugins(AwsSolutionsChecks(gated), ServerlessChecks(gated))
    return gated


def findings(gated: App) -> list[str]:
    """Synthesise, and return what the packs, and CDK's own validation, object to."""
    report = Path(gated.outdir) / "validation-report.json"
    report.unlink(missing_ok=True)
    try:
        gated.synth()
    except RuntimeError as error:
        if "ValidationFailed" not in str(error):
            raise
    if not report.exists():
        return []
    return [
        f"{construct['constructPath']}: {violation['ruleName']}: {violation['description']}"
        for plugin in json.loads(report.read_text())["pluginReports"]
        for violation in plugin["violations"]
        for construct in violation["violatingConstructs"]
    ]


def main() -> int:
    """Print the findings over all that the project deploys, and return 1 if there are any."""
    with tempfile.TemporaryDirectory() as folder:
        gated = app(folder)
        for settings in (DEV, PROD):
            Drive(gated, settings)
        PipelineStack(gated, "LambdaDrivePipeline", settings=PIPELINE or _SOME_PIPELINE)
        github = GITHUB or _SOME_GITHUB
        for stage in github.stages:
            GitHubStack(gated, f"{stage.name}-GitHub", settings=github, stage=stage)
        found = findings(gated)
    print("\n".join([*found, f"cdk-nag: {len(found)} findings"]))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
