"""`ops env undo` takes back the last changes, and nothing of others."""

import json
import stat

from tests.fake_lambda import UPDATE, FakeLambda, meanwhile
from tests.service.env.person import OLD, Person


def test_undo_goes_back_step_by_step(cloud: FakeLambda, person: Person) -> None:
    assert person("undo").code == 3
    person("set", "LOG_LEVEL=DEBUG", "NEW=x")
    person("unset", "URL")
    assert person("undo").code == 0
    assert cloud.variables == {**OLD, "LOG_LEVEL": "DEBUG", "NEW": "x"}
    listed = person("undo", "--list").out.splitlines()
    assert [line.split("  ", 1)[1] for line in listed] == [
        "undo  URL",
        "unset (undone)  URL",
        "set  LOG_LEVEL NEW",
    ]
    assert person("undo", "--dry-run").code == 0
    assert "NEW" in cloud.variables
    assert person("undo").code == 0
    assert cloud.variables == OLD
    run = person("undo")
    assert run.code == 3
    assert "nothing to undo" in run.err


def test_undo_leaves_what_others_did_since(cloud: FakeLambda, person: Person) -> None:
    person("set", "LOG_LEVEL=DEBUG", "NEW=x")
    cloud.put({**cloud.variables, "OTHER": "theirs", "LOG_LEVEL": "ERROR"})
    run = person("undo")
    assert run.code == 4
    assert "LOG_LEVEL changed since then; --force" in run.err
    assert cloud.variables["LOG_LEVEL"] == "ERROR"
    cloud.faults[UPDATE] = [meanwhile(LATE="too")]
    assert person("undo", "--force", "--yes").code == 0
    assert cloud.variables == {**OLD, "OTHER": "theirs", "LATE": "too"}


def test_undo_is_refused_when_somebody_is_faster(cloud: FakeLambda, person: Person) -> None:
    person("set", "LOG_LEVEL=DEBUG")
    cloud.faults[UPDATE] = [meanwhile(LOG_LEVEL="ERROR")]
    assert person("undo").code == 4
    assert cloud.variables == {**OLD, "LOG_LEVEL": "ERROR"}


def test_undo_keeps_the_last_ten_changes_in_files_for_their_owner(
    cloud: FakeLambda, person: Person
) -> None:
    for number in range(12):
        person("set", f"LOG_LEVEL={number}")
    assert len(person.entries) == 10
    for file in person.entries:
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    last = json.loads(person.entries[-1].read_text())
    assert last["before"] == {**OLD, "LOG_LEVEL": "10"}


def test_the_oldest_change_that_is_kept_can_be_undone(cloud: FakeLambda, person: Person) -> None:
    for _ in range(5):
        person("set", "LOG_LEVEL=DEBUG")
        person("set", "LOG_LEVEL=INFO")
    assert [person("undo").code for _ in range(6)] == [0, 0, 0, 0, 0, 3]
    assert cloud.variables == {**OLD, "LOG_LEVEL": "DEBUG"}


def test_nothing_is_changed_that_could_not_be_undone(cloud: FakeLambda, person: Person) -> None:
    (person.folder / "state").write_text("in the way")
    run = person("set", "LOG_LEVEL=DEBUG")
    assert run.code == 3
    assert "nothing was changed" in run.err
    assert cloud.variables == OLD
