"""A rule as a person defined it. Compiled it is a `Plan`, running it has an `EngineState`: never one object."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from city.alert import ACT_WITHIN_MS
from city.errors import Mistake, Place
from city.messages.text import Text
from city.schedule import Schedule
from city.written import Written


class QualityView(StrEnum):
    """Which readings a rule sees."""

    GOOD = "good"  # all but bad
    ANY = "any"


class By(StrEnum):
    """What the members of a group have in common."""

    RIVER = "river"
    AREA = "area"
    SITE = "site"


@dataclass(frozen=True, slots=True)
class Select:
    """Which series a rule looks at: those of `quantity` that match every condition given (None: not a condition)."""

    quantity: str
    area: frozenset[str] | None = None
    river: frozenset[str] | None = None
    site: frozenset[str] | None = None
    series: frozenset[str] | None = None  # "device:sensor"


@dataclass(frozen=True, slots=True)
class Flaps:
    """Firing that begins for the `limit`-th time within `within_ms` goes on until it was calm for so long."""

    limit: int
    within_ms: int


@dataclass(frozen=True, slots=True)
class Source:
    """An expression as it was written, and where it stands: its errors name the column."""

    text: str
    place: Place
    written: Written = field(default=Written(""), compare=False, repr=False)

    def place_of(self, column: int) -> Place:
        """Where the column-th character (from 1) of the text stands in its file."""
        return self.written.place_of(self.place, self.text, column - 1) if self.written.raw else self.place


@dataclass(frozen=True, slots=True)
class Expectation:
    """At `at_ms` after the start of a rule's test, the subject's alert is in `state`, and of that severity if given."""

    at_ms: int
    state: str
    subject: str | None = None
    severity: int | None = None

    @property
    def text(self) -> str:
        """As it is said where it was not met."""
        return self.state if self.severity is None else f"{self.state} {self.severity}"


@dataclass(frozen=True, slots=True)
class RuleTest:
    """Readings in plain text (`"0m 5.0, 10m 5.7"` per series) and what must come of them.

    start_ms: when its `0m` is, None: it does not matter
    """

    readings: Mapping[str, str]
    expect: tuple[Expectation, ...]
    place: Place
    start_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """The definition, immutable. All durations are whole milliseconds.

    `version` is a hash over everything that decides about events (tests, titles and places are left out): rows of a
    plan with the same id and version keep their state over a reload.
    severities: those that an alert climbs to while a condition is true, ascending; `severity` is then the lowest
    inhibits: ids of rules whose alerts are suppressed on a subject while this one fires on it
    numbers: what `number("name")` reads, and what the catalog may override for a sensor
    """

    id: str
    version: str
    title: Text
    owner: str
    select: Select
    raise_: Source
    severity: int
    severities: tuple[tuple[int, Source], ...] = ()
    for_ms: int = 0
    clear: Source | None = None
    hold_ms: int = 0
    alert_level: int | None = None
    no_data_ms: int | None = None
    act_within_ms: int = ACT_WITHIN_MS  # what is decided later moves no actuator and wakes nobody
    quality: QualityView = QualityView.GOOD
    playbook: str | None = None
    numbers: Mapping[str, float] = field(default_factory=dict)
    schedule: tuple[Schedule, ...] = ()  # empty: always in force
    shadow: bool = False  # on trial: it runs live, and its alerts are told to nobody
    inhibits: tuple[str, ...] = ()
    flaps: Flaps | None = None  # None: it may come and go
    by: By | None = None  # of a rule about groups: one group each; None: all that it selects is one group
    tests: tuple[RuleTest, ...] = ()
    place: Place = field(default_factory=lambda: Place(""))

    @property
    def sources(self) -> tuple[Source, ...]:
        """All its expressions: raise, clear where there is one, those of severities."""
        clear = () if self.clear is None else (self.clear,)
        return (self.raise_, *clear, *(source for _, source in self.severities))


@dataclass(frozen=True, slots=True)
class RulesChange:
    """What new rules changed: the ids of rules that are new, that say something else than before, that are gone.

    Rules that are none of these keep their state. `position` is the journal entry with which they are in force, None
    where nothing was to be changed. `warnings`: what is odd about them without being wrong.
    """

    position: int | None
    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    warnings: tuple[Mistake, ...] = ()
