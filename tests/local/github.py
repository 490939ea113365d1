"""GitHub's side of a deployment: the role of our stack, and a job's token for it."""

import base64
import json
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import boto3
from aws_cdk import App
from botocore import UNSIGNED
from botocore.config import Config

from ops.local.cdk_cli import Target
from stacks.settings import Settings
from stacks.shipping.github_stack import GitHubStack
from stacks.shipping.settings import GitHub
from tests.baseline import DEV, PROD
from tests.infra.flags import FLAGS
from tests.local.conftest import TARGET, LocalCloud
from tests.patience import PATIENCE_SECONDS

ISSUER = "https://token.actions.githubusercontent.com"
AUDIENCE = "sts.amazonaws.com"
GITHUB = GitHub(
    repository="you/drive", owner_id=12, repository_id=34, branch="main", stages=(DEV, PROD)
)


def deploy_role(cloud: LocalCloud, stage: Settings) -> str:
    """Deploy the stack of a stage's role, as a person does before the first job; return its ARN."""
    with tempfile.TemporaryDirectory() as folder:
        app = App(context=FLAGS, outdir=folder)
        stack = GitHubStack(app, f"{stage.name}-GitHub", settings=GITHUB, stage=stage)
        app.synth()
        template = Path(folder, stack.template_file).read_text()
    iam, client = cloud.client("iam"), cloud.client("cloudformation")
    with suppress(iam.exceptions.EntityAlreadyExistsException):
        iam.create_open_id_connect_provider(Url=ISSUER, ClientIDList=[AUDIENCE])
    name = f"{stage.name}-GitHub"
    client.create_stack(
        StackName=name, TemplateBody=template, Capabilities=["CAPABILITY_NAMED_IAM"]
    )
    waiting = {"Delay": 1, "MaxAttempts": PATIENCE_SECONDS}
    client.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig=waiting)
    [made] = client.describe_stacks(StackName=name)["Stacks"]
    [output] = made["Outputs"]
    return str(output["OutputValue"])


def claims(environment: str) -> dict[str, object]:
    """Return what the token of a job says: of an environment, on the branch of the repository."""
    repository = GITHUB.repository
    return {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "exp": int(time.time()) + 300,
        "environment": environment,
        "ref": f"refs/heads/{GITHUB.branch}",
        "repository": repository,
        "repository_id": str(GITHUB.repository_id),
        "sub": f"repo:{repository}:environment:{environment}",
    }


def session(
    cloud: LocalCloud, role: str, said: dict[str, object], target: Target = TARGET
) -> dict[str, str]:
    """Assume the role with a token, as aws-actions/configure-aws-credentials; return variables."""
    sts: Any = boto3.client(
        "sts",
        endpoint_url=cloud.environment["AWS_ENDPOINT_URL"],
        region_name=target.region,
        config=Config(signature_version=UNSIGNED),
    )
    lent = sts.assume_role_with_web_identity(
        RoleArn=role, RoleSessionName="GitHubActions", WebIdentityToken=_token(said)
    )["Credentials"]
    return {
        "AWS_ENDPOINT_URL": cloud.environment["AWS_ENDPOINT_URL"],
        "AWS_ACCESS_KEY_ID": lent["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": lent["SecretAccessKey"],
        "AWS_SESSION_TOKEN": lent["SessionToken"],
        "AWS_REGION": target.region,
        "AWS_DEFAULT_REGION": target.region,
    }


def _token(said: dict[str, object]) -> str:
    """Return a JSON Web Token; nobody here could verify a signature of GitHub's."""
    parts = ({"alg": "none", "typ": "JWT"}, said)
    texts = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode() for part in parts]
    return ".".join([*(text.rstrip("=") for text in texts), "signature"])
