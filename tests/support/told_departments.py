"""Endpoints of Sabae as they may be on a bad day, in the rows that the workers would have left."""

from typing import Final

import sqlalchemy as sa

from administration.deliveries import webhook_id
from administration.outcome import Reason
from administration.tables import (
    DeliveryState,
    RunStatus,
    attempt,
    delivery,
    endpoint,
    incident,
    incident_event,
    run,
)
from tests.support.shown_city import NOW_MS

HOUR_MS: Final = 3_600_000
INCIDENT: Final = "0" * 32
RUN: Final = f"tell-subscribers/{INCIDENT}"
ENDPOINTS: Final[dict[str, dict[str, object]]] = {
    "bosai": {"delivered": 1284, "last_success_ms": NOW_MS - 60_000},
    "doboku": {
        "delivered": 311,
        "failures": 7,
        "last_success_ms": NOW_MS - 80 * HOUR_MS,
        "last_error_ms": NOW_MS - 240_000,
        "last_error": Reason.UNREACHABLE,
    },
    "suido": {
        "delivered": 96,
        "last_error_ms": NOW_MS - HOUR_MS,
        "last_error": Reason.GONE,
        "disabled_ms": NOW_MS - HOUR_MS,
    },
    "notify:bosai-mail": {
        "delivered": 42,
        "last_success_ms": NOW_MS - 120_000,
        "last_error_ms": NOW_MS - 5 * HOUR_MS,
        "last_error": Reason.REFUSED,
    },
}
# Endpoint, kind, state, attempts, and why the last one failed.
DELIVERIES: Final = (
    ("doboku", "webhook", DeliveryState.DEAD, 3, Reason.UNREACHABLE),
    ("doboku", "webhook", DeliveryState.DEAD, 1, Reason.REFUSED),
    ("doboku", "webhook", DeliveryState.WAITING, 2, Reason.UNREACHABLE),
    ("suido", "webhook", DeliveryState.WAITING, 0, None),
    ("notify:bosai-mail", "notify", DeliveryState.DEAD, 1, Reason.REFUSED),
)


def put_endpoints(database: sa.Engine) -> None:
    """Four endpoints: one that is well, one that is away, one that is gone, and a contact."""
    with database.begin() as connection:
        connection.execute(incident.insert(), _incident())
        connection.execute(run.insert(), _run())
        for name, known in ENDPOINTS.items():
            connection.execute(endpoint.insert().values(id=name, **known))
        for number, (name, kind, state, attempts, reason) in enumerate(DELIVERIES, start=1):
            event = f"{number:032d}"
            connection.execute(incident_event.insert(), _event(event, kind))
            connection.execute(delivery.insert(), _delivery(number, event, name, kind, state, attempts))
            connection.execute(
                attempt.insert(), [_attempt(number, tried, reason) for tried in range(1, attempts + 1)]
            ) if attempts else None


def _incident() -> dict[str, object]:
    words = {"title_ja": "はん濫危険水位", "title_en": "Danger level", "section": "bosai", "severity": 4}
    times = {"raised_ms": NOW_MS, "opened_ms": NOW_MS, "last_ms": NOW_MS}
    named = {"playbook": "tell-subscribers", "grouped": "", "rule": "river-danger", "subject": "rpi-toba:water_level"}
    return {"id": INCIDENT, "drill": False, **words, **times, **named}


def _run() -> dict[str, object]:
    flags = {"paused": False, "held": "", "resolved": False, "settled": False, "over": True}
    named = {"playbook": "tell-subscribers", "playbook_version": "1", "playbook_text": ""}
    return {"id": RUN, "incident": INCIDENT, "state": RunStatus.OPEN, "began_ms": NOW_MS, **flags, **named}


def _event(event: str, kind: str) -> dict[str, object]:
    told = kind == "webhook"
    return {
        "id": event,
        "incident": INCIDENT,
        "kind": "alert" if told else "message",
        "rule": "river-danger" if told else "",
        "subject": "rpi-toba:water_level" if told else INCIDENT,
        "to_state": "firing" if told else "",
        "at_ms": NOW_MS - 80 * HOUR_MS,
        "joined_ms": NOW_MS - 80 * HOUR_MS,
        "body": '{"specversion":"1.0","type":"jp.megane.alert.firing","subject":"rpi-toba:water_level"}'
        if told
        else "はん濫危険水位(重大度 4)",
    }


def _delivery(number: int, event: str, name: str, kind: str, state: DeliveryState, attempts: int) -> dict[str, object]:
    times = {"due_ms": NOW_MS, "until_ms": NOW_MS, "created_ms": NOW_MS - 80 * HOUR_MS}
    ended_ms = NOW_MS - number * HOUR_MS if state is DeliveryState.DEAD else None
    lane = {"run": RUN, "place": "steps.0", "lane": f"{name}\n{number}", "endpoint": name, "kind": kind}
    row = {"sequence": number, "id": webhook_id(name, event), "event": event, "state": state, "attempts": attempts}
    return {**row, **lane, **times, "ended_ms": ended_ms}


def _attempt(number: int, tried: int, reason: Reason | None) -> dict[str, object]:
    began_ms = NOW_MS - (number + 10 - tried) * HOUR_MS
    refused = reason is Reason.REFUSED
    said = {
        "status": 404 if refused else None,
        "answer": "no such hook" if refused else "ConnectError: All connection attempts failed",
    }
    return {
        "delivery": number,
        "number": tried,
        "began_ms": began_ms,
        "ended_ms": began_ms + 20,
        "outcome": "rejected" if refused else "retry",
        "reason": reason,
        **said,
    }
