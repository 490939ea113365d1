"""A template with a fault for each gate. One that finds nothing in it is off."""

from tests.infra.templates import Json

FILE = "planted.template.json"

# What each gate must find in it.
PLANTED = {
    "cfn-guard": ("CT.SQS.PR.2",),
    "cfn-lint": ("E3006",),
    "cfripper": ("PrivilegeEscalationRule",),
    "checkov": ("CKV_AWS_26",),
    "cloudsplaining": (
        "DataExfiltration",
        "InfrastructureModification",
        "PrivilegeEscalation",
        "ResourceExposure",
    ),
}

TEMPLATE: Json = {
    "Resources": {
        "Nothing": {"Type": "AWS::No::Such"},
        "Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "planted"}},
        "Queue": {"Type": "AWS::SQS::Queue", "Properties": {"SqsManagedSseEnabled": False}},
        "Policy": {
            "Type": "AWS::IAM::ManagedPolicy",
            "Properties": {
                "PolicyDocument": {
                    "Version": "2012-10-17",
                    "Statement": [
                        {
                            "Effect": "Allow",
                            "Action": ["iam:CreateAccessKey", "s3:GetObject", "s3:PutBucketPolicy"],
                            "Resource": "*",
                        }
                    ],
                },
            },
        },
    }
}
