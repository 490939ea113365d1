"""The permissions and denials of two templates, compared."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

Json = Any  # CloudFormation's JSON has no types of its own


@dataclass(frozen=True, order=True)
class Permission:
    """Something that is permitted, or (`forbidden`) that is denied, whatever else permits it."""

    where: str
    what: str
    forbidden: bool = False


def broadened(deployed: Json, synthesised: Json) -> list[Permission]:
    """Return what the second template permits beyond the first, and what it no longer forbids.

    A change that may be broader, such as another condition, counts as broader. CDK's own comparison
    (`cdk diff --security-only`) is not enough here: it ignores `AWS::IAM::ManagedPolicy`, which has
    all permissions of the functions, and it ignores denials.
    """
    before, after = (set(_permissions(template)) for template in (deployed, synthesised))
    remaining = synthesised.get("Resources", {})
    return sorted(
        {permission for permission in after - before if not permission.forbidden}
        | {
            permission
            for permission in before - after
            if permission.forbidden and permission.where.partition(".")[0] in remaining
        }
    )


def _permissions(template: Json) -> Iterator[Permission]:
    for logical_id, resource in template.get("Resources", {}).items():
        properties = resource.get("Properties", {})
        yield from _documents(logical_id, properties)
        yield from _of_type(resource["Type"], logical_id, properties)


def _of_type(resource_type: str, logical_id: str, properties: Json) -> Iterator[Permission]:
    match resource_type:
        case "AWS::IAM::Role" | "AWS::IAM::User":
            for arn in properties.get("ManagedPolicyArns", []):
                yield Permission(logical_id, f"has the policy {_text(arn)}")
            if boundary := properties.get("PermissionsBoundary"):
                yield Permission(
                    logical_id, f"what {_text(boundary)} does not permit", forbidden=True
                )
        case "AWS::IAM::Policy" | "AWS::IAM::ManagedPolicy":
            for kind in ("Groups", "Roles", "Users"):
                for holder in properties.get(kind, []):
                    yield Permission(logical_id, f"is held by {_text(holder)}")
        case "AWS::Lambda::Permission":
            said = " ".join(f"{name}={_text(value)}" for name, value in sorted(properties.items()))
            yield Permission(_text(properties.get("FunctionName")), f"may be called: {said}")
        case "AWS::Lambda::Url" | "AWS::ApiGatewayV2::Route":
            guard = properties.get("AuthType") or properties.get("AuthorizationType", "NONE")
            if guard == "NONE":
                yield Permission(logical_id, "anybody may call it")
        case "AWS::EC2::SecurityGroup":
            yield from _inline_rules(f"${{{logical_id}.GroupId}}", properties)
        case "AWS::EC2::SecurityGroupIngress" | "AWS::EC2::SecurityGroupEgress":
            way = resource_type.removeprefix("AWS::EC2::SecurityGroup")
            yield _rule(_text(properties["GroupId"]), way, properties)


def _inline_rules(group: str, properties: Json) -> Iterator[Permission]:
    for way in ("Ingress", "Egress"):
        for rule in properties.get(f"SecurityGroup{way}", []):
            yield _rule(group, way, rule)


def _rule(group: str, way: str, rule: Json) -> Permission:
    ports = "-".join(dict.fromkeys(str(rule[n]) for n in ("FromPort", "ToPort") if n in rule))
    peers = [
        _text(value)
        for name, value in sorted(rule.items())
        if name.startswith(("Cidr", "Source", "Destination"))
    ]
    direction = "from" if way == "Ingress" else "to"
    what = f"{rule.get('IpProtocol', 'any')} {ports or 'all ports'} {direction} {' '.join(peers)}"
    return Permission(group, f"opens {what}")


def _documents(where: str, value: Json) -> Iterator[Permission]:
    """Find the IAM policy documents in a resource, in whichever property they are."""
    if isinstance(value, list):
        for each in value:
            yield from _documents(where, each)
    elif isinstance(value, dict):
        if isinstance(value.get("Statement"), list):
            for statement in value["Statement"]:
                yield from _statement(where, statement)
        for name, each in value.items():
            yield from _documents(f"{where}.{name}", each)


def _statement(where: str, statement: Json) -> Iterator[Permission]:
    parts = [
        [
            f"{sign}{_text(each)}"
            for negated, sign in (("", ""), ("Not", "all but "))
            for each in _principals(statement.get(f"{negated}{name}", []))
        ]
        or [""]
        for name in ("Principal", "Action", "Resource")
    ]
    condition = f" if {_text(statement['Condition'])}" if statement.get("Condition") else ""
    for principal, action, resource in product(*parts):
        words = [f"{principal} may" if principal else "may", action]
        words += [f"on {resource}"] if resource else []
        denied = statement.get("Effect") == "Deny"
        yield Permission(where, " ".join(words) + condition, forbidden=denied)


def _principals(value: Json) -> list[Json]:
    """Return one or several values as a list; those of a principal begin with their kind."""
    if isinstance(value, list):
        return value
    if isinstance(value, dict) and not any(key == "Ref" or key.startswith("Fn::") for key in value):
        return [
            f"{kind} {_text(each)}" for kind, some in value.items() for each in _principals(some)
        ]
    return [value]


def _text(value: Json) -> str:
    """Return a value of a template as text for people."""
    match value:
        case str():
            return value
        case {"Ref": str(name)} | {"Fn::ImportValue": str(name)} | {"Fn::Sub": str(name)}:
            return name if "${" in name else f"${{{name}}}"
        case {"Fn::GetAtt": [str(name), str(attribute)]}:
            return f"${{{name}.{attribute}}}"
        case {"Fn::Join": [str(separator), list(parts)]}:
            return separator.join(map(_text, parts))
        case _:
            return json.dumps(value, sort_keys=True)
