"""The retroactive pass once more, slow and obvious: beside the scalar evaluator, from the design's text."""

from dataclasses import dataclass, field, replace

from alerts.expression import Call, parts
from alerts.tokens import Fault
from city.alert import AlertState, event_id
from city.catalog import Sensor
from city.reading import Quality
from city.rule import QualityView, Rule
from tests.support.scalar_expressions import Sample
from tests.support.scalar_rules import Outcome, Row, ScalarEngine, SilenceRow

FAR = 1 << 61


@dataclass
class Told:
    """From firing to resolved."""

    raised: int
    resolved: int
    marked: bool

    def meets(self, raised: int, resolved: int) -> bool:
        return self.raised <= resolved and raised <= self.resolved


@dataclass
class Twin:
    """A row that runs over given readings, and what came of it."""

    row: Row
    episodes: dict[int, list[Outcome]] = field(default_factory=dict)

    @classmethod
    def run(cls, like: Row, samples: list[Sample], clock: int | None) -> "Twin":
        row = Row(like.city, like.rule, like.sensor, like.never_heard)
        newest = like.past[-1]
        for sample in samples:
            arrived = max(newest.arrived, sample.time) if sample.time == newest.time else sample.time
            row.reading(replace(sample, quality=sample.quality & ~Quality.LATE, arrived=arrived))
        if clock is not None:
            row.clock(clock)
        twin = cls(row)
        for event in row.events:
            if event[4] in {"firing", "resolved"}:
                twin.episodes.setdefault(event[5], []).append(event)
        return twin


