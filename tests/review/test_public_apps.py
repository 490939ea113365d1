"""Two public apps of others: their first sentences, and the lines of Python of their resources."""

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from ops.project import PROJECT
from ops.review.app_version import AppVersion
from ops.review.report import NO_CHANGE, review
from ops.review.sources import from_assembly
from tests.review.apps import Json

pytestmark = pytest.mark.slow

FIRST = {
    "workshop": "workshop/HelloHitCounter",
    "fargate": "may now be reached on tcp 22 from anywhere in the world",
}


def with_lines(program: str, folder: Path, *words: str) -> None:
    """Run a program that writes assemblies, so that they have the lines."""
    subprocess.run(
        [sys.executable, "-m", program, folder, *words],
        check=True,
        cwd=PROJECT,
        env={**os.environ, "JSII_HOST_STACK_TRACES": "1"},
        capture_output=True,
    )


@pytest.fixture(scope="module")
def others(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("others")
    with_lines("tests.review.apps_of_others", folder)
    return folder


@pytest.fixture(params=FIRST)
def versions(request: pytest.FixtureRequest, others: Path) -> tuple[AppVersion, AppVersion]:
    folder = others / request.param
    before, after = (from_assembly(folder / when, when, PROJECT) for when in ("before", "after"))
    return before, after


def test_the_first_sentence_is_right(versions: tuple[AppVersion, AppVersion]) -> None:
    [name] = versions[0].stacks
    assert FIRST[name] in review(*versions).verdict


def test_nearly_all_resources_have_their_line(versions: tuple[AppVersion, AppVersion]) -> None:
    for version in versions:
        lines = [each.line for each in version.resources.values()]
        assert sum(line is not None for line in lines) >= 0.95 * len(lines)
        assert {line.file for line in lines if line} == {"tests/review/apps_of_others.py"}


def test_the_same_version_means_no_change(versions: tuple[AppVersion, AppVersion]) -> None:
    for version in versions:
        assert review(version, version).verdict == NO_CHANGE


def test_no_change_of_a_property_is_taken_for_none(
    versions: tuple[AppVersion, AppVersion],
) -> None:
    chance = random.Random("one seed")
    after = versions[1]
    [stack] = after.stacks.values()
    resources = stack.template["Resources"]
    for logical_id in list(stack.resources):
        for name in sorted(resources[logical_id].get("Properties", {})):
            if name not in {"Description", "GroupDescription"} and chance.random() < 0.3:
                assert_noticed(after, logical_id, name)


def assert_noticed(version: AppVersion, logical_id: str, name: str) -> None:
    [stack] = version.stacks.values()
    resource: Json = stack.resources[logical_id].body
    properties = {**resource["Properties"], name: "another"}
    body = {**resource, "Properties": properties}
    template = {**stack.template, "Resources": {**stack.template["Resources"], logical_id: body}}
    other = type(stack)(stack.name, stack.stage, template)
    changed = AppVersion("changed", {stack.name: other})
    assert review(version, changed).verdict != NO_CHANGE, (logical_id, name)
