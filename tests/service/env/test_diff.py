"""`ops env diff` compares with a file and with a template."""

from collections.abc import Callable
from pathlib import Path

from tests.fake_lambda import NAME, UPDATE, FakeLambda
from tests.service.env.person import Person


def test_diff_with_a_file(cloud: FakeLambda, person: Person) -> None:
    (person.folder / "a.env").write_text("LOG_LEVEL=DEBUG\nNEW=x\nMAINTENANCE_MODE=0\n")
    run = person("diff", "a.env")
    assert run.code == 0
    lines = [line.split("  ") for line in run.out.splitlines()]
    assert [(line[0].strip(), line[-1]) for line in lines] == [
        ("LOG_LEVEL", "differs"),
        ("NEW", "only in the file"),
        ("SECRET", "not in the file"),
        ("URL", "not in the file"),
    ]
    assert "dev-files: 4 differences" in run.err
    assert UPDATE not in cloud.calls


def test_diff_with_a_template_tells_drift_from_operator_settings(
    tagged: FakeLambda, person: Person, assembly: Callable[..., Path]
) -> None:
    other = {"Type": "AWS::Lambda::Function", "Properties": {}}
    declared = {
        "LOG_LEVEL": {"Ref": "LogLevelParameter"},
        "MAINTENANCE_MODE": {"Ref": "MaintenanceModeParameter"},
        "URL": "https://other.example",
        "GONE": "x",
        "TABLE": {"Fn::GetAtt": ["Table", "Arn"]},
        "SAME": "same",
    }
    folder = str(assembly(declared, Other=other))
    tagged.variables |= {"LOG_LEVEL": "DEBUG", "TABLE": "arn", "SAME": "same"}
    tagged.parameters["/Dev/operator/LOG_LEVEL"] = "DEBUG"
    tagged.variables["MAINTENANCE_MODE"] = "1"
    by_tag = {"aws:cloudformation:stack-name": "Dev-Service"}
    tagged.tags |= {**by_tag, "aws:cloudformation:logical-id": "FilesFunction1"}
    told = person("diff", "--template", folder, "--json").json["keys"]
    assert {name: key["state"] for name, key in told.items()} == {
        "GONE": "missing",
        "LOG_LEVEL": "operator setting",
        "MAINTENANCE_MODE": "operator setting, not kept",
        "SAME": "same",
        "SECRET": "extra",
        "TABLE": "not comparable",
        "URL": "drift",
    }
    assert told["LOG_LEVEL"]["live"] == told["LOG_LEVEL"]["other"]
    run = person("diff", "--template", folder)
    assert run.code == 0
    assert "dev-files: 5 differences" in run.err
    assert "drift: the next deployment that changes the function takes it back" in run.out
    assert "SAME" not in run.out


def test_a_function_is_found_in_a_template_by_tag_name_or_word(
    cloud: FakeLambda, person: Person, assembly: Callable[..., Path]
) -> None:
    named = {"Type": "AWS::Lambda::Function", "Properties": {"FunctionName": NAME}}
    folder = str(assembly({}, Named=named))
    assert "Dev-Service Named" in person("diff", "--template", folder).err
    for wanted in ("FilesFunction1", "Dev/Service/Files/Function"):
        assert person("diff", "--template", folder, "--resource", wanted).code == 0
    assert person("diff", "--template", folder, "--resource", "None").code == 3
    folder = str(assembly({}, Twice=named, Named=named))
    run = person("diff", "--template", folder)
    assert run.code == 3
    assert "several functions" in run.err
    assert "\n  Dev-Service Twice\n  Dev-Service Named" in run.err
