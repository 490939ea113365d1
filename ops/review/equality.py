"""When two values of templates mean the same: order and hashes that say nothing do not count."""

import json
import re
from collections.abc import Callable

from ops.review.app_version import Json

# The hash of an asset's content, in a bucket's key or an image's tag.
_HASH = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")
# Lists of which AWS's documentation gives the order no meaning.
_UNORDERED = frozenset(
    ("Action", "NotAction", "Resource", "NotResource", "Statement", "AWS", "Service", "Federated")
    + ("Tags", "DependsOn", "SecurityGroupIds", "SecurityGroups", "VpcSecurityGroupIds")
    + ("VPCSecurityGroups", "SecurityGroupIngress", "SecurityGroupEgress", "SubnetIds", "Subnets")
    + ("RouteTableIds", "ManagedPolicyArns", "Roles", "Users", "Groups", "Policies")
    + ("AlarmActions", "OKActions", "InsufficientDataActions", "Dimensions")
    + ("AvailabilityZones", "Aliases", "AllowedMethods", "AllowMethods", "AllowHeaders")
    + ("AllowOrigins", "ExposeHeaders")
)


def same(one: Json, other: Json) -> bool:
    """Say whether two values mean the same, the hashes of assets included."""
    return bool(one == other or canonical(one) == canonical(other))


def canonical(value: Json, name: str = "", text: Callable[[str], str] = str) -> Json:
    """Return a value in one form: unordered lists sorted, a list of one where only one may stand.

    `text` changes each text in it. Numbers and booleans are as CloudFormation takes them, which is
    as text.
    """
    match value:
        case bool():
            return str(value).lower()
        case int() | float():
            return str(value)
        case str():
            return text(value)
        case list():
            listed = [canonical(each, "", text) for each in value]
            return sorted(listed, key=_sortable) if name in _UNORDERED else listed
        case dict():
            keyed = {each: canonical(inner, each, text) for each, inner in value.items()}
            return {
                each: [inner] if each in _UNORDERED and not isinstance(inner, list) else inner
                for each, inner in keyed.items()
            }
        case _:
            return value


def without_hashes(text: str) -> str:
    """Return a text without the hashes of assets."""
    return _HASH.sub("…", text)


def _sortable(value: Json) -> str:
    return json.dumps(value, sort_keys=True)
