"""What the tests of the file system share: a drive, and a file system on it."""

from collections.abc import Iterator

import pytest

from drive_tools.filesystem.file_system import DriveFileSystem
from tests.service.served import Served
from tests.service.shell import Serving


@pytest.fixture
def url(serving: Serving) -> Iterator[Served]:
    with serving() as url:
        yield url


@pytest.fixture
def drive(url: Served) -> DriveFileSystem:
    """The file system of that drive."""
    return DriveFileSystem(drive_url=url)
