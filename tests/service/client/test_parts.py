"""What other programs ask of the client: a part of a file, and whether a directory is there."""

import os
from pathlib import Path

from drive_tools.client.crew import Crew
from drive_tools.client.download import pieces
from drive_tools.client.drive_client import DriveClient
from drive_tools.client.http_client import TokenClient
from drive_tools.client.retries import Patience
from tests.patience import PATIENCE_SECONDS
from tests.service.served import Answer, Event, serve
from tests.service.shell import MIB, Invoke


def client(url: str) -> DriveClient:
    return DriveClient(url, TokenClient(url, "t"), Patience(PATIENCE_SECONDS, print))


def test_a_part_of_a_file_is_read_and_nothing_behind_it(tmp_path: Path) -> None:
    content = os.urandom(13 * MIB)
    (tmp_path / "a").write_bytes(content)
    asked: list[str] = []

    def through(event: Event, invoke: Invoke) -> Answer:
        asked.append(event["headers"].get("range", "no range"))
        return invoke(event)

    with serve(tmp_path, workers=2, through=through) as url, Crew(4) as crew:
        for start, end in ((0, 1), (3, 9), (MIB, 10 * MIB + 5), (12 * MIB, 13 * MIB)):
            asked.clear()
            parts = pieces(client(url), "a", start, None, crew, end=end)
            assert b"".join(part.content for part in parts) == content[start:end]
            assert max(int(each.rpartition("-")[2]) for each in asked) == end - 1


def test_a_directory_is_told_from_a_file_and_from_nothing(tmp_path: Path) -> None:
    (tmp_path / "d é?").mkdir()
    (tmp_path / "f").write_bytes(b"")
    with serve(tmp_path) as url:
        names = ("", "d é?", "f", "f/x", "nothing")
        assert [client(url).is_directory(name) for name in names] == [True, True] + [False] * 3
