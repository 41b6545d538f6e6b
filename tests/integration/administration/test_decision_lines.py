"""What people decide about an alert stands in the chronology of its incident, once."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from administration.decision_lines import note_decisions
from city.alert import AlertState
from city.decision import AboutAlert, Acknowledge, AlertName, Assign, Close, ClosingReason, Comment, Decision
from city.entry import DecisionEntry
from tests.support.alert_events import START_MS, alert_event
from tests.support.played_business import PlayedBusiness

TELLS = """\
id: tells
title: {ja: 知らせる, en: Tell}
group: {by: [area], window: 30m}
steps:
  - webhook: {to: [bosai]}
"""
TOBA = AlertName("river-danger", "rpi-toba:water_level", START_MS)
HINO = AlertName("river-danger", "rpi-hino:water_level", START_MS)


@pytest.fixture
def town(place: Path | sa.URL) -> Iterator[PlayedBusiness]:
    with PlayedBusiness(place, TELLS) as business:
        yield business


def decided(position: int, act: AboutAlert, text: str = "") -> DecisionEntry:
    return DecisionEntry(position, START_MS + position, Decision(f"key-{position}", "鯖江 太郎", act, text))


ALL = [
    decided(1, Acknowledge(TOBA), "見に行きます"),
    decided(2, Assign(TOBA, "丹生 花子")),
    decided(3, Comment(TOBA), "水門の前"),
    decided(4, Close(TOBA, ClosingReason.TRUE_ALARM)),
]


def test_each_is_a_line_by_whoever_decided(town: PlayedBusiness) -> None:
    town.happen(alert_event(TOBA.subject))
    town.business.events.decide(*ALL)
    assert [town.business.relay.relay() for _ in range(2)] == [4, 0]
    lines = town.only().lines[-4:]
    assert [line.kind.value for line in lines] == ["acknowledged", "assigned", "commented", "closed"]
    assert {(line.by, line.fields["title"]) for line in lines} == {("鯖江 太郎", "はん濫危険水位")}
    assert [line.at_ms - START_MS for line in lines] == [1, 2, 3, 4]
    assert [lines[0].fields["text"], lines[1].fields["to"], lines[3].fields["reason"]] == [
        *("見に行きます", "丹生 花子", "true_alarm")
    ]


def test_one_that_comes_twice_is_one_line(town: PlayedBusiness) -> None:
    town.happen(alert_event(TOBA.subject))
    assert [note_decisions(town.business.database, ALL) for _ in range(2)] == [4, 0]
    assert len(town.kinds()) == len(set(town.kinds()))


def test_decisions_wait_for_the_alert_that_they_are_about(town: PlayedBusiness) -> None:
    town.business.events.decide(ALL[0])
    town.happen(alert_event(TOBA.subject))
    assert town.kinds()[-1] == "acknowledged"


def test_of_what_nobody_was_told_there_is_no_line(town: PlayedBusiness) -> None:
    town.happen(alert_event(TOBA.subject))
    before = town.kinds()
    town.business.events.decide(decided(1, Acknowledge(HINO)))
    assert [town.business.relay.relay() for _ in range(2)] == [1, 0]
    assert town.kinds() == before


def test_of_an_incident_that_is_over_too(town: PlayedBusiness) -> None:
    town.happen(alert_event(TOBA.subject), alert_event(TOBA.subject, AlertState.RESOLVED))
    town.business.events.decide(ALL[3])
    assert town.business.relay.relay() == 1
    assert town.kinds()[-1] == "closed"
