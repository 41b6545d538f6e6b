"""Who is told of which alert, once more, slow and obvious: over all that ever happened, alert by alert.

Written from the design's text: while something suppresses an alert nobody is told of it; where it still fires when that
is over, it is told then.
"""

from collections.abc import Sequence

from city.alert import AlertEvent, AlertState
from city.decision import Silence
from city.rule import Rule

FOR_EVER = 1 << 62  # later than any `by_ms`
Alert = tuple[AlertEvent, AlertEvent | None]  # how it began to fire, and how it ended


def told_ids(events: Sequence[AlertEvent], rules: Sequence[Rule], silences: Sequence[Silence], by_ms: int) -> set[str]:
    """The ids of the events that were told by then, as far as these events say.

    events: every change of state, each once; silences: each with its end as it came to be
    """
    alerts = alerts_of(events)
    told: set[str] = set()
    for began, ended in alerts:
        at_ms = began.at_ms
        while (until := suppressed_until(began, at_ms, alerts, rules, silences)) is not None:
            at_ms = until
        fires = at_ms == began.at_ms or ended is None or ended.at_ms > at_ms
        if fires and at_ms <= by_ms:
            told.add(began.id)
    return told


def with_their_ends(told: set[str], events: Sequence[AlertEvent]) -> set[str]:
    """Whoever was told that it began is told that it ended."""
    return told | {ended.id for began, ended in alerts_of(events) if ended is not None and began.id in told}


def alerts_of(events: Sequence[AlertEvent]) -> list[Alert]:
    """Beginnings with their ends."""

    def name(event: AlertEvent) -> tuple[str, str, int]:
        return event.rule, event.subject, event.raised_ms

    ends = {name(event): event for event in events if event.to_state is AlertState.RESOLVED}
    return [(event, ends.get(name(event))) for event in events if event.to_state is AlertState.FIRING]


def suppressed_until(
    alert: AlertEvent, at_ms: int, alerts: Sequence[Alert], rules: Sequence[Rule], silences: Sequence[Silence]
) -> int | None:
    """The end of one thing that suppresses the alert at that moment; None where nothing does."""
    inhibitors = {rule.id for rule in rules if alert.rule in rule.inhibits}
    for began, ended in alerts:
        until = FOR_EVER if ended is None else ended.at_ms
        if began.rule in inhibitors and began.subject == alert.subject and began.at_ms <= at_ms < until:
            return until
    for silence in silences:
        until = FOR_EVER if silence.to_ms is None else silence.to_ms
        if silence.from_ms <= at_ms < until and fits(silence, alert):
            return until
    return None


def fits(silence: Silence, alert: AlertEvent) -> bool:
    """Whether a silence is about an alert."""
    rules, subjects, most = silence.rules, silence.subjects, silence.severity_at_most
    by_name = (not rules or alert.rule in rules) and (not subjects or alert.subject in subjects)
    return by_name and (most is None or alert.severity <= most)
