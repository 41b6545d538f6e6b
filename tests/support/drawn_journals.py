"""Journals as Hypothesis draws them, and what engines and the plain evaluator make of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from hypothesis import strategies as st

from alerts.engine import Engine
from city.alert import ZONE_SILENT, AlertEvent
from city.catalog import Catalog
from city.entry import BatchEntry, CaughtUpEntry, Entry, StartEntry, TickEntry
from city.reading import Quality
from city.rule import Rule
from tests.support.drawn_rules import CITY
from tests.support.rule_city import MINUTE, T0, batch, entry
from tests.support.scalar_rules import Outcome, Row, ScalarEngine


@dataclass(frozen=True)
class Put:
    """Readings in a batch, or none: a tick."""

    at_ms: int
    kind: str
    rows: tuple[tuple[str, int, float, int], ...]


@st.composite
def journals(draw: st.DrawFn) -> list[Put]:
    """Irregular readings with gaps, duplicates, bad and late ones, backlogs, ticks and starts."""
    now = T0
    newest = {"alpha": T0 - MINUTE, "beta": T0 - MINUTE, "gamma": T0 - MINUTE}
    out = []
    for _ in range(draw(st.integers(1, 12))):
        now += draw(st.sampled_from([0, 1, 20_000, 30_000, 60_000, 61_000, 300_000, 1_200_000]))
        kind = draw(st.sampled_from(["batch", "batch", "batch", "batch", "tick", "tick", "start", "caught-up"]))
        rows = []
        for _ in range(draw(st.integers(0, 6)) if kind == "batch" else 0):
            device = draw(st.sampled_from(list(newest)))
            quality = draw(st.sampled_from([0, 0, 0, 0, Quality.BAD, Quality.SUSPECT]))
            step = draw(st.sampled_from([0, 1, 30_000, 60_000, 60_000, 60_000, 120_000, 420_000, -90_000]))
            time = newest[device] + step
            if step <= 0:
                quality |= Quality.LATE if draw(st.booleans()) else 0
            elif not quality & Quality.BAD:
                newest[device] = time
            rows.append(
                (device, time, draw(st.sampled_from([3.5, 4.0, 4.5, 5.0, 5.25, 5.5, 6.0, 6.25, -1.0])), int(quality))
            )
        rows.sort(key=lambda row: row[1])
        out.append(Put(now, kind, tuple(rows)))
    return out


@st.composite
def prompt_readings(draw: st.DrawFn) -> list[tuple[int, str, float]]:
    """Readings in order of time, each of which arrives 10 s after its time: within the delay of every gauge."""
    now, out = T0, []
    for _ in range(draw(st.integers(1, 40))):
        now += draw(st.sampled_from([1, 20_000, 60_000, 60_000, 60_000, 240_000, 900_000]))
        out.append((now, draw(st.sampled_from(["alpha", "gamma"])), draw(st.sampled_from([3.5, 4.5, 5.0, 5.5, 6.5]))))
    return out


def entry_of(put: Put, position: int, catalog: Catalog = CITY) -> Entry:
    """As the journal would hold it."""
    match put.kind:
        case "batch":
            return entry(catalog, position, put.at_ms, put.rows)
        case "start":
            return StartEntry(position, put.at_ms)
        case "caught-up":
            return CaughtUpEntry(position, put.at_ms)
        case _:
            return TickEntry(position, put.at_ms)


def outcomes(events: list[AlertEvent]) -> list[Outcome]:
    """What the plain evaluator has of them, in its order."""
    sensors = {e.id: e for e in events if e.rule != ZONE_SILENT}  # one that was held comes again when it is told
    return sorted(
        (
            (
                e.id,
                e.rule,
                e.subject,
                e.from_state.value,
                e.to_state.value,
                e.raised_ms,
                e.at_ms,
                e.evidence.peak,
                e.evidence.time_ms,
                e.severity,
                e.flapping,
            )
            for e in sensors.values()
        ),
        key=lambda e: (e[1], e[2], e[6]),
    )


def stepped(catalog: Catalog, chosen: list[Rule], journal: Sequence[Put]) -> list[Outcome]:
    """What an engine says of a journal."""
    engine = Engine("town", catalog, chosen)
    events = []
    for position, put in enumerate(journal, 1):
        events += engine.step(entry_of(put, position, catalog))
    return outcomes(events)


def plain(catalog: Catalog, chosen: list[Rule], journal: Sequence[Put], across: Sequence[Row] = ()) -> list[Outcome]:
    """What the plain evaluator says of it; `across`: its rows of rules across series."""
    scalar = ScalarEngine("town", catalog.sensors, chosen, journal[0].at_ms, across)
    for put in journal:
        if put.kind in {"start", "caught-up"}:
            scalar.caught_up = put.kind == "caught-up"
        scalar.batch(put.at_ms, [(f"{row[0]}:water_level", *row[1:]) for row in put.rows])
    return scalar.events()


def restarted(
    catalog: Catalog, chosen: list[Rule], journal: Sequence[Put], at: int
) -> Iterator[tuple[tuple[Engine, list[AlertEvent]], tuple[Engine, list[AlertEvent]]]]:
    """Two engines and what they say of each entry, the first of which is restarted before the entry `at`."""
    broken, straight = Engine("town", catalog, chosen), Engine("town", catalog, chosen)
    for position, put in enumerate(journal, 1):
        if position == at:
            broken = Engine.restore(broken.snapshot(), catalog, chosen)
        step = entry_of(put, position, catalog)
        yield (broken, broken.step(step)), (straight, straight.step(step))


def live_and_history(
    catalog: Catalog,
    chosen: list[Rule],
    readings: Sequence[tuple[int, str, float]],
    cuts: Sequence[int],
    *,
    ticks: bool,
) -> tuple[list[AlertEvent], list[AlertEvent]]:
    """Of prompt readings, what comes of them one by one as they arrive, and cut up as history."""
    live, history = Engine("town", catalog, chosen), Engine("town", catalog, chosen)
    came: list[AlertEvent] = []
    was: list[AlertEvent] = []
    live.step(TickEntry(0, T0))
    history.step(TickEntry(0, T0))
    for position, (time, device, value) in enumerate(readings, 1):
        came += live.step(entry(catalog, position, time + 10_000, [(device, time, value, 0)]))
        if ticks:
            came += live.step(TickEntry(position, time + 10_000))
    edges = sorted({0, len(readings), *(cut for cut in cuts if cut < len(readings))})
    for begin, end in pairwise(edges):
        piece = batch(catalog, [(device, time, value, 0) for time, device, value in readings[begin:end]])
        was += history.step(BatchEntry(end, readings[end - 1][0], piece, arrived=piece.time.copy()))
    end_ms = readings[-1][0] + 24 * 60 * MINUTE
    return came + live.step(TickEntry(1_000, end_ms)), was + history.step(TickEntry(1_000, end_ms))
