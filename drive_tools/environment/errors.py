"""The errors of the environment tool, from a refused change to one with unknown outcome."""

from drive_tools import exit_codes
from drive_tools.errors import ToolError


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
