"""Conditions of templates with `Fn::Join`, which MiniStack compares as they are written.

The template of `cdk bootstrap` asks so whether other accounts are trusted, and without the answer
its roles trust an account without a name.
"""

from collections.abc import Mapping
from typing import Any

from ministack.services.cloudformation import changesets, engine, handlers, stacks

Json = Any  # a template's JSON


def join() -> None:
    """Let MiniStack evaluate conditions in which all texts are joined."""
    evaluate = engine._evaluate_conditions

    def evaluated(template: dict[str, Json], params: Mapping[str, Json]) -> dict[str, bool]:
        conditions = joined(template.get("Conditions", {}), params)
        found: dict[str, bool] = evaluate({**template, "Conditions": conditions}, params)
        return found

    for module in (engine, changesets, handlers, stacks):
        module._evaluate_conditions = evaluated


def joined(value: Json, params: Mapping[str, Json]) -> Json:
    """Return a condition with each `Fn::Join` as the text that it is.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-join.html
    """
    match value:
        case {"Fn::Join": [str(delimiter), {"Ref": str(name)}]} if name in params:
            items = params[name]["Value"]  # a list of texts is one text with commas
            return delimiter.join(items.split(",") if isinstance(items, str) else map(str, items))
        case {"Fn::Join": [str(delimiter), list(parts)]}:
            return delimiter.join(str(joined(each, params)) for each in parts)
        case {"Ref": str(name)} if name in params:
            return params[name]["Value"]
        case dict():
            return {key: joined(each, params) for key, each in value.items()}
        case list():
            return [joined(each, params) for each in value]
    return value
