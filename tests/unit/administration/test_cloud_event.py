import json
from typing import Any

import pytest

from administration.cloud_event import alert_event, utc
from city.alert import AlertEvent, AlertState
from tests.support.alert_events import START_MS
from tests.support.alert_events import alert_event as event_of
from tests.support.business import TestCity, rule

CATALOG = TestCity({"bosai": "http://x.test"}).catalog()


def told(event: AlertEvent) -> dict[str, Any]:
    message: dict[str, Any] = json.loads(alert_event(event, rule(), CATALOG, "http://city.test/a").json())
    return message


def test_the_envelope_is_cloudevents() -> None:
    event = event_of()
    message = told(event)
    assert {key: message[key] for key in message if key != "data"} == {
        "specversion": "1.0",
        "id": event.id,
        "source": "/megane/sabae",
        "type": "jp.megane.alert.firing",
        "subject": "rpi-toba:water_level",
        "time": "2024-06-23T00:00:00.000Z",
        "datacontenttype": "application/json",
    }


def test_it_says_what_where_whose_and_on_what_evidence() -> None:
    alert = told(event_of(quality=2 | 8))["data"]
    assert alert["title"] == {"ja": "はん濫危険水位", "en": "Danger level"}
    assert alert["owner"] == {"id": "bosai", "title": {"ja": "bosai", "en": "bosai"}}
    assert (alert["severity"], alert["alert_level"], alert["state"]) == (4, 4, "firing")
    assert (alert["where"]["site"], alert["where"]["area"]) == ("s", "a")
    assert (alert["where"]["latitude"], alert["where"]["longitude"]) == (35.9, 136.2)
    assert (alert["measured"]["quantity"], alert["measured"]["unit"]) == ("water_level", "m")
    assert alert["evidence"]["value"] == 5.7
    assert alert["evidence"]["quality"] == ["suspect", "clock"]
    assert alert["link"] == "http://city.test/a"


@pytest.mark.parametrize(("late_ms", "decided_late"), [(3_600_000, False), (3_600_001, True)])
def test_decided_late_once_act_within_has_passed(late_ms: int, decided_late: bool) -> None:  # noqa: FBT001 - a table
    assert told(event_of(late_ms=late_ms))["data"]["decided_late"] is decided_late


def test_silence_has_its_own_words_and_no_national_level() -> None:
    alert = told(event_of(rule="river-danger:no-data"))["data"]
    assert "データが届いていません" in alert["title"]["ja"]
    assert alert["alert_level"] is None
    assert alert["owner"]["id"] == "bosai"


def test_alerts_of_the_system_and_of_rules_that_are_gone_are_told_too() -> None:
    system = event_of(subject="z", rule="system:zone-silent")
    alert = json.loads(alert_event(system, None, CATALOG, None).json())["data"]
    assert alert["title"]["en"] == "No data arrives from a whole zone"
    assert (alert["zone"], alert["where"], alert["measured"], alert["owner"]) == ("z", None, None, None)
    gone = json.loads(alert_event(event_of(subject="gone:level", rule="old"), None, CATALOG, None).json())["data"]
    assert gone["title"]["ja"] == "警報 old"


def test_resolved_has_a_type_of_its_own() -> None:
    assert told(event_of(to_state=AlertState.RESOLVED))["type"] == "jp.megane.alert.resolved"


def test_times_are_utc_to_the_millisecond() -> None:
    assert utc(START_MS + 7) == "2024-06-23T00:00:00.007Z"
