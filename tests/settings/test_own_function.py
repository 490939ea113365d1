"""A function of one's own in the place of files: the disk and what is around it, and no more."""

import shutil
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.baseline import DEV
from tests.infra import (
    alarms,
    synthesis,
    templates,
    test_brake,
    test_everything,
    test_key_watch,
    test_stage_tag,
    test_stages,
    test_storage,
)
from tests.infra.cdk_synth import PROJECT
from tests.infra.functions import (
    MOUNT,
    OUTSIDE,
    SHARED_RIGHTS,
    WRITE,
    all_allowed,
    handler,
    outside,
)
from tests.infra.synthesis import synthesise
from tests.infra.templates import Json
from tests.settings.switches import cases, stateful

FOLDER = "examples/guest_book"
# Switches of the file service, which is not there.
FILE_SERVICE = {
    *("max_drive_bytes", "max_file_bytes", "upload_expiry_hours", "trash_days", "usage_hours"),
    "url_auth",
}
PROMISES = (
    test_storage.test_files_are_encrypted_with_the_drives_own_key,
    test_storage.test_no_policy_elsewhere_can_open_plaintext_root_or_the_whole_file_system,
    test_storage.test_only_drive_functions_can_reach_nfs,
    test_storage.test_whoever_mounts_is_the_one_who_owns_the_directory_and_not_root,
    test_everything.test_keys_rotate_and_serve_this_account_and_its_logs_only,
    test_everything.test_every_log_group_is_encrypted_and_forgets_when_set,
    test_everything.test_every_function_logs_to_a_group_of_ours,
    test_everything.test_no_role_is_open_or_holds_a_policy_of_aws,
    test_everything.test_no_policy_allows_all_of_a_service,
    test_stage_tag.test_everything_that_takes_tags_has_the_stages,
    test_everything.test_nothing_has_a_name_that_a_second_deployment_would_want,
    test_brake.test_every_alarm_is_heard_and_those_on_use_stop_the_function_first,
    test_brake.test_nobody_but_alarms_of_the_stage_and_its_deployments_call_the_brake,
    test_brake.test_a_brake_that_fails_is_told_of,
    test_brake.test_the_mark_is_released_by_no_deployment,
    test_key_watch.test_the_key_watch_may_ask_of_them_and_tell_the_topic_and_no_more,
    test_key_watch.test_the_key_watch_runs_without_any_key_but_the_topics,
    test_brake.test_the_topic_is_encrypted_and_takes_messages_of_alarms_and_budgets_only,
)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> templates.StageTemplates:
    """The stage with the file service."""
    return synthesise(tmp_path_factory.mktemp("files"))[0]


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> templates.StageTemplates:
    """The stage with the guest book."""
    settings = {"function_folder": FOLDER, "environment": {"COLOUR": "blue"}}
    return synthesise(tmp_path_factory.mktemp("own"), **settings)[0]


def only(drive: templates.StageTemplates) -> tuple[str, Json]:
    """Return the logical id and the properties of the one function in the VPC."""
    names = {outside(drive, folder)[0] for folder in OUTSIDE}
    found = drive.service.of_type("AWS::Lambda::Function")
    [one] = [(logical_id, found[logical_id]) for logical_id in found.keys() - names]
    return one


def test_it_has_the_mount_the_rights_and_the_url(own: templates.StageTemplates) -> None:
    name, function = only(own)
    assert handler(function) == "handler.handler"
    [mount] = function["FileSystemConfigs"]
    assert mount["LocalMountPath"] == "/mnt/lambda"
    assert all_allowed(own, function) == SHARED_RIGHTS | {MOUNT, WRITE}
    _, url = own.service.only("AWS::Lambda::Url")
    assert url["AuthType"] == "AWS_IAM"
    assert own.target(url["TargetFunctionArn"]) == name


def test_it_has_the_variables_of_the_settings_and_no_operators(
    own: templates.StageTemplates,
) -> None:
    _, function = only(own)
    assert function["Environment"]["Variables"] == {
        "COLOUR": "blue",
        "LOG_LEVEL": "DEBUG",
        "MOUNT_ACCESS": "read-write",
        "MOUNT_PATH": "/mnt/lambda",
        "POWERTOOLS_METRICS_NAMESPACE": "LambdaDrive/Dev",
        "POWERTOOLS_SERVICE_NAME": "guest_book",
    }
    tags = {tag["Key"]: tag["Value"] for tag in function["Tags"]}
    assert tags["lambda-drive:operator-keys"] == ""


