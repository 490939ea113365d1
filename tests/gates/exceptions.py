"""What a scanner finds and this project accepts: one resource each, with a sentence of evidence.

What cdk-nag finds is acknowledged beside its resource, since cdk-nag reads it from there.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Excuse:
    """Findings of one resource, in each stage or pipeline that has it."""

    construct: str  # the path of the resource, without the stage that it is in
    rules: tuple[str, ...]  # each as "gate rule"
    because: str


_DLQ = "checkov CKV_AWS_116"
_CONCURRENCY = "checkov CKV_AWS_115"
_VPC = "checkov CKV_AWS_117"

EXCUSES = (
    Excuse(
        "Service/Files/Function/Resource",
        (_DLQ, _CONCURRENCY, "checkov CKV_AWS_45"),
        "Its URL calls it and waits, so the caller has each failure, and no event is left for a"
        " queue; a new account has ten executions in all, of which Lambda lets none be reserved"
        " (docs/decisions/0022-new-accounts.md), so `reserved_concurrency` is a setting;"
        " with a stage of 16 letters a parameter's path has 40 characters, as secret keys have.",
    ),
    Excuse(
        "Service/Files/Function/FunctionUrl/Resource",
        ("checkov CKV_AWS_258",),
        'With `url_auth="token"` the function asks every caller for a bearer token itself'
        " (docs/decisions/0017-token.md); an invariant holds that no other setting opens it.",
    ),
    Excuse(
        "Service/Brake/Function/Resource",
        (_CONCURRENCY, _VPC),
        "It stops the function in the VPC when that one is out of hand, so it depends on no VPC and"
        " takes no reserved execution; its alarms alone call it (docs/decisions/0037-brake.md).",
    ),
    Excuse(
        "Data/Network/Vpc/PublicSubnet1/NatInstance/Resource",
        ("checkov CKV_AWS_88",),
        "It translates the addresses of the VPC to its own, which the world must see; its group"
        " takes calls from the VPC alone (docs/decisions/0013-egress.md).",
    ),
    Excuse(
        "Service/Janitor/Function/Resource",
        (_CONCURRENCY,),
        "Its schedule alone may call it, once in a period.",
    ),
    Excuse(
        "Service/Usage/Function/Resource",
        (_CONCURRENCY,),
        "Its schedule alone may call it, once in a period.",
    ),
    Excuse(
        "Data/Custom::VpcRestrictDefaultSGCustomResourceProvider/Handler",
        (_DLQ, _CONCURRENCY, _VPC),
        "CloudFormation alone calls it, once in the life of a VPC, and reports its failure; it"
        " calls EC2 to empty the default group of that VPC, in which it cannot run yet.",
    ),
    Excuse(
        "LambdaDrivePipeline/Delivery/Artifacts/Bucket/Resource",
        ("checkov CKV_AWS_18",),
        "Only the pipeline's roles and key reach it, and CloudTrail has who did what with them;"
        " access logs would need a second bucket, with logs of its own.",
    ),
    Excuse(
        "LambdaDrivePipeline/Delivery/Pipeline/Pipeline/Source/Source/CodePipelineActionRole"
        "/DefaultPolicy/Resource",
        ("cfn-lint I3510",),
        "The service has two names, and IAM compares the one in the connection's ARN, so the role"
        " may use it under both (docs/decisions/0025-what-the-pipeline-may-do.md).",
    ),
)
