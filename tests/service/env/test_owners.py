"""Keys that an operator owns are kept for the next deployment; the deployment's are refused."""

import re

import pytest

from tests.fake_lambda import (
    CUT,
    GET_PARAMETERS,
    PUT_PARAMETER,
    UPDATE,
    FakeLambda,
    Fault,
    error,
    meanwhile,
)
from tests.service.env.person import KEPT, OLD, Person


def test_an_operator_key_is_kept_for_the_next_deployment(
    tagged: FakeLambda, person: Person
) -> None:
    run = person("set", "MAINTENANCE_MODE=1")
    assert run.code == 0
    assert tagged.variables == {**OLD, "MAINTENANCE_MODE": "1"}
    assert tagged.parameters == {**KEPT, "/Dev/operator/MAINTENANCE_MODE": "1"}
    assert "MAINTENANCE_MODE is kept for the next deployment, in /Dev/operator/M" in run.err
    assert re.search(r"MAINTENANCE_MODE  \w{8} -> \w{8}  operator$", run.err, re.MULTILINE)
    assert person("undo").code == 0
    assert tagged.variables == OLD
    assert tagged.parameters == KEPT


def test_a_deploy_key_is_refused_and_forced(tagged: FakeLambda, person: Person) -> None:
    for words in (["URL=x"], ["LOG_LEVEL=DEBUG", "NEW=x"]):
        run = person("set", *words)
        assert run.code == 3
        assert "the next one would take the change back" in run.err
        assert "what may be set here: LOG_LEVEL, MAINTENANCE_MODE" in run.err
    assert person("unset", "LOG_LEVEL").code == 3
    assert person("set", "URL=x", "--force").code == 3  # nobody there to say yes
    assert tagged.variables == OLD
    assert person("set", f"URL={OLD['URL']}").code == 0  # it is so already
    run = person("set", "URL=x", "--force", "--yes")
    assert run.code == 0
    assert "env: the next deployment takes back URL" in run.err
    assert tagged.variables == {**OLD, "URL": "x"}
    assert tagged.parameters == KEPT
    assert PUT_PARAMETER not in tagged.calls
    assert person("undo").code == 0
    assert tagged.variables == OLD


@pytest.mark.parametrize("killer", [error(403, "AccessDeniedException"), CUT])
def test_a_crash_between_map_and_parameter_is_made_good_by_the_same_command(
    tagged: FakeLambda, person: Person, killer: Fault
) -> None:
    tagged.faults[PUT_PARAMETER] = [killer] * 10
    run = person("set", "MAINTENANCE_MODE=1")
    assert run.code == 5
    assert "the next deployment may take it back" in run.err
    assert "run the same command again" in run.err
    assert tagged.variables["MAINTENANCE_MODE"] == "1"
    assert tagged.parameters == KEPT
    tagged.faults.clear()
    run = person("set", "MAINTENANCE_MODE=1")
    assert run.code == 0
    assert tagged.parameters["/Dev/operator/MAINTENANCE_MODE"] == "1"
    assert tagged.count(UPDATE) == 1


def test_what_cannot_be_kept_is_found_out_before_anything_is_written(
    tagged: FakeLambda, person: Person
) -> None:
    assert "cannot be empty" in person("set", "LOG_LEVEL=").err
    tagged.parameters = {}
    run = person("set", "LOG_LEVEL=DEBUG")
    assert run.code == 3
    assert "there is no parameter /Dev/operator/LOG_LEVEL" in run.err
    tagged.faults[GET_PARAMETERS] = [error(403, "AccessDeniedException")]
    run = person("set", "LOG_LEVEL=DEBUG")
    assert run.code == 5
    assert "you need ssm:GetParameters on /Dev/operator/LOG_LEVEL" in run.err
    del tagged.tags["lambda-drive:operator-parameters"]
    assert "tag lambda-drive:operator-parameters is missing" in person("set", "LOG_LEVEL=X1").err
    assert tagged.variables == OLD
    assert tagged.count(UPDATE) == 0


def test_map_and_parameter_agree_whichever_of_two_operators_comes_last(
    tagged: FakeLambda, person: Person
) -> None:
    tagged.faults[PUT_PARAMETER] = [meanwhile(MAINTENANCE_MODE="2")]
    run = person("set", "MAINTENANCE_MODE=1")
    assert run.code == 0
    assert "somebody else changed MAINTENANCE_MODE since; the parameter follows" in run.err
    assert tagged.variables["MAINTENANCE_MODE"] == "2"
    assert tagged.parameters["/Dev/operator/MAINTENANCE_MODE"] == "2"


def test_a_parameter_that_was_read_too_early_is_written_all_the_same(
    tagged: FakeLambda, person: Person
) -> None:
    """Another operator's 1 is in the map when we read it, and in the parameter only later."""
    tagged.variables["MAINTENANCE_MODE"] = "1"

    def other(cloud: FakeLambda) -> None:
        cloud.parameters["/Dev/operator/MAINTENANCE_MODE"] = "1"

    tagged.faults[UPDATE] = [other]
    assert person("set", "MAINTENANCE_MODE=0").code == 0
    assert tagged.variables == OLD
    assert tagged.parameters == KEPT
