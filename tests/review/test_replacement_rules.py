"""The table of replacements is the one of the CDK's makers."""

import subprocess
from pathlib import Path

import pytest

from ops.project import PROJECT
from ops.review.replacement_rules import replaces


@pytest.mark.slow
def test_the_table_is_what_the_package_says(tmp_path: Path) -> None:
    written = tmp_path / "rules.json"
    script = PROJECT / "ops" / "review" / "replacement_rules.mjs"
    subprocess.run([PROJECT / ".venv/bin/node", script, written], check=True)
    assert written.read_text() == script.with_suffix(".json").read_text()


def test_each_answer() -> None:
    assert replaces("AWS::EFS::FileSystem", "KmsKeyId") == "yes"
    assert replaces("AWS::EC2::Instance", "SubnetId") in {"yes", "maybe"}
    assert replaces("AWS::EFS::FileSystem", "ThroughputMode") == "no"
    assert replaces("Custom::Thing", "Anything") == "no"
