"""What reviewers compare: the templates of all stages, without what changes with every commit.

`make reference` writes them into `tests/infra/reference/`; a test compares. What is left out are
the hashes of assets and CDK's own metadata, so a line that changes is a resource that does.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path

from drive_tools.cloud_assembly import find_stage, stage_names
from tests.infra.cdk_synth import synthesise
from tests.infra.templates import Json

FOLDER = Path(__file__).with_suffix("")
# Where a construct and its asset lie: said by the logical id, and by the placeholder.
_METADATA = ("aws:asset:", "aws:cdk:path")


def references(folder: Path) -> dict[str, str]:
    """Return the reference of each stack in a cloud assembly, by the name of its file."""
    return {
        f"{stack.name}.json": reference(stack.body(), json.loads(stack.assets.read_text()))
        for stage in stage_names(folder)
        for stack in find_stage(folder, stage).stacks
    }


def reference(template: Json, assets: Json) -> str:
    """Return a template as reviewers compare it: keys sorted, each asset by name and not by hash.

    Lists stay in their order: some mean it, and CDK is deterministic in the rest.
    """
    text = json.dumps(_without_metadata(template), indent=1, sort_keys=True) + "\n"
    for kind in ("files", "dockerImages"):
        for digest, asset in assets.get(kind, {}).items():
            text = text.replace(digest, f"<asset {asset['displayName']}>")
    return text


def _without_metadata(template: Json) -> Json:
    resources = {}
    for logical_id, resource in template["Resources"].items():
        kept = {
            name: value
            for name, value in resource.get("Metadata", {}).items()
            if not name.startswith(_METADATA)
        }
        resources[logical_id] = {
            name: value for name, value in resource.items() if name != "Metadata"
        } | ({"Metadata": kept} if kept else {})
    return {**template, "Resources": resources}


def main() -> int:
    """Refresh the references, and say which changed."""
    parser = argparse.ArgumentParser(prog="python -m tests.infra.reference", description=__doc__)
    parser.add_argument("--assembly", type=Path, help="a cloud assembly, or where to make one")
    given: Path | None = parser.parse_args().assembly
    with tempfile.TemporaryDirectory() as folder:
        assembly = given or Path(folder)
        if not (assembly / "manifest.json").exists():
            synthesise(assembly.resolve(), CDK_VALIDATION="false")
        fresh = references(assembly)
    FOLDER.mkdir(exist_ok=True)
    known = {file.name: file.read_text() for file in FOLDER.glob("*.json")}
    for name in sorted({*known, *fresh}):
        if name not in fresh:
            (FOLDER / name).unlink()
            print(f"{name}: removed, its stack is gone")
        elif known.get(name) != fresh[name]:
            (FOLDER / name).write_text(fresh[name])
            print(f"{name}: {'changed' if name in known else 'new'}")
    if known == fresh:
        print("nothing changed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
