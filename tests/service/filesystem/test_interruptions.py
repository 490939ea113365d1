"""A drive that dies, or a network that breaks, in the middle of a read or of a write."""

import os
import pickle
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from drive_tools.filesystem.file_system import DriveFileSystem
from tests.service.served import Answer, Event, Served, serve
from tests.service.shell import LARGE, Invoke, Person, Serving


class _Breaking:
    """Lets the function do what it is asked to, and loses some of its answers."""

    def __init__(self, method: str, *numbers: int) -> None:
        self.method, self.numbers, self.count = method, numbers, 0
        self._lock = threading.Lock()

    def __call__(self, event: Event, invoke: Invoke) -> Answer | None:
        answer = invoke(event)
        if event["requestContext"]["http"]["method"] != self.method:
            return answer
        with self._lock:
            self.count += 1
            return None if self.count in self.numbers else answer


def test_a_read_goes_on_where_answers_were_lost(person: Person, serving: Serving) -> None:
    (person.drive / "a").write_bytes(LARGE)
    breaking = _Breaking("GET", 1, 3, 4)
    with serving(through=breaking) as url, DriveFileSystem(drive_url=url).open("a") as file:
        assert file.read() == LARGE
    assert breaking.count == 6


@pytest.mark.parametrize("method", ["POST", "PATCH", "PUT"])
def test_a_write_is_stored_once_where_answers_were_lost(
    person: Person, serving: Serving, method: str
) -> None:
    with serving(through=_Breaking(method, 1)) as url:
        drive = DriveFileSystem(drive_url=url)
        content = LARGE[:9] if method == "PUT" else LARGE
        with drive.open("a", "xb") as file:
            file.write(content)
        drive.mv("a", "b")
        assert drive.find("") == ["b"]
        assert drive.cat_file("b") == content


def test_a_drive_that_is_gone_for_good_ends_a_read_and_a_write_and_spoils_nothing(
    person: Person, tmp_path: Path
) -> None:
    with serve(person.drive) as url:
        drive = DriveFileSystem(drive_url=url, patience=0)
        drive.pipe_file("a", LARGE)
        reader = drive.open("a")
        assert reader.read(5) == LARGE[:5]
        writer = drive.open("a", "wb")
        writer.write(LARGE[::-1])
    for act in (reader.read, writer.close, lambda: drive.get_file("a", str(tmp_path / "b"))):
        with pytest.raises(ConnectionError):
            act()
    assert (person.drive / "a").read_bytes() == LARGE
    assert not (tmp_path / "b").exists()


def test_the_function_is_killed_in_the_middle_of_a_write_and_it_is_stored_whole(
    person: Person, serving: Serving
) -> None:
    served: list[Served] = []

    def killing(event: Event, invoke: Invoke) -> Answer:
        if event["requestContext"]["http"]["method"] == "PATCH" and served:
            served.pop().kill()
        return invoke(event)

    with serving(through=killing) as url:
        served.append(url)
        drive = DriveFileSystem(drive_url=url)
        with drive.open("a", "wb") as file:
            file.write(LARGE)
        assert not served
        assert drive.cat_file("a") == LARGE


def test_a_put_resumes_where_an_earlier_one_was_interrupted(
    person: Person, serving: Serving
) -> None:
    here = person.folder / "here"
    here.write_bytes(LARGE)
    offsets: list[str] = []

    def refusing(event: Event, invoke: Invoke) -> Answer:
        if event["requestContext"]["http"]["method"] == "PATCH":
            offsets.append(event["headers"]["upload-offset"])
            if len(offsets) == 2:
                return {"statusCode": 403}
        return invoke(event)

    with serving(through=refusing) as url:
        drive = DriveFileSystem(drive_url=url)
        with pytest.raises(PermissionError):
            drive.put_file(str(here), "a")
        drive.put(str(here), "a")
        assert drive.cat_file("a") == LARGE
    assert offsets == ["0", "4194304", "4194304", "8388608"]


def test_threads_share_a_file_system(drive: DriveFileSystem) -> None:
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda n: drive.pipe_file(f"docs/{n}", b"%d" % n), range(24)))
        read = list(threads.map(lambda n: drive.cat_file(f"docs/{n}"), range(24)))
    assert read == [b"%d" % number for number in range(24)]


def test_a_copy_in_another_process_is_of_the_same_drive_and_holds_no_secret(
    person: Person, serving: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DRIVE_TOKEN", "the-token")
    with serving() as url:
        drive = DriveFileSystem()
        assert drive.url == url
        packed, told = pickle.dumps(drive), drive.to_json()
        monkeypatch.setenv("DRIVE_URL", "http://127.0.0.1:1")
        assert DriveFileSystem() != drive
        for copy in (pickle.loads(packed), DriveFileSystem.from_json(told)):
            assert isinstance(copy, DriveFileSystem)
            assert copy == drive
            assert (copy.url, hash(copy), copy.fsid) == (url, hash(drive), drive.fsid)
        secrets = [os.environ["AWS_SECRET_ACCESS_KEY"], "the-token", str(person.folder)]
        assert not [each for each in secrets if each in told or each.encode() in packed]
