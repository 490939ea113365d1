"""The ceiling of a stage: a synth whose stage may cost more fails."""

from pathlib import Path

from drive_tools.cloud_assembly import find_stage, stage_names
from stacks.costs.estimate import estimate
from stacks.costs.lines import Estimate

_SHOWN = 3


def check_ceilings(assembly: Path) -> None:
    """Exit with the reasons, one line a stage, if one may cost more a month than its ceiling."""
    reasons = [
        reason
        for name in stage_names(assembly)
        for reason in [above_ceiling(estimate(name, find_stage(assembly, name)))]
        if reason
    ]
    if reasons:
        raise SystemExit("\n".join(reasons))


def above_ceiling(found: Estimate) -> str | None:
    """Return why a stage may cost more than its ceiling, and which settings mend it."""
    ceiling = found.monthly_ceiling
    if ceiling is None or found.dollars <= ceiling:
        return None
    by_setting: dict[str, float] = {}
    for line in (*found.idle, *found.worst):
        if line.setting:
            by_setting[line.setting] = by_setting.get(line.setting, 0.0) + line.dollars
    largest = sorted(by_setting.items(), key=lambda item: -item[1])[:_SHOWN]
    causes = ", ".join(f"{setting} (${dollars:,.2f})" for setting, dollars in largest)
    return (
        f"{found.stage} may cost ${found.dollars:,.2f} a month, idle ${found.idle_dollars:,.2f} and"
        f" by use up to ${found.worst_dollars:,.2f}; monthly_ceiling is ${ceiling:,}."
        f" Change what costs most: {causes}; or set"
        f" monthly_ceiling={int(found.dollars) + 1} or more. make cost shows each line."
    )
