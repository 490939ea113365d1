"""Stages, synthesised once a session.

The CDK is imported by who synthesises: the process that only hands tests to others reads this file
too, and would start Node for it.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests import made_once as folders
from tests.baseline import DEV, PROD
from tests.infra import templates
from tests.infra.cdk_synth import synthesise_own
from tests.made_once import root_of_the_run

if TYPE_CHECKING:
    from tests.infra import pipelines

# The CASES of tests/infra/pipelines.py. The first has nothing special, and is in the fast tests.
PIPELINES = ("one account", "two accounts", "images, a token, a boundary")

# Gives the folder of a name, which the function fills the first time.
MadeOnce = Callable[[str, Callable[[Path], object]], Path]


@pytest.fixture(scope="session")
def made_once(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> MadeOnce:
    """A folder of a name, as a function made it: once for all workers of pytest-xdist."""
    return functools.partial(folders.made_once, root_of_the_run(request, tmp_path_factory))


@pytest.fixture(scope="session")
def synth(request: pytest.FixtureRequest, made_once: MadeOnce) -> Path:
    """The project's own assembly: that of `--own-assembly DIR`, or one made now by `app.py`."""
    given: Path | None = request.config.getoption("--own-assembly")
    return given or made_once("synth", synthesise_own)


@pytest.fixture(scope="session")
def baseline(made_once: MadeOnce) -> Path:
    """The assembly of both stages by the settings of the tests."""
    from tests.infra import synthesis  # noqa: PLC0415 - see above

    return made_once("baseline", lambda folder: synthesis.assembly(folder, DEV, PROD))


@pytest.fixture(scope="session")
def shipped(made_once: MadeOnce) -> Path:
    """The assembly of a pipeline that ships both, as it makes and keeps it; do not edit it."""
    from tests.infra import synthesis  # noqa: PLC0415 - see above

    return made_once("shipped", synthesis.shipped)


@pytest.fixture(scope="session")
def assembly(request: pytest.FixtureRequest) -> Path:
    """The assembly under test: that of `--assembly DIR`, or that of the baseline.

    What is promised of each setting is tried with settings of the tests' own, so that a project
    with others passes; what holds for all is held to the project's own in `test_stages.py`.
    """
    given: Path | None = request.config.getoption("--assembly")
    if given:
        return given
    made: Path = request.getfixturevalue("baseline")
    return made


@pytest.fixture(scope="session", params=["Dev", "Prod"])
def drive(request: pytest.FixtureRequest, assembly: Path) -> templates.StageTemplates:
    """Each stage of the assembly under test in turn."""
    return templates.load(assembly, request.param)


@pytest.fixture(
    scope="session",
    params=[PIPELINES[0], *(pytest.param(case, marks=pytest.mark.slow) for case in PIPELINES[1:])],
)
def pipeline(request: pytest.FixtureRequest, made_once: MadeOnce) -> pipelines.Synthesised:
    """Each pipeline of the tests in turn."""
    from tests.infra import pipelines  # noqa: PLC0415 - see above

    assert tuple(pipelines.CASES) == PIPELINES
    case: str = request.param
    folder = made_once(f"pipeline of {case}", lambda made: pipelines.synthesise(made, case))
    return pipelines.read(folder, case)
