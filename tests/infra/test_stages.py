"""What holds for the project's own stages, whatever their settings are."""

import json
from pathlib import Path

import pytest

import environments
from tests.infra import reference, templates, test_everything, test_stage_tag, test_storage

PROMISES = (
    test_storage.test_files_are_encrypted_with_the_drives_own_key,
    test_storage.test_no_policy_elsewhere_can_open_plaintext_root_or_the_whole_file_system,
    test_storage.test_only_drive_functions_can_reach_nfs,
    test_storage.test_whoever_mounts_is_the_one_who_owns_the_directory_and_not_root,
    test_everything.test_every_function_logs_to_a_group_of_ours,
    test_everything.test_no_role_is_open_or_holds_a_policy_of_aws,
    test_everything.test_no_policy_allows_all_of_a_service,
    test_everything.test_ids_are_the_same_whatever_ships_the_stage,
    test_stage_tag.test_everything_that_takes_tags_has_the_stages,
)


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.__name__)
def test_a_promise_is_kept(promise: object, synth: Path) -> None:
    assert callable(promise)
    stages = [path.name for path in synth.glob("assembly-*")]
    assert stages
    for stage in stages:
        promise(templates.load(synth, stage.removeprefix("assembly-")))


def test_every_stage_is_synthesised_kept_as_a_reference_and_known_to_make(synth: Path) -> None:
    stages = {path.name.removeprefix("assembly-") for path in synth.glob("assembly-*")}
    assert stages == {stage.name for stage in environments.STAGES}
    assert {file.stem for file in reference.FOLDER.glob("*.json")} == {
        f"{stage}-{stack}" for stage in stages for stack in ("Data", "Service")
    }


def test_synth_looks_nothing_up(synth: Path) -> None:
    """But what is committed in `cdk.context.json`; the fixture runs without credentials."""
    manifests = list(synth.rglob("manifest.json"))
    assert manifests
    assert not [file for file in manifests if "missing" in json.loads(file.read_text())]


def test_lambda_can_read_what_is_shipped(synth: Path) -> None:
    """Though the fixture's umask keeps from others what it makes, and so what CDK unpacks."""
    files = [path for asset in synth.rglob("asset.*") for path in (asset, *asset.rglob("*"))]
    assert len(files) > 20
    for path in files:
        wanted = 0o555 if path.is_dir() else 0o444
        assert path.stat().st_mode & wanted == wanted, path
