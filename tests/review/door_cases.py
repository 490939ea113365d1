"""Pairs of versions in which queues, functions, APIs, file systems are opened to others."""

from typing import Any

from ops.review.findings import Weight
from tests.review.apps import resource
from tests.review.policies import ACCOUNT, document, statement

Json = Any
STOP, LOOK, NOTE, NONE = Weight.STOP, Weight.LOOK, Weight.NOTE, Weight.NONE
EVERYBODY = {"AWS": "*"}


def called(**properties: Json) -> dict[str, Json]:
    function = resource("AWS::Lambda::Function", "Dev/Data/Function/Resource")
    permission = {
        "FunctionName": {"Ref": "F"},
        "Action": "lambda:InvokeFunction",
        "Principal": "events.amazonaws.com",
        **properties,
    }
    return {"F": function, "P": resource("AWS::Lambda::Permission", **permission)}


FUNCTION = {"F": resource("AWS::Lambda::Function", "Dev/Data/Function/Resource")}
URL_IAM, URL_NONE = (
    {
        **FUNCTION,
        "U": resource("AWS::Lambda::Url", TargetFunctionArn={"Ref": "F"}, AuthType=auth),
    }
    for auth in ("AWS_IAM", "NONE")
)


def files(policy: Json = None) -> dict[str, Json]:
    stated = {"FileSystemPolicy": policy} if policy else {}
    return {"Files": resource("AWS::EFS::FileSystem", "Dev/Data/Files", **stated)}


NO_ROOT = {"Effect": "Deny", "Principal": "*", "Action": "elasticfilesystem:ClientRootAccess"}
NO_TLS = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "*",
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}


def endpoint(**properties: Json) -> dict[str, Json]:
    return {"E": resource("AWS::EC2::VPCEndpoint", "Dev/Data/Endpoint/Resource", **properties)}


def route(**properties: Json) -> dict[str, Json]:
    api = resource("AWS::ApiGatewayV2::Api", ProtocolType=properties.pop("protocol", "HTTP"))
    return {
        "A": api,
        "R": resource(
            "AWS::ApiGatewayV2::Route", "Dev/Data/Route", ApiId={"Ref": "A"}, **properties
        ),
    }


def method(*, api: Json = None, **properties: Json) -> dict[str, Json]:
    return {
        "A": resource("AWS::ApiGateway::RestApi", **(api or {})),
        "M": resource(
            "AWS::ApiGateway::Method", "Dev/Data/Get", RestApiId={"Ref": "A"}, **properties
        ),
    }


