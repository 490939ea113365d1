"""What the look-up of a VPC finds, as `cdk synth` leaves it in the context."""

from dataclasses import replace
from typing import Any

from tests.baseline import DEV

VPC = "vpc-0123456789abcdef0"

PINNED = replace(DEV, account="123456789012", region="eu-west-3", vpc_id=VPC)

KEY = (
    "vpc-provider:account=123456789012:filter.vpc-id=vpc-0123456789abcdef0:region=eu-west-3"
    ":returnAsymmetricSubnets=true"
)


def subnet(kind: str, number: int) -> str:
    """Return the id of a subnet, of which its kind can be told."""
    return f"subnet-{kind[:3].encode().hex()}00{number:02}"


def found(**kinds: str) -> dict[str, Any]:
    """Return what the look-up finds: for each kind of subnets the letters of their zones."""
    return {
        "vpcId": VPC,
        "vpcCidrBlock": "172.31.0.0/16",
        "ownerAccountId": "123456789012",
        "availabilityZones": [],
        "subnetGroups": [
            {
                "name": kind,
                "type": kind,
                "subnets": [
                    {
                        "subnetId": subnet(kind, number),
                        "cidr": f"172.31.{number}.0/24",
                        "availabilityZone": f"eu-west-3{zone}",
                        "routeTableId": subnet(kind, number).replace("subnet", "rtb"),
                    }
                    for number, zone in enumerate(zones)
                ],
            }
            for kind, zones in kinds.items()
        ],
    }
