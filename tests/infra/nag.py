"""The security gate: all packs of cdk-nag, and CDK's own validation, over a whole app.

`python -m tests.infra.nag` runs it over the stages of `app.py`, and over what ships them.
"""

import functools
import json
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from aws_cdk import App, CloudFormationValidatePlugin, Validations
from cdk_nag import (
    AwsSolutionsChecks,
    HIPAASecurityChecks,
    NIST80053R4Checks,
    NIST80053R5Checks,
    PCIDSS321Checks,
    ServerlessChecks,
)

from environments import GITHUB, PIPELINE, STAGES
from stacks.settings import Settings
from stacks.shipping.github_stack import GitHubStack
from stacks.shipping.pipeline_stack import PipelineStack
from stacks.shipping.settings import GitHub, Pipeline
from stacks.stage import DriveStage
from tests import baseline
from tests.baseline import CONNECTION
from tests.gates.exceptions import EXCUSES
from tests.gates.findings import Finding, unexcused
from tests.infra.flags import FLAGS
from tests.infra.templates import Json

# All that cdk-nag has, by the names in their findings.
PACKS: dict[str, type] = {
    "AwsSolutions": AwsSolutionsChecks,
    "HIPAA.Security": HIPAASecurityChecks,
    "NIST.800.53.R4": NIST80053R4Checks,
    "NIST.800.53.R5": NIST80053R5Checks,
    "PCI.DSS.321": PCIDSS321Checks,
    "Serverless": ServerlessChecks,
}
# The one whose rules have names of their own.
_OWN_NAMES = "AwsSolutions"

PROJECT = Path(__file__).resolve().parents[2]


def _some_pipeline(stages: tuple[Settings, ...]) -> Pipeline:
    return Pipeline(
        connection_arn=CONNECTION,
        repository="you/drive",
        stages=stages,
        subscribers=("ops@example.com",),
    )


def _a_pipeline() -> Pipeline:
    """Return that of the project, or one for a project that is not shipped yet.

    It ships the project's own stages, which the scanners then need not read a second time; but
    those may be what no one pipeline ships.
    """
    if PIPELINE:
        return PIPELINE
    try:
        return _some_pipeline(STAGES)
    except ValueError:
        return _some_pipeline((baseline.DEV, baseline.PROD))


SOME_GITHUB = GitHub(repository="you/drive", owner_id=12, repository_id=34, stages=STAGES)


def app(outdir: str, context: Json | None = None) -> App:
    """Return an empty app with the project's own flags, under the gate."""
    gated = App(context=FLAGS | (context or {}), outdir=outdir)
    guard(gated)
    return gated


def guard(unguarded: App) -> None:
    """Put an app under the gate, before it has anything in it."""
    # Where its words are in the error, and not printed: they know nothing of the exceptions.
    unguarded.node.set_context("@aws-cdk/core:appMode", "inmemory")
    Validations.of(unguarded).add_plugins(
        *(pack(unguarded) for pack in PACKS.values()), _validation()
    )


@functools.cache
def _validation() -> CloudFormationValidatePlugin:
    """CDK's own validation, of which each instance starts an engine for seconds."""
    return CloudFormationValidatePlugin()


def findings(gated: App, stages: Iterable[Settings]) -> list[str]:
    """Synthesise, and return what the gate finds and no exception covers, one line each.

    `stages` are the settings of the stages in it.
    """
    return unexcused(everything_found(gated), EXCUSES, stages)


def everything_found(gated: App) -> list[Finding]:
    """Synthesise, and return what the packs, and CDK's own validation, object to.

    A warning of theirs is one as well. All packs but one have rules of the same names, which are
    the same rules.
    """
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
        Finding(
            "cdk-nag" if plugin["pluginName"] in PACKS else "cdk",
            _rule(plugin["pluginName"], violation["ruleName"]),
            construct["constructPath"],
            violation["description"].partition(" - (Control")[0],
        )
        for plugin in json.loads(report.read_text())["pluginReports"]
        for violation in plugin["violations"]
        for construct in violation["violatingConstructs"]
    ]


def _rule(pack: str, name: str) -> str:
    return name if pack == _OWN_NAMES else name.removeprefix(f"{pack}-")


def looked_up() -> Json:
    """Return what look-ups found, as the CDK CLI keeps it beside cdk.json."""
    file = PROJECT / "cdk.context.json"
    return json.loads(file.read_text()) if file.exists() else {}


def stages() -> list[Settings]:
    """Return the settings of the stages in what the project deploys, those of a pipeline too."""
    return [*STAGES, *_a_pipeline().stages]


def declare(everything: App) -> None:
    """Declare all that the project deploys: its stages, and what ships them."""
    for stage in STAGES:
        DriveStage(everything, stage)
    PipelineStack(everything, "LambdaDrivePipeline", settings=_a_pipeline())
    github = GITHUB or SOME_GITHUB
    for stage in github.stages:
        GitHubStack(everything, f"{stage.name}-GitHub", settings=github, stage=stage)


def main() -> int:
    """Print the findings over all that the project deploys, and return 1 if there are any."""
    with tempfile.TemporaryDirectory() as folder:
        gated = app(folder, looked_up())
        declare(gated)
        found = findings(gated, stages())
    print("\n".join([*found, f"cdk-nag: {len(found)} findings"]))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
