"""Late readings, looked at afterwards: they may open alerts, and clear none."""

from collections.abc import Sequence
from dataclasses import replace

from alerts.engine import Engine
from alerts.unseen import KEPT_READINGS, PASS_EVERY_MS, SERIES_AT_ONCE, SPAN_MS
from city.alert import AlertEvent
from city.entry import TickEntry
from city.reading import Quality
from city.rule import Rule
from tests.support.looking_engine import LookingEngine
from tests.support.rule_city import HOUR, MINUTE, T0, entry, gauge, rule, town

CITY = town([gauge("alpha"), gauge("beta")])
LATE = int(Quality.LATE)


class Lived:
    """One gauge, minute by minute. Each reading arrives at its minute unless it is late."""

    def __init__(self, *rules: Rule) -> None:
        self.at = LookingEngine(Engine("town", CITY, rules), CITY)

    def put(self, minute: float, value: float, *, now: float | None = None, device: str = "alpha") -> list[AlertEvent]:
        late = now is not None
        at_ms = T0 + int((now if now is not None else minute) * MINUTE)
        time = T0 + int(minute * MINUTE)
        return self.at.step(entry(CITY, self.at.position + 1, at_ms, [(device, time, value, LATE if late else 0)]))

    def tick(self, minute: float) -> list[AlertEvent]:
        return self.at.step(TickEntry(self.at.position + 1, T0 + int(minute * MINUTE)))

    def look(self, minute: float) -> list[AlertEvent]:
        return self.at.look(T0 + int(minute * MINUTE))

    def firing(self) -> list[tuple[str, float]]:
        return [(a.rule, (a.since_ms - T0) / MINUTE) for a in self.at.engine.open_alerts()]


def told(events: Sequence[AlertEvent]) -> list[tuple[str, str, float, bool]]:
    return [(e.rule, e.to_state.value, (e.at_ms - T0) / MINUTE, e.retroactive) for e in events]


def test_what_is_over_again_is_told_as_a_fact() -> None:
    city = Lived(rule())
    city.put(0, 1.0)
    city.put(20, 1.0)
    assert city.put(10, 9.0, now=30) == []
    events = city.look(31)
    assert told(events) == [("high", "firing", 10, True), ("high", "resolved", 20, True)]
    assert [e.decided_ms - T0 for e in events] == [31 * MINUTE] * 2
    assert events[0].evidence.value == 9.0
    assert events[0].evidence.quality == LATE
    assert events[1].evidence.peak == 9.0
    assert city.firing() == []
    assert city.look(40) == [], "once is enough"


def test_what_is_still_true_at_the_newest_reading_goes_on_as_a_live_alert() -> None:
    city = Lived(rule(raise_="max(30m) >= 5"))
    city.put(0, 1.0)
    city.put(20, 1.0)
    city.put(10, 9.0, now=21)
    assert told(city.look(22)) == [("high", "firing", 10, True)]
    assert city.firing() == [("high", 10)]
    assert [a.peak for a in city.at.engine.open_alerts()] == [9.0]
    assert told(city.put(39, 1.0)) == []
    resolved = city.put(41, 1.0)
    assert told(resolved) == [("high", "resolved", 41, False)]
    assert (resolved[0].raised_ms, resolved[0].evidence.peak) == (T0 + 10 * MINUTE, 9.0)


def test_what_fires_is_not_cleared_however_late_readings_would_have_had_it() -> None:
    city = Lived(rule(raise_="min(30m) >= 5"))
    city.put(0, 1.0)
    assert told(city.put(31, 6.0)) == [("high", "firing", 31, False)]
    city.put(40, 6.0)
    city.put(35, 1.0, now=41)
    assert city.look(42) == []
    assert city.firing() == [("high", 31)]
    # From then on windows hold it, and what comes clears the alert as ever.
    assert told(city.put(50, 6.0)) == [("high", "resolved", 50, False)]


def test_a_two_week_old_backfill_does_not_clear_a_live_no_data_alert() -> None:
    city = Lived(rule(no_data="2h"))
    city.put(0, 1.0)
    fortnight = 14 * 24 * 60
    city.put(fortnight, 1.0)
    city.tick(fortnight + 121)
    before = [a.rule for a in city.at.engine.open_alerts()]
    assert "high:no-data" in before
    for minute in range(0, 600, 10):
        assert city.put(minute + 5, 1.0, now=fortnight + 122) == []
    assert city.look(fortnight + 123) == []
    assert [a.rule for a in city.at.engine.open_alerts()] == before


def test_an_alert_that_began_earlier_than_a_pass_found_is_told_from_there() -> None:
    city = Lived(rule(raise_="last() >= 5"))
    city.put(0, 1.0)
    city.put(60, 1.0)
    city.put(40, 9.0, now=61)
    assert told(city.look(62)) == [("high", "firing", 40, True), ("high", "resolved", 60, True)]
    city.put(20, 7.0, now=63)
    events = city.look(64)
    assert told(events) == [("high", "firing", 20, True), ("high", "resolved", 40, True)]
    assert events[1].evidence.peak == 7.0


