"""Whether policies allow a request, and which of them decided.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html

Organizations' policies are not judged.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum, StrEnum

from ops.local.rules.patterns import Keys, UnknownKeyError, account_of
from ops.local.rules.policy_documents import Effect, Policy, Statement

# Allowed to everybody, even against a Deny:
# https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
_ALWAYS = "sts:getcalleridentity"


class PolicyKind(StrEnum):
    """A kind of policy, in the words of AWS's error messages."""

    IDENTITY = "identity-based policy"
    BOUNDARY = "permissions boundary"
    SESSION = "session policy"
    RESOURCE = "resource-based policy"
    TRUST = "role trust policy"
    ENDPOINT = "VPC endpoint policy"


@dataclass(frozen=True, kw_only=True)
class Principal:
    """Who calls: an ARN, the name of an AWS service, or `*` for somebody unknown.

    The ARN of a session has no path, so `role` says the ARN of its role. With a token of GitHub the
    caller is the identity provider.
    """

    arn: str
    role: str | None = None

    @property
    def account(self) -> str:
        """The caller's account; nothing for a service and for somebody unknown."""
        return account_of(self.arn)

    @property
    def is_root(self) -> bool:
        """Whether it is the root user of its account."""
        return self.arn.endswith(":root")

    @property
    def keys(self) -> dict[str, tuple[str, ...]]:
        """The condition keys that every request of this principal has."""
        # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
        if self.arn == "*":
            return {"aws:PrincipalIsAWSService": ("false",), "aws:PrincipalType": ("Anonymous",)}
        if not self.account:
            return {"aws:PrincipalIsAWSService": ("true",), "aws:PrincipalServiceName": (self.arn,)}
        kind, _, name = self.arn.split(":", 5)[5].partition("/")
        if kind in {"oidc-provider", "saml-provider"}:
            return {"aws:FederatedProvider": (self.arn,)}
        return {
            "aws:PrincipalArn": (self.role or self.arn,),
            "aws:PrincipalAccount": (self.account,),
            "aws:PrincipalIsAWSService": ("false",),
            "aws:PrincipalType": (_TYPES.get(kind, "User"),),
            **({"aws:username": (name.rpartition("/")[2],)} if kind == "user" else {}),
        }


_TYPES = {"root": "Account", "assumed-role": "AssumedRole", "federated-user": "FederatedUser"}


@dataclass(frozen=True, kw_only=True)
class AccessRequest:
    """A request to be judged.

    `account` is that of the resource, where its ARN has none. `keys` are condition keys with their
    values, beside those of the principal; of the keys in `unknown` nobody knows whether the request
    has them (`Keys`).
    """

    principal: Principal
    action: str
    resource: str = "*"
    account: str = ""
    keys: Mapping[str, Sequence[str]] = field(default_factory=dict)
    unknown: frozenset[str] = frozenset()

    @property
    def owner(self) -> str:
        """The account of the resource."""
        return self.account or account_of(self.resource) or self.principal.account


@dataclass(frozen=True, kw_only=True)
class Policies:
    """What applies to a request.

    A policy of a session that is not there limits nothing, nor does that of a VPC endpoint: the
    call comes by none. `resource_decides` is for keys and for trust in a role: the resource's
    policy must allow, be it by leaving it to the account's IAM.
    """

    identity: tuple[Policy, ...] = ()
    boundary: Policy | None = None
    session: tuple[Policy, ...] = ()
    resource: Policy | None = None
    resource_kind: PolicyKind = PolicyKind.RESOURCE
    resource_decides: bool = False
    endpoint: Policy | None = None


@dataclass(frozen=True, kw_only=True)
class Decision:
    """Whether a request is allowed, and by what.

    `explicit` tells a Deny statement from an Allow that is missing. `policy` and `statement` are
    the names of what decided; without a statement it is nothing. `assumed` are the condition keys
    that nobody knows here: a statement that asks for one counted in the caller's favour.
    """

    allowed: bool
    kind: PolicyKind
    explicit: bool = False
    policy: str | None = None
    statement: str | None = None
    assumed: frozenset[str] = frozenset()

    def message(self, request: AccessRequest) -> str:
        """Say why the request is denied, in AWS's words.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
        """
        if self.explicit:
            article = {PolicyKind.IDENTITY: "an", PolicyKind.TRUST: "the"}.get(self.kind, "a")
            reason = f"with an explicit deny in {article} {self.kind}"
        else:
            reason = f"because no {self.kind} allows the {request.action} action"
        return (
            f"User: {request.principal.arn} is not authorized to perform: {request.action}"
            f" on resource: {request.resource} {reason}"
        )


class _Named(IntEnum):
    """How a policy of a resource names the caller, the later the closer."""

    NOT = 0
    ACCOUNT = 1  # and leaves it to the account's policies
    ROLE = 2  # whose sessions are limited by boundary and session policy
    ITSELF = 3


@dataclass(frozen=True)
class _Found:
    """A statement that applies, and the unknown keys that it asks for."""

    policy: Policy
    statement: Statement
    named: _Named
    assumed: frozenset[str]


def evaluate(request: AccessRequest, policies: Policies) -> Decision:
    """Decide about a request as AWS does: a Deny first, then what must allow."""
    return _Evaluation(request, policies).decision()


