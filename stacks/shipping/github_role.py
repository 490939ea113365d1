"""The role in which GitHub's workflows deploy, without a key that anybody keeps."""

from aws_cdk import Aws, Duration
from aws_cdk import aws_iam as iam
from constructs import Construct

from stacks.shared.permissions import allow, policy_document
from stacks.shipping.settings import GitHub

_ISSUER = "token.actions.githubusercontent.com"


class GitHubRole(Construct):
    """A role for jobs of one environment, on the branch of the repository, for an hour each time.

    They may assume the roles `assumable`, and do what the policy `rights` says. The account's
    identity provider for GitHub is not made here: an account has one, for all its repositories.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        settings: GitHub,
        environment: str,
        assumable: list[str],
        rights: iam.IManagedPolicy,
    ) -> None:
        super().__init__(scope, id)
        repository, repository_id = settings.repository, settings.repository_id
        owner, name = repository.split("/")
        # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif
        claims: dict[str, str | list[str]] = {
            "aud": "sts.amazonaws.com",
            "environment": environment,
            "ref": f"refs/heads/{settings.branch}",
            "repository": repository,
            "repository_id": str(repository_id),
            # The second since July 2026, for repositories that are new or were renamed
            # (https://github.blog/changelog/2026-04-23-immutable-subject-claims-for-github-actions-oidc-tokens/).
            "sub": [
                f"repo:{repository}:environment:{environment}",
                f"repo:{owner}@{settings.owner_id}/{name}@{repository_id}:environment:{environment}",
            ],
        }
        self.role = iam.Role(
            self,
            "Role",
            assumed_by=iam.WebIdentityPrincipal(
                f"arn:{Aws.PARTITION}:iam::{Aws.ACCOUNT_ID}:oidc-provider/{_ISSUER}",
                {"StringEquals": {f"{_ISSUER}:{claim}": value for claim, value in claims.items()}},
            ),
            max_session_duration=Duration.hours(1),
            managed_policies=[
                rights,
                iam.ManagedPolicy(
                    self, "Deploy", document=policy_document(allow("sts:AssumeRole", assumable))
                ),
            ],
        )
