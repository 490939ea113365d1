"""The functions: they start, on the right processor, with what they keep encrypted."""

import json
import re
from collections.abc import Iterator

from stacks.invariants.declared import Declaration, Declared
from stacks.invariants.network import mounted
from stacks.invariants.statements import allowed, policies_of

_WRITE_LOG = frozenset({"logs:CreateLogStream", "logs:PutLogEvents"})
_WITHOUT_RESOURCES = frozenset(
    {
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSubnets",
        "xray:PutTelemetryRecords",
        "xray:PutTraceSegments",
    }
)


def a_function_is_made_after_what_its_mount_needs(stage: Declared) -> Iterator[str]:
    """A function waits for the mount targets, the rules on 2049 and the rights of its role."""
    needed = stage.of_type("AWS::EFS::MountTarget", "AWS::EC2::SecurityGroupIngress")
    for function in mounted(stage):
        before = stage.waited_for(function)
        earlier = _earlier(stage, function.stack)
        for each in needed:
            if each not in before and each.stack not in earlier:
                yield f"{function} does not wait for {each}"
        role = stage.find(function.properties["Role"], function.stack)
        if role is None:
            continue
        for policy in policies_of(stage, role):
            if policy not in before and policy.stack not in earlier:
                yield f"{function} does not wait for the rights in {policy}"


def a_function_and_its_layers_have_one_architecture(stage: Declared) -> Iterator[str]:
    """A layer is made for the processor and the runtime of each function that has it."""
    for function in stage.of_type("AWS::Lambda::Function"):
        own = function.properties.get("Architectures", ["x86_64"])
        runtime = function.properties.get("Runtime")
        for layer in stage.referred(function.properties.get("Layers", []), function.stack):
            if layer.properties.get("CompatibleArchitectures", own) != own:
                yield f"{function} runs on {own}, {layer} is for another processor"
            if runtime not in layer.properties.get("CompatibleRuntimes", [runtime]):
                yield f"{function} runs {runtime}, {layer} is for another runtime"


def a_mount_path_is_one_that_lambda_takes(stage: Declared) -> Iterator[str]:
    """A disk is below /mnt, and the function is told where."""
    for function in mounted(stage):
        variables = function.properties.get("Environment", {}).get("Variables", {})
        for mount in function.properties["FileSystemConfigs"]:
            path = mount["LocalMountPath"]
            if not re.fullmatch(r"/mnt/[\w.-]+", path, re.ASCII):
                yield f"{function} has its disk at {path}, which Lambda refuses"
            if variables.get("MOUNT_PATH") != path:
                yield f"{function} has its disk at {path}, and MOUNT_PATH says otherwise"


def variables_of_mounted_functions_are_encrypted_by_a_key_of_the_stage(
    stage: Declared,
) -> Iterator[str]:
    """The environment variables of a function with a disk have a key of the stage."""
    for function in mounted(stage):
        key = stage.find(function.properties.get("KmsKeyArn"), function.stack)
        if key is None or key.kind != "AWS::KMS::Key":
            yield f"{function} has variables without a key of the stage"


def no_secret_is_in_a_variable(stage: Declared) -> Iterator[str]:
    """No environment variable takes the value of a secret, which every reader would see."""
    for function in stage.of_type("AWS::Lambda::Function"):
        variables = function.properties.get("Environment", {}).get("Variables", {})
        for name, value in variables.items():
            if re.search(r"\{\{resolve:(secretsmanager|ssm-secure):", json.dumps(value)):
                yield f"{function} has a secret in {name}"


def every_function_writes_a_log_of_its_own(stage: Declared) -> Iterator[str]:
    """Each function writes into a log group of the stage, which its role may; no two into one."""
    seen: set[Declaration] = set()
    for function in stage.of_type("AWS::Lambda::Function"):
        group = stage.find(
            function.properties.get("LoggingConfig", {}).get("LogGroup"), function.stack
        )
        if group is None or group.kind != "AWS::Logs::LogGroup":
            yield f"{function} writes into no log group of the stage"
            continue
        if group in seen:
            yield f"{function} shares {group} with another function"
        seen.add(group)
        role = stage.find(function.properties.get("Role"), function.stack)
        for action in sorted(_WRITE_LOG - allowed(stage, role, group)):
            yield f"{function}: its role may not call {action} on {group}"


def a_mounted_function_may_make_its_interfaces(stage: Declared) -> Iterator[str]:
    """The role of a function in a VPC may make, find and delete its interfaces, and send traces.

    https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
    """
    for function in mounted(stage):
        role = stage.find(function.properties["Role"], function.stack)
        on_all = allowed(stage, role, None)
        for action in sorted(_WITHOUT_RESOURCES - on_all):
            yield f"{function}: its role may not call {action}"
        vpc = function.properties["VpcConfig"]
        for value in (*vpc["SubnetIds"], *vpc["SecurityGroupIds"]):
            place = stage.find(value, function.stack)
            if place and "ec2:CreateNetworkInterface" not in allowed(stage, role, place):
                yield f"{function}: its role may not make an interface in {place}"


def every_function_ends(stage: Declared) -> Iterator[str]:
    """Each function has a timeout and a memory size of its own."""
    for function in stage.of_type("AWS::Lambda::Function"):
        for name in ("Timeout", "MemorySize"):
            if name not in function.properties:
                yield f"{function} has no {name}"


def a_schedule_may_call_its_function(stage: Declared) -> Iterator[str]:
    """Each rule that names a function may invoke it, and no other rule by that permission."""
    permissions = [
        (
            stage.find(each.properties["FunctionName"], each.stack),
            stage.find(each.properties.get("SourceArn"), each.stack),
        )
        for each in stage.of_type("AWS::Lambda::Permission")
        if each.properties["Principal"] == "events.amazonaws.com"
    ]
    for rule in stage.of_type("AWS::Events::Rule"):
        for target in rule.properties.get("Targets", []):
            function = stage.find(target["Arn"], rule.stack)
            is_function = function is not None and function.kind == "AWS::Lambda::Function"
            if is_function and (function, rule) not in permissions:
                yield f"{rule} may not call {function}"
    for function, source in permissions:
        if source is None:
            yield f"any rule of any account may call {function}"


def _earlier(stage: Declared, stack: str) -> set[str]:
    """Return the stacks that are deployed before another."""
    found: set[str] = set()
    left = [stack]
    while left:
        for each in stage.waits_for.get(left.pop(), ()):
            if each not in found:
                found.add(each)
                left.append(each)
    return found
