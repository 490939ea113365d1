"""Show what the stages cost a month, line by line: while idle, and at worst.

python -m ops cost                 each stage in cdk.out
python -m ops cost Prod --json     one, for a script

Each line names the resource that is billed, and the sum. The worst case is what the caps allow:
reserved concurrency, AWS's limits of a request, schedules, the brake. A synth fails if both are
above `monthly_ceiling`. Prices are AWS's list prices (stacks/shared/prices.py).
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

from drive_tools.cloud_assembly import find_stage, stage_names
from drive_tools.command_line import argument, flag
from drive_tools.errors import UsageError
from ops.options import AssemblyOptions
from stacks.costs.estimate import estimate
from stacks.costs.lines import Estimate, Line
from stacks.shared import prices


@dataclass(frozen=True, kw_only=True)
class Options(AssemblyOptions):
    """What to show, and how."""

    stages: list[str] = argument(
        nargs="*", metavar="STAGE", help="a stage, as synthesised; all by default"
    )
    json: bool = flag("--json", help="print JSON: a list of stages")


def run(options: Options) -> int:
    """Print what each stage costs."""
    names = options.stages or stage_names(options.assembly)
    if not names:
        raise UsageError(f"{options.assembly} has no stage; first: make synth")
    found = [estimate(name, find_stage(options.assembly, name)) for name in names]
    if options.json:
        print(json.dumps([_as_json(each) for each in found], indent=2))
    else:
        print("\n\n".join("\n".join(_shown(each)) for each in found))
    return 0


def _as_json(found: Estimate) -> dict[str, object]:
    return {
        **asdict(found),
        "idle_dollars": round(found.idle_dollars, 2),
        "worst_dollars": round(found.worst_dollars, 2),
        "dollars": round(found.dollars, 2),
        "prices_read_on": prices.READ_ON,
    }


def _shown(found: Estimate) -> Iterator[str]:
    place = found.region or "a region that the credentials name, with the prices of us-east-1"
    yield f"{found.stage}, in {place} ({prices.READ_ON}), dollars a month"
    yield ""
    yield from _section("while nobody calls", found.idle, found.idle_dollars)
    yield ""
    yield from _section("by use, at most", found.worst, found.worst_dollars)
    yield ""
    ceiling = "no ceiling" if found.monthly_ceiling is None else f"ceiling {found.monthly_ceiling}"
    yield f"{found.dollars:12,.2f}  in all ({ceiling})"
    if found.uncapped:
        yield ""
        yield "  without a cap:"
        yield from (f"    {each.what}: {each.bound}" for each in found.uncapped)


def _section(title: str, lines: Sequence[Line], total: float) -> Iterator[str]:
    yield f"  {title}"
    for line in sorted(lines, key=lambda each: -each.dollars):
        setting = f"  [{line.setting}]" if line.setting else ""
        yield f"{line.dollars:12,.2f}  {line.what}{setting}"
        yield f"{'':14}{line.sum}" + (f"  ({line.resource})" if line.resource else "")
    yield f"{total:12,.2f}  {title}, in all"
