"""What `ops env` refuses before it changes anything."""

import os
import pty
from typing import Any

import pytest

from ops.__main__ import main
from tests.fake_lambda import ARN, KEY_ARN, NAME, READ, UPDATE, FakeLambda
from tests.patience import PATIENCE_SECONDS
from tests.service.env.person import CANARY, OLD, Person, room_left


def test_a_command_line_that_makes_no_sense_is_not_repeated(
    cloud: FakeLambda, person: Person
) -> None:
    (person.folder / "twice.env").write_text("AB=1")
    wrong: list[tuple[str, ...]] = [
        ("set", CANARY),
        ("set", f"={CANARY}"),
        ("set", "AB=1", "--yes", CANARY),
        ("export", "a.env", "--json", CANARY),
        ("set", "AB=1", "--secret=canary"),
        ("set", "AB=1", "--yes=canary"),
        ("unset", f"AB={CANARY}"),
        ("get", f"AB={CANARY}"),
        ("set", f"AB={CANARY}", "AB=2"),
        ("set", "AB=-", "CD=-"),
        ("set", "AB=@nowhere"),
        ("set", "AB=1", "--timeout=soon"),
        ("import", "nowhere"),
        ("diff",),
        ("diff", "twice.env", "--template", "."),
        ("diff", "--template", "."),
        ("export", "."),
    ]
    for words in wrong:
        run = person(*words)
        assert run.code == 2, words
        assert run.err, words
    assert UPDATE not in cloud.calls


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["AWS_REGION=x"], "environment variable 'AWS_REGION' is reserved by Lambda"),
        (["2A=x"], "names are a letter, then letters, digits or '_'"),
        (["A=x"], "at least two characters in all"),
        (["AB=" + "ü" * 2048], "bytes more than the 4096 that Lambda takes"),
        (["AB=-"], "the value of AB is no text: it is not UTF-8"),
        (["AB=\udcff"], "the value of AB is no text: it is not UTF-8"),
        (["AB=@nul"], "the value of AB is no text: it has a NUL byte"),
        (["AB=@/dev/zero"], "the value of AB is larger than 4096 bytes"),
    ],
)
def test_what_lambda_would_not_take_is_refused_before(
    cloud: FakeLambda, person: Person, words: list[str], message: str
) -> None:
    (person.folder / "nul").write_bytes(b"canary\0")
    run = person("set", *words, stdin=b"canary \xff")
    assert run.code == 3
    assert message in run.err
    assert UPDATE not in cloud.calls


def test_the_bytes_of_the_merged_map_count_and_what_is_left_is_said(
    cloud: FakeLambda, person: Person
) -> None:
    room = room_left(cloud) - len("AB")
    refused = person("set", "AB=" + "x" * (room + 1))
    assert refused.code == 3
    assert "1 bytes more than the 4096 that Lambda takes" in refused.err
    assert f"{room_left(cloud)} are left now" in refused.err
    # Names and values fit; what AWS measures, and quotes in its refusal, does not.
    run = person("set", "AB=" + "x" * room)
    assert run.code == 3
    assert "it counts the quotes, colons and commas of their JSON" in run.err
    assert "is over 4 KB" in person("set", "AB=" + "x" * room, "--dry-run").err
    assert cloud.variables == OLD
    assert person.entries == []


@pytest.mark.parametrize("verb", ["get", "set", "unset", "export"])
def test_variables_that_cannot_be_read_are_not_taken_for_none(
    cloud: FakeLambda, person: Person, verb: str
) -> None:
    words = {"get": [], "set": ["AB=1"], "unset": ["URL"], "export": ["f"]}[verb]
    cloud.key = KEY_ARN
    said = {"ErrorCode": "AccessDeniedException", "Message": "Lambda was unable to decrypt"}
    answers: list[dict[str, Any]] = [{"Error": said}, {"Error": said, "Variables": {}}, {}]
    for environment in [*answers, {"Variables": {}}]:
        cloud.environment = environment
        run = person(verb, *words)
        assert run.code == 3
        assert f"kms:Decrypt on the key {KEY_ARN}" in run.err
    assert UPDATE not in cloud.calls
    # An error is one whatever is assumed.
    cloud.environment = {"Error": said}
    assert person(verb, *words, "--assume-empty").code == 3


