"""`inhibits`: while a rule fires on a subject, alerts of those that it names are suppressed there."""

from collections.abc import Iterable, Sequence

from alerts.open_alert import OpenAlert
from alerts.plan import FAR
from alerts.suppression import Hold
from city.alert import AlertEvent, AlertState
from city.rule import Rule

Spans = dict[tuple[str, str], list[tuple[int, int]]]


class Inhibition:
    """Since when, and until when, alerts of rules that inhibit have been firing; implements `Suppressor`."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        """A rule on trial inhibits nothing."""
        self._inhibitors: dict[str, list[str]] = {}
        for rule in rules:
            for inhibited in () if rule.shadow else rule.inhibits:
                self._inhibitors.setdefault(inhibited, []).append(rule.id)
        self._inhibiting = frozenset(one for some in self._inhibitors.values() for one in some)
        self._spans: Spans = {}

    @property
    def quiet(self) -> bool:
        """No rule that inhibits fires, nor did lately."""
        return not self._spans

    def see(self, events: Sequence[AlertEvent]) -> None:
        """Alerts that begin and end."""
        if not self._inhibiting:
            return
        for event in events:
            if event.rule not in self._inhibiting:
                continue
            spans = self._spans.setdefault((event.rule, event.subject), [])
            if event.to_state is AlertState.FIRING and not (spans and spans[-1][1] == FAR):
                spans.append((event.raised_ms, FAR))
            elif event.to_state is AlertState.RESOLVED and spans:
                spans[-1] = (spans[-1][0], event.at_ms)

    def hold(self, event: AlertEvent, at_ms: int) -> Hold | None:
        """Of those that name the alert's rule, the one that fires longest on its subject."""
        holds = [
            Hold(rule, until)
            for rule in self._inhibitors.get(event.rule, ())
            for since, until in self._spans.get((rule, event.subject), ())
            if since <= at_ms < until
        ]
        return max(holds, key=lambda hold: hold.until_ms, default=None)

    def forget(self, before_ms: int) -> None:
        """What ended before then."""
        for name, spans in list(self._spans.items()):
            kept = [span for span in spans if span[1] > before_ms]
            if kept:
                self._spans[name] = kept
            else:
                del self._spans[name]

    def remember(self) -> list[tuple[str, str, list[tuple[int, int]]]]:
        """(rule, subject, (since, until) of each alert)."""
        return [(rule, subject, spans) for (rule, subject), spans in self._spans.items()]

    def recall(self, spans: Iterable[tuple[str, str, list[tuple[int, int]]]], fires: Iterable[OpenAlert]) -> None:
        """Goes on from there; a rule that has come to inhibit does so by what fires already."""
        self._spans = {(rule, subject): list(some) for rule, subject, some in spans if rule in self._inhibiting}
        for alert in fires:
            if alert.rule in self._inhibiting and alert.state is AlertState.FIRING:
                self._spans.setdefault((alert.rule, alert.subject), [(alert.since_ms, FAR)])
