"""What can go wrong with a file, as the caller sees it."""


class DriveError(Exception):
    """A request that cannot be done; its text is for the caller."""


class InvalidNameError(DriveError):
    """The name can never name a file of the drive."""


class MissingError(DriveError):
    """Nothing is there."""


class ConflictError(DriveError):
    """Something else is there: a directory for a file, a file for a directory."""


class TooLargeError(DriveError):
    """The file does not fit into one answer."""


class ReadOnlyError(DriveError):
    """The drive may be read only, or this place in it."""


class FullError(DriveError):
    """The drive, or its quota, is used up."""
