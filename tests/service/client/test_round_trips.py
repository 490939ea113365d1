"""Files and directories go to a drive and come back as they were."""

import hashlib

import pytest

from tests.service.shell import LARGE, MIB, Person, finish


@pytest.mark.usefixtures("drive_url")
@pytest.mark.parametrize("content", [b"", b"x", LARGE[: 4 * MIB], LARGE], ids=len)
def test_a_file_comes_back_byte_for_byte(person: Person, content: bytes) -> None:
    local = person.write("a.bin", content)
    digest = hashlib.sha256(content).hexdigest()
    [put] = person("put", local, "docs/", "--json").json
    assert (person.drive / "docs" / "a.bin").read_bytes() == content
    [got] = person("get", "docs/a.bin", "b.bin", "--json", "--sha256", digest).json
    assert (person.folder / "b.bin").read_bytes() == content
    for result in (put, got):
        assert (result["size"], result["sha256"]) == (len(content), digest)
    assert put["etag"] == got["etag"] == person("ls", "--json", "docs").json[0]["etag"]
    assert sorted(path.name for path in person.folder.iterdir()) == ["a.bin", "b.bin"]
    assert person.uploads == []


NAMES = [
    *("a b", "ä/ü/日本 🗂", "100%", "%41%2e", "a?b#c&d=e+f;g:h@i!$,", "~x'\"", "a\\b", ".hidden"),
    *("x..y", "-r", "a\nb\x1b[31m", "*"),
]


@pytest.mark.usefixtures("drive_url")
def test_any_name_can_be_put_listed_got_moved_and_removed(person: Person) -> None:
    local = person.write("a", b"content")
    for name in NAMES:
        assert person("put", local, f"/{name}").code == 0
        assert (person.drive / name).read_bytes() == b"content"
        assert person("get", f"/{name}", "back").code == 0
        assert (person.folder / "back").read_bytes() == b"content"
        assert person("mv", f"/{name}", f"/moved to/{name}").code == 0
    listed = [entry["name"] for entry in person("ls", "--json", "moved to").json]
    assert listed == sorted({name.partition("/")[0] for name in NAMES})
    for name in NAMES:
        assert person("rm", f"/moved to/{name}").code == 0
        assert not (person.drive / "moved to" / name).exists()


@pytest.mark.usefixtures("drive_url")
def test_standard_streams_are_files_too(person: Person) -> None:
    for content in (LARGE, b"small"):
        local = person.write("in", content)
        with open(local) as source:
            assert finish(person.process("put", "-", "s.bin", stdin=source)).code == 0
        assert (person.drive / "s.bin").read_bytes() == content
        result = person.folder / "out"
        with open(result, "wb") as output:
            assert finish(person.process("get", "s.bin", "-", stdout=output)).code == 0
        assert result.read_bytes() == content


@pytest.mark.usefixtures("drive_url")
def test_directories_go_there_and_back(person: Person) -> None:
    names = ["a.txt", "b/c.txt", "b/d/e.txt"]
    for name in names:
        person.write(f"photos/{name}", name.encode())
    (person.folder / "photos" / "link").symlink_to("/etc")
    put = person("put", "-r", "photos", "archive/")
    assert put.code == 0
    assert "left out photos/link" in put.err
    assert person("get", "-r", "archive", "copy").code == 0
    copies = {path for path in (person.folder / "copy").rglob("*") if path.is_file()}
    assert copies == {person.folder / "copy" / "photos" / name for name in names}
    assert (person.folder / "copy" / "photos" / "b" / "c.txt").read_bytes() == b"b/c.txt"
    assert person("rm", "archive").code == 4
    removed = person("rm", "-r", "archive", "--json").json
    assert removed[-1] == {"removed": "archive"}
    assert person("ls", "--json").json == []
    assert person("get", "-r", "archive").code == 3


@pytest.mark.usefixtures("drive_url")
@pytest.mark.parametrize(
    ("local", "place"),
    [
        (None, "photos"),
        ("copy", "copy"),
        ("copy/", "copy/photos"),
        ("a/copy", "a/copy"),
        (".", "photos"),
        ("..", "../photos"),
        ("../up", "../up"),
    ],
)
def test_the_same_command_gets_a_directory_to_the_same_place_again(
    person: Person, local: str | None, place: str
) -> None:
    (person.drive / "photos" / "b").mkdir(parents=True)
    (person.drive / "photos" / "b" / "c").write_bytes(b"c")
    words = ["get", "-r", "photos", *([local] if local else [])]
    first, again = person(*words), person(*words)
    assert (first.code, again.code) == (0, 0)
    assert (person.folder / place / "b" / "c").read_bytes() == b"c"
    assert len(list(person.folder.parent.resolve().rglob("c"))) == 2  # here, and on the drive
    assert "0 files, 0 B; 1 unchanged" in again.err


@pytest.mark.usefixtures("drive_url")
def test_what_is_refused_says_what_is_in_the_way_and_what_to_do(person: Person) -> None:
    (person.drive / "films").mkdir()
    (person.drive / "t").write_bytes(b"a file")
    person.write("photos/a", b"a")
    (person.folder / "photos" / "link").symlink_to("a")
    for words, line in (
        (["get", "films"], "; -r gets all that is in a directory"),
        (["mv", "films", "x"], "; -r moves the files of a directory"),
        (["put", "-r", "photos", "t"], "cannot put t/: t is a file on the drive; remove it"),
        (
            ["put", "-r", "photos", "t/"],
            "cannot put t/photos/: t is a file on the drive; remove it",
        ),
        (["sync", "photos", "t/b/c"], "cannot put t/b/c/: t is a file on the drive; remove it"),
    ):
        run = person(*words)
        assert run.code == 4
        assert line in run.err
    assert "left out photos/link: a symbolic link" in person("put", "-r", "photos").err


@pytest.mark.usefixtures("drive_url")
def test_several_files_go_into_a_directory_and_what_fails_does_not_stop_the_rest(
    person: Person,
) -> None:
    for name in ("a", "c"):
        person.write(name, name.encode())
    (person.drive / "docs").mkdir()
    (person.drive / "docs" / "a").mkdir()
    run = person("put", "a", "missing", "c", "docs/")
    assert run.code == 4  # of the first that failed
    assert "drive: missing: No such file or directory" in run.err
    assert "drive: 2 failed, 1 done" in run.err
    assert (person.drive / "docs" / "c").read_bytes() == b"c"


@pytest.mark.usefixtures("drive_url")
def test_names_as_long_as_a_disk_takes_are_put_and_got(person: Person) -> None:
    (person.folder / "back").mkdir()
    for length in (245, 246, 255):
        name = "ä" * (length // 2) + "b" * (length % 2)
        content = LARGE if length == 255 else b"small"
        assert person("put", person.write(f"here/{name}", content), "there/").code == 0
        assert person("get", f"there/{name}", "back/").code == 0
        assert (person.folder / "back" / name).read_bytes() == content
