"""Each call to the local cloud is judged by the policies of its caller, as AWS judges it."""

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from drive_tools.client.http_client import SignedClient
from tests.local.conftest import ACCOUNT, LAMBDA, TARGET, LocalCloud, policy_of
from tests.local.small_stacks import Stacks
from tests.patience import PATIENCE_SECONDS

Client = Any  # boto3 makes them at run time
Statement = dict[str, Any]
# Calls what the event names, with the credentials that Lambda gives to the function.
CODE = """
import boto3

def handler(event, context):
    if "call" not in event:
        return {"statusCode": 200, "body": "hello"}
    service, method, arguments = event["call"]
    try:
        getattr(boto3.client(service), method)(**arguments)
    except Exception as error:
        return str(error)
    return "done"
"""
ARN = f"arn:aws:lambda:{TARGET.region}:{TARGET.account}:function:caller"
PARAMETER = f"arn:aws:ssm:{TARGET.region}:{TARGET.account}:parameter"
USER = f"arn:aws:iam::{TARGET.account}:user/ada"
URL_ACTIONS = ("lambda:InvokeFunctionUrl", "lambda:InvokeFunction")


def allow(actions: str | list[str], resource: str | list[str] = "*", **more: object) -> Statement:
    return {"Effect": "Allow", "Action": actions, "Resource": resource, **more}


@pytest.fixture(scope="module")
def started(cloud: LocalCloud) -> LocalCloud:
    """A local cloud with a function, its role, some parameters and a user."""
    cloud.start()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr("index.py", CODE)
    cloud.client("lambda").create_function(
        FunctionName="caller",
        Runtime="python3.13",
        Handler="index.handler",
        Role=cloud.role("caller", LAMBDA),
        Code={"ZipFile": packed.getvalue()},
        Timeout=900,
    )
    for name in ("/a/b", "/a/c", "plain"):
        cloud.client("ssm").put_parameter(Name=name, Value="x", Type="String")
    cloud.client("iam").create_user(UserName="ada")
    return cloud


@pytest.fixture
def ada(started: LocalCloud) -> Iterator[Callable[..., Callable[[str], Client]]]:
    """Give the user a policy; returns what makes clients with a key of hers."""
    iam = started.client("iam")
    made = iam.create_access_key(UserName="ada")["AccessKey"]
    pair = made["AccessKeyId"], made["SecretAccessKey"]

    def may(*statements: Statement) -> Callable[[str], Client]:
        iam.put_user_policy(UserName="ada", PolicyName="may", PolicyDocument=policy_of(*statements))
        return lambda service: client(started, service, *pair)

    yield may
    iam.delete_access_key(UserName="ada", AccessKeyId=pair[0])


def client(local: LocalCloud, service: str, *keys: str) -> Client:
    running = local.process.running()
    assert running is not None
    return boto3.client(
        service,  # type: ignore[call-overload]  # any service
        config=Config(read_timeout=PATIENCE_SECONDS, retries={"total_max_attempts": 1}),
        endpoint_url=running.endpoint,
        region_name=TARGET.region,
        aws_access_key_id=keys[0],
        aws_secret_access_key=keys[1],
        aws_session_token=keys[2] if len(keys) > 2 else None,
    )


def refused(call: Callable[..., object], /, **arguments: object) -> tuple[str, str]:
    """The name and the sentence of AWS's error."""
    with pytest.raises(ClientError) as raised:
        call(**arguments)
    error = raised.value.response["Error"]
    return error["Code"], error["Message"]


def said(user: str, action: str, resource: str) -> str:
    return (
        f"User: {user} is not authorized to perform: {action} on resource: {resource}"
        f" because no identity-based policy allows the {action} action"
    )


