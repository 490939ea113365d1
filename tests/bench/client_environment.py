"""The environment of a command line of the client that is measured."""

import os

from tests.service.served import PROJECT


def client_environment(url: str) -> dict[str, str]:
    """Return the environment of a command that calls the drive at `url`, signed."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(PROJECT),
        "DRIVE_URL": url,
        "AWS_ACCESS_KEY_ID": "000000000000",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_REGION": "us-east-1",
    }
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    return environment
