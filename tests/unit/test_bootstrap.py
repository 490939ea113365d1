"""The names by which the local cloud is bootstrapped are those that an app deploys by."""

from pathlib import Path

import pytest
from aws_cdk import App, DefaultStackSynthesizer, LegacyStackSynthesizer, Stack, StackSynthesizer

from ops.local.bootstrap import qualifier_of


@pytest.mark.parametrize(
    ("synthesizer", "qualifier"),
    [
        (DefaultStackSynthesizer(), "hnb659fds"),
        (DefaultStackSynthesizer(qualifier="of-ours"), "of-ours"),
        (LegacyStackSynthesizer(), None),
    ],
    ids=["default", "own", "without"],
)
def test_the_qualifier_is_that_of_the_roles_of_the_app(
    synthesizer: StackSynthesizer, qualifier: str | None, tmp_path: Path
) -> None:
    app = App(outdir=str(tmp_path))
    Stack(app, "Any", synthesizer=synthesizer)
    app.synth()
    assert qualifier_of(tmp_path) == qualifier
