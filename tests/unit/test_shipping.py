"""A bad value fails at synth, in one line that says what it may be."""

import importlib
from dataclasses import replace
from typing import Any

import pytest

import environments
from stacks.settings import Settings
from stacks.shipping.settings import GitHub, Pipeline
from tests.baseline import CONNECTION

DEV = Settings(name="Dev", retain=False)
PROD = Settings(name="Prod", retain=True)

GOOD_PIPELINE: dict[str, Any] = {
    "connection_arn": CONNECTION,
    "repository": "you/drive",
    "stages": (DEV, PROD),
    "subscribers": ("ops@example.com",),
}
GOOD_GITHUB: dict[str, Any] = {
    "repository": "you/drive",
    "owner_id": 12,
    "repository_id": 34,
    "stages": (DEV, PROD),
}
NO_ARM = "eu-south-1"
HERE: dict[str, Any] = {"account": "111111111111", "region": "eu-central-1"}


def both(region: str) -> tuple[Settings, Settings]:
    """Both stages in one account and region."""
    account = HERE["account"]
    return (
        replace(DEV, account=account, region=region),
        replace(PROD, account=account, region=region),
    )


BAD_PIPELINES: list[tuple[dict[str, Any], str]] = [
    ({"connection_arn": ""}, r"connection_arn must be the ARN of a connection .* got ''"),
    ({"connection_arn": "arn:aws:s3:::bucket"}, r"got 'arn:aws:s3:::bucket'"),
    ({"repository": "drive"}, r"repository must be <owner>/<name>, such as .* got 'drive'"),
    ({"repository": "you/drive; rm"}, r"got 'you/drive; rm'"),
    ({"branch": ""}, r"branch must be the name of one branch, such as main, got ''"),
    ({"branch": "*"}, r"got '\*'"),
    ({"stages": ()}, r"stages must be one or more, each with a name of its own, got \[\]"),
    ({"stages": (DEV, replace(PROD, name="Dev"))}, r"each with a name .* got \['Dev', 'Dev'\]"),
    (
        {"stages": (replace(DEV, **HERE), PROD)},
        r"Prod must have an account and a region since Dev has them, got account=None and"
        " '111111111111'",
    ),
    (
        {"stages": (DEV, replace(PROD, **HERE))},
        r"Dev must have an account and a region since Prod has them",
    ),
    (
        {"stages": (replace(DEV, **HERE), replace(PROD, **HERE | {"region": "eu-west-1"}))},
        r"Prod must be in the region of Dev, .* got 'eu-west-1' and 'eu-central-1'",
    ),
    ({"builds": "arm"}, r"builds must be arm64 or x86_64, or not be set, got 'arm'"),
    (
        {"stages": both(NO_ARM)},
        r"builds=.x86_64., which makes zips .* or builds=.arm64. .* builds=None in 'eu-south-1'",
    ),
    (
        {"stages": (replace(DEV, packaging="image"), PROD), "builds": "x86_64"},
        r"builds must be arm64, as the container images of Dev are, .* got 'x86_64'",
    ),
    (
        {"stages": (DEV, replace(PROD, packaging="image", architecture="x86_64"))},
        r"builds must be x86_64, as the container images of Prod are, .* got 'arm64'",
    ),
    ({"subscribers": ()}, r"subscribers must name who hears the pipeline, such as .*, got \(\)"),
    ({"subscribers": ("ops",)}, r"subscribers must be e-mail addresses, .* got 'ops'"),
    ({"subscribers": ("a@b.c", "a@b.c")}, r"subscribers must name each one once, got 'a@b.c'"),
    (
        {"self_approval": "always"},
        r"self_approval must be one of nothing-broader, no-change, never, got 'always'",
    ),
    ({"replace_data": ("Storage/FileSystem",)}, r"replace_data must be logical ids .* got 'Stor"),
]
BAD_GITHUBS: list[tuple[dict[str, Any], str]] = [
    ({"repository": "you"}, r"repository must be <owner>/<name>, such as you/drive, got 'you'"),
    ({"repository": "a/b/c"}, r"repository must be <owner>/<name>, got 'a/b/c'"),
    ({"owner_id": 0}, r"owner_id must be the number that `gh api .* got 0"),
    ({"repository_id": "34"}, r"repository_id must be the number .* got '34'"),
    ({"owner_id": True}, r"owner_id must be the number .* got True"),
    ({"branch": "ma in"}, r"branch must be the name of one branch, .* got 'ma in'"),
    ({"stages": ()}, r"stages must be one or more, each with a name of its own, got \[\]"),
    ({"stages": (DEV, DEV)}, r"got \['Dev', 'Dev'\]"),
]


@pytest.mark.parametrize(("values", "message"), BAD_PIPELINES, ids=[m for _, m in BAD_PIPELINES])
def test_a_bad_pipeline_is_named(values: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message) as caught:
        Pipeline(**GOOD_PIPELINE | values)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("values", "message"), BAD_GITHUBS, ids=[m for _, m in BAD_GITHUBS])
def test_a_bad_repository_is_named(values: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message) as caught:
        GitHub(**GOOD_GITHUB | values)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("arn", ["codeconnections", "codestar-connections"])
def test_a_connection_may_have_either_prefix(arn: str) -> None:
    named = GOOD_PIPELINE["connection_arn"].replace("codeconnections", arn)
    assert Pipeline(**GOOD_PIPELINE | {"connection_arn": named}).connection_arn == named


def test_without_any_of_both_nothing_is_synthesised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environments, "PIPELINE", None)
    monkeypatch.setattr(environments, "GITHUB", None)
    with pytest.raises(SystemExit, match="nothing is set up to ship from: name a connection"):
        importlib.import_module("pipeline")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, "arm64"),
        ({"stages": (replace(DEV, architecture="x86_64"), PROD)}, "x86_64"),
        ({"builds": "x86_64"}, "x86_64"),
        ({"stages": both(HERE["region"])}, "arm64"),
        (
            {"builds": "x86_64"} | {"stages": both(NO_ARM)},
            "x86_64",
        ),
        (
            {"builds": "arm64"} | {"stages": both(NO_ARM)},
            "arm64",
        ),
    ],
)
def test_builds_run_on_what_dev_does_or_on_what_is_named(
    given: dict[str, Any], expected: str
) -> None:
    assert Pipeline(**{**GOOD_PIPELINE, **given}).build_architecture == expected
