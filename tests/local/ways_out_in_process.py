"""A function's call is answered where its network leads there, and never where it does not.

It runs on the interpreter of the local cloud, for `test_network_state.py`, without a server.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ministack.core.responses import get_account_id
from ministack.services import lambda_svc, sts

from ops.local import ways_out
from tests.local.network_in_process import EC2, learn, make

SESSION, ADMINISTRATOR = "ASIAFUNCTION", "000000000000"


@dataclass
class Answers:
    """What is behind the gate: it answers everything, and says how often."""

    given: int = 0

    async def __call__(self, *_: object) -> None:
        self.given += 1


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


def main() -> None:
    """Make a function with a way out, and take the way out from it."""
    learn()
    vpc = make("AWS::EC2::VPC", CidrBlock="10.0.0.0/16", EnableDnsHostnames=True)
    gateway = make("AWS::EC2::InternetGateway")
    make("AWS::EC2::VPCGatewayAttachment", VpcId=vpc, InternetGatewayId=gateway)
    private, public = (
        make("AWS::EC2::Subnet", VpcId=vpc, CidrBlock=f"10.0.{number}.0/24") for number in range(2)
    )
    address = make("AWS::EC2::EIP", Domain="vpc")
    nat = make("AWS::EC2::NatGateway", SubnetId=public, AllocationId=address)
    for subnet, target in ((private, {"NatGatewayId": nat}), (public, {"GatewayId": gateway})):
        table = make("AWS::EC2::RouteTable", VpcId=vpc)
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
    sts.register_session(SESSION, {"Arn": arn})
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
    print(f"{len(checks)} calls")


if __name__ == "__main__":
    main()
