"""Who is told where an alert climbs: those whose subscription fits join, and hear all that follows."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from administration.playbook import TELL_SUBSCRIBERS, load_playbook
from administration.runs import Joining, join
from administration.tables import incident, step
from city.alert import AlertEvent, AlertState, event_id
from tests.support.alert_events import START_MS, alert_event
from tests.support.business import business_database

PLAYBOOK = load_playbook(TELL_SUBSCRIBERS, "tell-subscribers")
FIRES = alert_event(severity=3)
RESOLVES = replace(alert_event(to_state=AlertState.RESOLVED), severity=3)


def climbs(severity: int, minutes: int) -> AlertEvent:
    at = START_MS + minutes * 60_000
    id_ = event_id("sabae", FIRES.rule, FIRES.subject, START_MS, AlertState.FIRING, at)
    return replace(FIRES, id=id_, severity=severity, from_state=AlertState.FIRING, at_ms=at)


UP, DOWN = climbs(4, 10), climbs(3, 20)


def joining(event: AlertEvent) -> Joining:
    """`bosai` hears of all, `mayor` from severity 4 on."""
    return Joining(event, "{}", (("bosai", "mayor") if event.severity >= 4 else ("bosai",),))


@pytest.fixture
def database(tmp_path: Path) -> Iterator[sa.Engine]:
    engine = business_database(tmp_path / "business.db")
    yield engine
    engine.dispose()


def told(database: sa.Engine, endpoint: str) -> list[str]:
    query = sa.select(step.c.event).where(step.c.endpoint == endpoint).order_by(step.c.sequence)
    with database.connect() as connection:
        return list(connection.scalars(query))


@pytest.mark.parametrize("cuts", [(4,), (1, 3), (1, 1, 1, 1), (2, 2)])
def test_an_endpoint_hears_from_its_severity_on_and_then_to_the_end(database: sa.Engine, cuts: tuple[int, ...]) -> None:
    events = [FIRES, UP, DOWN, RESOLVES]
    for count in cuts:
        group, events = events[:count], events[count:]
        join(database, PLAYBOOK, [joining(event) for event in group], START_MS, START_MS + 1_000)
    assert told(database, "bosai") == [FIRES.id, UP.id, DOWN.id, RESOLVES.id]
    assert told(database, "mayor") == [UP.id, DOWN.id, RESOLVES.id]


def test_an_alert_that_climbs_is_one_incident_with_the_severity_of_now(database: sa.Engine) -> None:
    join(database, PLAYBOOK, [joining(event) for event in (FIRES, UP)], START_MS, START_MS + 1_000)
    with database.connect() as connection:
        assert list(connection.scalars(sa.select(incident.c.severity))) == [4]


def test_what_is_known_already_tells_nobody_again(database: sa.Engine) -> None:
    for _ in range(2):
        join(database, PLAYBOOK, [joining(FIRES), joining(UP)], START_MS, START_MS + 1_000)
    assert told(database, "mayor") == [UP.id]