# Before, after, the worst weight after, words of its sentence, and the worst weight of the reverse.
CASES: dict[str, tuple[Json, Json, Weight, str, Weight | None]] = {
    "a queue for everybody": (
        {"Q": resource("AWS::SQS::Queue", "Dev/Data/Queue")},
        {
            "Q": resource("AWS::SQS::Queue", "Dev/Data/Queue"),
            "P": resource(
                "AWS::SQS::QueuePolicy",
                Queues=[{"Ref": "Q"}],
                PolicyDocument=document(statement("sqs:SendMessage", Principal=EVERYBODY)),
            ),
        },
        STOP,
        "Data/Queue lets anybody in the world sqs:SendMessage",
        NOTE,
    ),
    "a topic for whoever comes from a bucket": (
        {"T": resource("AWS::SNS::Topic", "Dev/Data/Topic")},
        {
            "T": resource("AWS::SNS::Topic", "Dev/Data/Topic"),
            "P": resource(
                "AWS::SNS::TopicPolicy",
                Topics=[{"Ref": "T"}],
                PolicyDocument=document(
                    statement(
                        "sns:Publish",
                        {"Ref": "T"},
                        Principal="*",
                        Condition={"ArnLike": {"aws:SourceArn": "arn:aws:s3:::*"}},
                    )
                ),
            ),
        },
        STOP,
        "Data/Topic lets anybody in the world sns:Publish",
        NOTE,
    ),
    "images for everybody": (
        {"I": resource("AWS::ECR::Repository", "Dev/Data/Images")},
        {
            "I": resource(
                "AWS::ECR::Repository",
                "Dev/Data/Images",
                RepositoryPolicyText={
                    "Statement": [
                        {"Effect": "Allow", "Principal": "*", "Action": "ecr:BatchGetImage"}
                    ]
                },
            )
        },
        STOP,
        "Data/Images lets anybody in the world ecr:BatchGetImage",
        NOTE,
    ),
    "a policy that is text": (
        {"L": resource("AWS::Logs::ResourcePolicy", "Dev/Data/Logs", PolicyDocument="{}")},
        {
            "L": resource(
                "AWS::Logs::ResourcePolicy",
                "Dev/Data/Logs",
                PolicyDocument={
                    "Fn::Sub": '{"Statement": {"Effect": "Allow", "Principal": {"AWS": "*"},'
                    ' "Action": "logs:*", "Resource": "${AWS::AccountId}"}}'
                },
            )
        },
        STOP,
        "lets anybody in the world logs:* on",
        NOTE,
    ),
    "a service that calls": (
        FUNCTION,
        called(),
        LOOK,
        "Data/Function may be called by events",
        NOTE,
    ),
    "everybody calls": (FUNCTION, called(Principal="*"), STOP, "by anybody in the world", NOTE),
    "everybody calls for an account": (
        FUNCTION,
        called(Principal="*", SourceAccount=ACCOUNT),
        LOOK,
        "may be called by anybody if aws:SourceAccount is its own account",
        NOTE,
    ),
    "every caller with a signature": (
        FUNCTION,
        called(Principal="*", Action="lambda:InvokeFunctionUrl", FunctionUrlAuthType="AWS_IAM"),
        STOP,
        "anybody in the world",
        NOTE,
    ),
    "another account calls": (FUNCTION, called(Principal="111122223333"), STOP, "1111222", NOTE),
    "an organisation calls": (
        FUNCTION,
        called(Principal="*", PrincipalOrgID="o-1"),
        LOOK,
        "aws:PrincipalOrgID is o-1",
        NOTE,
    ),
    "no source any more": (
        called(SourceArn="arn:aws:events:eu-west-1:1:rule/a"),
        called(),
        LOOK,
        "passes now: without aws:SourceArn",
        NOTE,
    ),
    "an open URL": (
        URL_IAM,
        URL_NONE,
        STOP,
        "Data/Function may be called by anybody in the world from now on",
        NOTE,
    ),
    "an open route": (
        route(AuthorizationType="JWT"),
        route(),
        STOP,
        "Data/Route may be called by anybody in the world",
        NOTE,
    ),
    "a message on an open WebSocket": (
        route(AuthorizationType="AWS_IAM", protocol="WEBSOCKET", RouteKey="send"),
        route(protocol="WEBSOCKET", RouteKey="send"),
        NONE,
        "",
        NONE,
    ),
    "an open method": (
        method(AuthorizationType="AWS_IAM"),
        method(AuthorizationType="NONE"),
        STOP,
        "Data/Get may be called by anybody in the world",
        NOTE,
    ),
    "a method of a private API": (
        method(AuthorizationType="AWS_IAM", api={"EndpointConfiguration": {"Types": ["PRIVATE"]}}),
        method(AuthorizationType="NONE", api={"EndpointConfiguration": {"Types": ["PRIVATE"]}}),
        LOOK,
        "who reaches its VPC endpoints",
        NOTE,
    ),
    "what browsers ask first": (
        method(AuthorizationType="AWS_IAM", HttpMethod="OPTIONS"),
        method(AuthorizationType="NONE", HttpMethod="OPTIONS"),
        NONE,
        "",
        NONE,
    ),
    "root on a file system": (
        files(document(NO_ROOT, NO_TLS)),
        files(document(NO_TLS)),
        LOOK,
        "Data/Files no longer denies everybody to elasticfilesystem:ClientRootAccess",
        NOTE,
    ),
    "a file system without a policy": (
        files(document(NO_TLS)),
        files(),
        LOOK,
        "lets everybody who reaches a mount target read, write and be root",
        NOTE,
    ),
    "an endpoint that lets all through": (
        endpoint(PolicyDocument=document(statement("s3:GetObject", Principal="*"))),
        endpoint(),
        LOOK,
        "Data/Endpoint lets anybody do everything on everything through it",
        NOTE,
    ),
    "a backup vault": (
        {
            "V": resource(
                "AWS::Backup::BackupVault",
                "Dev/Data/Vault",
                AccessPolicy=document(
                    {
                        "Effect": "Deny",
                        "Principal": "*",
                        "Action": "backup:DeleteRecoveryPoint",
                        "Resource": "*",
                    },
                ),
            )
        },
        {"V": resource("AWS::Backup::BackupVault", "Dev/Data/Vault")},
        LOOK,
        "Data/Vault no longer denies everybody to backup:DeleteRecoveryPoint",
        NOTE,
    ),
    "an event bus": (
        {},
        {
            "P": resource(
                "AWS::Events::EventBusPolicy",
                StatementId="a",
                Principal="*",
                Action="events:PutEvents",
            )
        },
        STOP,
        "lets anybody in the world events:PutEvents",
        NOTE,
    ),
    "an event bus of an organisation": (
        {},
        {
            "P": resource(
                "AWS::Events::EventBusPolicy",
                StatementId="a",
                Principal="*",
                Action="events:PutEvents",
                Condition={"Type": "StringEquals", "Key": "aws:PrincipalOrgID", "Value": "o-1"},
            )
        },
        LOOK,
        "aws:PrincipalOrgID is o-1",
        NOTE,
    ),
    "credentials without a sign-in": (
        {"I": resource("AWS::Cognito::IdentityPool", AllowUnauthenticatedIdentities=False)},
        {"I": resource("AWS::Cognito::IdentityPool", AllowUnauthenticatedIdentities=True)},
        STOP,
        "gives anybody in the world credentials",
        NOTE,
    ),
    "a user in a group": (
        {"U": resource("AWS::IAM::User", "Dev/Data/User")},
        {"U": resource("AWS::IAM::User", "Dev/Data/User", Groups=["admins"])},
        LOOK,
        "Data/User may do what the group admins may",
        NOTE,
    ),
}
