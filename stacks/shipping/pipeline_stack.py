"""The stack of the pipeline that ships the stages."""

from itertools import pairwise

from aws_cdk import CfnOutput, Environment, Stack, pipelines
from aws_cdk import aws_iam as iam
from constructs import Construct

from stacks.settings import Settings
from stacks.shared.choices import SelfApproval
from stacks.shipping import sentences
from stacks.shipping.bootstrap_roles import bootstrap_role
from stacks.shipping.deployment_pipeline import DeploymentPipeline
from stacks.shipping.settings import Pipeline
from stacks.shipping.smoke_test_role import smoke_role_arn, tester_name
from stacks.shipping.smoke_test_stack import SmokeTestStack
from stacks.stage import DriveStage

_APPROVE_PERMISSIONS = "ApprovePermissions"
# When that is given by itself, by the setting `self_approval`.
_BY_ITSELF: dict[SelfApproval, str] = {
    "nothing-broader": "Without anything broader or a port opened, this is approved by itself.",
    "no-change": "Without a change in meaning, this is approved by itself.",
    "never": "A person gives it, whatever the review says.",
}


class PipelineStack(Stack):
    """Ships the first stage, and after approval the next, from the one checked cloud assembly.

    Before a stage changes anything it is guarded: what would lose data ends the run, and what
    would broaden permissions or open a port waits for approval (`self_approval` may ask for more).
    After that its URL is proved.
    """

    def __init__(self, scope: Construct, id: str, *, settings: Pipeline) -> None:
        self._settings = settings
        first = settings.stages[0]
        self._place = Environment(account=first.account, region=first.region)
        names = ", and after approval ".join(stage.name for stage in settings.stages)
        super().__init__(
            scope,
            id,
            env=self._place,
            description=f"Ships {settings.repository}: {names}",
            termination_protection=any(stage.retain for stage in settings.stages),
        )
        self._delivery = DeploymentPipeline(self, "Delivery", settings=settings)
        if first.permissions_boundary:
            iam.PermissionsBoundary.of(self._delivery).apply(
                iam.ManagedPolicy.from_managed_policy_name(
                    self, "Boundary", first.permissions_boundary
                )
            )
        looks = {first.name: self._ship(first)}
        for stage in settings.stages[1:]:
            approval = self._delivery.messages.approval(
                "Approve", stage=stage.name, comment=sentences.APPROVE, quiet=False
            )
            looks[stage.name] = self._ship(stage, approval)
        name = self._delivery.build()
        for shipped, look in looks.items():
            self._delivery.let_approve(
                look, stage=shipped, action=_APPROVE_PERMISSIONS, page=_page(shipped)
            )
        self._delivery.tighten()
        CfnOutput(self, "PipelineName", value=name)

    def _ship(self, settings: Settings, *approvals: pipelines.Step) -> pipelines.CodeBuildStep:
        """Add a stage, and return the step that looks at its permissions."""
        stage = settings.name
        drive = DriveStage(self, settings)
        SmokeTestStack(drive, "Tester", settings=settings, pipeline=self._place)

        lookup, deploy = (
            bootstrap_role(self, kind, account=settings.account, region=settings.region)
            for kind in ("lookup", "deploy")
        )
        replace_data = [f"--replace-data {name}" for name in self._settings.replace_data]
        guard = self._delivery.step("Guard", _ops("guard", stage, *replace_data), assume=lookup)
        look = self._delivery.step(
            "Permissions",
            _ops(
                "permissions",
                stage,
                f'--approve "${{CODEBUILD_INITIATOR#*/}}/{stage}/{_APPROVE_PERMISSIONS}"',
                '--execution "$EXECUTION"',
                f"--self-approval {self._settings.self_approval}",
                f'--page "s3://$ARTIFACTS/{_page(stage)}"',
                '--tell "$MESSAGES_TOPIC"',
            ),
            assume=lookup,
            environment={
                "ARTIFACTS": self._delivery.bucket_name,
                "EXECUTION": "#{codepipeline.PipelineExecutionId}",
                "MESSAGES_TOPIC": self._delivery.messages.topic_arn,
            },
        )
        # Beside the look, which gives it when there is nothing to approve, or tells that it waits.
        approval = self._delivery.messages.approval(
            _APPROVE_PERMISSIONS,
            stage=stage,
            quiet=True,
            comment=f"The log of Permissions says what this deployment means for {stage}, and where"
            f" the page of its review is. {_BY_ITSELF[self._settings.self_approval]}",
        )
        _in_order([guard], [look, approval], *([step] for step in approvals))
        protect = self._delivery.step("Protect", _ops("protect", stage), assume=deploy)
        smoke = self._delivery.step(
            "Smoke",
            (f"make smoke STAGE={stage}",),
            assume=(
                tested_as := smoke_role_arn(stage, account=settings.account, region=settings.region)
            ),
            role=self._tester(stage),
            environment={"SMOKE_ROLE_ARN": tested_as},
        )
        _in_order([protect], [smoke])
        self._delivery.add_stage(
            drive, pre=[guard, look, approval, *approvals], post=[protect, smoke]
        )
        return look

    def _tester(self, stage: str) -> iam.Role:
        return iam.Role(
            Construct(self._delivery, f"{stage}Tester"),
            "Role",
            role_name=tester_name(stage, self._place.region),
            assumed_by=iam.ServicePrincipal("codebuild.amazonaws.com"),
        )


def _page(stage: str) -> str:
    """Return the key of the page of a stage's review, of which the bucket keeps each version."""
    return f"reviews/{stage}.html"


def _ops(tool: str, stage: str, *options: str) -> tuple[str, str]:
    """Set up what the tools need, and run one on the cloud assembly."""
    return "make .venv/.base", " ".join(
        [".venv/bin/python -m ops", tool, stage, "--assembly cdk.out", *options]
    )


def _in_order(*groups: list[pipelines.Step]) -> None:
    """Let each step of a group wait for all of the group before."""
    for earlier, later in pairwise(groups):
        for step in later:
            for before in earlier:
                step.add_step_dependency(before)
