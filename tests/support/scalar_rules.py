"""The rules' semantics once more, slow and obvious: one row at a time, one moment at a time.

Written from the design's text and not from the engine, so that a property test may hold the two against each other.
It shares the language's nodes with the engine, and nothing else.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from alerts.expression import Condition, Not
from alerts.expression_text import read_condition
from alerts.tokens import Fault
from city.alert import event_id
from city.catalog import Sensor
from city.override import Override
from city.reading import Quality
from city.rule import QualityView, Rule, Source
from city.schedule import Schedule
from tests.support.scalar_expressions import Sample, age_edges, kleene, timers_after_reading
from tests.support.wall_clock import by_the_wall

MINUTE_MS = 60_000
DAY_MS = 24 * 60 * MINUTE_MS
Outcome = tuple[
    str, str, str, str, str, int, int, float | None, int | None, int, bool
]  # id, rule, subject, from, to, raised, at, peak, time of the reading it rests on, severity, flapping


@lru_cache(None)
def in_force(schedule: tuple[Schedule, ...], now: int) -> bool:
    """Whether a moment is inside."""
    return by_the_wall(schedule, now)


def edges(schedule: tuple[Schedule, ...], after: int) -> list[int]:
    """The next moment at which it opens or closes, found by looking at each minute of two days; empty: none."""
    if not schedule:
        return []
    today = after // DAY_MS
    return [edge for day in (today, today + 1) for edge in edges_of_day(schedule, day) if edge > after][:1]


@lru_cache(None)
def edges_of_day(schedule: tuple[Schedule, ...], day: int) -> list[int]:
    """All of a day since the epoch."""
    minutes = range(day * DAY_MS, (day + 1) * DAY_MS, MINUTE_MS)
    return [minute for minute in minutes if in_force(schedule, minute) != in_force(schedule, minute - 1)]


@dataclass
class Row:
    """One alert: a rule on a series."""

    city: str
    rule: Rule
    sensor: Sensor
    never_heard: int
    past: list[Sample] = field(default_factory=list)
    state: str = "inactive"
    since: int = 0
    last: int | None = None
    seen: int | None = None  # up to when timers were seen to
    was_false: bool = False  # the raise, at the newest moment
    muted: bool = False  # closed, and the raise has not been false since
    events: list[Outcome] = field(default_factory=list)
    severity: int = 0  # told last
    truths: dict[int, bool] = field(default_factory=dict)
    begun: list[int] = field(default_factory=list)  # every date at which firing began
    flapping: bool = False
    stirred: int = 0  # the newest moment at which the raise was true while it was flapping

    def __post_init__(self) -> None:
        self.read()
        conditions: list[Condition] = [self.raised, self.cleared, *(c for _, c in self.levels)]  # type: ignore[list-item]  # no fault
        self.after_reading = {t[0] for t in timers_after_reading(conditions)} | set(age_edges(conditions, self.sensor))

    def read(self) -> None:
        raised = read_condition(self.rule.raise_.text)
        cleared = read_condition(self.rule.clear.text) if self.rule.clear else Not(raised)  # type: ignore[arg-type]  # no fault
        assert not isinstance(raised, Fault)
        assert not isinstance(cleared, Fault)
        self.raised, self.cleared = raised, cleared
        self.levels = [(level, read_condition(source.text)) for level, source in self.rule.severities]
        self.severity = self.rule.severity

    @property
    def name(self) -> str:
        return self.rule.id

    @property
    def subject(self) -> str:
        return str(self.sensor.key)

    def looks_at(self, series: str) -> bool:
        return series == self.subject

    def sees(self, quality: int) -> bool:
        if quality & Quality.LATE:
            return False
        return self.rule.quality is QualityView.ANY or not quality & Quality.BAD

    def reading(self, sample: Sample, series: str = "") -> None:  # noqa: ARG002  it looks at one
        """A reading that came: timers before it first, then itself."""
        if not self.sees(sample.quality) or (self.past and sample.time <= self.past[-1].time):
            return
        self.timers(until=sample.time - 1)
        self.past.append(sample)
        self.seen = sample.time
        self.moment(sample.time, sample)

    def clock(self, now: int) -> None:
        """The clock says `now`: timers up to engine time."""
        arrived = self.past[-1].arrived if self.past else None
        if arrived is None or now >= arrived + self.sensor.delay_ms:
            self.timers(until=now - self.sensor.delay_ms)

    def timers(self, until: int) -> None:
        """All timers up to and including `until`, in order."""
        while (due := self.next_timer()) is not None and due <= until:
            self.seen = due
            self.moment(due, None)

    def next_timer(self) -> int | None:
        due: list[int] = []
        if self.past:
            due += [self.past[-1].time + after for after in self.after_reading]
            due += edges(self.rule.schedule, self.past[-1].time if self.seen is None else self.seen)
        if self.state == "pending":
            due.append(self.since + self.rule.for_ms)
        due += self.released()
        return min((t for t in due if self.seen is None or t > self.seen), default=None)

    def moment(self, now: int, sample: Sample | None) -> None:
        up, clear = self.truth(self.raised, now), self.truth(self.cleared, now)
        if self.rule.schedule and not in_force(self.rule.schedule, now):
            up, clear = False, clear if self.rule.clear else True
        self.hear(false=up is False)
        if up is True and self.state == "firing":
            self.stirred = max(self.stirred, now)
        if self.state == "inactive" and up is True and not self.muted:
            self.change(now, "firing" if self.rule.for_ms == 0 else "pending", sample)
        elif self.state == "pending" and up is False:
            self.change(now, "inactive", sample)
        elif self.state == "pending" and now >= self.since + self.rule.for_ms:
            self.change(now, "firing", sample)
        elif self.state == "firing" and clear is True and up is not True and not self.held(now):
            self.change(now, "resolved", sample)
        elif self.state == "firing" and self.levels and (sample or self.is_own(now)):
            self.climb(now, sample)

    def is_own(self, now: int) -> bool:
        """Whether a condition may change at that timer; `for` and `hold` alone change none."""
        schedule = self.rule.schedule
        edge = bool(schedule) and in_force(schedule, now) != in_force(schedule, now - 1)
        return bool(self.past) and (edge or now - self.past[-1].time in self.after_reading)

    def look(self, now: int) -> int:
        """The severity at a moment."""
        for level, condition in self.levels:
            found = self.truth(condition, now)  # type: ignore[arg-type]  # no fault
            self.truths[level] = self.truths.get(level, False) if found is None else found
        return max((level for level, true in self.truths.items() if true), default=self.rule.severity)

    def climb(self, now: int, sample: Sample | None) -> None:
        """The severity while it fires: a change that cannot be dated yet waits."""
        severity = self.look(now)
        assert self.last is not None
        if severity != self.severity and now > self.last:
            self.severity = severity
            self.tell(now, "firing", self.since, None, sample)
            self.last = now

    def hear(self, *, false: bool) -> None:
        """A moment at which the raise was false, or not known to be."""
        self.was_false = false
        self.muted = self.muted and not false

    def close(self, raised: int, now: int) -> None:
        """A person closes the alert that was raised then."""
        if self.state == "firing" and self.since == raised:
            self.change(now, "resolved", self.past[-1] if self.past else None)
            peak = max((s.value for s in self.past if s.time >= raised), default=None)
            self.events[-1] = (
                *self.events[-1][:7],
                None if isinstance(self, SilenceRow) else peak,
                *self.events[-1][8:],
            )
            self.muted = not self.was_false

    def truth(self, condition: Condition, now: int) -> bool | None:
        return kleene(condition, self.sensor, self.past, now)

    def held(self, now: int) -> bool:
        return any(now < moment for moment in self.released())

    def released(self) -> list[int]:
        """The moment at which it would be held no longer; empty: it is not held at all."""
        if self.state != "firing":
            return []
        found = [self.since + self.rule.hold_ms] if self.rule.hold_ms else []
        if self.flapping and self.rule.flaps is not None:
            found = [max([*found, self.stirred + self.rule.flaps.within_ms])]
        return found

    def begin(self, at: int) -> None:
        """Firing begins: for the how-manieth time lately?"""
        self.begun.append(at)
        self.stirred = at
        if self.rule.flaps is not None:
            lately = [one for one in self.begun if one > at - self.rule.flaps.within_ms]
            self.flapping = len(lately) >= self.rule.flaps.limit

    def change(self, now: int, to: str, sample: Sample | None) -> None:
        at = now if self.last is None else max(now, self.last + 1)
        raised = self.since if to == "resolved" else at
        peak = None
        if to == "resolved":
            peak = self.peak(raised, at)
        if to == "firing":
            self.begin(at)
            self.truths = {}
            self.severity = self.look(now)
        elif to != "resolved":
            self.severity = self.rule.severity
        self.tell(at, to, raised, peak, sample)
        self.state = "inactive" if to == "resolved" else to
        self.since = at
        self.last = at

    def tell(self, at: int, to: str, raised: int, peak: float | None, sample: Sample | None) -> None:
        rest = self.evidence(sample)
        identity = event_id(self.city, self.name, self.subject, raised, to, at)  # type: ignore[arg-type]  # a state's text
        held = self.flapping and to in {"firing", "resolved"}
        self.events.append(
            (identity, self.name, self.subject, self.state, to, raised, at, peak, rest, self.severity, held)
        )

    def peak(self, raised: int, at: int) -> float | None:
        return max((s.value for s in self.past if raised <= s.time < at), default=None)

    def evidence(self, sample: Sample | None) -> int | None:
        """Time of the reading it rests on: the one that came, or with a timer the newest."""
        rests_on = sample or (self.past[-1] if self.past else None)
        return rests_on.time if rests_on else None


def goes_across(rule: Rule) -> bool:
    """Whether the rule looks across series."""
    words = ("any(", "all(", "at_least(", "max_over(", "sum_over(", "of(")
    return any(word in rule.raise_.text + (rule.clear.text if rule.clear else "") for word in words)


class SilenceRow(Row):
    """The `no_data` alert of a series."""

    def __post_init__(self) -> None:
        self.silence = self.rule.no_data_ms or 0
        self.levels = []
        self.severity = self.rule.severity

    @property
    def name(self) -> str:
        return f"{self.rule.id}:no-data"

    def begin(self, at: int) -> None:
        """Silence is never held."""

    def next_timer(self) -> int | None:
        if self.state == "firing":
            return None
        since = self.past[-1].time if self.past else self.never_heard
        due = since + self.silence
        return due if self.seen is None or due > self.seen else None

    def moment(self, now: int, sample: Sample | None) -> None:
        self.hear(false=sample is not None)
        if sample is None:
            self.change(now, "firing", None)
        elif self.state == "firing" and now > sample.arrived - self.silence:
            self.change(now, "resolved", sample)

    def change(self, now: int, to: str, sample: Sample | None) -> None:
        super().change(now, to, sample)
        self.events[-1] = (*self.events[-1][:7], None, *self.events[-1][8:])

    def evidence(self, sample: Sample | None) -> int | None:
        return sample.time if sample else None


def on(rule: Rule, sensor: Sensor) -> Rule:
    """The rule as it holds for the sensor: written out with what the catalog overrides."""
    override = sensor.overrides.get(rule.id, Override())
    numbers = {**rule.numbers, **override.numbers}

    def written(source: Source) -> Source:
        text = re.sub(r'number\("(\w+)"\)', lambda found: f"({numbers[found[1]]!r})", source.text)
        return replace(source, text=text)

    return replace(
        rule,
        raise_=written(rule.raise_),
        clear=written(rule.clear) if rule.clear else None,
        severities=tuple((level, written(source)) for level, source in rule.severities),
        for_ms=rule.for_ms if override.for_ms is None else override.for_ms,
        hold_ms=rule.hold_ms if override.hold_ms is None else override.hold_ms,
        no_data_ms=rule.no_data_ms if override.no_data_ms is None or not rule.no_data_ms else override.no_data_ms,
    )


class ScalarEngine:
    """All rows; fed as the journal would: readings of a batch in order, then the clock."""

    def __init__(
        self, city: str, sensors: tuple[Sensor, ...], rules: list[Rule], first_ms: int, across: Sequence["Row"] = ()
    ) -> None:
        """`across`: the rows of rules across series, `tests/support/scalar_groups.py`."""
        self.caught_up = True
        self.rows: list[Row] = []
        for rule in rules:
            for sensor in sensors:
                if sensor.quantity.id != rule.select.quantity:
                    continue
                base = sensor.registered_ms or first_ms
                here = on(rule, sensor)
                if not goes_across(rule):
                    self.rows.append(Row(city, here, sensor, base))
                if rule.no_data_ms is not None:
                    self.rows.append(SilenceRow(city, here, sensor, base))

        self.rows += across

    def batch(self, now: int, readings: list[tuple[str, int, float, int]]) -> None:
        """(subject, time, value, quality), in order of time."""
        for subject, time, value, quality in readings:
            for row in self.rows:
                if row.looks_at(subject):
                    row.reading(Sample(time, value, quality, now), subject)
        self.tick(now)

    def tick(self, now: int) -> None:
        if self.caught_up:
            for row in self.rows:
                row.clock(now)

    def close(self, alert: str, subject: str, raised: int, now: int) -> None:
        """What is due goes first."""
        self.tick(now)
        for row in self.rows:
            if (row.name, str(row.sensor.key)) == (alert, subject):
                row.close(raised, now)
        self.tick(now)

    def events(self) -> list[Outcome]:
        """All events, in an order of their own."""
        return sorted((event for row in self.rows for event in row.events), key=lambda e: (e[1], e[2], e[6]))
