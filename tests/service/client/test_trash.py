"""What was removed or replaced by a command comes back by one."""

import json
from collections.abc import Iterator

import pytest

from tests.service.served import Answer, Event
from tests.service.shell import Invoke, Person, Serving, method, refusing

DAYS = {"TRASH_DAYS": "7"}


@pytest.fixture
def kept(person: Person, serving: Serving) -> Iterator[list[str]]:
    """A drive with a trash, in which `docs/a` was replaced, and all of `docs` removed."""
    with serving(prefix="/some/prefix", **DAYS):
        for content in (b"old", b"newer"):
            assert person("put", person.write("a", content), "docs/").code == 0
        assert person("put", person.write("b", b"b"), "docs/deep/").code == 0
        assert person("rm", "-r", "docs").code == 0
        yield [each["id"] for each in person("trash", "--json").json]


def read(person: Person, name: str) -> bytes:
    path = person.drive / name
    return path.read_bytes() if path.exists() else b""


@pytest.mark.usefixtures("kept")
def test_the_trash_is_listed_for_people_and_for_programs(person: Person) -> None:
    lines = person("trash").out.splitlines()
    assert [line.split()[-2:] for line in lines] == [
        ["delete", "docs/deep/b"],
        ["delete", "docs/a"],
        ["put", "docs/a"],
    ] or [line.split()[-2:] for line in lines] == [
        ["delete", "docs/a"],
        ["delete", "docs/deep/b"],
        ["put", "docs/a"],
    ]
    told = person("trash", "--json", "docs/a").json
    assert [(each["act"], each["path"], each["size"]) for each in told] == [
        ("delete", "docs/a", 5),
        ("put", "docs/a", 3),
    ]
    assert set(told[0]) == {
        *("id", "path", "act", "trashed", "expires", "size", "modified", "etag"),
    }
    assert len(person("trash", "--json", "docs/").json) == 3
    assert person("trash", "--json", "doc").json == []


@pytest.mark.usefixtures("kept")
def test_a_file_comes_back_as_it_was_last(person: Person) -> None:
    run = person("restore", "/docs/a", "--json")
    assert run.code == 0, run.err
    [told] = run.json
    assert (told["restored"], told["replaced"]) == ("docs/a", False)
    assert read(person, "docs/a") == b"newer"
    again = person("restore", "docs/a")
    assert again.code == 4
    assert "412" in again.err


def test_a_version_comes_back_by_its_id_elsewhere_or_over_what_is_there(
    person: Person, kept: list[str]
) -> None:
    oldest = kept[-1]
    assert person("restore", oldest, "--to", "other/").code == 0
    assert read(person, "other/a") == b"old"
    assert person("restore", oldest).code == 3
    assert person("restore", "docs/a").code == 0
    etag = person("ls", "--json", "docs/a").json[0]["etag"]
    person("rm", "other/a")
    for words, code in (
        ((), 4),
        (("--overwrite", "--if-match", "1-2-3"), 4),
        (("--if-match", etag), 2),
        (("--overwrite", "--if-match", etag), 0),
    ):
        assert person("restore", "other/a", "--to", "docs/a", *words).code == code, words
    assert read(person, "docs/a") == b"old"
    assert [each["act"] for each in person("trash", "--json", "docs/a").json] == ["restore"]


@pytest.mark.usefixtures("kept")
def test_what_was_removed_of_a_tree_comes_back_together(person: Person) -> None:
    run = person("restore", "-r", "docs", "--json")
    assert run.code == 0, run.err
    assert [each["restored"] for each in run.json] == ["docs/a", "docs/deep/b"]
    assert (read(person, "docs/a"), read(person, "docs/deep/b")) == (b"newer", b"b")
    assert [each["act"] for each in person("trash", "--json").json] == ["put"]
    # What was only replaced is there, and stays.
    assert person("restore", "-r", "docs").code == 3
    assert person("restore", "-r", "docs", "--to", "x").code == 2


@pytest.mark.usefixtures("kept")
def test_versions_are_deleted_for_good(person: Person) -> None:
    assert person("trash", "--delete").code == 2
    assert len(person("trash", "--delete", "docs/a", "--json").json) == 2
    assert [each["path"] for each in person("trash", "--json").json] == ["docs/deep/b"]
    assert person("trash", "--delete", "/").code == 0
    assert person("trash").out == ""
    assert person("restore", "docs/a").code == 3


def test_all_pages_are_listed_and_deleted(person: Person, serving: Serving) -> None:
    with serving(**DAYS):
        trash = person.drive / ".drive-trash"
        trash.mkdir()
        for number in range(1001):
            (trash / f"{number:016x}00000000-delete-{number}").write_bytes(b"")
        told = person("trash", "--json").json
        assert [each["path"] for each in told] == [str(n) for n in range(1000, -1, -1)]
        assert person("restore", "0").code == 0
        assert person("trash", "--delete", "/", "-q").code == 0
        assert list(trash.iterdir()) == []


def test_a_restore_whose_answer_was_lost_is_known_to_be_done(
    person: Person, serving: Serving
) -> None:
    lost: list[str] = []

    def lose(event: Event, invoke: Invoke) -> Answer | None:
        answer = invoke(event)
        if method(event) == "POST" and not lost:
            lost.append(event["rawPath"])
            return None
        return answer

    with serving(through=lose, **DAYS):
        person("put", person.write("a", b"old"))
        person("rm", "a")
        run = person("restore", "a", "--json")
    assert lost
    assert run.code == 0, run.err
    assert run.json[0]["replaced"] is None
    assert read(person, "a") == b"old"


@pytest.mark.parametrize(
    "document", [[], {}, {"versions": [{}], "cursor": None}, {"versions": None, "cursor": None}]
)
def test_an_answer_that_is_no_list_is_no_drives(
    person: Person, serving: Serving, document: object
) -> None:
    with serving(through=refusing(200, document)):
        run = person("trash")
    assert run.code == 1
    assert "no list of versions" in run.err


def test_a_hostile_list_cannot_steer_the_terminal_or_lead_elsewhere(
    person: Person, serving: Serving
) -> None:
    version = {
        "id": "../../files/a?x\x1b[2J",
        "path": "a\x1b[2Jb/../c",
        "act": "\x1b[2J",
        "size": 1,
        **dict.fromkeys(("trashed", "expires", "modified", "etag"), "\x1b[2J"),
    }
    seen: list[Event] = []

    def answer(event: Event, _: Invoke) -> Answer:
        seen.append(event)
        body = json.dumps({"versions": [version], "cursor": None})
        return {"statusCode": 200, "headers": {}, "body": body}

    with serving(through=answer):
        run = person("trash")
        assert "\x1b" not in run.out + run.err
        run = person("trash", "--delete", "/")
        assert "\x1b" not in run.out + run.err
        assert person("restore", str(version["id"])).code == 2
    deleted = [event["rawPath"] for event in seen if method(event) == "DELETE"]
    assert deleted == ["/trash/..%2F..%2Ffiles%2Fa%3Fx%1B%5B2J"]