def test_a_user_may_what_her_policy_says_and_nothing_else(
    ada: Callable[..., Callable[[str], Client]],
) -> None:
    by = ada(
        allow("ssm:GetParameter*", f"{PARAMETER}/a/*"),
        {**allow("*", "*"), "Effect": "Deny", "Condition": {"Null": {"aws:username": "true"}}},
    )
    ssm = by("ssm")
    assert ssm.get_parameter(Name="/a/b:1")["Parameter"]["Value"] == "x"
    assert len(ssm.get_parameters(Names=["/a/b", "/a/c"])["Parameters"]) == 2
    denied = said(USER, "ssm:GetParameters", f"{PARAMETER}/plain")
    for names in (["/a/b", "plain"], ["plain", "/a/b"]):
        assert refused(ssm.get_parameters, Names=names) == ("AccessDeniedException", denied)
    assert refused(ssm.put_parameter, Name="/a/b", Value="y", Overwrite=True) == (
        "AccessDeniedException",
        said(USER, "ssm:PutParameter", f"{PARAMETER}/a/b"),
    )
    assert by("sts").get_caller_identity()["Arn"] == USER


def test_each_api_refuses_in_its_own_words(ada: Callable[..., Callable[[str], Client]]) -> None:
    by = ada(allow("ssm:GetParameter"))
    region, account = TARGET.region, TARGET.account
    assert refused(by("lambda").get_function_configuration, FunctionName="caller") == (
        "AccessDeniedException",
        said(USER, "lambda:GetFunctionConfiguration", ARN),
    )
    assert refused(by("lambda").get_alias, FunctionName="caller", Name="x") == (
        "AccessDeniedException",
        said(USER, "lambda:GetAlias", ARN),
    )
    code, message = refused(by("ec2").describe_vpcs)
    assert code == "UnauthorizedOperation"
    assert message.startswith("You are not authorized to perform this operation. User: ")
    assert refused(by("s3").list_objects_v2, Bucket="there") == (
        "AccessDenied",
        said(USER, "s3:ListBucket", '"arn:aws:s3:::there"'),
    )
    stack = f"arn:aws:cloudformation:{region}:{account}:stack/Dev/*"
    assert refused(by("cloudformation").describe_stacks, StackName="Dev") == (
        "AccessDenied",
        said(USER, "cloudformation:DescribeStacks", stack),
    )
    log = f"arn:aws:logs:{region}:{account}:log-group:a:log-stream:b"
    assert refused(by("logs").get_log_events, logGroupName="a", logStreamName="b") == (
        "AccessDeniedException",
        said(USER, "logs:GetLogEvents", log),
    )


def test_boundary_session_policy_and_trust_limit_a_role(started: LocalCloud) -> None:
    iam, sts = started.client("iam"), started.client("sts")
    role = started.role("limited", ACCOUNT, allow("ssm:*"))
    boundary = iam.create_policy(
        PolicyName="boundary",
        PolicyDocument=policy_of(allow(["ssm:GetParameter", "ssm:PutParameter"])),
    )["Policy"]["Arn"]

    def session(**more: str) -> Client:
        lent = sts.assume_role(RoleArn=role, RoleSessionName="me", **more)["Credentials"]
        keys = lent["AccessKeyId"], lent["SecretAccessKey"], lent["SessionToken"]
        return client(started, "ssm", *keys)

    session().delete_parameter(Name="plain")
    iam.put_role_permissions_boundary(RoleName="limited", PermissionsBoundary=boundary)
    code, message = refused(session().delete_parameter, Name="/a/c")
    assert code == "AccessDeniedException"
    assert message.endswith("no permissions boundary allows the ssm:DeleteParameter action")
    less = session(Policy=policy_of(allow("ssm:GetParameter")))
    assert less.get_parameter(Name="/a/b")
    written = {"Name": "/a/b", "Value": "z", "Overwrite": True}
    assert refused(less.put_parameter, **written)[1].endswith(
        "no session policy allows the ssm:PutParameter action"
    )
    session().put_parameter(**written)
    assert refused(sts.assume_role, RoleArn=started_role(started), RoleSessionName="me") == (
        "AccessDenied",
        f"User: arn:aws:iam::{TARGET.account}:root is not authorized to perform: sts:AssumeRole"
        f" on resource: {started_role(started)}"
        " because no role trust policy allows the sts:AssumeRole action",
    )


