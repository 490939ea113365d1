"""Notes on quotas of a new account that a deployment may exceed.

AWS gives a new account less than the quotas it documents, and raises them by itself as the account
is used, and not on request. What a function reserves is asked of the account itself before a
deployment, by `python -m ops concurrency` (docs/decisions/0022-new-accounts.md has the list).
"""

from stacks.settings import Settings
from stacks.shared import aws_limits
from stacks.shared.egress import WAYS_OUT

# What another stage with a gateway in each of two zones takes.
_ADDRESSES_OF_ANOTHER = 2


def notes(settings: Settings) -> dict[str, str]:
    """Return what to say of these settings, by the id of the note."""
    found = {}
    addresses = WAYS_OUT[settings.egress].elastic_addresses(settings.zone_count)
    if settings.memory_mb > aws_limits.NEW_ACCOUNT_MEMORY_MB:
        found["NewAccountMemory"] = (
            f"memory_mb is {settings.memory_mb}: a new account may take"
            f" {aws_limits.NEW_ACCOUNT_MEMORY_MB} at most, and the deployment of Service then"
            " fails at the function; AWS raises that by itself as the account is used, and not on"
            " request: set less until then"
        )
    if addresses + _ADDRESSES_OF_ANOTHER > aws_limits.ELASTIC_ADDRESSES:
        found["ElasticAddresses"] = (
            f"egress is {settings.egress}: it takes {addresses} Elastic IP addresses; an account"
            f" has {aws_limits.ELASTIC_ADDRESSES} in a region, for other stages too, and the"
            " deployment of Data fails at the next one; ask for more in Service Quotas"
            ' ("EC2-VPC Elastic IPs" of Amazon EC2)'
        )
    return found
