"""The security gate: cdk-nag's AwsSolutions and Serverless packs over a whole app.

`python -m tests.infra.nag` runs it over the stages of `app.py`, and over what ships them.
"""

import functools
import json
import sys
import tempfile
from pathlib import Path

from aws_cdk import App, CloudFormationValidatePlugin, Validations
from cdk_nag import AwsSolutionsChecks, ServerlessChecks

from environments import GITHUB, PIPELINE, STAGES
from stacks.settings import Settings
from stacks.shipping.github_stack import GitHubStack
from stacks.shipping.pipeline_stack import PipelineStack
from stacks.shipping.settings import GitHub, Pipeline
from stacks.stage import DriveStage
from tests import baseline
from tests.baseline import CONNECTION
from tests.infra.templates import Json, StageTemplates, load

PROJECT = Path(__file__).resolve().parents[2]
FLAGS: Json = json.loads((PROJECT / "cdk.json").read_text())["context"]

# For a project that is not shipped yet. Its own stages may be what no one pipeline ships.
_SOME_PIPELINE = Pipeline(
    connection_arn=CONNECTION,
    repository="you/drive",
    stages=(baseline.DEV, baseline.PROD),
    subscribers=("ops@example.com",),
)
_SOME_GITHUB = GitHub(repository="you/drive", owner_id=12, repository_id=34, stages=STAGES)


def app(outdir: str, context: Json | None = None) -> App:
    """Return an empty app with the project's own flags, under the gate."""
    gated = App(context=FLAGS | (context or {}), outdir=outdir)
    Validations.of(gated).add_plugins(
        AwsSolutionsChecks(gated), ServerlessChecks(gated), _validation()
    )
    return gated


@functools.cache
def _validation() -> CloudFormationValidatePlugin:
    """CDK's own validation, of which each instance starts an engine for seconds."""
    return CloudFormationValidatePlugin()


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


def gated(folder: Path, settings: Settings) -> tuple[StageTemplates, list[str]]:
    """Synthesise one stage under the gate; also what the gate found."""
    stage_app = app(str(folder))
    DriveStage(stage_app, settings)
    found = findings(stage_app)
    return load(folder, settings.name), found


def looked_up() -> Json:
    """Return what look-ups found, as the CDK CLI keeps it beside cdk.json."""
    file = PROJECT / "cdk.context.json"
    return json.loads(file.read_text()) if file.exists() else {}


def declare(everything: App) -> None:
    """Declare all that the project deploys: its stages, and what ships them."""
    for stage in STAGES:
        DriveStage(everything, stage)
    PipelineStack(everything, "LambdaDrivePipeline", settings=PIPELINE or _SOME_PIPELINE)
    github = GITHUB or _SOME_GITHUB
    for stage in github.stages:
        GitHubStack(everything, f"{stage.name}-GitHub", settings=github, stage=stage)


def main() -> int:
    """Print the findings over all that the project deploys, and return 1 if there are any."""
    with tempfile.TemporaryDirectory() as folder:
        gated = app(folder, looked_up())
        declare(gated)
        found = findings(gated)
    print("\n".join([*found, f"cdk-nag: {len(found)} findings"]))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
