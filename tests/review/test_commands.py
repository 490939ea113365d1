"""The command: what it prints, writes and refuses."""

import io
import json
from pathlib import Path

import pytest

from drive_tools.exit_codes import DONE, FAILED, WRONG_USAGE
from ops.__main__ import main
from tests.review.apps import Json, resource

QUEUE = resource("AWS::SQS::Queue", "Dev/Data/Queue/Resource", VisibilityTimeout=7)


def assembly(folder: Path, resources: dict[str, Json]) -> str:
    """Write a cloud assembly of one stack."""
    folder.mkdir()
    stack = {
        "type": "aws:cloudformation:stack",
        "environment": "aws://unknown-account/unknown-region",
        "displayName": "Dev/Data",
        "properties": {"templateFile": "Data.template.json", "stackName": "Dev-Data"},
    }
    manifest = {"version": "54.0.0", "artifacts": {"Data": stack}}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    (folder / "Data.template.json").write_text(json.dumps({"Resources": resources}))
    return str(folder)


@pytest.fixture
def both(tmp_path: Path) -> tuple[str, str]:
    """A version with a queue, and one without."""
    return assembly(tmp_path / "before", {"Q": QUEUE}), assembly(tmp_path / "after", {})


def test_all_forms_are_written_and_say_the_same(
    both: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["review", *both, "--folder", str(tmp_path / "a" / "b")]) == DONE
    screen = capsys.readouterr()
    first = screen.out.splitlines()[0]
    assert first == "Dev: Data/Queue is deleted (its messages)."
    assert f"the whole review: {tmp_path}/a/b/review.html" in screen.err
    digest = screen.err.splitlines()[-1].removeprefix("its digest: ")
    written = {each.name: each.read_text() for each in (tmp_path / "a" / "b").iterdir()}
    assert set(written) == {"review.html", "review.md", "review.json"}
    report = json.loads(written["review.json"])
    assert (report["verdict"], report["digest"]) == (first, digest)
    assert all(first in each and digest in each for each in written.values())
    assert main(["review", *both, "--json"]) == DONE
    assert capsys.readouterr().out == written["review.json"]
    one = ["--html", str(tmp_path / "x.html"), "--markdown", str(tmp_path / "x.md")]
    assert main(["review", *both, *one]) == DONE
    assert (tmp_path / "x.md").read_text() == written["review.md"]
    assert (tmp_path / "x.html").read_text() == written["review.html"]