def test_a_function_that_has_a_key_and_really_no_variables_takes_a_word_and_a_yes(
    cloud: FakeLambda, person: Person
) -> None:
    cloud.key, cloud.variables = KEY_ARN, {}
    assert "--assume-empty" in person("set", "AB=1").err
    assert person("set", "AB=1", "--assume-empty").code == 3
    assert person("set", "AB=1", "--assume-empty", "--yes").code == 0
    assert cloud.variables == {"AB": "1"}


def test_a_version_is_refused_and_an_alias_explained(
    cloud: FakeLambda, person: Person, capfd: pytest.CaptureFixture[str]
) -> None:
    cloud.versions = {"7": {"AB": "of 7"}}
    cloud.aliases = {"live": ("7", {}), "split": ("7", {"8": 0.1}), "newest": ("$LATEST", {})}

    def run(verb: str, function: str, *words: str) -> tuple[int, str, str]:
        code = main(["env", verb, function, *words])
        return code, *capfd.readouterr()

    code, _, err = run("set", f"{NAME}:7", "AB=1")
    assert code == 3
    assert "dev-files:7 is a published version, which never changes; change dev-files" in err
    code, _, err = run("set", f"{NAME}:live", "AB=1")
    assert code == 0
    assert "alias live serves version 7, which stays as it is: $LATEST alone changes" in err
    assert cloud.variables == {**OLD, "AB": "1"}
    assert cloud.versions == {"7": {"AB": "of 7"}}
    code, _, err = run("set", f"{ARN}:split", "AB=2")
    assert "alias split serves version 7 and 8, which" in err
    code, _, err = run("set", f"{NAME}:newest", "AB=3")
    assert "warn" not in err
    assert "the alias newest serves $LATEST" in err
    assert cloud.variables["AB"] == "3"
    assert run("set", f"{NAME}:none", "AB=4")[0] == 5
    assert run("get", f"{NAME}:live", "--show")[1] == "AB=of 7\n"
    assert run("get", f"{NAME}:7", "--show")[1] == "AB=of 7\n"
    assert "AB=3\n" in run("get", f"{NAME}:$LATEST", "--show")[1]
    assert run("get", f"{ARN}", "--region", "us-east-1")[0] == 2
    person.sees_no_secret("")


def test_nothing_dangerous_hangs_without_a_terminal(cloud: FakeLambda, person: Person) -> None:
    run = person("unset", "URL", "LOG_LEVEL")
    assert run.code == 3
    assert "to be removed: LOG_LEVEL, URL: pass --yes to do it; there is no terminal" in run.err
    assert cloud.variables == OLD
    assert person("unset", "URL", "LOG_LEVEL", "--yes").code == 0


@pytest.mark.parametrize(("answer", "code"), [("y\n", 0), ("\n", 3)])
def test_a_person_at_a_terminal_is_asked(
    cloud: FakeLambda, person: Person, answer: str, code: int
) -> None:
    cloud.reads_in_progress = 3
    ours, theirs = pty.openpty()
    words = ["unset", NAME, "URL", "LOG_LEVEL"]
    process = person.process(*words, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    seen = ""
    asked = False
    while process.poll() is None or "changed" not in seen:
        try:
            seen += os.read(ours, 4096).decode()
        except OSError:
            break
        if "Continue? [y/N]" in seen and not asked:
            asked = True
            os.write(ours, answer.encode())
    os.close(ours)
    assert process.wait(PATIENCE_SECONDS) == code, seen
    assert ("URL" in cloud.variables) == (code == 3)
    assert ("waiting until the change is in force" in seen) == (code == 0)
    person.sees_no_secret(seen)


def test_no_credentials_no_region_and_no_profile_are_wrong_usage(
    cloud: FakeLambda, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "none" in person("get", "--profile", "none").err
    assert person("get", "--profile", "none").code == 2
    monkeypatch.delenv("AWS_REGION")
    assert (person("get").code, person("get", "--region", "eu-central-1").code) == (2, 0)
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    assert person("get", "--endpoint-url", "nonsense").code == 2
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    assert person("get").code == 2
    assert cloud.count(READ) == 1
