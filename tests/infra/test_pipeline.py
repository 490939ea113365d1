"""What ships the stages: what it runs, in which order, and with which rights."""

import json
import re
import subprocess
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import pytest
from aws_cdk import App

from drive_tools.cloud_assembly import find_stage
from ops.pipeline_walk.pipeline_template import Action, PipelineTemplate
from stacks.settings import Settings
from stacks.shipping import pins
from stacks.shipping.pipeline_stack import PipelineStack
from stacks.shipping.settings import Pipeline
from tests.baseline import CONNECTION, DEV, PROD
from tests.infra import nag, reference, synthesis
from tests.infra.templates import Json, as_list
from tests.infra.test_stage_tag import TAG, assert_tagged

STACK = "LambdaDrivePipeline"
HERE: Json = {"account": "111111111111", "region": "eu-central-1"}
THERE: Json = {"account": "222222222222", "region": "eu-central-1"}
OTHERS: Json = {
    "packaging": "image",
    "url_auth": "token",
    "permissions_boundary": "boundaries/developer",
}
CASES: dict[str, Json] = {
    "one account": {"stages": (DEV, PROD)},
    "two accounts": {
        "stages": (replace(DEV, **HERE), replace(PROD, **THERE)),
        "notify": ("ops@example.com", "lead@example.com"),
        "builds": "x86_64",
    },
    "images, a token, a boundary": {"stages": (replace(DEV, **OTHERS), replace(PROD, **OTHERS))},
}


@dataclass(frozen=True)
class Synthesised:
    """A pipeline's template, what it does as the dry walk reads it, and what the gate found."""

    folder: Path
    dev: Settings
    prod: Settings
    notify: tuple[str, ...]
    builds: str
    found: list[str]

    @cached_property
    def resources(self) -> dict[str, Json]:
        template = json.loads((self.folder / f"{STACK}.template.json").read_text())
        found: dict[str, Json] = template["Resources"]
        return found

    @cached_property
    def read(self) -> PipelineTemplate:
        return PipelineTemplate(
            self.folder,
            STACK,
            account=self.dev.account or "999999999999",
            region=self.dev.region or "eu-west-1",
        )

    @cached_property
    def steps(self) -> list[list[Action]]:
        return self.read.actions()

    def stage(self, name: str) -> list[list[str]]:
        """The names of a stage's actions in order; those of one list run side by side."""
        return [[each.name for each in step] for step in self.steps if step[0].stage == name]

    def action(self, stage: str, name: str) -> Action:
        [found] = [a for step in self.steps for a in step if (a.stage, a.name) == (stage, name)]
        return found

    def of_type(self, *types: str) -> dict[str, Json]:
        return {
            name: resource["Properties"]
            for name, resource in self.resources.items()
            if resource["Type"] in types
        }

    def project(self, action: Action) -> str:
        """The logical id of the project that an action builds."""
        return action.configuration["ProjectName"]

    def role_of(self, action: Action) -> str:
        """The logical id of the role in which the commands of a build run."""
        project = self.resources[self.project(action)]["Properties"]
        role: str = project["ServiceRole"]["Fn::GetAtt"][0]
        return role

    def statements(self, role: str) -> list[Json]:
        return [
            statement
            for policy in self.of_type("AWS::IAM::Policy").values()
            if {"Ref": role} in policy["Roles"]
            for statement in policy["PolicyDocument"]["Statement"]
        ]

    def may(self, role: str, action: str) -> list[str]:
        """On what a role may do an action, as text."""
        return sorted(
            self.read.text(resource)
            for statement in self.statements(role)
            if action in as_list(statement["Action"])
            for resource in as_list(statement["Resource"])
        )

    def place(self, settings: Settings) -> str:
        """The end of the names of what `cdk bootstrap` made for a stage."""
        account = settings.account or "999999999999"
        return f"{account}-{settings.region or 'eu-west-1'}"

    def bootstrap_role(self, kind: str, settings: Settings) -> str:
        place = self.place(settings)
        return f"arn:aws:iam::{place[:12]}:role/cdk-hnb659fds-{kind}-role-{place}"