def test_a_role_of_a_stack_has_the_boundary_of_its_template(started: LocalCloud) -> None:
    iam, sts, stacks = started.client("iam"), started.client("sts"), Stacks(started.client)
    trust = {**allow("sts:AssumeRole"), "Principal": ACCOUNT}
    del trust["Resource"]
    document = {"Version": "2012-10-17", "Statement": [allow("ssm:*")]}
    boundary = f"arn:aws:iam::{TARGET.account}:policy/later"
    properties = {
        "RoleName": "bounded",
        "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
        "Policies": [{"PolicyName": "own", "PolicyDocument": document}],
    }

    def deploy(**more: str) -> None:
        role = {"Type": "AWS::IAM::Role", "Properties": {**properties, **more}}
        assert "COMPLETE" in stacks.deploy("Bounded", {"Resource": role})

    def read() -> object:
        arn = f"arn:aws:iam::{TARGET.account}:role/bounded"
        lent = sts.assume_role(RoleArn=arn, RoleSessionName="me")["Credentials"]
        keys = lent["AccessKeyId"], lent["SecretAccessKey"], lent["SessionToken"]
        return client(started, "ssm", *keys).get_parameter(Name="/a/b")

    deploy(PermissionsBoundary=boundary)
    assert read(), "its policy is not there yet"
    iam.create_policy(PolicyName="later", PolicyDocument=policy_of(allow("ssm:PutParameter")))
    shown = iam.get_role(RoleName="bounded")["Role"]["PermissionsBoundary"]
    assert shown["PermissionsBoundaryArn"] == boundary
    assert "no permissions boundary allows" in refused(read)[1]
    deploy()
    assert read()
    deploy(PermissionsBoundary=boundary)
    assert "no permissions boundary allows" in refused(read)[1]


def test_a_role_is_assumed_by_both_its_trust_and_the_callers_policy(
    started: LocalCloud, ada: Callable[..., Callable[[str], Client]]
) -> None:
    trust = {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": ACCOUNT,
        "Condition": {"StringEquals": {"sts:ExternalId": "theirs"}},
    }
    arn = started.client("iam").create_role(
        RoleName="tagged",
        AssumeRolePolicyDocument=policy_of(trust),
        Tags=[{"Key": "aws-cdk:bootstrap-role", "Value": "deploy"}],
    )["Role"]["Arn"]

    def assume(tag: str, external: str) -> object:
        tagged = {"ForAnyValue:StringEquals": {"iam:ResourceTag/aws-cdk:bootstrap-role": [tag]}}
        sts = ada(allow("sts:AssumeRole", arn, Condition=tagged))("sts")
        return sts.assume_role(RoleArn=arn, RoleSessionName="me", ExternalId=external)

    assert assume("deploy", "theirs")
    reason = "no identity-based policy allows the sts:AssumeRole action"
    assert refused(assume, tag="lookup", external="theirs")[1].endswith(reason)
    reason = "no role trust policy allows the sts:AssumeRole action"
    assert refused(assume, tag="deploy", external="others")[1].endswith(reason)


