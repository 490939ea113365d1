"""Errors of the file code, as the caller gets them."""


class DriveError(Exception):
    """A request that cannot be fulfilled; its text is for the caller.

    `members` are facts that a program may want, by name.
    """

    def __init__(self, detail: str, **members: int | str) -> None:
        super().__init__(detail)
        self.members = members


class InvalidNameError(DriveError):
    """The name can never name a file of the drive."""


class InvalidRequestError(DriveError):
    """A header or parameter is not valid."""


class MissingError(DriveError):
    """Nothing is there."""


class GoneError(DriveError):
    """It existed, and has expired."""


class ConflictError(DriveError):
    """Something else is there: a directory for a file, a file for a directory."""


class PreconditionFailedError(DriveError):
    """A condition of the caller (`If-Match` and so on) does not hold."""


class TooLargeError(DriveError):
    """The file does not fit into one answer."""


class RangeError(DriveError):
    """The requested range is beyond the end of the file."""


class DigestError(DriveError):
    """The bytes that arrived are not those that were sent."""


class ReadOnlyError(DriveError):
    """The drive, or this directory of it, is read-only."""


class FullError(DriveError):
    """The drive, or its quota, is used up."""


class BusyError(DriveError):
    """Another request holds what this one needs."""


class LockedError(BusyError):
    """Another request is writing this upload."""


class OffsetError(DriveError):
    """The upload resumes at another byte than the caller sent."""


class UploadTooLargeError(DriveError):
    """More bytes than the upload was announced with, or than a file may have."""


class ChecksumError(DigestError):
    """The bytes of a part of an upload are not those that were sent."""
