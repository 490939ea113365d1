"""From a commit in GitHub to a stage: the role of its workflows, deployed once by hand."""

from aws_cdk import CfnOutput, Environment, PermissionsBoundary, Stack
from constructs import Construct

from stacks.settings import Settings
from stacks.shared.stage_tag import tag_stage
from stacks.shipping.bootstrap_roles import bootstrap_role
from stacks.shipping.github_role import GitHubRole
from stacks.shipping.settings import GitHub
from stacks.shipping.smoke_test_policy import SmokeTestPolicy


class GitHubStack(Stack):
    """The role for jobs of the environment that is named as the stage, where the stage is."""

    def __init__(self, scope: Construct, id: str, *, settings: GitHub, stage: Settings) -> None:
        super().__init__(
            scope,
            id,
            env=Environment(account=stage.account, region=stage.region),
            description=f"{stage.name} drive: the role in which {settings.repository} deploys it",
            permissions_boundary=PermissionsBoundary.from_name(stage.permissions_boundary)
            if stage.permissions_boundary
            else None,
        )
        kinds = ["lookup", "deploy", "file-publishing"]
        if stage.packaging == "image":
            kinds.append("image-publishing")
        role = GitHubRole(
            self,
            "GitHub",
            settings=settings,
            environment=stage.name,
            assumable=[bootstrap_role(self, kind) for kind in kinds],
            rights=SmokeTestPolicy(
                self,
                "Smoke",
                stage=stage.name,
                url_auth=stage.url_auth,
                domain=stage.domain is not None,
            ).policy,
        ).role
        tag_stage(self, stage.name)
        CfnOutput(self, "RoleArn", value=role.role_arn)