def test_the_roles_of_cdk_may_what_cdk_does_with_them(started: LocalCloud) -> None:
    started.bootstrap()
    place = f"{TARGET.account}-{TARGET.region}"
    sts = started.client("sts")

    def by(role: str, service: str) -> Client:
        arn = f"arn:aws:iam::{TARGET.account}:role/cdk-hnb659fds-{role}-role-{place}"
        lent = sts.assume_role(RoleArn=arn, RoleSessionName="cdk")["Credentials"]
        keys = lent["AccessKeyId"], lent["SecretAccessKey"], lent["SessionToken"]
        return client(started, service, *keys)

    formation = by("deploy", "cloudformation")
    parameter = {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": "x"}}
    executes = f"arn:aws:iam::{TARGET.account}:role/cdk-hnb659fds-cfn-exec-role-{place}"
    change = {
        "StackName": "made",
        "ChangeSetName": "first",
        "ChangeSetType": "CREATE",
        "TemplateBody": json.dumps({"Resources": {"Parameter": parameter}}),
    }
    passed = f"{executes}-of-others"
    assert (
        "to perform: iam:PassRole on resource"
        in refused(formation.create_change_set, **change, RoleARN=passed)[1]
    )
    formation.create_change_set(**change, RoleARN=executes)
    formation.execute_change_set(StackName="made", ChangeSetName="first")
    assert by("lookup", "cloudformation").describe_stacks(StackName="made")["Stacks"]
    bucket = f"cdk-hnb659fds-assets-{place}"
    by("file-publishing", "s3").put_object(Bucket=bucket, Key="a", Body=b"x")
    assert by("deploy", "s3").get_object(Bucket=bucket, Key="a")["Body"].read() == b"x"
    assert refused(by("lookup", "s3").put_object, Bucket=bucket, Key="a")[0] == "AccessDenied"


def started_role(started: LocalCloud) -> str:
    arn: str = started.client("iam").get_role(RoleName="caller")["Role"]["Arn"]
    return arn


@pytest.fixture
def role_may(started: LocalCloud) -> Callable[..., None]:
    """Give the function's role a policy."""

    def may(*statements: Statement) -> None:
        policy = policy_of(*statements or (allow("xray:PutTraceSegments"),))
        iam = started.client("iam")
        iam.put_role_policy(RoleName="caller", PolicyName="may", PolicyDocument=policy)

    return may


def called(started: LocalCloud, *call: object) -> str:
    """What the function got when it called an API."""
    answer = started.client("lambda").invoke(
        FunctionName="caller", Payload=json.dumps({"call": call})
    )
    told: str = json.loads(answer["Payload"].read())
    return told


def test_a_functions_calls_are_those_of_a_session_of_its_role(
    started: LocalCloud, role_may: Callable[..., None]
) -> None:
    session = f"arn:aws:sts::{TARGET.account}:assumed-role/caller/caller"
    call = ("ssm", "get_parameter", {"Name": "/a/b"})
    role_may()
    assert said(session, "ssm:GetParameter", f"{PARAMETER}/a/b") in called(started, *call)
    role_may(allow("ssm:GetParameter", f"{PARAMETER}/a/b"))
    assert called(started, *call) == "done"
    # As the role of a function with a disk has it: not the code itself.
    itself = {"ArnLike": {"lambda:SourceFunctionArn": ARN}}
    deny = {**allow("ssm:*"), "Effect": "Deny", "Condition": itself}
    role_may(allow("ssm:GetParameter"), deny)
    assert "with an explicit deny in an identity-based policy" in called(started, *call)


def test_a_secret_takes_the_right_to_it_and_to_its_key(
    started: LocalCloud, role_may: Callable[..., None]
) -> None:
    key = started.client("kms").create_key()["KeyMetadata"]["Arn"]
    secret = started.client("secretsmanager").create_secret(
        Name="token", SecretString="x", KmsKeyId=key, Tags=[{"Key": "stage", "Value": "Dev"}]
    )["ARN"]
    call = ("secretsmanager", "get_secret_value", {"SecretId": "token"})

    def may(stage: str, via: str) -> None:
        tagged = {"StringEquals": {"aws:ResourceTag/stage": stage}}
        through = {"StringEquals": {"kms:ViaService": f"{via}.{TARGET.region}.amazonaws.com"}}
        role_may(
            allow("secretsmanager:GetSecretValue", secret, Condition=tagged),
            allow("kms:Decrypt", key, Condition=through),
        )

    may("Dev", "secretsmanager")
    assert called(started, *call) == "done"
    may("Prod", "secretsmanager")
    assert "secretsmanager:GetSecretValue on resource: arn" in called(started, *call)
    may("Dev", "ssm")
    assert called(started, *call).endswith("Access to KMS is not allowed")
    # The key's own policy must let the account's policies decide.
    may("Dev", "secretsmanager")
    root = {"AWS": f"arn:aws:iam::{TARGET.account}:root"}
    for actions, told in (("kms:PutKeyPolicy", "Access to KMS"), ("kms:*", "done")):
        policy = policy_of({**allow(actions), "Principal": root})
        started.client("kms").put_key_policy(KeyId=key, PolicyName="default", Policy=policy)
        assert told in called(started, *call)


def url_of(started: LocalCloud, auth_type: str) -> str:
    lambda_ = started.client("lambda")
    made = lambda_.create_function_url_config(FunctionName="caller", AuthType=auth_type)
    running = started.process.running()
    assert running is not None
    url_id = made["FunctionUrl"].removeprefix("https://").partition(".")[0]
    return f"{running.endpoint}/_aws/lambda-url/{url_id}"


def status(url: str, *keys: str) -> int:
    return SignedClient(url, Credentials(*keys), TARGET.region)("GET", "/").status_code


@pytest.mark.parametrize("by", ["identity", "function"])
def test_a_url_takes_both_permissions_of_the_caller(started: LocalCloud, by: str) -> None:
    lambda_, iam = started.client("lambda"), started.client("iam")
    key = iam.create_access_key(UserName="ada")["AccessKey"]
    keys = key["AccessKeyId"], key["SecretAccessKey"]
    url = url_of(started, "AWS_IAM")
    conditions = ({"FunctionUrlAuthType": "AWS_IAM"}, {"InvokedViaFunctionUrl": True})

    def grant(numbers: tuple[int, ...]) -> None:
        if by == "identity":
            actions = [URL_ACTIONS[number] for number in numbers]
            statement = allow(actions or "xray:PutTraceSegments", [ARN, f"{ARN}:*"])
            document = policy_of(statement)
            iam.put_user_policy(UserName="ada", PolicyName="may", PolicyDocument=document)
            return
        document = policy_of(allow("xray:PutTraceSegments"))
        iam.put_user_policy(UserName="ada", PolicyName="may", PolicyDocument=document)
        for number, action in enumerate(URL_ACTIONS):
            if granted[number]:
                lambda_.remove_permission(FunctionName="caller", StatementId=str(number))
            granted[number] = number in numbers
            if granted[number]:
                lambda_.add_permission(
                    FunctionName="caller",
                    StatementId=str(number),
                    Action=action,
                    Principal=USER,
                    **conditions[number],
                )

    granted = [False, False]
    try:
        assert status(url, TARGET.account, "local") == 200
        for numbers, expected in (((), 403), ((0,), 403), ((1,), 403), ((0, 1), 200), ((), 403)):
            grant(numbers)
            assert status(url, *keys) == expected, numbers
    finally:
        lambda_.delete_function_url_config(FunctionName="caller")
        iam.delete_access_key(UserName="ada", AccessKeyId=keys[0])


def test_a_public_url_takes_both_permissions_for_everybody(started: LocalCloud) -> None:
    lambda_ = started.client("lambda")
    url = url_of(started, "NONE")
    try:
        assert status(url, TARGET.account, "local") == 403
        conditions = ({"FunctionUrlAuthType": "NONE"}, {"InvokedViaFunctionUrl": True})
        for number, expected in ((0, 403), (1, 200)):
            lambda_.add_permission(
                FunctionName="caller",
                StatementId=f"all-{number}",
                Action=URL_ACTIONS[number],
                Principal="*",
                **conditions[number],
            )
            assert status(url, "nobody", "x") == expected
    finally:
        lambda_.delete_function_url_config(FunctionName="caller")
        for number in (0, 1):
            lambda_.remove_permission(FunctionName="caller", StatementId=f"all-{number}")


def test_who_makes_a_function_must_be_let_pass_its_role(
    started: LocalCloud, ada: Callable[..., Callable[[str], Client]]
) -> None:
    role = started_role(started)
    passed = {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}
    make = {
        "FunctionName": "made",
        "Runtime": "python3.13",
        "Handler": "index.handler",
        "Role": role,
        "Code": {"ZipFile": b"x"},
    }
    by = ada(allow("lambda:CreateFunction"))
    assert refused(by("lambda").create_function, **make) == (
        "AccessDeniedException",
        said(USER, "iam:PassRole", role),
    )
    by = ada(allow("lambda:CreateFunction"), allow("iam:PassRole", role, Condition=passed))
    with zipfile.ZipFile(packed := io.BytesIO(), "w") as file:
        file.writestr("index.py", "")
    by("lambda").create_function(**{**make, "Code": {"ZipFile": packed.getvalue()}})


def test_who_does_not_sign_is_nobody(started: LocalCloud) -> None:
    running = started.process.running()
    assert running is not None
    assert refused(client(started, "ssm", "AKIAUNKNOWN000000000", "x").get_parameter, Name="a")[
        0
    ] == ("UnrecognizedClientException")
