"""A pipeline of AWS CodePipeline that ships this project, and changes itself with it."""

from aws_cdk import CfnResource, Stack, pipelines
from aws_cdk import aws_codebuild as codebuild
from aws_cdk import aws_iam as iam
from constructs import Construct

from stacks.shared.choices import Architecture
from stacks.shared.key import EncryptionKey
from stacks.shared.log_group import EncryptedLogGroup, Logs
from stacks.shared.permissions import allow, policy_statement
from stacks.shipping import pins
from stacks.shipping.artifacts import Artifacts
from stacks.shipping.bootstrap_roles import bootstrap_bucket, bootstrap_role
from stacks.shipping.least_rights import tighten
from stacks.shipping.messages import Messages
from stacks.shipping.settings import Pipeline

# Native to what the functions run on, so that container images need no emulation.
_BUILD_IMAGES: dict[Architecture, codebuild.IBuildImage] = {
    "arm64": codebuild.LinuxArmBuildImage.AMAZON_LINUX_2023_STANDARD_3_0,
    "x86_64": codebuild.LinuxBuildImage.AMAZON_LINUX_2023_5,
}


class DeploymentPipeline(Construct):
    """Source, synth with all checks, itself and the assets; stages are added by its owner.

    Artifacts and logs are under a key of its own. Its builds have the versions that the project
    pins, and no right but those named here and in `step`. Its stages are complete after `build`,
    its rights after `tighten`.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        settings: Pipeline,
    ) -> None:
        super().__init__(scope, id)
        key = EncryptionKey(
            self, "Key", description="Pipeline of the drive: artifacts and logs", retain=True
        ).key
        days = settings.stages[-1].log_retention_days
        logs = Logs(key=key, retention_days=days, retain=True)
        self._log = EncryptedLogGroup(self, "Log", logs=logs)
        self._artifacts = Artifacts(self, "Artifacts", key=key).bucket
        self.messages = Messages(self, "Messages", key=key, subscribers=settings.subscribers)
        self._source = pipelines.CodePipelineSource.connection(
            settings.repository,
            settings.branch,
            connection_arn=settings.connection_arn,
            action_name="Source",
        )
        self._synth = pipelines.CodeBuildStep(
            "Synth",
            input=self._source,
            commands=["make check-source", "make test-fast", "make pipeline-synth"],
            primary_output_directory="cdk.out",
            # mypy takes 3.3 GiB; a small build has 3 GB (x86_64) or 4 GB (ARM) in all, a medium one
            # 7 or 8 GB
            # (https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-compute-types.html).
            build_environment=codebuild.BuildEnvironment(compute_type=codebuild.ComputeType.MEDIUM),
        )
        self._toolkit = Stack.of(self).format_arn(
            service="cloudformation", resource="stack", resource_name="CDKToolkit/*"
        )
        self._pipeline = pipelines.CodePipeline(
            self,
            "Pipeline",
            synth=self._synth,
            artifact_bucket=self._artifacts,
            cli_version=pins.npm("aws-cdk"),
            cdk_assets_cli_version=pins.npm("cdk-assets"),
            # One build for all files: each alone would take longer to start than to run.
            publish_assets_in_parallel=False,
            code_build_defaults=self._build_options(settings.build_architecture),
            self_mutation_code_build_defaults=pipelines.CodeBuildOptions(
                role_policy=[
                    # What the CDK CLI looks at before it assumes a role.
                    policy_statement(allow("cloudformation:DescribeStacks", self._toolkit)),
                    policy_statement(allow("s3:ListBucket", bootstrap_bucket(Stack.of(self)))),
                ]
            ),
        )
        self.add_stage = self._pipeline.add_stage

    def step(
        self,
        name: str,
        commands: tuple[str, ...],
        *,
        assume: str,
        role: iam.IRole | None = None,
        environment: dict[str, str] | None = None,
    ) -> pipelines.CodeBuildStep:
        """Run commands on the source, with the cloud assembly in `cdk.out`.

        They may assume the role of the ARN `assume`, which is all that they may do in AWS.
        """
        return pipelines.CodeBuildStep(
            name,
            input=self._source,
            additional_inputs={"cdk.out": self._synth},
            commands=list(commands),
            env=environment,
            role=role,
            role_policy_statements=[policy_statement(allow("sts:AssumeRole", assume))],
        )

    def build(self) -> str:
        """Finish it, after the last stage was added, and return its name."""
        self._pipeline.build_pipeline()
        built = self._pipeline.pipeline
        policy = built.role.node.find_child("DefaultPolicy").node.default_child
        resource = built.node.default_child
        assert isinstance(policy, CfnResource)
        assert isinstance(resource, CfnResource)
        # Not of the role, as CDK writes: `RoleArn` names it already.
        resource.add_override("DependsOn", [policy.logical_id])
        self.messages.tell_of_failures(built.pipeline_name)
        return built.pipeline_name

    def tighten(self) -> None:
        """Take from its roles what CDK Pipelines gave them beyond need, when all is granted."""
        stack = Stack.of(self)
        tighten(
            self,
            bucket=self._artifacts,
            log_group_arn=self._log.log_group_arn,
            assumable=[bootstrap_role(stack, kind) for kind in ("deploy", "file-publishing")],
        )

    @property
    def bucket_name(self) -> str:
        """The name of the bucket of its artifacts."""
        return self._artifacts.bucket_name

    def let_approve(
        self, step: pipelines.CodeBuildStep, *, stage: str, action: str, page: str
    ) -> None:
        """Let a step of the pipeline, now that it is built, give one manual approval in it.

        It may put one page into the bucket, by its key, and tell those who are to be told.
        """
        arn = self._pipeline.pipeline.pipeline_arn
        approval = f"{arn}/{stage}/{action}"
        step.project.add_to_role_policy(
            policy_statement(allow("codepipeline:GetPipelineState", arn))
        )
        step.project.add_to_role_policy(
            policy_statement(allow("codepipeline:PutApprovalResult", approval))
        )
        stored = f"{self.bucket_name}/{page}"
        arn_of_page = Stack.of(self).format_arn(
            service="s3", region="", account="", resource=stored
        )
        step.project.add_to_role_policy(policy_statement(allow("s3:PutObject", arn_of_page)))
        self.messages.let_tell(step.project)

    def _build_options(self, architecture: Architecture) -> pipelines.CodeBuildOptions:
        versions = {"python": pins.python(), "nodejs": pins.node()}
        return pipelines.CodeBuildOptions(
            build_environment=codebuild.BuildEnvironment(
                build_image=_BUILD_IMAGES[architecture],
                compute_type=codebuild.ComputeType.SMALL,
            ),
            logging=codebuild.LoggingOptions(
                cloud_watch=codebuild.CloudWatchLoggingOptions(log_group=self._log)
            ),
            partial_build_spec=codebuild.BuildSpec.from_object(
                {"version": "0.2", "phases": {"install": {"runtime-versions": versions}}}
            ),
        )