@pytest.fixture(scope="module", params=CASES)
def pipeline(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Synthesised:
    settings = Pipeline(connection_arn=CONNECTION, repository="you/drive", **CASES[request.param])
    folder = tmp_path_factory.mktemp("pipeline")
    gated = nag.app(str(folder))
    PipelineStack(gated, STACK, settings=settings)
    return Synthesised(
        folder,
        settings.stages[0],
        settings.stages[1],
        settings.notify,
        settings.build_architecture,
        nag.findings(gated),
    )


def test_it_passes_the_gate_without_a_warning(pipeline: Synthesised) -> None:
    assert pipeline.found == []


def test_it_is_of_version_two_and_changes_itself(pipeline: Synthesised) -> None:
    [properties] = pipeline.of_type("AWS::CodePipeline::Pipeline").values()
    assert properties["PipelineType"] == "V2"
    assert properties["RestartExecutionOnUpdate"] is True
    mutate = pipeline.action("UpdatePipeline", "SelfMutate").build
    assert mutate is not None
    assert mutate.commands[-1].startswith(f"cdk -a . deploy {STACK} ")


def test_the_stages_come_in_order(pipeline: Synthesised) -> None:
    order = [step[0].stage for step in pipeline.steps]
    assert list(dict.fromkeys(order)) == [
        "Source",
        "Build",
        "UpdatePipeline",
        "Assets",
        "Dev",
        "Prod",
    ]


def test_the_source_is_the_one_branch_by_the_connection(pipeline: Synthesised) -> None:
    source = pipeline.action("Source", "Source")
    assert source.provider == "CodeStarSourceConnection"
    assert source.configuration["ConnectionArn"] == CONNECTION
    assert source.configuration["FullRepositoryId"] == "you/drive"
    assert source.configuration["BranchName"] == "main"


def test_synth_checks_and_tests_first(pipeline: Synthesised) -> None:
    synth = pipeline.action("Build", "Synth").build
    assert synth is not None
    assert synth.commands == ("make check", "make test-fast", "make pipeline-synth")


@pytest.mark.parametrize("stage", ["Dev", "Prod"])
def test_a_stage_is_guarded_then_deployed_then_proved(pipeline: Synthesised, stage: str) -> None:
    guard, look, *rest = pipeline.stage(stage)
    assert guard == ["Guard"]
    assert sorted(look) == ["ApprovePermissions", "Permissions"]
    assert [rest.pop(0)] == [["Approve"]] if stage == "Prod" else True
    *deployments, protect, smoke = rest
    assert (protect, smoke) == (["Protect"], ["Smoke"])
    assert [sorted(step) for step in deployments] == [
        ["Data.Prepare", "Tester.Prepare"],
        ["Data.Deploy", "Tester.Deploy"],
        ["Service.Prepare"],
        ["Service.Deploy"],
    ]


def test_production_waits_for_a_person_after_dev_was_proved(pipeline: Synthesised) -> None:
    names = [f"{each.stage}/{each.name}" for step in pipeline.steps for each in step]
    approve = names.index("Prod/Approve")
    assert pipeline.action("Prod", "Approve").provider == "Manual"
    assert names.index("Dev/Smoke") < approve < names.index("Prod/Data.Prepare")


@pytest.mark.parametrize("stage", ["Dev", "Prod"])
def test_what_broadens_permissions_waits_for_a_person(pipeline: Synthesised, stage: str) -> None:
    """By an approval that the look beside it gives, and nobody and nothing else's."""
    assert pipeline.action(stage, "ApprovePermissions").provider == "Manual"
    look = pipeline.action(stage, "Permissions")
    assert look.build is not None
    assert (
        f'-m ops permissions {stage} --assembly cdk.out --approve "${{CODEBUILD_INITIATOR#*/}}'
        f'/{stage}/ApprovePermissions" --execution "$EXECUTION"'
    ) in look.build.commands[-1]
    role = pipeline.role_of(look)
    place = pipeline.place(pipeline.dev)
    arn = f"arn:aws:codepipeline:{place[13:]}:{place[:12]}:{pipeline.read.name}"
    assert pipeline.may(role, "codepipeline:PutApprovalResult") == [
        f"{arn}/{stage}/ApprovePermissions"
    ]
    assert pipeline.may(role, "codepipeline:GetPipelineState") == [arn]
    approving = [
        other
        for other in pipeline.of_type("AWS::IAM::Role")
        if pipeline.may(other, "codepipeline:PutApprovalResult")
    ]
    assert len(approving) == 2


def test_an_approval_that_waits_tells_whom_it_should(pipeline: Synthesised) -> None:
    """By an encrypted topic; the look tells of its own approval, and only where that waits."""
    topics = pipeline.of_type("AWS::SNS::Topic")
    subscribed = {
        each["Endpoint"]
        for each in pipeline.of_type("AWS::SNS::Subscription").values()
        if each["Protocol"] == "email" and each["TopicArn"]["Ref"] in topics
    }
    assert subscribed == {*pipeline.notify}
    approve = pipeline.action("Prod", "Approve")
    looks = [pipeline.action(stage, "Permissions") for stage in ("Dev", "Prod")]
    telling = {approve.role, *map(pipeline.role_of, looks)}
    for role in pipeline.of_type("AWS::IAM::Role"):
        expected = [*topics] if role in telling else []
        assert pipeline.may(role, "sns:Publish") == expected
    [key] = pipeline.of_type("AWS::KMS::Key")
    for topic in topics.values():
        assert topic["KmsMasterKeyId"] == {"Fn::GetAtt": [key, "Arn"]}
        for role in telling:
            for action in ("kms:Decrypt", "kms:GenerateDataKey"):
                assert pipeline.may(role, action) == [key]
    assert approve.configuration.get("NotificationArn") == (next(iter(topics)) if topics else None)
    for look in looks:
        approval = pipeline.action(look.stage, "ApprovePermissions")
        assert "NotificationArn" not in approval.configuration
        assert look.build is not None
        tells = look.build.commands[-1].endswith(' --tell "$APPROVALS_TOPIC"')
        assert tells == bool(topics)
        assert look.build.environment.get("APPROVALS_TOPIC") == next(iter(topics), None)


def test_an_approval_says_what_waits_behind_it(pipeline: Synthesised) -> None:
    """By the rules of the mode that the pipeline has, which is the default.

    https://docs.aws.amazon.com/codepipeline/latest/userguide/concepts-how-it-works.html
    """
    [properties] = pipeline.of_type("AWS::CodePipeline::Pipeline").values()
    assert properties.get("ExecutionMode", "SUPERSEDED") == "SUPERSEDED"
    approvals = [each for step in pipeline.steps for each in step if each.provider == "Manual"]
    assert len(approvals) == 3
    for approval in approvals:
        said = approval.configuration["CustomData"]
        assert said.endswith(
            f" newer commits wait before {approval.stage}; of those only the newest goes on."
        )
        assert len(said) <= 1000


@pytest.mark.parametrize("stage", ["Dev", "Prod"])
def test_every_tool_reads_the_assembly_that_was_checked(pipeline: Synthesised, stage: str) -> None:
    for name in ("Guard", "Permissions", "Protect", "Smoke"):
        action = pipeline.action(stage, name)
        assert "Synth_Output" in action.inputs
        assert action.build is not None
        assert any(
            '"$CODEBUILD_SRC_DIR_Synth_Output" "cdk.out"' in c for c in action.build.commands
        )


def test_production_gets_the_assets_that_dev_tested(pipeline: Synthesised) -> None:
    outputs = {output for step in pipeline.steps for each in step for output in each.outputs}
    assert outputs == {"you_drive_Source", "Synth_Output"}
    prepared = [
        each.configuration["TemplatePath"]
        for step in pipeline.steps
        for each in step
        if each.name.endswith(".Prepare")
    ]
    assert len(prepared) == 6
    assert {path.partition("::")[0] for path in prepared} == {"Synth_Output"}
    dev, prod = (assets(pipeline, stage) for stage in ("Dev", "Prod"))
    assert prod == dev != set()
    published = {
        digest
        for step in pipeline.steps
        for each in step
        if each.stage == "Assets" and each.build
        for command in each.build.commands
        for digest in re.findall(r'publish "([0-9a-f]{64}):', command)
    }
    assert published == prod


def assets(pipeline: Synthesised, stage: str) -> set[str]:
    """The hashes of a stage's assets that are no templates."""
    return {
        digest
        for stack in find_stage(pipeline.folder, stage).stacks
        for kind in ("files", "dockerImages")
        for digest, asset in json.loads(stack.assets.read_text()).get(kind, {}).items()
        if not asset["source"].get("path", "").endswith(".template.json")
    }


@pytest.mark.parametrize("pipeline", ["one account"], indirect=True)
def test_it_ships_what_reviewers_saw(pipeline: Synthesised, tmp_path: Path) -> None:
    """Data and Service are those of `app.py`, but for the names that CDK makes of paths."""
    synthesis.assembly(tmp_path, pipeline.dev, pipeline.prod)
    shipped, seen = (reference.references(folder) for folder in (pipeline.folder, tmp_path))
    for name, text in seen.items():
        assert shipped[name].replace(f"{STACK}/", "") == text
    assert set(shipped) - set(seen) == {"Dev-Tester.json", "Prod-Tester.json"}


@pytest.mark.parametrize("stage", ["Dev", "Prod"])
def test_all_of_a_stage_has_its_tag_and_so_has_what_the_pipeline_adds_to_it(
    pipeline: Synthesised, stage: str
) -> None:
    stacks = find_stage(pipeline.folder, stage).stacks
    assert f"{stage}-Tester" in {stack.name for stack in stacks}
    for stack in stacks:
        assert_tagged(stack.body(), stage)
        [deploy] = [
            action
            for step in pipeline.steps
            for action in step
            if action.configuration.get("StackName") == stack.name
            and action.configuration["ActionMode"] == "CHANGE_SET_REPLACE"
        ]
        tags = deploy.configuration["TemplateConfiguration"].partition("::")[2]
        assert json.loads((pipeline.folder / tags).read_text())["Tags"] == {TAG: stage}


def test_builds_use_the_versions_that_the_project_pins(pipeline: Synthesised) -> None:
    installed = set()
    for step in pipeline.steps:
        for action in step:
            if action.build:
                assert action.build.runtimes == {"python": pins.python(), "nodejs": pins.node()}
                installed |= {c for c in action.build.commands if "install" in c}
    assert installed == {
        f"npm install -g aws-cdk@{pins.npm('aws-cdk')}",
        f"npm install -g cdk-assets@{pins.npm('cdk-assets')}",
    }
    images = {
        project["Environment"]["Image"]
        for project in pipeline.of_type("AWS::CodeBuild::Project").values()
    }
    machines = {"arm64": "aarch64-standard:3.0", "x86_64": "x86_64-standard:5.0"}
    assert images == {f"aws/codebuild/amazonlinux-{machines[pipeline.builds]}"}


def test_the_pinned_cdk_assets_reads_this_library_s_assembly(pipeline: Synthesised) -> None:
    """It lags behind the library at times (https://github.com/aws/aws-cdk/issues/32744)."""
    for stack in find_stage(pipeline.folder, "Dev").stacks:
        result = subprocess.run(
            [
                *(nag.PROJECT / ".venv/bin/node", nag.PROJECT / "node_modules/.bin/cdk-assets"),
                *("--path", stack.assets, "ls"),
            ],
            check=False,
            capture_output=True,
            text=True,
        )
        assert result.returncode == 0, result.stderr
    version = json.loads((nag.PROJECT / "node_modules/cdk-assets/package.json").read_text())
    assert version["version"] == pins.npm("cdk-assets")


def test_artifacts_and_logs_are_encrypted_by_its_own_key(pipeline: Synthesised) -> None:
    [(key, _)] = pipeline.of_type("AWS::KMS::Key").items()
    arn = {"Fn::GetAtt": [key, "Arn"]}
    [bucket] = pipeline.of_type("AWS::S3::Bucket").values()
    [rule] = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["ServerSideEncryptionByDefault"] == {
        "SSEAlgorithm": "aws:kms",
        "KMSMasterKeyID": arn,
    }
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    [log] = pipeline.of_type("AWS::Logs::LogGroup").values()
    assert log["KmsKeyId"] == arn
    assert log["RetentionInDays"] == PROD.log_retention_days
    [store] = pipeline.of_type("AWS::CodePipeline::Pipeline").values()
    assert store["ArtifactStore"]["EncryptionKey"]["Id"] == arn
    for project in pipeline.of_type("AWS::CodeBuild::Project").values():
        assert project["EncryptionKey"] == arn
        assert "GroupName" in project["LogsConfig"]["CloudWatchLogs"]


def test_artifacts_go_over_tls_and_outlive_the_stack(pipeline: Synthesised) -> None:
    [policy] = pipeline.of_type("AWS::S3::BucketPolicy").values()
    denied = [
        statement["Condition"]
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Deny" and statement["Principal"] == {"AWS": "*"}
    ]
    assert {"Bool": {"aws:SecureTransport": "false"}} in denied
    for kind in ("AWS::S3::Bucket", "AWS::KMS::Key", "AWS::Logs::LogGroup"):
        for resource in pipeline.resources.values():
            if resource["Type"] == kind:
                assert resource["DeletionPolicy"] == "RetainExceptOnCreate"
                assert resource["UpdateReplacePolicy"] == "Retain"


def test_where_a_stage_is_its_artifacts_can_be_read(pipeline: Synthesised) -> None:
    """By the role that deploys it, which may be in another account."""
    roles = {pipeline.bootstrap_role("deploy", each) for each in (pipeline.dev, pipeline.prod)}
    [key] = pipeline.of_type("AWS::KMS::Key").values()
    [bucket] = pipeline.of_type("AWS::S3::BucketPolicy").values()
    for policy, action in (
        (key["KeyPolicy"], "kms:Decrypt"),
        (bucket["PolicyDocument"], "s3:GetObject*"),
    ):
        named = {
            pipeline.read.text(principal)
            for statement in policy["Statement"]
            if statement["Effect"] == "Allow" and action in as_list(statement["Action"])
            for principal in as_list(statement["Principal"].get("AWS", []))
        }
        assert roles <= named


def test_nobody_unnamed_is_let_in(pipeline: Synthesised) -> None:
    """No wildcard principal, but in denials; roles trust the pipeline and its services only."""
    for role in pipeline.of_type("AWS::IAM::Role").values():
        for statement in role["AssumeRolePolicyDocument"]["Statement"]:
            assert statement["Principal"] in (
                {"Service": "codebuild.amazonaws.com"},
                {"Service": "codepipeline.amazonaws.com"},
                {"AWS": {"Fn::GetAtt": ["DeliveryPipelineRole1B5EE678", "Arn"]}},
            )
    for policy in pipeline.of_type("AWS::S3::BucketPolicy").values():
        for statement in policy["PolicyDocument"]["Statement"]:
            if statement["Effect"] == "Allow":
                named = [pipeline.read.text(p) for p in as_list(statement["Principal"]["AWS"])]
                assert all(":role/cdk-hnb659fds-deploy-role-" in name for name in named), named
    for key in pipeline.of_type("AWS::KMS::Key").values():
        for statement in key["KeyPolicy"]["Statement"]:
            assert "*" not in as_list(statement["Principal"].get("AWS", "none"))


def test_no_right_is_of_all_actions_or_all_resources(pipeline: Synthesised) -> None:
    for name in pipeline.of_type("AWS::IAM::Role"):
        for statement in pipeline.statements(name):
            assert not [action for action in as_list(statement["Action"]) if "*" in action], name
            assert "*" not in as_list(statement["Resource"]), name
    for policy in pipeline.of_type("AWS::IAM::ManagedPolicy").values():
        raise AssertionError(f"not looked at: {policy}")


def test_the_build_that_runs_the_source_may_write_its_log_and_its_artifact_only(
    pipeline: Synthesised,
) -> None:
    role = pipeline.role_of(pipeline.action("Build", "Synth"))
    assert {a for s in pipeline.statements(role) for a in as_list(s["Action"])} == {
        "kms:Decrypt",
        "kms:DescribeKey",
        "kms:Encrypt",
        "kms:GenerateDataKey",
        "kms:ReEncryptFrom",
        "kms:ReEncryptTo",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
        "s3:AbortMultipartUpload",
        "s3:GetBucketAcl",
        "s3:GetBucketLocation",
        "s3:GetBucketVersioning",
        "s3:GetObject",
        "s3:GetObjectVersion",
        "s3:ListBucket",
        "s3:PutObject",
    }


def test_the_connection_may_upload_what_it_fetched(pipeline: Synthesised) -> None:
    """It sets an ACL as it does so (https://github.com/aws/aws-cdk/issues/13557)."""
    [bucket] = pipeline.of_type("AWS::S3::Bucket")
    source = pipeline.action("Source", "Source").role
    everything = f"{bucket}/*"
    for action in ("s3:PutObject", "s3:PutObjectAcl"):
        assert everything in pipeline.may(source, action)
    assert pipeline.may(source, "s3:DeleteObject") == []
    for action in ("codeconnections:UseConnection", "codestar-connections:UseConnection"):
        assert pipeline.may(source, action) == [CONNECTION]
    others = {role for role in pipeline.of_type("AWS::IAM::Role") if role != source}
    assert not [role for role in others if pipeline.may(role, "s3:PutObjectAcl")]


def test_the_build_that_checks_has_the_memory_for_it(pipeline: Synthesised) -> None:
    """And the others are small."""
    synth = pipeline.project(pipeline.action("Build", "Synth"))
    for name, project in pipeline.of_type("AWS::CodeBuild::Project").items():
        size = "MEDIUM" if name == synth else "SMALL"
        assert project["Environment"]["ComputeType"] == f"BUILD_GENERAL1_{size}", name


def test_each_step_may_assume_the_one_role_that_it_needs(pipeline: Synthesised) -> None:
    for stage, settings in (("Dev", pipeline.dev), ("Prod", pipeline.prod)):
        account, region = pipeline.place(settings).split("-", 1)
        smoke = f"arn:aws:iam::{account}:role/LambdaDrive-{stage}-{region}-SmokeTest"
        needed = {
            "Guard": pipeline.bootstrap_role("lookup", settings),
            "Permissions": pipeline.bootstrap_role("lookup", settings),
            "Protect": pipeline.bootstrap_role("deploy", settings),
            "Smoke": smoke,
        }
        for name, arn in needed.items():
            action = pipeline.action(stage, name)
            assert pipeline.may(pipeline.role_of(action), "sts:AssumeRole") == [arn]
        build = pipeline.action(stage, "Smoke").build
        assert build is not None
        assert build.environment == {"SMOKE_ROLE_ARN": smoke}
    mutate = pipeline.role_of(pipeline.action("UpdatePipeline", "SelfMutate"))
    assert pipeline.may(mutate, "sts:AssumeRole") == [
        pipeline.bootstrap_role(kind, pipeline.dev) for kind in ("deploy", "file-publishing")
    ]


def test_assets_are_published_by_roles_of_that_name_only(pipeline: Synthesised) -> None:
    for step in pipeline.steps:
        for action in step:
            if action.stage == "Assets":
                roles = pipeline.may(pipeline.role_of(action), "sts:AssumeRole")
                kind = "image" if "Docker" in action.name else "file"
                stages = (pipeline.dev, pipeline.prod)
                assert set(roles) == {
                    pipeline.bootstrap_role(f"{kind}-publishing", stage) for stage in stages
                }


def test_no_key_lives_long(pipeline: Synthesised) -> None:
    forbidden = ("AWS::IAM::User", "AWS::IAM::AccessKey", "AWS::CodeBuild::SourceCredential")
    assert pipeline.of_type(*forbidden) == {}
    names = {
        variable["Name"]
        for project in pipeline.of_type("AWS::CodeBuild::Project").values()
        for variable in project["Environment"].get("EnvironmentVariables", [])
    }
    assert names == {"SMOKE_ROLE_ARN"} | ({"APPROVALS_TOPIC"} if pipeline.notify else set())


@pytest.mark.parametrize("stage", ["Dev", "Prod"])
def test_only_the_tester_of_the_pipeline_becomes_the_role_of_the_smoke_test(
    pipeline: Synthesised, stage: str
) -> None:
    template = smoke_resources(pipeline, stage)
    [role] = [r["Properties"] for r in template.values() if r["Type"] == "AWS::IAM::Role"]
    [trust] = role["AssumeRolePolicyDocument"]["Statement"]
    account = pipeline.dev.account or "999999999999"
    text = pipeline.read.text
    assert text(trust["Principal"]["AWS"]) == f"arn:aws:iam::{account}:root"
    tester = f"LambdaDrive-{stage}-{pipeline.dev.region or 'eu-west-1'}-SmokeTester"
    assert text(trust["Condition"]["ArnEquals"]["aws:PrincipalArn"]) == (
        f"arn:aws:iam::{account}:role/{tester}"
    )
    tested_by = pipeline.role_of(pipeline.action(stage, "Smoke"))
    assert text(pipeline.resources[tested_by]["Properties"]["RoleName"]) == tester
    settings = pipeline.dev if stage == "Dev" else pipeline.prod
    region = settings.region or "eu-west-1"
    assert text(role["RoleName"]) == f"LambdaDrive-{stage}-{region}-SmokeTest"


@pytest.mark.parametrize("stage", ["Dev", "Prod"])
def test_the_smoke_test_may_find_the_url_and_call_it(pipeline: Synthesised, stage: str) -> None:
    [policy] = [
        resource["Properties"]["PolicyDocument"]["Statement"]
        for resource in smoke_resources(pipeline, stage).values()
        if resource["Type"] == "AWS::IAM::ManagedPolicy"
    ]
    settings = pipeline.dev if stage == "Dev" else pipeline.prod
    assert {action for statement in policy for action in as_list(statement["Action"])} == {
        "cloudformation:DescribeStacks",
        *(
            ("secretsmanager:GetSecretValue", "kms:Decrypt")
            if settings.url_auth == "token"
            else ("lambda:InvokeFunctionUrl", "lambda:InvokeFunction")
        ),
        *(("execute-api:Invoke",) if settings.domain and settings.url_auth == "iam" else ()),
    }
    for statement in policy:
        resource = pipeline.read.text(statement["Resource"])
        assert resource != "*"
        if statement["Action"] == "lambda:InvokeFunction":
            assert statement["Condition"] == {"Bool": {"lambda:InvokedViaFunctionUrl": "true"}}
            assert f":function:{stage}-Service-Files" in resource
        if statement["Action"] in {"secretsmanager:GetSecretValue", "kms:Decrypt"}:
            # In one account the secrets of all stages have names that begin with the same.
            assert statement["Condition"]["StringEquals"][f"aws:ResourceTag/{TAG}"] == stage


def smoke_resources(pipeline: Synthesised, stage: str) -> dict[str, Json]:
    """The resources of the stack in which a stage's smoke test has its role."""
    [stack] = [
        stack
        for stack in find_stage(pipeline.folder, stage).stacks
        if stack.name == f"{stage}-Tester"
    ]
    found: dict[str, Json] = stack.body()["Resources"]
    return found


def test_every_role_has_the_boundary_that_is_set(pipeline: Synthesised) -> None:
    boundary = pipeline.dev.permissions_boundary
    for name, role in pipeline.of_type("AWS::IAM::Role").items():
        found = pipeline.read.text(role.get("PermissionsBoundary", ""))
        assert found.endswith(f":policy/{boundary}") if boundary else not found, name


def test_it_runs_one_build_at_a_time(pipeline: Synthesised) -> None:
    """A new account has no more (docs/decisions/0022-new-accounts.md)."""
    for step in pipeline.steps:
        builds = [action for action in step if action.build]
        if step[0].stage == "Assets":  # one for all files, and one for all images
            assert len(builds) <= 2
        else:
            assert len(builds) <= 1, [action.name for action in builds]


def test_a_third_stage_is_shipped_after_an_approval_of_its_own(tmp_path: Path) -> None:
    stages = (DEV, replace(DEV, name="Trial"), PROD)
    app = App(context=nag.FLAGS, outdir=str(tmp_path))
    settings = Pipeline(connection_arn=CONNECTION, repository="you/drive", stages=stages)
    PipelineStack(app, STACK, settings=settings)
    app.synth()
    read = PipelineTemplate(tmp_path, STACK, account="999999999999", region="eu-west-1")
    shipped: dict[str, set[str]] = {}
    for step in read.actions():
        shipped.setdefault(step[0].stage, set()).update(action.name for action in step)
    assert list(shipped)[-3:] == ["Dev", "Trial", "Prod"]
    assert [name for name, actions in shipped.items() if "Approve" in actions] == ["Trial", "Prod"]
    for stage in ("Dev", "Trial", "Prod"):
        assert {"Guard", "Permissions", "ApprovePermissions", "Protect", "Smoke"} <= shipped[stage]
