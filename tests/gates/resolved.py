"""Copies of templates for scanners that know few of CloudFormation's functions, or none.

A name in angle brackets stands for what is known only in a deployment. Nothing that a scanner
judges is decided here: what refers to something goes on to do so.
"""

import math
import re
from collections.abc import Callable

from tests.infra.templates import Json

_SAMPLES = {
    "AWS::AccountId": "123456789012",
    "AWS::Partition": "aws",
    "AWS::Region": "eu-central-1",
    "AWS::StackId": "arn:aws:cloudformation:eu-central-1:123456789012:stack/Stack/1",
    "AWS::StackName": "Stack",
    "AWS::URLSuffix": "amazonaws.com",
}
# Of what rules compare the ARN.
_ARNS: dict[str, Callable[[str], str]] = {
    "AWS::IAM::Role": lambda name: f"arn:aws:iam::123456789012:role/{name}",
    "AWS::S3::Bucket": lambda name: f"arn:aws:s3:::{name.lower()}",
}


def resolved(template: Json) -> Json:
    """Return a copy with text for pseudo parameters, imports and what functions put together."""
    arns = {
        name: _ARNS[resource["Type"]](name)
        for name, resource in template["Resources"].items()
        if resource["Type"] in _ARNS
    }
    return _resolved(template, arns)


def _resolved(value: Json, arns: dict[str, str]) -> Json:
    match value:
        case {"Ref": str(name)} if name in _SAMPLES:
            return _SAMPLES[name]
        case {"Fn::GetAtt": [str(name), "Arn"]} if name in arns:
            return arns[name]
        case {"Fn::Join": _} | {"Fn::Select": _} | {"Fn::ImportValue": _}:
            return as_text(value, arns)
        case dict():
            return {key: _resolved(each, arns) for key, each in value.items()}
        case list():
            return [_resolved(each, arns) for each in value]
    return value


def as_text(value: Json, arns: dict[str, str] | None = None) -> str:
    """Return what a function of CloudFormation gives, as far as it is known."""
    known = arns or {}
    match value:
        case str():
            return value
        case {"Ref": str(name)}:
            return _SAMPLES.get(name, f"<{name}>")
        case {"Fn::GetAtt": [str(name), str(attribute)]}:
            named = f"<{name}.{attribute}>"
            return known.get(name, named) if attribute == "Arn" else named
        case {"Fn::Join": [str(between), list(parts)]}:
            return between.join(as_text(part, known) for part in parts)
        case {"Fn::Select": [_, inner]} | {"Fn::ImportValue": inner}:
            return as_text(inner, known)
    return f"<{value}>"


def in_whole_numbers(value: Json) -> Json:
    """Return a copy without fractions, which cfripper refuses and does not judge."""
    return _changed(value, lambda each: math.ceil(each) if isinstance(each, float) else each)


def without_paths(value: Json) -> Json:
    """Return a copy in which no dynamic reference has a path.

    To checkov a path of 40 characters is a secret key, and a reference holds no secret.
    """

    def short(each: Json) -> Json:
        if not isinstance(each, str):
            return each
        return re.sub(r"\{\{resolve:.*?\}\}", lambda found: found[0].replace("/", ":"), each)

    return _changed(value, short)


def _changed(value: Json, change: Callable[[Json], Json]) -> Json:
    match value:
        case dict():
            return {key: _changed(each, change) for key, each in value.items()}
        case list():
            return [_changed(each, change) for each in value]
    return change(value)
