"""What can go wrong with a file, as the caller sees it."""


class DriveError(Exception):
    """A request that cannot be done; its text is for the caller.

    `members` are facts that a program may want, by name.
    """

    def __init__(self, detail: str, **members: int | str) -> None:
        super().__init__(detail)
        self.members = members


class InvalidNameError(DriveError):
    """The name can never name a file of the drive."""


class InvalidRequestError(DriveError):
    """A header or parameter says nothing that can be done."""


class MissingError(DriveError):
    """Nothing is there."""


class GoneError(DriveError):
    """It was there, and its time is over."""


class ConflictError(DriveError):
    """Something else is there: a directory for a file, a file for a directory."""


class PreconditionFailedError(DriveError):
    """What the caller made a condition (`If-Match` and so on) is not so."""


class TooLargeError(DriveError):
    """The file does not fit into one answer."""


class RangeError(DriveError):
    """The range that is asked for lies beyond the file."""


class DigestError(DriveError):
    """The bytes that arrived are not those that were sent."""


class ReadOnlyError(DriveError):
    """The drive may be read only, or this place in it."""


class FullError(DriveError):
    """The drive, or its quota, is used up."""


class BusyError(DriveError):
    """Another request holds what this one needs."""


class LockedError(BusyError):
    """Another request is writing this upload."""


class OffsetError(DriveError):
    """An upload goes on from another byte than the caller thinks."""


class UploadTooLargeError(DriveError):
    """More bytes than the upload was announced with, or than a file may have."""


class ChecksumError(DigestError):
    """The bytes of a part of an upload are not those that were sent."""
