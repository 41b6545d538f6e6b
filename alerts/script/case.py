"""A rule script: rules, sensors, and cases that say what comes in, how time passes and what is expected of the alerts.

It is read by `alerts/script/file.py` and run by `alerts/script/course.py`. All times are ms since the case's `0m`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from city.decision import ClosingReason
from city.errors import Place
from city.reading import GOOD, Quality
from city.schedule import Schedule

# 2024-01-01T00:00+09:00: the `0m` of a case that names no start; any time would do. A test in a rule file begins there.
START_MS: Final = 1_704_034_800_000


@dataclass(frozen=True, slots=True)
class SensorLine:
    """A sensor as a line of the script gives it.

    options: the catalog's own keys as a YAML mapping in braces, and the column at which it stands; "" for none
    """

    place: Place
    key: str
    zone: str
    area: str | None
    river: str | None
    options: str
    column: int


@dataclass(frozen=True, slots=True)
class RuleBlock:
    """A rule written out in the script: its lines with their numbers."""

    place: Place
    lines: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class RulePath:
    """A rule file, or a folder of them, as the script names it."""

    place: Place
    path: str


RuleSource = RuleBlock | RulePath


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading. series: `device:sensor`; None: the only sensor that there is."""

    time_ms: int
    series: str | None
    value: float
    quality: Quality = GOOD


@dataclass(frozen=True, slots=True)
class Load:
    """Readings that come in.

    arrives_ms: all of them arrive then, in one batch; None: each `after_ms` after its own time
    """

    place: Place
    readings: tuple[Reading, ...]
    arrives_ms: int | None = None
    after_ms: int = 0

    def arrival_ms(self, reading: Reading) -> int:
        """When one of them arrives."""
        return reading.time_ms + self.after_ms if self.arrives_ms is None else self.arrives_ms


@dataclass(frozen=True, slots=True)
class Wait:
    """Time passes. until: `span_ms` is the moment waited for, and not how long."""

    place: Place
    span_ms: int
    until: bool = False


@dataclass(frozen=True, slots=True)
class Outage:
    """The city itself is down for so long (0: it is started again at once), and then comes up again."""

    place: Place
    span_ms: int


@dataclass(frozen=True, slots=True)
class Reload:
    """New rules, whole."""

    place: Place
    rules: tuple[RuleSource, ...]


@dataclass(frozen=True, slots=True)
class NewSensor:
    """A new catalog: the one in force, with this sensor added or changed."""

    place: Place
    sensor: SensorLine


@dataclass(frozen=True, slots=True)
class Decide:
    """What a person decides about the alert of a rule on a subject, if it fires.

    verb: `acknowledge`, `assign` (to `whom`), `comment` or `close` (for `reason`)
    """

    place: Place
    verb: str
    rule: str | None
    subject: str | None
    whom: str | None = None
    reason: ClosingReason | None = None


@dataclass(frozen=True, slots=True)
class MakeSilence:
    """From now on nobody is told of what fits all that is named.

    span_ms: for how long; None: until it is lifted
    """

    place: Place
    name: str
    rule: str | None = None
    subject: str | None = None
    area: str | None = None
    severity_at_most: int | None = None
    span_ms: int | None = None
    schedule: tuple[Schedule, ...] = ()


@dataclass(frozen=True, slots=True)
class LiftSilence:
    """A silence ends now."""

    place: Place
    name: str


@dataclass(frozen=True, slots=True)
class Expect:
    """At `at_ms` (None: now) the alert of a rule on a subject is in `state`, as far as is known by now.

    rule, subject: None where there is only one
    since_ms: the date of the change that led there; raised_ms, severity, value, peak, told: of that change
    decided_ms: the clock when it was decided; late: whether that was more than the rule's `act_within` after its date
    reason: why a person closed it; retroactive: whether late readings showed it
    flapping: whether it is held because it came and went
    """

    place: Place
    state: str
    at_ms: int | None = None
    rule: str | None = None
    subject: str | None = None
    since_ms: int | None = None
    raised_ms: int | None = None
    severity: int | None = None
    value: float | None = None
    peak: float | None = None
    told: bool | None = None
    decided_ms: int | None = None
    late: bool | None = None
    reason: ClosingReason | None = None
    retroactive: bool | None = None
    flapping: bool | None = None


@dataclass(frozen=True, slots=True)
class ExpectNothing:
    """Nothing was told so far; with `besides`, nothing but what earlier expectations of the case named.

    pending: changes that nobody is told count too
    """

    place: Place
    besides: bool
    pending: bool


@dataclass(frozen=True, slots=True)
class ExpectWarning:
    """Reading the rules in force gave a warning about this rule (None: the only one)."""

    place: Place
    rule: str | None


Expectation = Expect | ExpectNothing | ExpectWarning
Step = Load | Wait | Outage | Reload | NewSensor | Decide | MakeSilence | LiftSilence | Expectation


@dataclass(frozen=True, slots=True)
class Case:
    """One course of events, with sensors and rules of its own and those of its script's header.

    replay: readings of the past are run again, from `0m` on
    """

    title: str
    place: Place
    start_ms: int
    replay: bool
    sensors: tuple[SensorLine, ...]
    rules: tuple[RuleSource, ...]
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Script:
    """A file of cases.

    city: a city's folder as the script names it; None: it has sensors of its own, or stands in a city's folder
    lines: the text, for showing an expectation as it was written
    """

    file: str
    city: str | None
    cases: tuple[Case, ...]
    lines: tuple[str, ...]

    def rule_paths(self) -> frozenset[str]:
        """Every rule file or folder that it names."""
        sources = [source for case in self.cases for source in case.rules]
        for case in self.cases:
            sources += [source for step in case.steps if isinstance(step, Reload) for source in step.rules]
        return frozenset(source.path for source in sources if isinstance(source, RulePath))

    def written(self, place: Place) -> str:
        """The line at a place."""
        return self.lines[place.line - 1].strip()


# What the paths of a script lead to: path as the script names it → the files there, path → YAML text.
RuleFiles = Mapping[str, Mapping[str, str]]
