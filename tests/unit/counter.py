"""What the counter of a drive says is used."""

from pathlib import Path

from drive import quota
from drive.errors import FullError

NO_LIMIT = 10**18


def used(root: Path) -> int | None:
    """What the counter says, seen from outside: the number that a refusal tells."""
    try:
        quota.change(root, NO_LIMIT, limit=1)
    except FullError as error:
        return int(error.members["used"])
    quota.change(root, -NO_LIMIT, limit=1)
    return None
