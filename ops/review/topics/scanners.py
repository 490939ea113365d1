"""What scanners find after a change that they did not find before, and what they find no longer."""

import re
from bisect import bisect
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from drive_tools.cloud_assembly import construct_path
from ops.review.app_version import AppVersion, DeclaredResource, Key, ReviewedStack
from ops.review.changes import Changes
from ops.review.findings import Finding, Weight
from ops.review.plain_secrets import without_secrets
from ops.review.sarif import Scan, ScanResult

# Of what a scanner says.
_LONGEST = 240
# How the CDK writes a template: a space for each level, so a resource begins with two.
_SECTION, _RESOURCE = re.compile(r'^ "([^"]+)": '), re.compile(r'^  "([^"]+)": \{')
_L1 = re.compile(r"/(Resource|Default)$")


@dataclass(frozen=True)
class _Found:
    """A result with its resource; without one, `place` is what the scanner calls the place."""

    result: ScanResult
    place: str
    resource: DeclaredResource | None


# The scanner, its rule, and the place: that of a resource after the change.
_Identity = tuple[str, str, Key | str]


def findings(changed: Changes, before: Scan | None, after: Scan) -> Iterator[Finding]:
    """Compare two scans by scanner, rule and resource, which may have moved.

    A result that was there before weighs nothing. Of a scanner that did not run before, those count
    as found after the change that are in a resource that is new or differs. A result that went with
    its resource is not said.
    """
    old_tools = before.tools if before else frozenset[str]()
    olds = _identified(changed.before, before, changed.matches.places) if before else {}
    news = _identified(changed.after, after, {})
    for identity, now in news.items():
        tool, _, place = identity
        was = olds.get(identity, [])
        if tool in old_tools:
            yield from _compared(was, now)
        else:
            touched = isinstance(place, tuple) and _touched(changed, place)
            yield from (_without_comparison(each, touched=touched) for each in now)
    for identity, was in olds.items():
        tool, _, place = identity
        there = isinstance(place, str) or place in changed.after.resources
        if tool in after.tools and there:
            now = news.get(identity, [])
            texts = {each.result.text for each in now}
            first_gone = sorted(was, key=lambda each: each.result.text in texts)
            for each in first_gone[: max(len(was) - len(now), 0)]:
                yield _finding(each, Weight.NOTE, "no longer found by", rank=1)
    for tool in sorted(old_tools - after.tools):
        yield Finding(
            topic="scanners",
            weight=Weight.LOOK,
            sentence=f"{tool} scanned before the change and not after it: what it finds now is not"
            " known",
            path=tool,
        )


def _compared(was: list[_Found], now: list[_Found]) -> Iterator[Finding]:
    """Compare the results of one rule in one place: there may be several, with their own texts."""
    texts = {each.result.text for each in was}
    first_known = sorted(now, key=lambda each: each.result.text not in texts)
    was_open = any(not each.result.excused for each in was)
    for number, each in enumerate(first_known):
        excused = each.result.excused
        if number >= len(was):
            yield _finding(each, Weight.NOTE if excused else Weight.LOOK, "new finding of")
        elif excused and was_open:
            yield _finding(each, Weight.NOTE, "excused now, a finding of")
        elif not excused and not was_open:
            yield _finding(each, Weight.LOOK, "no longer excused, a finding of")
        else:
            yield _finding(each, Weight.NONE, "finding of")


def _without_comparison(found: _Found, *, touched: bool) -> Finding:
    if touched and not found.result.excused:
        details = ("what this scanner found before the change is not known",)
        return _finding(found, Weight.LOOK, "finding of", *details)
    return _finding(found, Weight.NONE, "finding of")


def _touched(changed: Changes, key: Key) -> bool:
    there = changed.by_key.get(key)
    return there is not None and (
        there.before is None or any(not each.only_hashes for each in there.differences)
    )


def _finding(found: _Found, weight: Weight, what: str, *details: str, rank: int = 0) -> Finding:
    """Return a finding of the review. It covers nothing: what changed is said by other topics."""
    result, resource = found.result, found.resource
    said = without_secrets(result.text).rstrip(".")
    short = said if len(said) <= _LONGEST else f"{said[: _LONGEST - 1]}…"
    name = resource.name if resource else found.place
    excused = f"excused: {result.because}" if result.because else "excused"
    mark = " (excused)" if result.excused and weight is Weight.NONE else ""
    return Finding(
        topic="scanners",
        weight=weight,
        sentence=f"{name}: {what} {result.tool} {result.rule}{f': {short}' if short else ''}{mark}",
        stage=resource.stack.stage if resource else "",
        key=resource.key if resource else None,
        path=name,
        line=resource.line if resource else None,
        details=(*details, *((excused,) if result.excused else ())),
        rank=rank,
    )


def _identified(
    version: AppVersion, scan: Scan, places: Mapping[Key, Key]
) -> dict[_Identity, list[_Found]]:
    """Return the results by their identity. `places` has the place after of what moved."""
    find = _finder(version)
    found: dict[_Identity, list[_Found]] = defaultdict(list)
    for each in scan.results:
        resource = find(each)
        place = each.names[0] if each.names else _file_name(each) or "the app"
        where = places.get(resource.key, resource.key) if resource else place
        found[each.tool, each.rule, where].append(_Found(each, place, resource))
    return found


def _finder(version: AppVersion) -> Callable[[ScanResult], DeclaredResource | None]:
    """Return what finds the resource of a result: by its construct path, logical id, or line."""
    paths = {
        path: each for each in version.resources.values() if (path := construct_path(each.body))
    }
    by_name = {
        **{"/".join(key): each for key, each in version.resources.items()},
        **{_L1.sub("", path): each for path, each in paths.items()},
        **paths,
    }
    files = {each.artifact.template.name: each for each in version.stacks.values() if each.artifact}
    starts = cache(_starts)

    def find(result: ScanResult) -> DeclaredResource | None:
        stack = files.get(_file_name(result))
        for name in result.names:
            if name in by_name:
                return by_name[name]
            # Some put the type before it: `AWS::SQS::Queue.Queue`.
            logical_id = name.rpartition(".")[2]
            if stack and logical_id in stack.resources:
                return stack.resources[logical_id]
        if stack is None:
            return None
        lines, logical_ids = starts(stack)
        return stack.resources.get(logical_ids[bisect(lines, result.line)])

    return find


def _file_name(result: ScanResult) -> str:
    """Return the name of the file without its folders, which are other in each version."""
    return re.split(r"[/\\]", result.file)[-1]


def _starts(stack: ReviewedStack) -> tuple[list[int], list[str]]:
    """Return the lines on which sections and resources of a template begin, and what stands there.

    That is the logical id behind a line of a resource, else "", which stands before the first line
    too.
    """
    assert stack.artifact
    lines, logical_ids, section = list[int](), [""], ""
    for number, line in enumerate(stack.artifact.template.read_text().splitlines(), start=1):
        if begun := _SECTION.match(line):
            section = begun[1]
            lines.append(number)
            logical_ids.append("")
        elif section == "Resources" and (begun := _RESOURCE.match(line)):
            lines.append(number)
            logical_ids.append(begun[1])
    return lines, logical_ids
