"""A pull request shows what changes in the templates, and only that."""

import copy
import difflib
import json
from pathlib import Path

import pytest

from tests.infra import reference
from tests.infra.templates import Json

DIGEST = "0123456789abcdef" * 4
ASSETS = {"files": {DIGEST: {"displayName": "Files/Function/Code"}}}
TEMPLATE: Json = {
    "Resources": {
        "Files": {
            "Type": "AWS::Lambda::Function",
            "Properties": {"Code": {"S3Key": f"{DIGEST}.zip"}, "MemorySize": 512},
            "Metadata": {
                "aws:cdk:path": "Dev/Service/Files/Function/Resource",
                "aws:asset:path": f"asset.{DIGEST}",
                "said-by-us": "kept",
            },
        },
    },
}


def changed(**properties: Json) -> Json:
    """The template with other properties of its function."""
    template = copy.deepcopy(TEMPLATE)
    template["Resources"]["Files"]["Properties"].update(properties)
    return template


def test_the_templates_are_those_that_reviewers_saw(synth: Path) -> None:
    fresh = reference.references(synth)
    known = {file.name: file.read_text() for file in reference.FOLDER.glob("*.json")}
    difference = [
        line
        for name in sorted({*fresh, *known})
        for line in difflib.unified_diff(
            known.get(name, "").splitlines(),
            fresh.get(name, "").splitlines(),
            f"tests/infra/reference/{name}",
            "synthesised now",
            lineterm="",
        )
    ]
    if difference:
        shown = "\n".join(difference[:80])
        pytest.fail(
            f"the templates changed; look, then run: make reference\n{shown}", pytrace=False
        )


def test_an_asset_that_changed_is_no_change() -> None:
    other = DIGEST[::-1]
    assets = {"files": {other: ASSETS["files"][DIGEST]}}
    again = changed(Code={"S3Key": f"{other}.zip"})
    assert reference.reference(again, assets) == reference.reference(TEMPLATE, ASSETS)


def test_a_property_that_changed_is_one() -> None:
    text = reference.reference(changed(MemorySize=1024), ASSETS)
    assert text != reference.reference(TEMPLATE, ASSETS)


def test_the_order_of_keys_is_no_change() -> None:
    turned = json.loads(json.dumps(TEMPLATE, sort_keys=True))
    assert reference.reference(turned, ASSETS) == reference.reference(TEMPLATE, ASSETS)


def test_cdks_own_metadata_is_left_out_and_other_is_kept() -> None:
    text = reference.reference(TEMPLATE, ASSETS)
    assert "<asset Files/Function/Code>.zip" in text
    assert "said-by-us" in text
    assert "aws:" not in text
    assert DIGEST not in text


def test_no_hash_is_left_in_the_references() -> None:
    for file in reference.FOLDER.glob("*.json"):
        words = file.read_text().replace('"', " ").replace(".", " ").split()
        assert not [
            word for word in words if len(word) >= 40 and set(word) <= set("0123456789abcdef")
        ]
