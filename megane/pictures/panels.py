"""What a picture of a backtest shows: the stretches of time on which two rules differ most, each with its series."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from alerts.comparison import Occasion, Outcome, Span, occasions
from alerts.episode import Episode
from city.catalog import Sensor
from city.reading import Bools, Float64s, Int64s, Quality
from city.rule import Rule
from city.subject import subject_of
from megane.backtest import Run

MOST: Final = 6  # what can be looked at side by side
HOUR_MS: Final = 3_600_000
BESIDE_MS: Final = 12 * HOUR_MS  # before and after an occasion: what led to it, and what came of it
LONGEST_MS: Final = 10 * 24 * HOUR_MS  # of longer ones the beginning: their hours could not be told apart
GAP_FACTOR: Final = 3.5  # three readings missing in a row are a gap, not jitter; as on the pages
USUAL: Final = 0.9  # of all steps between readings are no longer: a gauge that speaks by the hour at night has no gaps


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """One series over a stretch of time, and the alarms of either rule on it.

    time: int64[n] ms; value: float64[n], NaN where the line is to be broken; suspect: bool[n]
    """

    rule: Rule
    sensor: Sensor
    start_ms: int
    end_ms: int
    time: Int64s
    value: Float64s
    suspect: Bools
    proposed: Sequence[tuple[int, int]]
    current: Sequence[tuple[int, int]]
    beside: bool
    occasion: Occasion


def choose_panels(run: Run) -> list[Panel]:
    """Those of the occasions that differ most, rule by rule in turn; where none differs, the longest alarms."""
    span = Span(run.history.start_ms, run.history.end_ms)
    queues = [list(_of_rule(run, pair.proposed, pair.current, span)) for pair in run.pairs]
    found: list[Panel] = []
    while any(queues) and len(found) < MOST:
        for queue in queues:
            if queue and len(found) < MOST:
                found.append(queue.pop(0))
    return found


def _of_rule(run: Run, proposed: Rule, current: Rule | None, span: Span) -> Iterator[Panel]:
    """Panels of a rule, most different first, each series once."""
    ours = [episode for episode in run.proposed if episode.rule == proposed.id]
    theirs = [episode for episode in run.current if current is not None and episode.rule == current.id]
    seen: set[str] = set()
    for occasion in sorted(occasions(ours, theirs, span), key=lambda one: -_weight(one, span)):
        sensor = subject_of(occasion.subject, run.history.catalog).sensor
        if sensor is not None and occasion.subject not in seen:
            seen.add(occasion.subject)
            yield _panel(run, proposed, sensor, occasion, ours, theirs, span, beside=current is not None)


def _weight(occasion: Occasion, span: Span) -> float:
    """Alarms that the other rule has not come first, then those that it has at another time, then the long ones."""
    kind = {Outcome.GAINED: 2, Outcome.LOST: 2, Outcome.SAME: 0}.get(occasion.outcome, 1)
    hours = sum(end - start for start, end in map(span.of, (*occasion.proposed, *occasion.current))) / HOUR_MS
    return kind * 1e9 + abs(occasion.earlier_ms or 0) / HOUR_MS * 1e3 + hours


def _panel(
    run: Run,
    rule: Rule,
    sensor: Sensor,
    occasion: Occasion,
    ours: Sequence[Episode],
    theirs: Sequence[Episode],
    span: Span,
    *,
    beside: bool,
) -> Panel:
    sides = [span.of(episode) for episode in (*occasion.proposed, *occasion.current)]
    first_ms = min(start for start, _ in sides)
    last_ms = min(max(end for _, end in sides), first_ms + LONGEST_MS)
    start_ms, end_ms = max(span.start_ms, first_ms - BESIDE_MS), min(span.end_ms, last_ms + BESIDE_MS)
    batch = run.history.batch
    mine = (batch.series == run.history.catalog.index[sensor.key]) & (batch.time >= start_ms) & (batch.time < end_ms)
    mine &= (batch.quality & np.uint8(Quality.BAD | Quality.LATE)) == 0
    time, value, suspect = _with_gaps(
        batch.time[mine], batch.value[mine], (batch.quality[mine] & np.uint8(Quality.SUSPECT)) != 0
    )
    part = Span(start_ms, end_ms)
    proposed, current = (
        [part.of(e) for e in side if e.subject == str(sensor.key) and part.of(e)[0] < part.of(e)[1]]
        for side in (ours, theirs)
    )
    return Panel(rule, sensor, start_ms, end_ms, time, value, suspect, proposed, current, beside, occasion)


def _with_gaps(time: Int64s, value: Float64s, suspect: Bools) -> tuple[Int64s, Float64s, Bools]:
    """A value that is none in every gap, so that no line is drawn across."""
    steps = np.diff(time)
    if not len(steps):
        return time, value, suspect
    at = np.flatnonzero(steps > GAP_FACTOR * np.quantile(steps, USUAL)) + 1
    return np.insert(time, at, time[at] - 1), np.insert(value, at, np.nan), np.insert(suspect, at, False)
