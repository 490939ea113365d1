"""With which rights the pipeline runs, and who may read what it keeps."""

from tests.baseline import CONNECTION, PROD
from tests.infra.pipelines import Synthesised
from tests.infra.templates import as_list


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
        (bucket["PolicyDocument"], "s3:GetObject"),
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
            if statement["Effect"] == "Deny":
                continue
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


def test_a_look_may_write_the_page_of_its_stage_and_no_artifact(pipeline: Synthesised) -> None:
    [bucket] = pipeline.of_type("AWS::S3::Bucket")
    for stage in ("Dev", "Prod"):
        look = pipeline.action(stage, "Permissions")
        assert look.outputs == ()
        page = f"reviews/{stage}.html"
        role = pipeline.role_of(look)
        assert pipeline.may(role, "s3:PutObject") == [f"arn:aws:s3:::{bucket}/{page}"]
        assert look.build is not None
        assert look.build.environment["ARTIFACTS"] == bucket
        assert f' --page "s3://$ARTIFACTS/{page}"' in look.build.commands[-1]


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
        # So the dry walk gives it.
        statements = [one for each in build.role.policies.values() for one in each["Statement"]]
        assume = {"Action": ["sts:AssumeRole"], "Effect": "Allow", "Resource": [smoke]}
        assert assume in statements
        assert build.role.name.endswith("-SmokeTester")
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
    assert names == {"ARTIFACTS", "SMOKE_ROLE_ARN", "MESSAGES_TOPIC"}


def test_every_role_has_the_boundary_that_is_set(pipeline: Synthesised) -> None:
    boundary = pipeline.dev.permissions_boundary
    for name, role in pipeline.of_type("AWS::IAM::Role").items():
        found = pipeline.read.text(role.get("PermissionsBoundary", ""))
        assert found.endswith(f":policy/{boundary}") if boundary else not found, name
