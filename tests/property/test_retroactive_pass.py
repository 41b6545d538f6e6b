"""The retroactive pass says what the plain one says, over random late readings, and over any restart."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alerts.engine import Engine
from city.alert import ZONE_SILENT, AlertEvent, AlertState
from city.rule import Rule
from tests.support.drawn_journals import outcomes
from tests.support.drawn_rules import CITY, rules
from tests.support.late_journals import Step, late_journals, passes, restarted, run
from tests.support.looking_engine import LookingEngine
from tests.support.scalar_hindsight import ScalarHindsight


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
@given(rules(), late_journals())
def test_pass_is_the_plain_one(chosen: list[Rule], journal: list[Step]) -> None:
    events, _, scalar = whole(chosen, journal)
    found = sorted(outcomes(events), key=lambda e: (e[1], e[2], e[6], e[4]))
    assert found == scalar.events()
    assert {e.id for e in events if e.retroactive} == {event[0] for event in scalar.retroactive}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rules(), late_journals(), st.integers(0, 14), st.integers(0, 3))
def test_a_restart_anywhere_and_a_store_that_is_behind_change_nothing(
    chosen: list[Rule], journal: list[Step], at: int, behind: int
) -> None:
    for broken, straight in restarted(CITY, chosen, journal, at, behind):
        assert broken.next_due_ms() == straight.next_due_ms()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rules(), late_journals())
def test_a_pass_clears_nothing_that_fires_and_touches_no_series_in_order(
    chosen: list[Rule], journal: list[Step]
) -> None:
    """What the clock of the same step ends, it may: only an alert that this very pass opened."""
    for late, events in passes(CITY, chosen, journal):
        opened = {(event.rule, event.subject) for event in events if event.retroactive}
        for event in events:
            silence = event.rule == ZONE_SILENT or event.rule.endswith(":no-data")
            ends_what_opened = event.to_state is AlertState.RESOLVED and (event.rule, event.subject) in opened
            assert event.retroactive or silence or ends_what_opened
        assert {event.subject for event in events if event.retroactive} <= late
