"""What holds for the project's own stages, whatever their settings are."""

from pathlib import Path

import pytest

from tests.infra import templates, test_everything, test_stage_tag, test_storage

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