def test_the_digest_is_of_what_is_said_and_not_of_where(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    digests = []
    for number, timeout in enumerate((8, 8, 9)):
        before = assembly(tmp_path / f"{number}b", {"Q": QUEUE})
        changed = resource("AWS::SQS::Queue", "Dev/Data/Queue/Resource", VisibilityTimeout=timeout)
        after = assembly(tmp_path / f"{number}a", {"Q": changed})
        assert main(["review", before, after, "--json"]) == DONE
        digests.append(json.loads(capsys.readouterr().out)["digest"])
    assert digests[0] == digests[1] != digests[2]


@pytest.mark.parametrize(
    ("answer", "code"), [("y\n", DONE), ("n\n", FAILED), ("", FAILED)], ids=["yes", "no", "nobody"]
)
def test_a_person_is_asked_about_what_is_to_be_looked_at(
    both: tuple[str, str],
    answer: str,
    code: int,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(answer))
    assert main(["review", *both, "--first-screen", "--ask", "--stage", "Dev"]) == code
    printed = capsys.readouterr()
    assert "Data/Queue is deleted (its messages)" in printed.out
    assert ("nobody answers" in printed.err) == (answer == "")
    asked = printed.out
    assert main(["review", both[0], both[0], "--first-screen", "--ask"]) == DONE
    assert capsys.readouterr().out == "No change in meaning.\n"
    assert "Go on?" in asked


def test_a_stage_is_compared_with_what_is_deployed(
    both: tuple[str, str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "ops.deployment.bootstrap_roles.deployed_template", lambda _: {"Resources": {"Q": QUEUE}}
    )
    assert main(["review", "deployed", both[1], "--stage", "Dev"]) == DONE
    assert capsys.readouterr().out.startswith("Dev: Data/Queue is deleted (its messages).")
    assert main(["review", "deployed", both[1], "--stage", "Prod"]) == WRONG_USAGE
    assert "has no stage 'Prod', its stages are: Dev" in capsys.readouterr().err


def test_another_change_than_the_reviewed_one_is_refused(
    both: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """By what it means, and by what the templates say: the content of assets has no weight."""
    code = {name: name * 64 for name in "abc"}

    def function(name: str, **metadata: str) -> str:
        made = resource("AWS::Lambda::Function", "Dev/F", Code={"S3Key": f"{code[name]}.zip"})
        made["Metadata"] |= metadata
        return assembly(tmp_path / f"{name}{len(metadata)}", {"F": made})

    before, after, other = function("a"), function("b"), function("c")
    assert main(["review", before, after, "--json"]) == DONE
    reviewed = json.loads(capsys.readouterr().out)
    assert reviewed["verdict"] == "No change in meaning."
    for same in (after, function("b", asset="/elsewhere")):
        assert main(["review", before, same, "--expect", reviewed["digest"]]) == DONE
    capsys.readouterr()
    for versions in ((before, other), (after, after), both):
        assert main(["review", *versions, "--expect", reviewed["digest"]]) == FAILED
        refused = capsys.readouterr().err
        assert "this is another change than the one that was reviewed: its digest is" in refused
        assert f"that of the review is {reviewed['digest']}; review it anew" in refused
    with pytest.raises(SystemExit):
        main(["review", *both, "--expect", "a1"])
    assert "a digest is 64 hexadecimal digits, got 'a1'" in capsys.readouterr().err


def test_a_topic_to_fail_on(both: tuple[str, str]) -> None:
    assert main(["review", *both, "--fail-on", "data,access"]) == FAILED
    assert main(["review", *both, "--fail-on", "access"]) == DONE


def test_what_is_refused_says_what_was_given(
    both: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    (tmp_path / "file").touch()
    for arguments, code, said in (
        ([str(empty), both[1]], WRONG_USAGE, "has no manifest.json, so it is no cloud assembly"),
        (["no-such-revision", both[1]], WRONG_USAGE, "'no-such-revision' is neither the folder"),
        ([*both, "--html", str(tmp_path / "file" / "a.html")], FAILED, "cannot write"),
    ):
        assert main(["review", *arguments]) == code
        assert said in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["review", *both, "--link", "https://example.org"])
    assert "got 'https://example.org'" in capsys.readouterr().err


def test_an_app_is_synthesised_with_the_lines_of_its_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its `app` is a program of any kind, which is told where to write."""
    app = tmp_path / "app"
    app.mkdir()
    before = assembly(tmp_path / "written", {"Q": QUEUE})
    (app / "cdk.json").write_text(json.dumps({"app": "python3 make.py", "context": {"a": 1}}))
    (app / "make.py").write_text(
        "import json, os, shutil\n"
        f"shutil.copytree({before!r}, os.environ['CDK_OUTDIR'])\n"
        "context = json.loads(os.environ['CDK_CONTEXT_JSON'])\n"
        "assert context == {'a': 1, 'aws:cdk:enable-path-metadata': True}, context\n"
        "assert os.environ['JSII_HOST_STACK_TRACES'] == '1'\n"
    )
    assert main(["review", before, str(app)]) == DONE
    screen = capsys.readouterr()
    assert screen.out.startswith("No change in meaning.")
    assert f"synthesising {app} ..." in screen.err
    (app / "make.py").write_text("raise SystemExit('no region')")
    assert main(["review", before, str(app)]) == FAILED
    assert "cannot synthesise app: no region" in capsys.readouterr().err
