"""fsspec's own tests of a file system, https://filesystem-spec.readthedocs.io/en/latest/developer.html"""

from collections.abc import Callable

import pytest
from fsspec.tests.abstract import AbstractFixtures
from fsspec.tests.abstract.copy import AbstractCopyTests
from fsspec.tests.abstract.get import AbstractGetTests
from fsspec.tests.abstract.open import AbstractOpenTests
from fsspec.tests.abstract.pipe import AbstractPipeTests
from fsspec.tests.abstract.put import AbstractPutTests

from drive_tools.filesystem.file_system import DriveFileSystem


class _Fixtures(AbstractFixtures):
    @pytest.fixture
    def fs(self) -> DriveFileSystem:
        return DriveFileSystem()  # the one of DRIVE_URL

    @pytest.fixture
    def fs_join(self) -> Callable[..., str]:
        return lambda *names: "/".join(names)

    @pytest.fixture
    def fs_path(self) -> str:
        return "judged"


class TestCopy(AbstractCopyTests, _Fixtures):
    """Copies within the drive."""


class TestGet(AbstractGetTests, _Fixtures):
    """Copies from the drive to this machine."""


class TestPut(AbstractPutTests, _Fixtures):
    """Copies from this machine to the drive."""


class TestPipe(AbstractPipeTests, _Fixtures):
    """Bytes that must be new."""


class TestOpen(AbstractOpenTests, _Fixtures):
    """Files that must be new."""