def test_nothing_of_the_file_service_is_there(own: templates.StageTemplates) -> None:
    assert not own.service.of_type("AWS::Lambda::LayerVersion")
    # What is left of these is of the functions that a stage has whatever runs in its VPC.
    for kind in ("AWS::Events::Rule", "AWS::Lambda::Permission"):
        assert all(name.startswith(("Brake", "KeyWatch")) for name in own.service.of_type(kind))
    assert set(own.service.body["Outputs"]) == {
        "Dashboard",
        "FilesFunctionName",
        "FilesUrl",
    }


def test_it_takes_the_place_of_files_under_the_same_url(
    own: templates.StageTemplates, files: templates.StageTemplates
) -> None:
    before = files.service.body["Resources"]
    for logical_id, resource in own.service.body["Resources"].items():
        # It has no limits, so its role may not read them; and it counts its answers as its own.
        if resource["Type"] not in {
            "AWS::CloudWatch::Alarm",
            "AWS::CloudWatch::Dashboard",
            "AWS::IAM::ManagedPolicy",
            "AWS::Lambda::Function",
        }:
            assert before[logical_id] == resource, logical_id
    name, function = only(own)
    for what in set(function) - {"Code", "Environment", "Handler", "Layers", "Tags"}:
        assert before[name]["Properties"][what] == function[what]
    assert stateful(own) == {name: stateful(files)[name] for name in stateful(own)}


def test_data_is_the_same_with_it(
    own: templates.StageTemplates, files: templates.StageTemplates
) -> None:
    """`Data` is deployed while the function from before still runs, and refers to all of it."""
    assert own.data.body == files.data.body


def test_its_zip_has_the_folder_and_what_it_requires(tmp_path: Path) -> None:
    assembly = synthesis.assembly(tmp_path, replace(DEV, function_folder=FOLDER))
    _, function = only(templates.load(assembly, DEV.name))
    names = zipfile.ZipFile(assembly / f"asset.{function['Code']['S3Key']}").namelist()
    assert {"handler.py", "requirements.txt", "humanize/__init__.py"} <= set(names)
    assert not [name for name in names if name.startswith(("drive/", "Dockerfile", "bin/"))]


def test_an_image_of_it_runs_its_handler(tmp_path: Path) -> None:
    drive, said = synthesise(tmp_path, function_folder=FOLDER, packaging="image")
    assert said == []
    _, function = only(drive)
    assert function["PackageType"] == "Image"
    assert handler(function) == "handler.handler"


def test_nothing_hidden_goes_into_the_image(tmp_path: Path) -> None:
    folder = tmp_path / "function"
    shutil.copytree(PROJECT / FOLDER, folder)
    for name in (".env", "pages/.env"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("secret")
    (folder / "pages" / "index.html").write_text("hello")
    settings = replace(DEV, function_folder=str(folder), packaging="image")
    synthesis.assembly(tmp_path / "out", settings)
    assert len(list((tmp_path / "out").rglob("index.html"))) == 1
    assert not list((tmp_path / "out").rglob(".env"))


@pytest.mark.parametrize("switched", cases(), ids=lambda switched: str(len(switched)))
def test_it_goes_with_every_two_switches(
    switched: dict[str, Any], files: templates.StageTemplates, tmp_path: Path
) -> None:
    values = {name: value for name, value in switched.items() if name not in FILE_SERVICE}
    drive, said = synthesise(tmp_path, function_folder=FOLDER, **values)
    assert said == []
    for promise in {*PROMISES, *test_stages.PROMISES}:
        promise(drive)
    alarms.check(drive, replace(DEV, function_folder=FOLDER, **values))
    known = stateful(files)
    assert {name: stateful(drive).get(name) for name in known} == known


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"function_folder": "nowhere"}, "function_folder must be a folder with .*nowhere'"),
        (
            {"function_folder": FOLDER, "function_handler": "app.handler"},
            "function_handler must be .* with a module of '.*guest_book', got 'app.handler'",
        ),
    ],
)
def test_code_that_is_not_there_fails_at_synth(
    settings: dict[str, Any], message: str, tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match=message):
        synthesise(tmp_path, **settings)
