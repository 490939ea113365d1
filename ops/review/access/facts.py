"""What opens or closes a resource beside statements: doors, boundaries, policies by name."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from ops.review.access.names import Names, nothing
from ops.review.app_version import DeclaredResource, Json, Key
from ops.review.findings import Weight

_WORLD = "may be called by anybody in the world"
_PUBLIC_ACLS = {
    "PublicRead": "may be read by anybody in the world",
    "PublicReadWrite": "may be read and written by anybody in the world",
    "AuthenticatedRead": "may be read by anybody who has an AWS account",
}
PUBLIC_ACCESS_BLOCK = "public access block"
# An attribute of these kinds says nothing but the facts themselves.
WHOLE = frozenset(("policy", "boundary", "member", PUBLIC_ACCESS_BLOCK))
_YES = (True, "true")
_AWS_POLICY = "arn:aws:iam::aws:policy/"


@dataclass(frozen=True, kw_only=True)
class Fact:
    """Something that is true of a resource, in words for when it comes and for when it goes.

    `{}` in them stands for the items of all facts of this kind that come or go together.
    """

    subject: Key | str
    kind: str
    item: str = ""
    condition: str = ""
    """The template's condition under which it is true, if there is one."""
    comes: str = field(default="", compare=False)
    goes: str = field(default="", compare=False)
    coming: Weight = field(default=Weight.LOOK, compare=False)
    going: Weight = field(default=Weight.NOTE, compare=False)
    source: DeclaredResource = field(compare=False)
    attribute: str = field(compare=False)


def facts(names: Names, resource: DeclaredResource) -> Iterator[Fact]:
    """Yield the facts of a resource."""
    kind = _KINDS.get(resource.type)
    if kind:
        condition = resource.body.get("Condition")
        for each in kind(names, resource):
            yield replace(each, condition=condition) if isinstance(condition, str) else each


def open_door(
    names: Names, resource: DeclaredResource, attribute: str, words: str, weight: Weight
) -> Fact:
    """Return that a resource is open to somebody."""
    return Fact(
        subject=names.place(resource.key),
        kind=words,
        comes=f"{words} from now on",
        goes=f"{words} no longer",
        coming=weight,
        source=resource,
        attribute=attribute,
    )


def _holder(names: Names, resource: DeclaredResource) -> Iterator[Fact]:
    stack, properties = resource.stack.name, resource.properties
    subject = names.place(resource.key)
    for attribute in ("ManagedPolicyArns", "ManagedPolicies"):
        value = properties.get(attribute)
        arns = [arn for each in _alternatives(value) for arn in _listed(each)]
        for each in arns:
            if not nothing(each) and not names.key(stack, each):  # one of the app has statements
                yield Fact(
                    subject=subject,
                    kind="policy",
                    item=names.text(stack, each).removeprefix(_AWS_POLICY),
                    comes="has the managed policy {} from now on",
                    goes="no longer has the managed policy {}",
                    source=resource,
                    attribute=attribute,
                )
    boundary = properties.get("PermissionsBoundary")
    if not nothing(boundary):
        yield Fact(
            subject=subject,
            kind="boundary",
            item=names.text(stack, boundary),
            comes="may do nothing beyond the boundary {} from now on",
            goes="is no longer held within the boundary {}",
            coming=Weight.NOTE,
            going=Weight.STOP,
            source=resource,
            attribute="PermissionsBoundary",
        )
    for group in names.texts(stack, properties.get("Groups")):
        yield _member(subject, group, resource, "Groups")


def _member(subject: Key | str, group: str, resource: DeclaredResource, attribute: str) -> Fact:
    return Fact(
        subject=subject,
        kind="member",
        item=group,
        comes="may do what the group {} may, from now on",
        goes="is no longer in the group {}",
        source=resource,
        attribute=attribute,
    )


def _members(names: Names, resource: DeclaredResource) -> Iterator[Fact]:
    stack, users = resource.stack.name, resource.properties.get("Users")
    group = names.text(stack, resource.properties.get("GroupName"))
    for each in users if isinstance(users, list) else [users]:
        if not nothing(each):
            subject = names.key(stack, each) or names.text(stack, each)
            yield _member(subject, group, resource, "Users")


def _listed(value: Json) -> Iterator[Json]:
    """Yield each of a list, by each choice of the template's conditions."""
    for each in value if isinstance(value, list) else [value]:
        yield from _alternatives(each)


def _alternatives(value: Json) -> Iterator[Json]:
    """Yield what a value is by each choice of the template's conditions."""
    match value:
        case {"Fn::If": [_, one, other]}:
            yield from _alternatives(one)
            yield from _alternatives(other)
        case _:
            yield value


def _is(resource: DeclaredResource, name: str, *values: Json) -> bool:
    return any(each in values for each in _alternatives(resource.properties.get(name)))


def _function_url(names: Names, resource: DeclaredResource) -> Iterator[Fact]:
    if _is(resource, "AuthType", "NONE"):
        function = names.key(resource.stack.name, resource.properties.get("TargetFunctionArn"))
        door = open_door(names, resource, "AuthType", _WORLD, Weight.STOP)
        yield replace(door, subject=function) if function else door


