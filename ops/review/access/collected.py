"""All grants, denials and facts of one version, by where they hold."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ops.review.access.facts import WHOLE, Fact, facts
from ops.review.access.grants import ALL, Grant, Patterns, Scope, ScopeKind
from ops.review.access.names import Names, nothing
from ops.review.access.requests import Atom, atom
from ops.review.access.statements import Statement, chosen_as, principal, statements
from ops.review.app_version import DeclaredResource, Json, Key

_HOLDER_TYPES = ("AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group", "AWS::SSO::PermissionSet")
_MANAGED = "AWS::IAM::ManagedPolicy"
_POLICY_TYPES = {
    "AWS::IAM::Policy": ("Roles", "Users", "Groups"),
    _MANAGED: ("Roles", "Users", "Groups"),
    "AWS::IAM::RolePolicy": ("RoleName",),
    "AWS::IAM::UserPolicy": ("UserName",),
    "AWS::IAM::GroupPolicy": ("GroupName",),
}
# Of which resource the policy of another is.
_TARGETS = {
    "AWS::Backup::BackupVault": (),
    "AWS::Events::EventBusPolicy": ("EventBusName",),
    "AWS::Kinesis::ResourcePolicy": ("ResourceArn",),
    "AWS::Lambda::LayerVersionPermission": ("LayerVersionArn",),
    "AWS::Lambda::Permission": ("FunctionName",),
    "AWS::S3::AccessPoint": (),
    "AWS::S3::BucketPolicy": ("Bucket",),
    "AWS::S3Express::BucketPolicy": ("Bucket",),
    "AWS::S3ObjectLambda::AccessPointPolicy": ("ObjectLambdaAccessPoint",),
    "AWS::S3Outposts::BucketPolicy": ("Bucket",),
    "AWS::S3Tables::TableBucketPolicy": ("TableBucketARN",),
    "AWS::S3Tables::TablePolicy": ("TableARN",),
    "AWS::SNS::TopicInlinePolicy": ("TopicArn",),
    "AWS::SNS::TopicPolicy": ("Topics",),
    "AWS::SQS::QueueInlinePolicy": ("Queue",),
    "AWS::SQS::QueuePolicy": ("Queues",),
    "AWS::SecretsManager::ResourcePolicy": ("SecretId",),
    "AWS::VpcLattice::AuthPolicy": ("ResourceIdentifier",),
    "AWS::VpcLattice::ResourcePolicy": ("ResourceArn",),
    "AWS::XRay::ResourcePolicy": (),
}
# They are nothing but access: what became of their grants is all there is to say.
ACCESS_ALONE = frozenset(
    (*_POLICY_TYPES, "AWS::IAM::UserToGroupAddition")
    + tuple(name for name, targets in _TARGETS.items() if targets)
)
_PERMISSION_CONDITIONS = {
    "SourceArn": ("ArnLike", "aws:SourceArn"),
    "SourceAccount": ("StringEquals", "aws:SourceAccount"),
    "PrincipalOrgID": ("StringEquals", "aws:PrincipalOrgID"),
    "OrganizationId": ("StringEquals", "aws:PrincipalOrgID"),
    "EventSourceToken": ("StringEquals", "lambda:EventSourceToken"),
    "FunctionUrlAuthType": ("StringEquals", "lambda:FunctionUrlAuthType"),
    "InvokedViaFunctionUrl": ("Bool", "lambda:InvokedViaFunctionUrl"),
}


@dataclass(frozen=True)
class Collected:
    """The grants of a version by scope, its facts, and the attributes that say them."""

    names: Names
    grants: Mapping[Scope, list[Grant]]
    facts: tuple[Fact, ...]
    sources: frozenset[tuple[Key, str]] = field(repr=False)
    held: frozenset[Key] = field(repr=False)
    """The policies that somebody of the app holds, or is bounded by."""


def collect(names: Names) -> Collected:
    """Collect all that a version permits."""
    return _Collector(names).collected()


class _Collector:
    def __init__(self, names: Names) -> None:
        self.names = names
        self.version = names.version
        self.grants: dict[Scope, list[Grant]] = defaultdict(list)
        self.facts: list[Fact] = []
        self.sources: set[tuple[Key, str]] = set()
        self.held: set[Key] = set()
        self.after_place = {names.place(key): each for key, each in self.version.resources.items()}
        # Who is meant by the name that a template gives a holder.
        self.named: dict[str, Key] = {}
        # The managed policies of the app: who holds them, and whom they bound.
        self.attached: dict[Key, list[Scope]] = defaultdict(list)

    def collected(self) -> Collected:
        resources = self.version.resources.values()
        for each in resources:
            if each.type in _HOLDER_TYPES:
                self._holder(each)
        for each in resources:
            self._grants(each)
            for fact in facts(self.names, each):
                self.facts.append(fact)
                if fact.kind in WHOLE:
                    self._source(each, fact.attribute)
        return Collected(
            self.names,
            self.grants,
            tuple(self.facts),
            frozenset(self.sources),
            frozenset(self.held),
        )

    def _holder(self, resource: DeclaredResource) -> None:
        stack, properties = resource.stack.name, resource.properties
        place = self.names.place(resource.key)
        name = properties.get(f"{resource.type.rpartition('::')[2]}Name")
        if isinstance(name, str):
            self.named[name] = place
        for attribute, kind in _ATTACHMENTS.items():
            value = properties.get(attribute)
            for each in value if isinstance(value, list) else [value]:
                for key, _ in self.version.targets(stack, each):
                    if self.version.resources[key].type == _MANAGED:
                        self.attached[key].append(Scope(kind, place))
                        self._source(resource, attribute)
                if not nothing(each):
                    self._source(resource, attribute)

    def _source(self, resource: DeclaredResource, attribute: str) -> None:
        self.sources.add((self.names.place(resource.key), attribute))

    def _grants(self, resource: DeclaredResource) -> None:
        stack, place = resource.stack.name, self.names.place(resource.key)
        when: tuple[Atom, ...] = ()
        if isinstance(condition := resource.body.get("Condition"), str):
            when = (chosen_as(condition),)
        scopes = self._scopes(resource)
        for attribute, value in resource.properties.items():
            if resource.type in _HOLDER_TYPES:
                trust = attribute == "AssumeRolePolicyDocument"
                scopes = [Scope("trust" if trust else "holder", place)]
            for stated in statements(self.names, stack, attribute, value):
                for scope in scopes:
                    self._add(scope, stated, when, resource, attribute)
                self._source(resource, attribute)
        for name in _POLICY_TYPES.get(resource.type, _TARGETS.get(resource.type, ())):
            self._source(resource, name)
        for stated, attribute in self._other(resource):
            for scope in scopes:
                self._add(scope, stated, when, resource, attribute)
            self._source(resource, attribute)

    def _add(
        self,
        scope: Scope,
        stated: Statement,
        when: tuple[Atom, ...],
        resource: DeclaredResource,
        attribute: str,
    ) -> None:
        self.grants[scope].append(
            Grant(
                scope=scope,
                allow=stated.allow,
                who=stated.who,
                what=stated.what,
                on=self._on(scope, stated.on),
                when=tuple(sorted({*stated.when, *when})),
                source=resource,
                attribute=attribute,
            )
        )

    def _on(self, scope: Scope, on: Patterns | None) -> Patterns:
        """Return on what; to the policy of a resource without parts it is all the same."""
        if on is None or on.all_but or scope.kind != "resource" or isinstance(scope.at, str):
            return on or ALL
        own = {f"<{'/'.join(scope.at)}|{of}>" for of in ("Ref", "Arn")}
        resource = self.after_place.get(scope.at)
        whole = resource is not None and not resource.type.startswith("AWS::S3")
        return ALL if whole and set(on.values) <= own else on

    def _scopes(self, resource: DeclaredResource) -> list[Scope]:
        place = self.names.place(resource.key)
        if resource.type in _POLICY_TYPES:
            holders = [
                Scope("holder", at)
                for attribute in _POLICY_TYPES[resource.type]
                for at in self._at(resource, attribute)
            ]
            held = [*dict.fromkeys((*holders, *self.attached.get(resource.key, ())))]
            if held:
                self.held.add(place)
            return held or [Scope("policy", place)]
        if resource.type in _OWN_KIND:
            return [Scope(_OWN_KIND[resource.type], place)]
        if resource.type == "AWS::Events::EventBusPolicy" and not resource.properties.get(
            "EventBusName"
        ):
            return [Scope("resource", "The default event bus")]
        targets = [
            Scope("resource", at)
            for attribute in _TARGETS.get(resource.type, ())
            for at in self._at(resource, attribute)
        ]
        return targets or [Scope("resource", place)]

    def _at(self, resource: DeclaredResource, attribute: str) -> Iterator[Key | str]:
        stack, value = resource.stack.name, resource.properties.get(attribute)
        for each in value if isinstance(value, list) else [value]:
            if nothing(each):
                continue
            text = self.names.text(stack, each)
            yield self.names.key(stack, each) or self.named.get(text) or text

    def _other(self, resource: DeclaredResource) -> Iterator[tuple[Statement, str]]:
        """Yield what is permitted by a property that is no document, or by none."""
        properties = resource.properties
        match resource.type:
            case "AWS::Lambda::Permission" | "AWS::Lambda::LayerVersionPermission":
                for name in ("Principal", "Action", *_PERMISSION_CONDITIONS):
                    self._source(resource, name)
                yield self._permission(resource), "Principal"
            case "AWS::Events::EventBusPolicy" if "Principal" in properties:
                for name in ("Principal", "Action", "Condition"):
                    self._source(resource, name)
                yield self._bus(resource), "Principal"
            case "AWS::KMS::Key" if nothing(properties.get("KeyPolicy")):
                # https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
                own = Patterns((principal("AWS", "<account>"),))
                yield Statement(allow=True, who=own, what=Patterns(("kms:*",))), "KeyPolicy"
            case "AWS::EC2::VPCEndpoint" if nothing(properties.get("PolicyDocument")):
                # https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
                everybody = Patterns(("*",))
                yield Statement(allow=True, who=everybody, what=ALL), "PolicyDocument"

    def _permission(self, resource: DeclaredResource) -> Statement:
        stack, properties = resource.stack.name, resource.properties
        when = [
            atom(operator, key, self.names.texts(stack, properties[name]))
            for name, (operator, key) in _PERMISSION_CONDITIONS.items()
            if not nothing(properties.get(name))
        ]
        action = self.names.texts(stack, properties.get("Action"))
        who = Patterns(tuple(self._who(stack, properties.get("Principal"))))
        what = Patterns(action or ("*",))
        return Statement(allow=True, who=who, what=what, when=tuple(sorted(when)))

    def _bus(self, resource: DeclaredResource) -> Statement:
        stack, properties = resource.stack.name, resource.properties
        condition = properties.get("Condition")
        when: tuple[Atom, ...] = ()
        if isinstance(condition, dict):
            text = {name: self.names.text(stack, each) for name, each in condition.items()}
            values = (text.get("Value", ""),)
            when = (atom(text.get("Type", ""), text.get("Key", ""), values),)
        action = self.names.texts(stack, properties.get("Action"))
        who = Patterns(tuple(self._who(stack, properties["Principal"])))
        what = Patterns(action or ("events:PutEvents",))
        return Statement(allow=True, who=who, what=what, when=when)

    def _who(self, stack: str, value: Json) -> Iterator[str]:
        for name in self.names.texts(stack, value):
            service = "." in name and ":" not in name and "|" not in name
            yield principal("Service" if service else "AWS", name)


_ATTACHMENTS: dict[str, ScopeKind] = {
    "ManagedPolicyArns": "holder",
    "PermissionsBoundary": "boundary",
}
_OWN_KIND: dict[str, ScopeKind] = {
    "AWS::EC2::VPCEndpoint": "endpoint",
    "AWS::IoT::Policy": "policy",
    "AWS::Organizations::Policy": "boundary",
}
