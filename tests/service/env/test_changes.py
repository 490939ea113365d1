"""`python -m ops env` changes what it is told to, and nothing else."""

import json
import os
import re
import stat

from drive_tools.environment import dotenv
from tests.fake_lambda import ARN, GET_PARAMETERS, NAME, READ, TAGS, UPDATE, FakeLambda, meanwhile
from tests.service.env.person import KEPT, OLD, TAGGED, Person
from tests.service.env.writers import writers


def test_set_changes_what_it_names_and_says_so(cloud: FakeLambda, person: Person) -> None:
    run = person("set", "LOG_LEVEL=DEBUG", "NEW=a=b")
    assert cloud.variables == {**OLD, "LOG_LEVEL": "DEBUG", "NEW": "a=b"}
    assert run.code == 0
    assert run.out == ""
    assert re.search(r"^  ~ LOG_LEVEL  [0-9a-f]{8} -> [0-9a-f]{8}$", run.err, re.MULTILINE)
    assert re.search(r"^  \+ NEW        \(none\) -> [0-9a-f]{8}$", run.err, re.MULTILINE)
    assert re.search(
        r"^dev-files: 2 changed, 3 untouched, in force, \d+ of 4096 bytes", run.err, re.M
    )
    assert cloud.calls == [READ, TAGS, UPDATE]


def test_a_program_reads_json(cloud: FakeLambda, person: Person) -> None:
    run = person("set", "LOG_LEVEL=DEBUG", "--json")
    assert run.err == ""
    told = run.json
    assert told["function"] == ARN
    assert told["revision"] == cloud.revision
    assert list(told["changes"]) == ["LOG_LEVEL"]
    assert told["in_force"] is True
    assert told["dry_run"] is False
    assert told["bytes_left"] == 4096 - len(
        "".join([*cloud.variables, *cloud.variables.values()]).encode()
    )
    shown = person("set", "LOG_LEVEL=INFO", "--json", "--show").json
    assert shown["changes"] == {"LOG_LEVEL": {"old": "DEBUG", "new": "INFO", "owner": None}}


def test_unset_removes_what_it_names(cloud: FakeLambda, person: Person) -> None:
    run = person("unset", "URL")
    assert run.code == 0
    assert cloud.variables == {name: OLD[name] for name in OLD if name != "URL"}
    run = person("unset", "URL")
    assert (run.code, cloud.count(UPDATE)) == (0, 1)
    assert "dev-files has no variable URL\ndev-files: nothing to do" in run.err


def test_what_is_so_already_calls_nothing(cloud: FakeLambda, person: Person) -> None:
    run = person("set", "LOG_LEVEL=INFO")
    assert (run.code, run.err) == (0, "dev-files: nothing to do, it is so already\n")
    assert cloud.calls == [READ, TAGS]
    assert person.entries == []


def test_a_dry_run_writes_nothing_anywhere(cloud: FakeLambda, person: Person) -> None:
    cloud.tags, cloud.parameters = TAGGED, dict(KEPT)
    run = person("set", "LOG_LEVEL=DEBUG", "--dry-run")
    assert run.code == 0
    assert "1 would change (dry run), 3 untouched" in run.err
    assert "LOG_LEVEL would be kept for the next deployment, in /Dev/operator/LOG_LEVEL" in run.err
    assert person("unset", "A", "B", "URL", "--dry-run", "--force").code == 0
    assert cloud.variables == OLD
    assert cloud.parameters == KEPT
    assert set(cloud.calls) == {READ, TAGS, GET_PARAMETERS}
    assert person.entries == []


def test_values_come_from_files_and_standard_input(cloud: FakeLambda, person: Person) -> None:
    (person.folder / "token").write_text("line 1\nline 2\n")
    assert person("set", "AB=@token", "CD=-", stdin="secret\r\n").code == 0
    assert cloud.variables == {**OLD, "AB": "line 1\nline 2", "CD": "secret"}
    assert person("set", "AB=@me", "CD=-", "--literal").code == 0
    assert cloud.variables == {**OLD, "AB": "@me", "CD": "-"}
    assert person("set", "EF=").code == 0
    assert cloud.variables["EF"] == ""


