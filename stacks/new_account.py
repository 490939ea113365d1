"""What an account that is new may refuse for a while: its quotas, in words.

AWS gives a new account less than the quotas it documents, and raises them by itself as the account
is used, or when it is asked to.
"""

from stacks import limits


def notes(*, memory_mb: int) -> dict[str, str]:
    """Return what to say of these settings, by the id of the note."""
    found = {}
    if memory_mb > limits.NEW_ACCOUNT_MEMORY_MB:
        found["NewAccountMemory"] = (
            f"memory_mb is {memory_mb}: a new account may take {limits.NEW_ACCOUNT_MEMORY_MB} at"
            " most, and the deployment of Service then fails at the function; ask AWS Support for"
            " more, or set less"
        )
    return found
