"""The role in which a pipeline calls the URL that it deployed."""

from aws_cdk import Aws, Duration, Environment
from aws_cdk import aws_iam as iam
from constructs import Construct

from stacks.shared.choices import UrlAuth
from stacks.shipping.smoke_test_policy import SmokeTestPolicy


def smoke_role_arn(stage: str, *, account: str | None, region: str | None) -> str:
    """Return the ARN of the role in a stage, which the pipeline in another account must know."""
    return _arn(_name(stage, region), account)


def tester_name(stage: str, region: str | None) -> str:
    """Return the name of the pipeline's role that tests a stage, which the stage must know."""
    return f"{_name(stage, region)}er"


def _name(stage: str, region: str | None) -> str:
    # IAM has no regions: without it, the same stage in two of them would want one role.
    return f"LambdaDrive-{stage}-{region or Aws.REGION}-SmokeTest"


def _arn(role_name: str, account: str | None) -> str:
    return f"arn:{Aws.PARTITION}:iam::{account or Aws.ACCOUNT_ID}:role/{role_name}"


class SmokeTestRole(Construct):
    """What `make smoke` needs and no more, for the tester of the stage in the `pipeline`'s place.

    The trust is in the account, and tells the role by its ARN: IAM refuses to name a role that is
    not there, and trusts nobody any more when it is made anew.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        stage: str,
        url_auth: UrlAuth,
        domain: bool,
        region: str | None,
        pipeline: Environment,
    ) -> None:
        super().__init__(scope, id)
        tester_arn = _arn(tester_name(stage, pipeline.region), pipeline.account)
        iam.Role(
            self,
            "Role",
            role_name=_name(stage, region),
            assumed_by=iam.AccountPrincipal(pipeline.account or Aws.ACCOUNT_ID).with_conditions(
                {"ArnEquals": {"aws:PrincipalArn": tester_arn}}
            ),
            max_session_duration=Duration.hours(1),
            managed_policies=[
                SmokeTestPolicy(
                    self, "Rights", stage=stage, url_auth=url_auth, domain=domain
                ).policy
            ],
        )