def test_a_live_alert_that_began_earlier_is_told_up_to_where_it_was_told_and_no_further() -> None:
    city = Lived(rule())
    city.put(0, 1.0)
    assert told(city.put(30, 9.0)) == [("high", "firing", 30, False)]
    city.put(20, 9.5, now=31)
    events = city.look(32)
    assert told(events) == [("high", "firing", 20, True), ("high", "resolved", 30, True)]
    assert events[1].evidence.peak == 9.5
    assert city.firing() == [("high", 30)]
    assert told(city.put(40, 1.0)) == [("high", "resolved", 40, False)]
    city.put(25, 9.0, now=41)
    assert city.look(42) == []
    city.put(10, 9.0, now=43)
    assert told(city.look(44)) == [("high", "firing", 10, True), ("high", "resolved", 20, True)]


def test_a_live_alert_that_was_over_when_its_beginning_came_is_told_up_to_where_it_was_told() -> None:
    city = Lived(rule())
    city.put(0, 1.0)
    city.put(30, 9.0)
    city.put(40, 1.0)
    city.put(20, 9.0, now=41)
    assert told(city.look(42)) == [("high", "firing", 20, True), ("high", "resolved", 30, True)]


def test_a_live_alert_that_is_late_for_another_reason_than_late_readings_is_not_told_from_earlier() -> None:
    """Of the rule that comes in force while its raise is true, the first alert begins with the next reading."""
    city = Lived()
    city.put(0, 1.0)
    city.put(20, 9.0)
    restored = Engine.restore(city.at.engine.snapshot(), CITY, [rule()])
    city.at.engine = restored
    assert told(city.put(30, 9.0)) == [("high", "firing", 30, False)]
    city.put(15, 9.0, now=31)
    assert city.look(32) == []


def test_what_is_pending_is_so_since_the_late_reading() -> None:
    city = Lived(rule(for_="30m"))
    city.put(0, 1.0)
    city.put(20, 9.0)
    city.put(10, 9.0, now=21)
    city.look(22)
    assert city.firing() == [("high", 10)]
    assert told(city.tick(41)) == [("high", "firing", 40, False)]
    city = Lived(rule(raise_="max(30m) >= 5", for_="20m"))
    city.put(0, 1.0)
    city.put(20, 1.0)
    city.put(15, 9.0, now=21)
    assert told(city.look(22)) == [("high", "pending", 15, True)]


def test_an_alert_that_goes_on_is_dated_after_the_last_change_of_its_row() -> None:
    city = Lived(rule(raise_="max(30m) >= 5", clear="max(30m) < 5"))
    city.put(0, 9.0)
    assert told(city.put(31, 1.0)) == [("high", "resolved", 31, False)]
    city.put(20, 9.0, now=32)
    events = city.look(33)
    assert told(events) == [("high", "firing", 31 + 1 / MINUTE, True)]


def test_a_message_that_comes_twice_starts_no_pass() -> None:
    city = Lived(rule(raise_="max(30m) >= 5"))
    city.put(0, 1.0)
    city.put(10, 9.0)
    city.put(0, 1.0, now=11)
    city.put(10, 9.0, now=11)
    assert city.at.engine.pass_wanted(T0 + HOUR) is None


def test_passes_are_a_minute_apart_and_a_series_in_order_is_no_part_of_them() -> None:
    city = Lived(rule())
    for device in ("alpha", "beta"):
        city.put(0, 1.0, device=device)
        city.put(20, 1.0, device=device)
    city.put(10, 9.0, now=21)
    wanted = city.at.engine.pass_wanted(T0 + 21 * MINUTE)
    assert wanted is not None
    assert wanted.series.tolist() == [0]
    city.look(22)
    city.put(11, 9.0, now=22)
    assert city.at.engine.pass_wanted(T0 + 22 * MINUTE + PASS_EVERY_MS - 1) is None
    assert city.at.engine.pass_wanted(T0 + 22 * MINUTE + PASS_EVERY_MS) is not None


def test_what_comes_while_a_pass_is_under_way_is_in_it_or_in_the_next() -> None:
    city = Lived(rule())
    city.put(0, 1.0)
    city.put(20, 1.0)
    city.put(10, 9.0, now=21)
    asked = city.at.asked(T0 + 21 * MINUTE)
    assert asked is not None
    city.put(22, 9.0)
    city.put(15, 1.0, now=23)
    city.put(5, 9.0, now=23)
    asked = type(asked)(city.at.position + 1, T0 + 23 * MINUTE, asked.series, asked.from_ms, asked.batch)
    events = city.at.step(asked)
    assert told(events) == [("high", "firing", 5, True), ("high", "resolved", 15, True)]
    assert city.look(25) == []
    city.put(24, 1.0)
    assert city.firing() == []


def test_readings_older_than_a_pass_looks_back_are_counted_and_left() -> None:
    city = Lived(rule())
    days = SPAN_MS // MINUTE
    city.put(0, 1.0)
    city.put(days + 20, 1.0)
    city.put(10, 9.0, now=days + 20)
    assert (city.at.engine.too_late, city.at.engine.pass_wanted(T0 + 2 * SPAN_MS)) == (1, None)


