"""Small stacks on a local cloud, without the CDK: for what CloudFormation itself does."""

import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ops.deployment.bootstrap_roles import described_stack
from tests.infra.templates import Json
from tests.patience import until

_GONE = "DELETE_COMPLETE"
IMPORT = "Fn::ImportValue"
ROLE = "any"
ASSUMABLE = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}
INLINE = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}],
}
ALREADY_THERE = "Resource of type '{}' with identifier '{}' already exists."


@dataclass
class Stacks:
    """Stacks that are deployed and deleted, each with what its events say of a failure."""

    client: Callable[[str], Any]

    def deploy(
        self, stack: str, resources: Json, exports: Json | None = None, **options: object
    ) -> str:
        """Create or update a stack; return its state and the reasons of the last operation."""
        client = self.client("cloudformation")
        outputs = {
            f"Output{number}": {"Value": value, "Export": {"Name": name}}
            for number, (name, value) in enumerate((exports or {}).items())
        }
        template = json.dumps({"Resources": resources, "Outputs": outputs})
        change = client.create_stack if self._state(stack) == _GONE else client.update_stack
        capabilities = {"Capabilities": ["CAPABILITY_NAMED_IAM"]}
        change(StackName=stack, TemplateBody=template, **(capabilities | options))
        return self._ended(stack)

    def delete(self, stack: str) -> str:
        client = self.client("cloudformation")
        client.delete_stack(StackName=stack)
        return self._ended(stack)

    def resource(self, stack: str, name: str = "Resource") -> str:
        """Return the physical id of a resource."""
        client = self.client("cloudformation")
        detail = client.describe_stack_resource(StackName=stack, LogicalResourceId=name)
        found: str = detail["StackResourceDetail"]["PhysicalResourceId"]
        return found

    def _state(self, stack: str) -> str:
        """The state of a stack, which is said when a change ended (ops/local/stack_answers.py)."""
        found = described_stack(self.client("cloudformation"), stack)
        return found["StackStatus"] if found else _GONE

    def _ended(self, stack: str) -> str:
        def look() -> str | None:
            state = self._state(stack)
            return None if state.endswith("_IN_PROGRESS") else state

        state = until(look)
        assert state is not None
        if state == _GONE:
            return state
        client = self.client("cloudformation")
        events = client.describe_stack_events(StackName=stack)["StackEvents"]
        reasons = [
            f"{event['ResourceStatus']} {event['LogicalResourceId']}: {reason}"
            for event in itertools.takewhile(_is_not_the_begin, events)
            if (reason := event.get("ResourceStatusReason"))
        ]
        return "\n".join([state, *reasons])


def _is_not_the_begin(event: Json) -> bool:
    of_the_stack = event["ResourceType"] == "AWS::CloudFormation::Stack"
    begins = {"CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS"}
    return not (of_the_stack and event["ResourceStatus"] in begins)


def parameter(value: object = "1", **properties: object) -> Json:
    return made("AWS::SSM::Parameter", Type="String", Value=value, **properties)


def made(kind: str, **properties: object) -> Json:
    return {"Type": kind, "Properties": properties}


def function(**properties: object) -> Json:
    own = {
        "Runtime": "python3.13",
        "Handler": "index.handler",
        "Role": f"arn:aws:iam::000000000000:role/{ROLE}",
        "Code": {"ZipFile": "def handler(event, context): pass"},
    }
    return made("AWS::Lambda::Function", **(own | properties))


def role(**properties: object) -> Json:
    return made("AWS::IAM::Role", AssumeRolePolicyDocument=ASSUMABLE, **properties)


def make_role(iam: Any) -> None:  # noqa: ANN401 - boto3 makes its types at run time
    """Make the role of functions: Lambda refuses one without a role."""
    iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=json.dumps(ASSUMABLE))


def ref(name: str) -> Json:
    return {"Ref": name}


VPC = made("AWS::EC2::VPC", CidrBlock="10.0.0.0/16")


def subnet(**properties: object) -> Json:
    own = {"VpcId": ref("Vpc"), "CidrBlock": "10.0.0.0/24", "AvailabilityZone": "us-east-1a"}
    return made("AWS::EC2::Subnet", **(own | properties))


def group(**properties: object) -> Json:
    own = {"VpcId": ref("Vpc"), "GroupDescription": "any"}
    return made("AWS::EC2::SecurityGroup", **(own | properties))
