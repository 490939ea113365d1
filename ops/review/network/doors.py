"""Doors to the world that come, go, or open: addresses at which somebody may call from outside."""

from collections.abc import Iterator, Mapping

from ops.review.app_version import AppVersion, DeclaredResource, Json
from ops.review.changes import Changes
from ops.review.findings import Finding, Weight, about
from ops.review.network.map import network_maps
from ops.review.property_rules import Judge, Judged, PropertyRule, changed_to, inside, switch
from ops.review.property_rules import findings as by_rules
from ops.review.words import text

LOOK, NOTE, STOP = Weight.LOOK, Weight.NOTE, Weight.STOP

_DOORS: Mapping[str, str] = {
    "AWS::Lambda::Url": "a function URL",
    "AWS::ApiGateway::RestApi": "a REST API",
    "AWS::ApiGatewayV2::Api": "an HTTP or WebSocket API",
    "AWS::AppSync::GraphQLApi": "a GraphQL API",
    "AWS::CloudFront::Distribution": "a CloudFront distribution",
    "AWS::ElasticLoadBalancingV2::LoadBalancer": "a load balancer",
    "AWS::ElasticLoadBalancing::LoadBalancer": "a load balancer",
    "AWS::AppRunner::Service": "an App Runner service",
    "AWS::Transfer::Server": "a Transfer server",
    "AWS::GlobalAccelerator::Accelerator": "a Global Accelerator",
    "AWS::Serverless::Api": "a REST API",
    "AWS::Serverless::HttpApi": "an HTTP API",
}
_BALANCERS = (
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    "AWS::ElasticLoadBalancing::LoadBalancer",
)


def door_findings(changed: Changes) -> Iterator[Finding]:
    """Yield doors that are new or gone, and properties that open or close one.

    Who may call there is the matter of the topic access.
    """
    for each in changed.resources:
        if each.type in _DOORS and not each.moved:
            if each.before is None and each.after:
                yield _new(changed.after, each.after)
            elif each.after is None:
                sentence = f"{each.resource.name} is removed: a door less ({_DOORS[each.type]})"
                yield about(each.resource, "network", NOTE, sentence)
        if each.before is None and each.after and _is_on(each.after.properties.get(_PUBLIC)):
            sentence = f"{each.after.name} is new, with a public address in the world ({_PUBLIC})"
            yield about(each.after, "network", STOP, sentence)
    yield from by_rules(changed, "network", _RULES)
    yield from _paths(changed)


def _paths(changed: Changes) -> Iterator[Finding]:
    """Yield doors that lead to something else than before, whatever stands between."""
    befores, afters = (
        network_maps(changed.before, changed.matches.places),
        network_maps(changed.after, {}),
    )
    for stage in sorted(befores.keys() & afters.keys()):
        before, after = befores[stage], afters[stage]
        names = {known: each.name for known, each in (*before.nodes.items(), *after.nodes.items())}
        for known, door in after.nodes.items():
            if door.layer != "door" or known not in before.nodes:
                continue
            news, olds = after.targets.get(known, ()), before.targets.get(known, ())
            come = [names[each] for each in news if each not in olds]
            gone = [names[each] for each in olds if each not in news]
            if come or gone:
                words = [f"now leads to {', '.join(come)}"] if come else []
                words += [f"no longer leads to {', '.join(gone)}"] if gone else []
                resource = changed.after.resources[door.key]
                sentence = f"{door.name} {' and '.join(words)}"
                yield about(
                    resource, "network", LOOK if come else NOTE, sentence, "TargetFunctionArn"
                )


def _new(version: AppVersion, door: DeclaredResource) -> Finding:
    to = ""
    if "TargetFunctionArn" in door.properties:
        function = text(version, door.stack.name, door.properties["TargetFunctionArn"])
        to = f" to {function}"
    if _is_private(door.properties):
        sentence = f"{door.name} is a new door inside of the network: {_DOORS[door.type]}{to}"
        return about(door, "network", NOTE, sentence)
    sentence = f"{door.name} is a new door to the world: {_DOORS[door.type]}{to}"
    return about(door, "network", LOOK, sentence)


def _is_private(properties: Mapping[str, Json]) -> bool:
    types = inside(properties, "EndpointConfiguration.Types")
    ingress = inside(properties, "NetworkConfiguration.IngressConfiguration.IsPubliclyAccessible")
    return (
        properties.get("Scheme") == "internal"
        or types == ["PRIVATE"]
        or str(properties.get("Visibility")) == "PRIVATE"
        or properties.get("EndpointType") in {"VPC", "VPC_ENDPOINT"}
        or str(ingress).lower() == "false"
    )


def _is_on(value: Json) -> bool:
    return str(value).lower() == "true"


