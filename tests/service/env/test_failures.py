"""After each failure of a call the map is the old one or the new one."""

import pytest

from tests.fake_lambda import (
    ARN,
    BROKEN_OFF,
    CUT,
    CUT_AFTER,
    GARBAGE,
    KEY_ARN,
    NAME,
    READ,
    TAGS,
    UPDATE,
    FakeLambda,
    Fault,
    error,
)
from tests.service.env.person import CANARY, OLD, Person

STALE = error(412, "PreconditionFailedException")
IN_PROGRESS = error(409, "ResourceConflictException")
THROTTLED = error(429, "TooManyRequestsException", "Rate exceeded")
BROKEN = error(500, "ServiceException")
DENIED = error(403, "AccessDeniedException", "User is not authorized")
KMS = error(502, "KMSAccessDeniedException", "Lambda was unable to use the key")
# What happens, at which call, how often; the exit code; what is there then; what is said.
TABLE: dict[str, tuple[str, Fault, int, int, bool, str]] = {
    "precondition failed once": (UPDATE, STALE, 1, 0, True, "1 changed"),
    "precondition failed ten times": (UPDATE, STALE, 10, 0, True, "1 changed"),
    "precondition failed always": (UPDATE, STALE, 999, 4, False, "others change it all the time"),
    "conflict twice": (UPDATE, IN_PROGRESS, 2, 0, True, "1 changed"),
    "conflict always": (UPDATE, IN_PROGRESS, 999, 4, False, "nothing was changed; try again"),
    "read throttled": (READ, THROTTLED, 3, 0, True, "1 changed"),
    "write throttled": (UPDATE, THROTTLED, 3, 0, True, "1 changed"),
    "write throttled always": (UPDATE, THROTTLED, 999, 5, False, "TooManyRequestsException"),
    "read denied": (READ, DENIED, 1, 5, False, f"you need {READ} on {NAME}"),
    "tags denied": (TAGS, DENIED, 1, 5, False, f"you need {TAGS} on {NAME}"),
    "write denied": (UPDATE, DENIED, 1, 5, False, f"you need {UPDATE} on {ARN}"),
    "key denied": (UPDATE, KMS, 1, 5, False, f"kms:CreateGrant on {KEY_ARN}"),
    "no such function": (READ, error(404, "ResourceNotFoundException"), 1, 5, False, "NotFound"),
    "bad parameter": (UPDATE, error(400, "InvalidParameterValueException", f'{{"S":"{CANARY}"}}'),
                      1, 5, False, "InvalidParameterValueException: ********"),
    "echo": (UPDATE, error(400, "ValidationException", f"bad {CANARY} x"), 1, 5, False, "bad ****"),
    "read broken": (READ, BROKEN, 2, 0, True, "1 changed"),
    "write broken": (UPDATE, BROKEN, 2, 0, True, "1 changed"),
    "cut before the read": (READ, CUT, 2, 0, True, "1 changed"),
    "cut at every read": (READ, CUT, 999, 5, False, "Connection was closed"),
    "cut between read and write": (UPDATE, CUT, 1, 0, True, "1 changed"),
    "cut at every write": (UPDATE, CUT, 999, 5, False, "whether the change was made is not known"),
    "cut after the write": (UPDATE, CUT_AFTER, 1, 0, True, "1 changed"),
    "garbage at once": (READ, GARBAGE, 1, 0, True, "1 changed"),
    "garbage always": (READ, GARBAGE, 999, 5, False, "the answer is not one of AWS"),
    "garbage for tags": (TAGS, GARBAGE, 999, 5, False, "the answer is not one of AWS"),
    "answer broken off": (UPDATE, BROKEN_OFF, 1, 0, True, "1 changed"),
}  # fmt: skip


@pytest.mark.parametrize("case", TABLE)
def test_after_every_failure_the_map_is_the_old_or_the_new_one(
    cloud: FakeLambda, person: Person, case: str
) -> None:
    action, fault, times, code, changed, message = TABLE[case]
    cloud.key = KEY_ARN
    cloud.faults[action] = [fault] * times
    patience = ["--timeout", "0.2"] if code else []
    run = person("set", "LOG_LEVEL=DEBUG", *patience)
    assert cloud.variables == ({**OLD, "LOG_LEVEL": "DEBUG"} if changed else OLD)
    assert run.code == code
    assert message in run.err
    assert cloud.count(UPDATE) <= (999 if times > 20 else times + 1)
    # What undo needs is there when something was, or may have been, written.
    assert len(person.entries) == (changed or "not known" in run.err)
    if changed:
        assert person("undo").code == 0
        assert cloud.variables == OLD
