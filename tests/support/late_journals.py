"""Journals with late readings as Hypothesis draws them, and how an engine with a store beside it takes them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hypothesis import strategies as st

from alerts.engine import Engine
from city.alert import AlertEvent
from city.catalog import Catalog
from city.entry import CaughtUpEntry, StartEntry, TickEntry
from city.reading import Quality
from city.rule import Rule
from tests.support.looking_engine import LookingEngine
from tests.support.rule_city import MINUTE, T0, entry

VALUES = [3.5, 4.0, 4.5, 5.0, 5.25, 5.5, 6.0, 6.25, -1.0]


@dataclass(frozen=True)
class Step:
    """What happens at a time: readings in a batch, a tick, a start, a pass."""

    at_ms: int
    kind: str
    rows: tuple[tuple[str, int, float, int], ...] = ()


@st.composite
def late_journals(draw: st.DrawFn) -> list[Step]:
    """Readings with gaps, some bad, some late (of times of their own), ticks, starts, and passes in between."""
    now, odd = T0, 0
    newest = {"alpha": T0 - MINUTE, "beta": T0 - MINUTE, "gamma": T0 - MINUTE}
    out = [Step(T0, "tick")]
    for _ in range(draw(st.integers(1, 14))):
        now += draw(st.sampled_from([0, 1, 20_000, 30_000, 61_000, 300_000, 1_200_000]))
        kind = draw(st.sampled_from(["batch"] * 5 + ["tick", "look", "look", "start", "caught-up"]))
        rows = []
        for _ in range(draw(st.integers(0, 6)) if kind == "batch" else 0):
            device = draw(st.sampled_from(list(newest)))
            quality = draw(st.sampled_from([0, 0, 0, 0, Quality.BAD, Quality.SUSPECT]))
            step = draw(st.sampled_from([1, 30_000, 60_000, 120_000, 420_000, -90_000, -30_000, -300_000, -900_000]))
            time = newest[device] + step
            if step <= 0:
                odd += 1
                time += odd * 7
                quality |= Quality.LATE
            elif not quality & Quality.BAD:
                newest[device] = time
            rows.append((device, time, draw(st.sampled_from(VALUES)), int(quality)))
        rows.sort(key=lambda row: row[1])
        out.append(Step(now, kind, tuple(rows)))
    return [*out, Step(now + 120_000, "look"), Step(now + 180_000, "tick")]


def run(looking: LookingEngine, step: Step, behind: int = 0) -> list[AlertEvent]:
    """What comes of a step; behind: how many entries the store is."""
    position = looking.position + 1
    match step.kind:
        case "batch":
            return looking.step(entry(looking.catalog, position, step.at_ms, step.rows))
        case "start":
            return looking.step(StartEntry(position, step.at_ms))
        case "caught-up":
            return looking.step(CaughtUpEntry(position, step.at_ms))
        case "look":
            return looking.look(step.at_ms, behind)
        case _:
            return looking.step(TickEntry(position, step.at_ms))


def restarted(
    catalog: Catalog, chosen: list[Rule], journal: Sequence[Step], at: int, behind: int
) -> Iterator[tuple[Engine, Engine]]:
    """Two engines after each step, the first of which is restarted before the step `at`, and both say the same.

    In the end also with one that is given the entries of the second.
    """
    broken, straight = (LookingEngine(Engine("town", catalog, chosen), catalog) for _ in range(2))
    for number, step in enumerate(journal):
        if number == at:
            broken.engine = Engine.restore(broken.engine.snapshot(), catalog, chosen)
        assert run(broken, step, behind) == run(straight, step)
        assert broken.engine.open_alerts() == straight.engine.open_alerts()
        yield broken.engine, straight.engine
    again = Engine("town", catalog, chosen)
    for each in straight.entries:
        again.step(each)
    assert again.open_alerts() == straight.engine.open_alerts()


def passes(
    catalog: Catalog, chosen: list[Rule], journal: Sequence[Step]
) -> Iterator[tuple[set[str], list[AlertEvent]]]:
    """The events of each pass, none of which ends what fires, and the series of which late readings came before it."""
    late: set[str] = set()
    looking = LookingEngine(Engine("town", catalog, chosen), catalog)
    for step in journal:
        late |= {f"{row[0]}:water_level" for row in step.rows if row[3] & Quality.LATE}
        if step.kind != "look" or looking.engine.pass_wanted(step.at_ms) is None:
            run(looking, step)
            continue
        run(looking, Step(step.at_ms, "tick"))
        before = _firing(looking.engine)
        events = run(looking, step)
        assert before <= _firing(looking.engine)
        yield late, events


def _firing(engine: Engine) -> set[tuple[str, str, int]]:
    return {(a.rule, a.subject, a.since_ms) for a in engine.open_alerts() if a.state == "firing"}
