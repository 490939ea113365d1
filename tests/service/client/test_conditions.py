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
