"""What is remembered of alerts that fired: not more than is needed, and over a restart the same."""

from dataclasses import replace

from alerts.alert_events import Stamp
from alerts.fired import MOST, Fired
from city.alert import AlertEvent, AlertState, Evidence

STAMP = Stamp("town", 0, 1)
FIRED = STAMP.event(
    rule="high",
    version="1",
    subject="toba:water_level",
    severity=3,
    states=(AlertState.INACTIVE, AlertState.FIRING),
    raised_ms=0,
    at_ms=0,
    evidence=Evidence("toba:water_level", None, None, None, None),
)


def firing(count: int, first: int = 0) -> list[AlertEvent]:
    """That many alerts that fire, each on a subject of its own."""
    return [replace(FIRED, subject=f"gauge-{k}:water_level") for k in range(first, first + count)]


def resolved(event: AlertEvent) -> AlertEvent:
    """The end of one of them."""
    return replace(event, to_state=AlertState.RESOLVED, at_ms=1)


def test_what_still_fires_stays_however_much_it_is() -> None:
    fired = Fired({})
    fired.note(firing(MOST + 1), 0)
    assert fired.count == MOST + 1
    assert fired.of(FIRED.rule, "gauge-0:water_level")


def test_after_a_restart_it_forgets_no_earlier_than_it_would_have() -> None:
    fired = Fired({})
    fired.note(firing(MOST + 1), 0)
    again = Fired.recall(fired.remember())
    for each in (fired, again):
        each.note([resolved(firing(1)[0]), *firing(1, MOST + 1)], 0)
    assert again.count == fired.count == MOST + 2
