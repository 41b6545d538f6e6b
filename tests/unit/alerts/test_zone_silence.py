"""An outage of the network is one alert, and not one for each sensor."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import sqlalchemy as sa

from alerts.engine import Engine
from alerts.ledger import Ledger
from alerts.tables import metadata
from city.alert import ZONE_SILENT, AlertEvent
from city.entry import BatchEntry, CaughtUpEntry, Entry, RulesEntry, StartEntry, TickEntry
from tests.support.rule_city import MINUTE, T0, Row, batch, gauge, rule, rule_text, town

DEVICES = [f"g{k:02}" for k in range(20)]
CITY = town([gauge(device) for device in DEVICES])
RULE = rule(no_data="60m")
Told = tuple[str, str, str, float]


def row(device: str, minute: float) -> Row:
    return (device, T0 + round(minute * MINUTE), 4.0, 0)


def told(events: Sequence[AlertEvent]) -> list[Told]:
    return [
        (event.rule.removeprefix("system:"), event.subject.partition(":")[0], event.to_state.value, minutes(event))
        for event in events
        if event.told
    ]


def minutes(event: AlertEvent) -> float:
    return round((event.at_ms - T0) / MINUTE, 2)


def put(position: int, minute: float, rows: Sequence[Row]) -> BatchEntry:
    return BatchEntry(position, T0 + round(minute * MINUTE), batch(CITY, rows))


def outage(back: Sequence[str], until: int) -> Iterator[Entry]:
    """Each sends every 10 min, half a minute after the one before it, until the network goes at minute 20; from minute
    200 on those that are `back` send again. A tick every minute, to minute `until`.
    """
    for position in range(1, 2 * until):
        minute = position / 2
        device = DEVICES[position % 20]
        if position % 20 < len(DEVICES) and (minute <= 20 or (minute >= 200 and device in back)):
            yield put(position, minute, [row(device, minute)])
        else:
            yield TickEntry(position, T0 + round(minute * MINUTE))


def run(entries: Sequence[Entry], engine: Engine | None = None) -> list[AlertEvent]:
    engine = engine or Engine("town", CITY, [RULE])
    return [event for entry in entries for event in engine.step(entry)]


def test_an_outage_of_the_network_is_told_once_and_who_stays_away_later() -> None:
    events = run(list(outage(DEVICES[1:], 300)))
    assert told(events) == [
        ("zone-silent", "town", "firing", 65.0),
        ("zone-silent", "town", "resolved", 200.5),
        ("high:no-data", "g00", "firing", 80.0),
    ]
    own = [event for event in events if event.rule == "high:no-data"]
    assert sum(event.suppressed_by == ZONE_SILENT and event.to_state.value == "firing" for event in own) == 20
    assert sum(event.suppressed_by == ZONE_SILENT and event.to_state.value == "resolved" for event in own) == 19
    (late,) = [event for event in own if event.told]
    assert run(list(outage(DEVICES[1:], 260)))[-1].rule == "high:no-data"
    assert late.id in {event.id for event in own if event.suppressed_by}


def test_who_was_held_and_comes_back_after_it_was_told_is_told_so() -> None:
    entries = list(outage(DEVICES[1:], 300))
    events = run([*entries, put(999, 310, [row("g00", 310)])])
    assert told(events)[-2:] == [("high:no-data", "g00", "firing", 80.0), ("high:no-data", "g00", "resolved", 310.0)]


def test_a_single_sensor_that_falls_silent_is_told_at_once() -> None:
    entries: list[Entry] = []
    for position in range(1, 40):
        minute = position * 5
        entries.append(put(position, minute, [row(d, minute) for d in DEVICES if d != "g07" or minute <= 20]))
    assert told(run(entries)) == [("high:no-data", "g07", "firing", 80.0)]


@pytest.mark.parametrize("at", [50, 131, 139, 150, 399, 402, 420, 519, 521])
def test_a_restart_in_the_middle_changes_nothing(at: int) -> None:
    entries = list(outage(DEVICES[1:], 300))
    engine = Engine("town", CITY, [RULE])
    before = run(entries[:at], engine)
    again = Engine.restore(engine.snapshot(), CITY, [RULE])
    assert again.open_alerts() == engine.open_alerts()
    assert again.next_due_ms() == engine.next_due_ms()
    assert before + run(entries[at:], again) == run(entries)


def test_no_tick_is_asked_for_twice() -> None:
    engine = Engine("town", CITY, [RULE])
    engine.step(put(1, 0, [row(device, 0) for device in DEVICES]))
    ticks = []
    while (due := engine.next_due_ms()) is not None:
        ticks.append(round((due - T0) / MINUTE, 2))
        assert engine.step(TickEntry(1 + len(ticks), due))
    assert ticks == [45.5, 60.5]
    assert [(a.rule, a.subject) for a in engine.open_alerts()][-1] == (ZONE_SILENT, "town")


def test_readings_of_weeks_ago_do_not_end_it_and_a_new_one_does() -> None:
    engine = Engine("town", CITY, [RULE])
    engine.step(put(1, 0, [row(device, 0) for device in DEVICES]))
    engine.step(TickEntry(2, T0 + 20_000 * MINUTE))
    backlog = [row("g00", minute) for minute in range(10, 10_000, 10)]
    assert told(engine.step(put(3, 20_001, backlog))) == []
    assert told(engine.step(put(4, 20_002, [row("g01", 20_002)]))) == [("zone-silent", "town", "resolved", 20_002.0)]


def test_an_outage_of_the_city_itself_is_no_silence_of_a_zone() -> None:
    engine = Engine("town", CITY, [RULE])
    everybody = [row(device, 0) for device in DEVICES]
    engine.step(put(1, 0, everybody))
    engine.step(StartEntry(2, T0 + 500 * MINUTE))
    events = engine.step(put(3, 501, [row(device, 501) for device in DEVICES]))
    events += engine.step(CaughtUpEntry(4, T0 + 502 * MINUTE))
    assert [event for event in events if event.rule == ZONE_SILENT] == []


def test_one_device_is_no_zone_and_a_rule_that_goes_takes_the_alert_with_it() -> None:
    single = Engine("town", town([gauge("toba")]), [RULE])
    assert [e.rule for e in single.step(TickEntry(1, T0 + 600 * MINUTE))] == ["high:no-data"]
    engine = Engine("town", CITY, [RULE])
    engine.step(TickEntry(1, T0 + 600 * MINUTE))
    events = engine.step(RulesEntry(2, T0 + 601 * MINUTE, {"rules/a.yaml": rule_text()}))
    assert [e for e in told(events) if e[2] == "firing"] == []
    assert ("zone-silent", "town", "resolved", 601.0) in told(events)
    assert engine.open_alerts() == []


def test_the_ledger_tells_the_same_event_later(tmp_path: Path) -> None:
    database = sa.create_engine(f"sqlite:///{tmp_path / 'ledger.db'}")
    metadata.create_all(database)
    ledger = Ledger(database)
    entries = list(outage(DEVICES[1:], 300))
    engine = Engine("town", CITY, [RULE])
    silence, later = run(entries[:500], engine), run(entries[500:], engine)
    ledger.commit(silence, 500)
    assert [event.rule for event in ledger.unrelayed(100)] == [ZONE_SILENT, ZONE_SILENT]
    for _ in range(2):  # a second time after a crash
        ledger.commit(silence, 500)
        ledger.commit(later, 600)
        assert sorted(event.rule for event in ledger.unrelayed(100)) == ["high:no-data", ZONE_SILENT, ZONE_SILENT]
    database.dispose()
