"""Conditions of a put, a remove and a move."""

import pytest

from tests.service.shell import LARGE, Person


@pytest.mark.usefixtures("drive_url")
def test_conditions_keep_what_somebody_else_wrote(person: Person) -> None:
    for content in (b"small", LARGE):
        local = person.write("a", content)
        assert person("put", "--no-clobber", local).code == 0
        assert person("put", "--no-clobber", local).code == 4
        etag = person("ls", "a", "--json").json[0]["etag"]
        assert person("put", "--if-match", etag.strip('"'), local).code == 0
        run = person("put", "--if-match", etag, local)
        assert run.code == 4
        assert run.err.count("\n") == 2  # what it does, and why not
        assert "412 Precondition Failed" in run.err
        assert person("rm", "a").code == 0


@pytest.mark.usefixtures("drive_url")
def test_a_move_is_conditional_if_told_so(person: Person) -> None:
    for name in ("a", "b"):
        person("put", person.write(name, name.encode()))
    assert person("mv", "--no-clobber", "a", "b").code == 4
    assert person("mv", "--if-match", "no", "a", "b").code == 4
    assert person("mv", "a", "b", "--json").json[0]["replaced"] is True
    assert person("mv", "a", "b").code == 3
    assert person("mv", "b", "docs/", "--json").json[0]["replaced"] is False
    assert (person.drive / "docs" / "b").read_bytes() == b"a"


@pytest.mark.usefixtures("drive_url")
def test_the_files_of_a_directory_are_moved_and_what_may_not_go_stays(person: Person) -> None:
    """As what a backup restored goes to its place."""
    for name in ("old/a", "old/deep/b", "old/deep/c", "new/a"):
        person("put", person.write(name.replace("/", "-"), name.encode()), name)
    refused = person("mv", "-r", "--no-clobber", "old", "new")
    assert refused.code == 4
    assert "412 Precondition Failed" in refused.err
    left = {path.name for path in (person.drive / "old").rglob("*")}
    assert (left, (person.drive / "new" / "a").read_bytes()) == ({"a"}, b"new/a")
    again = person("mv", "-r", "old/", "new", "--json")
    assert [each["from"] for each in again.json] == ["old/a"]
    assert not (person.drive / "old").exists()
    found = {path.name: path.read_bytes() for path in (person.drive / "new").rglob("?")}
    assert found == {"a": b"old/a", "b": b"old/deep/b", "c": b"old/deep/c"}
    assert person("mv", "-r", "new", "into/").code == 0
    assert (person.drive / "into" / "new" / "deep" / "c").read_bytes() == b"old/deep/c"
    assert person("mv", "-r", "into/new/a", "a").code == 0
    assert person("mv", "-r", "nothing", "a").code == 3
