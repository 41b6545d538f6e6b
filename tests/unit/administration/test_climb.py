"""Who is told where an alert climbs: those whose subscription fits join, and hear all that follows."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from administration.chronicle import LineKind, read_lines
from administration.joining import join
from administration.office import Office
from administration.tables import delivery, incident
from city.alert import AlertEvent, AlertState, event_id
from city.catalog import Subscription
from tests.support.alert_events import START_MS, alert_event
from tests.support.business import TestCity, business_database

CITY = TestCity(
    dict.fromkeys(("bosai", "mayor"), "http://127.0.0.1:9/"),
    subscriptions={"bosai": Subscription(severity=1), "mayor": Subscription(severity=4)},
)
OFFICE = Office(CITY, CITY)
FIRES = alert_event(severity=3)
RESOLVES = replace(alert_event(to_state=AlertState.RESOLVED), severity=3)


def climbs(severity: int, minutes: int) -> AlertEvent:
    at = START_MS + minutes * 60_000
    id_ = event_id("sabae", FIRES.rule, FIRES.subject, START_MS, AlertState.FIRING, at)
    return replace(FIRES, id=id_, severity=severity, from_state=AlertState.FIRING, at_ms=at)


UP, DOWN = climbs(4, 10), climbs(3, 20)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[sa.Engine]:
    engine = business_database(tmp_path / "business.db")
    yield engine
    engine.dispose()


def told(database: sa.Engine, endpoint: str) -> list[str]:
    query = sa.select(delivery.c.event).where(delivery.c.endpoint == endpoint).order_by(delivery.c.sequence)
    with database.connect() as connection:
        return list(connection.scalars(query))


@pytest.mark.parametrize("cuts", [(4,), (1, 3), (1, 1, 1, 1), (2, 2)])
def test_an_endpoint_hears_from_its_severity_on_and_then_to_the_end(database: sa.Engine, cuts: tuple[int, ...]) -> None:
    events = [FIRES, UP, DOWN, RESOLVES]
    for count in cuts:
        group, events = events[:count], events[count:]
        join(database, OFFICE, group, START_MS)
    assert told(database, "bosai") == [FIRES.id, UP.id, DOWN.id, RESOLVES.id]
    assert told(database, "mayor") == [UP.id, DOWN.id, RESOLVES.id]


def test_who_joins_later_stands_in_the_chronology_once(database: sa.Engine) -> None:
    join(database, OFFICE, [FIRES, UP, DOWN, RESOLVES], START_MS)
    with database.connect() as connection:
        (name,) = connection.scalars(sa.select(incident.c.id))
        told = [line.fields["to"] for line in read_lines(connection, name) if line.kind is LineKind.TOLD]
    assert told == ["bosai", "mayor"]


def test_an_alert_that_climbs_is_one_incident_with_the_severity_of_now(database: sa.Engine) -> None:
    join(database, OFFICE, [FIRES, UP], START_MS)
    with database.connect() as connection:
        assert list(connection.scalars(sa.select(incident.c.severity))) == [4]


def test_what_is_known_already_tells_nobody_again(database: sa.Engine) -> None:
    for _ in range(2):
        join(database, OFFICE, [FIRES, UP], START_MS)
    assert told(database, "mayor") == [UP.id]
