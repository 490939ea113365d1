"""The project's own settings belong to whoever deploys it: few tests may look at them."""

import ast
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]

# What looks at the project's own stages. What it holds must hold whatever their settings are, which
# tests/local/test_shipped_settings.py tries; all other tests have settings of their own.
READS_OWN_STAGES = (
    "tests/infra/test_reference.py",
    "tests/infra/test_stages.py",
    "tests/infra/test_workflows.py",
)
# What serves them and is no test, and what gives their module other values.
SERVES_THEM = (
    "tests/infra/deploy_workflow.py",
    "tests/infra/nag.py",
    "tests/infra/reference.py",
    "tests/unit/test_shipping.py",
)


def reads_own_stages(code: str) -> bool:
    """Say whether code takes the values of the settings, or what is synthesised of them."""
    if "environments" not in code and "synth" not in code:
        return False  # as of most files, which then need not be parsed
    nodes = list(ast.walk(ast.parse(code)))
    imported = {
        (node.module, each.name)
        for node in nodes
        if isinstance(node, ast.ImportFrom)
        for each in node.names
    }
    modules = {node.module for node in nodes if isinstance(node, ast.ImportFrom)} | {
        each.name for node in nodes if isinstance(node, ast.Import) for each in node.names
    }
    arguments = {
        each.arg for node in nodes if isinstance(node, ast.FunctionDef) for each in node.args.args
    }
    by_name = "environments" in modules
    by_fixture = "synth" in arguments  # of tests/infra/conftest.py
    by_hand = ("tests.infra.cdk_synth", "synthesise") in imported and any(
        "'--app'" not in ast.unparse(node)
        for node in nodes
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "synthesise"
    )
    return by_name or by_fixture or by_hand


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("from environments import PROD", True),
        ("from environments import GITHUB", True),
        ("def test():\n    from environments import PIPELINE as p", True),
        ("import environments", True),
        ("from stacks import settings", False),
        ("def test_it(tmp_path, synth): pass", True),
        ("from tests.infra.cdk_synth import synthesise\nsynthesise(folder)", True),
        ("from tests.infra.cdk_synth import synthesise\nsynthesise(folder, '--app', APP)", False),
        ("from tests.settings.test_switches import synthesise\nsynthesise(folder)", False),
        ("from stacks.settings import Settings\nfrom tests.baseline import DEV", False),
        ("from stacks.shipping import pins", False),
    ],
)
def test_who_looks_is_seen(code: str, expected: bool) -> None:
    assert reads_own_stages(code) is expected


def test_few_tests_look_at_the_own_stages() -> None:
    files = {str(file.relative_to(PROJECT)): file for file in (PROJECT / "tests").rglob("*.py")}
    looking = {name for name, file in files.items() if reads_own_stages(file.read_text())}
    assert looking == {*READS_OWN_STAGES, *SERVES_THEM}
