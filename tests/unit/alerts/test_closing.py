"""Alerts that people close: told as resolved with the reason, and not raised again before the raise was once false."""

from collections.abc import Sequence
from pathlib import Path

import pytest
import sqlalchemy as sa

from alerts.engine import Engine
from alerts.ledger import Ledger
from alerts.tables import metadata
from city.alert import ZONE_SILENT, AlertEvent, AlertState
from city.decision import Acknowledge, Act, AlertName, Assign, Close, ClosingReason, Comment, Decision
from city.entry import DecisionEntry, Entry, RulesEntry, TickEntry
from tests.support.rule_city import MINUTE, T0, entry, gauge, rule, rule_text, told, town

CITY = town([gauge("toba")])
TOBA = "toba:water_level"


def decided(position: int, minute: float, act: Act, key: str = "k") -> DecisionEntry:
    return DecisionEntry(position, T0 + round(minute * MINUTE), Decision(key, "鯖江 太郎", act, "見てきた"))


def close(minute: float, raised: float = 0, alert: str = "high", subject: str = TOBA) -> DecisionEntry:
    name = AlertName(alert, subject, T0 + round(raised * MINUTE))
    return decided(1, minute, Close(name, ClosingReason.FALSE_ALARM))


def run(rules: dict[str, object], script: Sequence[str | DecisionEntry]) -> list[str]:
    """`minute:value` is a reading that arrives at once, `tick minute` a tick. Gives `rule state minute`."""
    engine = Engine("town", CITY, [rule(**rules)])
    events: list[AlertEvent] = []
    for position, word in enumerate(script, 1):
        item: Entry
        if isinstance(word, DecisionEntry):
            item = word
        elif word.startswith("tick"):
            item = TickEntry(position, T0 + round(float(word[5:]) * MINUTE))
        else:
            minute, _, value = word.partition(":")
            at = T0 + round(float(minute) * MINUTE)
            item = entry(CITY, position, at, [("toba", at, float(value), 0)])
        events += engine.step(item)
        engine = Engine.restore(engine.snapshot(), CITY, [rule(**rules)])
    closed = [event for event in events if event.reason]
    assert all(event.to_state is AlertState.RESOLVED for event in closed)
    return [f"{name} {state} {ms / MINUTE:g}" for name, state, ms in told(events)]


CASES: list[tuple[str, dict[str, object], list[str | DecisionEntry], list[str]]] = [
    (
        "closing while the condition holds suppresses until it has once been false",
        {},
        ["0:5", close(5), "10:6", "20:4", "30:5"],
        ["high firing 0", "high resolved 5", "high firing 30"],
    ),
    (
        "closing when the condition does not hold any more suppresses nothing",
        {"clear": "last() < 3"},
        ["0:5", "5:4", close(6), "10:5"],
        ["high firing 0", "high resolved 6", "high firing 10"],
    ),
    (
        "unknown ends no suppression",
        {"raise": "last() / (last() - 4) >= 5"},
        ["0:5", close(5), "10:4", "15:5", "20:9", "25:5"],
        ["high firing 0", "high resolved 5", "high firing 25"],
    ),
    (
        "a pause in the readings ends it where the clock alone makes the condition false",
        {"raise": "count(10m) >= 1"},
        ["0:1", close(5), "tick 11", "20:1"],
        ["high firing 0", "high resolved 5", "high firing 20"],
    ),
    (
        "`for` begins when it is true anew",
        {"for": "10m"},
        ["0:5", "10:5", close(11, 10), "30:5", "40:4", "50:5", "60:5"],
        ["high pending 0", "high firing 10", "high resolved 11", "high pending 50", "high firing 60"],
    ),
    (
        "`hold` keeps nobody from closing",
        {"hold": "60m"},
        ["0:5", close(5), "10:4", "20:5"],
        ["high firing 0", "high resolved 5", "high firing 20"],
    ),
    ("an alert raised at another time is another", {}, ["0:5", close(5, raised=-1)], ["high firing 0"]),
    (
        "what has resolved stays as it is",
        {},
        ["0:5", "5:4", close(6), "10:5"],
        ["high firing 0", "high resolved 5", "high firing 10"],
    ),
    ("a sensor that is gone closes nothing", {}, ["0:5", close(5, subject="gone:water_level")], ["high firing 0"]),
    (
        "what is due is seen to before",
        {"hold": "10m"},
        ["0:5", "1:4", close(30)],
        ["high firing 0", "high resolved 10"],
    ),
    (
        "a silence that is closed is told again after the sensor was heard",
        {"no_data": "30m"},
        ["0:4", "tick 31", close(40, 30, "high:no-data"), "tick 90", "100:4", "tick 131"],
        ["high:no-data firing 30", "high:no-data resolved 40", "high:no-data firing 130"],
    ),
]