def test_more_readings_than_are_kept_wait_for_the_store() -> None:
    city = Lived(rule())
    city.put(0, 1.0)
    city.put(20, 1.0)
    city.put(10, 9.0, now=21)
    many = [("alpha", T0 + 21 * MINUTE + k, 1.0, 0) for k in range(KEPT_READINGS)]
    city.at.step(entry(CITY, city.at.position + 1, T0 + 30 * MINUTE, many))
    wanted = city.at.engine.pass_wanted(T0 + 30 * MINUTE)
    assert wanted is not None
    assert wanted.position == city.at.position
    assert told(city.look(31)) == [("high", "firing", 10, True), ("high", "resolved", 20, True)]


def test_what_goes_across_series_is_not_judged_by_the_late_ones_alone() -> None:
    city = Lived(rule(raise_="all(last() >= 5)"))
    for minute in (0, 20):
        city.put(minute, 1.0)
        city.put(minute, 1.0, device="beta")
    city.put(10, 9.0, now=30)
    assert city.look(31) == []


def test_a_group_still_comes_to_what_it_has_not_seen_yet() -> None:
    city = Lived(rule(raise_="any(last() >= 5)"))
    for minute in (0, 20):
        city.put(minute, 1.0)
        city.put(minute, 1.0, device="beta")
    city.put(29.9, 9.0)
    city.put(29.95, 1.0)
    city.put(10, 2.0, now=30)
    wanted = city.at.engine.pass_wanted(T0 + 30 * MINUTE + PASS_EVERY_MS)
    assert wanted is not None
    assert told(city.at.look(T0 + 30 * MINUTE)) == []
    assert told(city.tick(31)) == [("high", "firing", 29.9, False), ("high", "resolved", 29.95, False)]


def test_a_series_that_comes_along_with_one_group_brings_its_other_group_into_the_same_pass() -> None:
    lone = [f"other{k:02}" for k in range(SERIES_AT_ONCE - 1)]
    shared = gauge("yota", river="hino", area="east")
    catalog = town([gauge("apex", river="hino"), *map(gauge, lone), shared, gauge("zeta", area="east")])
    rules = [rule(id="near", raise_="all(last() >= 5)", by=key) for key in ("river", "area")]
    rules = [replace(found, id=f"by-{found.by}") for found in rules]
    at = LookingEngine(Engine("town", catalog, rules), catalog)

    def put(minute: float, *rows: tuple[str, float, float], quality: int = 0) -> None:
        taken = [(device, T0 + int(time * MINUTE), value, quality) for device, time, value in rows]
        at.step(entry(catalog, at.position + 1, T0 + int(minute * MINUTE), taken))

    put(0.1, *((device, 0, 4.0) for device in ("apex", *lone, "yota")), ("zeta", 0, 6.0))
    put(30.1, *((device, 30, 4.0) for device in ("apex", *lone, "yota")), ("zeta", 30, 6.0))
    put(31, *((device, 10, 4.0) for device in ("apex", *lone)), quality=LATE)  # as many as a pass takes at once
    put(31.1, ("yota", 10, 6.0), ("yota", 20, 4.0), quality=LATE)
    events = [event for minute in range(33, 36) for event in at.look(T0 + minute * MINUTE)]
    assert told(events) == [("by-area", "firing", 10, True), ("by-area", "resolved", 20, True)]


def test_a_round_looks_at_all_that_is_touched_without_a_pause_and_the_next_comes_a_minute_later() -> None:
    devices = [f"gauge{k:03}" for k in range(2 * SERIES_AT_ONCE + 1)]
    catalog = town([gauge(device) for device in devices])
    at = LookingEngine(Engine("town", catalog, [rule()]), catalog)

    def put(minute: float, time: float, value: float, some: Sequence[str], quality: int = 0) -> None:
        rows = [(device, T0 + int(time * MINUTE), value, quality) for device in some]
        at.step(entry(catalog, at.position + 1, T0 + int(minute * MINUTE), rows))

    put(0, 0, 1.0, devices)
    put(20, 20, 1.0, devices)
    put(21, 10, 9.0, devices, LATE)
    assert at.engine.await_pass == len(devices)
    now_ms = T0 + 21 * MINUTE
    found = told(at.look(now_ms))
    at.engine = Engine.restore(at.engine.snapshot(), catalog, [rule()])
    put(21, 11, 9.0, devices[:1], LATE)  # of the next round
    found += told(at.look(now_ms))
    found += told(at.look(now_ms))
    assert sorted(found) == sorted([("high", "firing", 10, True), ("high", "resolved", 20, True)] * len(devices))
    assert at.engine.await_pass == 1
    assert at.engine.pass_wanted(now_ms + PASS_EVERY_MS - 1) is None
    assert at.engine.pass_wanted(now_ms + PASS_EVERY_MS) is not None
    at.look(now_ms + PASS_EVERY_MS)
    assert at.engine.await_pass == 0
