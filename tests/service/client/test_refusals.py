"""What a drive refuses is told in its words."""

import pytest

from tests.service.shell import LARGE, Person, Serving, refusing

PROBLEM = {"type": "urn:lambda-drive:no-space", "detail": "the drive\x1b[2J is full"}


@pytest.mark.parametrize(
    ("status", "code", "text"),
    [
        (401, 5, "401 Unauthorized: no; check the credentials (--profile)"),
        (403, 5, "403 Forbidden: no; check the credentials (--profile)"),
        (404, 3, "404 Not Found: no; check that the URL is that of a drive"),
        (409, 4, "409 Conflict: no"),
        (413, 7, "413 "),
        (418, 1, "418"),
        (301, 1, "301 Moved Permanently"),
        (500, 1, "500 Internal Server Error: no"),
        (503, 1, "503 Service Unavailable: no; try again later"),
        (
            429,
            1,
            "429 Too Many Requests: no; try again later; if it stays so, the drive's brake is on",
        ),
    ],
)
def test_a_refusal_is_one_line_and_its_exit_code(
    person: Person, serving: Serving, status: int, code: int, text: str
) -> None:
    with serving(workers=0, through=refusing(status)):
        run = person("rm", "a", "--patience", "0")
    assert run.code == code
    assert run.err.startswith(f"drive: cannot remove a: {text}")
    assert run.err.count("\n") == 1


def test_a_problem_of_the_drive_is_told_in_its_words_but_steers_no_terminal(
    person: Person, serving: Serving
) -> None:
    problem = refusing(507, PROBLEM, **{"Content-Type": "application/problem+json"})
    with serving(workers=0, through=problem):
        run = person("put", person.write("a", b"a"))
    assert run.code == 7
    assert run.err.splitlines()[-1] == (
        "drive: cannot put a: 507 Insufficient Storage: the drive\\x1b[2J is full;"
        " remove something, or raise the drive's limit"
    )


def test_a_file_larger_than_the_drive_takes_is_refused(person: Person, serving: Serving) -> None:
    with serving(MAX_FILE_BYTES="5"):
        assert person("put", person.write("a", b"123456")).code == 7
        assert person("put", person.write("b", LARGE)).code == 7
    with serving(MOUNT_ACCESS="read-only"):
        (person.drive / "c").write_bytes(b"c")
        person.drive.chmod(0o500)
        assert person("get", "c").code == 0
    person.drive.chmod(0o700)


@pytest.mark.usefixtures("drive_url")
@pytest.mark.parametrize(
    "words", [("get", "a?b"), ("rm", "a?b"), ("mv", "a?b", "c"), ("ls", "a?/")]
)
def test_a_name_that_an_api_would_cut_is_not_asked_for(
    person: Person, words: tuple[str, ...]
) -> None:
    for name in ("a", "a?b", "c"):
        (person.drive / name).write_bytes(name.encode())
    before = sorted(path.name for path in person.drive.iterdir())
    run = person(*words, "--service", "execute-api")
    assert run.code == 2
    assert "API Gateway takes no '?' in a name; use the function URL" in run.err
    assert sorted(path.name for path in person.drive.iterdir()) == before
    assert list(person.folder.iterdir()) == []
    assert person("get", "c", "-", "--service", "execute-api").out == "c"


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[" * 100_000,
        "[]",
        '{"entries": [{}], "cursor": null}',
        '{"entries": [{"name": "a", "kind": "file", "size": Infinity, "modified": 1}]}',
        "<html>",
    ],
)
def test_an_answer_of_something_else_is_told_in_a_line(
    person: Person, serving: Serving, body: str
) -> None:
    answer = {"statusCode": 200, "headers": {}, "body": body}
    with serving(workers=0, through=lambda *_: answer):
        for words in (("ls",), ("get", "a")):
            run = person(*words, "--quiet")
            assert run.code == 1
            assert run.err.endswith("check that the URL is that of a drive\n")
            assert run.err.count("\n") == 1
        assert person("put", person.write("a", LARGE), "--quiet").code == 1
