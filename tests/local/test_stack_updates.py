"""What an update does to what runs: as in AWS, and stricter than MiniStack is by itself."""

import itertools
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.infra.templates import Json
from tests.local.conftest import LocalCloud
from tests.local.small_stacks import ROLE, VPC, Stacks, group, make_role, ref, role, subnet
from tests.patience import PATIENCE_SECONDS, until

STACK, PARAMETER = "updated", "/updated/parameter"
NAME = "updated-function"

CODE = """
import os, pathlib, time
def handler(event, context):
    if event:
        pathlib.Path(event["begun"]).touch()
        while not os.path.exists(event["go_on"]):
            time.sleep(0.01)
    return [{code!r}, os.environ["CONFIGURED"]]
"""


class Stack:
    """One stack, a function of which says which code and which configuration it runs on."""

    def __init__(self, cloud: LocalCloud) -> None:
        self.cloud = cloud
        self.functions = cloud.client("lambda")
        self.parameters = cloud.client("ssm")
        self._stacks = cloud.client("cloudformation")
        self._made = False

    def begin(self, **resources: Json) -> None:
        """Begin to deploy a template with these resources."""
        parameters = {
            "StackName": STACK,
            "TemplateBody": json.dumps({"Resources": resources}),
            "Capabilities": ["CAPABILITY_IAM"],
        }
        change = self._stacks.update_stack if self._made else self._stacks.create_stack
        change(**parameters)
        self._made = True

    def end(self) -> None:
        """Wait until it is deployed."""

        def ended() -> bool:
            [stack] = self._stacks.describe_stacks(StackName=STACK)["Stacks"]
            done = stack["StackStatus"] in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}
            assert done or stack["StackStatus"].endswith("_IN_PROGRESS"), stack
            return done

        until(ended)

    def deploy(self, **resources: Json) -> None:
        self.begin(**resources)
        self.end()

    def ask(self, event: Json | None = None) -> Any:  # noqa: ANN401 - what the function says
        answer = self.functions.invoke(FunctionName=NAME, Payload=json.dumps(event))
        said = json.loads(answer["Payload"].read())
        assert "FunctionError" not in answer, said
        return said

    def delete(self) -> None:
        self._stacks.delete_stack(StackName=STACK)
        waiter = self._stacks.get_waiter("stack_delete_complete")
        waiter.wait(StackName=STACK, WaiterConfig={"Delay": 1, "MaxAttempts": PATIENCE_SECONDS})

    @property
    def value(self) -> str:
        found: str = self.parameters.get_parameter(Name=PARAMETER)["Parameter"]["Value"]
        return found

    def set(self, value: str) -> None:
        """What an operator does."""
        self.parameters.put_parameter(Name=PARAMETER, Value=value, Type="String", Overwrite=True)


@pytest.fixture
def stack(cloud: LocalCloud) -> Iterator[Stack]:
    if cloud.process.running() is None:
        cloud.start()
        make_role(cloud.client("iam"))
    made = Stack(cloud)
    yield made
    made.delete()


def function(code: str, configured: str, **properties: object) -> Json:
    return {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "FunctionName": NAME,
            "Runtime": "python3.13",
            "Handler": "index.handler",
            "Timeout": 900,
            "Role": f"arn:aws:iam::000000000000:role/{ROLE}",
            "Code": {"ZipFile": CODE.format(code=code)},
            "Environment": {"Variables": {"CONFIGURED": configured}},
            **properties,
        },
    }


def parameter(value: str, **properties: object) -> Json:
    own = {"Name": PARAMETER, "Type": "String", "Value": value}
    return {"Type": "AWS::SSM::Parameter", "Properties": {**own, **properties}}


def test_code_and_configuration_change_one_after_the_other_in_either_order(stack: Stack) -> None:
    stack.deploy(Function=function("0", "0"))
    seen_between: set[str] = set()
    for number in itertools.count(1):
        before, after = str(number - 1), str(number)
        between = [after, before] if number % 2 else [before, after]
        said = [stack.ask()]
        stack.begin(Function=function(after, after))
        while said[-1] != [after, after]:
            said.append(stack.ask())
        stack.end()
        in_turn = [each for each, _ in itertools.groupby(said)]
        if len(in_turn) == 2:  # a slow machine asks too seldom to see what is between
            in_turn.insert(1, between)
        else:
            seen_between.add("code first" if number % 2 else "configuration first")
        assert in_turn == [[before, before], between, [after, after]]
        if len(seen_between) == 2:
            break


def test_a_change_of_one_of_them_is_one_step(stack: Stack) -> None:
    stack.deploy(Function=function("0", "0"))
    for code, configured in (("1", "0"), ("1", "1")):
        stack.deploy(Function=function(code, configured))
        assert stack.ask() == [code, configured]


@pytest.mark.parametrize("changed", [("1", "0"), ("0", "1")], ids=["code", "configuration"])
def test_a_request_ends_where_it_began(
    stack: Stack, changed: tuple[str, str], tmp_path: Path
) -> None:
    """On the instance from before; whoever asks after the change gets another."""
    begun, go_on = tmp_path / "begun", tmp_path / "go_on"
    stack.deploy(Function=function("0", "0"))
    with ThreadPoolExecutor() as pool:
        first = pool.submit(stack.ask, {"begun": str(begun), "go_on": str(go_on)})
        try:
            until(begun.exists)
            stack.deploy(Function=function(*changed))
            assert stack.ask() == list(changed)
            assert not first.done()
        finally:
            go_on.touch()
        assert first.result(timeout=PATIENCE_SECONDS) == ["0", "0"]
        assert stack.ask() == list(changed)


