"""An expectation held against what came: the newest change up to its time, detail by detail."""

from collections.abc import Iterator, Mapping, Sequence

from alerts.script.case import Expect
from alerts.script.words import span
from city.alert import ACT_WITHIN_MS, AlertEvent, AlertState


def newest(events: Sequence[AlertEvent], expected: Expect, start_ms: int) -> AlertEvent | None:
    """The newest change of the alert at its time; of one that came twice, the last."""
    assert expected.at_ms is not None
    found: AlertEvent | None = None
    for event in events:
        mine = event.rule == expected.rule and event.subject == expected.subject
        if mine and event.at_ms - start_ms <= expected.at_ms and (found is None or event.at_ms >= found.at_ms):
            found = event
    return found


def differences(
    expected: Expect, event: AlertEvent | None, start_ms: int, act_within_ms: Mapping[str, int]
) -> list[str]:
    """What differs, as it was found; empty where the expectation is met."""
    state = AlertState.INACTIVE if event is None else event.to_state
    calm = expected.state == AlertState.INACTIVE and state is AlertState.RESOLVED  # resolved is inactive, only younger
    wrong = [] if state == expected.state or calm else [str(state)]
    if event is None:
        return wrong
    return wrong + [said for differs, said in _details(expected, event, start_ms, act_within_ms) if differs]


def _details(
    expected: Expect, event: AlertEvent, start_ms: int, act_within_ms: Mapping[str, int]
) -> Iterator[tuple[bool, str]]:
    """(whether it differs, what was found) of each detail that is expected."""
    since_ms, raised_ms, decided_ms = (ms - start_ms for ms in (event.at_ms, event.raised_ms, event.decided_ms))
    late = event.decided_ms - event.at_ms > act_within_ms.get(event.rule, ACT_WITHIN_MS)
    yield expected.since_ms not in {None, since_ms}, f"since {span(since_ms)}"
    yield expected.raised_ms not in {None, raised_ms}, f"raised {span(raised_ms)}"
    yield expected.severity not in {None, event.severity}, f"severity {event.severity}"
    yield expected.value not in {None, event.evidence.value}, f"value {event.evidence.value}"
    yield expected.peak not in {None, event.evidence.peak}, f"peak {event.evidence.peak}"
    yield expected.told not in {None, event.told}, "told" if event.told else "untold"
    yield expected.decided_ms not in {None, decided_ms}, f"decided {span(decided_ms)}"
    yield expected.reason not in {None, event.reason}, f"reason {event.reason or 'none'}"
    yield expected.flapping not in {None, event.flapping}, "flapping" if event.flapping else "steady"
    yield expected.retroactive not in {None, event.retroactive}, "retroactive" if event.retroactive else "live"
    yield expected.late not in {None, late}, f"decided {'late' if late else 'timely'}"
