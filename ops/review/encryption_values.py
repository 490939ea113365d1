"""What values of properties say of encryption: on or off, of which kind, from which TLS on."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ops.review.app_version import Json
from ops.review.changes import Changes, ResourceChange
from ops.review.findings import Weight
from ops.review.words import text

LOOK, NOTE, STOP = Weight.LOOK, Weight.NOTE, Weight.STOP
Judged = tuple[Weight, str] | None


@dataclass(frozen=True)
class Values:
    """An innermost value of a resource before and after; None is that it is not there."""

    type: str
    path: tuple[str | int, ...]
    before: Json
    after: Json

    @property
    def name(self) -> str:
        """The name of the property."""
        return next((each for each in reversed(self.path) if isinstance(each, str)), "")

    @property
    def of_encryption(self) -> bool:
        """Whether what it stands in is about encryption."""
        return any("encrypt" in str(each).lower() for each in self.path[:-1])

    def worded(self, changed: Changes, each: ResourceChange) -> "Values":
        """Return the values as text."""
        assert each.before
        old = text(changed.before, each.before.stack.name, self.before)
        new = text(changed.after, each.resource.stack.name, self.after)
        return replace(
            self,
            before=None if self.before is None else old,
            after=None if self.after is None else new,
        )


_OFF = {"false", "none", "disabled", "noencryption", "no_encryption", "plaintext", "off"}
_ON = {"true", "enabled", "on", "required"}
# What AWS takes for these where nothing stands; the others are off.
_ON_BY_ITSELF = {"SqsManagedSseEnabled"}
# Without these values AWS takes a key that it owns, and still encrypts.
_STILL_ENCRYPTED = {"SSEEnabled"}
# The kinds of encryption, by the names that have them in CloudFormation's list of properties.
_KINDS = {
    *("SSEAlgorithm", "SseAlgorithm", "SSEType", "SseType", "EncryptionType", "EncryptionMode"),
    *("EncryptionOption", "EncryptionKeyType", "CatalogEncryptionMode", "S3EncryptionMode"),
    *("CloudWatchEncryptionMode", "JobBookmarksEncryptionMode", "NoEncryptionConfig"),
    *("MLUserDataEncryptionMode", "EncryptionStatus", "EncryptionStrategy"),
}
_NEEDS_IT = {"AWS::Kinesis::Stream"}  # not encrypted where nothing is said
_IN_TRANSIT = re.compile(r"transit|intercontainer|nodetonode|https|tls", re.IGNORECASE)


def judged_value(values: Values, on: frozenset[str], off: frozenset[str]) -> Judged:
    """Judge what turns encryption on or off, or says its kind; None if the name is of neither."""
    name = values.name
    if name in off:
        return _switched(values, default=False, inverse=True)
    if name in on or (name == "Enabled" and values.of_encryption):
        return _switched(values, default=name in _ON_BY_ITSELF)
    if name in _KINDS:
        return _kind(values)
    return None


def _state(value: Json, *, on: bool) -> bool | None:
    if value is None:
        return on
    said = str(value).lower()
    return True if said in _ON else False if said in _OFF else None


def _switched(values: Values, *, default: bool, inverse: bool = False) -> Judged:
    where = f"({values.name})"
    was, is_ = (_state(each, on=default) for each in (values.before, values.after))
    transit = " in transit" if any(_IN_TRANSIT.search(str(each)) for each in values.path) else ""
    if was is None or is_ is None:
        return (
            LOOK,
            f"is encrypted{transit} as {values.after} says, and was as {values.before} {where}",
        )
    if was == is_:
        return None
    if is_ is not inverse:
        return NOTE, f"is encrypted{transit} from now on {where}"
    if values.name in _STILL_ENCRYPTED:
        return LOOK, f"is no longer encrypted with a key of KMS, but with one that AWS owns {where}"
    return STOP, f"is no longer encrypted{transit} {where}"


def _kind(values: Values) -> Judged:
    was, is_ = (
        each is not None and str(each).lower() not in _OFF for each in (values.before, values.after)
    )
    where = f"({values.name})"
    if is_ and not was:
        return NOTE, f"is encrypted with {values.after} from now on {where}"
    if was and not is_:
        if values.after is None and values.type not in _NEEDS_IT:
            return (
                LOOK,
                f"is no longer encrypted with {values.before}, but as AWS does by itself {where}",
            )
        return STOP, f"is no longer encrypted, and was with {values.before} {where}"
    if not was:
        return None
    return LOOK, f"is encrypted with {values.after}, and was with {values.before} {where}"


# From the weakest to the strongest.
_ORDERS: Mapping[str, Sequence[str]] = {
    "ViewerProtocolPolicy": ("allow-all", "redirect-to-https", "https-only"),
    "OriginProtocolPolicy": ("http-only", "match-viewer", "https-only"),
    "TransitEncryption": ("disabled", "enabled"),
    "TransitEncryptionMode": ("preferred", "required"),
    "ClientBroker": ("plaintext", "tls_plaintext", "tls"),
    "InCluster": ("false", "true"),
    "EnforceHTTPS": ("false", "true"),
    "RequireTLS": ("false", "true"),
    "TLSEnabled": ("false", "true"),
    "TlsPolicy": ("optional", "require"),
    "SslMode": ("none", "prefer", "require", "verify-ca", "verify-full"),
    "InsecureSsl": ("enabled", "disabled"),
}
_SECURE = {"https", "tls"}
_BALANCED = re.compile(r"^AWS::ElasticLoadBalancingV2::(Listener|TargetGroup)$")
_TLS_VERSION = {
    "MinimumProtocolVersion",
    "SecurityPolicy",
    "SecurityPolicyName",
    "SslPolicy",
    "TLSSecurityPolicy",
}
_VERSION = re.compile(r"TLS[v_-]?(?P<major>1)[._-]?(?P<minor>[0-3])(?!\d)", re.IGNORECASE)


def judged_transit(values: Values) -> Judged:
    """Judge what says how calls are encrypted; None if the name says nothing of that."""
    if values.name in _TLS_VERSION:
        return _versions(values)
    if values.name == "Protocol" and _BALANCED.match(values.type):
        return _protocol(values)
    order = _ORDERS.get(values.name)
    return _ordered(values, order) if order else None


def _protocol(values: Values) -> Judged:
    was, is_ = (str(each).lower() in _SECURE for each in (values.before, values.after))
    if was == is_:
        return None
    word = "speaks" if is_ else "no longer speaks"
    said = f"{word} TLS: {values.after}, which was {values.before} ({values.name})"
    return (NOTE if is_ else STOP), said


def _ordered(values: Values, order: Sequence[str]) -> Judged:
    old, new = (_rank(order, each) for each in (values.before, values.after))
    said = f"has {values.name} {_said(values.after)}, and had {_said(values.before)}"
    if old is None or new is None:
        return LOOK, said
    if new > old:
        return NOTE, f"{said}: safer in transit"
    return (LOOK if new else STOP), f"{said}: less safe in transit"


def _said(value: Json) -> str:
    return "nothing" if value is None else str(value)


def _rank(order: Sequence[str], value: Json) -> int | None:
    if value is None:
        return 0
    said = str(value).lower()
    return order.index(said) if said in order else None


def _versions(values: Values) -> Judged:
    old, new = (_version(each) for each in (values.before, values.after))
    said = f"({_said(values.after)}, which was {_said(values.before)})"
    least, before = _dotted(new), _dotted(old)
    if new < old:
        return LOOK, f"accepts TLS {least} from now on, and before TLS {before} at least {said}"
    if new > old:
        return NOTE, f"accepts TLS {least} at least from now on {said}"
    return LOOK, f"has other ciphers of TLS {said}"


def _version(value: Json) -> int:
    """Return the least version of TLS that a policy accepts, times ten: 10 if it names none."""
    found = _VERSION.search(re.sub("TLS13[-_]1", "TLS1", str(value)))
    return int(found["major"]) * 10 + int(found["minor"]) if found else 10


def _dotted(version: int) -> str:
    return f"{version // 10}.{version % 10}"
