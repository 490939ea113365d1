"""Small apps to compare: templates written by hand, as an assembly would have them."""

from collections.abc import Mapping
from typing import Any

from ops.review.app_version import AppVersion, ReviewedStack
from ops.review.report import Report, review

Json = Any


def resource(kind: str, path: str = "", **attributes: Json) -> dict[str, Json]:
    """Return a resource; what begins with a capital letter and is no property has `_` before it."""
    beside = {name[1:]: value for name, value in attributes.items() if name.startswith("_")}
    properties = {name: value for name, value in attributes.items() if not name.startswith("_")}
    metadata = {"Metadata": {"aws:cdk:path": path}} if path else {}
    return {"Type": kind, "Properties": properties, **beside, **metadata}


def app(name: str = "before", **stacks: Mapping[str, Json]) -> AppVersion:
    """Return a version of an app, with the resources of each stack, of the stage `Dev`."""
    return AppVersion(
        name,
        {
            f"Dev-{stack}": ReviewedStack(f"Dev-{stack}", "Dev", template_of(content))
            for stack, content in stacks.items()
        },
    )


def template_of(content: Mapping[str, Json]) -> dict[str, Json]:
    """Return a template: the resources alone, or what has a section `Resources` as it is."""
    return dict(content) if "Resources" in content else {"Resources": dict(content)}


def compared(before: Mapping[str, Json], after: Mapping[str, Json]) -> Report:
    """Review one stack, `Data`, before and after."""
    return review(app("before", Data=before), app("after", Data=after))


def sentences(report: Report) -> list[str]:
    """Return the sentences of a report, the worst first."""
    return [each.sentence for each in report.findings]