def test_import_sets_and_export_writes_for_its_owner_alone(
    cloud: FakeLambda, person: Person
) -> None:
    (person.folder / "a.env").write_text("LOG_LEVEL=DEBUG\nexport NEW='b c'\n")
    assert person("import", "a.env").code == 0
    assert cloud.variables == {**OLD, "LOG_LEVEL": "DEBUG", "NEW": "b c"}
    assert person("export", "b.env").code == 0
    assert dotenv.parse((person.folder / "b.env").read_text()) == cloud.variables
    assert stat.S_IMODE((person.folder / "b.env").stat().st_mode) == 0o600
    assert person("export", "b.json", "--json").code == 0
    assert json.loads((person.folder / "b.json").read_text()) == cloud.variables
    assert dotenv.parse(person("export", "--show").out) == cloud.variables
    os.mkfifo(person.folder / "pipe")
    (person.folder / "link").symlink_to("a.env")
    for name in ("pipe", "link", "."):
        there = os.lstat(person.folder / name)
        run = person("export", name)
        assert (run.code, run.out) == (2, "")
        assert f"no link, directory or device, got {name!r}" in run.err
        assert os.path.samestat(os.lstat(person.folder / name), there)
    run = person("export")
    assert (run.code, run.out) == (3, "")
    assert "name a FILE, or pass --show" in run.err
    before = dict(cloud.variables)
    cloud.variables = {"LOG_LEVEL": "INFO"}
    assert person("import", "b.json").code == 0
    assert cloud.variables == before
    assert person("diff", "b.json").err == "dev-files: no differences\n"
    (person.folder / "c.env").write_text("LOG_LEVEL=INFO\nAB=canary#x\n")
    refused = person("import", "c.env")
    assert (refused.code, cloud.variables) == (3, before)
    assert "c.env: line 2: AB: a # that some readers take for a comment" in refused.err
    assert person("import", "-", stdin="AB=x").code == 0
    assert cloud.variables["AB"] == "x"


def test_import_removes_only_with_replace_and_a_yes(cloud: FakeLambda, person: Person) -> None:
    (person.folder / "a.env").write_text("LOG_LEVEL=DEBUG\nMAINTENANCE_MODE=0\n")
    refused = person("import", "a.env", "--replace")
    assert refused.code == 3
    assert "to be removed: SECRET, URL: pass --yes" in refused.err
    assert cloud.variables == OLD
    # A variable that is added after it was read is nobody's to remove.
    cloud.faults[UPDATE] = [meanwhile(LATE="x")]
    assert person("import", "a.env", "--replace", "--yes").code == 0
    assert cloud.variables == {"LOG_LEVEL": "DEBUG", "MAINTENANCE_MODE": "0", "LATE": "x"}


def test_a_concurrent_change_of_another_variable_survives(
    cloud: FakeLambda, person: Person
) -> None:
    cloud.faults[UPDATE] = [meanwhile(OTHER=str(n)) for n in range(7)]
    run = person("set", "LOG_LEVEL=DEBUG")
    assert run.code == 0
    assert cloud.variables == {**OLD, "LOG_LEVEL": "DEBUG", "OTHER": "6"}
    assert cloud.count(UPDATE) == 8
    assert len(person.entries) == 1


def test_sixteen_processes_set_sixteen_keys_at_once(cloud: FakeLambda, person: Person) -> None:
    wanted = {f"KEY_{number}": f"{number} value" for number in range(16)}
    with writers(NAME) as write:
        assert write(wanted) == [0] * 16
    assert cloud.variables == {**OLD, **wanted}
    assert len(person.entries) == 10  # as many as are kept
