"""A stage that is deployed, with a function that does what a test asks it to."""

import io
import json
import zipfile
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from tests.local.conftest import LocalCloud

Json = Any  # of policies and of what boto3 returns

# It says what is on the disk, after acts that it is asked for, or reads a parameter.
HANDLER = """
import os
def handler(event, context):
    if event.get("parameter"):
        import boto3
        return boto3.client("ssm").get_parameter(Name=event["parameter"])["Parameter"]["Value"]
    disk = os.environ["MOUNT_PATH"]
    for act in event.get("acts", ()):
        exec(act, {"os": os, "disk": disk})
    return sorted(os.listdir(disk))
"""


def zipped() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("tiny.py", HANDLER)
    return buffer.getvalue()


@dataclass(frozen=True)
class Deployed:
    """A stage that is deployed; its janitor has the code above, with all rights of the janitor."""

    cloud: LocalCloud
    clients: dict[str, Any] = field(default_factory=dict)

    def __call__(self, service: str) -> Any:  # noqa: ANN401 - boto3 makes its types at run time
        if service not in self.clients:
            self.clients[service] = self.cloud.client(service)
        return self.clients[service]

    @cached_property
    def name(self) -> str:
        return self.cloud.outputs["Dev-Service"]["JanitorFunctionName"]

    @cached_property
    def config(self) -> Json:
        found = self("lambda").get_function_configuration(FunctionName=self.name)
        return {
            "Role": found["Role"],
            "KMSKeyArn": found["KMSKeyArn"],
            "FileSystemConfigs": found["FileSystemConfigs"],
            "VpcConfig": {
                key: found["VpcConfig"][key] for key in ("SubnetIds", "SecurityGroupIds")
            },
        }

    @cached_property
    def role(self) -> str:
        return str(self.config["Role"].rpartition("/")[2])

    @cached_property
    def log_group(self) -> str:
        found = self("lambda").get_function_configuration(FunctionName=self.name)
        return str(found["LoggingConfig"]["LogGroup"])

    @cached_property
    def limits(self) -> str:
        variables = self("lambda").get_function_configuration(FunctionName=self.name)
        return str(variables["Environment"]["Variables"]["LIMITS_PARAMETER"])

    @cached_property
    def file_system(self) -> str:
        [found] = self("efs").describe_file_systems()["FileSystems"]
        return str(found["FileSystemId"])

    @property
    def targets(self) -> list[Json]:
        found = self("efs").describe_mount_targets(FileSystemId=self.file_system)
        return list(found["MountTargets"])

    @cached_property
    def client_group(self) -> str:
        [found] = self.config["VpcConfig"]["SecurityGroupIds"]
        return str(found)

    @cached_property
    def disk_group(self) -> str:
        target = self.targets[0]["MountTargetId"]
        [found] = self("efs").describe_mount_target_security_groups(MountTargetId=target)[
            "SecurityGroups"
        ]
        return str(found)

    @cached_property
    def vpc(self) -> str:
        return str(self.targets[0]["VpcId"])

    def tables(self) -> list[Json]:
        found = self("ec2").describe_route_tables(Filters=self.in_vpc)["RouteTables"]
        return list(found)

    @property
    def in_vpc(self) -> list[Json]:
        return [{"Name": "vpc-id", "Values": [self.vpc]}]

    def start(self) -> None:
        """Have a new instance start, and call it."""
        self("lambda").update_function_code(FunctionName=self.name, ZipFile=CODE)
        self.call()

    def call(self) -> None:
        """Call an instance that runs."""
        called(self("lambda").invoke(FunctionName=self.name, Payload=b"{}"))

    def make_log_group(self) -> None:
        """Make a log group of a name that the key's policy knows."""
        logs, named = self("logs"), {"logGroupName": "Dev-Service-new"}
        logs.create_log_group(**named, kmsKeyId=self.config["KMSKeyArn"])
        logs.delete_log_group(**named)

    def make_other_log_group(self) -> None:
        logs, named = self("logs"), {"logGroupName": "Other-Service-new"}
        logs.create_log_group(**named, kmsKeyId=self.config["KMSKeyArn"])

    def give_key_to_log_group(self) -> None:
        self("logs").associate_kms_key(
            logGroupName=self.log_group, kmsKeyId=self.config["KMSKeyArn"]
        )

    def read_log(self) -> None:
        self("logs").filter_log_events(logGroupName=self.log_group)

    def write_log(self) -> None:
        logs, named = self("logs"), {"logGroupName": self.log_group, "logStreamName": "own"}
        with suppress(logs.exceptions.ResourceAlreadyExistsException):
            logs.create_log_stream(**named)
        logs.put_log_events(**named, logEvents=[{"timestamp": 0, "message": "one"}])

    def configure(self, **changes: Json) -> None:
        """Write the configuration that is there once more, or with changes."""
        self("lambda").update_function_configuration(
            FunctionName=self.name, **(self.config | changes)
        )

    def act(self, *acts: str) -> None:
        """Let the function run statements, in which `disk` is its mount."""
        payload = json.dumps({"acts": acts}).encode()
        called(self("lambda").invoke(FunctionName=self.name, Payload=payload))

    def read_limits(self) -> None:
        """Let the function itself call Parameter Store."""
        payload = json.dumps({"parameter": self.limits}).encode()
        called(self("lambda").invoke(FunctionName=self.name, Payload=payload))

    def policies(self) -> list[Json]:
        """The statements of the role's policies."""
        return [
            statement
            for each in self("iam").list_attached_role_policies(RoleName=self.role)[
                "AttachedPolicies"
            ]
            for statement in self._document(each["PolicyArn"])["Statement"]
        ] + [
            statement
            for name in self("iam").list_role_policies(RoleName=self.role)["PolicyNames"]
            for statement in self("iam").get_role_policy(RoleName=self.role, PolicyName=name)[
                "PolicyDocument"
            ]["Statement"]
        ]

    def _document(self, arn: str) -> Json:
        iam = self("iam")
        version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
        return iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]


CODE = zipped()
# What takes a link away, and puts it back.
Broken = Callable[[Deployed], AbstractContextManager[object]]


def called(answer: Json) -> None:
    said = json.loads(answer["Payload"].read())
    if "FunctionError" in answer:
        raise FunctionError(f"{said.get('errorType')}: {said.get('errorMessage')}")


class FunctionError(Exception):
    """What the function raised."""