@pytest.mark.parametrize(("rules", "script", "expected"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_sentence(rules: dict[str, object], script: list[str | DecisionEntry], expected: list[str]) -> None:
    assert run(rules, script) == expected


def test_the_event_carries_the_reason_and_the_peak() -> None:
    engine = Engine("town", CITY, [rule()])
    for minute, value in ((0, 5.0), (1, 7.0)):
        engine.step(entry(CITY, 1, T0 + minute * MINUTE, [("toba", T0 + minute * MINUTE, value, 0)]))
    (resolved,) = engine.step(close(5))
    assert (resolved.reason, resolved.raised_ms, resolved.evidence.peak) == (ClosingReason.FALSE_ALARM, T0, 7.0)
    assert resolved.told
    assert engine.open_alerts() == []


def test_a_rule_that_changes_begins_anew() -> None:
    engine = Engine("town", CITY, [rule()])
    engine.step(entry(CITY, 1, T0, [("toba", T0, 5.0, 0)]))
    engine.step(close(1))
    same = {"rules/a.yaml": rule_text(), "rules/b.yaml": rule_text(id="other")}
    assert engine.step(RulesEntry(2, T0 + 2 * MINUTE, same)) == []
    assert engine.step(entry(CITY, 3, T0 + 3 * MINUTE, [("toba", T0 + 3 * MINUTE, 5.0, 0)]))[0].rule == "other"
    engine.step(RulesEntry(4, T0 + 4 * MINUTE, {"rules/a.yaml": rule_text(severity=3)}))
    events = engine.step(entry(CITY, 5, T0 + 5 * MINUTE, [("toba", T0 + 5 * MINUTE, 5.0, 0)]))
    assert told(events) == [("high", "firing", 5 * MINUTE)]


def test_the_silence_of_a_zone_can_be_closed_and_is_told_again_when_it_falls_silent_anew() -> None:
    city = town([gauge("a"), gauge("b")])
    engine = Engine("town", city, [rule(no_data="60m")])
    events = engine.step(entry(city, 1, T0, [("a", T0, 4.0, 0), ("b", T0, 4.0, 0)]))
    events += engine.step(TickEntry(2, T0 + 46 * MINUTE))
    events += engine.step(close(50, 45, ZONE_SILENT, "town"))
    engine = Engine.restore(engine.snapshot(), city, [rule(no_data="60m")])
    assert engine.open_alerts() == []
    events += engine.step(TickEntry(4, T0 + 55 * MINUTE))
    at = T0 + 58 * MINUTE
    events += engine.step(entry(city, 5, at, [("a", at, 4.0, 0), ("b", at, 4.0, 0)]))
    events += engine.step(TickEntry(6, T0 + 104 * MINUTE))
    assert told(events) == [
        (ZONE_SILENT, "firing", 45 * MINUTE),
        (ZONE_SILENT, "resolved", 50 * MINUTE),
        (ZONE_SILENT, "firing", 103 * MINUTE),
    ]


def test_the_ledger_keeps_what_was_decided_beside_the_alert(tmp_path: Path) -> None:
    database = sa.create_engine(f"sqlite:///{tmp_path / 'ledger.db'}")
    metadata.create_all(database)
    ledger = Ledger(database)
    engine = Engine("town", CITY, [rule()])
    name = AlertName("high", TOBA, T0)
    fired = engine.step(entry(CITY, 1, T0, [("toba", T0, 5.0, 0)]))
    decisions = [
        decided(2, 1, Acknowledge(name)),
        decided(3, 2, Assign(name, "鯖江 花子")),
        decided(4, 3, Comment(name)),
        decided(5, 4, Close(name, ClosingReason.TEST)),
    ]
    closed = [event for each in decisions for event in engine.step(each)]
    for _ in range(2):  # a second time after a crash
        ledger.commit(fired + closed, 5, decisions)
    (alert,) = ledger.alerts()
    assert (alert.acknowledged_ms, alert.acknowledged_by) == (T0 + MINUTE, "鯖江 太郎")
    assert (alert.assignee, alert.reason) == ("鯖江 花子", ClosingReason.TEST)
    assert (alert.closed_ms, alert.resolved_ms) == (T0 + 4 * MINUTE, T0 + 4 * MINUTE)
    assert list(ledger.decisions_of(name)) == decisions
    assert [event.reason for _, event in ledger.events()] == [None, ClosingReason.TEST]
    assert ledger.closings(T0, T0 + 1) == [alert]
    assert ledger.closings(T0 + 1, T0 + MINUTE) == []
    database.dispose()


def test_a_reason_can_be_given_after_the_alert_has_resolved(tmp_path: Path) -> None:
    database = sa.create_engine(f"sqlite:///{tmp_path / 'ledger.db'}")
    metadata.create_all(database)
    ledger = Ledger(database)
    engine = Engine("town", CITY, [rule()])
    events = engine.step(entry(CITY, 1, T0, [("toba", T0, 5.0, 0), ("toba", T0 + MINUTE, 4.0, 0)]))
    late = close(600)
    assert engine.step(late) == []
    ledger.commit(events, 2, [late])
    (alert,) = ledger.closings(T0, T0 + 1)
    assert (alert.reason, alert.resolved_ms) == (ClosingReason.FALSE_ALARM, T0 + MINUTE)
    database.dispose()
