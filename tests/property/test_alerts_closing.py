"""Alerts that people close, in between everything else: the engine is the plain evaluator, wherever it is restarted."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alerts.engine import Engine
from city.alert import ZONE_SILENT, AlertState
from city.decision import AlertName, Close, ClosingReason, Decision
from city.entry import DecisionEntry, Entry
from city.rule import Rule
from tests.support.drawn_journals import Put, entry_of, journals, outcomes
from tests.support.drawn_rules import CITY, rules
from tests.support.scalar_rules import ScalarEngine


def closing(engine: Engine, which: int, shift_ms: int, position: int, at_ms: int) -> DecisionEntry:
    """Of what fires, one alert is closed; shifted, it is another that nobody knows."""
    firing = [a for a in engine.open_alerts() if a.state is AlertState.FIRING and a.rule != ZONE_SILENT]
    alert = AlertName("rule0", "alpha:water_level", 0)
    if firing:
        meant = firing[which % len(firing)]
        alert = AlertName(meant.rule, meant.subject, meant.since_ms + shift_ms)
    decision = Decision(str(position), "鯖江", Close(alert, ClosingReason.FALSE_ALARM))
    return DecisionEntry(position, at_ms, decision)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    rules(),
    journals(),
    st.lists(st.tuples(st.integers(0, 5), st.sampled_from([0, 0, 0, 1])), min_size=12, max_size=12),
    st.integers(0, 24),
)
def test_closing_is_what_the_plain_evaluator_says(
    chosen: list[Rule], journal: list[Put], closings: list[tuple[int, int]], restart: int
) -> None:
    engine = Engine("town", CITY, chosen)
    scalar = ScalarEngine("town", CITY.sensors, chosen, journal[0].at_ms)
    events = []
    for number, (put, (which, shift_ms)) in enumerate(zip(journal, closings, strict=False)):
        position = 2 * number + 1
        entries: list[Entry] = [entry_of(put, position)]
        if put.kind in {"start", "caught-up"}:
            scalar.caught_up = put.kind == "caught-up"
        scalar.batch(put.at_ms, [(f"{row[0]}:water_level", *row[1:]) for row in put.rows])
        events += engine.step(entries[0])
        if position == restart:
            engine = Engine.restore(engine.snapshot(), CITY, chosen)
        if which < 4:
            entry = closing(engine, which, shift_ms, position + 1, put.at_ms)
            assert isinstance(entry.decision.act, Close)
            alert = entry.decision.act.alert
            scalar.close(alert.rule, alert.subject, alert.raised_ms, put.at_ms)
            closed = engine.step(entry)
            assert all(e.to_state is AlertState.RESOLVED for e in closed if e.reason)
            events += closed
        if position + 1 == restart:
            engine = Engine.restore(engine.snapshot(), CITY, chosen)
    assert outcomes(events) == scalar.events()
