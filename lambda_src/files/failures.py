"""The problem of each error of the file code."""

from aws_lambda_powertools.event_handler import Response

from drive import errors
from files import web


def kind_of(error: errors.DriveError) -> str:
    """Return the kind of problem, one of `web.PROBLEMS`, that an error is for its caller."""
    return next(web.KIND_OF_ERROR[base] for base in type(error).mro() if base in web.KIND_OF_ERROR)


def answer_to(error: errors.DriveError) -> Response[str]:
    """Answer with the problem of an error."""
    headers = {}
    if isinstance(error, errors.RangeError):
        headers["Content-Range"] = f"bytes */{error.members['size']}"
    if isinstance(error, errors.OffsetError):
        headers["Upload-Offset"] = str(error.members["offset"])
    return web.problem(kind_of(error), str(error), headers=headers, members=error.members)
