"""A cloud assembly that was made before, as the local cloud deploys it.

Somebody may have changed its templates by hand. The CDK puts a template under the name of its hash
into a bucket, and does not look at one that is there already: so a template that was changed gets
the name of what it says now. The code of functions and layers is taken as it was made.
"""

import hashlib
import json
import shutil
from pathlib import Path

from drive_tools.cloud_assembly import find_stage
from drive_tools.errors import UsageError


def check(assembly: Path, stage: str) -> None:
    """Hold an assembly to having the stage, and the files of its functions and layers.

    Raises `UsageError` with what to do.
    """
    for _, source in _assets(find_stage(assembly, stage).folder):
        if not source.exists():
            raise UsageError(
                f"{assembly} lacks {source.name}, which {stage} needs: copy the whole folder that"
                " cdk synth wrote, or make it again: make synth"
            )


def copied(assembly: Path, stage: str, into: Path) -> Path:
    """Copy the assembly to `into`, with templates named by what they say; return the copy."""
    if assembly.resolve() != into.resolve():
        shutil.rmtree(into, ignore_errors=True)
        shutil.copytree(assembly, into)
    folder = find_stage(into, stage).folder
    for name, template in _assets(folder):
        if not template.name.endswith(".template.json"):
            continue
        now = hashlib.sha256(template.read_bytes()).hexdigest()
        for file in [*folder.glob("*.assets.json"), folder / "manifest.json"]:
            file.write_text(file.read_text().replace(name, now))
    return into


def _assets(folder: Path) -> list[tuple[str, Path]]:
    """The name of each file of a stage, and the file."""
    listings = [json.loads(file.read_text()) for file in sorted(folder.glob("*.assets.json"))]
    return [
        (name, folder / asset["source"]["path"])
        for listing in listings
        for name, asset in listing.get("files", {}).items()
        if "path" in asset["source"]
    ]