_PUBLIC = "PubliclyAccessible"


def _opens(weight: Weight, on: str, off: str, *closed: str, default: str = "false") -> Judge:
    """Judge what opens a door: any value but those by which it is closed."""
    shut = {*(each.lower() for each in closed), "false", "disabled", "none"}

    def judge(before: Json, after: Json) -> Judged:
        was, is_ = (
            str(default if each is None else each).lower() not in shut for each in (before, after)
        )
        if was == is_:
            return None
        return (weight, f"{on} from now on") if is_ else (NOTE, f"{off} from now on")

    return judge


def _endpoint(before: Json, after: Json) -> Judged:
    was, is_ = ("PRIVATE" in str(each) for each in (before, after))
    if was == is_:
        return LOOK, "has the endpoint types {after}, and had {before}"
    if is_:
        return NOTE, "may be reached from VPCs alone from now on, and no longer from the world"
    return LOOK, "may be reached from the world from now on, and before from VPCs alone"


def _firewall(before: Json, after: Json) -> Judged:
    if after is None:
        return LOOK, "is no longer behind the web firewall {before}"
    return (NOTE if before is None else LOOK), "is behind the web firewall {after}"


_VPC, _CLUSTER = ("AWS::EC2::VPC",), ("AWS::EKS::Cluster",)
_RULES = (
    PropertyRule(
        _PUBLIC,
        _opens(STOP, "has a public address in the world", "has no public address"),
    ),
    PropertyRule(
        "BrokerNodeGroupInfo.ConnectivityInfo.PublicAccess.Type",
        _opens(STOP, "may be reached from the world", "may be reached from the VPC alone"),
        ("AWS::MSK::Cluster",),
    ),
    PropertyRule(
        "Scheme",
        _opens(
            LOOK,
            "faces the internet: it has an address in the world",
            "may be reached inside of the network alone",
            "internal",
            default="internet-facing",
        ),
        _BALANCERS,
    ),
    PropertyRule(
        "MapPublicIpOnLaunch",
        _opens(LOOK, "gives what starts in it a public address", "gives out no public address"),
        ("AWS::EC2::Subnet",),
    ),
    PropertyRule(
        "NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp",
        _opens(LOOK, "gives its tasks public addresses", "gives its tasks no public address"),
        ("AWS::ECS::Service",),
    ),
    PropertyRule(
        "ResourcesVpcConfig.EndpointPublicAccess",
        _opens(
            LOOK,
            "has its API in the world",
            "has its API in the VPC alone",
            default="true",
        ),
        _CLUSTER,
    ),
    PropertyRule(
        "ResourcesVpcConfig.PublicAccessCidrs",
        changed_to(LOOK, "in the world, for its API, the callers"),
        _CLUSTER,
    ),
    PropertyRule(
        "DirectInternetAccess",
        _opens(LOOK, "reaches the world directly", "reaches the world through its VPC alone"),
        ("AWS::SageMaker::NotebookInstance",),
    ),
    PropertyRule(
        "DisableExecuteApiEndpoint",
        switch(
            "may be called by its own domain alone",
            "may be called by AWS's address as well",
            weight_off=LOOK,
        ),
        ("AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api"),
    ),
    PropertyRule("EndpointConfiguration.Types", _endpoint, ("AWS::ApiGateway::RestApi",)),
    PropertyRule("EndpointType", changed_to(LOOK, "the endpoint"), ("AWS::Transfer::Server",)),
    PropertyRule("DistributionConfig.WebACLId", _firewall, ("AWS::CloudFront::Distribution",)),
    PropertyRule(
        "DistributionConfig.Aliases",
        changed_to(LOOK, "the names in the world"),
        ("AWS::CloudFront::Distribution",),
    ),
    PropertyRule(
        "Port",
        changed_to(LOOK, "the port"),
        ("AWS::ElasticLoadBalancingV2::Listener",),
    ),
    PropertyRule(
        "EnableDnsSupport",
        switch(
            "resolves names",
            "resolves no names: what is called by a name is not found",
            weight_off=LOOK,
            default=True,
        ),
        _VPC,
    ),
    PropertyRule(
        "EnableDnsHostnames",
        switch("gives names", "gives no names to what has a public address", weight_off=LOOK),
        _VPC,
    ),
    PropertyRule(
        "PrivateDnsEnabled",
        switch(
            "answers to the service's own name",
            "no longer answers to the service's own name: calls by it go to the world",
            weight_off=LOOK,
        ),
        ("AWS::EC2::VPCEndpoint",),
    ),
    PropertyRule("TrafficType", changed_to(LOOK, "the logged traffic"), ("AWS::EC2::FlowLog",)),
)
