"""A function's call is answered where its network leads there, and never where it does not.

It runs on the interpreter of the local cloud, for `test_network_state.py`, without a server.
"""

import asyncio
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id
from ministack.services import iam, lambda_svc, sts

from ops.local import called_actions, caller_permissions, ways_out
from ops.local.callers import UsedEndpoint, read, used_endpoint
from tests.local.network_in_process import EC2, learn, make

ALLOWING, DENYING = (
    json.dumps({"Statement": [{"Effect": each, "Principal": "*", "Action": "*", "Resource": "*"}]})
    for each in ("Allow", "Deny")
)
SESSION, ADMINISTRATOR = "ASIAFUNCTION", "000000000000"


@dataclass
class Answers:
    """What is behind the gate: it answers everything, and says how often and by which endpoint."""

    given: int = 0
    endpoint: UsedEndpoint | None = None

    async def __call__(self, *_: object) -> None:
        self.given += 1
        self.endpoint = used_endpoint.get()


class Log(logging.Handler):
    """The warnings that were logged."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line."""
        self.lines.append(record.getMessage())


def call(gate: ways_out.Application, key: str | None, service: str = "ssm") -> int:
    """Call a service as somebody who gives up at once; return how often he was waited for."""
    signed = f"AWS4-HMAC-SHA256 Credential={key}/20261127/us-east-1/{service}/aws4_request, …"
    headers = [(b"authorization", signed.encode())] if key else []
    waited = 0

    async def receive() -> dict[str, str]:
        nonlocal waited
        waited += 1
        return {"type": "http.request" if waited == 1 else "http.disconnect"}

    async def send(_: dict[str, Any]) -> None:
        raise AssertionError("nothing is answered")

    asyncio.run(gate({"type": "http", "headers": headers}, receive, send))  # type: ignore[arg-type]  # of coroutines
    return waited


def endpoint(service: str, **said: object) -> str:
    """Make an endpoint by a call, and return its id."""
    name = f"com.amazonaws.us-east-1.{service}"
    made = EC2.create_vpc_endpoint(ServiceName=name, **said)
    made_id: str = made["VpcEndpoint"]["VpcEndpointId"]
    return made_id


def check_what_a_service_does() -> None:
    """An endpoint's policy is not asked about what the service does in the caller's name."""
    read_secret = {"Effect": "Allow", "Action": "secretsmanager:*", "Resource": "*"}
    iam._roles["role"] = {
        "Arn": "arn:aws:iam::000000000000:role/path/role",
        "InlinePolicies": {"All": {"Statement": {**read_secret, "Action": "*"}}},
    }
    policy = read("vpce-1", {"Statement": {**read_secret, "Principal": "*"}}, "resource")
    iam_evaluator.check_credentials = lambda *_: None  # nothing is signed here
    used_endpoint.set(UsedEndpoint(policy=policy, keys={}))
    kms = called_actions.Needed("kms:Decrypt", "arn:aws:kms:us-east-1:000000000000:key/1")
    for action, refused in (("secretsmanager:GetSecretValue", False), ("kms:Decrypt", True)):
        called_actions._more.set((kms,))
        answer = caller_permissions._enforce(SESSION, action, action.split(":")[0], "us-east-1")
        assert (answer is not None) == refused, answer


