"""What the gates find and this project accepts: each exception of one construct, with its evidence.

cdk-nag's are among them. docs/decisions/0039-scanners.md says how they are counted.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from stacks.settings import Settings


@dataclass(frozen=True)
class Choice:
    """What a stage has only if its deployer chose it, away from the default."""

    words: str  # as in the settings
    made: Callable[[Settings], bool]


@dataclass(frozen=True)
class Excuse:
    """Findings in one construct of `stacks/`, wherever a stage or a pipeline has it.

    One with a `choice` is none in a stage that did not choose so.

    In paths and rules `…` stands for any text. A rule of cdk-nag has no pack before it: it is one
    and the same in all packs that have it, but for those that only AwsSolutions has.
    """

    construct: str  # its file in stacks/, and its class
    found: Mapping[str, tuple[str, ...]]  # by the path of a resource: "gate rule"
    because: str
    choice: Choice | None = None

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Yield each resource with each of its rules."""
        for resource, rules in self.found.items():
            for rule in rules:
                yield resource, rule


_CONCURRENCY = ("cdk-nag LambdaConcurrency", "checkov CKV_AWS_115")
_DLQ = ("cdk-nag LambdaDLQ", "checkov CKV_AWS_116")
_NO_VPC = ("cdk-nag LambdaInsideVPC", "cfn-guard CT.LAMBDA.PR.3", "checkov CKV_AWS_117")
_OUTSIDE = (*_CONCURRENCY, *_NO_VPC, "cdk-nag LambdaTracing")
_YEAR = 365  # days
_TOKEN = Choice('url_auth="token"', lambda stage: stage.url_auth == "token")
_WILDCARD = "cdk-nag AwsSolutions-IAM5[Resource::{}]"
_OPEN_ROUTE = ("cdk-nag AwsSolutions-APIG4", "cfn-guard CT.APIGATEWAY.PR.5")
_IN_ACCOUNT = "arn:…:{}:…:…:{}"  # of a place that the settings may name


def _wildcard(service: str, resource: str) -> str:
    return _WILDCARD.format(_IN_ACCOUNT.format(service, resource))


