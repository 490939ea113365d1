"""The lines of an estimate: what costs, by which resource, and the sum behind each."""

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Line:
    """One amount of a month, in dollars."""

    what: str
    """What is billed."""
    sum: str
    """The sum, with the prices in it."""
    dollars: float
    resource: str
    """The stack and the logical id of what is billed."""
    setting: str | None = None
    """The setting that lowers it most, if one does."""
    of_dollars: bool = False
    """Whether it follows from a number of dollars: then the prices of a region change nothing."""


@dataclass(frozen=True, kw_only=True)
class Uncapped:
    """What is billed and has no cap."""

    what: str
    bound: str
    """What bounds it nevertheless, or what would."""


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """A month of one stage, in dollars."""

    stage: str
    region: str | None
    """None if the stage follows the credentials; then prices are those of us-east-1."""
    monthly_ceiling: float | None
    idle: list[Line] = field(default_factory=list)
    worst: list[Line] = field(default_factory=list)
    uncapped: list[Uncapped] = field(default_factory=list)

    @property
    def idle_dollars(self) -> float:
        """The sum while nobody calls."""
        return sum(line.dollars for line in self.idle)

    @property
    def worst_dollars(self) -> float:
        """What use adds at most, without what has no cap."""
        return sum(line.dollars for line in self.worst)

    @property
    def dollars(self) -> float:
        """Both."""
        return self.idle_dollars + self.worst_dollars