def main() -> None:
    """Make a function with a way out, take the way out from it, and give it endpoints."""
    learn()
    vpc = make("AWS::EC2::VPC", CidrBlock="10.0.0.0/16", EnableDnsHostnames=True)
    gateway = make("AWS::EC2::InternetGateway")
    make("AWS::EC2::VPCGatewayAttachment", VpcId=vpc, InternetGatewayId=gateway)
    private, public = (
        make("AWS::EC2::Subnet", VpcId=vpc, CidrBlock=f"10.0.{number}.0/24") for number in range(2)
    )
    address = make("AWS::EC2::EIP", Domain="vpc")
    nat = make("AWS::EC2::NatGateway", SubnetId=public, AllocationId=address)
    tables = []
    for subnet, target in ((private, {"NatGatewayId": nat}), (public, {"GatewayId": gateway})):
        tables.append(make("AWS::EC2::RouteTable", VpcId=vpc))
        table = tables[-1]
        make("AWS::EC2::SubnetRouteTableAssociation", RouteTableId=table, SubnetId=subnet)
        make("AWS::EC2::Route", RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", **target)
    group = make("AWS::EC2::SecurityGroup", VpcId=vpc, GroupDescription="of functions")
    config: dict[str, Any] = {
        "FunctionName": "files",
        "Role": "arn:aws:iam::000000000000:role/path/role",
        "VpcConfig": {"SubnetIds": [private], "SecurityGroupIds": [group]},
    }
    lambda_svc._functions["files"] = {"config": config}
    arn = f"arn:aws:sts::{get_account_id()}:assumed-role/role/files"
    keys = {"UserId": "1", "SecretAccessKey": "x", "SessionToken": "x"}
    sts.register_session(SESSION, {"Arn": arn, **keys})
    log, behind = Log(), Answers()
    logging.getLogger("ministack").addHandler(log)
    gate = ways_out.before(behind)
    checks: list[tuple[Callable[[], object], str | None, bool]] = [
        (lambda: None, SESSION, True),
        (lambda: EC2.delete_nat_gateway(NatGatewayId=nat), SESSION, False),
        (lambda: None, ADMINISTRATOR, True),
        (lambda: None, None, True),
        (lambda: config.update(Role="arn:aws:iam::000000000000:role/another"), SESSION, True),
        (lambda: config.update(Role="role/role", VpcConfig={}), SESSION, True),
    ]
    for number, (change, key, answered) in enumerate(checks):
        change()
        before = behind.given
        waited = call(gate, key)
        assert (behind.given > before, waited) == (answered, 0 if answered else 2), number
    assert log.lines == [
        f"files to ssm: {private} > nat gateway: no, the state of {nat} is deleted"
    ], log.lines
    config.update(VpcConfig={"SubnetIds": [private], "SecurityGroupIds": [group]})
    listed = [
        {
            "IpProtocol": "tcp",
            "FromPort": 443,
            "ToPort": 443,
            "UserIdGroupPairs": [{"GroupId": group}],
        }
    ]
    EC2.authorize_security_group_ingress(GroupId=group, IpPermissions=listed)
    of = {"VpcId": vpc, "VpcEndpointType": "Interface", "SubnetIds": [private]}
    ssm, kms = (
        endpoint(service, **of, SecurityGroupIds=[group], PolicyDocument=policy)
        for service, policy in (("ssm", DENYING), ("kms", ALLOWING))
    )
    s3 = endpoint("s3", VpcId=vpc, RouteTableIds=tables[:1], PolicyDocument=DENYING)
    endpoints: list[tuple[Callable[[], object], str, str, str]] = [
        (lambda: None, "ssm", ssm, "Deny"),
        (lambda: EC2.modify_vpc_endpoint(VpcEndpointId=ssm, ResetPolicy=True), "ssm", ssm, "Allow"),
        (
            lambda: EC2.modify_vpc_endpoint(VpcEndpointId=ssm, PolicyDocument=DENYING),
            *("ssm", ssm, "Deny"),
        ),
        (lambda: None, "kms", kms, "Allow"),
        (lambda: None, "s3", s3, "Deny"),
    ]
    for number, (change, service, taken, effect) in enumerate(endpoints):
        change()
        assert call(gate, SESSION, service) == 0, number
        used = behind.endpoint
        assert used, number
        assert (used.policy.name, used.policy.statements[0].effect) == (taken, effect), number
        assert used.keys == {"aws:SourceVpce": (taken,), "aws:SourceVpc": (vpc,)}, number
    call(gate, ADMINISTRATOR)
    assert behind.endpoint is None
    check_what_a_service_does()
    print(f"{len(checks) + len(endpoints) + 1} calls")


if __name__ == "__main__":
    main()
