"""A listing is whole, and leads nowhere."""

import pytest

from tests.service.served import Answer, Event, Served
from tests.service.shell import Invoke, Person, Serving, refusing


@pytest.mark.usefixtures("drive_url")
def test_a_listing_has_all_pages_and_a_file_is_listed_too(person: Person) -> None:
    for number in range(1001):
        (person.drive / f"{number:04}").touch()
    lines = person("ls").out.splitlines()
    assert [line.split()[-1] for line in lines] == [f"{number:04}" for number in range(1001)]
    assert person("ls", "0007", "--json").json[0]["size"] == 0
    assert person("ls", "0007/").code == 4
    assert person("ls", "nothing").code == 3


def test_a_listing_cannot_steer_the_terminal(person: Person, drive_url: Served) -> None:
    (person.drive / "a\x1b[2Jb\n\u202e").touch()
    out = person("ls", "--url", drive_url).out
    assert out.endswith("a\\x1b[2Jb\\n\\u202e\n")


@pytest.mark.usefixtures("drive_url")
def test_a_page_of_a_listing_may_begin_with_a_question_mark(person: Person) -> None:
    for number in range(3):
        (person.drive / f"?{number}").write_bytes(b"")
    run = person("ls", "--json", "--service", "execute-api")
    assert run.code == 0
    assert run.out.count("\n") == 3


def test_a_hostile_listing_leads_nowhere(person: Person, serving: Serving) -> None:
    names = [
        "../evil",
        "..",
        ".",
        "",
        "a/b",
        "/etc/passwd",
        "nul\0",
        "\ud800",
        "linked",
        "link",
        ".drive-a",
        "good",
    ]
    entries = [
        {"name": name, "kind": "file", "size": 1, "modified": "", "etag": None} for name in names
    ]
    entries[-4]["kind"] = "directory"
    page = refusing(200, {"entries": entries, "cursor": None})
    (person.drive / "good").write_bytes(b"1")
    (person.drive / "link").write_bytes(b"1")
    outside = person.folder / "outside"
    outside.mkdir()
    (person.folder / "to").mkdir()
    (person.folder / "to" / "linked").symlink_to(outside)
    (person.folder / "to" / "link").symlink_to(outside / "file")

    def through(event: Event, invoke: Invoke) -> Answer:
        return page() if event["rawPath"] == "/files/" else invoke(event)

    with serving(through=through):
        run = person("get", "-r", "/", "to")
        assert run.code == 1
        assert "drive: 11 failed, 1 done" in run.err
    assert (person.folder / "to" / "good").read_bytes() == b"1"
    assert list(outside.iterdir()) == []
    assert sorted(path.name for path in (person.folder / "to").iterdir()) == [
        "good",
        "link",
        "linked",
    ]
