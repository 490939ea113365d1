"""When two values of templates mean the same: order and hashes that say nothing do not count."""

import json
import re
from collections.abc import Callable

from ops.review.app_version import Json

# The hash of an asset's content as CDK writes it: the name of a file in a bucket, with its ending,
# or the tag of an image. A digest that somebody pinned (`sha256:…`), a checksum or an id is none.
_HASH = re.compile(r"(?:^|(?<=[/\"'.]))[0-9a-f]{64}(?=\.[a-z])")
_TAG = re.compile(r"^(?!.*@)(.*/.*:)(?<!sha256:)[0-9a-f]{64}$", re.DOTALL)
# The key of code without an ending is a hash alone.
_KEY = re.compile(r"(?:^|(?<=/))[0-9a-f]{64}$")
_KEYS = frozenset(("S3Key", "S3ObjectKey"))
_ANY_HASH = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")
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


def canonical(value: Json, name: str = "", text: Callable[[str, str], str] | None = None) -> Json:
    """Return a value in one form: unordered lists sorted, a list of one where only one may stand.

    `text` changes each text in it, and is told the name of what the text stands in. Numbers and
    booleans are as CloudFormation takes them, which is as text.
    """
    match value:
        case bool():
            return str(value).lower()
        case int() | float():
            return str(value)
        case str():
            return text(value, name) if text else value
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


def without_hashes(text: str, name: str = "") -> str:
    """Return a text without the hashes of assets. `name` is the name of the property it is of."""
    shown = _TAG.sub(r"\1…", _HASH.sub("…", text))
    return _KEY.sub("…", shown) if name in _KEYS else shown


def without_any_hash(text: str) -> str:
    """Return a text without what looks like a hash, to know a resource again by the rest."""
    return _ANY_HASH.sub("…", text)


def _sortable(value: Json) -> str:
    return json.dumps(value, sort_keys=True)
