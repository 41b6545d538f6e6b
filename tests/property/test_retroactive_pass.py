"""The retroactive pass says what the plain one says, over random late readings, and over any restart."""

from dataclasses import dataclass

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alerts.engine import Engine
from city.alert import ZONE_SILENT, AlertEvent
from city.entry import CaughtUpEntry, StartEntry, TickEntry
from city.reading import Quality
from city.rule import Rule
from tests.support.drawn_journals import outcomes
from tests.support.drawn_rules import CITY, rules
from tests.support.looking_engine import LookingEngine
from tests.support.rule_city import MINUTE, T0, entry
from tests.support.scalar_hindsight import ScalarHindsight

VALUES = [3.5, 4.0, 4.5, 5.0, 5.25, 5.5, 6.0, 6.25, -1.0]


@dataclass(frozen=True)
class Step:
    """What happens at a time: readings in a batch, a tick, a start, a pass."""

    at_ms: int
    kind: str
    rows: tuple[tuple[str, int, float, int], ...] = ()


@st.composite
def journals(draw: st.DrawFn) -> list[Step]:
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
    position = looking.position + 1
    match step.kind:
        case "batch":
            return looking.step(entry(CITY, position, step.at_ms, step.rows))
        case "start":
            return looking.step(StartEntry(position, step.at_ms))
        case "caught-up":
            return looking.step(CaughtUpEntry(position, step.at_ms))
        case "look":
            return looking.look(step.at_ms, behind)
        case _:
            return looking.step(TickEntry(position, step.at_ms))


def whole(chosen: list[Rule], journal: list[Step]) -> tuple[list[AlertEvent], list[list[AlertEvent]], ScalarHindsight]:
    """All events of the engine, those step by step, and the plain evaluator after the same."""
    looking = LookingEngine(Engine("town", CITY, chosen), CITY)
    scalar = ScalarHindsight("town", CITY.sensors, chosen, journal[0].at_ms)
    steps = []
    for step in journal:
        looked = step.kind != "look" or looking.engine.pass_wanted(step.at_ms) is not None
        steps.append(run(looking, step))
        if step.kind in {"start", "caught-up"}:
            scalar.scalar.caught_up = step.kind == "caught-up"
        if step.kind == "look" and looked:
            scalar.look(step.at_ms)
        elif step.kind != "look":
            scalar.batch(step.at_ms, [(f"{row[0]}:water_level", *row[1:]) for row in step.rows])
    return [event for events in steps for event in events], steps, scalar


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rules(), journals())
def test_pass_is_the_plain_one(chosen: list[Rule], journal: list[Step]) -> None:
    events, _, scalar = whole(chosen, journal)
    found = sorted(outcomes(events), key=lambda e: (e[1], e[2], e[6], e[4]))
    assert found == scalar.events()
    assert {e.id for e in events if e.retroactive} == {event[0] for event in scalar.retroactive}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rules(), journals(), st.integers(0, 14), st.integers(0, 3))
def test_a_restart_anywhere_and_a_store_that_is_behind_change_nothing(
    chosen: list[Rule], journal: list[Step], at: int, behind: int
) -> None:
    straight = LookingEngine(Engine("town", CITY, chosen), CITY)
    broken = LookingEngine(Engine("town", CITY, chosen), CITY)
    for number, step in enumerate(journal):
        if number == at:
            broken.engine = Engine.restore(broken.engine.snapshot(), CITY, chosen)
        assert run(broken, step, behind) == run(straight, step)
        assert broken.engine.open_alerts() == straight.engine.open_alerts()
        assert broken.engine.next_due_ms() == straight.engine.next_due_ms()
    again = Engine("town", CITY, chosen)
    for each in straight.entries:
        again.step(each)
    assert again.open_alerts() == straight.engine.open_alerts()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rules(), journals())
def test_a_pass_clears_nothing_that_fires_and_touches_no_series_in_order(
    chosen: list[Rule], journal: list[Step]
) -> None:
    looking = LookingEngine(Engine("town", CITY, chosen), CITY)
    late: set[str] = set()
    for step in journal:
        late |= {f"{row[0]}:water_level" for row in step.rows if row[3] & Quality.LATE}
        if step.kind != "look":
            run(looking, step)
            continue
        if looking.engine.pass_wanted(step.at_ms) is None:
            continue
        run(looking, Step(step.at_ms, "tick"))
        before = {(a.rule, a.subject, a.since_ms) for a in looking.engine.open_alerts() if a.state == "firing"}
        events = run(looking, step)
        after = {(a.rule, a.subject, a.since_ms) for a in looking.engine.open_alerts() if a.state == "firing"}
        assert before <= after
        assert all(
            event.retroactive or event.rule.endswith(":no-data") for event in events if event.rule != ZONE_SILENT
        )
        assert {event.subject for event in events if event.retroactive} <= late
