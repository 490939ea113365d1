"""The errors of the tools: each is one line on standard error, and an exit code.

    ToolError                        a user can act on it; its text is the line that is printed
    ├── UsageError                   the command line makes no sense, or something is missing
    ├── OutputError                  standard output takes no more
    ├── SigningError                 client: the credentials cannot sign
    ├── RequestError                 client: a request failed
    │   ├── UnreachableError         no answer, or a broken one
    │   ├── DamagedError             the bytes do not have their digest
    │   └── HttpStatusError          the status of the answer is no success
    │       ├── NotFoundError        404 or 410
    │       └── ConflictStatusError  409
    ├── RefusedError                 environment: not done, for it would harm or is not clear
    ├── ConcurrentChangeError        environment: others changed the same
    ├── TimedOutError                environment: written, and not in force in time
    └── AwsError                     environment: AWS did not do it, or did not answer
        ├── UpdateConflictError      another update came first, or is in progress
        ├── ThrottledError           too many calls
        ├── KeyDeniedError           Lambda may not use the function's key for this caller
        ├── LostError                no answer, or a broken one
        └── UnknownOutcomeError      nobody says whether the change was made

tests/unit/test_tool_errors.py holds the classes to this tree.
"""

from drive_tools import exit_codes


class ToolError(Exception):
    """A failure that its user can act on; its text is the line that is printed."""

    exit_code = exit_codes.FAILED


class UsageError(ToolError):
    """The command line makes no sense, or something is missing to do it."""

    exit_code = exit_codes.WRONG_USAGE


class RefusedError(ToolError):
    """Something that is not done, because it would harm or because it is not clear what it does."""

    exit_code = exit_codes.REFUSED


class ConcurrentChangeError(ToolError):
    """Somebody else was faster, again and again, or changed the same variable since."""

    exit_code = exit_codes.CHANGED_BY_OTHERS


class AwsError(ToolError):
    """AWS did not do it, or did not answer."""

    exit_code = exit_codes.AWS_FAILED


class TimedOutError(ToolError):
    """The change is made, and is not in force after the time that was given to it."""

    exit_code = exit_codes.NOT_IN_FORCE


class UpdateConflictError(AwsError):
    """Another update came first or is in progress; this one was not made."""


class ThrottledError(AwsError):
    """Too many calls; this one was not made."""


class KeyDeniedError(AwsError):
    """Lambda could not use the function's key for this caller."""


class LostError(AwsError):
    """No answer, or a broken one; the call may have been carried out all the same."""


class UnknownOutcomeError(AwsError):
    """A write whose answer was lost, and nobody there to ask."""

    def __init__(self, failure: LostError) -> None:
        super().__init__(
            f"{failure}\n  whether the change was made is not known; run the same command again,"
            " and it does what is missing"
        )
