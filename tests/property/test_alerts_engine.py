"""The vectorized engine says what the plain one says, however the readings are cut, and over any restart."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from city.rule import Rule
from tests.support.drawn_journals import Put, journals, live_and_history, plain, prompt_readings, restarted, stepped
from tests.support.drawn_rules import CITY, rules


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rules(), journals())
def test_engine_is_the_plain_evaluator(chosen: list[Rule], journal: list[Put]) -> None:
    assert stepped(CITY, chosen, journal) == plain(CITY, chosen, journal)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rules(), journals(), st.integers(0, 12))
def test_a_restart_anywhere_changes_nothing(chosen: list[Rule], journal: list[Put], at: int) -> None:
    for (broken, after), (straight, events) in restarted(CITY, chosen, journal, at):
        assert after == events
        assert broken.open_alerts() == straight.open_alerts()
        assert broken.next_due_ms() == straight.next_due_ms()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rules(), prompt_readings(), st.lists(st.integers(0, 40), max_size=8), st.booleans())
def test_however_prompt_readings_are_cut_the_events_are_the_same(
    chosen: list[Rule],
    readings: list[tuple[int, str, float]],
    cuts: list[int],
    ticks: bool,  # noqa: FBT001  drawn
) -> None:
    sides = live_and_history(CITY, chosen, readings, cuts, ticks=ticks)
    for told in (False, True):
        live_ids, history_ids = ({e.id for e in side if e.told or not told} for side in sides)
        assert live_ids == history_ids
