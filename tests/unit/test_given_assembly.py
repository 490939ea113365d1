"""An assembly that was made before, as `make local ASSEMBLY=folder` takes it."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from drive_tools.cloud_assembly import find_stage
from drive_tools.errors import UsageError
from ops.local import given_assembly
from tests.infra.templates import Json

TEMPLATE = "DevData.template.json"
OLD = "0" * 64


@pytest.fixture
def assembly(tmp_path: Path) -> Path:
    """An assembly with a stage of one stack, a template that is there, and code."""
    folder = tmp_path / "made"
    stage = folder / "assembly-Dev"
    stage.mkdir(parents=True)
    (folder / "asset.1").mkdir()
    (stage / TEMPLATE).write_text("{}")
    url = f"s3://bucket/{OLD}.json"
    stack = {"templateFile": TEMPLATE, "stackTemplateAssetObjectUrl": url}
    write(stage / "manifest.json", artifacts={"DevData": artifact("stack", stack)})
    files = {
        OLD: {
            "source": {"path": TEMPLATE},
            "destinations": {"here": {"objectKey": f"{OLD}.json"}},
        },
        "1": {"source": {"path": "../asset.1"}, "destinations": {}},
    }
    write(stage / "DevData.assets.json", files=files)
    nested = {
        "type": "cdk:cloud-assembly",
        "properties": {"directoryName": "assembly-Dev", "displayName": "Dev"},
    }
    write(folder / "manifest.json", artifacts={"assembly-Dev": nested})
    return folder


def artifact(kind: str, properties: Json) -> Json:
    return {
        "type": f"aws:cloudformation:{kind}",
        "environment": "aws://unknown-account/unknown-region",
        "properties": properties,
    }


def write(file: Path, **content: object) -> None:
    file.write_text(json.dumps(content))


def test_a_template_that_was_changed_is_named_by_what_it_says(
    assembly: Path, tmp_path: Path
) -> None:
    (assembly / "assembly-Dev" / TEMPLATE).write_text('{"changed": true}')
    before = (assembly / "assembly-Dev" / "manifest.json").read_text()
    copy = given_assembly.copied(assembly, "Dev", tmp_path / "copy")
    stage = find_stage(copy, "Dev").folder
    now = hashlib.sha256(b'{"changed": true}').hexdigest()
    listing = json.loads((stage / "DevData.assets.json").read_text())["files"]
    assert listing.keys() == {now, "1"}
    assert listing[now]["destinations"]["here"]["objectKey"] == f"{now}.json"
    assert f"s3://bucket/{now}.json" in (stage / "manifest.json").read_text()
    assert (assembly / "assembly-Dev" / "manifest.json").read_text() == before
    assert (copy / "asset.1").is_dir()


def test_the_copy_may_be_the_assembly_itself(assembly: Path) -> None:
    assert given_assembly.copied(assembly, "Dev", assembly) == assembly
    now = hashlib.sha256(b"{}").hexdigest()
    assert now in (assembly / "assembly-Dev" / "DevData.assets.json").read_text()


def test_what_is_there_is_taken(assembly: Path) -> None:
    given_assembly.check(assembly, "Dev")


def test_what_lacks_is_named_with_what_to_do(assembly: Path) -> None:
    (assembly / "asset.1").rmdir()
    with pytest.raises(UsageError, match=r"lacks asset\.1, which Dev needs: .* make synth"):
        given_assembly.check(assembly, "Dev")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--assembly", "nowhere"], "nowhere is not a cloud assembly; first: make synth"),
        (["--assembly", "any", "--app", "any"], "name --app or --assembly, and not both"),
    ],
)
def test_an_assembly_that_cannot_be_is_a_wrong_usage(
    arguments: list[str], said: str, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "ops", "local", "up", "--folder", str(tmp_path / "local")]
    result = subprocess.run([*command, *arguments], check=False, capture_output=True, text=True)
    assert (result.returncode, result.stdout) == (2, "")
    assert said in result.stderr
    assert not (tmp_path / "local").exists()
