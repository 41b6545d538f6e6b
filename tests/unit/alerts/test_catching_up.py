"""What was decided late moves nothing, until its series has caught up and the alert fires still."""

from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.engine import Engine
from city.alert import AlertEvent, AlertState
from city.decision import AlertName, Close, ClosingReason, Decision, Lift, Silence
from city.entry import CaughtUpEntry, DecisionEntry, Entry, RulesEntry, StartEntry
from city.reading import Quality
from city.rule import Rule
from tests.support.looking_engine import LookingEngine
from tests.support.rule_city import HOUR, MINUTE, T0, entry, gauge, rule, rule_text, town

CITY = town([gauge("alpha"), gauge("beta")])
NOW = 180  # minutes: two hours later than what is decided late here


def at(minute: float) -> int:
    return T0 + round(minute * MINUTE)


@dataclass
class Lived:
    """A city, entry by entry; its engine is restored from its snapshot before each."""

    engine: Engine

    @classmethod
    def of(cls, *rules: Rule) -> "Lived":
        return cls(Engine("town", CITY, rules or [rule()]))

    def take(self, item: Entry) -> list[str]:
        """The events that are told; what acts after all with a mark."""
        self.engine = Engine.restore(self.engine.snapshot(), CITY, self.engine.rules)
        return told(self.engine.step(item))

    def put(self, *readings: tuple[float, float], now: float = NOW, device: str = "alpha") -> list[str]:
        rows = [(device, at(minute), value, 0) for minute, value in readings]
        return self.take(entry(CITY, self.engine.position + 1, at(now), rows))

    def decide(self, act: Close | Silence | Lift, now: float) -> list[str]:
        return self.take(DecisionEntry(self.engine.position + 1, at(now), Decision("k", "鯖江 太郎", act)))


def told(events: Sequence[AlertEvent]) -> list[str]:
    return [
        f"{e.to_state.value} {e.severity} {(e.at_ms - T0) / MINUTE:g}{' acts' if e.caught_up else ''}"
        for e in events
        if e.told
    ]


def test_what_is_decided_in_time_acts_anyhow() -> None:
    city = Lived.of()
    assert city.put((0, 1), (100, 9), now=160) == ["firing 2 100"]
    assert city.put((160, 9), now=161) == []


def test_the_same_event_comes_again_once_its_series_has_caught_up() -> None:
    city = Lived.of()
    first = city.engine.step(entry(CITY, 1, at(NOW), [("alpha", at(0), 9.0, 0)]))
    assert city.put((60, 9)) == []
    assert city.put((119, 9)) == [], "a minute more than an hour old"
    again = city.engine.step(entry(CITY, 4, at(NOW), [("alpha", at(120), 9.0, 0)]))
    assert [event.id for event in again] == [event.id for event in first]
    assert (told(first), told(again)) == (["firing 2 0"], ["firing 2 0 acts"])
    assert (again[0].decided_ms, again[0].position) == (first[0].decided_ms, first[0].position)
    assert city.put((121, 9)) == [], "once"


def test_a_backlog_that_comes_at_once_acts_at_once() -> None:
    assert Lived.of().put((0, 9), (90, 9), (179, 9)) == ["firing 2 0 acts"]


def test_what_is_over_when_its_series_has_caught_up_never_acts() -> None:
    city = Lived.of()
    assert city.put((0, 9), (90, 1), (179, 1)) == ["firing 2 0", "resolved 2 90"]
    assert city.put((180, 1)) == []


def test_a_rule_may_have_more_time() -> None:
    assert Lived.of(rule(act_within="4h")).put((0, 9)) == ["firing 2 0"]
    city = Lived.of(rule(act_within="10m"))
    assert city.put((0, 9), (169, 9)) == ["firing 2 0"]
    assert city.put((170, 9)) == ["firing 2 0 acts"]


def test_another_gauge_says_nothing_about_it() -> None:
    city = Lived.of()
    assert city.put((0, 9)) == ["firing 2 0"]
    assert city.put((NOW, 1), device="beta") == []


def test_a_change_that_comes_in_time_acts_by_itself() -> None:
    city = Lived.of(rule(severity="{2: last() >= 5, 4: last() >= 8}"))
    assert city.put((0, 6)) == ["firing 2 0"]
    assert city.put((150, 9)) == ["firing 4 150"]
    assert city.put((151, 9)) == []


def test_a_change_that_is_late_too_is_the_one_that_comes_again() -> None:
    city = Lived.of(rule(severity="{2: last() >= 5, 4: last() >= 8}"))
    assert city.put((0, 6)) == ["firing 2 0"]
    assert city.put((50, 9)) == ["firing 4 50"]
    assert city.put((150, 9)) == ["firing 4 50 acts"]