@pytest.mark.parametrize(
    ("changed", "left"),
    [
        ({"Tags": {"colour": "blue"}}, "operator"),
        ({"Description": "other words"}, "first"),
        ({"Tier": "Advanced"}, "first"),
        ({"Value": "second"}, "second"),
    ],
    ids=lambda value: "".join(value) if isinstance(value, dict) else "",
)
def test_a_deployment_writes_a_parameter_whose_text_changes(
    stack: Stack, changed: Json, left: str
) -> None:
    stack.deploy(Parameter=parameter("first"))
    stack.set("operator")
    stack.deploy(Parameter=parameter("first", **changed))
    assert stack.value == left
    tags = stack.parameters.list_tags_for_resource(ResourceType="Parameter", ResourceId=PARAMETER)
    assert ("blue" in str(tags["TagList"])) == ("Tags" in changed)


def test_a_reference_is_followed_again_when_the_text_of_its_resource_changes(stack: Stack) -> None:
    name = f"{PARAMETER}-of-an-operator"
    referring = f"{{{{resolve:ssm:{name}}}}}"

    def write(value: str) -> None:
        stack.parameters.put_parameter(Name=name, Value=value, Type="String", Overwrite=True)

    write("first")
    stack.deploy(Other=parameter("0"), Function=function("0", referring))
    write("second")
    stack.deploy(Other=parameter("1"), Function=function("0", referring))
    assert stack.ask() == ["0", "first"]
    stack.deploy(Other=parameter("1"), Function=function("0", referring, Description="changed"))
    assert stack.ask() == ["0", "second"]


def test_role_and_subnet_of_a_function_change_together(stack: Stack) -> None:
    """The new role is asked for the new subnet, and not for the old one in between."""

    def resources(used: str) -> dict[str, Json]:
        vpc = {"SubnetIds": [ref(used)], "SecurityGroupIds": [ref("Group")]}
        return {
            "Vpc": VPC,
            "Group": group(),
            "One": subnet(CidrBlock="10.0.1.0/24"),
            "Two": subnet(CidrBlock="10.0.2.0/24"),
            "RoleOne": role(Policies=[interfaces_in("One")]),
            "RoleTwo": role(Policies=[interfaces_in("Two")]),
            "Function": function(
                "code", "set", VpcConfig=vpc, Role={"Fn::GetAtt": [f"Role{used}", "Arn"]}
            ),
        }

    stack.deploy(**resources("One"))
    stack.deploy(**resources("Two"))
    found = stack.functions.get_function_configuration(FunctionName=NAME)
    assert "RoleTwo" in found["Role"]
    assert len(found["VpcConfig"]["SubnetIds"]) == 1


def interfaces_in(used: str) -> Json:
    """A policy by which Lambda makes interfaces in one subnet only."""
    arn = "arn:aws:ec2:us-east-1:000000000000"
    statements = [
        {
            "Effect": "Allow",
            "Action": "ec2:CreateNetworkInterface",
            "Resource": [
                {"Fn::Join": ["", [f"{arn}:subnet/", ref(used)]]},
                f"{arn}:security-group/*",
                f"{arn}:network-interface/*",
            ],
        },
        {"Effect": "Allow", "Action": "ec2:DescribeNetworkInterfaces", "Resource": "*"},
    ]
    document = {"Version": "2012-10-17", "Statement": statements}
    return {"PolicyName": "Interfaces", "PolicyDocument": document}


def test_a_stack_reserves_what_its_function_says(stack: Stack) -> None:
    def reserved() -> int | None:
        found = stack.functions.get_function_concurrency(FunctionName=NAME)
        value: int | None = found.get("ReservedConcurrentExecutions")
        return value

    stack.deploy(Function=function("code", "0", ReservedConcurrentExecutions=3))
    assert reserved() == 3
    stack.functions.put_function_concurrency(FunctionName=NAME, ReservedConcurrentExecutions=0)
    stack.deploy(Function=function("code", "1", ReservedConcurrentExecutions=3))
    assert reserved() == 3, "a deployment writes it again"
    stack.deploy(Function=function("code", "1", ReservedConcurrentExecutions=4))
    assert reserved() == 4
    stack.deploy(Function=function("code", "1"))
    assert reserved() is None


def test_a_custom_resource_whose_function_fails_says_why_at_once(cloud: LocalCloud) -> None:
    """As the CDK's own for buckets does where the SDK of JavaScript is not there."""
    stacks = Stacks(cloud.client)
    provider = function("code", "set", Code={"ZipFile": "def handler(event, _):\n    1 / 0"})
    token = {"Fn::GetAtt": ["Provider", "Arn"]}
    made = {"Type": "Custom::Made", "Properties": {"ServiceToken": token}}
    said = stacks.deploy("custom", {"Provider": provider, "Made": made})
    assert "Made: its function failed and did not answer: " in said
    assert "division by zero" in said
