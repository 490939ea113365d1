"""A token goes in place of a signature."""

import pytest

from tests.service.served import Answer, Event
from tests.service.shell import Invoke, Person, Serving, refusing


def test_a_token_goes_instead_of_a_signature(
    person: Person, serving: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That of the file named before that of the environment, and without any credentials."""
    seen: list[str] = []

    def look(event: Event, invoke: Invoke) -> Answer:
        seen.append(event["headers"]["authorization"])
        return invoke(event)

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("DRIVE_TOKEN", "of-the-environment")
    with serving(through=look):
        assert person("ls").code == 0
        assert person("ls", "--token-file", person.write("token", b"of-the-file\n")).code == 0
    assert seen == ["Bearer of-the-environment", "Bearer of-the-file"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "there is no token in "),
        (b"\n", "there is no token in "),
        ("gr\u00fc\u00dfe".encode(), "it is no text of a token"),
        (b"two words", "a token is letters, digits and -._~+/ only"),
        (None, "No such file or directory"),
    ],
)
def test_a_file_without_a_token_is_named(
    person: Person, monkeypatch: pytest.MonkeyPatch, content: bytes | None, said: str
) -> None:
    monkeypatch.setenv("DRIVE_URL", "http://127.0.0.1:9")
    file = str(person.folder / "none") if content is None else person.write("token", content)
    run = person("ls", "--token-file", file)
    assert (run.code, len(run.err.splitlines())) == (2, 1)
    assert said in run.err


def test_a_drive_that_wants_a_token_says_how_to_name_it(person: Person, serving: Serving) -> None:
    document = {"type": "urn:lambda-drive:unauthorized", "detail": "send the drive's token"}
    headers = {"Content-Type": "application/problem+json"}
    with serving(through=refusing(401, document, **headers)):
        run = person("ls")
    assert run.code == 5
    assert "401 Unauthorized: send the drive's token; name the token in DRIVE_TOKEN" in run.err
