"""The ledger: events once, alerts as they stand, the position with them."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from alerts.ledger import KEPT_SNAPSHOTS, Ledger
from city.alert import AlertEvent, AlertState, Evidence, event_id
from city.alert_list import AlertFilter, AlertPlace
from city.decision import Acknowledge, AlertName, Decision, Silence
from city.entry import DecisionEntry
from megane.database import open_database


@pytest.fixture
def ledger(place: Path | sa.URL) -> Iterator[Ledger]:
    database = open_database(place)
    yield Ledger(database)
    database.dispose()


def event(state: AlertState, at_ms: int, raised_ms: int = 1_000, subject: str = "toba:water_level") -> AlertEvent:
    return AlertEvent(
        id=event_id("town", "high", subject, raised_ms, state, at_ms),
        city="town",
        rule="high",
        version="1",
        subject=subject,
        severity=3,
        from_state=AlertState.INACTIVE,
        to_state=state,
        raised_ms=raised_ms,
        at_ms=at_ms,
        decided_ms=at_ms + 5,
        position=7,
        evidence=Evidence(subject, at_ms, 5.5, 0, 6.0 if state is AlertState.RESOLVED else None),
    )


FIRING, RESOLVED = event(AlertState.FIRING, 1_000), event(AlertState.RESOLVED, 2_000)


def test_an_alert_from_firing_to_resolved(ledger: Ledger) -> None:
    ledger.commit([event(AlertState.PENDING, 500, 500), FIRING], 7)
    (alert,) = ledger.alerts()
    assert (alert.state, alert.resolved_ms, alert.peak, alert.value) == (AlertState.FIRING, None, None, 5.5)
    ledger.commit([RESOLVED], 8)
    (alert,) = ledger.alerts(AlertState.RESOLVED)
    assert (alert.raised_ms, alert.resolved_ms, alert.peak) == (1_000, 2_000, 6.0)
    assert ledger.position() == 8
    assert [e for _, e in ledger.events()] == [event(AlertState.PENDING, 500, 500), FIRING, RESOLVED]
    assert ledger.events_of("high", "toba:water_level", 1_000) == [FIRING, RESOLVED]


def test_the_same_again_changes_nothing(ledger: Ledger) -> None:
    ledger.commit([FIRING, RESOLVED], 8)
    ledger.mark_relayed([FIRING])
    ledger.commit([FIRING], 7)
    assert ledger.unrelayed(10) == [RESOLVED]
    assert [alert.state for alert in ledger.alerts()] == [AlertState.RESOLVED]


def test_what_is_told_is_relayed_in_order(ledger: Ledger) -> None:
    ledger.commit([event(AlertState.PENDING, 500, 500), FIRING, RESOLVED], 8)
    assert ledger.unrelayed(1) == [FIRING]
    ledger.mark_relayed([FIRING, replace(FIRING, id="unknown")])
    ledger.mark_relayed([FIRING])
    assert ledger.unrelayed(10) == [RESOLVED]


def test_what_was_late_and_acts_after_all_is_relayed_once_more(ledger: Ledger) -> None:
    acts = replace(FIRING, caught_up=True)
    ledger.commit([FIRING], 8)
    read = ledger.unrelayed(10)
    ledger.commit([acts], 9)
    ledger.mark_relayed(read)  # by a relay that had read it before
    assert ledger.unrelayed(10) == [acts]
    ledger.mark_relayed([acts])
    ledger.commit([acts, FIRING], 9)
    assert ledger.unrelayed(10) == []


def test_decisions_are_relayed_once_and_silences_are_none_of_them(ledger: Ledger) -> None:
    seen = DecisionEntry(
        9, 1_500, Decision("k", "鯖江 太郎", Acknowledge(AlertName("high", "toba:water_level", 1_000)))
    )
    ledger.commit([FIRING], 9, [seen, DecisionEntry(10, 1_600, Decision("l", "鯖江 太郎", Silence("s", 0)))])
    assert ledger.unrelayed_decisions(10) == [seen]
    ledger.mark_decisions_relayed([seen])
    ledger.commit([], 9, [seen])
    assert ledger.unrelayed_decisions(10) == []


def test_an_alert_says_what_keeps_it_from_being_told_until_it_is_told(ledger: Ledger) -> None:
    ledger.commit([replace(FIRING, suppressed_by="silence:night")], 8)
    assert [alert.suppressed_by for alert in ledger.alerts()] == ["silence:night"]
    assert ledger.unrelayed(10) == []
    ledger.commit([FIRING], 9)
    assert [alert.suppressed_by for alert in ledger.alerts()] == [None]
    assert [told.id for told in ledger.unrelayed(10)] == [FIRING.id]


def test_alerts_of_a_span(ledger: Ledger) -> None:
    ledger.commit([FIRING, RESOLVED, event(AlertState.FIRING, 3_000, 3_000, "ieku:water_level")], 8)
    subjects = [
        [alert.subject[:4] for alert in ledger.alerts(from_ms=start, to_ms=end)]
        for start, end in ((None, None), (2_000, None), (None, 3_000), (1_999, 3_001), (0, 1_000))
    ]
    assert subjects == [["ieku", "toba"], ["ieku"], ["toba"], ["ieku", "toba"], []]
    assert len(ledger.alerts(limit=1)) == 1


def test_only_the_newest_snapshots_are_kept(ledger: Ledger) -> None:
    assert ledger.newest_snapshot() is None
    assert ledger.snapshot_position() == 0
    for position in range(1, 7):
        ledger.save_snapshot(position, position, bytes([position]))
    assert ledger.newest_snapshot() == (6, b"\x06")
    assert [position for position, _ in ledger.snapshots()] == [6, 5, 4][:KEPT_SNAPSHOTS]
    assert ledger.snapshot_position() == 6


def test_alerts_are_listed_in_pages_that_show_each_once_the_gravest_first(ledger: Ledger) -> None:
    events = [
        replace(event(AlertState.FIRING, 1_000 + n % 3, 1_000 + n % 3, f"d{n}:x"), severity=1 + n % 4, rule=f"r{n % 2}")
        for n in range(12)
    ]
    ended = replace(events[0], to_state=AlertState.RESOLVED, at_ms=5_000)
    shadow = replace(event(AlertState.FIRING, 9_000, 9_000), shadow=True)
    ledger.commit([*events, replace(ended, id="x" * 32), shadow], 8)

    def listed(wanted: AlertFilter) -> list[tuple[int, int, str, str]]:
        found: list[tuple[int, int, str, str]] = []
        place: AlertPlace | None = None
        while page := ledger.listed(wanted, place, 5):
            found += [(one.severity, one.raised_ms, one.rule, one.subject) for one in page]
            place = AlertPlace(*found[-1])
        return found

    keys = [(one.severity, one.raised_ms, one.rule, one.subject) for one in events]
    newest = sorted(keys, key=lambda k: (-k[1], k[2], k[3]))
    gravest = sorted(keys[1:], key=lambda k: (-k[0], -k[1], k[2], k[3]))
    assert listed(AlertFilter(firing=False)) == newest
    assert listed(AlertFilter()) == gravest
    assert listed(AlertFilter(severity=3)) == [key for key in gravest if key[0] >= 3]
    assert listed(AlertFilter(rules=frozenset({"r1"}))) == [key for key in gravest if key[2] == "r1"]
    assert listed(AlertFilter(rules=frozenset())) == []
