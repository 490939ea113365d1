"""What a stage costs a month, from its templates."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from drive_tools.cloud_assembly import StageAssembly, Template
from stacks.costs import idle, use
from stacks.costs.lines import Estimate, Line, Uncapped
from stacks.shared import prices

# The name under which the template of `Service` has the settings that no resource shows.
METADATA = "LambdaDrive"


def metadata(
    *, monthly_ceiling: float | None, daily_brake: float | None, account_concurrency: int
) -> dict[str, Any]:
    """Return what the template of `Service` has under `METADATA`, for `estimate` to read."""
    return {
        "MonthlyCeiling": monthly_ceiling,
        "DailyBrake": daily_brake,
        "AccountConcurrency": account_concurrency,
    }


def estimate(stage: str, assembly: StageAssembly) -> Estimate:
    """Return what a stage costs, as its assembly says."""
    templates = {stack.name: stack.body() for stack in assembly.stacks}
    region = next((stack.region for stack in assembly.stacks if stack.region), None)
    return of_templates(stage, templates, region)


def of_templates(stage: str, templates: Mapping[str, Template], region: str | None) -> Estimate:
    """Return what a stage costs, as the templates of its stacks say, by their names.

    In another region than us-east-1 each amount is multiplied by the most that
    `prices.region_factor` knows for it.
    """
    settings = _settings(templates.values())
    resources = {name: body.get("Resources", {}) for name, body in templates.items()}
    used = use.Stage(
        resources=resources,
        daily_brake=settings.get("DailyBrake"),
        account_concurrency=settings.get("AccountConcurrency", 0),
    )
    zones = sum(1 for _ in used.of_type("AWS::EFS::MountTarget"))
    found = Estimate(stage=stage, region=region, monthly_ceiling=settings.get("MonthlyCeiling"))
    factor = prices.region_factor(region)
    for name, each in resources.items():
        _sort(idle.lines(name, each, zones=zones), found.idle, found.uncapped, factor)
    _sort(use.lines(used), found.worst, found.uncapped, factor)
    return found


def _sort(
    found: Iterable[Line | Uncapped], lines: list[Line], uncapped: list[Uncapped], factor: float
) -> None:
    for each in found:
        if isinstance(each, Uncapped):
            uncapped.append(each)
        elif factor == 1 or each.of_dollars:
            lines.append(each)
        else:
            sum_ = f"{each.sum} x {factor:g} there"
            lines.append(replace(each, sum=sum_, dollars=each.dollars * factor))


def _settings(templates: Iterable[Template]) -> dict[str, Any]:
    for template in templates:
        found: dict[str, Any] | None = template.get("Metadata", {}).get(METADATA)
        if found:
            return found
    return {}
