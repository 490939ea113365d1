"""The settings of the pipeline, and of GitHub's workflows."""

import re
from dataclasses import dataclass
from typing import get_args

from stacks import settings_checks
from stacks.settings import Settings
from stacks.shared.choices import Architecture, SelfApproval, check_choice

# Where AWS says that CodeBuild has ARM machines. The list is that of fleets; for builds on demand,
# as these are, there is none any more
# (https://docs.aws.amazon.com/codebuild/latest/APIReference/API_CreateFleet.html).
_ARM_BUILDS = (
    *("us-east-1", "us-east-2", "us-west-2", "sa-east-1", "eu-central-1", "eu-west-1"),
    *("ap-northeast-1", "ap-south-1", "ap-southeast-1", "ap-southeast-2"),
)


@dataclass(frozen=True, kw_only=True)
class Pipeline:
    """A pipeline of AWS CodePipeline: it ships the first of `stages`, and after approval the next.

    It lives where the first stage does. A bad value raises `ValueError` at synth, before any AWS
    call.
    Every field is explained in docs/operations/shipping.md.
    """

    connection_arn: str
    """ARN of the connection in CodeConnections."""
    repository: str
    """Repository behind the connection, `<owner>/<name>`."""
    stages: tuple[Settings, ...]
    """Stages that are shipped, in this order. The pipeline lives where the first is."""
    subscribers: tuple[str, ...]
    """Who hears that an approval waits, or that a stage failed; at least one, as those of a stage
    ([how](brake.md#who-is-told))."""
    branch: str = "main"
    """Branch that is shipped. Whoever may push to it may change the pipeline itself, before
    anything is approved: protect it."""
    replace_data: tuple[str, ...] = ()
    """Logical ids of what the guard lets go, see above."""
    builds: Architecture | None = None
    """Processor of the builds, `arm64` or `x86_64`: that of the first stage by default. Images must
    be of the same; zips may be of either."""
    self_approval: SelfApproval = "nothing-broader"
    """When `ApprovePermissions` is given by itself: `nothing-broader`, if no permission is
    broadened and no port opened; `no-change`, if the review says "No change in meaning."; `never`.
    """

    def __post_init__(self) -> None:
        _check_connection(self.connection_arn)
        _check_repository(self.repository)
        _check_branch(self.branch)
        _check_stages(self.stages)
        _check_places(self.stages)
        _check_logical_ids(self.replace_data)
        _check_subscribers(self.subscribers)
        _check_builds(self.builds, self.stages)
        check_choice("self_approval", self.self_approval, SelfApproval)

    @property
    def build_architecture(self) -> Architecture:
        """The architecture of the builds: that of the first stage, if nothing else is set."""
        return self.builds or self.stages[0].architecture


@dataclass(frozen=True, kw_only=True)
class GitHub:
    """Whose workflows may ship the stages: those on one branch of one repository in GitHub.

    The ids never change, so that nobody can take over the name of a repository that is gone.
    A bad value raises `ValueError` at synth. docs/operations/shipping.md explains every field.
    """

    repository: str
    """Repository in GitHub, `<owner>/<name>`."""
    owner_id: int
    """Number of its owner, as `gh api` shows it."""
    repository_id: int
    """Number of the repository, as `gh api` shows it."""
    stages: tuple[Settings, ...]
    """Stages for which `make github` deploys a role."""
    branch: str = "main"
    """Branch whose jobs may deploy."""

    def __post_init__(self) -> None:
        _check_repository(self.repository)
        if self.repository.count("/") != 1:
            raise ValueError(f"repository must be <owner>/<name>, got {self.repository!r}")
        _check_id("owner_id", self.owner_id)
        _check_id("repository_id", self.repository_id)
        _check_branch(self.branch)
        _check_stages(self.stages)


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


def _check_stages(stages: tuple[Settings, ...]) -> None:
    names = [stage.name for stage in stages]
    if not names or len({*names}) < len(names):
        raise ValueError(f"stages must be one or more, each with a name of its own, got {names}")


def _check_places(stages: tuple[Settings, ...]) -> None:
    first = stages[0]
    for stage in stages[1:]:
        if (first.account is None) != (stage.account is None):
            missing, given = (stage, first) if stage.account is None else (first, stage)
            raise ValueError(
                f"{missing.name} must have an account and a region since {given.name} has them,"
                f" got account={missing.account!r} and {given.account!r}"
            )
        if first.region != stage.region:
            raise ValueError(
                f"{stage.name} must be in the region of {first.name}, where the pipeline keeps its"
                f" artifacts, got {stage.region!r} and {first.region!r}"
            )


def _check_logical_ids(names: tuple[str, ...]) -> None:
    for name in names:
        if not re.fullmatch(r"[A-Za-z0-9]{1,255}", name):
            raise ValueError(
                "replace_data must be logical ids as the guard prints them, such as"
                f" StorageFileSystemC0FFEE, got {name!r}"
            )


def _check_builds(builds: Architecture | None, stages: tuple[Settings, ...]) -> None:
    if builds not in {None, *get_args(Architecture)}:
        known = " or ".join(get_args(Architecture))
        raise ValueError(f"builds must be {known}, or not be set, got {builds!r}")
    first = stages[0]
    found = builds or first.architecture
    if builds is None and found == "arm64" and first.region and first.region not in _ARM_BUILDS:
        raise ValueError(
            "builds must be set in a region where CodeBuild may have no ARM machines:"
            ' builds="x86_64", which makes zips of either architecture, or builds="arm64" if you'
            f" know that it has them, got builds={builds!r} in {first.region!r}"
        )
    for stage in stages:
        if stage.packaging == "image" and stage.architecture != found:
            raise ValueError(
                f"builds must be {stage.architecture}, as the container images of {stage.name} are,"
                f" since a build has no emulation, got {found!r}"
            )


def _check_subscribers(addresses: tuple[str, ...]) -> None:
    if not addresses:
        raise ValueError(
            'subscribers must name who hears the pipeline, such as ("you@example.com",), got ():'
            " an approval that nobody hears of fails after seven days"
        )
    for address in addresses:
        settings_checks.check_subscriber(address)
    settings_checks.check_once("subscribers", addresses)