class _Evaluation:
    def __init__(self, request: AccessRequest, policies: Policies) -> None:
        self.request = request
        self.policies = policies
        owner = {"aws:ResourceAccount": (request.owner,)} if request.owner else {}
        self.keys = Keys({**request.principal.keys, **owner, **request.keys}, request.unknown)
        self.groups: dict[PolicyKind, tuple[Policy, ...]] = {
            PolicyKind.IDENTITY: policies.identity,
            PolicyKind.BOUNDARY: (policies.boundary,) if policies.boundary else (),
            PolicyKind.SESSION: policies.session,
            policies.resource_kind: (policies.resource,) if policies.resource else (),
            PolicyKind.ENDPOINT: (policies.endpoint,) if policies.endpoint else (),
        }
        self.assumed: set[str] = set()

    def decision(self) -> Decision:
        if self.request.action.lower() == _ALWAYS:
            return Decision(allowed=True, kind=PolicyKind.IDENTITY)
        for kind in self.groups:
            denied = self._first(kind, "Deny")
            if denied:
                return self._decided(kind, denied, allowed=False)
        decided = self._allowed()
        if decided.allowed and self.policies.endpoint:
            found = self._first(PolicyKind.ENDPOINT, "Allow")
            if found is None:
                return self._decided(PolicyKind.ENDPOINT, None, allowed=False)
            return replace(decided, assumed=frozenset(self.assumed))
        return decided

    def _allowed(self) -> Decision:
        caller = self.request.principal
        same = caller.account == self.request.owner
        found = self._first(self.policies.resource_kind, "Allow")
        named = found.named if found else _Named.NOT
        if not caller.account or (same and named is _Named.ITSELF):
            return self._by_resource(found if named is _Named.ITSELF else None)
        alone = same and named is _Named.ROLE
        own = self._by_own(identity=not alone)
        if found is None and (not same or self.policies.resource_decides):
            # AWS names one kind: in another account the caller's own, if these lack it too.
            return own if not same and not own.allowed else self._by_resource(None)
        return self._by_resource(found) if alone and own.allowed else own

    def _by_resource(self, found: _Found | None) -> Decision:
        return self._decided(self.policies.resource_kind, found, allowed=found is not None)

    def _by_own(self, *, identity: bool) -> Decision:
        """Decide by the caller's own policies: all kinds that are there, and identity if needed."""
        kinds = [PolicyKind.IDENTITY] if identity else []
        kinds += [kind for kind in (PolicyKind.BOUNDARY, PolicyKind.SESSION) if self.groups[kind]]
        decided = Decision(allowed=True, kind=PolicyKind.IDENTITY)
        if self.request.principal.is_root:
            return decided
        for kind in reversed(kinds):
            found = self._first(kind, "Allow")
            if found is None or decided.allowed:
                decided = self._decided(kind, found, allowed=found is not None)
        return decided

    def _decided(self, kind: PolicyKind, found: _Found | None, *, allowed: bool) -> Decision:
        return Decision(
            allowed=allowed,
            kind=kind,
            explicit=found is not None,
            policy=found.policy.name if found else None,
            statement=found.statement.name if found else None,
            assumed=frozenset(self.assumed),
        )

    def _first(self, kind: PolicyKind, effect: Effect) -> _Found | None:
        """Return the statement that applies, and of several the one that names the caller closest.

        One that asks for a key that is not known applies if it allows, and not if it denies.
        """
        found = list(self._applying(self.groups[kind], effect))
        if effect == "Deny":
            self.assumed.update(*(each.assumed for each in found))
            return next((each for each in found if not each.assumed), None)
        closest = max(found, key=lambda each: (each.named, not each.assumed), default=None)
        self.assumed.update(closest.assumed if closest else ())
        return closest

    def _applying(self, policies: Iterable[Policy], effect: Effect) -> Iterable[_Found]:
        for policy in policies:
            for statement in policy.statements:
                if statement.effect != effect or not statement.has_action(self.request.action):
                    continue
                named = _named(statement, self.request.principal)
                if named is _Named.NOT:
                    continue
                assumed = self._assumed(statement)
                if assumed is not None:
                    yield _Found(policy, statement, named, assumed)

    def _assumed(self, statement: Statement) -> frozenset[str] | None:
        """Return the unknown keys that the statement asks for; None if it does not apply."""
        unknown: tuple[str, ...] = ()
        try:
            if not statement.has_resource(self.request.resource, self.keys):
                return None
        except UnknownKeyError as error:
            unknown = (error.key,)
        met = statement.unmet(self.keys)
        return None if met is None else frozenset((*unknown, *met))


def _named(statement: Statement, principal: Principal) -> _Named:
    """Say how closely a statement names a principal."""
    if statement.principals is None:
        return _Named.ITSELF
    levels = [_level(kind, name, principal) for kind, name in statement.principals]
    if not statement.not_principals:
        return max(levels, default=_Named.NOT)
    # NotPrincipal leaves out only whom it names at each level: session, role and account.
    wanted = {_Named.ITSELF}
    if principal.account and not principal.is_root:
        wanted |= {_Named.ACCOUNT} if principal.role is None else {_Named.ROLE, _Named.ACCOUNT}
    left_out = wanted <= set(levels) or ("AWS", "*") in statement.principals
    return _Named.NOT if left_out else _Named.ITSELF


def _level(kind: str, name: str, principal: Principal) -> _Named:
    if kind != "AWS" or name == "*":
        return _Named.ITSELF if name == (principal.arn if kind != "AWS" else "*") else _Named.NOT
    if name == principal.arn:
        return _Named.ITSELF
    if name == principal.role:
        return _Named.ROLE
    account = account_of(name) if name.endswith(":root") else name
    return _Named.ACCOUNT if account and account == principal.account else _Named.NOT