EXCUSES = (
    Excuse(
        "shared/log_group.py EncryptedLogGroup",
        {"…Log…/Resource": ("cfn-guard CT.CLOUDWATCH.PR.2",)},
        "The rule asks for a year, which is the default; who must forget the addresses of callers"
        " earlier sets fewer days.",
        Choice("log_retention_days below 365", lambda stage: stage.log_retention_days < _YEAR),
    ),
    Excuse(
        "function/mounted_function.py MountedFunction",
        {
            "Service/Files/Function/Resource": _CONCURRENCY,
            "Service/Janitor/Function/Resource": _CONCURRENCY,
            "Service/Usage/Function/Resource": _CONCURRENCY,
        },
        "A new account has ten executions in all, of which Lambda lets none be reserved"
        " (docs/decisions/0022-new-accounts.md); and 0, which stops files, is none to cdk-nag.",
        Choice("reserved_concurrency=None or 0", lambda stage: not stage.reserved_concurrency),
    ),
    Excuse(
        "function/function_url.py FunctionUrl",
        {
            "Service/Files/Function/FunctionUrl/Resource": (
                "cfn-guard CT.LAMBDA.PR.5",
                "checkov CKV_AWS_258",
            ),
            "Service/Files/Function/invoke-function…": (
                "cdk-nag LambdaFunctionPublicAccessProhibited",
                "cfn-guard CT.LAMBDA.PR.2",
            ),
        },
        'With `url_auth="token"` the function asks every caller for a bearer token itself'
        " (docs/decisions/0017-token.md); an invariant holds that no other setting opens it.",
        _TOKEN,
    ),
    Excuse(
        "function/outside_function.py OutsideFunction",
        {
            "Service/Brake/Function/Resource": _OUTSIDE,
            "Service/KeyWatch/Function/Resource": _OUTSIDE,
        },
        "The brake stops the function in the VPC when that one is out of hand, and the key watch"
        " runs when what is in the VPC cannot start, so they depend on no VPC and take no"
        " execution; they run a few times a year or a day, and their logs have all that they do"
        " (docs/decisions/0037-brake.md, 0041-alarms.md).",
    ),
    Excuse(
        "network/network.py Network",
        {
            "Data/Network/Vpc/PublicSubnet…/DefaultRoute": ("cdk-nag VPCNoUnrestrictedRouteToIGW",),
            "Data/Custom::VpcRestrictDefaultSGCustomResourceProvider/Handler": (
                *_NO_VPC[1:],
                _CONCURRENCY[1],
                _DLQ[1],
            ),
        },
        "The public subnets hold the way out and nothing else (docs/decisions/0013-egress.md)."
        " CloudFormation alone calls the handler, once in the life of a VPC, to empty its default"
        " group, and reports its failure.",
    ),
    Excuse(
        "network/nat_instance.py NatInstance",
        {
            "Data/Network/Vpc/PublicSubnet1/NatInstance/Resource": (
                "cdk-nag AwsSolutions-EC28",
                "cdk-nag AwsSolutions-EC29",
                "cdk-nag EC2InstanceDetailedMonitoringEnabled",
                "cdk-nag EC2InstanceNoPublicIp",
                "cdk-nag EC2InstancesInVPC",
                "cfn-guard CT.EC2.PR.8",
                "cfn-guard CT.EC2.PR.13",
                "cfn-guard CT.EC2.PR.19",
                "checkov CKV_AWS_88",
            ),
        },
        "It is the way out, so it has a public address; it keeps nothing, is replaced by each newer"
        " image, and is watched by its status checks.",
        Choice('egress="nat-instance"', lambda stage: stage.egress == "nat-instance"),
    ),
    Excuse(
        "storage.py Storage",
        {
            "Data/Storage/FileSystem/Resource": ("cfn-guard CT.ELASTICFILESYSYSTEM.PR.2",),
            "Service/WholeAccessPoint/Resource": ("cfn-guard CT.ELASTICFILESYSYSTEM.PR.3",),
        },
        "A plan of the stage backs it up into a vault of its own (stacks/backups.py), which the"
        " rule does not know; EFS's own daily backups would be a second copy, paid for twice. AWS"
        " Backup restores to the root alone, so the janitor, which has no URL, sees it; its user"
        " may write nothing there (docs/decisions/0043-backups.md).",
    ),
    Excuse(
        "function/function_role.py SharedRights",
        {
            "Service/SharedRights/Policy/Resource": (
                _wildcard("ec2", "network-interface/*"),
                _wildcard("ec2", "*/*"),
                _WILDCARD.format("*"),
            ),
        },
        "Lambda makes the interfaces, whose ids are not known before, and asks for all resources"
        " (Developer Guide, Giving Lambda functions access to resources in an Amazon VPC); the code"
        " itself is denied these calls, and ec2:Describe* and xray:Put* have no resource level.",
    ),
    Excuse(
        "function/token_secret.py TokenSecret",
        {
            "Service/FilesToken/Secret": (
                "cdk-nag AwsSolutions-SMG4",
                "cdk-nag SecretsManagerRotationEnabled",
            ),
        },
        "Whoever calls must be given the new token, which no schedule does; the one before stays"
        " good meanwhile (docs/operations.md).",
        _TOKEN,
    ),
    Excuse(
        "function/custom_domain.py CustomDomain",
        {
            "Service/FilesDomain/Everything": _OPEN_ROUTE,
            "Service/FilesDomain/Preflight": _OPEN_ROUTE,
            "Service/FilesDomain/PreflightOfRoot": _OPEN_ROUTE,
        },
        'With `url_auth="token"` the function asks every caller for the token; a browser\'s'
        " preflight carries no credentials, and upon OPTIONS the service does nothing.",
        Choice(
            'domain with url_auth="token" or cors_origins',
            lambda stage: bool(stage.domain and (stage.url_auth == "token" or stage.cors_origins)),
        ),
    ),
    Excuse(
        "shared/dead_letter_queue.py DeadLetterQueue",
        {
            "…/Undelivered/Queue": (
                "cdk-nag AwsSolutions-SQS3",
                "cdk-nag SQSRedrivePolicy",
                "cfn-guard CT.SQS.PR.1",
            ),
        },
        "It is itself where undelivered messages end; nobody receives from it but a person, whom an"
        " alarm tells, so nothing fails that a further queue could take.",
    ),
    Excuse(
        "shipping/artifacts.py Artifacts",
        {
            "Delivery/Artifacts/Bucket/Resource": (
                "cdk-nag AwsSolutions-S1",
                "cdk-nag S3BucketDefaultLockEnabled",
                "cdk-nag S3BucketLoggingEnabled",
                "cdk-nag S3BucketReplicationEnabled",
                "cfn-guard CT.S3.PR.2",
                "cfn-guard CT.S3.PR.4",
                "cfn-guard CT.S3.PR.9",
                "checkov CKV_AWS_18",
            ),
        },
        "It holds what any commit makes anew, for a quarter of a year; only the pipeline's roles"
        " and key reach it, and CloudTrail has who did what with them; access logs would need a"
        " second bucket, with logs of its own.",
    ),
    Excuse(
        "shipping/deployment_pipeline.py DeploymentPipeline",
        {
            "Delivery/…/DefaultPolicy/Resource": (
                "cdk-nag IAMNoInlinePolicy",
                _WILDCARD.format("<DeliveryArtifactsBucket2402A431.Arn>/*"),
            ),
            "Delivery/Pipeline/UpdatePipeline/SelfMutation/Role/DefaultPolicy/Resource": (
                _wildcard("cloudformation", "stack/CDKToolkit/*"),
            ),
            "Delivery/Pipeline/Pipeline/Source/Source/CodePipelineActionRole/DefaultPolicy"
            "/Resource": ("cfn-lint I3510",),
            "Delivery/Pipeline/…/Resource": ("cdk-nag CodeBuildProjectSourceRepoUrl",),
        },
        "CDK Pipelines gives each role a policy of its own, which is made and deleted with it;"
        " CodePipeline makes up the keys of artifacts, and CloudFormation the end of a stack's ARN;"
        " the connection's service has two names, of which IAM compares the one in its ARN; and the"
        " builds have no repository, for their source is the pipeline"
        " (docs/decisions/0025-what-the-pipeline-may-do.md).",
    ),
    Excuse(
        "shipping/smoke_test_policy.py SmokeTestPolicy",
        {
            "Policy/Resource": (
                _wildcard("cloudformation", "stack/…-Service/*"),
                _wildcard("lambda", "function:…-Service-Files*"),
                _wildcard("secretsmanager", "secret:FilesToken*"),
                _wildcard("kms", "key/*"),
                _wildcard("execute-api", "*/$default/*"),
            ),
        },
        "It is made before its stage: CloudFormation makes up the ends of these names, a condition"
        " holds the key to the secrets of the stage, and invoking an API knows no tags"
        " (docs/operations.md).",
    ),
)
