"""A template with a fault for each gate. One that finds nothing in it is off."""

from tests.infra.templates import Json

FILE = "planted.template.json"

# What each gate must find in it.
PLANTED = {"cfn-lint": "E3006", "checkov": "CKV_AWS_26"}

TEMPLATE: Json = {
    "Resources": {
        "Nothing": {"Type": "AWS::No::Such"},
        "Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "planted"}},
    }
}
