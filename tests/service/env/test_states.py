"""States of a function in which `ops env` waits, or changes nothing."""

import signal

import pytest

from ops.__main__ import main
from tests.fake_lambda import ARN, NAME, READ, TAGS, UPDATE, FakeLambda, meanwhile
from tests.patience import PATIENCE_SECONDS, until
from tests.service.env.person import CANARY, OLD, Person


def test_a_function_that_is_pending_is_waited_for(cloud: FakeLambda, person: Person) -> None:
    cloud.state, cloud.reads_pending = "Pending", 3
    run = person("set", "LOG_LEVEL=DEBUG")
    assert run.code == 0
    assert cloud.variables["LOG_LEVEL"] == "DEBUG"


def test_an_idle_function_is_changed_as_any_other(cloud: FakeLambda, person: Person) -> None:
    """Lambda updates what is Inactive, so that only the revision was stale."""
    cloud.state, cloud.faults[UPDATE] = "Inactive", [meanwhile(LATE="x")]
    assert person("set", "LOG_LEVEL=DEBUG").code == 0
    assert cloud.variables == {**OLD, "LATE": "x", "LOG_LEVEL": "DEBUG"}


@pytest.mark.parametrize(
    ("state", "advice"),
    [
        ("Pending", "try again when it is Active"),
        ("Inactive", "try again when it is Active"),
        ("Failed", "delete it and create it again"),
        ("Deleting", "Lambda is removing it"),
        ("Deactivated", "try again when it is Active"),
        ("ActiveNonInvocable", "try again when it is Active"),
    ],
)
def test_a_function_that_is_not_active_is_no_conflict(
    cloud: FakeLambda, person: Person, state: str, advice: str
) -> None:
    cloud.state, cloud.reads_pending = state, 10**9
    if state == "Inactive":  # which the stand-in updates, as AWS says that Lambda does
        refused = (409, {"Message": "in the state Inactive"}, "ResourceConflictException")
        cloud.faults[UPDATE] = [lambda _: refused] * 1000
    run = person("set", "LOG_LEVEL=DEBUG", "--timeout", "0.1")
    assert (run.code, cloud.variables) == (5, OLD)
    assert f"env: dev-files is {state} (The function is idle.): Lambda" in run.err
    assert "nothing was changed" in run.err
    assert advice in run.err
    assert person.entries == []
    assert person("get").code == 0


@pytest.mark.parametrize("verb", ["get", "set", "export"])
def test_the_published_copy_of_managed_instances_is_refused_in_words_of_its_own(
    cloud: FakeLambda, person: Person, capfd: pytest.CaptureFixture[str], verb: str
) -> None:
    more = {"get": [], "set": ["AB=1"], "export": ["file"]}[verb]
    for name in (NAME, ARN):
        assert main(["env", verb, f"{name}:$LATEST.PUBLISHED", *more]) == 3
        err = capfd.readouterr().err
        assert "$LATEST.PUBLISHED is the copy that Lambda Managed Instances run" in err
        assert f"name {name} itself" in err
    assert cloud.calls == []
    assert list(person.folder.iterdir()) == []


def test_an_update_that_fails_reports_the_reason_code(cloud: FakeLambda, person: Person) -> None:
    cloud.reads_in_progress = 3
    cloud.failing = ("EFSMountTimeout", f"no mount, and {CANARY}")
    run = person("set", "LOG_LEVEL=DEBUG")
    assert run.code == 5
    assert "could not put them in force: EFSMountTimeout: no mount, and ****" in run.err
    assert "1 changed, 3 untouched, not yet in force" in run.err
    assert cloud.variables == {**OLD, "LOG_LEVEL": "DEBUG"}


def test_waiting_ends_when_it_is_in_force_or_the_time_is_up(
    cloud: FakeLambda, person: Person
) -> None:
    cloud.reads_in_progress = 4
    assert ", in force," in person("set", "LOG_LEVEL=DEBUG").err
    assert cloud.count(READ) == 6
    cloud.reads_in_progress = 99_999
    run = person("set", "LOG_LEVEL=INFO", "--timeout", "0.2", "--json")
    assert run.code == 6
    assert "but not in force after" in run.err
    assert run.json["in_force"] is False
    assert cloud.variables == OLD


def test_without_waiting_nothing_is_waited_for(cloud: FakeLambda, person: Person) -> None:
    cloud.reads_in_progress = 3
    run = person("set", "LOG_LEVEL=DEBUG", "--no-wait")
    assert run.code == 0
    assert "not yet in force" in run.err
    assert cloud.calls == [READ, TAGS, UPDATE]
    # The next one finds an update in progress, and has its turn after it.
    run = person("set", "LOG_LEVEL=INFO", "--no-wait")
    assert run.code == 0
    assert cloud.variables == OLD


def test_an_interruption_says_whether_there_is_something_to_complete(
    cloud: FakeLambda, person: Person
) -> None:
    cloud.reads_in_progress = 99_999
    process = person.process("set", NAME, "LOG_LEVEL=DEBUG", start_new_session=True)
    until(lambda: cloud.count(READ) > 1)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 130
    assert err == "env: interrupted; run the same command again, and it does what is missing\n"
