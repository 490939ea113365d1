"""A release of our code is one call for each function, so that no request meets half of it.

CloudFormation changes a function's code by one call and everything else by another, with time in
between (docs/decisions/0026-release.md).
"""

import ast
import shutil
from pathlib import Path

import pytest

from stacks.function import package
from tests.infra import templates
from tests.infra.functions import LAMBDA_SRC, functions
from tests.infra.synthesis import synthesise
from tests.infra.templates import Json

SOURCES = {
    "drive/file_writes.py": {"files", "janitor", "usage"},
    "files/web.py": {"files"},
    "janitor/handler.py": {"janitor"},
    "usage/handler.py": {"usage"},
}
# What code may count on in its environment, and stop without. A name that is added here is not
# there yet while a deployment brings the first code that needs it: read it with a default instead,
# and take a variable away one release after the code that reads it.
REQUIRED = {
    *("MOUNT_PATH", "MOUNT_ACCESS", "LIMITS_PARAMETER"),
    *("FUNCTION", "MARK_PARAMETER", "STAGE", "TOPIC"),  # of the brake
}


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> templates.StageTemplates:
    return synthesise(tmp_path_factory.mktemp("before"))[0]


@pytest.mark.parametrize("changed", SOURCES)
def test_a_change_of_code_changes_the_code_of_the_functions_that_run_it_and_nothing_else(
    changed: str, before: templates.StageTemplates, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sources = tmp_path / "lambda_src"
    shutil.copytree(LAMBDA_SRC, sources)
    (sources / changed).write_text((sources / changed).read_text() + "CHANGED = True\n")
    monkeypatch.setattr(package, "_LAMBDA_SRC", sources)
    after, _ = synthesise(tmp_path / "out")

    def rest(drive: templates.StageTemplates) -> Json:
        body = drive.service.body
        resources = {name: {**each, "Metadata": None} for name, each in body["Resources"].items()}
        for name, _ in functions(drive).values():
            properties = resources[name]["Properties"]
            resources[name]["Properties"] = {**properties, "Code": None}
        return {**body, "Resources": resources, "Data": drive.data.body}

    assert rest(after) == rest(before)
    old, new = functions(before), functions(after)
    assert {name for name in new if new[name][1]["Code"] != old[name][1]["Code"]} == SOURCES[
        changed
    ]


def test_code_stops_without_no_variable_that_a_release_before_did_not_have() -> None:
    required = {
        node.slice.value
        for path in LAMBDA_SRC.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Subscript)
        and ast.unparse(node.value) in {"os.environ", "environ"}
        and isinstance(node.slice, ast.Constant)
    }
    assert required == REQUIRED


def test_a_level_that_changes_in_the_settings_changes_the_text_of_each_function(
    before: templates.StageTemplates, tmp_path: Path
) -> None:
    """Which is what CloudFormation goes by: the files function refers to its level by name."""
    deployed = [
        before,
        *(synthesise(tmp_path / lvl, log_level=lvl)[0] for lvl in ("INFO", "ERROR")),
    ]
    for name in functions(before):
        texts = {str(functions(drive)[name][1]) for drive in deployed}
        assert len(texts) == len(deployed), name