class ScalarHindsight:
    """All rows, with all that ever came to each."""

    def __init__(self, city: str, sensors: tuple[Sensor, ...], rules: list[Rule], first_ms: int) -> None:
        self.scalar = ScalarEngine(city, sensors, rules, first_ms)
        self.rows = [row for row in self.scalar.rows if not isinstance(row, SilenceRow)]
        self.everything: list[dict[int, Sample]] = [{} for _ in self.rows]
        self.marked: list[list[Told]] = [[] for _ in self.rows]
        self.unseen: dict[str, list[int]] = {}
        self.retroactive: list[Outcome] = []

    def batch(self, now: int, readings: list[tuple[str, int, float, int]]) -> None:
        self.scalar.batch(now, readings)
        for subject, time, value, quality in readings:
            news = False
            for row, everything in zip(self.rows, self.everything, strict=True):
                if str(row.sensor.key) == subject and not hidden(row, quality):
                    news |= bool(row.past) and time not in everything
                    everything.setdefault(time, Sample(time, value, quality, now))
            if quality & Quality.LATE and news:
                self.unseen.setdefault(subject, []).append(time)

    def look(self, now: int) -> None:
        """One pass over all that late readings touched."""
        self.scalar.tick(now)
        for subject, times in self.unseen.items():
            mine = [k for k, row in enumerate(self.rows) if str(row.sensor.key) == subject]
            start = min(times) - max(context(self.rows[k]) for k in mine)
            for k in mine:
                if self.rows[k].past:
                    self._look(k, start, min(times), max(times), now if self.scalar.caught_up else None)
        self.unseen.clear()

    def _look(self, k: int, start: int, oldest: int, newest: int, clock: int | None) -> None:
        row = self.rows[k]
        samples = sorted((s for s in self.everything[k].values() if s.time >= start), key=lambda s: s.time)
        seen = [s for s in samples if not (s.quality & Quality.LATE and oldest <= s.time <= newest)]
        without, within = (Twin.run(row, some, clock) for some in (seen, samples))
        for raised, events in within.episodes.items():
            resolved = events[-1][6] if events[-1][4] == "resolved" else FAR
            told = [span for span in self._told(k) if span.meets(raised, resolved)]
            begins = min((span.raised for span in told), default=FAR)
            earlier = begins - raised >= 10 and not any(
                a < begins and Told(a, b, marked=False).meets(raised, resolved) for a, b in spans(without)
            )
            new = (earlier or all(span.marked for span in told)) and not any(
                Told(a, b, marked=False).meets(raised, resolved) and not any(span.meets(a, b) for span in told)
                for a, b in spans(without)
            )
            if resolved < FAR and new and not told:
                self.retroactive += events
                self.marked[k].append(Told(raised, resolved, marked=True))
                row.last = max(row.last or resolved, resolved)
            elif resolved < FAR and new:
                self._before(k, events[0], min(span.raised for span in told), samples)
            elif resolved == FAR and row.state == "firing":
                now_firing = next((span for span in self._told(k) if span.raised == row.since), None)
                if now_firing is not None and new:
                    self._before(k, events[0], min(span.raised for span in told), samples)
            elif resolved == FAR and without.row.state != "firing" and not row.muted:
                row.severity, row.truths = within.row.severity, dict(within.row.truths)
                at = max(raised, raised if row.last is None else row.last + 1)
                self._change(row, "firing", at, events[0][8])
                self.marked[k].append(Told(at, FAR, marked=True))
        since = within.row.since
        if (
            within.row.state == "pending"
            and not row.muted
            and (without.row.state == "inactive" or (without.row.state == "pending" and since < without.row.since))
        ):
            if row.state == "pending":
                row.since = min(row.since, since)
            elif row.state == "inactive":
                at = max(since, since if row.last is None else row.last + 1)
                self._change(row, "pending", at, within.row.past[-1].time)
        everything = sorted(self.everything[k].values(), key=lambda s: s.time)
        row.past = [s for s in everything if s.time < row.past[-1].time] + [row.past[-1]]

    def _change(self, row: Row, to: str, at: int, rests_on: int | None) -> None:
        """The row itself goes on so."""
        subject = str(row.sensor.key)
        identity = event_id(row.city, row.name, subject, at, AlertState(to), at)
        if to == "firing":
            row.begin(at)
        held = to == "firing" and row.flapping
        self.retroactive.append(
            (identity, row.name, subject, row.state, to, at, at, None, rests_on, row.severity, held)
        )
        row.state, row.since, row.last = to, at, at

    def _before(self, k: int, fired: Outcome, begins: int, samples: list[Sample]) -> None:
        raised = fired[5]
        if raised >= begins:
            return
        row = self.rows[k]
        peak = max((s.value for s in samples if raised <= s.time < begins), default=None)
        subject = str(row.sensor.key)
        identity = event_id(row.city, row.name, subject, raised, AlertState.RESOLVED, begins)
        over: Outcome = (
            identity,
            row.name,
            subject,
            "firing",
            "resolved",
            raised,
            begins,
            peak,
            None,
            fired[9],
            fired[10],
        )
        self.retroactive += [fired, over]
        self.marked[k].append(Told(raised, begins, marked=True))

    def _told(self, k: int) -> list[Told]:
        """Everything that was told of a row, in the order of telling."""
        ends = {event[5]: event[6] for event in self.rows[k].events if event[4] == "resolved"}
        fired = [e for e in self.rows[k].events if e[4] == "firing" and e[3] != "firing"]
        live = [Told(e[5], ends.get(e[5], FAR), marked=False) for e in fired]
        return [
            *(replace(span, resolved=min(span.resolved, ends.get(span.raised, FAR))) for span in self.marked[k]),
            *live,
        ]

    def events(self) -> list[Outcome]:
        """All events once."""
        every = {event[0]: event for event in [*self.scalar.events(), *self.retroactive]}
        return sorted(every.values(), key=lambda e: (e[1], e[2], e[6], e[4]))


def spans(twin: Twin) -> list[tuple[int, int]]:
    return [(r, e[-1][6] if e[-1][4] == "resolved" else FAR) for r, e in twin.episodes.items()]


def hidden(row: Row, quality: int) -> bool:
    return row.rule.quality is QualityView.GOOD and bool(quality & Quality.BAD)


def context(row: Row) -> int:
    """How far back what the rule says may depend on readings, in ms."""
    found = [
        node.function.reach_ms(node.arguments)
        for condition in (row.raised, row.cleared, *(c for _, c in row.levels if not isinstance(c, Fault)))
        for node in parts(condition)
        if isinstance(node, Call)
    ]
    return (
        max(found, default=0)
        + row.rule.for_ms
        + row.rule.hold_ms
        + (row.rule.flaps.within_ms if row.rule.flaps else 0)
        + 1
    )
