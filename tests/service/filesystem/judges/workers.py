"""Workers as torch's DataLoader has them read from the drive of DRIVE_URL.

Each one that is started anew imports what this module imports.
"""

import multiprocessing
import pickle
from typing import IO

import fsspec

from drive_tools.filesystem.file_system import DriveFileSystem


def of_a_worker(drive: DriveFileSystem, file: IO[bytes]) -> bytes:
    """Read in another process by a file system, and a file, that came from here."""
    return drive.cat_file("a") + file.read(3)


def by_workers(drive: DriveFileSystem) -> None:
    """Read in workers that are forked, and that are started anew."""
    drive.pipe_file("a", b"123456789")
    for way in ("fork", "spawn"):
        with drive.open("a") as file:
            file.seek(2)
            assert file.read(1) == b"3"
            with multiprocessing.get_context(way).Pool(2) as pool:
                works = [pool.apply_async(of_a_worker, (drive, file)) for _ in range(4)]
                assert [work.get() for work in works] == [b"123456789456"] * 4
            assert file.read() == b"456789"
    assert pickle.loads(pickle.dumps(drive)) == drive


if __name__ == "__main__":
    drive = fsspec.filesystem("drive")
    assert isinstance(drive, DriveFileSystem)
    by_workers(drive)
    print("done")
