"""How the stages are shipped, and nothing else."""

import re
from dataclasses import dataclass

from stacks.settings import DEV, PROD, Settings

# Where AWS says that CodeBuild has ARM machines. The list is that of fleets; for builds on demand,
# as these are, there is none any more
# (https://docs.aws.amazon.com/codebuild/latest/APIReference/API_CreateFleet.html).
_ARM_BUILDS = (
    *("us-east-1", "us-east-2", "us-west-2", "sa-east-1", "eu-central-1", "eu-west-1"),
    *("ap-northeast-1", "ap-south-1", "ap-southeast-1", "ap-southeast-2"),
)


@dataclass(frozen=True, kw_only=True)
class Pipeline:
    """Where the pipeline takes the code from, and what it ships: `dev`, and after approval `prod`.

    It lives where `dev` does. A bad value raises `ValueError` at synth, before any AWS call.
    Every field is explained in docs/operations.md.
    """

    connection_arn: str
    repository: str
    branch: str = "main"
    dev: Settings = DEV
    prod: Settings = PROD
    replace_data: tuple[str, ...] = ()
    notify: tuple[str, ...] = ()
    builds: str | None = None

    def __post_init__(self) -> None:
        _check_connection(self.connection_arn)
        _check_repository(self.repository)
        _check_branch(self.branch)
        _check_stages(self.dev, self.prod)
        _check_logical_ids(self.replace_data)
        _check_addresses(self.notify)
        _check_builds(self.builds, self.dev, self.prod)

    @property
    def build_architecture(self) -> str:
        """What the builds run on: that of `dev`, if nothing else is set."""
        return self.builds or self.dev.architecture


@dataclass(frozen=True, kw_only=True)
class GitHub:
    """Whose workflows may ship the stages: those on one branch of one repository in GitHub.

    The ids never change, so that nobody can take over the name of a repository that is gone.
    A bad value raises `ValueError` at synth. Every field is explained in docs/operations.md.
    """

    repository: str
    owner_id: int
    repository_id: int
    branch: str = "main"
    stages: tuple[Settings, ...] = (DEV, PROD)

    def __post_init__(self) -> None:
        _check_repository(self.repository)
        if self.repository.count("/") != 1:
            raise ValueError(f"repository must be <owner>/<name>, got {self.repository!r}")
        _check_id("owner_id", self.owner_id)
        _check_id("repository_id", self.repository_id)
        _check_branch(self.branch)
        names = [stage.name for stage in self.stages]
        if not names or len({*names}) < len(names):
            raise ValueError(
                f"stages must be one or more, each with a name of its own, got {names}"
            )


def _check_id(name: str, number: int) -> None:
    if isinstance(number, bool) or not isinstance(number, int) or number < 1:
        raise ValueError(
            f"{name} must be the number that `gh api repos/<owner>/<name>` shows, got {number!r}"
        )


def _check_connection(arn: str) -> None:
    # https://docs.aws.amazon.com/dtconsole/latest/userguide/connections.html
    if not re.fullmatch(
        r"arn:aws[a-z-]*:(codeconnections|codestar-connections):[a-z0-9-]+:\d{12}"
        r":connection/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
        arn,
    ):
        raise ValueError(
            "connection_arn must be the ARN of a connection in CodeConnections, such as"
            " arn:aws:codeconnections:eu-central-1:123456789012:connection/"
            f"01234567-89ab-cdef-0123-456789abcdef, got {arn!r}"
        )


def _check_repository(name: str) -> None:
    if not re.fullmatch(r"[\w.-]+(/[\w.-]+)+", name, re.ASCII):
        raise ValueError(f"repository must be <owner>/<name>, such as you/drive, got {name!r}")


def _check_branch(name: str) -> None:
    if not re.fullmatch(r"[\w][\w./-]{0,254}", name, re.ASCII):
        raise ValueError(f"branch must be the name of one branch, such as main, got {name!r}")


def _check_stages(dev: Settings, prod: Settings) -> None:
    if dev.name == prod.name:
        raise ValueError(
            "dev and prod must have different names, since their stacks begin with them,"
            f" got {dev.name!r} for both"
        )
    if (dev.account is None) != (prod.account is None):
        missing, given = (prod, dev) if prod.account is None else (dev, prod)
        raise ValueError(
            f"{missing.name} must have an account and a region since {given.name} has them,"
            f" got account={missing.account!r} and {given.account!r}"
        )
    if dev.region != prod.region:
        raise ValueError(
            f"{prod.name} must be in the region of {dev.name}, where the pipeline keeps its"
            f" artifacts, got {prod.region!r} and {dev.region!r}"
        )


def _check_logical_ids(names: tuple[str, ...]) -> None:
    for name in names:
        if not re.fullmatch(r"[A-Za-z0-9]{1,255}", name):
            raise ValueError(
                "replace_data must be logical ids as the guard prints them, such as"
                f" StorageFileSystemC0FFEE, got {name!r}"
            )


def _check_builds(builds: str | None, dev: Settings, prod: Settings) -> None:
    if builds not in {None, "arm64", "x86_64"}:
        raise ValueError(f"builds must be arm64 or x86_64, or not be set, got {builds!r}")
    found = builds or dev.architecture
    if builds is None and found == "arm64" and dev.region and dev.region not in _ARM_BUILDS:
        raise ValueError(
            "builds must be set in a region where CodeBuild may have no ARM machines:"
            ' builds="x86_64", which makes zips of either architecture, or builds="arm64" if you'
            f" know that it has them, got builds={builds!r} in {dev.region!r}"
        )
    for stage in (dev, prod):
        if stage.packaging == "image" and stage.architecture != found:
            raise ValueError(
                f"builds must be {stage.architecture}, as the container images of {stage.name} are,"
                f" since a build has no emulation, got {found!r}"
            )


def _check_addresses(addresses: tuple[str, ...]) -> None:
    for address in addresses:
        if not re.fullmatch(r"[^\s@]+@[^\s@]+\.[^\s@]+", address):
            raise ValueError(
                f"notify must be e-mail addresses, such as ops@example.com, got {address!r}"
            )
    if len({*addresses}) < len(addresses):
        raise ValueError(f"notify must name each address once, got {addresses}")


# Until you name your connection here (docs/operations.md, Shipped by a pipeline), there is none:
# PIPELINE = Pipeline(connection_arn="arn:aws:codeconnections:…", repository="you/drive")
PIPELINE: Pipeline | None = None

# The same for GitHub's own workflows (docs/operations.md, Shipped by GitHub):
# GITHUB = GitHub(repository="you/drive", owner_id=1234, repository_id=5678)
GITHUB: GitHub | None = None