def _route(names: Names, resource: DeclaredResource) -> Iterator[Fact]:
    """Of a WebSocket API only `$connect` has an authoriser.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-control-access.html
    """
    if not _is(resource, "AuthorizationType", None, "", "NONE", {"Ref": "AWS::NoValue"}):
        return
    api = _parent(names, resource, "ApiId")
    if (
        api
        and api.properties.get("ProtocolType") == "WEBSOCKET"
        and resource.properties.get("RouteKey") != "$connect"
    ):
        return
    yield open_door(names, resource, "AuthorizationType", _WORLD, Weight.STOP)


def _method(names: Names, resource: DeclaredResource) -> Iterator[Fact]:
    """OPTIONS is what browsers ask before they call; it reaches nothing of the API's own."""
    if not _is(resource, "AuthorizationType", None, "", "NONE"):
        return
    if resource.properties.get("HttpMethod") == "OPTIONS":
        return
    api = _parent(names, resource, "RestApiId")
    endpoint = api.properties.get("EndpointConfiguration") if api else None
    words, weight = _WORLD, Weight.STOP
    if isinstance(endpoint, dict) and endpoint.get("Types") == ["PRIVATE"]:
        words, weight = "may be called by anybody who reaches its VPC endpoints", Weight.LOOK
    elif api and not nothing(api.properties.get("Policy")):
        words, weight = "may be called by anybody whom the policy of its API lets", Weight.LOOK
    elif _is(resource, "ApiKeyRequired", *_YES):
        words, weight = "may be called by anybody who has an API key", Weight.LOOK
    yield open_door(names, resource, "AuthorizationType", words, weight)


def _parent(names: Names, resource: DeclaredResource, attribute: str) -> DeclaredResource | None:
    stack, value = resource.stack.name, resource.properties.get(attribute)
    found = next((key for key, _ in names.version.targets(stack, value)), None)
    return names.version.resources.get(found) if found else None


def _bucket(names: Names, resource: DeclaredResource) -> Iterator[Fact]:
    """Return public access lists, and what keeps a bucket from being opened.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
    """
    for each in _alternatives(resource.properties.get("AccessControl")):
        if isinstance(each, str) and each in _PUBLIC_ACLS:
            yield open_door(names, resource, "AccessControl", _PUBLIC_ACLS[each], Weight.STOP)
    block = resource.properties.get("PublicAccessBlockConfiguration")
    for name, value in sorted(block.items()) if isinstance(block, dict) else ():
        if str(value).lower() == "true" or isinstance(value, dict):
            yield Fact(
                subject=names.place(resource.key),
                kind=PUBLIC_ACCESS_BLOCK,
                item=name,
                comes="is kept from being opened to the public ({})",
                goes="is no longer kept from being opened to the public ({})",
                coming=Weight.NOTE,
                going=Weight.LOOK,
                source=resource,
                attribute="PublicAccessBlockConfiguration",
            )


def _file_system(names: Names, resource: DeclaredResource) -> Iterator[Fact]:
    """Return that a file system has no policy, and so lets each client do all.

    https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html
    """
    if nothing(resource.properties.get("FileSystemPolicy")):
        words = (
            "lets everybody who reaches a mount target read, write and be root: it has no policy"
        )
        door = open_door(names, resource, "FileSystemPolicy", words, Weight.LOOK)
        yield replace(door, comes=words, goes="has a policy from now on")


def _identity_pool(names: Names, resource: DeclaredResource) -> Iterator[Fact]:
    if _is(resource, "AllowUnauthenticatedIdentities", *_YES):
        words = "gives anybody in the world credentials, without a sign-in"
        name = "AllowUnauthenticatedIdentities"
        yield open_door(names, resource, name, words, Weight.STOP)


def _graph(names: Names, resource: DeclaredResource) -> Iterator[Fact]:
    if _is(resource, "AuthenticationType", "API_KEY"):
        words = "may be called by anybody who has an API key"
        yield open_door(names, resource, "AuthenticationType", words, Weight.LOOK)


def _public_repository(names: Names, resource: DeclaredResource) -> Iterator[Fact]:
    words = "may be pulled from by anybody in the world"
    yield open_door(names, resource, "RepositoryName", words, Weight.STOP)


def _quick_api(names: Names, resource: DeclaredResource) -> Iterator[Fact]:
    if not nothing(resource.properties.get("Target")):
        yield open_door(names, resource, "Target", _WORLD, Weight.STOP)


def _provider(names: Names, resource: DeclaredResource) -> Iterator[Fact]:
    words = "may vouch for callers"
    yield open_door(names, resource, "Url", words, Weight.LOOK)


_KINDS = {
    "AWS::IAM::Role": _holder,
    "AWS::IAM::User": _holder,
    "AWS::IAM::Group": _holder,
    "AWS::SSO::PermissionSet": _holder,
    "AWS::IAM::UserToGroupAddition": _members,
    "AWS::Lambda::Url": _function_url,
    "AWS::ApiGatewayV2::Api": _quick_api,
    "AWS::ApiGatewayV2::Route": _route,
    "AWS::ApiGateway::Method": _method,
    "AWS::S3::Bucket": _bucket,
    "AWS::EFS::FileSystem": _file_system,
    "AWS::Cognito::IdentityPool": _identity_pool,
    "AWS::AppSync::GraphQLApi": _graph,
    "AWS::ECR::PublicRepository": _public_repository,
    "AWS::IAM::OIDCProvider": _provider,
    "AWS::IAM::SAMLProvider": _provider,
}
