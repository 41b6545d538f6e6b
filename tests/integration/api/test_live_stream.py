"""The stream as any client of the API hears it, over HTTP, with the real ledger of alerts behind it."""

import json
from collections.abc import Iterator

import httpx
import pytest
import sqlalchemy as sa

from alerts.ledger import Ledger
from alerts.tables import metadata
from tests.support.alert_events import alert_event
from tests.support.served_pages import browse
from tests.support.shown_city import NOW_MS, TOBA, ShownCity, sabae

Event = tuple[str, str, dict[str, object]]


@pytest.fixture
def city(tmp_path: object) -> Iterator[tuple[ShownCity, Ledger]]:
    database = sa.create_engine(f"sqlite:///{tmp_path}/city.db")
    metadata.create_all(database)
    made = sabae()
    ledger = Ledger(database)
    made.alerts = ledger  # type: ignore[assignment]  # the real one in place of the list
    made.write(TOBA, [(NOW_MS - 60_000, 5.0)])
    yield made, ledger
    database.dispose()


def events(answer: httpx.Response) -> Iterator[Event]:
    """(event, id, data) as they come."""
    fields: dict[str, str] = {}
    for line in answer.iter_lines():
        name, _, value = line.partition(": ")
        if line:
            fields[name] = value
        elif "data" in fields:
            yield fields.get("event", ""), fields.get("id", ""), json.loads(fields["data"])
            fields = {}


def first(stream: Iterator[Event], event: str) -> Event:
    return next(found for found in stream if found[0] == event)


def test_everything_first_then_what_is_new_and_after_a_break_what_was_missed(city: tuple[ShownCity, Ledger]) -> None:
    made, ledger = city
    with browse(made) as client:
        with client.stream("GET", "/v1/live") as answer:
            assert answer.headers["content-type"].startswith("text/event-stream")
            stream = events(answer)
            _, _, whole = first(stream, "readings")
            assert whole["whole"] is True
            assert whole["series"] == [TOBA]
            ledger.commit([alert_event(raised_ms=NOW_MS - 60_000)], 1)
            _, _, alerts = first((e for e in stream if e[2].get("alerts")), "alerts")
            _, last_id, now = first(stream, "now")
            assert now == {"now": "2024-06-23T01:25:00.000Z", "stale": False}
        assert [a["rule"] for a in alerts["alerts"]] == ["river-danger"]  # type: ignore[attr-defined]  # decoded JSON
        made.write("rpi-desaku:water_level", [(NOW_MS, 2.0)])
        with client.stream("GET", "/v1/live", headers={"last-event-id": last_id}) as answer:
            _, _, missed = first(events(answer), "readings")
    assert missed["whole"] is False
    assert missed["series"] == ["rpi-desaku:water_level"]


def test_the_ledger_answers_the_page_and_the_api(city: tuple[ShownCity, Ledger]) -> None:
    made, ledger = city
    ledger.commit([alert_event(raised_ms=NOW_MS - 60_000)], 1)
    with browse(made) as client:
        found = client.get("/v1/alerts?state=firing").json()["alerts"]
        assert [(a["rule"], a["subject"]) for a in found] == [("river-danger", TOBA)]
        assert "危険 1件" in client.get("/").text