def test_what_a_person_closed_never_acts() -> None:
    city = Lived.of()
    assert city.put((0, 9)) == ["firing 2 0"]
    name = AlertName("high", "alpha:water_level", at(0))
    assert city.decide(Close(name, ClosingReason.TEST), NOW) == [f"resolved 2 {NOW}"]
    assert city.put((NOW, 9), now=NOW + 1) == []


def test_under_a_silence_it_waits() -> None:
    city = Lived.of()
    assert city.put((0, 9)) == ["firing 2 0"]
    assert city.decide(Silence("s1", at(NOW), None), NOW) == []
    assert city.put((NOW, 9)) == []
    assert city.decide(Lift("s1"), NOW + 1) == ["firing 2 0 acts"]


def test_while_the_engine_is_behind_itself_nothing_acts() -> None:
    city = Lived.of()
    assert city.take(StartEntry(1, at(NOW))) == []
    assert city.put((0, 9), (NOW, 9)) == ["firing 2 0"]
    assert city.take(CaughtUpEntry(3, at(NOW))) == ["firing 2 0 acts"]


def test_rules_that_are_loaded_meanwhile_go_on_with_it() -> None:
    city = Lived.of()
    assert city.put((0, 9)) == ["firing 2 0"]
    assert city.take(RulesEntry(2, at(NOW), {"rules/test.yaml": rule_text(title="{ja: 高水位, en: High}")})) == []
    assert city.put((NOW, 9)) == ["firing 2 0 acts"]


def test_a_rule_on_trial_never_acts() -> None:
    city = Lived.of(rule(shadow="true"))
    assert city.put((0, 9), (NOW, 9)) == []


def test_a_group_has_caught_up_when_one_of_its_series_has() -> None:
    city = Lived.of(rule(raise_="all(last() >= 5)"))
    rows = [(device, at(0), 9.0, 0) for device in ("alpha", "beta")]
    assert city.take(entry(CITY, 1, at(NOW), rows)) == ["firing 2 0"]
    assert city.put((NOW, 9)) == ["firing 2 0 acts"]


def test_what_was_found_afterwards_and_goes_on_acts() -> None:
    at_work = LookingEngine(Engine("town", CITY, [rule(raise_="max(30m) >= 5")]), CITY)
    for minute, now, quality in ((0, 0, 0), (20, 20, 0), (10, 21, int(Quality.LATE))):
        value = 9.0 if quality else 1.0
        at_work.step(entry(CITY, at_work.position + 1, at(now), [("alpha", at(minute), value, quality)]))
    found = at_work.look(at(22))
    assert told(found) == ["firing 2 10 acts"]
    assert found[0].retroactive


READING = st.tuples(st.sampled_from(["alpha", "beta"]), st.integers(0, 300), st.sampled_from([1.0, 9.0]))
STEP = st.tuples(st.integers(0, 40), st.lists(READING, min_size=1, max_size=6))


@given(st.lists(STEP, max_size=12))
def test_as_if_every_alert_were_asked_after_every_step(steps: list[tuple[int, list[tuple[str, int, float]]]]) -> None:
    engine = Engine("town", CITY, [rule(act_within="30m")])
    waiting: dict[str, AlertEvent] = {}
    now = 120
    for position, (after, readings) in enumerate(steps, 1):
        now += after
        rows = [(device, at(min(minute, now)), value, 0) for device, minute, value in readings]
        events = engine.step(entry(CITY, position, at(now), rows))
        firing = {alert.subject: alert.time_ms for alert in engine.open_alerts()}
        acting = {event.subject for event in events if event.caught_up}
        for event in events:
            if event.to_state is AlertState.FIRING and event.late(HOUR // 2):
                waiting[event.subject] = event
            elif not event.caught_up:
                waiting.pop(event.subject, None)
        due = {subject for subject in waiting if at(now) - (firing.get(subject) or 0) <= HOUR // 2}
        assert acting == due
        for subject in due:
            del waiting[subject]


@pytest.mark.parametrize("late_ms", [HOUR, HOUR + 1])
def test_late_is_later_than_the_rule_allows(late_ms: int) -> None:
    city = Lived.of()
    item = entry(CITY, 1, at(0) + late_ms, [("alpha", at(0), 9.0, 0)])
    assert city.take(item) == ["firing 2 0"]
    assert bool(city.engine._catching_up.remember()) is (late_ms > HOUR)
