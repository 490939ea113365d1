"""The role in which a pipeline calls the URL that it deployed."""

from aws_cdk import Aws, Duration
from aws_cdk import aws_iam as iam
from constructs import Construct

from stacks.smoke_rights import SmokeRights


def smoke_role_arn(stage: str, account: str | None) -> str:
    """Return the ARN of the role in a stage, which the pipeline in another account must know."""
    return _arn(_name(stage), account)


def tester_name(stage: str) -> str:
    """Return the name of the pipeline's role that tests a stage, which the stage must know."""
    return f"LambdaDrive-{stage}-SmokeTester"


def _name(stage: str) -> str:
    return f"LambdaDrive-{stage}-SmokeTest"


def _arn(role_name: str, account: str | None) -> str:
    return f"arn:{Aws.PARTITION}:iam::{account or Aws.ACCOUNT_ID}:role/{role_name}"


class SmokeRole(Construct):
    """What `make smoke` needs and no more, for the pipeline's tester in `tester_account` alone.

    The trust is in the account, and tells the role by its ARN: IAM refuses to name a role that is
    not there, and trusts nobody any more when it is made anew.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        stage: str,
        url_auth: str,
        domain: bool,
        tester_account: str | None,
    ) -> None:
        super().__init__(scope, id)
        iam.Role(
            self,
            "Role",
            role_name=_name(stage),
            assumed_by=iam.AccountPrincipal(tester_account or Aws.ACCOUNT_ID).with_conditions(
                {"ArnEquals": {"aws:PrincipalArn": _arn(tester_name(stage), tester_account)}}
            ),
            max_session_duration=Duration.hours(1),
            managed_policies=[
                SmokeRights(self, "Rights", stage=stage, url_auth=url_auth, domain=domain).policy
            ],
        )
